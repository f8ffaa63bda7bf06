"""Where the state of the sandbox lies: one interface over SQLite and PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from mailproof.promises import ContractError
from mailproof_mock.sqlite_store import SqliteStore

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from mailproof_mock.rows import Rows


class Store(Protocol):
    """Rows, counters, blobs and the outbox of all accounts. An answer that says yes is in it for good."""

    async def open(self) -> None:
        """Makes ready, on the event loop that is to be used. Raises ContractError as `store_in` does."""
        ...

    def transaction(self, account: str, *, write: bool) -> AbstractAsyncContextManager[Rows]:
        """One transaction on an account; a write steps its clock. An exception undoes everything written in it."""
        ...

    def alone(self) -> AbstractAsyncContextManager[Rows]:
        """One transaction over all accounts, with no other write beside it; an exception undoes it."""
        ...

    def ticks(self) -> int:
        """How many write transactions all accounts have had, as far as this process knows."""
        ...

    async def close(self) -> None:
        """Lets go of the database."""
        ...


def store_in(database: str | Path | None = None) -> Store:
    """The store in a data file, in a PostgreSQL database (`postgresql://...`), or in memory; not yet opened.

    Raises ContractError, one line, for a database that is not ours, in use, or not to be had.
    """
    if database is None or isinstance(database, Path):
        return SqliteStore(database)
    try:
        from mailproof_mock.postgres_store import PostgresStore  # noqa: PLC0415 - only who asks for it needs the driver
    except ImportError:
        raise ContractError("--database: needs the driver; install mailproof[postgres]") from None
    return PostgresStore(database)
