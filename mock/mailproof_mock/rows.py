"""Rows, counters, blobs and the outbox inside one transaction, whichever database they lie in."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol, cast

import orjson

from mailproof_mock.kinds import as_key

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence

    from mailproof_mock.kinds import FoundBy, Kind
    from mailproof_mock.lately_read import Changes, LatelyRead

Row = dict[str, Any]
CLOCK = "clock"
"""The counter of an account's write transactions."""

_AT_ONCE = 500  # rows that are read, or whose values are held, at a time
_FEW = 10  # rows that are put one by one
_KEY = ("account", "kind", "field", "value", "seq")


class StoreFailed(Exception):  # noqa: N818 - what it is: no defect of the mock, and no fault of a request
    """The database cannot be written or does not answer; one line that says why. Nothing of the transaction stays."""


class Connection(Protocol):
    """A database inside a transaction. Statements go by their names in `tables.py`, values by theirs."""

    async def one(self, statement: str, /, **values: object) -> Sequence[Any] | None:
        """The first row of what a statement gives."""
        ...

    async def all(self, statement: str, /, **values: object) -> Sequence[Sequence[Any]]:
        """All rows of what a statement gives."""
        ...

    async def run(self, statement: str, /, **values: object) -> None:
        """Runs a statement that gives nothing."""
        ...

    async def run_all(self, statement: str, names: tuple[str, ...], values: Sequence[tuple[object, ...]]) -> None:
        """Runs a statement that gives nothing once for each of the values, which are in the order of the names."""
        ...

    async def some(self, statement: str, texts: Sequence[str], /, **values: object) -> Sequence[Sequence[Any]]:
        """All rows of what a statement gives for some ids or values."""
        ...

    async def forget(self, account: str) -> None:
        """Removes all of an account; others have their turn where that takes long."""
        ...

    async def numbers(self, count: int) -> Sequence[int]:
        """As many new numbers for rows, ascending, each above that of every row of the account."""
        ...

    async def pause(self) -> None:
        """Lets reads that need not wait for this transaction go on."""
        ...

    def keeps_others(self) -> bool:
        """Whether others wait for this transaction, as far as is known, or have waited long enough if they do."""
        ...

    async def give_way(self) -> bool:
        """Lets others have a turn; says whether it committed what was written so far, so that others may write."""
        ...


