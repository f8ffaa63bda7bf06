"""Lists of rows that were read lately, kept as values until something of their kind is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_Row = dict[str, Any]
_Asked = tuple[str, str] | None
"""A field and the value by which rows are found; None where all of a kind are asked for."""
_MOST_CHARACTERS = 8_000_000  # of JSON, in all; what it stands for takes some five times as many bytes
_LEAST_WEIGHT = 200  # characters; an empty list takes room as well


@dataclass(frozen=True, slots=True)
class _Kept:
    rows: list[_Row]
    weight: int


class LatelyRead:
    """The rows of a store by account, kind and what they were asked for.

    It holds only while no other process writes what the store reads: a data file is locked by the one that has it open.
    """

    def __init__(self, most_characters: int = _MOST_CHARACTERS) -> None:
        self._most = most_characters
        self._weight = 0
        self._lists: dict[tuple[str, str], dict[_Asked, _Kept]] = {}

    def rows(self, account: str, kind: str, asked: _Asked, read: Callable[[], list[str]]) -> list[_Row]:
        """The rows of a kind that are asked for; `read` gives the JSON texts of those that are not kept.

        The list is the caller's, the rows in it are everybody's: they are not to be changed.
        """
        of_kind = self._lists.get((account, kind))
        found = None if of_kind is None else of_kind.get(asked)
        if found is None:
            texts = read()
            weight = _LEAST_WEIGHT + sum(map(len, texts)) + (0 if asked is None else len(asked[1]))
            found = _Kept([orjson.loads(text) for text in texts], weight)
            self._keep(account, kind, asked, found)
        return found.rows.copy()

    def _keep(self, account: str, kind: str, asked: _Asked, found: _Kept) -> None:
        if found.weight > self._most:
            return
        if self._weight + found.weight > self._most:
            self.clear()
        self._lists.setdefault((account, kind), {})[asked] = found
        self._weight += found.weight

    def forget(self, account: str, kind: str) -> None:
        """Rows of that kind are written."""
        for gone in self._lists.pop((account, kind), {}).values():
            self._weight -= gone.weight

    def forget_row(self, account: str, kind: str, found_by: Iterable[tuple[str, str]]) -> None:
        """One row of that kind is written, which was or is found by those fields and values."""
        of_kind = self._lists.get((account, kind), {})
        for asked in (None, *found_by):
            gone = of_kind.pop(asked, None)
            if gone is not None:
                self._weight -= gone.weight

    def forget_account(self, account: str) -> None:
        """What was written into an account is undone, or all of it is gone."""
        for owner, kind in [place for place in self._lists if place[0] == account]:
            self.forget(owner, kind)

    def clear(self) -> None:
        """Anything may have changed."""
        self._lists.clear()
        self._weight = 0
