"""The text operators of conditions: whole values, `%` for any run, `_` for one character, any letter case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

TextTest = Callable[[str | None], bool]
_Segment = tuple[str | None, ...]  # characters that follow each other; None stands for any one character


def text_test(condition: Mapping[str, str] | None) -> TextTest:
    """The test that a text condition makes of a value. Without one every value passes; null passes none."""
    if condition is None:
        return lambda _value: True
    tests = [OPERATORS[operator](operand) for operator, operand in condition.items()]
    return lambda value: value is not None and all(test(fold(value)) for test in tests)


def fold(text: str) -> str:
    """The text without letter case, of the same length, so that `_` keeps standing for one character."""
    return text.lower() if text.isascii() else "".join(map(_folded, text))


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    for form in (character.casefold(), character.lower()):
        if len(form) == 1:
            return form
    return character


def _equals(operand: str) -> Callable[[str], bool]:
    wanted = fold(operand)
    return lambda value: value == wanted


def contains(operand: str) -> Callable[[str], bool]:
    """The test of CONTAINS, on folded values."""
    first, *others = _segments(fold(operand))
    shortest = len(first) + sum(map(len, others))

    def test(value: str) -> bool:
        if len(value) < shortest or not _fits(first, value, 0):
            return False
        if not others:
            return len(value) == len(first)
        *middle, last = others
        end = len(value) - len(last)
        return _fits(last, value, end) and _in_order(middle, value, len(first), end)

    return test


def opposite(operator: Callable[[str], Callable[[str], bool]]) -> Callable[[str], Callable[[str], bool]]:
    """The operator that holds where another does not."""

    def build(operand: str) -> Callable[[str], bool]:
        test = operator(operand)
        return lambda value: not test(value)

    return build


OPERATORS: Mapping[str, Callable[[str], Callable[[str], bool]]] = {
    "EQUALS": _equals,
    "NOT_EQUALS": opposite(_equals),
    "CONTAINS": contains,
    "NOT_CONTAINS": opposite(contains),
}
"""By name: from the operand to the test of a folded value."""


def _segments(pattern: str) -> list[_Segment]:
    """The pattern cut at each `%`. After a backslash `%`, `_` and a backslash are ordinary characters."""
    segments: list[_Segment] = []
    current: list[str | None] = []
    characters = iter(pattern)
    for character in characters:
        if character == "%":
            segments.append(tuple(current))
            current = []
        elif character == "\\":
            following = next(characters, "")
            if following not in {"%", "_", "\\"}:
                current.append(character)
            current.extend(following)
        else:
            current.append(None if character == "_" else character)
    segments.append(tuple(current))
    first, *middle = segments
    # runs of % say no more than one %: empty middle segments would only cost time
    return [first, *filter(None, middle[:-1]), middle[-1]] if middle else [first]


def _in_order(segments: Iterable[_Segment], value: str, start: int, end: int) -> bool:
    """Whether the segments stand in the value in this order; the leftmost place is as good as any."""
    for segment in segments:
        while start + len(segment) <= end and not _fits(segment, value, start):
            start += 1
        start += len(segment)
        if start > end:
            return False
    return start <= end


def _fits(segment: _Segment, value: str, start: int) -> bool:
    return all(token is None or token == value[start + offset] for offset, token in enumerate(segment))
