"""Lists of rows that were read lately, kept as values until something of their kind is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Row = dict[str, Any]
_MOST_ROWS = 50_000  # that are kept in all; the largest list of the fixtures has some thousand


class LatelyRead:
    """The rows of a store by account, kind and what they were asked for.

    It holds only while no other process writes what the store reads: a data file is locked by the one that has it open.
    """

    def __init__(self, most_rows: int = _MOST_ROWS) -> None:
        self._most_rows = most_rows
        self._rows = 0
        self._lists: dict[tuple[str, str], dict[tuple[str, str] | None, list[Row]]] = {}

    def rows(self, account: str, kind: str, asked: tuple[str, str] | None, read: Callable[[], list[Row]]) -> list[Row]:
        """The rows of a kind that were asked for by field and value, or all of them; `read` reads what is not kept.

        The list is the caller's, the rows in it are everybody's: they are not to be changed.
        """
        kept = self._lists.get((account, kind))
        found = None if kept is None else kept.get(asked)
        if found is None:
            found = read()
            self._keep(account, kind, asked, found)
        return found.copy()

    def _keep(self, account: str, kind: str, asked: tuple[str, str] | None, rows: list[Row]) -> None:
        weight = len(rows) + 1  # an empty list takes room as well
        if weight > self._most_rows:
            return
        if self._rows + weight > self._most_rows:
            self.clear()
        self._lists.setdefault((account, kind), {})[asked] = rows
        self._rows += weight

    def forget(self, account: str, kind: str) -> None:
        """Rows of that kind are written."""
        gone = self._lists.pop((account, kind), None)
        if gone is not None:
            self._rows -= sum(len(rows) + 1 for rows in gone.values())

    def forget_row(self, account: str, kind: str, found_by: Iterable[tuple[str, str]]) -> None:
        """One row of that kind is written, which was or is found by those fields and values."""
        kept = self._lists.get((account, kind))
        if kept is None:
            return
        for asked in (None, *found_by):
            gone = kept.pop(asked, None)
            if gone is not None:
                self._rows -= len(gone) + 1

    def forget_account(self, account: str) -> None:
        """What was written into an account is undone, or all of it is gone."""
        for owner, kind in [place for place in self._lists if place[0] == account]:
            self.forget(owner, kind)

    def clear(self) -> None:
        """Anything may have changed."""
        self._lists.clear()
        self._rows = 0
