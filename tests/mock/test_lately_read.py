"""Rows that are kept as values: what is read is what is stored, whatever was read and written before."""

from __future__ import annotations

import asyncio
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from in_process import Wire

from mailproof import contract, providers
from mailproof_mock.lately_read import LatelyRead
from mailproof_mock.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

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


def state(store: Store) -> list[list[Row]]:
    by_id = [store.get("a", "thing", row_id) for row_id in range(5)]
    lists = (store.find("a", "thing", "List", number) for number in (1, 2))
    return [store.all("a", "thing"), *lists, [row for row in by_id if row is not None]]


async def write_and_undo(store: Store, rows: list[Row]) -> None:
    async with store.transaction("a", write=True):
        for row in rows:
            store.put("a", "thing", row["Id"], row, ("List",))
            state(store)
        raise KeyError


def take(store: Store, rows: dict[int, Row], step: str, given_rows: list[Row]) -> None:
    """Does a step in a store, and the same with rows by id."""
    if step == "undone":
        with pytest.raises(KeyError):
            asyncio.run(write_and_undo(store, given_rows))
        return
    with store.batch():
        if step == "put":
            store.put("a", "thing", given_rows[0]["Id"], given_rows[0], ("List",))
        elif step == "put all":
            store.put_all("a", "thing", "Id", given_rows, ("List",))
        elif step == "delete":
            store.delete("a", "thing", given_rows[0]["Id"])
            rows.pop(given_rows[0]["Id"], None)
            return
        else:
            store.forget("a")
            rows.clear()
    rows.update({row["Id"]: row for row in given_rows})


@settings(deadline=None)
@given(steps=st.lists(STEP, max_size=12))
def test_what_is_read_is_what_was_written_last(steps: list[tuple[str, list[Row]]]) -> None:
    rows: dict[int, Row] = {}
    with closing(Store()) as store:
        for step, given_rows in steps:
            take(store, rows, step, given_rows)
            expected = [list(rows.values()), *([r for r in rows.values() if r["List"] == n] for n in (1, 2))]
            expected.append([rows[row_id] for row_id in sorted(rows)])
            assert expected == state(store)


def test_a_list_is_the_readers_own() -> None:
    kept = LatelyRead()
    kept.rows("a", "thing", None, lambda: [(1, '{"Id":1}'), (2, '{"Id":2}')]).clear()
    assert [{"Id": 1}, {"Id": 2}] == kept.rows("a", "thing", None, list)


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
        kept.rows("a", kind, ("List", "1"), read(kind))
    kept.forget("a", "thing")
    kept.put("a", "other", 1, '{"Id":1}', [("List", "2")])
    for kind in ("thing", "other"):
        kept.rows("a", kind, ("List", "1"), read(kind))
    assert ["thing", "other", "thing"] == reads


def test_one_row_that_is_written_takes_its_place_in_the_lists_that_are_kept() -> None:
    kept = LatelyRead()
    reads = [(2, '{"Id":2}'), (4, '{"Id":4}')]

    def numbers(asked: tuple[str, str] | None) -> list[int]:
        return [row["Id"] for row in kept.rows("a", "thing", asked, lambda: reads)]

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


def test_what_is_written_and_undone_is_read_again_and_nothing_else() -> None:
    kept = LatelyRead()
    reads: list[str] = []
    read = partial(noting, reads)

    kinds = ("earlier", "put", "deleted", "many", "unwritten")
    for kind in kinds:
        kept.rows("a", kind, None, read(kind))
    kept.put("a", "earlier", 1, '{"Id":1}', [])
    kept.begin()
    kept.put("a", "put", 1, '{"Id":1}', [])
    kept.delete("a", "deleted", 1, [])
    kept.forget("a", "many")
    kept.undo()
    reads.clear()
    for kind in kinds:
        kept.rows("a", kind, None, read(kind))
    assert ["put", "deleted", "many"] == reads


def test_no_more_is_kept_than_there_is_room_for() -> None:
    kept = LatelyRead(most_characters=1_100)
    reads: list[int] = []

    def read(size: int) -> Callable[[], list[tuple[int, str]]]:
        def note() -> list[tuple[int, str]]:
            reads.append(size)
            return [(1, " " * size + "1")]

        return note

    for size in (250, 250, 350, 350, 250, 2_000, 2_000):
        kept.rows("a", "thing", ("size", str(size)), read(size))
    assert [250, 350, 2_000, 2_000] == reads
    kept.rows("a", "thing", ("size", "400"), read(400))
    kept.rows("a", "thing", ("size", "250"), read(250))
    assert [400, 250] == reads[-2:]


def test_what_is_put_into_a_list_counts_as_well() -> None:
    kept = LatelyRead(most_characters=1_000)
    kept.rows("a", "thing", None, list)
    kept.put("a", "thing", 1, '{"Id":1}' + " " * 900, [])
    assert [{"Id": 2}] == kept.rows("a", "thing", None, lambda: [(2, '{"Id":2}')])


def test_what_was_asked_for_counts_as_well() -> None:
    kept = LatelyRead(most_characters=1_000)
    kept.rows("a", "thing", ("name", "x" * 2_000), lambda: [(1, '{"Id":1}')])
    assert [{"Id": 2}] == kept.rows("a", "thing", ("name", "x" * 2_000), lambda: [(1, '{"Id":2}')])


@pytest.mark.parametrize("provider", providers())
def test_no_handler_changes_a_row_that_others_read(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = LatelyRead.rows
    compared: list[str] = []
    changed: list[tuple[str, object]] = []

    def compare(
        self: LatelyRead,
        account: str,
        kind: str,
        asked: tuple[str, str] | None,
        read: Callable[[], list[tuple[int, str]]],
    ) -> list[Row]:
        found = rows(self, account, kind, asked, read)
        compared.append(kind)
        if [orjson.loads(text) for _, text in read()] != found:
            changed.append((kind, asked))
        return found

    monkeypatch.setattr(LatelyRead, "rows", compare)
    with closing(Wire(provider)) as wire:
        assert [] == wire.breaches(contract(provider))
    assert [] == changed
    assert compared
