"""The store in PostgreSQL, for many workers on many machines: nothing of the state is in a process.

A write transaction steps its account's clock first, and so holds that row until it ends: writes of one account go one
after the other, on whichever machine, and those of different accounts side by side. A read sees one snapshot.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import asyncpg

from mailproof.promises import ContractError
from mailproof_mock.rows import CLOCK, Rows, StoreFailed
from mailproof_mock.tables import FORGETTING, SCHEMA_VERSION, TABLES, postgresql_sql
from mailproof_mock.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_MARK = 0x6D70726F  # "mpro": of the lock under which the tables are made
_CONNECTIONS = 10  # of one worker
_SECONDS = 60.0  # for a statement, or for a free connection
_HOLD_SECONDS = 0.1  # that a long piece of work keeps the other writes of its account waiting
_SQL = postgresql_sql().statements
_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)


class PostgresStore:
    """See `mailproof_mock.store.Store`."""

    def __init__(self, url: str) -> None:
        """Takes the address of a database. Raises ContractError where it is none."""
        self._url = url
        self.where = place_of(url)
        self.clocks: dict[str, int] = {}
        self._pool: Any = None

    async def open(self) -> None:
        """Connects, and makes the tables in an empty database. Raises ContractError, one line."""
        try:
            self._pool = await asyncpg.create_pool(
                self._url,
                min_size=1,
                max_size=_CONNECTIONS,
                timeout=_SECONDS,
                command_timeout=_SECONDS,
                reset=_leave,
                server_settings={"application_name": "mailproof"},
            )
            async with self._pool.acquire() as connection, connection.transaction():
                await _prepare(connection)
        except ContractError as error:
            raise ContractError(f"{self.where}: cannot be used as database: {error}") from None
        except (*_ERRORS, ValueError) as error:
            raise ContractError(f"{self.where}: cannot be used as database: {_reason(error)}") from None

    def transaction(self, account: str, *, write: bool) -> _Reading | _Writing:
        """See `Store.transaction`."""
        return _Writing(self, account) if write else _Reading(self, account)

    def alone(self) -> _Writing:
        """See `Store.alone`."""
        return _Writing(self, None)

    def ticks(self) -> int:
        """See `Store.ticks`: as of the last transaction of this process."""
        return sum(self.clocks.values())

    async def acquire(self) -> Any:
        """A connection of the pool."""
        return await self._pool.acquire(timeout=_SECONDS)

    def tell(self, error: BaseException) -> None:
        """Raises StoreFailed for what the database refuses, and where it does not answer."""
        if isinstance(error, _ERRORS):
            raise StoreFailed(f"{self.where}: cannot be used as database: {_reason(error)}") from error

    async def release(self, connection: Any) -> None:
        """Gives a connection back."""
        await self._pool.release(connection)

    async def close(self) -> None:
        """Closes all connections."""
        if self._pool is not None:
            await self._pool.close()


class _Transaction(Transaction):
    """A transaction on a connection that it has to itself."""

    def __init__(self, store: PostgresStore) -> None:
        super().__init__(store.tell)
        self._store = store
        self._connection: Any = None

    async def commit(self) -> None:
        await self._connection.execute("COMMIT")
        await self._release()

    async def undo(self) -> None:
        if self._connection is None:
            return
        try:
            await self._connection.execute("ROLLBACK")
        except _ERRORS:  # it does not answer
            self._connection.terminate()
        finally:
            await self._release()

    async def _take(self, begin: str) -> None:
        self._connection = await self._store.acquire()
        await self._connection.execute(begin)

    async def _release(self) -> None:
        connection, self._connection = self._connection, None
        await self._store.release(connection)


class _Reading(_Transaction):
    """A read transaction, on a snapshot."""

    def __init__(self, store: PostgresStore, account: str) -> None:
        super().__init__(store)
        self._account = account

    async def begin(self) -> Rows:
        await self._take("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        on = _Connection(self._connection)
        self._store.clocks = dict(await on.all("counters", name=CLOCK))
        return Rows(on, self._store.clocks.get(self._account, 0))


class _Writing(_Transaction):
    """A write transaction. With an account it steps that account's clock, without it is alone."""

    def __init__(self, store: PostgresStore, account: str | None) -> None:
        super().__init__(store)
        self._account = account

    async def begin(self) -> Rows:
        await self._take("BEGIN")
        self._on = _WritingConnection(self._connection, self._account)
        rows = Rows(self._on, 0)
        if self._account is None:
            await self._connection.execute("LOCK TABLE counter IN EXCLUSIVE MODE")
        else:
            rows.tick = await rows.step(self._account, CLOCK)
        return rows

    async def commit(self) -> None:
        clocks = dict(await self._on.all("counters", name=CLOCK))
        await super().commit()
        self._store.clocks = clocks


