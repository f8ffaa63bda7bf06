"""Bodies with more than they are: something behind the JSON, and a member that stands somewhere else than in it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from mailproof.pointers import mapping, resolve, sequence, token
from mailproof_conformance import specimen, wire
from mailproof_conformance.case import Case
from mailproof_conformance.formats import is_json
from mailproof_conformance.front import answer_level, problem_of
from mailproof_conformance.taken import is_success, refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.check import Check

_BEHIND = (b" x", b"{}", b"null", b"]", b"}", b",", b"\0")
_UNTAKEN = (400, 417)


def cases(contract: Contract) -> Iterator[Case]:
    """For each operation that reads an object in JSON; a call in JSON-RPC is one too."""
    for operation in contract.operations:
        media_type = next(filter(is_json, wire.request_types(operation)), None)
        if media_type is None:
            continue
        promise = f"{operation.id} refuses a body that goes on behind its end."
        yield _case(contract, operation, "body more-behind", promise, partial(_behind, operation, media_type))
        place = f"{operation.pointer}/requestBody/content/{token(media_type)}/schema"
        for name in _required(contract, place):
            promise = f"{operation.id} does not take `{name}` from the query, as it belongs into the body."
            run = partial(_in_query, operation, media_type, name)
            yield _case(contract, operation, f"body {name}-in-the-query", promise, run)


def _case(contract: Contract, operation: Operation, name: str, promise: str, run: Callable[[Check], None]) -> Case:
    problem = problem_of(contract, "bad-request")
    level = answer_level(operation, "inferred") if problem is None else problem.level
    identity = f"bad-input/{operation.id}/{name}"
    return Case(identity, "bad-input", (operation.id,), promise, operation.pointer, level, run)


def _required(contract: Contract, place: str) -> tuple[str, ...]:
    try:
        schema, _ = resolve(contract.document, place)
    except LookupError:
        return ()
    return tuple(str(name) for name in sequence(schema.get("required")))


def _behind(operation: Operation, media_type: str, check: Check) -> None:
    content, declared = check.written(operation, specimen.body(check, operation, media_type), media_type)
    for more in (*_BEHIND, content):
        if "x-rpc-methods" in operation.definition:
            answer: object = check.post(content + more).json()
            about = f"the answer to a call with {more[:8]!r} behind"
            check.true(mapping(mapping(answer).get("error")), about, expected="an error", actual=answer)
            continue
        response = specimen.call(check, operation, body=content + more, content_type=declared)
        check.conforms(operation.id, response)
        if is_success(response) or "bad-request" not in check.expectations.problems:
            refused(response)
        check.problem("bad-request", response)


def _in_query(operation: Operation, media_type: str, name: str, check: Check) -> None:
    """Without the member the answer is the same, whether the query has it or not."""
    whole = specimen.body(check, operation, media_type)
    if not isinstance(whole, dict) or name not in whole:
        check.skip(f"the example of {operation.id} has no {name}")
    members = cast("dict[str, Any]", whole)
    body = {key: value for key, value in members.items() if key != name}
    content, declared = check.written(operation, body, media_type)
    plain = specimen.call(check, operation, body=content, content_type=declared)
    query = {name: wire.text_of(members[name])}
    response = specimen.call(check, operation, body=content, content_type=declared, query=query)
    if plain.status in _UNTAKEN:
        check.equal(plain.status, response.status, f"the status where {name} stands in the query alone")
        check.conforms(operation.id, response)
