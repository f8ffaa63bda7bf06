"""How far a contract stands behind each part of an answer, by the marks (`x-standing`) on the way to that part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast, get_args

from mailproof.pointers import dereference, mapping, sequence
from mailproof.promises import Level
from mailproof_conformance.front import level_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mailproof.promises import Operation

ANY_SERVER: Level = "core"
"""What no server may do whatever a vendor wrote: fail inside, or send what is no text of the type it declares."""
_BRANCHES = ("allOf", "oneOf", "anyOf")
_STRENGTH: tuple[Level, ...] = get_args(Level)
_DEEPEST = 40


def weakest(*levels: Level) -> Level:
    """The weakest of some levels; none at all is the strongest."""
    return _STRENGTH[max(map(_STRENGTH.index, levels), default=0)]


def of_answer(operation: Operation, response: Mapping[str, Any] | None, *parts: Mapping[str, Any]) -> Level:
    """The level of an answer, given its response object (None: the contract has none), and of parts of it."""
    marks = [_mark(node) for node in (response or {}, *parts)]
    return level_of(operation.standing, *marks)


def of_place(document: Mapping[str, Any], schema: Any, place: Sequence[str | int]) -> Level:
    """The level of what stands at a place in a value that a schema describes: the weakest of all that leads there."""
    return level_of(*_marks(document, schema, list(place), _DEEPEST))


def _marks(document: Mapping[str, Any], schema: Any, place: list[str | int], left: int) -> Iterator[str | None]:
    yield _mark(mapping(schema))
    node = mapping(dereference(document, schema))
    yield _mark(node)
    if left == 0:
        return
    for name in _BRANCHES:
        for branch in sequence(node.get(name)):
            yield from _marks(document, branch, place, left - 1)
    if not place:
        return
    step, *rest = place
    inner = node.get("items") if isinstance(step, int) else mapping(node.get("properties")).get(step)
    if inner is None and isinstance(step, str):
        inner = node.get("additionalProperties")
    if isinstance(inner, dict):
        yield from _marks(document, cast("dict[str, Any]", inner), rest, left - 1)


def _mark(node: Mapping[str, Any]) -> str | None:
    mark = node.get("x-standing")
    return mark if isinstance(mark, str) else None
