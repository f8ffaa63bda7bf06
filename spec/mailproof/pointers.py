"""Finds things inside a contract's document: by member, where one may be missing, and by JSON pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_REFERENCES = 50  # one after the other; a contract has two or three


def mapping(value: object) -> dict[str, Any]:
    """The value as an object of JSON; an empty one for anything else, such as a member that is not there."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def members(node: Any, *names: str) -> dict[str, Any]:
    """The object found by going down the named members; an empty one where the way ends early or at something else."""
    for name in names:
        node = mapping(node).get(name)
    return mapping(node)


def sequence(value: object) -> list[Any]:
    """The value as an array of JSON; an empty one for anything else."""
    return cast("list[Any]", value) if isinstance(value, list) else []


def token(name: object) -> str:
    """One member name as part of a pointer."""
    return str(name).replace("~", "~0").replace("/", "~1")


def resolve(document: Mapping[str, Any], pointer: str) -> tuple[Any, str]:
    """The value at a pointer (`#/...`) and where it really stands, with every `$ref` on the way followed.

    Raises LookupError when the pointer leads nowhere, or in a circle.
    """
    return _resolve(document, pointer, _MOST_REFERENCES)


def dereference(document: Mapping[str, Any], node: Any) -> Any:
    """The value itself, or what its `$ref` leads to. Raises LookupError as `resolve` does."""
    return _follow(document, node, "#", _MOST_REFERENCES)[0]


def escaped(pointer: str) -> str:
    """The pointer as a URI fragment, as a `$ref` of a validator needs it."""
    return "#" + quote(pointer.removeprefix("#"), safe="/~$")


def _resolve(document: Mapping[str, Any], pointer: str, hops: int) -> tuple[Any, str]:
    node: Any = document
    place = "#"
    for step in pointer.removeprefix("#").split("/")[1:]:
        node, place = _follow(document, node, place, hops)
        name = step.replace("~1", "/").replace("~0", "~")
        node = _member(node, name, pointer)
        place = f"{place}/{token(name)}"
    return _follow(document, node, place, hops)


def _member(node: Any, name: str, pointer: str) -> Any:
    if isinstance(node, list) and name.isdecimal() and int(name) < len(cast("list[Any]", node)):
        return cast("list[Any]", node)[int(name)]
    if isinstance(node, dict) and name in node:
        return cast("dict[str, Any]", node)[name]
    raise LookupError(f"{pointer} leads nowhere: there is no {name!r}")


def _follow(document: Mapping[str, Any], node: Any, place: str, hops: int) -> tuple[Any, str]:
    reference = mapping(node).get("$ref")
    if not isinstance(reference, str):
        return node, place
    if hops == 0:
        raise LookupError(f"{reference} leads in a circle")
    return _resolve(document, reference, hops - 1)
