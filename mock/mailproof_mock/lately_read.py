"""Lists of rows that were read lately, kept as values and kept up with what is written."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_Row = dict[str, Any]
_FoundBy = tuple[str | None, str]
"""A field and the value by which rows are found; without a field it is the id."""
_Asked = _FoundBy | None
"""By what rows are asked for; None where all of a kind are."""
_MOST_CHARACTERS = 8_000_000  # of JSON, in all; what it stands for takes some five times as many bytes
_LEAST_WEIGHT = 200  # characters; an empty list takes room as well


@dataclass(slots=True)
class _Kept:
    numbers: list[int]
    """Of the rows, which are in the order of their numbers."""
    rows: list[_Row]
    weight: int
    """In characters; what is put in is added, what is taken out is not taken off."""

    def put(self, number: int, row: _Row, weight: int) -> None:
        """Puts a row in its place, or in the place of the one of its number."""
        self.take_out(number)
        place = bisect_left(self.numbers, number)
        self.numbers.insert(place, number)
        self.rows.insert(place, row)
        self.weight += weight

    def take_out(self, number: int) -> None:
        """Takes out the row of a number, if it is there."""
        place = bisect_left(self.numbers, number)
        if place < len(self.numbers) and self.numbers[place] == number:
            del self.numbers[place], self.rows[place]


class LatelyRead:
    """The rows of a store by account, kind and what they were asked for.

    It holds only while no other process writes what the store reads: a data file is locked by the one that has it open.
    """

    def __init__(self, most_characters: int = _MOST_CHARACTERS) -> None:
        self._most = most_characters
        self._weight = 0
        self._lists: dict[tuple[str, str], dict[_Asked, _Kept]] = {}
        self._written: set[tuple[str, str]] = set()  # accounts and kinds, in the transaction that is open

    def rows(self, account: str, kind: str, asked: _Asked, read: Callable[[], list[tuple[int, str]]]) -> list[_Row]:
        """The rows of a kind that are asked for; `read` gives number and JSON text of each that is not kept, in order.

        The list is the caller's, the rows in it are everybody's: they are not to be changed.
        """
        of_kind = self._lists.get((account, kind))
        found = None if of_kind is None else of_kind.get(asked)
        if found is None:
            read_now = read()
            weight = _LEAST_WEIGHT + sum(len(text) for _, text in read_now) + (0 if asked is None else len(asked[1]))
            found = _Kept([number for number, _ in read_now], [orjson.loads(text) for _, text in read_now], weight)
            self._keep(account, kind, asked, found)
        return found.rows.copy()

    def _keep(self, account: str, kind: str, asked: _Asked, found: _Kept) -> None:
        if found.weight > self._most:
            return
        if self._weight + found.weight > self._most:
            self.clear()
        self._lists.setdefault((account, kind), {})[asked] = found
        self._weight += found.weight

    def put(self, account: str, kind: str, number: int, text: str, found_by: Iterable[_FoundBy]) -> None:
        """The row of a number is written, and found by that; what it was found by is told to `delete` before."""
        self._written.add((account, kind))
        of_kind = self._lists.get((account, kind), {})
        lists = [of_kind[asked] for asked in (None, *found_by) if asked in of_kind]
        if not lists:
            return
        row: _Row = orjson.loads(text)  # not the one that was given, whose owner may go on to change it
        for kept in lists:
            kept.put(number, row, len(text))
            self._weight += len(text)
        if self._weight > self._most:
            self.clear()

    def delete(self, account: str, kind: str, number: int, found_by: Iterable[_FoundBy]) -> None:
        """The row of a number, which was found by that, is gone, or is about to be put in anew."""
        self._written.add((account, kind))
        of_kind = self._lists.get((account, kind), {})
        for asked in (None, *found_by):
            if asked in of_kind:
                of_kind[asked].take_out(number)

    def forget(self, account: str, kind: str) -> None:
        """Rows of that kind are written."""
        self._written.add((account, kind))
        for gone in self._lists.pop((account, kind), {}).values():
            self._weight -= gone.weight

    def forget_account(self, account: str) -> None:
        """All of an account is gone."""
        for owner, kind in [place for place in self._lists if place[0] == account]:
            self.forget(owner, kind)

    def begin(self) -> None:
        """A transaction begins: what is written from here on may be undone."""
        self._written.clear()

    def undo(self) -> None:
        """What was written since the transaction began is undone."""
        for account, kind in list(self._written):
            self.forget(account, kind)

    def clear(self) -> None:
        """Anything may have changed."""
        self._lists.clear()
        self._weight = 0
