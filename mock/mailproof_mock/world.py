"""One account's rows, clock and outbox: all that a handler knows of the state."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailproof_mock.store import Row, Store

_log = logging.getLogger("mailproof.mock.outbox")


@dataclass(frozen=True, slots=True)
class Kind:
    """How rows of one kind are stored: the field that is the id, and the fields by which they are found."""

    name: str
    id: str
    keys: tuple[str, ...]


def visible(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row without its hidden members, those whose names begin with `_`."""
    return {name: value for name, value in row.items() if not name.startswith("_")}


class World:
    """The state of one account, inside one transaction.

    The methods are coroutines because a store may lie across a network; handlers await nothing else.
    """

    def __init__(self, store: Store, provider: str, account: str, kinds: Mapping[str, Kind], now: datetime) -> None:
        self._store = store
        self._provider = provider
        self._account = f"{provider}/{account}"
        self._kinds = kinds
        self._now = now

    def commons(self) -> World:
        """The world that anonymous calls see: rows that need no credentials, shared by all accounts of the provider."""
        return World(self._store, self._provider, "", self._kinds, self._now)

    def now(self) -> datetime:
        """The world's time: its epoch and one second for each write transaction so far, in UTC."""
        return self._now

    async def get(self, kind: str, row_id: object) -> Row | None:
        """The row of that kind and id."""
        return self._store.get(self._account, kind, row_id)

    async def find(self, kind: str, **fields: object) -> list[Row]:
        """The rows in which every named key field has that value, in order of insertion; without fields, all rows."""
        if not fields:
            return self._store.all(self._account, kind)
        unknown = set(fields) - set(self._kinds[kind].keys)
        if unknown:
            raise LookupError(f"{kind} has no key {', '.join(sorted(unknown))}")
        first, *further = fields.items()
        rows = self._store.find(self._account, kind, *first)
        return [row for row in rows if all(row.get(name) == value for name, value in further)]

    async def first(self, kind: str, **fields: object) -> Row | None:
        """The first of the rows that `find` gives."""
        rows = await self.find(kind, **fields)
        return rows[0] if rows else None

    async def count(self, kind: str, **fields: object) -> int:
        """How many rows `find` gives."""
        if not fields:
            return self._store.count(self._account, kind)
        if len(fields) == 1:
            ((field, value),) = fields.items()
            return self._store.count(self._account, kind, field, value)
        return len(await self.find(kind, **fields))

    async def put(self, kind: str, row: Row) -> None:
        """Inserts the row, or replaces the one of the same id."""
        description = self._kinds[kind]
        self._store.put(self._account, kind, row[description.id], row, description.keys)

    async def add(self, kind: str, row: Row) -> Row:
        """Inserts the row; without an id it gets the kind's next number. Gives the row as it was stored."""
        description = self._kinds[kind]
        if description.id not in row:
            row = {description.id: self._store.next(self._account, f"id:{kind}"), **row}
        await self.put(kind, row)
        return row

    async def delete(self, kind: str, row_id: object) -> bool:
        """Removes a row; says whether it was there."""
        return self._store.delete(self._account, kind, row_id)

    async def next(self, name: str) -> int:
        """Steps a counter of the account's own; the first value is 1."""
        return self._store.next(self._account, name)

    async def send(self, entry: Row) -> None:
        """Records what would have left the machine in the outbox, and in the log."""
        self._store.send(self._account, self._now.isoformat(), {"provider": self._provider, **entry})
        _log.info("%s: nothing left the machine; in the outbox: %s", self._account, entry)


def clock(epoch: datetime, ticks: int) -> datetime:
    """The time of a world that has had that many write transactions."""
    return epoch + timedelta(seconds=ticks)
