"""Where a body takes texts: the members of an example, as paths, and the same body with another text at one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from mailproof.pointers import mapping, resolve, token

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Place = tuple[str | int, ...]
"""Names of members and numbers of items, from the body down."""

_DEEPEST = 4


def text_places(document: Mapping[str, Any], pointer: str, example: Any, place: Place = ()) -> Iterator[Place]:
    """Each text of an example of the schema at a pointer.

    Of an array the first item stands for all, and of an object whose members may have any name the first text.
    """
    if isinstance(example, str) and place:
        yield place
        return
    if len(place) > _DEEPEST or not isinstance(example, dict | list):
        return
    schema, found = _schema(document, pointer)
    if isinstance(example, list):
        for item in cast("list[Any]", example)[:1]:
            yield from text_places(document, f"{found}/items", item, (*place, 0))
        return
    members, declared = cast("dict[str, Any]", example), mapping(schema.get("properties"))
    for name, item in members.items():
        if name in declared and "enum" not in declared[name]:
            yield from text_places(document, f"{found}/properties/{token(name)}", item, (*place, name))
    free = next((name for name, item in members.items() if name not in declared and isinstance(item, str)), None)
    if free is not None:
        yield (*place, free)


def replaced(body: Any, place: Place, text: Any) -> Any:
    """A copy of a body with another value at a place."""
    if not place:
        return text
    step, *rest = place
    if isinstance(step, int):
        items = list(cast("list[Any]", body))
        items[step] = replaced(items[step], tuple(rest), text)
        return items
    return {**body, step: replaced(body[step], tuple(rest), text)}


def shown(place: Place) -> str:
    """A place as a reader sees it: `Contact.Values.Email`, `0.Values.Email`."""
    return ".".join(str(step) for step in place)


def _schema(document: Mapping[str, Any], pointer: str) -> tuple[Mapping[str, Any], str]:
    schema, place = resolve(document, pointer)
    while len(schema.get("allOf", ())) == 1:
        schema, place = resolve(document, f"{place}/allOf/0")
    return schema, place
