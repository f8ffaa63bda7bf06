"""Agreement: an operation says the same in every media type that it answers in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from mailproof.pointers import mapping, resolve, sequence, token
from mailproof_conformance import specimen, wire
from mailproof_conformance.case import Case
from mailproof_conformance.datacontract import as_xml_can_say
from mailproof_conformance.formats import is_json, is_xml
from mailproof_conformance.front import answer_level
from mailproof_conformance.sameness import same

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response


def cases(contract: Contract) -> Iterator[Case]:
    """For each operation that reads.

    Each further media type against the first, for a success and for a 404.
    """
    for operation in contract.operations:
        first, *further = wire.success_types(operation) or ("",)
        if operation.effect != "read" or not is_json(first):
            continue
        unknown = next((item for item in operation.definition["parameters"] if item["in"] == "path"), None)
        for other in further:
            if is_json(other) or is_xml(other):
                yield _case(operation, first, other, None)
                if unknown is not None and "404" in operation.definition["responses"]:
                    yield _case(operation, first, other, unknown)


def _case(operation: Operation, first: str, other: str, unknown: Mapping[str, Any] | None) -> Case:
    what = "the same value" if unknown is None else f"the same error for an unknown `{unknown['name']}`"
    identity = f"agreement/{operation.id}/{other}{'' if unknown is None else ' error'}"
    promise = f"{operation.id} answers {what} in {other} as in {first}."
    run = partial(_agree, operation, first, other, unknown)
    level = answer_level(operation)
    return Case(identity, "agreement", (operation.id,), promise, f"{operation.pointer}/responses", level, run)


def _agree(operation: Operation, first: str, other: str, unknown: Mapping[str, Any] | None, check: Check) -> None:
    path = {} if unknown is None else {unknown["name"]: specimen.unknown(check, unknown)}
    one = specimen.call(check, operation, path=path, accept=first)
    two = specimen.call(check, operation, path=path, accept=other)
    check.equal(one.status, two.status, f"the status in {other}")
    check.equal(other, two.media_type, "the media type that was asked for")
    expected, actual = _as_told(one.value(), other), told(check, operation, two)
    if not same(expected, actual):
        # A time goes on by itself: only what is the same before and after can be held against what came between.
        again = _as_told(specimen.call(check, operation, path=path, accept=first).value(), other)
        if not same(expected, again):
            check.skip(f"what {operation.id} answers changes by itself")
    check.equal(expected, actual, f"the value in {other} is that in {first}")


def _as_told(value: Any, media_type: str) -> Any:
    """A value as far as a media type can tell it: XML has no form for some characters."""
    return as_xml_can_say(value) if is_xml(media_type) else value


def told(check: Check, operation: Operation, response: Response) -> Any:
    """The value of an answer as JSON tells it, in whichever media type it came."""
    value = response.value()
    if not is_xml(response.media_type):
        return value
    media_type = response.media_type
    place = f"{operation.pointer}/responses/{response.status}/content/{token(media_type)}/schema"
    try:
        _, schema = resolve(check.contract.document, place)
    except LookupError:
        return value
    return without_xml_only(check.contract.document, schema, value)


def without_xml_only(document: Mapping[str, Any], pointer: str, value: Any) -> Any:
    """A value without the members that only XML shows (`x-xml-only` in the schema at the pointer)."""
    schema, place = resolve(document, pointer)
    for number, _ in enumerate(sequence(schema.get("allOf"))):
        value = without_xml_only(document, f"{place}/allOf/{number}", value)
    if isinstance(value, list) and "items" in schema:
        return [without_xml_only(document, f"{place}/items", item) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return cast("Any", value)
    kept: dict[str, Any] = {}
    for name, item in cast("dict[str, Any]", value).items():
        if name not in mapping(schema.get("properties")):
            kept[name] = item
            continue
        own, inner = resolve(document, f"{place}/properties/{token(name)}")
        if own.get("x-xml-only") is not True:
            kept[name] = without_xml_only(document, inner, item)
    return kept
