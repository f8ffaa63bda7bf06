"""Where a test keeps the state of its mock: in memory, or in a schema of its own in the PostgreSQL under test."""

from __future__ import annotations

import asyncio
import os
import uuid
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from mailproof_mock.lately_read import LatelyRead
from mailproof_mock.store import Store, store_in

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from mailproof_mock.rows import Rows
    from mailproof_mock.world import World

T = TypeVar("T")

POSTGRES = os.environ.get("MAILPROOF_TEST_POSTGRES")
"""The URL of the database to test with; without it tests keep their state in SQLite."""


def fresh_database() -> str | None:
    """An empty database: the URL of a new schema, or None for one in memory."""
    if POSTGRES is None:
        return None
    schema = f"test_{uuid.uuid4().hex}"
    asyncio.run(_say(f"CREATE SCHEMA {schema}"))
    return f"{POSTGRES}?search_path={schema}"


def drop(database: str | None) -> None:
    """Removes what `fresh_database` made."""
    if database is not None:
        asyncio.run(_say(f"DROP SCHEMA {database.rpartition('=')[2]} CASCADE"))


async def _say(statement: str) -> None:
    import asyncpg  # noqa: PLC0415 - only where it is tested with

    connection = await asyncpg.connect(POSTGRES)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


class OwnStore:
    """A store with nothing in it, on an event loop of its own."""

    def __init__(self) -> None:
        self._database = fresh_database()
        self._loop = asyncio.new_event_loop()
        self.store: Store = store_in(self._database)
        self.run(self.store.open())

    def run(self, work: Awaitable[T]) -> T:
        """What some work gives."""
        return self._loop.run_until_complete(work)

    def inside(self, work: Callable[[Rows], Awaitable[T]]) -> T:
        """What some work gives that is done in one transaction over all accounts."""

        async def done() -> T:
            async with self.store.alone() as rows:
                return await work(rows)

        return self.run(done())

    def close(self) -> None:
        """Removes it."""
        self.run(self.store.close())
        self._loop.close()
        drop(self._database)


@asynccontextmanager
async def undone(world: World) -> AsyncGenerator[None]:
    """Undoes what is written into a world inside the block, without an error."""
    rows: Any = world._rows  # pyright: ignore[reportPrivateUsage]
    connection: Any = getattr(rows._on, "_database", None) or rows._on._connection  # pyright: ignore[reportPrivateUsage]

    async def say(statement: str) -> None:
        said = connection.execute(statement)
        if asyncio.iscoroutine(said):
            await said

    await say("SAVEPOINT planted")
    try:
        yield
    finally:
        await say("ROLLBACK TO planted")
        await say("RELEASE planted")
        if rows._changes is not None:
            rows._changes.tell(LatelyRead())  # nothing was written, so nothing is to be kept up with