class _Connection:
    """A connection of the pool, as `rows.py` asks it."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def one(self, statement: str, /, **values: object) -> Sequence[Any] | None:
        known = _SQL[statement]
        found: Sequence[Any] | None = await self._connection.fetchrow(known.sql, *known.values(values))
        return found

    async def all(self, statement: str, /, **values: object) -> Sequence[Any]:
        known = _SQL[statement]
        found: Sequence[Any] = await self._connection.fetch(known.sql, *known.values(values))
        return found

    async def run(self, statement: str, /, **values: object) -> None:
        known = _SQL[statement]
        await self._connection.execute(known.sql, *known.values(values))

    async def run_all(self, statement: str, names: tuple[str, ...], values: Sequence[tuple[object, ...]]) -> None:
        known = _SQL[statement]
        await self._connection.executemany(known.sql, known.all_values(names, values))

    async def some(self, statement: str, texts: Sequence[str], /, **values: object) -> Sequence[Any]:
        return await self.all(statement, some=texts, **values)

    async def forget(self, account: str) -> None:
        for statement in FORGETTING:
            await self.run(statement, account=account)

    async def numbers(self, count: int) -> Sequence[int]:
        return [number for (number,) in await self.all("next_seqs", count=count)]

    async def pause(self) -> None:
        """Others go on whenever the database is waited for."""

    def keeps_others(self) -> bool:
        """Nobody waits for a read."""
        return False

    async def give_way(self) -> bool:
        return False


class _WritingConnection(_Connection):
    """The connection of a write transaction."""

    def __init__(self, connection: Any, account: str | None) -> None:
        super().__init__(connection)
        self._account = account
        self._clock: Callable[[], float] = asyncio.get_running_loop().time
        self._since = self._clock()

    def keeps_others(self) -> bool:
        return self._account is not None and self._clock() - self._since >= _HOLD_SECONDS

    async def give_way(self) -> bool:
        """Commits after a while, so that other writes of the account have their turn."""
        if not self.keeps_others():
            return False
        await self._connection.execute("COMMIT")
        await self._connection.execute("BEGIN")
        await self.one("step", account=self._account, name=CLOCK, by=0)  # holds its row, be it gone since with a reset
        self._since = self._clock()
        return True


def _reason(error: Exception) -> str:
    return " ".join((str(error) or type(error).__name__).split())


async def _leave(connection: Any) -> None:
    """What asyncpg does when a connection is given back: nothing, as every transaction here is ended by its own."""


async def _prepare(connection: Any) -> None:
    """Makes the tables in an empty database; refuses another version's. Several servers may start at once."""
    await connection.execute("SELECT pg_advisory_xact_lock($1)", _MARK)
    there = {
        name
        for (name,) in await connection.fetch(
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()"
        )
    }
    if "mailproof" in there:
        version = await connection.fetchval("SELECT version FROM mailproof")
        if version != SCHEMA_VERSION:
            raise ContractError(
                f"it is of version {version}, this mailproof writes version {SCHEMA_VERSION}; name another database"
            )
        return
    strange = sorted(there.intersection(TABLES))
    if strange:
        raise ContractError(
            f"it has a table {strange[0]} of something else; name an empty database, or a schema: ?search_path=NAME"
        )
    if await connection.fetchval("SELECT current_schema()") is None:
        raise ContractError("the schema of its search_path does not exist; create it first")
    for statement in postgresql_sql().schema:
        await connection.execute(statement)
    await connection.execute("CREATE TABLE mailproof (version integer NOT NULL)")
    await connection.execute("INSERT INTO mailproof VALUES ($1)", SCHEMA_VERSION)


def place_of(url: str) -> str:
    """The address of a database without the credentials in it. Raises ContractError where it is none."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise ContractError("--database: cannot be read; write postgresql://USER@HOST:PORT/NAME") from None
    if parts.scheme not in ("postgresql", "postgres"):
        raise ContractError("--database: must begin with postgresql://; a data file of SQLite is named by --data")
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"
