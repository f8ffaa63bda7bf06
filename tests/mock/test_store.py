"""The store: rows put one by one or thousands at once, and blobs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproof_mock.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = st.lists(
    st.fixed_dictionaries(
        {"Id": st.integers(0, 9), "List": st.one_of(st.none(), st.integers(1, 3)), "Text": st.text(max_size=5)}
    ),
    max_size=12,
)


@pytest.fixture
def store() -> Iterator[Store]:
    opened = Store()
    yield opened
    opened.close()


def state(store: Store) -> list[Any]:
    found = [store.find("a", "thing", "List", number) for number in (1, 2, 3)]
    return [sorted(map(str, store.all("a", "thing"))), *[sorted(map(str, rows)) for rows in found]]


@settings(deadline=None)  # each example makes two stores
@given(earlier=ROWS, rows=ROWS)
def test_rows_at_once_leave_what_rows_one_by_one_leave(
    earlier: list[dict[str, Any]], rows: list[dict[str, Any]]
) -> None:
    one_by_one, at_once = Store(), Store()
    with one_by_one.batch():
        for row in [*earlier, *rows]:
            one_by_one.put("a", "thing", row["Id"], row, ("List",))
    with at_once.batch():
        at_once.put_all("a", "thing", "Id", earlier, ("List",))
        at_once.put_all("a", "thing", "Id", rows, ("List",))
    assert state(one_by_one) == state(at_once)
    one_by_one.close()
    at_once.close()


def test_some_rows_are_those_of_their_ids(store: Store) -> None:
    with store.batch():
        store.put_all("a", "thing", "Id", [{"Id": name} for name in ("1", "ü'\"", "3")], ())
        store.put("b", "thing", "4", {"Id": "4"}, ())
    for ids in ([], ["1", 1, "ü'\"", "4", "nobody"], ["3"] * 3, range(2_000)):
        expected = {str(row_id) for row_id in ids} & {"1", "ü'\"", "3"}
        assert sorted(expected) == sorted(row["Id"] for row in store.get_some("a", "thing", ids))


def test_rows_put_at_once_keep_their_order(store: Store) -> None:
    with store.batch():
        store.put_all("a", "thing", "Id", [{"Id": number} for number in range(2_500, 0, -1)], ())
    assert list(range(2_500, 0, -1)) == [row["Id"] for row in store.all("a", "thing")]


def test_a_step_by_many_is_as_many_steps(store: Store) -> None:
    with store.batch():
        assert [1, 2] == [store.next("a", "id"), store.next("a", "id")]
        assert 12 == store.step("a", "id", 10)
        assert 13 == store.next("a", "id")


def test_blobs_are_of_an_account_and_go_with_it(store: Store) -> None:
    with store.batch():
        store.keep("a", "x/y.bin", b"\0\xff")
        store.keep("b", "x/y.bin", b"")
        store.keep("a", "a.txt", b"first")
        store.keep("a", "a.txt", b"second")
    assert {"a.txt": 6, "x/y.bin": 2} == store.kept("a")
    assert [b"\0\xff", b"", None] == [store.fetch("a", "x/y.bin"), store.fetch("b", "x/y.bin"), store.fetch("b", "z")]
    with store.batch():
        assert [True, False] == [store.discard("a", "a.txt"), store.discard("a", "a.txt")]
        store.forget("a")
    assert [{}, {"x/y.bin": 0}] == [store.kept("a"), store.kept("b")]


def test_an_account_is_untouched_until_something_is_written(store: Store) -> None:
    async def fails() -> None:
        async with store.transaction("a", write=True):
            store.put("a", "thing", 1, {"Id": 1}, ())
            raise LookupError

    with store.batch():
        store.put("a", "thing", 1, {"Id": 1}, ())
        store.in_place("a")
    assert store.untouched("a")
    with pytest.raises(LookupError):
        asyncio.run(fails())
    assert store.untouched("a")
    with store.batch():
        store.send("a", "now", {})
    assert not store.untouched("a")


def test_what_is_undone_leaves_no_account_untouched(store: Store) -> None:
    with pytest.raises(TypeError), store.batch():  # noqa: PT012 - the batch is what is tried
        store.in_place("a")
        store.put("b", "thing", 1, {"Id": object()}, ())
    assert not store.untouched("a")
