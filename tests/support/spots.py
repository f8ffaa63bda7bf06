"""Where the members of a value stand, by the schema that it has: what a fault changes, and in what."""

# JSON of any shape passes through here, and mypy sees to the rest.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from mailproof.pointers import mapping, resolve, sequence, token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_DEEPEST = 5
EACH = "*"
"""The step of a way that stands for each item of an array, or each member of an object with names of any kind."""

Way = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """One member of an object, as its schema has it."""

    way: Way
    """To the object, then the member's own name."""
    schema: Mapping[str, Any]
    required: bool

    @property
    def name(self) -> str:
        """The way as one text."""
        return ".".join(self.way)

    @property
    def type(self) -> str:
        """The JSON type that the schema names; empty where it names none."""
        return str(self.schema.get("type", ""))

    @property
    def words(self) -> list[Any]:
        """The values that the schema lists."""
        return [word for word in sequence(self.schema.get("enum")) if word is not None]


def spots(document: Mapping[str, Any], pointer: str) -> list[Spot]:
    """Every member in the schema at a pointer, however deep, each way once."""
    found: dict[Way, Spot] = {}
    for spot in _spots(document, pointer, (), 0):
        found.setdefault(spot.way, spot)
    return list(found.values())


def _spots(document: Mapping[str, Any], pointer: str, way: Way, depth: int) -> Iterator[Spot]:
    schema, place = resolve(document, pointer)
    if depth > _DEEPEST or not isinstance(schema, dict):
        return
    for keyword in ("allOf", "oneOf", "anyOf"):
        for number, _ in enumerate(sequence(schema.get(keyword))):
            yield from _spots(document, f"{place}/{keyword}/{number}", way, depth)
    needed = sequence(schema.get("required"))
    for name in mapping(schema.get("properties")):
        own, inner = resolve(document, f"{place}/properties/{token(name)}")
        merged = _flat(document, inner, mapping(own))
        yield Spot((*way, name), merged, name in needed)
        yield from _spots(document, inner, (*way, name), depth + 1)
    for keyword in ("items", "additionalProperties"):
        if isinstance(schema.get(keyword), dict):
            yield from _spots(document, f"{place}/{keyword}", (*way, EACH), depth + 1)


def _flat(document: Mapping[str, Any], place: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A schema with what a single `allOf` adds to it."""
    if len(sequence(schema.get("allOf"))) != 1:
        return schema
    inner, _ = resolve(document, f"{place}/allOf/0")
    return {**mapping(inner), **schema}


def changed(value: Any, way: Sequence[str], change: Callable[[dict[str, Any], str], Mapping[str, Any]]) -> Any:
    """A value in which each object that has the last member of a way is changed; the value itself where none has."""
    if isinstance(value, list) and way[0] == EACH:
        return [changed(item, way[1:], change) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    known = cast("dict[str, Any]", value)
    if way[0] == EACH:
        return {name: changed(item, way[1:], change) for name, item in known.items()}
    if way[0] not in known:
        return known
    if len(way) == 1:
        return dict(change(known, way[0]))
    return {**known, way[0]: changed(known[way[0]], way[1:], change)}


def some(items: Sequence[Any], count: int, *salt: str) -> list[Any]:
    """A few of some things, others for another salt, the same ones each time."""
    ranked = sorted(items, key=lambda item: hashlib.sha256(repr((salt, getattr(item, "name", item))).encode()).digest())
    return ranked[:count]
