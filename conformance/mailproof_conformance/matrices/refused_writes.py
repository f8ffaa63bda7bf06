"""Refused writes: whoever is refused has changed nothing, as every read shows."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from mailproof_conformance import specimen, wire
from mailproof_conformance.case import Case
from mailproof_conformance.check import NONE
from mailproof_conformance.formats import is_json
from mailproof_conformance.front import front_of, problem_of
from mailproof_conformance.matrices.agreement_of_writes import last_text, steady
from mailproof_conformance.sameness import same
from mailproof_conformance.taken import is_success
from mailproof_conformance.text_places import replaced
from mailproof_conformance.verdicts import Disabled, Skipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response

_WRONG = {"Authorization": "Basic bWFpbHByb29mLXdyb25nOm1haWxwcm9vZi13cm9uZw=="}
"""Of a user whom nobody knows."""
_UNKNOWN = "application/x-mailproof"
_CALLERS = ("no_permission", "other_account")
"""What a target calls callers who may not write what is ours."""


def cases(contract: Contract) -> Iterator[Case]:
    """One for each operation that writes or sends, where there are others that read."""
    readers = [operation for operation in contract.operations if _reads(operation)]
    for operation in contract.operations if readers else ():
        if operation.effect == "read" or "x-rpc-methods" in operation.definition:
            continue
        promise = f"{operation.id} changes nothing where it refuses."
        run = partial(_unchanged, readers, operation)
        identity = f"agreement/{operation.id}/near-writes"
        names = (operation.id, *(reader.id for reader in readers))
        yield Case(identity, "agreement", names, promise, operation.pointer, "assumed", run)


def _reads(operation: Operation) -> bool:
    if operation.effect != "read" or "x-rpc-methods" in operation.definition:
        return False
    return any(map(is_json, wire.success_types(operation)))


def _unchanged(readers: list[Operation], operation: Operation, check: Check) -> None:
    before = _read(readers, check)
    if not before:
        check.skip("the target offers nothing that could be read")
    refused: list[str] = []
    for about, response in _tried(operation, check):
        if is_success(response):  # that it is not refused is what the cases of another kind are about
            before = _read(readers, check)
            refused.clear()
        else:
            refused.append(about)
    after = _read(readers, check)
    if same(before, after):
        return
    again = _read(readers, check)
    for name, value in after.items():
        if name in before and name in again and _lasts(value, again[name]):
            about = f"what {name} says after {operation.id} was refused ({', '.join(refused)})"
            expected = before[name]
            check.equal(_length(expected), _length(value), f"the length of {about}")
            check.equal(steady(expected, value, again[name]), steady(value, value, again[name]), about)


def _lasts(value: object, again: object) -> bool:
    """Whether two answers to one request are one value, or have members that may be."""
    return isinstance(value, dict | list) or same(value, again)


def _length(value: object) -> int | None:
    return len(cast("list[object]", value)) if isinstance(value, list) else None


def _read(readers: list[Operation], check: Check) -> Mapping[str, Any]:
    """What each reader says of the samples, by its name; without those that the target has nothing for."""
    found: dict[str, Any] = {}
    for reader in readers:
        with suppress(Skipped):
            response = specimen.call(check, reader, accept=next(filter(is_json, wire.success_types(reader))))
            if is_success(response):
                found[reader.id] = response.value()
    return found


def _tried(operation: Operation, check: Check) -> Iterator[tuple[str, Response]]:
    """Requests that would be right but for one thing, which the contract has a refusal for."""
    front = front_of(check.contract)
    ways: list[tuple[str, dict[str, Any]]] = []
    if wire.needs_credentials(operation):
        ways.append(("without credentials", {"credentials": NONE}))
        ways.append(("with wrong credentials", {"credentials": NONE, "headers": _WRONG}))
        ways += [(f"by {name}", {"credentials": name}) for name in _CALLERS if check.offers(name)]
    if front is not None and front.unknown_accept == "refuse" and problem_of(check.contract, "not-acceptable"):
        ways.append(("for another type", {"headers": {"Accept": _UNKNOWN}}))
    if front is not None and front.content_type == "enforce" and wire.request_types(operation):
        ways.append(("in another type", {"headers": {"Content-Type": _UNKNOWN}}))
    for about, overrides in ways:
        with suppress(Skipped, Disabled):
            response = specimen.call(check, operation, **{"body": _body(operation, check), **overrides})
            yield about, response


def _body(operation: Operation, check: Check) -> Any:
    """The specimen of a body, with a text that nobody used before where it has one."""
    plain = next(filter(is_json, wire.request_types(operation)), None)
    body: Any = specimen.body(check, operation, plain)
    place = last_text(check.contract, operation, plain) if plain is not None else None
    return body if place is None else replaced(body, place, check.fresh("Mailproof "))