class Rows:
    """Rows of JSON by account, kind and id, found again by the fields that their kind declares as keys.

    Rows that are read are not to be changed.
    """

    def __init__(
        self, connection: Connection, tick: int, lately: LatelyRead | None = None, changes: Changes | None = None
    ) -> None:
        """`tick` is the account's clock. `changes` is where it is told what a write transaction writes."""
        self.tick = tick
        self._on = connection
        self._lately = lately
        self._changes = changes

    async def holds(self, account: str) -> bool:
        """Whether an account has any row."""
        return bool(cast("Sequence[Any]", await self._on.one("any", account=account))[0])

    async def get(self, account: str, kind: Kind, row_id: object) -> Row | None:
        """The row of that id."""
        text = as_key(row_id)
        lately = self._readable(account, kind)
        kept = None if lately is None else lately.kept(account, kind.name, (None, text))
        if kept is not None:
            return kept[0] if kept else None
        found = await self._on.all("get", account=account, kind=kind.name, id=text)
        rows: list[Row] = [orjson.loads(doc) for _, doc in found]
        if lately is not None:
            lately.keep(account, kind.name, (None, text), found, rows)
        return rows[0] if rows else None

    async def get_some(self, account: str, kind: Kind, ids: Iterable[object]) -> list[Row]:
        """The rows of those ids that there are, each once, in no order."""
        texts = list(dict.fromkeys(as_key(row_id) for row_id in ids))
        found = await self._on.some("get_some", texts, account=account, kind=kind.name)
        return [orjson.loads(doc) for _, _, doc in found]

    async def find(self, account: str, kind: Kind, field: str, value: object) -> list[Row]:
        """The rows whose key field has that value, in order of insertion. The list is the caller's."""
        return await self._list(account, kind, (field, as_key(value)))

    async def all(self, account: str, kind: Kind) -> list[Row]:
        """Every row of a kind, in order of insertion. The list is the caller's."""
        return await self._list(account, kind, None)

    async def find_any(self, account: str, kind: Kind, field: str, values: Iterable[object]) -> list[Row]:
        """The rows whose key field has one of some values, in order of insertion."""
        texts = list(dict.fromkeys(as_key(value) for value in values))
        found = await self._on.some("find_any", texts, account=account, kind=kind.name, field=field)
        return [orjson.loads(doc) for _, doc in found]

    async def find_part(  # noqa: PLR0913 - where, and which part
        self, account: str, kind: Kind, field: str, value: object, *, skip: int, most: int
    ) -> list[Row]:
        """At most so many of the rows that `find` gives, after so many that are left out."""
        asked = {"account": account, "kind": kind.name, "field": field, "value": as_key(value)}
        found = await self._on.all("find_part", **asked, skip=skip, most=most)
        return [orjson.loads(doc) for _, doc in found]

    async def count(self, account: str, kind: Kind, field: str, value: object) -> int:
        """How many rows have that value in a counted field."""
        found = await self._on.one("count", account=account, kind=kind.name, field=field, value=as_key(value))
        return 0 if found is None else int(found[0])

    async def put(self, account: str, kind: Kind, doc: Row) -> None:
        """Inserts the row, or replaces the one of the same id."""
        row_id, text = kind.id_of(doc), orjson.dumps(doc).decode()
        earlier = await self._on.one("get", account=account, kind=kind.name, id=row_id)
        found_by, was_found_by = kind.found_by(doc), list[tuple[str, str]]()
        if earlier is None:
            (seq,) = cast(
                "Sequence[Any]", await self._on.one("insert", account=account, kind=kind.name, id=row_id, doc=text)
            )
        else:
            seq = earlier[0]
            was_found_by = kind.found_by(orjson.loads(earlier[1]))
            await self._on.run("replace", of_row=seq, new_doc=text)
        for field, value in was_found_by:
            if (field, value) not in found_by:
                await self._on.run("drop_key", account=account, kind=kind.name, field=field, value=value, seq=seq)
        for field, value in found_by:
            if (field, value) not in was_found_by:
                await self._on.run("add_key", account=account, kind=kind.name, field=field, value=value, seq=seq)
        await self._count(account, kind, found_by, was_found_by)
        if self._changes is not None:
            if earlier is not None:
                self._changes.deleted(account, kind.name, seq, [(None, row_id), *was_found_by])
            self._changes.put(account, kind.name, seq, text, [(None, row_id), *found_by])

    async def put_all(self, account: str, kind: Kind, docs: Iterable[Row]) -> None:
        """Inserts rows, or replaces those of their ids, as `put` does, in a few statements for hundreds of rows."""
        rows = {kind.id_of(doc): doc for doc in docs}
        if len(rows) <= _FEW:
            for doc in rows.values():
                await self.put(account, kind, doc)
            return
        if self._changes is not None:
            self._changes.forget(account, kind.name)
        for some in _chunks(rows.items(), _AT_ONCE):
            found = await self._on.some("get_some", [row_id for row_id, _ in some], account=account, kind=kind.name)
            await self._put_some(account, kind, some, {row_id: (seq, doc) for seq, row_id, doc in found})

    async def add_all(self, account: str, kind: Kind, docs: Iterable[Row]) -> None:
        """Inserts rows of whose ids there are none."""
        if self._changes is not None:
            self._changes.forget(account, kind.name)
        for some in _chunks(((kind.id_of(doc), doc) for doc in docs), _AT_ONCE):
            await self._put_some(account, kind, some, {})

    async def _put_some(
        self, account: str, kind: Kind, rows: Sequence[tuple[str, Row]], earlier: Mapping[str, tuple[int, str]]
    ) -> None:
        """Puts rows by their ids; `earlier` has number and text of those that there are."""
        name = kind.name
        numbers = iter(await self._on.numbers(len(rows) - len(earlier)))
        new: list[tuple[object, ...]] = []
        replaced: list[tuple[object, ...]] = []
        gone: list[tuple[object, ...]] = []
        added: list[tuple[object, ...]] = []
        found_by: list[FoundBy] = []
        was_found_by: list[FoundBy] = []
        for row_id, doc in rows:
            text, now = orjson.dumps(doc).decode(), kind.found_by(doc)
            known = earlier.get(row_id)
            found_by += now
            if known is None:
                seq = next(numbers)
                new.append((seq, account, name, row_id, text))
                added += [(account, name, field, value, seq) for field, value in now]
                continue
            seq = known[0]
            before = kind.found_by(orjson.loads(known[1]))
            replaced.append((text, seq))
            was_found_by += before
            gone += [(account, name, *place, seq) for place in before if place not in now]
            added += [(account, name, *place, seq) for place in now if place not in before]
        for statement, names, values in (
            ("insert_at", ("seq", "account", "kind", "id", "doc"), new),
            ("replace", ("new_doc", "of_row"), replaced),
            ("drop_key", _KEY, gone),
            ("add_key", _KEY, added),
        ):
            if values:
                await self._on.run_all(statement, names, values)
        await self._count(account, kind, found_by, was_found_by)

    async def _count(self, account: str, kind: Kind, now: Iterable[FoundBy], before: Iterable[FoundBy]) -> None:
        """Keeps up how many rows have the values of the counted fields."""
        if not kind.counted:
            return
        change: dict[FoundBy, int] = {}
        for found_by, by in ((now, 1), (before, -1)):
            for place in found_by:
                if place[0] in kind.counted:
                    change[place] = change.get(place, 0) + by
        for (field, value), by in change.items():
            if by:
                await self._on.run("tally", account=account, kind=kind.name, field=field, value=value, by=by)

    async def delete(self, account: str, kind: Kind, row_id: object) -> bool:
        """Removes the row of that id; says whether there was one."""
        text = as_key(row_id)
        found = await self._on.one("drop", account=account, kind=kind.name, id=text)
        if found is None:
            return False
        seq, doc = found
        was_found_by = kind.found_by(orjson.loads(doc))
        for field, value in was_found_by:
            await self._on.run("drop_key", account=account, kind=kind.name, field=field, value=value, seq=seq)
        await self._count(account, kind, (), was_found_by)
        if self._changes is not None:
            self._changes.deleted(account, kind.name, seq, [(None, text), *was_found_by])
        return True

    async def step(self, account: str, name: str, by: int = 1) -> int:
        """Steps a counter of the account and gives its new value; the first is `by`."""
        return int(cast("Sequence[Any]", await self._on.one("step", account=account, name=name, by=by))[0])

    async def raise_to(self, account: str, name: str, least: int) -> None:
        """Sets a counter to a value that it is not to fall short of."""
        await self._on.run("raise", account=account, name=name, least=least)

    async def counter(self, account: str, name: str) -> int:
        """The value of a counter; 0 for one that was never stepped."""
        found = await self._on.one("counter", account=account, name=name)
        return 0 if found is None else int(found[0])

    async def keep(self, account: str, name: str, data: bytes) -> None:
        """Stores a blob under a name, in place of the one that was there."""
        await self._on.run("keep", account=account, name=name, data=data, size=len(data))

    async def fetch(self, account: str, name: str) -> bytes | None:
        """The blob of that name."""
        found = await self._on.one("fetch", account=account, name=name)
        return None if found is None else bytes(found[0])

    async def discard(self, account: str, name: str) -> bool:
        """Removes a blob; says whether there was one."""
        return await self._on.one("discard", account=account, name=name) is not None

    async def kept(self, account: str) -> dict[str, int]:
        """The names of the account's blobs in alphabetical order, each with its size in bytes."""
        return dict(cast("Sequence[tuple[str, int]]", await self._on.all("kept", account=account)))

    async def send(self, account: str, at: str, entry: Row) -> None:
        """Puts an entry into the outbox."""
        await self._on.run("send", account=account, at=at, entry=orjson.dumps(entry).decode())

    async def sent(self, after: int, most: int) -> list[Row]:
        """What is in the outbox behind a number, oldest first: `seq`, `account`, `at` and the entry's own members."""
        return [
            {"seq": seq, "account": account, "at": at, **orjson.loads(entry)}
            for seq, account, at, entry in await self._on.all("sent", after=after, most=most)
        ]

    async def forget(self, account: str) -> None:
        """Removes everything of an account, its outbox and counters included."""
        await self._on.forget(account)
        if self._changes is not None:
            self._changes.forget_account(account)

    def keeps_others(self) -> bool:
        """Whether it is time to give way."""
        return self._on.keeps_others()

    async def give_way(self) -> bool:
        """Lets others have a turn in the middle of a long piece of work.

        Says whether what was written so far was committed by it, and others may have written since.
        """
        return await self._on.give_way()

    async def pause(self) -> None:
        """Lets reads that need not wait for this transaction go on."""
        await self._on.pause()

    def _readable(self, account: str, kind: Kind) -> LatelyRead | None:
        """What was read lately, unless this transaction has written rows of that kind."""
        changes = self._changes
        return self._lately if changes is None or not changes.touch(account, kind.name) else None

    async def pages(self, account: str, kind: Kind, field: str, value: object) -> AsyncGenerator[list[Row]]:
        """What `find` gives, some hundred rows at a time; others have their turn in between."""
        async for _, rows in self._pages(account, kind, (field, as_key(value))):
            yield rows

    async def _list(self, account: str, kind: Kind, asked: FoundBy | None) -> list[Row]:
        lately = self._readable(account, kind)
        kept = None if lately is None else lately.kept(account, kind.name, asked)
        if kept is not None:
            return kept.copy()
        whole: list[Row] = []
        async for found, rows in self._pages(account, kind, asked):
            if lately is not None and not whole and len(rows) < _AT_ONCE:
                lately.keep(account, kind.name, asked, found, rows.copy())
            whole += rows
        return whole

    async def _pages(
        self, account: str, kind: Kind, asked: FoundBy | None
    ) -> AsyncGenerator[tuple[Sequence[Sequence[Any]], list[Row]]]:
        """Numbers and texts of rows, and the rows themselves, some hundred at a time; at least one page."""
        statement = "all" if asked is None else "find"
        place: dict[str, object] = {} if asked is None else {"field": asked[0], "value": asked[1]}
        after = 0
        while True:
            found = await self._on.all(statement, account=account, kind=kind.name, **place, after=after, most=_AT_ONCE)
            yield found, [orjson.loads(doc) for _, doc in found]
            if len(found) < _AT_ONCE:
                return
            after = found[-1][0]
            await self._on.pause()


def _chunks(rows: Iterable[tuple[str, Row]], size: int) -> Iterator[list[tuple[str, Row]]]:
    remaining = iter(rows)
    while some := list(islice(remaining, size)):
        yield some
