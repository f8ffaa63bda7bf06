"""From a path to the operations that live there: a tree of segments, literals before parameters."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")
_PARAMETER = re.compile(r"\{([^{}]+)\}")


class Undecodable(Exception):  # noqa: N818 - a fact about the path, not a failure of ours
    """A path segment that is not UTF-8 after percent-decoding, or holds a NUL."""


@dataclass(slots=True)
class _Node(Generic[T]):
    literals: dict[str, _Node[T]] = field(default_factory=dict[str, "_Node[T]"])
    parameter: _Node[T] | None = None
    targets: dict[str, T] = field(default_factory=dict[str, T])
    names: tuple[str, ...] = ()


class Routes(Generic[T]):
    """The paths of one API. Looking one up costs the same whether there are ten or a thousand."""

    def __init__(self, *, case_sensitive: bool = True, slash_matters: bool = False) -> None:
        self._root: _Node[T] = _Node()
        self._case_sensitive = case_sensitive
        self._slash_matters = slash_matters

    def __bool__(self) -> bool:
        """Whether there is any path at all."""
        return bool(self._root.literals) or self._root.parameter is not None or bool(self._root.targets)

    def add(self, method: str, template: str, target: T) -> None:
        """Adds an operation at a path template (`/contacts/{contactId}`)."""
        node = self._root
        names: list[str] = []
        for segment in self._segments(template):
            match = _PARAMETER.fullmatch(segment)
            if match:
                names.append(match[1])
                if node.parameter is None:
                    node.parameter = _Node[T]()
                node = node.parameter
            else:
                node = node.literals.setdefault(self._folded(segment), _Node[T]())
        node.targets[method.upper()] = target
        node.names = tuple(names)

    def find(self, raw_path: str) -> tuple[dict[str, T], dict[str, str]] | None:
        """The operations by method at a raw (percent-encoded) path, and the path parameters; None for an unknown path.

        Segments are split before they are decoded, so an encoded slash stays inside its segment. Raises Undecodable.
        """
        segments = folded = self._segments(raw_path)
        if "%" in raw_path or not raw_path.isascii():
            segments = folded = [_decoded(segment) for segment in segments]
        if not self._case_sensitive:
            folded = [segment.lower() for segment in segments]
        values: list[str] = []
        node = self._search(self._root, segments, folded, values)
        if node is None:
            return None
        return node.targets, dict(zip(node.names, values, strict=True))

    def _search(
        self, node: _Node[T], segments: Sequence[str], folded: Sequence[str], values: list[str]
    ) -> _Node[T] | None:
        """The node at the end of the segments; the values of the parameters on the way are added to `values`."""
        for position, segment in enumerate(segments):
            literal = node.literals.get(folded[position])
            if literal is not None and node.parameter is None:
                node = literal
                continue
            parameter = node.parameter if segment else None
            if literal is not None and parameter is not None:
                before = len(values)
                found = self._search(literal, segments[position + 1 :], folded[position + 1 :], values)
                if found is not None:
                    return found
                del values[before:]
            elif literal is not None:
                node = literal
                continue
            if parameter is None:
                return None
            values.append(segment)
            node = parameter
        return node if node.targets else None

    def _segments(self, path: str) -> list[str]:
        if not self._slash_matters and path.endswith("/"):
            path = path[:-1]
        return path.split("/")[1:]

    def _folded(self, segment: str) -> str:
        return segment if self._case_sensitive else segment.lower()


def _decoded(segment: str) -> str:
    try:
        text = unquote_to_bytes(segment).decode()
    except UnicodeDecodeError:
        raise Undecodable from None
    if "\0" in text:
        raise Undecodable
    return text
