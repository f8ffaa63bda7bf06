"""Contacts in bulk and one by one go by the same rules; what is an address; and the fixtures keep the rules too."""

from __future__ import annotations

from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

import pytest
from databases import OwnStore
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproof_mock.call import Call, Problem
from mailproof_mock.sandbox import open_sandbox
from mailproof_mock.which50.addresses import is_email, is_mobile
from mailproof_mock.which50.contact_schema import comparable
from mailproof_mock.which50.merging import Merger
from mailproof_mock.which50.saving import save_all

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

SPARE = 34
SANDBOX = open_sandbox("which50", alone=True)
ROWS = SANDBOX.fixtures.rows

texts = st.sampled_from(["a", "A", "b", "1", "", "ß"])
values = st.one_of(st.none(), texts, st.integers(0, 1), st.booleans(), st.just([1]))
contact = st.fixed_dictionaries(
    {}, optional={"Email": texts, "FirstName": values, "lastname": values, "Visits": values, "Shoe": values}
)
matches = st.sampled_from([None, "Email", "FirstName", "Email,Visits", "visits , LASTNAME"])


@pytest.fixture(scope="module")
def own() -> Iterator[OwnStore]:
    with closing(OwnStore()) as own:
        own.inside(lambda rows: SANDBOX.fixtures.install(rows, "which50"))
        yield own


def run(own: OwnStore, work: Callable[[Call], Awaitable[Any]]) -> Any:
    """The rows of the spare list, in which nobody is at first, after some work; and what the work gives."""

    async def inside() -> Any:
        async with own.store.transaction("which50/harbour-store", write=True) as rows:
            world = SANDBOX.fixtures.world(rows, "which50", "harbour-store")
            call = Call(world=world, caller={}, settings={"key-field": "Email"})
            for row in await world.find("contact", ListId=SPARE):
                await world.delete("contact", row["EncContactId"])
            given = await work(call)
            return await world.find("contact", ListId=SPARE), given

    return own.run(inside())


@settings(max_examples=40, deadline=None)
@given(contacts=st.lists(contact, max_size=12), match=matches)
def test_bulk_is_one_by_one(own: OwnStore, contacts: list[dict[str, Any]], match: str | None) -> None:
    async def one_by_one(call: Call) -> list[Any]:
        found: list[Any] = []
        for entry in contacts:
            try:
                found.append(len(await save_all(call, SPARE, {"Values": entry}, match)))
            except Problem as problem:
                found.append(problem.detail)
        return found

    async def in_bulk(call: Call) -> list[Any]:
        merger = await Merger.opened(call, SPARE, match)
        for entry in contacts:
            with suppress(Problem):  # the merge tells it once more
                await merger.load_for({"Values": entry})
        found: list[Any] = []
        for entry in contacts:
            try:
                found.append(len((await merger.merge({"Values": entry})).rows))
            except Problem as problem:
                found.append(problem.detail)
        await merger.store()
        return found

    (rows, given), (bulk_rows, bulk_given) = run(own, one_by_one), run(own, in_bulk)
    assert _without_numbers(rows) == _without_numbers(bulk_rows)
    assert given == bulk_given


def _without_numbers(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name not in {"EncContactId", "Id"}} for row in rows]


def test_what_became_of_a_contact(own: OwnStore) -> None:
    given: list[dict[str, Any]] = [
        {"Email": "a@example.com", "Mobile": "none"},
        {"Email": "A@EXAMPLE.COM", "Mobile": "none"},
        {"Email": "a@example.com", "FirstName": "Ann"},
        {"Email": "nobody"},
    ]

    async def work(call: Call) -> list[tuple[str, int, int]]:
        merger = await Merger.opened(call, SPARE, None)
        await merger.load_for_all([{"Values": entry} for entry in given])
        found = [await merger.merge({"Values": entry}) for entry in given]
        await merger.store()
        return [(item.outcome, item.invalid_emails, item.invalid_mobiles) for item in found]

    expected = [("inserted", 0, 1), ("unchanged", 0, 1), ("updated", 0, 0), ("inserted", 1, 0)]
    assert expected == run(own, work)[1]


@pytest.mark.parametrize(("old", "new"), [(1, True), (0, False), (1, 1.0), ("1", 1), (None, ""), ([1], [True])])
def test_another_type_is_another_value(own: OwnStore, old: Any, new: Any) -> None:
    async def work(call: Call) -> list[str]:
        merger = await Merger.opened(call, SPARE, None)
        given = [{"Email": "a@example.com", "FirstName": value} for value in (old, new, new)]
        return [(await merger.merge({"Values": entry})).outcome for entry in given]

    assert ["inserted", "updated", "unchanged"] == run(own, work)[1]


@pytest.mark.parametrize("account", ROWS)
def test_fixtures_are_found_by_their_addresses(account: str) -> None:
    for row in ROWS[account]["contact"]:
        values: dict[str, Any] = row["Values"] or {}
        wanted = comparable(values.get("Email"))
        assert (None if wanted is None else f"{row['ListId']}/{wanted}") == row.get("_key"), row["EncContactId"]


@pytest.mark.parametrize("account", ROWS)
def test_contacts_of_the_fixtures_come_by_their_numbers(account: str) -> None:
    """A part of a list is read in the order of insertion, which is that of numbers for contacts that are saved."""
    for list_id in {row["ListId"] for row in ROWS[account]["contact"]}:
        numbers = [row["Id"] for row in ROWS[account]["contact"] if row["ListId"] == list_id]
        assert sorted(numbers) == numbers


@pytest.mark.parametrize("account", ROWS)
def test_events_of_the_fixtures_send_what_there_is(account: str) -> None:
    rows = ROWS[account]
    known = {kind: {row["Id"] for row in rows.get(kind, [])} for kind in ("email", "text_message")}
    for event in rows["custom_event"]:
        for kind, items in known.items():
            assert event.get(f"_{kind}") in {*items, None}, event["Name"]


@pytest.mark.parametrize(
    "text",
    [
        "a@b.ie",
        "o'neill&sons+list@mail.example.com",
        "zoë@bücher.example",
        "a.b.c@x-y.example",
        "1@2.example",
        f"{'a' * 64}@example.com",
        "_@example.museum",
    ],
)
def test_addresses(text: str) -> None:
    assert is_email(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "a",
        "a@b",
        "a@b.",
        "a@.b",
        "a@b.c",
        "a@b.12",
        "a@b..ie",
        "a b@c.ie",
        "a@b c.ie",
        "a@-b.ie",
        "a@b-.ie",
        ".a@b.ie",
        "a.@b.ie",
        "a..b@c.ie",
        "a@b.ie\n",
        "\ta@b.ie",
        "a@b@c.ie",
        "<a@b.ie>",
        "a\x00@b.ie",
        "a,b@c.ie",
        f"{'a' * 65}@b.ie",
        f"a@{'b.' * 126}ie",
        "\ud800@b.ie",
        "a" * 100_000 + "@b.ie",
        "a@" + "b-" * 100_000,
        "a@" + "b." * 100_000,
    ],
)
def test_no_addresses(text: str) -> None:
    assert not is_email(text)


@pytest.mark.parametrize("text", ["+353861234567", "00353861234567", "(086) 123-4567", "1234567", "086.123.4567"])
def test_numbers(text: str) -> None:
    assert is_mobile(text)


@pytest.mark.parametrize(
    "text", ["", "123456", "1" * 16, "+", "++353861234567", "353+861234567", "086 123 4567 x", "1234567\n", "١٢٣٤٥٦٧"]
)
def test_no_numbers(text: str) -> None:
    assert not is_mobile(text)
