"""JSON pointers into a contract, followed through its references."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping


def mapping(value: object) -> dict[str, Any]:
    """The value as an object of JSON; an empty one for anything else, such as a member that is not there."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def sequence(value: object) -> list[Any]:
    """The value as an array of JSON; an empty one for anything else."""
    return cast("list[Any]", value) if isinstance(value, list) else []


def token(name: object) -> str:
    """One member name as part of a pointer."""
    return str(name).replace("~", "~0").replace("/", "~1")


def resolve(document: Mapping[str, Any], pointer: str) -> tuple[Any, str]:
    """The value at a pointer (`#/...`) and where it really stands, with every `$ref` on the way followed.

    Raises LookupError when the pointer leads nowhere.
    """
    node: Any = document
    place = "#"
    for step in pointer.removeprefix("#").split("/")[1:]:
        node, place = _follow(document, node, place)
        name = step.replace("~1", "/").replace("~0", "~")
        node = _member(node, name)
        place = f"{place}/{token(name)}"
    return _follow(document, node, place)


def escaped(pointer: str) -> str:
    """The pointer as a URI fragment, as a `$ref` of a validator needs it."""
    return "#" + quote(pointer.removeprefix("#"), safe="/~$")


def _member(node: Any, name: str) -> Any:
    if isinstance(node, list):
        return cast("list[Any]", node)[int(name)]
    return cast("dict[str, Any]", node)[name]


def _follow(document: Mapping[str, Any], node: Any, place: str) -> tuple[Any, str]:
    reference = mapping(node).get("$ref")
    return resolve(document, reference) if isinstance(reference, str) else (node, place)
