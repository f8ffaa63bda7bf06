"""One account's rows, clock and outbox: all that a handler knows of the state."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mailproof_mock.store import Row, Store

_log = logging.getLogger("mailproof.mock.outbox")


@dataclass(frozen=True, slots=True)
class Kind:
    """How rows of one kind are stored.

    The field that is the id, the fields by which they are found, and the field that numbers them.
    """

    name: str
    id: str
    keys: tuple[str, ...]
    number: str


def visible(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row without its hidden members, those whose names begin with `_`."""
    return {name: value for name, value in row.items() if not name.startswith("_")}


class World:
    """The state of one account, inside one transaction.

    The methods are coroutines because a store may lie across a network; handlers await nothing else.
    """

    def __init__(  # noqa: PLR0913 - all that there is to know
        self,
        store: Store,
        provider: str,
        account: str,
        kinds: Mapping[str, Kind],
        now: datetime,
        accounts: tuple[str, ...] = (),
    ) -> None:
        self._store = store
        self._provider = provider
        self._account = f"{provider}/{account}"
        self._kinds = kinds
        self._now = now
        self._accounts = accounts

    @property
    def account(self) -> str:
        """The name of the account."""
        return self._account.partition("/")[2]

    async def others(self) -> list[World]:
        """The worlds of all accounts of the provider, for what an anonymous call may see of them."""
        return [
            World(self._store, self._provider, name, self._kinds, self._now, self._accounts) for name in self._accounts
        ]

    def commons(self) -> World:
        """The world that anonymous calls see: rows that need no credentials, shared by all accounts of the provider."""
        return self._of("")

    def _of(self, account: str) -> World:
        return World(self._store, self._provider, account, self._kinds, self._now, self._accounts)

    def now(self) -> datetime:
        """The world's time: its epoch and one second for each write transaction so far, in UTC."""
        return self._now

    async def get(self, kind: str, row_id: object) -> Row | None:
        """The row of that kind and id. It is not to be changed."""
        return self._store.get(self._account, kind, row_id)

    async def get_some(self, kind: str, ids: Iterable[object]) -> list[Row]:
        """The rows of that kind and those ids, each once, in no order; ids that no row has are left out."""
        return self._store.get_some(self._account, kind, ids)

    async def find(self, kind: str, **fields: object) -> list[Row]:
        """The rows in which every named key field has that value, in order of insertion; without fields, all rows."""
        if not fields:
            return self._store.all(self._account, kind)
        unknown = set(fields) - set(self._kinds[kind].keys)
        if unknown:
            raise LookupError(f"{kind} has no key {', '.join(sorted(unknown))}")
        first, *further = fields.items()
        rows = self._store.find(self._account, kind, *first)
        if not further:
            return rows
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

    async def put_all(self, kind: str, rows: Iterable[Row]) -> None:
        """As `put`, for many rows at once."""
        description = self._kinds[kind]
        self._store.put_all(self._account, kind, description.id, rows, description.keys)

    async def numbers(self, kind: str, count: int) -> range:
        """The next `count` numbers of a kind, as `add` would give them out one by one."""
        last = self._store.step(self._account, f"id:{kind}", count) if count else 0
        return range(last - count + 1, last + 1)

    async def delete(self, kind: str, row_id: object) -> bool:
        """Removes a row; says whether it was there."""
        return self._store.delete(self._account, kind, row_id)

    async def next(self, name: str) -> int:
        """Steps a counter of the account's own; the first value is 1."""
        return self._store.next(self._account, name)

    async def keep(self, name: str, data: bytes) -> None:
        """Stores a blob under a name, in place of the one that was there."""
        self._store.keep(self._account, name, data)

    async def fetch(self, name: str) -> bytes | None:
        """The blob of that name."""
        return self._store.fetch(self._account, name)

    async def discard(self, name: str) -> bool:
        """Removes a blob; says whether it was there."""
        return self._store.discard(self._account, name)

    async def kept(self) -> dict[str, int]:
        """The names of the blobs in alphabetical order, each with its size in bytes."""
        return self._store.kept(self._account)

    async def send(self, entry: Row) -> None:
        """Records what would have left the machine in the outbox, and in the log."""
        self._store.send(self._account, self._now.isoformat(), {"provider": self._provider, **entry})
        _log.info("%s: nothing left the machine; in the outbox: %s", self._account, entry)


def clock(epoch: datetime, ticks: int) -> datetime:
    """The time of a world that has had that many write transactions."""
    return epoch + timedelta(seconds=ticks)
