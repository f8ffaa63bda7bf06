"""Rows that are kept as values: what is read is what is stored, whatever was read and written before."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from databases import OwnStore
from hypothesis import given, settings
from hypothesis import strategies as st
from in_process import Wire

from mailproof import contract, providers
from mailproof_mock.kinds import Kind
from mailproof_mock.lately_read import Changes, LatelyRead
from mailproof_mock.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailproof_mock.store import Store

Row = dict[str, Any]

ROW = st.fixed_dictionaries(
    {"Id": st.integers(0, 4), "List": st.one_of(st.none(), st.integers(1, 2)), "Text": st.text(max_size=2)}
)
STEP: st.SearchStrategy[tuple[str, list[Row]]] = st.one_of(
    st.tuples(st.just("put"), st.lists(ROW, min_size=1, max_size=1)),
    st.tuples(st.just("put all"), st.lists(ROW, max_size=4)),
    st.tuples(st.just("delete"), st.lists(ROW, min_size=1, max_size=1)),
    st.tuples(st.just("undone"), st.lists(ROW, min_size=1, max_size=3)),
    st.tuples(st.just("forget"), st.just([])),
)


THING = Kind("thing", "Id", ("List",), "Id")


async def state(rows: Rows) -> list[list[Row]]:
    by_id = [await rows.get("a", THING, row_id) for row_id in range(5)]
    lists = [await rows.find("a", THING, "List", number) for number in (1, 2)]
    return [await rows.all("a", THING), *lists, [row for row in by_id if row is not None]]


async def read(store: Store) -> list[list[Row]]:
    """What is stored, as it is read from the database, and as it is read when it was kept."""
    async with store.transaction("a", write=False) as rows:
        first, second, third = [await state(rows) for _ in range(3)]
    assert first == second == third
    return first


async def write_and_undo(store: Store, given_rows: list[Row]) -> None:
    async with store.transaction("a", write=True) as rows:
        for row in given_rows:
            await rows.put("a", THING, row)
            await state(rows)
        raise KeyError


async def take(store: Store, known: dict[int, Row], step: str, given_rows: list[Row]) -> None:
    """Does a step in a store, and the same with rows by id."""
    if step == "undone":
        with pytest.raises(KeyError):
            await write_and_undo(store, given_rows)
        return
    async with store.alone() as rows:
        await state(rows)
        if step == "put":
            await rows.put("a", THING, given_rows[0])
        elif step == "put all":
            await rows.put_all("a", THING, given_rows)
        elif step == "delete":
            await rows.delete("a", THING, given_rows[0]["Id"])
            known.pop(given_rows[0]["Id"], None)
        else:
            await rows.forget("a")
            known.clear()
        if step.startswith("put"):
            known.update({row["Id"]: row for row in given_rows})
        assert shown(known) == await state(rows)


def shown(known: dict[int, Row]) -> list[list[Row]]:
    """What is to be read of rows by id."""
    found = [list(known.values()), *([r for r in known.values() if r["List"] == n] for n in (1, 2))]
    return [*found, [known[row_id] for row_id in sorted(known)]]


@settings(deadline=None)
@given(steps=st.lists(STEP, max_size=12))
def test_what_is_read_is_what_was_written_last(steps: list[tuple[str, list[Row]]]) -> None:
    known: dict[int, Row] = {}
    with closing(OwnStore()) as own:
        for step, given_rows in steps:
            own.run(take(own.store, known, step, given_rows))
            assert shown(known) == own.run(read(own.store))


def test_a_list_is_the_readers_own() -> None:
    async def work(rows: Rows) -> list[Row]:
        await rows.put("a", THING, {"Id": 1, "List": 1})
        for _ in range(2):
            (await rows.find("a", THING, "List", 1)).clear()
        return await rows.find("a", THING, "List", 1)

    async def again(rows: Rows) -> list[Row]:
        for _ in range(2):
            (await rows.find("a", THING, "List", 1)).clear()
        return await rows.find("a", THING, "List", 1)

    with closing(OwnStore()) as own:
        assert [[{"Id": 1, "List": 1}]] * 2 == [own.inside(work), own.inside(again)]


def rows(
    kept: LatelyRead, account: str, kind: str, asked: tuple[str, str] | None, read: Callable[[], list[tuple[int, str]]]
) -> list[Row]:
    """The rows that are kept, or those that are read and then kept."""
    found = kept.kept(account, kind, asked)
    if found is None:
        now = read()
        found = [orjson.loads(text) for _, text in now]
        kept.keep(account, kind, asked, now, found)
    return found


def noting(reads: list[str], kind: str) -> Callable[[], list[tuple[int, str]]]:
    """A reader that finds nothing, and notes that it was asked."""

    def note() -> list[tuple[int, str]]:
        reads.append(kind)
        return []

    return note


def test_a_list_is_read_once_until_rows_of_its_kind_are_written() -> None:
    kept = LatelyRead()
    reads: list[str] = []
    read = partial(noting, reads)

    for kind in ("thing", "other", "thing", "other"):
        rows(kept, "a", kind, ("List", "1"), read(kind))
    kept.forget("a", "thing")
    kept.put("a", "other", 1, '{"Id":1}', [("List", "2")])
    for kind in ("thing", "other"):
        rows(kept, "a", kind, ("List", "1"), read(kind))
    assert ["thing", "other", "thing"] == reads


def test_a_single_row_is_kept_at_the_second_time() -> None:
    kept = LatelyRead()
    reads: list[str] = []
    for row_id in ("1", "2", "1", "1", "2", "2"):
        asked = (None, row_id)
        if kept.kept("a", "thing", asked) is None:
            reads.append(row_id)
            kept.keep("a", "thing", asked, [(int(row_id), "{}")], [{}])
    assert ["1", "2", "1", "2"] == reads
    for number in range(10_000):
        kept.keep("a", "thing", (None, f"other {number}"), [(number, "{}")], [{}])
    kept.forget("a", "thing")
    kept.keep("a", "thing", (None, "other 9999"), [(1, "{}")], [{}])
    assert [{}] == kept.kept("a", "thing", (None, "other 9999"))


def test_one_row_that_is_written_takes_its_place_in_the_lists_that_are_kept() -> None:
    kept = LatelyRead()
    reads = [(2, '{"Id":2}'), (4, '{"Id":4}')]

    def numbers(asked: tuple[str, str] | None) -> list[int]:
        return [row["Id"] for row in rows(kept, "a", "thing", asked, lambda: reads)]

    assert [[2, 4], [2, 4]] == [numbers(None), numbers(("List", "1"))]
    kept.put("a", "thing", 3, '{"Id":3}', [("List", "2")])
    kept.put("a", "thing", 5, '{"Id":5}', [("List", "1")])
    assert [[2, 3, 4, 5], [2, 4, 5]] == [numbers(None), numbers(("List", "1"))]
    kept.delete("a", "thing", 3, [("List", "2")])
    kept.put("a", "thing", 3, '{"Id":33}', [("List", "1")])
    kept.delete("a", "thing", 4, [("List", "1")])
    kept.put("a", "thing", 4, '{"Id":44}', [])
    assert [[2, 33, 44, 5], [2, 33, 5]] == [numbers(None), numbers(("List", "1"))]
    kept.delete("a", "thing", 2, [("List", "1")])
    assert [[33, 44, 5], [33, 5]] == [numbers(None), numbers(("List", "1"))]


def test_what_is_committed_is_read_again_where_it_is_much_and_what_is_undone_is_not() -> None:
    kept = LatelyRead()
    reads: list[str] = []
    read = partial(noting, reads)

    written = ("put", "deleted", "many", "sixty")
    kinds = (*written, *(f"{kind} for good" for kind in written), "unwritten")
    for kind in kinds:
        rows(kept, "a", kind, None, read(kind))
    undone, committed = Changes(), Changes()
    for changes, suffix in ((undone, ""), (committed, " for good")):
        changes.put("a", "put" + suffix, 1, '{"Id":1}', [])
        changes.deleted("a", "deleted" + suffix, 1, [])
        changes.forget("a", "many" + suffix)
        for number in range(60):
            changes.put("a", "sixty" + suffix, number, '{"Id":1}', [])
    assert [True, False] == [undone.touch("a", "put"), undone.touch("a", "unwritten")]
    committed.tell(kept)
    assert not committed.touch("a", "put for good")
    reads.clear()
    for kind in kinds:
        rows(kept, "a", kind, None, read(kind))
    assert ["many for good", "sixty for good"] == reads


def test_no_more_is_kept_than_there_is_room_for() -> None:
    kept = LatelyRead(most_characters=1_100)
    reads: list[int] = []

    def read(size: int) -> Callable[[], list[tuple[int, str]]]:
        def note() -> list[tuple[int, str]]:
            reads.append(size)
            return [(1, " " * size + "1")]

        return note

    for size in (250, 250, 350, 350, 250, 2_000, 2_000):
        rows(kept, "a", "thing", ("size", str(size)), read(size))
    assert [250, 350, 2_000, 2_000] == reads
    rows(kept, "a", "thing", ("size", "400"), read(400))
    rows(kept, "a", "thing", ("size", "250"), read(250))
    assert [400, 250] == reads[-2:]


def test_what_is_put_into_a_list_counts_as_well() -> None:
    kept = LatelyRead(most_characters=1_000)
    rows(kept, "a", "thing", None, list)
    kept.put("a", "thing", 1, '{"Id":1}' + " " * 900, [])
    assert [{"Id": 2}] == rows(kept, "a", "thing", None, lambda: [(2, '{"Id":2}')])


def test_what_was_asked_for_counts_as_well() -> None:
    kept = LatelyRead(most_characters=1_000)
    rows(kept, "a", "thing", ("name", "x" * 2_000), lambda: [(1, '{"Id":1}')])
    assert [{"Id": 2}] == rows(kept, "a", "thing", ("name", "x" * 2_000), lambda: [(1, '{"Id":2}')])


@pytest.mark.parametrize("provider", providers())
def test_no_handler_changes_a_row_that_others_read(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    get, find = Rows.get, Rows._list  # pyright: ignore[reportPrivateUsage]
    compared: list[str] = []
    changed: list[tuple[str, object]] = []

    async def compare_one(self: Rows, account: str, kind: Kind, row_id: object) -> Row | None:
        found = await get(self, account, kind, row_id)
        compared.append(kind.name)
        if await get(without_what_was_read(self), account, kind, row_id) != found:
            changed.append((kind.name, row_id))
        return found

    async def compare(self: Rows, account: str, kind: Kind, asked: tuple[str, str] | None) -> list[Row]:
        found = await find(self, account, kind, asked)
        compared.append(kind.name)
        if await find(without_what_was_read(self), account, kind, asked) != found:
            changed.append((kind.name, asked))
        return found

    def without_what_was_read(rows: Rows) -> Rows:
        return Rows(rows._on, rows.tick)  # pyright: ignore[reportPrivateUsage]

    monkeypatch.setattr(Rows, "get", compare_one)
    monkeypatch.setattr(Rows, "_list", compare)
    with closing(Wire(provider)) as wire:
        assert [] == wire.breaches(contract(provider))
    assert [] == changed
    assert compared
