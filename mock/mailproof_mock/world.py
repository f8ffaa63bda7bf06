"""One account's rows, clock and outbox: all that a handler knows of the state."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable, Mapping

    from mailproof_mock.kinds import Kind
    from mailproof_mock.rows import Row, Rows

_log = logging.getLogger("mailproof.mock.outbox")


def visible(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row without its hidden members, those whose names begin with `_`."""
    return {name: value for name, value in row.items() if not name.startswith("_")}


class World:
    """The state of one account, inside one transaction.

    The methods are coroutines because a store may lie across a network; handlers await nothing else.
    """

    def __init__(  # noqa: PLR0913 - all that there is to know
        self,
        rows: Rows,
        provider: str,
        account: str,
        kinds: Mapping[str, Kind],
        epoch: datetime,
        accounts: Iterable[str] = (),
    ) -> None:
        self._rows = rows
        self._provider = provider
        self._account = f"{provider}/{account}"
        self._kinds = kinds
        self._epoch = epoch
        self._accounts = accounts

    @property
    def account(self) -> str:
        """The name of the account."""
        return self._account.partition("/")[2]

    async def others(self) -> list[World]:
        """The worlds of all accounts of the provider, for what an anonymous call may see of them."""
        return [
            World(self._rows, self._provider, name, self._kinds, self._epoch, self._accounts) for name in self._accounts
        ]

    def commons(self) -> World:
        """The world that anonymous calls see: rows that need no credentials, shared by all accounts of the provider."""
        return self._of("")

    def _of(self, account: str) -> World:
        return World(self._rows, self._provider, account, self._kinds, self._epoch, self._accounts)

    def now(self) -> datetime:
        """The world's time: its epoch and one second for each write transaction so far, in UTC."""
        return clock(self._epoch, self._rows.tick)

    async def get(self, kind: str, row_id: object) -> Row | None:
        """The row of that kind and id. It is not to be changed."""
        return await self._rows.get(self._account, self._kinds[kind], row_id)

    async def get_some(self, kind: str, ids: Iterable[object]) -> list[Row]:
        """The rows of that kind and those ids, each once, in no order; ids that no row has are left out."""
        return await self._rows.get_some(self._account, self._kinds[kind], ids)

    async def find(self, kind: str, **fields: object) -> list[Row]:
        """The rows in which every named key field has that value, in order of insertion; without fields, all rows.

        The list is the caller's, the rows are not to be changed.
        """
        description = self._kinds[kind]
        if not fields:
            return await self._rows.all(self._account, description)
        for name in fields:
            _require(description.keys, name, description, "key")
        first, *further = fields.items()
        rows = await self._rows.find(self._account, description, *first)
        if not further:
            return rows
        return [row for row in rows if all(row.get(name) == value for name, value in further)]

    async def find_any(self, kind: str, field: str, values: Iterable[object]) -> list[Row]:
        """The rows in which a key field has one of some values, in order of insertion."""
        description = self._kinds[kind]
        _require(description.keys, field, description, "key")
        return await self._rows.find_any(self._account, description, field, values)

    def pages(self, kind: str, field: str, value: object) -> AsyncGenerator[list[Row]]:
        """What `find` gives for one key field, some hundred rows at a time; others have their turn in between."""
        description = self._kinds[kind]
        _require(description.keys, field, description, "key")
        return self._rows.pages(self._account, description, field, value)

    async def part(self, kind: str, field: str, value: object, *, skip: int, most: int) -> list[Row]:
        """At most so many of the rows that `find` gives for one key field, after so many that are left out."""
        description = self._kinds[kind]
        _require(description.keys, field, description, "key")
        return await self._rows.find_part(self._account, description, field, value, skip=skip, most=most)

    async def first(self, kind: str, **fields: object) -> Row | None:
        """The first of the rows that `find` gives."""
        rows = await self.find(kind, **fields)
        return rows[0] if rows else None

    async def count(self, kind: str, field: str, value: object) -> int:
        """How many rows have that value in a counted field, whatever their number is."""
        description = self._kinds[kind]
        _require(description.counted, field, description, "counted field")
        return await self._rows.count(self._account, description, field, value)

    async def put(self, kind: str, row: Row) -> None:
        """Inserts the row, or replaces the one of the same id."""
        await self._rows.put(self._account, self._kinds[kind], row)

    async def add(self, kind: str, row: Row) -> Row:
        """Inserts the row; without an id it gets the kind's next number. Gives the row as it was stored."""
        description = self._kinds[kind]
        if description.id not in row:
            row = {description.id: await self._rows.step(self._account, f"id:{kind}"), **row}
        await self.put(kind, row)
        return row

    async def put_all(self, kind: str, rows: Iterable[Row]) -> None:
        """As `put`, for many rows at once."""
        await self._rows.put_all(self._account, self._kinds[kind], rows)

    async def add_all(self, kind: str, rows: Iterable[Row]) -> None:
        """Inserts rows of whose ids there are none."""
        await self._rows.add_all(self._account, self._kinds[kind], rows)

    async def numbers(self, kind: str, count: int) -> range:
        """The next `count` numbers of a kind, as `add` would give them out one by one."""
        last = await self._rows.step(self._account, f"id:{kind}", count) if count else 0
        return range(last - count + 1, last + 1)

    async def delete(self, kind: str, row_id: object) -> bool:
        """Removes a row; says whether it was there."""
        return await self._rows.delete(self._account, self._kinds[kind], row_id)

    async def next(self, name: str) -> int:
        """Steps a counter of the account's own; the first value is 1."""
        return await self._rows.step(self._account, name)

    async def keep(self, name: str, data: bytes) -> None:
        """Stores a blob under a name, in place of the one that was there."""
        await self._rows.keep(self._account, name, data)

    async def fetch(self, name: str) -> bytes | None:
        """The blob of that name."""
        return await self._rows.fetch(self._account, name)

    async def discard(self, name: str) -> bool:
        """Removes a blob; says whether it was there."""
        return await self._rows.discard(self._account, name)

    async def kept(self) -> dict[str, int]:
        """The names of the blobs in alphabetical order, each with its size in bytes."""
        return await self._rows.kept(self._account)

    async def send(self, entry: Row) -> None:
        """Records what would have left the machine in the outbox, and in the log."""
        await self._rows.send(self._account, self.now().isoformat(), {"provider": self._provider, **entry})
        _log.info("%s: nothing left the machine; in the outbox: %s", self._account, entry)

    def keeps_others(self) -> bool:
        """Whether it is time to give way, in the middle of a long piece of work."""
        return self._rows.keeps_others()

    async def give_way(self) -> bool:
        """Lets others have a turn in the middle of a long piece of work.

        Says whether what was written so far was committed by it: others may have written since, and what is to hold
        has to be read again.
        """
        return await self._rows.give_way()

    async def pause(self) -> None:
        """Lets reads that need not wait for this transaction go on, in the middle of a piece of work."""
        await self._rows.pause()


def _require(known: tuple[str, ...], name: str, kind: Kind, what: str) -> None:
    if name not in known:
        raise LookupError(f"{kind.name} has no {what} {name}")


def clock(epoch: datetime, ticks: int) -> datetime:
    """The time of a world that has had that many write transactions."""
    return epoch + timedelta(seconds=ticks)
