"""The store in SQLite: in memory, or in a data file that one server has at a time.

SQLite answers in microseconds, so it is called on the event loop. What takes longer is not: the disk is waited for in a
thread (`write_ahead_log.py`), and long work gives way in between. A data file is read through a connection of its own,
so that reads see what was committed and wait for nobody; in memory there is one connection, and reads wait while a
write is in the middle of its work.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

import orjson

from mailproof.promises import ContractError
from mailproof_mock.lately_read import Changes, LatelyRead
from mailproof_mock.rows import CLOCK, Rows, StoreFailed
from mailproof_mock.tables import FORGETTING, SCHEMA_VERSION, sqlite_sql
from mailproof_mock.transaction import Transaction
from mailproof_mock.write_ahead_log import WriteAheadLog

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from types import TracebackType

_MARK = 0x6D70726F  # "mpro": SQLite's application_id of a data file of ours
_STATEMENTS = 256
_CACHE = 8_000  # KiB of pages that are not committed; what does not fit goes into the log once more at each change
_FORGOTTEN = 100  # rows that are removed at a time; of a large table each takes some 10 us


class SqliteStore:
    """See `mailproof_mock.store.Store`."""

    def __init__(self, file: Path | None = None) -> None:
        """Opens the data file, or a store in memory.

        Raises ContractError, one line, for a file that is not ours or in use.
        """
        self._file = file
        self.lock = asyncio.Lock()
        self.waiting = 0
        self.lately = LatelyRead()
        self.log: WriteAheadLog | None = None
        try:
            with ExitStack() as opened:
                if file is not None:
                    _hold(file, opened)
                self.writer = _connected(file, opened)
                _prepare(self.writer)
                self.writer.execute(f"PRAGMA cache_size = -{_CACHE}")
                self.reader = self.writer if file is None else _connected(file, opened)
                self.clocks: dict[str, int] = _clocks(self.writer)
                if file is not None:
                    self.log = WriteAheadLog(file, self.lock)
                self._opened = opened.pop_all()
        except (sqlite3.Error, OSError) as error:
            raise ContractError(f"{file}: cannot be used as data file: {_reason(error)}") from None
        self.reading = _Connection(self.reader, self)

    async def open(self) -> None:
        """See `Store.open`; the file was opened when this was made."""

    def transaction(self, account: str, *, write: bool) -> _Reading | _Writing:
        """See `Store.transaction`."""
        return _Writing(self, account) if write else _Reading(self, account)

    def alone(self) -> _Writing:
        """See `Store.alone`."""
        return _Writing(self, None)

    def ticks(self) -> int:
        """See `Store.ticks`."""
        return sum(self.clocks.values())

    def tell(self, error: BaseException) -> None:
        """Raises StoreFailed for what SQLite or the disk refuses."""
        if isinstance(error, sqlite3.Error | OSError):
            raise StoreFailed(f"{self._file or 'the memory'}: cannot be used as data file: {error}") from error

    async def close(self) -> None:
        """Closes the data file."""
        if self.log is not None:
            await self.log.close()
        self._opened.close()


class _Reading:
    """A read transaction: between two awaits nothing else runs, so it sees one state."""

    def __init__(self, store: SqliteStore, account: str) -> None:
        self._store = store
        self._account = account

    async def __aenter__(self) -> Rows:
        store = self._store
        if store.reader is store.writer:
            await _nobody_writes(store)
        return Rows(store.reading, store.clocks.get(self._account, 0), store.lately)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if error is not None:
            self._store.tell(error)


class _Writing(Transaction):
    """A write transaction. With an account it steps that account's clock.

    There is one connection for all writes; it is this transaction's while it holds the store's lock, and no longer.
    """

    def __init__(self, store: SqliteStore, account: str | None) -> None:
        super().__init__(store.tell)
        self._store = store
        self._account = account
        self._changes = Changes()
        self._holds = False  # the lock: not while it waits for its first turn, or for the next one
        self._clock_told = False

    async def begin(self) -> Rows:
        await self._next_turn()
        self._rows = Rows(_WritingConnection(self._store, self), 0, self._store.lately, self._changes)
        if self._account is not None:
            self._rows.tick = await self._rows.step(self._account, CLOCK)
        return self._rows

    async def commit(self) -> None:
        if not self._holds:
            raise RuntimeError("a write went on that lost its turn")
        self._end_turn()
        if self._store.log is not None:
            await self._store.log.reach_disk(self._store.writer.total_changes)

    async def undo(self) -> None:
        if not self._holds:
            return
        try:
            if self._store.writer.in_transaction:  # a full disk ends a transaction by itself
                self._store.writer.execute("ROLLBACK")
        except sqlite3.Error as error:
            self._store.tell(error)
        finally:
            self._release()

    async def give_way(self) -> bool:
        """Commits where somebody waits: a write, or in memory a read."""
        await asyncio.sleep(0)
        if not self._store.waiting:
            return False
        self._end_turn()
        await self._next_turn()
        return True

    async def _next_turn(self) -> None:
        await _take(self._store)
        self._holds = True
        self._store.writer.execute("BEGIN IMMEDIATE")

    def _end_turn(self) -> None:
        """Commits, tells what this process remembers, and lets others write."""
        store = self._store
        clocks = _clocks(store.writer) if self._account is None else {}
        store.writer.execute("COMMIT")
        self._changes.tell(store.lately)
        if self._account is None:
            store.clocks = clocks
        elif not self._clock_told:  # once: others may have stepped it since
            store.clocks[self._account] = self._rows.tick
            self._clock_told = True
        self._release()

    def _release(self) -> None:
        self._holds = False
        self._store.lock.release()


class _Connection:
    """One of the store's connections, as `rows.py` asks it."""

    def __init__(self, database: sqlite3.Connection, store: SqliteStore) -> None:
        self._execute: Callable[..., sqlite3.Cursor] = database.execute
        self._database = database
        self._store = store

    async def one(self, statement: str, /, **values: object) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self._execute(*_asked(statement, **values)).fetchone()
        return found

    async def all(self, statement: str, /, **values: object) -> list[tuple[Any, ...]]:
        return self._execute(*_asked(statement, **values)).fetchall()

    async def run(self, statement: str, /, **values: object) -> None:
        self._execute(*_asked(statement, **values))

    async def run_all(self, statement: str, names: tuple[str, ...], values: Sequence[tuple[object, ...]]) -> None:
        known = _SQL[statement]
        self._database.executemany(known.sql, known.all_values(names, values))

    async def some(self, statement: str, texts: Sequence[str], /, **values: object) -> list[tuple[Any, ...]]:
        return await self.all(statement, some=orjson.dumps(texts).decode(), **values)

    async def forget(self, account: str) -> None:
        for statement in FORGETTING:
            asked = _asked(statement, account=account, most=_FORGOTTEN)
            while self._execute(*asked).rowcount == _FORGOTTEN:
                await self.pause()

    async def numbers(self, count: int) -> Sequence[int]:
        last = self._execute(_SQL["next_seqs"].sql).fetchone()[0]
        return range(last + 1, last + 1 + count)

    async def pause(self) -> None:
        await asyncio.sleep(0)
        if self._store.reader is self._store.writer:
            await _nobody_writes(self._store)

    def keeps_others(self) -> bool:
        return False

    async def give_way(self) -> bool:
        await asyncio.sleep(0)
        return False


