"""The store: rows put one by one or thousands at once, and blobs."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from databases import POSTGRES, OwnStore
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproof_mock.kinds import Kind
from mailproof_mock.rows import CLOCK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof_mock.rows import Rows

THING = Kind("thing", "Id", ("List",), "Id", ("List",))
ROWS = st.lists(
    st.fixed_dictionaries(
        {"Id": st.integers(0, 9), "List": st.one_of(st.none(), st.integers(1, 3)), "Text": st.text(max_size=5)}
    ),
    max_size=12,
)


@pytest.fixture
def own() -> Iterator[OwnStore]:
    with closing(OwnStore()) as opened:
        yield opened


async def state(rows: Rows) -> list[Any]:
    """All rows, those of each list, and how many these are said to be."""
    lists = [await rows.find("a", THING, "List", number) for number in (1, 2, 3)]
    assert [len(found) for found in lists] == [await rows.count("a", THING, "List", number) for number in (1, 2, 3)]
    return [sorted(map(str, found)) for found in (await rows.all("a", THING), *lists)]


@settings(deadline=None)  # each example makes two stores
@given(earlier=ROWS, rows=ROWS, more=st.integers(0, 12))
def test_rows_at_once_leave_what_rows_one_by_one_leave(
    earlier: list[dict[str, Any]], rows: list[dict[str, Any]], more: int
) -> None:
    rows = [*rows, *({"Id": f"more {number}", "List": 3, "Text": ""} for number in range(more))]

    async def one_by_one(into: Rows) -> list[Any]:
        for row in [*earlier, *rows]:
            await into.put("a", THING, row)
        return await state(into)

    async def at_once(into: Rows) -> list[Any]:
        await into.put_all("a", THING, earlier)
        await into.put_all("a", THING, rows)
        return await state(into)

    with closing(OwnStore()) as first, closing(OwnStore()) as second:
        assert first.inside(one_by_one) == second.inside(at_once)


def test_some_rows_are_those_of_their_ids(own: OwnStore) -> None:
    async def work(rows: Rows) -> None:
        await rows.put_all("a", THING, [{"Id": name} for name in ("1", "ü'\"", "3")])
        await rows.put("b", THING, {"Id": "4"})
        for ids in ([], ["1", 1, "ü'\"", "4", "nobody"], ["3"] * 3, range(2_000)):
            expected = {str(row_id) for row_id in ids} & {"1", "ü'\"", "3"}
            assert sorted(expected) == sorted(row["Id"] for row in await rows.get_some("a", THING, ids))

    own.inside(work)


@pytest.mark.skipif(POSTGRES is None, reason="SQLite plans by what it is asked, not by what it knows of a table")
def test_some_rows_are_found_without_reading_the_others(own: OwnStore) -> None:
    async def read(rows: Any) -> int:
        """How many entries of indexes and rows this transaction has read so far."""
        return int(
            await rows._on._connection.fetchval(
                "SELECT sum(pg_stat_get_xact_tuples_returned(oid)) FROM pg_class WHERE relkind IN ('r', 'i')"
                " AND relnamespace = current_schema()::regnamespace"
            )
        )

    async def work(rows: Rows) -> None:
        await rows.add_all("a", THING, ({"Id": number, "List": number} for number in range(3_000)))
        before = await read(rows)
        assert [7, 8, 9] == [row["Id"] for row in await rows.find_any("a", THING, "List", (9, 7, 8))]
        assert {7, 8, 9} == {row["Id"] for row in await rows.get_some("a", THING, (9, 7, 8))}
        assert await read(rows) - before < 100

    own.inside(work)


def test_rows_put_at_once_keep_their_order(own: OwnStore) -> None:
    expected = list(range(2_500, 0, -1))

    async def work(rows: Rows) -> None:
        await rows.put_all("a", THING, [{"Id": number, "List": 1} for number in expected])
        assert expected == [row["Id"] for row in await rows.all("a", THING)]
        assert expected == [row["Id"] for row in await rows.find("a", THING, "List", 1)]
        parts = [await rows.find_part("a", THING, "List", 1, skip=skip, most=2) for skip in (0, 1_000, 2_499, 9_999)]
        assert [[2500, 2499], [1500, 1499], [1], []] == [[row["Id"] for row in part] for part in parts]

    own.inside(work)


@pytest.mark.parametrize("text", ["", "\0", "a\0b", '\x01"a"', "\x02", "x" * 100_000, "\u20ac" * 3_000, "%", "'"])
def test_any_text_can_be_a_key(own: OwnStore, text: str) -> None:
    near = ["\x01" + text, text + "\0", text + "x", text[:-1] + "y"]

    async def work(rows: Rows) -> None:
        for number, value in enumerate([text, *near]):
            await rows.put("a", THING, {"Id": value, "List": value, "number": number})
        assert [0] == [row["number"] for row in await rows.find("a", THING, "List", text)]
        found = await rows.get("a", THING, text)
        assert found is not None
        assert 0 == found["number"]

    own.inside(work)


def test_a_step_by_many_is_as_many_steps(own: OwnStore) -> None:
    async def work(rows: Rows) -> list[int]:
        return [await rows.step("a", "id", by) for by in (1, 1, 10, 1)]

    assert [1, 2, 12, 13] == own.inside(work)


def test_blobs_are_of_an_account_and_go_with_it(own: OwnStore) -> None:
    async def work(rows: Rows) -> None:
        await rows.keep("a", "x/y.bin", b"\0\xff")
        await rows.keep("b", "x/y.bin", b"")
        await rows.keep("a", "a.txt", b"first")
        await rows.keep("a", "a.txt", b"second")
        assert {"a.txt": 6, "x/y.bin": 2} == await rows.kept("a")
        found = [await rows.fetch(*place) for place in (("a", "x/y.bin"), ("b", "x/y.bin"), ("b", "z"))]
        assert [b"\0\xff", b"", None] == found
        assert [True, False] == [await rows.discard("a", "a.txt"), await rows.discard("a", "a.txt")]
        await rows.forget("a")
        assert [{}, {"x/y.bin": 0}] == [await rows.kept("a"), await rows.kept("b")]

    own.inside(work)


def test_the_outbox_is_read_in_parts(own: OwnStore) -> None:
    async def work(rows: Rows) -> list[list[Any]]:
        for number in range(5):
            await rows.send("a", "now", {"n": number})
        first = await rows.sent(0, 3)
        return [[entry["n"] for entry in part] for part in (first, await rows.sent(first[-1]["seq"], 3))]

    assert [[0, 1, 2], [3, 4]] == own.inside(work)


def test_what_fails_leaves_nothing_and_steps_no_clock(own: OwnStore) -> None:
    async def fail(error: Exception) -> None:
        async with own.store.transaction("a", write=True) as rows:
            await rows.put("a", THING, {"Id": 2, "List": 1})
            await rows.all("a", THING)
            raise error

    async def look(rows: Rows) -> tuple[int, list[Any]]:
        return await rows.counter("a", CLOCK), await state(rows)

    before = own.inside(look)
    with pytest.raises(LookupError):
        own.run(fail(LookupError()))
    assert before == own.inside(look)


def test_a_write_is_read_by_the_next_and_steps_the_clock(own: OwnStore) -> None:
    async def work() -> list[Any]:
        found: list[Any] = []
        for number in (1, 2):
            async with own.store.transaction("a", write=True) as rows:
                await rows.put("a", THING, {"Id": number})
                await rows.give_way()
            async with own.store.transaction("a", write=False) as rows:
                found.append((rows.tick, own.store.ticks(), len(await rows.all("a", THING))))
        return found

    assert [(1, 1, 1), (2, 2, 2)] == own.run(work())
