"""Which rows of a list a read gives: `$filter`, `$orderby`, `$skip` and `$top`.

Of OData as much as the contract promises: a filter is `Field eq value`, several of them joined by `and`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from mailproof_mock.call import Problem
from mailproof_mock.which50.contact_schema import comparable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

T = TypeVar("T")

_TOKEN = re.compile(r"\s*(?:'((?:[^']|'')*)'(?=\s|$)|([^\s',()]+)(?=\s|$))")
_NUMBER = re.compile(r"-?\d{1,30}(\.\d{1,30})?", re.ASCII)
_BOOLEANS = {"true": True, "false": False}
_ORDERS = {"asc": False, "desc": True}
_SHOWN = 80  # characters of a name in a text about it


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    quoted: bool

    def is_word(self, word: str) -> bool:
        """Whether it is that word, in any letter case and without quotes."""
        return not self.quoted and self.text.casefold() == word


class Choice(Generic[T]):
    """What the options of a query ask for."""

    def __init__(
        self, query: Mapping[str, Any], names: Mapping[str, str], values: Callable[[T], Mapping[str, Any]]
    ) -> None:
        """`names` are those of the fields, by their folded case; `values` gives what a row has in them.

        Raises Problem("bad-request") for an option that cannot be read, or names no field.
        """
        self._values = values
        self._wanted = [(name, value, _equals(value)) for name, value in _filter(query.get("$filter", ""), names)]
        self._order = _order(query.get("$orderby", ""), names)
        self.skip: int = query.get("$skip", 0)
        self.top: int | None = query.get("$top")

    @property
    def takes_all(self) -> bool:
        """Whether rows are neither left out nor put in another order."""
        return not self._wanted and not self._order

    def value_of(self, name: str | None) -> str | None:
        """The value that every row is to have in a field, as values are compared; None where any will do."""
        return next((comparable(value) for field, value, _ in self._wanted if field == name), None)

    def of(self, rows: Iterable[T]) -> list[T]:
        """Those of the rows that the filter leaves."""
        found = list(rows)
        for name, _, equals in self._wanted:
            found = [row for row in found if equals(self._values(row).get(name))]
        return found

    def part(self, rows: list[T]) -> list[T]:
        """Of the rows that the filter left, the part that is asked for, in the order that is asked for."""
        for name, descending in reversed(self._order):
            rows.sort(key=lambda row, name=name: _rank(self._values(row).get(name)), reverse=descending)  # type: ignore[misc]
        return rows[self.skip :] if self.top is None else rows[self.skip : self.skip + self.top]


def chosen(
    rows: Sequence[T], query: Mapping[str, Any], names: Mapping[str, str], values: Callable[[T], Mapping[str, Any]]
) -> list[T]:
    """The rows that the options of a query leave, in the order that they ask for, else in the order of the rows.

    See `Choice`.
    """
    choice = Choice(query, names, values)
    return choice.part(choice.of(rows))


def _filter(text: str, names: Mapping[str, str]) -> list[tuple[str, Any]]:
    """The fields of a filter, each with the value that it is to have."""
    tokens = _tokens(text)
    if not tokens:
        return []
    found: list[tuple[str, Any]] = []
    for start in range(0, len(tokens), 4):
        name, operator, value, *joint = tokens[start : start + 4] + [_Token("", quoted=False)] * 3
        ends = start + 3 >= len(tokens)
        if name.quoted or not operator.is_word("eq") or not (value.quoted or value.text):
            raise Problem("bad-request", "$filter: is not of the form `Field eq value and Field eq value`.")
        if not ends and (not joint[0].is_word("and") or start + 4 == len(tokens)):
            raise Problem("bad-request", "$filter: only `and` joins comparisons, and something must follow it.")
        found.append((_field("$filter", name.text, names), _value(value)))
    return found


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    place, end = 0, len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place, end)
        if match is None:
            raise Problem("bad-request", f"$filter: cannot be read from character {place + 1} on.")
        quoted = cast("str | None", match[1])
        word = match[2] if quoted is None else quoted.replace("''", "'")
        found.append(_Token(word, quoted=quoted is not None))
        place = match.end()
    return found


def _value(token: _Token) -> Any:
    if token.quoted:
        return token.text
    word = token.text.casefold()
    if word == "null":
        return None
    if word in _BOOLEANS:
        return _BOOLEANS[word]
    if _NUMBER.fullmatch(word) is None:
        raise Problem("bad-request", "$filter: a text stands in single quotes, a quote in it twice.")
    return float(word) if "." in word else int(word)


def _order(text: str, names: Mapping[str, str]) -> list[tuple[str, bool]]:
    """The fields to sort by, each with whether the order is descending."""
    found: list[tuple[str, bool]] = []
    for part in text.split(",") if text.strip() else ():
        name, _, direction = part.strip().rpartition(" ")
        if not name or direction.casefold() not in _ORDERS:
            name, direction = part.strip(), "asc"
        found.append((_field("$orderby", name.strip(), names), _ORDERS[direction.casefold()]))
    return found


def _field(option: str, text: str, names: Mapping[str, str]) -> str:
    name = names.get(text.casefold())
    if name is None:
        raise Problem("bad-request", f"{option}: there is no field '{text[:_SHOWN]}'.")
    return name


def _equals(wanted: object) -> Callable[[object], bool]:
    """Whether a value is the wanted one."""
    if wanted is None:
        return lambda found: found is None
    if wanted == "":
        return lambda found: found == ""
    text = comparable(wanted)
    return lambda found: found is not None and comparable(found) == text


def _rank(value: object) -> tuple[int, float, str]:
    """Nothing before numbers, numbers before texts, texts before all else."""
    if value is None:
        return 0, 0.0, ""
    if isinstance(value, int | float):
        return 1, float(value), ""
    return (2, 0.0, value.casefold()) if isinstance(value, str) else (3, 0.0, repr(value))