class _WritingConnection(_Connection):
    """The connection of a write transaction."""

    def __init__(self, store: SqliteStore, writing: _Writing) -> None:
        super().__init__(store.writer, store)
        self._writing = writing

    async def pause(self) -> None:
        await asyncio.sleep(0)

    def keeps_others(self) -> bool:
        return self._store.waiting > 0

    async def give_way(self) -> bool:
        return await self._writing.give_way()


_SQL = sqlite_sql().statements


def _asked(statement: str, /, **values: object) -> tuple[str, tuple[object, ...]]:
    known = _SQL[statement]
    return known.sql, known.values(values)


def _clocks(database: sqlite3.Connection) -> dict[str, int]:
    return dict(database.execute(*_asked("counters", name=CLOCK)).fetchall())


async def _take(store: SqliteStore) -> None:
    store.waiting += 1
    try:
        await store.lock.acquire()
    finally:
        store.waiting -= 1


async def _nobody_writes(store: SqliteStore) -> None:
    while store.lock.locked():
        await _take(store)
        store.lock.release()


def _hold(file: Path, opened: ExitStack) -> None:
    """Takes a lock beside the data file, which its server has until it ends. Refuses one that may not be written."""
    held = opened.enter_context(closing(sqlite3.connect(f"{file.resolve()}-lock", isolation_level=None, timeout=0.2)))
    held.execute("PRAGMA journal_mode = MEMORY")  # nothing is ever written
    held.execute("BEGIN EXCLUSIVE")
    if file.exists() and not os.access(file, os.W_OK):  # SQLite would find out at the first write
        raise sqlite3.OperationalError("it may not be written")


def _connected(file: Path | None, opened: ExitStack) -> sqlite3.Connection:
    place = ":memory:" if file is None else file
    database = opened.enter_context(
        closing(sqlite3.connect(place, isolation_level=None, cached_statements=_STATEMENTS, timeout=0.2))
    )
    database.execute("PRAGMA synchronous = NORMAL")  # write_ahead_log.py waits for the disk
    database.execute("PRAGMA wal_autocheckpoint = 0")  # and brings the log in
    return database


def _prepare(database: sqlite3.Connection) -> None:
    mark, version = (
        database.execute("PRAGMA application_id").fetchone()[0],
        database.execute("PRAGMA user_version").fetchone()[0],
    )
    empty = database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if not empty and mark != _MARK:
        raise sqlite3.DatabaseError("it is a database of something else; name a new file or one that mailproof made")
    if not empty and version != SCHEMA_VERSION:
        raise sqlite3.DatabaseError(
            f"it is of version {version}, this mailproof writes version {SCHEMA_VERSION}; name a new file"
        )
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("BEGIN IMMEDIATE")
    if empty:
        for statement in sqlite_sql().schema:
            database.execute(statement)
        database.execute(f"PRAGMA application_id = {_MARK}")
        database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    database.execute("COMMIT")


def _reason(error: sqlite3.Error | OSError) -> str:
    text = str(error)
    return "another server has it open" if "locked" in text else text
