"""Values and bodies as a reader wants them: indented, line by line, and what matters marked."""

from __future__ import annotations

import json
import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, cast

from lxml import etree

from mailproof_conformance.telling import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Line = list[tuple[str, bool]]
"""A line as pieces of text, each with whether it is marked."""

_AT = re.compile(r" at (/\S*?): ")
_MOST_LINES = 200
_DEEPEST = 40
_WIDTH = 60
_SAFE_XML = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True, huge_tree=False)


def place_of(reason: str) -> tuple[str, ...] | None:
    """The place inside a body that a reason names, as member names and indices; None where it names none."""
    match = _AT.search(reason)
    return None if match is None else tuple(part for part in match[1].split("/") if part)


def versus(expected: object, actual: object) -> tuple[list[Line], list[Line]]:
    """Two values as lines, with what differs marked; nothing is marked where they have nothing in common."""
    compact = not {type(expected), type(actual)} <= {dict, list}
    left, right = _shown(expected, compact=compact), _shown(actual, compact=compact)
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    ours: list[Line] = []
    theirs: list[Line] = []
    for tag, start, end, other_start, other_end in matcher.get_opcodes():
        mine, others = left[start:end], right[other_start:other_end]
        if tag == "equal":
            ours += [[(line, False)] for line in mine]
            theirs += [[(line, False)] for line in others]
        elif len(mine) == len(others):
            for one, two in zip(mine, others, strict=True):
                a, b = _pieces(one, two)
                ours.append(a)
                theirs.append(b)
        else:
            ours += map(_marked, mine)
            theirs += map(_marked, others)
    if any(text.strip() and not marked for line in ours for text, marked in line):
        return ours, theirs
    return [[(line, False)] for line in left], [[(line, False)] for line in right]


def body_lines(text: str, place: Sequence[str] | None = None, names: frozenset[str] = frozenset()) -> list[Line]:
    """A body as lines: JSON and XML indented, anything else as it is.

    Marked are the value at a place (in JSON), or the members (elements) of some names.
    """
    for read in (_json_lines, _xml_lines):
        lines = read(text, place, names)
        if lines is not None:
            break
    else:
        lines = [[(line, False)] for line in text.splitlines()]
    if len(lines) > _MOST_LINES:
        rest = len(lines) - _MOST_LINES
        lines = [*lines[:_MOST_LINES], [(f"... ({rest} more lines)", False)]]
    return lines


def _shown(value: object, *, compact: bool) -> list[str]:
    if value is None:
        return [NOTHING]
    if isinstance(value, str):
        return value.splitlines() or [""]
    line = json.dumps(value, ensure_ascii=False)
    return [line] if compact and len(line) <= _WIDTH else json.dumps(value, indent=2, ensure_ascii=False).splitlines()


def _pieces(one: str, two: str) -> tuple[Line, Line]:
    """Two lines, each in up to three pieces: the same start, what differs, the same end."""
    start = next((at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    most = min(len(one), len(two)) - start
    end = next((at for at in range(most) if one[-1 - at] != two[-1 - at]), most)

    def cut(text: str) -> Line:
        parts = [(text[:start], False), (text[start : len(text) - end], True), (text[len(text) - end :], False)]
        return [part for part in parts if part[0]]

    return cut(one), cut(two)


def _json_lines(text: str, place: Sequence[str] | None, names: frozenset[str]) -> list[Line] | None:
    if text.lstrip()[:1] not in {"{", "["}:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    found: list[Line] = []
    try:
        for line, at in _written(value, (), "", ""):
            marked = (place is not None and at[: len(place)] == tuple(place)) or (bool(at) and at[-1] in names)
            found.append(_marked(line) if marked else [(line, False)])
    except RecursionError:
        return None
    return found


def _written(value: Any, at: tuple[str, ...], start: str, end: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The lines of a JSON value, each with its place; `start` stands before the value, `end` behind it."""
    indent = "  " * len(at)
    items: list[tuple[str, str, Any]]
    if isinstance(value, dict) and value and len(at) < _DEEPEST:
        pairs = cast("dict[str, Any]", value).items()
        items = [(name, f"{json.dumps(name, ensure_ascii=False)}: ", item) for name, item in pairs]
        brackets = "{}"
    elif isinstance(value, list) and value and len(at) < _DEEPEST:
        items = [(str(number), "", item) for number, item in enumerate(cast("list[Any]", value))]
        brackets = "[]"
    else:
        yield f"{indent}{start}{json.dumps(value, ensure_ascii=False)}{end}", at
        return
    yield f"{indent}{start}{brackets[0]}", at
    for number, (name, label, item) in enumerate(items, start=1):
        yield from _written(item, (*at, name), label, "," if number < len(items) else "")
    yield f"{indent}{brackets[1]}{end}", at


def _xml_lines(text: str, place: Sequence[str] | None, names: frozenset[str]) -> list[Line] | None:
    if not text.lstrip().startswith("<") or "<!DOCTYPE" in text:
        return None
    try:
        root = etree.fromstring(text.encode(), _SAFE_XML)
    except (etree.XMLSyntaxError, ValueError):
        return None
    etree.indent(root)
    last = next((part for part in reversed(place or ()) if not part.isdecimal()), None)
    wanted = names if last is None else names | {last}
    lines = etree.tostring(root, encoding="unicode").splitlines()
    return [_marked(line) if _element(line) in wanted else [(line, False)] for line in lines]


def _marked(line: str) -> Line:
    """A line that is marked from its first letter on."""
    text = line.lstrip()
    return [(line[: len(line) - len(text)], False), (text, True)] if text != line else [(line, True)]


def _element(line: str) -> str:
    match = re.match(r"\s*</?(?:[\w.-]+:)?([\w.-]+)", line)
    return match[1] if match else ""
