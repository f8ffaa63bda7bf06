"""Agreement: an operation says the same in every media type that it answers in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from mailproof_conformance import specimen, wire
from mailproof_conformance.case import Case
from mailproof_conformance.datacontract import as_xml_can_say
from mailproof_conformance.formats import is_json, is_xml
from mailproof_conformance.front import answer_level
from mailproof_conformance.quick_shares import in_share
from mailproof_conformance.sameness import same

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.check import Check


def cases(contract: Contract) -> Iterator[Case]:
    """For each operation that reads.

    Each further media type against the first, for a success and for a 404; the latter by turns in `quick`.
    """
    for place, operation in enumerate(contract.operations):
        first, *further = compared(operation)
        unknown = next((item for item in operation.definition["parameters"] if item["in"] == "path"), None)
        for number, other in enumerate(further):
            yield _case(operation, first, other, None)
            if unknown is not None and "404" in operation.definition["responses"]:
                in_quick = in_share(contract, place, number, len(further))
                yield _case(operation, first, other, unknown, in_quick=in_quick)


def compared(operation: Operation) -> tuple[str, ...]:
    """The first media type of an operation that reads, and those that are held against it; else an empty text alone."""
    first, *further = wire.success_types(operation) or ("",)
    if operation.effect != "read" or not is_json(first):
        return ("",)
    return first, *(other for other in further if is_json(other) or is_xml(other))


def _case(
    operation: Operation, first: str, other: str, unknown: Mapping[str, Any] | None, *, in_quick: bool = True
) -> Case:
    what = "the same value" if unknown is None else f"the same error for an unknown `{unknown['name']}`"
    identity = f"agreement/{operation.id}/{other}{'' if unknown is None else ' error'}"
    promise = f"{operation.id} answers {what} in {other} as in {first}."
    run = partial(_agree, operation, first, other, unknown)
    level = answer_level(operation)
    source = f"{operation.pointer}/responses"
    return Case(identity, "agreement", (operation.id,), promise, source, level, run, in_quick=in_quick)


def _agree(operation: Operation, first: str, other: str, unknown: Mapping[str, Any] | None, check: Check) -> None:
    path = {} if unknown is None else {unknown["name"]: _unknown(check, operation, unknown)}
    one = specimen.call(check, operation, path=path, accept=first, recall="unchanged")
    two = specimen.call(check, operation, path=path, accept=other)
    check.equal(one.status, two.status, f"the status in {other}")
    check.equal(other, two.media_type, "the media type that was asked for")
    expected, actual = _as_told(one.value(), other), two.value()
    if not same(expected, actual):
        # A time goes on by itself: only what is the same before and after can be held against what came between.
        again = _as_told(specimen.call(check, operation, path=path, accept=first).value(), other)
        if not same(expected, again):
            check.skip(f"what {operation.id} answers changes by itself")
    check.equal(expected, actual, f"the value in {other} is that in {first}")


def _unknown(check: Check, operation: Operation, parameter: Mapping[str, Any]) -> Any:
    """What names nothing, the same for each media type: the first one's answer is held against all others."""
    key = ("unknown", operation.id, parameter["name"])
    return check.once(key, lambda: specimen.unknown(check, parameter))


def _as_told(value: Any, media_type: str) -> Any:
    """A value as far as a media type can tell it: XML has no form for some characters."""
    return as_xml_can_say(value) if is_xml(media_type) else value
