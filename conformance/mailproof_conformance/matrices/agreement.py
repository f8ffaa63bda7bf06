"""Agreement: an operation says the same in every media type that it answers in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from mailproof.pointers import mapping, resolve, sequence, token
from mailproof_conformance import specimen, wire
from mailproof_conformance.case import Case
from mailproof_conformance.formats import is_json, is_xml
from mailproof_conformance.front import answer_level

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.check import Check


def cases(contract: Contract) -> Iterator[Case]:
    """For each operation that reads.

    Each further media type against the first, for a success and for a 404.
    """
    for operation in contract.operations:
        first, *further = wire.success_types(operation) or ("",)
        if operation.effect != "read" or not is_json(first):
            continue
        unknown = next(iter(wire.path_parameters(operation)), None)
        for other in further:
            if is_json(other) or is_xml(other):
                yield _case(operation, first, other, None)
                if unknown is not None and "404" in operation.definition["responses"]:
                    yield _case(operation, first, other, unknown)


def _case(operation: Operation, first: str, other: str, unknown: str | None) -> Case:
    what = "the same value" if unknown is None else f"the same error for an unknown `{unknown}`"
    identity = f"agreement/{operation.id}/{other}{'' if unknown is None else ' error'}"
    promise = f"{operation.id} answers {what} in {other} as in {first}."
    run = partial(_agree, operation, first, other, unknown)
    level = answer_level(operation)
    return Case(identity, "agreement", (operation.id,), promise, f"{operation.pointer}/responses", level, run)


def _agree(operation: Operation, first: str, other: str, unknown: str | None, check: Check) -> None:
    path = _unknown(operation, unknown, check)
    one = specimen.call(check, operation, path=path, accept=first)
    two = specimen.call(check, operation, path=path, accept=other)
    check.equal(one.status, two.status, f"the status in {other}")
    check.equal(other, two.media_type, "the media type that was asked for")
    expected, actual = one.value(), two.value()
    schema = _schema(check.contract, operation, two.status, other)
    if schema is not None and is_xml(other):
        actual = without_xml_only(check.contract.document, schema, actual)
    check.equal(expected, actual, f"the value in {other} is that in {first}")


def _unknown(operation: Operation, name: str | None, check: Check) -> dict[str, Any]:
    if name is None:
        return {}
    parameter = next(item for item in operation.definition["parameters"] if item["name"] == name)
    if parameter["schema"].get("type") == "integer":
        return {name: 987_654_321}
    return {name: check.fresh("mailproof-unknown-")}


def _schema(contract: Contract, operation: Operation, status: int, media_type: str) -> str | None:
    place = f"{operation.pointer}/responses/{status}/content/{token(media_type)}/schema"
    try:
        return resolve(contract.document, place)[1]
    except LookupError:
        return None


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
