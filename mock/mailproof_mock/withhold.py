"""Keeps to itself what a contract of an older vintage does not have yet (`x-withheld`), whatever a handler gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mailproof.pointers import dereference, mapping, sequence
from mailproof.vintage import WITHHELD, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Withhold = Callable[[Any], Any]


def withhold_for(document: Mapping[str, Any], pointer: str) -> Withhold | None:
    """A function that gives a value of the schema at a pointer without what is withheld.

    None where the schema, all the way down, withholds nothing.
    """
    schema = {"$ref": pointer}
    if not _withholds(document, schema, set()):
        return None
    return lambda value: shown(document, schema, value)


def _withholds(document: Mapping[str, Any], schema: object, seen: set[str]) -> bool:
    reference = mapping(schema).get("$ref")
    if isinstance(reference, str):
        if reference in seen:
            return False
        seen.add(reference)
    found = mapping(dereference(document, schema))
    return bool(found.get(WITHHELD)) or any(_withholds(document, inner, seen) for inner in _inside(found))


def _inside(schema: Mapping[str, Any]) -> Iterator[object]:
    for combined in ("allOf", "anyOf", "oneOf"):
        yield from sequence(schema.get(combined))
    yield from mapping(schema.get("properties")).values()
    for single in ("items", "additionalProperties"):
        if isinstance(schema.get(single), dict):
            yield schema[single]
