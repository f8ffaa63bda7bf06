"""A text with its escapes undone, those of URLs, JSON and XML alike, and where each letter of it stood."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_ESCAPE = re.compile(
    r"%(?P<percent>[0-9A-Fa-f]{2})"
    r"|\\u(?P<unicode>[0-9A-Fa-f]{4})|\\x(?P<byte>[0-9A-Fa-f]{2})|\\(?P<plain>[^A-Za-z0-9\s])"
    r"|&\#0*(?P<number>[0-9]{1,7});|&\#[xX]0*(?P<hex>[0-9A-Fa-f]{1,6});|&(?P<name>quot|amp|lt|gt|apos);"
)
_NAMED = {"quot": '"', "amp": "&", "lt": "<", "gt": ">", "apos": "'"}
_HEXADECIMAL = ("percent", "unicode", "byte", "hex")
_DEEPEST = 4
"""Escapes inside escapes: JSON in a query of a URL in an attribute of XML is three."""


@dataclass(frozen=True, slots=True)
class Layer:
    """What a text says once some escapes are undone."""

    text: str
    starts: Sequence[int]
    """Where each letter began in the original text."""
    ends: Sequence[int]
    """Where it ended there."""

    def original(self, spans: Iterable[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
        """Spans of this layer as spans of the original text."""
        for start, end, name in spans:
            yield self.starts[start], self.ends[end - 1], name


def undone(text: str) -> Iterator[Layer]:
    """The text itself, then what it says once its escapes are undone, and those inside them, until none are left."""
    layer = Layer(text, range(len(text)), range(1, len(text) + 1))
    yield layer
    for _ in range(_DEEPEST):
        if not any(mark in layer.text for mark in "%\\&"):
            return
        deeper = _deeper(layer)
        if deeper.text == layer.text:
            return
        layer = deeper
        yield layer


def _deeper(layer: Layer) -> Layer:
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for match in _ESCAPE.finditer(layer.text):
        start, end = match.span()
        pieces += [layer.text[at:start], _letter(match)]
        starts += [*layer.starts[at:start], layer.starts[start]]
        ends += [*layer.ends[at:start], layer.ends[end - 1]]
        at = end
    pieces.append(layer.text[at:])
    return Layer("".join(pieces), [*starts, *layer.starts[at:]], [*ends, *layer.ends[at:]])


def _letter(match: re.Match[str]) -> str:
    """The one letter that an escape stands for; of a percent-encoded text one letter for each byte."""
    kind, told = str(match.lastgroup), match[str(match.lastgroup)]
    if kind == "name":
        return _NAMED[told]
    if kind == "plain":
        return told
    point = int(told, 16 if kind in _HEXADECIMAL else 10)
    return chr(point) if point < 0x110000 else "\N{REPLACEMENT CHARACTER}"  # noqa: PLR2004 - the end of Unicode
