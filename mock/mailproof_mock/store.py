"""The store: rows, counters, blobs and the outbox in SQLite, in memory or in a file, one transaction at a time."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import asynccontextmanager, contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

import orjson

from mailproof.promises import ContractError
from mailproof_mock.lately_read import LatelyRead
from mailproof_mock.tables import SCHEMA_VERSION, sqlite_schema, sqlite_statements

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator, Iterable, Iterator
    from pathlib import Path

Row = dict[str, Any]
_CLOCK = "clock"
_AT_ONCE = 1_000  # rows whose values are held at a time
_FEW = 10  # rows that are put one by one, so that the lists which are kept need not be read again
_MARK = 0x6D70726F  # "mpro": SQLite's application_id of a data file of ours


class Store:
    """Rows of JSON by account, kind and id, found again by the fields that their kind declares as keys.

    SQLite answers in microseconds, so it is called on the event loop; a lock keeps one transaction from
    seeing the middle of another. Methods that touch rows are to be called inside `transaction`.
    """

    def __init__(self, file: Path | None = None) -> None:
        """Opens the data file, or a store in memory.

        Raises ContractError, one line, for a file that is not ours or in use.
        """
        self._lock = asyncio.Lock()
        self._sql = sqlite_statements()
        try:
            self._db = _opened(file)
        except sqlite3.Error as error:
            raise ContractError(f"{file}: cannot be used as data file: {_reason(error)}") from None
        self._ticks: dict[str, int] = dict(self._all("counters", name=_CLOCK))
        self._lately_read = LatelyRead()
        self._untouched: set[str] = set()  # accounts into which nothing was written since they were put in place

    def close(self) -> None:
        """Closes the data file; what was acknowledged is on disk."""
        self._db.close()

    @asynccontextmanager
    async def transaction(self, account: str, *, write: bool) -> AsyncGenerator[int]:
        """One transaction on an account; gives the account's clock tick.

        An exception undoes everything written in it.
        """
        async with self._lock:
            if not write:
                yield self._ticks.get(account, 0)
                return
            untouched = self.untouched(account)
            self._db.execute("BEGIN IMMEDIATE")
            self._lately_read.begin()
            try:
                tick = self.next(account, _CLOCK)
                yield tick
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                self._lately_read.undo()
                if untouched:
                    self.in_place(account)
                raise
            self._ticks[account] = tick

    @asynccontextmanager
    async def alone(self) -> AsyncGenerator[None]:
        """One transaction over any accounts, between requests; an exception undoes it."""
        async with self._lock:
            with self.batch():
                yield

    @contextmanager
    def batch(self) -> Generator[None]:
        """One transaction over any accounts, before any request comes; an exception undoes it."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            self._lately_read.clear()
            self._untouched.clear()
            raise

    def in_place(self, account: str) -> None:
        """Says that an account is now as it is meant to be found; `untouched` is true until something is written."""
        self._untouched.add(account)

    def untouched(self, account: str) -> bool:
        """Whether nothing was written into an account since it was put in place, by this process."""
        return account in self._untouched

    def holds(self, account: str) -> bool:
        """Whether an account has anything in the store."""
        return bool(cast("tuple[int]", self._one("any", account=account))[0])

    def ticks(self) -> int:
        """How many write transactions all accounts have had."""
        return sum(self._ticks.values())

    def get(self, account: str, kind: str, row_id: object) -> Row | None:
        """The row of that id. It is not to be changed."""
        text = str(row_id)

        def read() -> list[tuple[int, str]]:
            return self._all("get", account=account, kind=kind, id=text)

        found = self._lately_read.rows(account, kind, (None, text), read)
        return found[0] if found else None

    def get_some(self, account: str, kind: str, ids: Iterable[object]) -> list[Row]:
        """The rows of those ids that there are, each once, in no order."""
        wanted = orjson.dumps([str(row_id) for row_id in ids]).decode()
        found = self._all("get_some", account=account, kind=kind, ids=wanted)
        return [orjson.loads(doc) for (doc,) in found]

    def find(self, account: str, kind: str, field: str, value: object) -> list[Row]:
        """The rows whose key field has that value, in order of insertion. They are not to be changed."""
        text = _text(value)

        def read() -> list[tuple[int, str]]:
            return self._all("find", account=account, kind=kind, field=field, value=text)

        return self._lately_read.rows(account, kind, (field, text), read)

    def all(self, account: str, kind: str) -> list[Row]:
        """Every row of a kind, in order of insertion. They are not to be changed."""

        def read() -> list[tuple[int, str]]:
            return self._all("all", account=account, kind=kind)

        return self._lately_read.rows(account, kind, None, read)

    def count(self, account: str, kind: str, field: str | None = None, value: object = None) -> int:
        """How many rows a kind has, or how many with that value in a key field."""
        if field is None:
            found = self._one("count", account=account, kind=kind)
        else:
            found = self._one("count_found", account=account, kind=kind, field=field, value=_text(value))
        return int(cast("tuple[int]", found)[0])

    def put(self, account: str, kind: str, row_id: object, doc: Row, keys: Iterable[str]) -> None:
        """Inserts the row, or replaces the one of that id, and its keys with it."""
        self._untouched.discard(account)
        text = orjson.dumps(doc).decode()
        (seq,) = cast("tuple[int]", self._one("put", account=account, kind=kind, id=str(row_id), doc=text))
        earlier = cast("list[tuple[str, str]]", self._all("drop_keys", of_row=seq))
        present = [(field, _text(doc[field])) for field in keys if doc.get(field) is not None]
        for field, value in present:
            values = {"account": account, "kind": kind, "field": field, "value": value, "seq": seq}
            self._db.execute(self._sql["add_key"], values)
        self._lately_read.delete(account, kind, seq, earlier)
        self._lately_read.put(account, kind, seq, text, [(None, str(row_id)), *present])

    def put_all(self, account: str, kind: str, id_field: str, docs: Iterable[Row], keys: Iterable[str]) -> None:
        """Inserts rows, or replaces those of their ids, as `put` does, in a few statements for thousands of rows."""
        fields = tuple(keys)
        rows = {str(doc[id_field]): doc for doc in docs}
        if len(rows) <= _FEW:
            for row_id, doc in rows.items():
                self.put(account, kind, row_id, doc, fields)
            return
        self._untouched.discard(account)
        self._lately_read.forget(account, kind)
        for some in _chunks(rows.values(), _AT_ONCE):
            values = [
                {"account": account, "kind": kind, "id": str(doc[id_field]), "doc": orjson.dumps(doc).decode()}
                for doc in some
            ]
            self._db.executemany(self._sql["put_quietly"], values)
            self._db.executemany(self._sql["drop_keys_of"], values)
            keyed = [
                {"field": field, "value": _text(doc[field]), **value}
                for doc, value in zip(some, values, strict=True)
                for field in fields
                if doc.get(field) is not None
            ]
            self._db.executemany(self._sql["add_key_of"], keyed)

    def delete(self, account: str, kind: str, row_id: object) -> bool:
        """Removes the row of that id; says whether there was one."""
        self._untouched.discard(account)
        found = self._one("drop", account=account, kind=kind, id=str(row_id))
        if found is None:
            return False
        (seq,) = found
        self._lately_read.delete(account, kind, seq, [(None, str(row_id)), *self._all("drop_keys", of_row=seq)])
        return True

    def next(self, account: str, name: str) -> int:
        """Steps a counter of the account and gives its new value; the first is 1."""
        self._untouched.discard(account)
        return int(cast("tuple[int]", self._one("next", account=account, name=name))[0])

    def raise_to(self, account: str, name: str, least: int) -> None:
        """Sets a counter to a value that it is not to fall short of."""
        self._untouched.discard(account)
        self._db.execute(self._sql["raise"], {"account": account, "name": name, "least": least})

    def step(self, account: str, name: str, by: int) -> int:
        """Steps a counter of the account by a number and gives its new value."""
        self._untouched.discard(account)
        return int(cast("tuple[int]", self._one("step", account=account, name=name, by=by))[0])

    def keep(self, account: str, name: str, data: bytes) -> None:
        """Stores a blob under a name, in place of the one that was there."""
        self._untouched.discard(account)
        self._db.execute(self._sql["keep"], {"account": account, "name": name, "data": data, "size": len(data)})

    def fetch(self, account: str, name: str) -> bytes | None:
        """The blob of that name."""
        found = self._one("fetch", account=account, name=name)
        return None if found is None else bytes(found[0])

    def discard(self, account: str, name: str) -> bool:
        """Removes a blob; says whether there was one."""
        self._untouched.discard(account)
        return self._one("discard", account=account, name=name) is not None

    def kept(self, account: str) -> dict[str, int]:
        """The names of the account's blobs in alphabetical order, each with its size in bytes."""
        return dict(self._all("kept", account=account))

    def send(self, account: str, at: str, entry: Row) -> None:
        """Puts an entry into the outbox."""
        self._untouched.discard(account)
        self._db.execute(self._sql["send"], {"account": account, "at": at, "entry": orjson.dumps(entry).decode()})

    def sent(self) -> list[Row]:
        """The whole outbox, oldest first: `seq`, `account`, `at` and the entry's own members."""
        return [
            {"seq": seq, "account": account, "at": at, **orjson.loads(entry)}
            for seq, account, at, entry in self._all("sent")
        ]

    def forget(self, account: str) -> None:
        """Removes everything of an account, its outbox and counters included."""
        self._untouched.discard(account)
        self._lately_read.forget_account(account)
        for name in ("forget_keys", "forget_rows", "forget_counters", "forget_blobs", "forget_outbox"):
            self._db.execute(self._sql[name], {"account": account})
        self._ticks.pop(account, None)

    def _one(self, statement: str, /, **values: object) -> tuple[Any, ...] | None:
        return cast("tuple[Any, ...] | None", self._db.execute(self._sql[statement], values).fetchone())

    def _all(self, statement: str, /, **values: object) -> list[tuple[Any, ...]]:
        return self._db.execute(self._sql[statement], values).fetchall()


