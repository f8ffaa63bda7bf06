"""The journal of a data file: what waits for the disk, and what does not."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from threading import Event
from typing import TYPE_CHECKING

import pytest

from mailproof_mock import write_ahead_log
from mailproof_mock.kinds import Kind
from mailproof_mock.rows import StoreFailed
from mailproof_mock.sqlite_store import SqliteStore

if TYPE_CHECKING:
    from pathlib import Path

THING = Kind("thing", "Id", (), "Id")


async def put(store: SqliteStore, number: int) -> None:
    async with store.transaction("a", write=True) as rows:
        await rows.put("a", THING, {"Id": number})


async def read(store: SqliteStore) -> list[int]:
    async with store.transaction("a", write=False) as rows:
        return [row["Id"] for row in await rows.all("a", THING)]


def test_a_write_ends_when_it_is_on_disk_and_nobody_else_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk, syncs = Event(), list[int]()

    def slow(file: int) -> None:
        syncs.append(file)
        assert disk.wait(60)
        os.fsync(file)

    monkeypatch.setattr(write_ahead_log, "_sync", slow)

    async def work() -> None:
        store = SqliteStore(tmp_path / "x.db")
        writes = [asyncio.create_task(put(store, number)) for number in range(20)]
        for _ in range(10 * len(writes)):  # turns of the loop in which each commits
            await asyncio.sleep(0)
        assert len(writes) == len(await read(store))
        done, _ = await asyncio.wait(writes, timeout=0)
        assert set() == done
        disk.set()
        await asyncio.gather(*writes)
        await store.close()

    asyncio.run(work())
    assert 1 <= len(syncs) <= 2  # the first may have begun before the others came; those share the second


def test_a_disk_that_refuses_is_told_and_does_not_end_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(file: int) -> None:
        raise OSError(f"no more of file {file and 1}")

    async def work() -> list[int]:
        store = SqliteStore(tmp_path / "x.db")
        with monkeypatch.context() as patch:
            patch.setattr(write_ahead_log, "_sync", broken)
            with pytest.raises(StoreFailed, match="cannot be used as data file: no more of file 1"):
                await put(store, 1)
        await put(store, 2)
        found = await read(store)
        await store.close()
        return found

    assert [1, 2] == asyncio.run(work())


def test_a_long_write_is_not_seen_by_reads_and_lets_them_go_on(tmp_path: Path) -> None:
    async def work() -> list[list[int]]:
        store = SqliteStore(tmp_path / "x.db")
        await put(store, 1)
        found: list[list[int]] = []
        async with store.transaction("a", write=True) as rows:
            await rows.put("a", THING, {"Id": 2})
            found.append(await read(store))
            assert not await rows.give_way()  # nobody waits to write
            waiting = asyncio.create_task(put(store, 3))
            await asyncio.sleep(0)
            assert await rows.give_way()
            found.append(await read(store))
        await waiting
        found.append(await read(store))
        await store.close()
        return found

    assert [[1], [1, 2, 3], [1, 2, 3]] == asyncio.run(work())


def test_the_journal_is_brought_in_and_does_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_ahead_log, "_CHANGES", 10)
    monkeypatch.setattr(write_ahead_log, "_LARGE", 100_000)
    file = tmp_path / "x.db"

    async def work() -> int:
        store = SqliteStore(file)
        most = 0
        for number in range(300):
            async with store.transaction("a", write=True) as rows:
                await rows.put("a", THING, {"Id": number % 7, "Text": "x" * 20_000})
            most = max(most, (tmp_path / "x.db-wal").stat().st_size)
        await store.close()
        return most

    assert asyncio.run(work()) < 3_000_000  # of some 8,000,000 that were written
    with sqlite3.connect(file) as database:
        assert ("ok",) == database.execute("PRAGMA integrity_check").fetchone()
    database.close()
