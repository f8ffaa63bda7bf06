"""Write transactions that end in the middle: none takes another turn with it, and what was not committed is gone."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from databases import POSTGRES, OwnStore

from mailproof_mock.kinds import Kind
from mailproof_mock.rows import CLOCK, StoreFailed
from mailproof_mock.sqlite_store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mailproof_mock.store import Store

THING = Kind("thing", "Id", (), "Id")


@pytest.fixture(autouse=True)
def _gives_way_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    if POSTGRES is not None:
        monkeypatch.setattr("mailproof_mock.postgres_store._HOLD_SECONDS", 0.0)


@pytest.fixture
def own() -> Iterator[OwnStore]:
    with closing(OwnStore()) as opened:
        yield opened


async def put(store: Store, number: int) -> None:
    async with store.transaction("a", write=True) as rows:
        await rows.put("a", THING, {"Id": number})


async def put_and_stay(store: Store, number: int, inside: asyncio.Event, go: asyncio.Event) -> None:
    """Writes a row, and ends its transaction when it may."""
    async with store.transaction("a", write=True) as rows:
        await rows.put("a", THING, {"Id": number})
        inside.set()
        await go.wait()


async def put_and_give_way(store: Store, number: int) -> None:
    """Writes a row, and then gives way for ever."""
    async with store.transaction("a", write=True) as rows:
        await rows.put("a", THING, {"Id": number})
        while True:
            await rows.give_way()


async def found(store: Store) -> tuple[list[int], int]:
    """The rows that there are, and the account's clock."""
    async with store.transaction("a", write=False) as rows:
        assert rows.tick == await rows.counter("a", CLOCK) == store.ticks()
        return sorted(row["Id"] for row in await rows.all("a", THING)), rows.tick


async def cancelled(*tasks: asyncio.Task[Any], times: int = 1) -> None:
    """Cancels tasks, again whenever they have taken notice, and waits for their end."""
    for task in tasks:
        for _ in range(times):
            task.cancel()
            await asyncio.sleep(0)
    for ended in await asyncio.gather(*tasks, return_exceptions=True):
        assert isinstance(ended, asyncio.CancelledError)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_write_that_is_cancelled_while_it_gives_way_ends_nobody_elses(own: OwnStore, times: int) -> None:
    async def work() -> tuple[list[int], int]:
        store = own.store
        await put(store, 0)
        await found(store)
        inside, go, after = asyncio.Event(), asyncio.Event(), asyncio.Event()
        giving_way = asyncio.create_task(put_and_give_way(store, 1))
        turn = asyncio.create_task(put_and_stay(store, 2, inside, go))
        await inside.wait()
        await cancelled(giving_way, times=times)
        next_turn = asyncio.create_task(put_and_stay(store, 3, after, go))
        for _ in range(10):  # turns of the loop in which it would begin, if it were let
            await asyncio.sleep(0)
        assert not after.is_set()
        go.set()
        await asyncio.gather(turn, next_turn)
        return await found(store)

    rows, clock = own.run(work())
    assert [2, 3] == [number for number in rows if number > 1]
    assert {0, 1} >= set(rows[:-2])
    assert len(rows) == clock


@pytest.mark.parametrize("times", [1, 2, 3])
def test_writes_that_are_cancelled_before_their_turn_leave_nothing(own: OwnStore, times: int) -> None:
    async def work() -> tuple[list[int], int]:
        store, go = own.store, asyncio.Event()
        inside = asyncio.Event()
        turn = asyncio.create_task(put_and_stay(store, 1, inside, go))
        await inside.wait()
        waiting = [asyncio.create_task(put(store, number)) for number in range(2, 8)]
        for _ in range(10):  # turns of the loop in which they begin to wait
            await asyncio.sleep(0)
        await cancelled(*waiting, times=times)
        go.set()
        await turn
        await asyncio.gather(*(put(store, number) for number in range(8, 28)))
        return await found(store)

    assert ([1, *range(8, 28)], 21) == own.run(work())


def test_a_write_that_is_cancelled_in_its_turn_leaves_nothing_and_the_next_begins(own: OwnStore) -> None:
    async def work() -> tuple[list[int], int]:
        store, never = own.store, asyncio.Event()
        for number in range(12):
            inside = asyncio.Event()
            turn = asyncio.create_task(put_and_stay(store, number, inside, never))
            await inside.wait()
            waiting = asyncio.create_task(put(store, 100 + number))
            await cancelled(turn)
            await waiting
        return await found(store)

    assert ([*range(100, 112)], 12) == own.run(work())


class Refusing(sqlite3.Connection):
    """A connection that refuses a statement once; a full disk ends the transaction as well."""

    statement = ""
    ends = False

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        if sql == Refusing.statement:
            Refusing.statement = ""
            if Refusing.ends:
                super().execute("ROLLBACK")
            raise sqlite3.OperationalError("no more of it")
        return super().execute(sql, *values)