def _opened(file: Path | None) -> sqlite3.Connection:
    db = sqlite3.connect(":memory:" if file is None else file, isolation_level=None, cached_statements=256, timeout=0.2)
    try:
        _prepare(db)
    except BaseException:
        db.close()
        raise
    return db


def _prepare(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA locking_mode = EXCLUSIVE")  # a second server on the file is refused instead of interfering
    mark, version = (
        db.execute("PRAGMA application_id").fetchone()[0],
        db.execute("PRAGMA user_version").fetchone()[0],
    )
    empty = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if not empty and mark != _MARK:
        raise sqlite3.DatabaseError("it is a database of something else; name a new file or one that mailproof made")
    if not empty and version != SCHEMA_VERSION:
        raise sqlite3.DatabaseError(
            f"it is of version {version}, this mailproof writes version {SCHEMA_VERSION}; name a new file"
        )
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")  # an answer that says yes is on disk
    db.execute("BEGIN IMMEDIATE")
    if empty:
        for statement in sqlite_schema():
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {_MARK}")
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    db.execute("COMMIT")


def _reason(error: sqlite3.Error) -> str:
    text = str(error)
    return "another server has it open" if "locked" in text else text


def _chunks(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while some := list(islice(remaining, size)):
        yield some


def _text(value: object) -> str:
    """A key's value as it stands in the index: texts as they are, numbers and booleans as JSON writes them."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()
