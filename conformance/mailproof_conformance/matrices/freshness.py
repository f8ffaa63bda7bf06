"""Freshness: after writes an operation that reads says what is so now, not what it said before."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from mailproof.pointers import mapping, sequence
from mailproof_conformance import specimen, wire
from mailproof_conformance.case import Case
from mailproof_conformance.formats import is_json
from mailproof_conformance.matrices.agreement_of_writes import last_text, steady
from mailproof_conformance.resources import id_of
from mailproof_conformance.sameness import same
from mailproof_conformance.taken import is_success
from mailproof_conformance.text_places import replaced
from mailproof_conformance.verdicts import Skipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response

_FURTHER = 3
"""How many of the things that are listed are read beside the sample."""


def cases(contract: Contract) -> Iterator[Case]:
    """One for the whole API, where it has operations that read and others that write."""
    readers = [operation for operation in contract.operations if operation.effect == "read" and _is_told(operation)]
    writers = [operation for operation in contract.operations if _writes(operation)]
    if readers and writers:
        names = tuple(operation.id for operation in readers)
        promise = "What is read after a write is the same however it is asked for."
        run = partial(_fresh, readers, writers)
        yield Case("agreement/reads follow writes", "agreement", names, promise, "#/paths", "assumed", run)


def _is_told(operation: Operation) -> bool:
    return any(map(is_json, wire.success_types(operation)))


def _writes(operation: Operation) -> bool:
    return (
        operation.effect != "read" and not specimen.deletes(operation) and "x-rpc-methods" not in operation.definition
    )


def _fresh(readers: list[Operation], writers: list[Operation], check: Check) -> None:
    known = [
        (operation, path)
        for operation in readers
        for path in ({}, *_further(check, operation, readers))
        if _asked(check, operation, path) is not None
    ]
    for operation in writers:
        _write(check, operation)
    for operation, path in known:
        _same_aside(check, operation, path)


def _further(check: Check, operation: Operation, readers: list[Operation]) -> Iterator[dict[str, Any]]:
    """What else may stand in a path: the ids that the listing shows of what the last parameter of it names.

    A write may concern none of the target's samples.
    """
    above, _, rest = operation.path.rpartition("/{")
    name = rest.partition("}")[0]
    listing = next((item for item in readers if item.path == above and item.path != operation.path), None)
    response = None if listing is None else _asked(check, listing, {})
    if response is None or not is_success(response):
        return
    sample = check.samples_for(operation).get(name)
    found = [id_of(mapping(item), name) for item in sequence(response.value())]
    further = [identity for identity in found[:_FURTHER] if identity not in (None, sample)]
    yield from ({name: identity} for identity in check.some(further, 1))


def _same_aside(check: Check, operation: Operation, path: Mapping[str, Any]) -> None:
    """What two answers to one request have in common, the request with one more name in its query has too."""
    one, aside = _asked(check, operation, path), _asked(check, operation, path, {specimen.NO_QUERY: "1"})
    if one is None or aside is None or not (is_success(one) and is_success(aside)):
        return
    expected, actual = one.value(), aside.value()
    if same(expected, actual):
        return
    two = _asked(check, operation, path)
    if two is None or not is_success(two):
        return
    again = two.value()
    if same(expected, again):
        check.equal(actual, expected, f"what {operation.id} says after writes")
    else:
        check.equal(steady(actual, expected, again), steady(expected, expected, again), f"what {operation.id} says")


def _asked(
    check: Check, operation: Operation, path: Mapping[str, Any], query: dict[str, Any] | None = None
) -> Response | None:
    """None where the target does not offer what the operation needs."""
    accept = next(filter(is_json, wire.success_types(operation)), None)
    try:
        return specimen.call(check, operation, path=path, query=query or {}, accept=accept)
    except Skipped:
        return None


def _write(check: Check, operation: Operation) -> None:
    """The specimen of a write, with another text each time where it has one."""
    plain = next(filter(is_json, wire.request_types(operation)), None)
    place = last_text(check.contract, operation, plain) if plain is not None else None
    try:
        body: Any = specimen.body(check, operation, plain)
        if place is not None:
            body = replaced(body, place, check.fresh("Mailproof "))
        specimen.call(check, operation, body=body)
    except Skipped:
        return