@pytest.fixture(params=["in memory", "in a file"])
def refusing(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqliteStore]:
    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Refusing))
    monkeypatch.setattr(Refusing, "statement", "")
    monkeypatch.setattr(Refusing, "ends", False)
    store = SqliteStore(None if request.param == "in memory" else tmp_path / "x.db")
    yield store
    asyncio.run(store.close())


@pytest.mark.parametrize("ends", [False, True])
def test_a_commit_that_is_refused_on_giving_way_undoes_the_write(
    refusing: SqliteStore, monkeypatch: pytest.MonkeyPatch, *, ends: bool
) -> None:
    monkeypatch.setattr(Refusing, "ends", ends)

    async def refuse(number: int) -> None:
        async with refusing.transaction("a", write=True) as rows:
            await rows.put("a", THING, {"Id": number})
            Refusing.statement = "COMMIT"
            while True:
                await rows.give_way()

    async def work() -> tuple[list[int], int]:
        await put(refusing, 0)
        await found(refusing)
        refused = asyncio.create_task(refuse(1))
        waiting = asyncio.create_task(put(refusing, 2))
        with pytest.raises(StoreFailed, match="no more of it"):
            await refused
        await waiting
        assert ([0, 2], 2) == await found(refusing)
        await put(refusing, 3)
        return await found(refusing)

    assert ([0, 2, 3], 3) == asyncio.run(work())


def test_a_next_turn_that_is_refused_keeps_what_was_committed(refusing: SqliteStore) -> None:
    async def refuse_next(number: int) -> None:
        async with refusing.transaction("a", write=True) as rows:
            await rows.put("a", THING, {"Id": number})
            Refusing.statement = "BEGIN IMMEDIATE"

    async def work() -> tuple[list[int], int]:
        await put(refusing, 0)
        await found(refusing)
        refused = asyncio.create_task(put_and_give_way(refusing, 1))
        turn = asyncio.create_task(refuse_next(2))
        with pytest.raises(StoreFailed, match="no more of it"):
            await refused
        await turn
        assert ([0, 1, 2], 3) == await found(refusing)
        await put(refusing, 3)
        return await found(refusing)

    assert ([0, 1, 2, 3], 4) == asyncio.run(work())


@pytest.mark.parametrize("statement", ["BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"])
def test_a_write_that_is_refused_leaves_nothing_and_the_next_begins(
    refusing: SqliteStore, monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    monkeypatch.setattr(Refusing, "ends", statement == "ROLLBACK")

    async def refuse() -> None:
        async with refusing.transaction("a", write=True) as rows:
            await rows.put("a", THING, {"Id": 1})
            Refusing.statement = statement
            if statement == "ROLLBACK":
                raise LookupError
        if statement == "BEGIN IMMEDIATE":
            await put(refusing, 2)

    async def work() -> tuple[list[int], int]:
        with pytest.raises(StoreFailed, match="no more of it"):
            await refuse()
        await put(refusing, 3)
        return await found(refusing)

    expected = ([1, 3], 2) if statement == "BEGIN IMMEDIATE" else ([3], 1)
    assert expected == asyncio.run(work())


def test_who_goes_on_after_losing_the_turn_commits_nothing_of_anothers(refusing: SqliteStore) -> None:
    async def go_on() -> None:
        async with refusing.transaction("a", write=True) as rows:
            try:
                while True:
                    await rows.give_way()
            except asyncio.CancelledError:
                return

    async def work() -> tuple[list[int], int]:
        inside, never = asyncio.Event(), asyncio.Event()
        goes_on = asyncio.create_task(go_on())
        turn = asyncio.create_task(put_and_stay(refusing, 1, inside, never))
        await inside.wait()
        goes_on.cancel()
        with pytest.raises(RuntimeError, match="lost its turn"):
            await goes_on
        await cancelled(turn)
        return await found(refusing)

    assert ([], 1) == asyncio.run(work())


def test_others_have_their_turn_while_a_large_account_is_forgotten(own: OwnStore) -> None:
    async def run(store: Store) -> tuple[int, list[int]]:
        async with store.transaction("a", write=True) as rows:
            await rows.add_all("a", THING, ({"Id": number} for number in range(2_000)))
        async with store.transaction("b", write=True) as rows:
            await rows.put("b", THING, {"Id": 1})

        async def forget() -> None:
            async with store.alone() as rows:
                await rows.forget("a")

        forgetting = asyncio.ensure_future(forget())
        turns = 0
        while not forgetting.done():
            turns += 1
            await asyncio.sleep(0)
        await forgetting
        async with store.transaction("b", write=False) as rows:
            assert not await rows.holds("a")
            return turns, [row["Id"] for row in await rows.all("b", THING)]

    turns, left = own.run(run(own.store))
    assert [1] == left
    assert turns > 10
