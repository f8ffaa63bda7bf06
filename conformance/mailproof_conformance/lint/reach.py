"""Rules of what a contract says of the things and people that a request reaches, which the guard goes by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof.pointers import mapping, sequence
from mailproof_conformance.marks import members_of, request_pointer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.lint.examples import Wrong


def reach(contract: Contract) -> Iterator[Wrong]:
    """Pointer, rule and message of every mark that says nothing, and of every operation that lacks one."""
    for operation in contract.operations:
        places = list(_places(contract, operation))
        for name, place in places:
            yield from ((operation.pointer, "reach", f"{name!r}: {text}") for text in _breaches(place))
        if "x-rpc-methods" in operation.definition or operation.effect == "read":
            continue
        grave = operation.effect == "send" or any(place.get("x-effect") == "send" for _, place in places)
        if grave and not any("x-recipient" in place for _, place in places):
            yield operation.pointer, "recipient", "sends, and no x-recipient says to whom"
        named = any(item["in"] == "path" for item in operation.definition["parameters"])
        if not named and not any({"x-names", "x-record"} & place.keys() for _, place in places):
            yield operation.pointer, "reach", "writes, and no path, x-names or x-record says to what"


def _places(contract: Contract, operation: Operation) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every parameter and member of the body, by name."""
    yield from ((item["name"], item) for item in operation.definition["parameters"])
    pointer = request_pointer(operation)
    if pointer is not None:
        yield from members_of(contract, pointer)


def _breaches(place: Mapping[str, Any]) -> Iterator[str]:
    if "x-names" in place and not (isinstance(place["x-names"], str) and place["x-names"]):
        yield "x-names is the name of an id, such as contactId"
    for mark in ("x-match", "x-folder"):
        if mark in place and place[mark] is not True:
            yield f"{mark} is true where it stands"
    if "x-recipient" in place and place["x-recipient"] is not True and not _is_names(place["x-recipient"]):
        yield "x-recipient is true, or names of fields that hold addresses"
    if "x-record" in place:
        record = mapping(place["x-record"])
        if not _is_names(record.get("key")) or set(record) - {"id", "key"}:
            yield "x-record has `key`, names of fields, and perhaps `id`, the name of a member"


def _is_names(value: Any) -> bool:
    names = sequence(value)
    return bool(names) and all(isinstance(name, str) and name for name in names)
