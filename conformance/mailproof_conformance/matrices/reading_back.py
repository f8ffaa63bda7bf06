"""Reading back: what was made, changed or deleted is so when it is asked for, where the contract has a way to ask.

Nothing in a schema says this; it is what the verbs mean (RFC 9110, RFC 5789). A text that a server may have put into
a form of its own is held against what it answered to the write, everything else against what was sent.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast, get_args
from urllib.parse import urljoin

from mailproof.pointers import mapping
from mailproof.promises import Level
from mailproof_conformance import specimen
from mailproof_conformance.case import Case
from mailproof_conformance.expectation import shown as told
from mailproof_conformance.front import answer_level
from mailproof_conformance.resources import (
    Made,
    fresh,
    id_of,
    json_object,
    make,
    path_of,
    resources,
    shown,
    takes_any_text,
)
from mailproof_conformance.sameness import same
from mailproof_conformance.taken import is_success
from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response
    from mailproof_conformance.resources import Resource

_GONE = frozenset({404, 410})


def cases(contract: Contract) -> Iterator[Case]:
    """For each resource: it is there once it is made, changes as it is told to, and is gone once it is deleted."""
    for resource in resources(contract):
        create = resource.create
        yield _case(resource, create, "created", "what it makes is shown as it was made", _created)
        if "Location" in mapping(_success(create).get("headers")):
            yield _case(resource, create, "location", "Location leads to what it made", _located)
        if resource.update is not None:
            for member, schema in json_object(contract, resource.update).items():
                run = partial(_patched, member, schema)
                promise = f"a new `{member}` is shown, and the other members stay"
                yield _case(resource, resource.update, f"patched {member}", promise, run)
        if resource.replace is not None:
            yield _case(resource, resource.replace, "replaced", "what it puts in place is shown", _replaced)
        if resource.delete is not None:
            yield _case(resource, resource.delete, "deleted", "what it deletes cannot be read any more", _deleted)


def _case(
    resource: Resource, operation: Operation, name: str, promise: str, run: Callable[[Resource, Check], None]
) -> Case:
    levels: tuple[Level, Level] = answer_level(operation), answer_level(resource.read)
    return Case(
        id=f"agreement/{operation.id}/{name}",
        kind="agreement",
        operations=(operation.id, resource.read.id),
        promise=f"{operation.id}: {promise}.",
        source=operation.pointer,
        level=max(levels, key=_weakness),
        run=partial(run, resource),
    )


def _weakness(level: Level) -> int:
    return get_args(Level).index(level)


def _success(operation: Operation) -> Mapping[str, Any]:
    responses = operation.definition["responses"]
    return mapping(responses.get(min((name for name in responses if name.startswith("2")), default="")))


def _created(resource: Resource, check: Check) -> None:
    made = make(check, resource)
    found = shown(check, resource, made)
    check.equal(made.id, id_of(found, resource.parameter), "the id of what was made")
    _holds(check, resource.create, made.sent, made.value, found)


def _located(resource: Resource, check: Check) -> None:
    made = make(check, resource)
    location = made.response.headers.get("location")
    if location is None:
        raise Broken("the answer to a creation", "a Location", told(made.response))
    target = urljoin(f"{check.base_url}{resource.create.path}", location)
    path = target.removeprefix(check.base_url)
    if path == target:
        check.skip(f"{location} is not below {check.base_url}, and requests go nowhere else")
    response = check.send("GET", path)
    check.equal(200, response.status, "the status of what Location leads to")
    check.equal(made.id, id_of(mapping(response.json()), resource.parameter), "the id of what Location leads to")


def _patched(member: str, schema: Mapping[str, Any], resource: Resource, check: Check) -> None:
    operation = cast("Operation", resource.update)
    made = make(check, resource)
    before = shown(check, resource, made)
    body = {member: _other(check, operation, member, schema, before)}
    response = check.call(operation.id, path=path_of(check, operation, made), body=body)
    if not is_success(response):
        check.skip(f"{operation.id} does not take {body}: {told(response)}")
    after = shown(check, resource, made)
    _holds(check, operation, body, _value(response), after)
    for name in json_object(check.contract, operation):
        if name != member and name in before:
            check.equal(before[name], after.get(name), f"`{name}` after a change of `{member}` alone")


def _other(check: Check, operation: Operation, member: str, schema: Mapping[str, Any], now: Mapping[str, Any]) -> Any:
    """Another value for a member than it has now. The case is skipped where none can be told."""
    example = mapping(specimen.body(check, operation)).get(member)
    if takes_any_text(schema):
        return check.fresh("new ")
    known = [*schema.get("enum", ()), *([True, False] if schema.get("type") == "boolean" else ()), example]
    for value in known:
        if value is not None and not same(value, now.get(member)):
            return value
    return check.skip(f"nothing says what else `{member}` of {operation.id} may be")


def _replaced(resource: Resource, check: Check) -> None:
    operation = cast("Operation", resource.replace)
    example = specimen.body(check, operation)
    if not isinstance(example, dict):
        check.skip(f"the contract has no example of what {operation.id} takes")
    made = make(check, resource)
    body = fresh(check, operation, cast("dict[str, Any]", example))
    response = check.call(operation.id, path=path_of(check, operation, made), body=body)
    if not is_success(response):
        check.skip(f"{operation.id} does not take its example: {told(response)}")
    _holds(check, operation, body, _value(response), shown(check, resource, made))


def _deleted(resource: Resource, check: Check) -> None:
    operation = cast("Operation", resource.delete)
    made: Made = make(check, resource)
    shown(check, resource, made)
    response = check.call(operation.id, path=path_of(check, operation, made))
    if not is_success(response):
        raise Broken("what was just made can be deleted", "a status of 200 to 299", told(response))
    if response.status == 202:  # noqa: PLR2004 - it will be, some day
        check.skip(f"{operation.id} deletes later")
    after = check.call(resource.read.id, path=path_of(check, resource.read, made))
    check.true(after.status in _GONE, "what was deleted is gone", expected="404 or 410", actual=told(after))


def _value(response: Response) -> Mapping[str, Any]:
    return mapping(response.value()) if response.body else {}


def _holds(
    check: Check, operation: Operation, sent: Mapping[str, Any], answered: Mapping[str, Any], found: Mapping[str, Any]
) -> None:
    """Raises Broken unless a thing shows what was sent, or what it was answered to be where that is a text."""
    known = json_object(check.contract, operation)
    for name, value in sent.items():
        if name not in found:
            continue
        if name in answered:
            check.equal(answered[name], found[name], f"`{name}` as {operation.id} answered it")
        exact = isinstance(value, bool | int) or value == [] or "enum" in known.get(name, {})
        if exact or (isinstance(value, str) and takes_any_text(known.get(name, {})) and found[name] is None):
            check.equal(value, found[name], f"`{name}` as it was sent to {operation.id}")
