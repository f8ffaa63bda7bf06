"""Lists of rows that were read lately, kept as values and kept up with what is written."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_Row = dict[str, Any]
_FoundBy = tuple[str | None, str]
"""A field and the value by which rows are found; without a field it is the id."""
_Asked = _FoundBy | None
"""By what rows are asked for; None where all of a kind are."""
_MOST_CHARACTERS = 2_000_000  # of JSON, in all; what it stands for takes some five times as many bytes
_LEAST_WEIGHT = 200  # characters; an empty list takes room as well
_MOST_ASKED_ONCE = 4_096
_MOST_NOTED = 50  # writes of a transaction that are kept up with one by one


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
    """The rows of a store by account, kind and what they were asked for, as the last commit left them.

    It holds only while no other process writes what the store reads: a data file has one server at a time.
    """

    def __init__(self, most_characters: int = _MOST_CHARACTERS) -> None:
        self._most = most_characters
        self._weight = 0
        self._lists: dict[tuple[str, str], dict[_Asked, _Kept]] = {}
        self._asked_once: set[tuple[str, str, str]] = set()
        """Account, kind and id."""

    def kept(self, account: str, kind: str, asked: _Asked) -> list[_Row] | None:
        """The rows of a kind that are asked for; None where they are not kept. Neither list nor rows are to change."""
        of_kind = self._lists.get((account, kind))
        found = None if of_kind is None else of_kind.get(asked)
        return None if found is None else found.rows

    def keep(self, account: str, kind: str, asked: _Asked, read: Sequence[Sequence[Any]], rows: list[_Row]) -> None:
        """Keeps what was read: number and JSON text of each row, in order, and the rows that these stand for.

        A single row only when it is asked for a second time: of a million contacts most are not, and keeping one costs
        more than reading it.
        """
        if asked is not None and asked[0] is None:
            place = (account, kind, asked[1])
            if place not in self._asked_once:
                if len(self._asked_once) >= _MOST_ASKED_ONCE:
                    self._asked_once.clear()
                self._asked_once.add(place)
                return
            self._asked_once.remove(place)
        weight = _LEAST_WEIGHT + sum(len(text) for _, text in read) + (0 if asked is None else len(asked[1]))
        if weight > self._most:
            return
        if self._weight + weight > self._most:
            self.clear()
        self._lists.setdefault((account, kind), {})[asked] = _Kept([number for number, _ in read], rows, weight)
        self._weight += weight

    def put(self, account: str, kind: str, number: int, text: str, found_by: Iterable[_FoundBy]) -> None:
        """The row of a number is written, and found by that; what it was found by is told to `delete` before."""
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
        of_kind = self._lists.get((account, kind), {})
        for asked in (None, *found_by):
            if asked in of_kind:
                of_kind[asked].take_out(number)

    def forget(self, account: str, kind: str) -> None:
        """Rows of that kind are written."""
        for gone in self._lists.pop((account, kind), {}).values():
            self._weight -= gone.weight

    def forget_account(self, account: str) -> None:
        """All of an account is gone."""
        for owner, kind in [place for place in self._lists if place[0] == account]:
            self.forget(owner, kind)

    def clear(self) -> None:
        """Anything may have changed."""
        self._lists.clear()
        self._weight = 0


class Changes:
    """What a transaction writes, for what was read lately to be told when it is committed."""

    def __init__(self) -> None:
        self._touched: set[tuple[str, str]] = set()
        self._accounts: set[str] = set()
        self._forgotten: set[tuple[str, str]] = set()
        self._noted: list[tuple[str, str, int, str | None, list[_FoundBy]]] = []

    def touch(self, account: str, kind: str) -> bool:
        """Whether rows of a kind were written."""
        return (account, kind) in self._touched or account in self._accounts

    def put(self, account: str, kind: str, number: int, text: str, found_by: list[_FoundBy]) -> None:
        """See `LatelyRead.put`."""
        self._note(account, kind, number, text, found_by)

    def deleted(self, account: str, kind: str, number: int, found_by: list[_FoundBy]) -> None:
        """See `LatelyRead.delete`."""
        self._note(account, kind, number, None, found_by)

    def forget(self, account: str, kind: str) -> None:
        """See `LatelyRead.forget`."""
        self._touched.add((account, kind))
        self._forgotten.add((account, kind))

    def forget_account(self, account: str) -> None:
        """See `LatelyRead.forget_account`."""
        self._accounts.add(account)

    def tell(self, lately: LatelyRead) -> None:
        """What was written is committed; from here on nothing was."""
        for account in self._accounts:
            lately.forget_account(account)
        for account, kind in self._forgotten:
            lately.forget(account, kind)
        for account, kind, number, text, found_by in self._noted:
            if account in self._accounts or (account, kind) in self._forgotten:
                continue
            if text is None:
                lately.delete(account, kind, number, found_by)
            else:
                lately.put(account, kind, number, text, found_by)
        for noted in (self._touched, self._accounts, self._forgotten, self._noted):
            noted.clear()

    def _note(self, account: str, kind: str, number: int, text: str | None, found_by: list[_FoundBy]) -> None:
        self._touched.add((account, kind))
        if (account, kind) in self._forgotten:
            return
        if len(self._noted) < _MOST_NOTED:
            self._noted.append((account, kind, number, text, found_by))
        else:
            self._forgotten.add((account, kind))
