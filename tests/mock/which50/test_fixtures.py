"""The Which50 sandbox holds what the laws need, and nothing in it contradicts itself."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

import mailproof_mock.which50 as home
from mailproof import contract
from mailproof_conformance.which50.dates import irish_offset
from mailproof_mock.fixtures import load_fixtures
from mailproof_mock.which50.channels import CHANNELS

FIXTURES = load_fixtures(Path(next(iter(home.__path__))) / "fixtures.yaml", contract("which50"))
ROWS = [(name, dict(rows)) for name, rows in FIXTURES.rows.items()]


def ours(kind: str) -> list[dict[str, Any]]:
    return FIXTURES.rows["harbour-store"][kind]


def dates() -> list[str]:
    rows = chain.from_iterable([*account["interaction"], *account["journey"]] for _, account in ROWS)
    found = (row.get(name) for row in rows for name in ("Occurred", "StartDate", "EndDate"))
    return [date for date in found if date is not None]


def test_more_than_ten_of_each_kind_reached_the_sample() -> None:
    kinds = Counter(
        row["Interaction"] for row in ours("interaction") if row["_contact"] == FIXTURES.samples["contactId"]
    )
    for kind in ("Email", "SMS", "LandingPage", "WebForm", "Event", "Competition"):
        assert 10 < kinds[kind], kind


def test_dates_are_irish() -> None:
    assert [] == [date for date in dates() if irish_offset(date) != date[-6:]]


def test_dates_are_of_both_halves_of_the_year_and_of_every_precision() -> None:
    assert {"+00:00", "+01:00"} == {date[-6:] for date in dates()}
    assert {0, 2, 8} <= {len(date[19:-6]) for date in dates()}


@pytest.mark.parametrize(("name", "rows"), ROWS, ids=[name for name, _ in ROWS])
def test_interactions_belong_to_contacts_and_journeys_of_the_account(name: str, rows: dict[str, Any]) -> None:
    assert rows["contact"], name
    contacts = {row["EncContactId"] for row in rows["contact"]}
    journeys = {row["Id"] for row in rows["journey"]} | {None}
    assert set() == {row["_contact"] for row in rows["interaction"]} - contacts
    assert set() == {row["CampaignId"] for row in rows["interaction"]} - journeys


@pytest.mark.parametrize(("name", "rows"), ROWS, ids=[name for name, _ in ROWS])
def test_nothing_that_can_be_counted_is_written(name: str, rows: dict[str, Any]) -> None:
    counted = {"Reach", "Interactions", "Unsubscribes", "Channels", *(channel.member for channel in CHANNELS)}
    assert set() == set().union(*rows["journey"]) & counted, name
    assert set() == set().union(*rows.get("contact_list", [])) & {"Count"}, name


@pytest.mark.parametrize(("name", "rows"), ROWS, ids=[name for name, _ in ROWS])
def test_what_reached_somebody_in_a_journey_belongs_to_it(name: str, rows: dict[str, Any]) -> None:
    for channel in CHANNELS:
        journeys = {item["Id"]: item["_journey"] for item in rows.get(channel.kind, [])}
        for row in rows["interaction"]:
            if row["Interaction"] == channel.interaction:
                assert journeys.get(row["_detail"]["Id"]) == row["CampaignId"], (name, row["Id"])


@pytest.mark.parametrize(("name", "rows"), ROWS, ids=[name for name, _ in ROWS])
def test_what_became_of_an_email_does_not_contradict_itself(name: str, rows: dict[str, Any]) -> None:
    for row in rows["interaction"]:
        if row["Interaction"] == "Email":
            flags = {flag for flag, value in row["_detail"].items() if value} - {"Id"}
            assert not flags or "Delivered" in flags, (name, row["Id"])
            assert "Read" not in flags or "Open" in flags, (name, row["Id"])
            assert not (flags and row.get("_bounce")), (name, row["Id"])
            assert row.get("_bounce") in {None, "Soft", "Hard"}, (name, row["Id"])
            assert (row.get("_bounce") is not None) == (row["Status"] == "Bounced"), (name, row["Id"])
            assert not row.get("_unsubscribed") or flags, (name, row["Id"])


@pytest.mark.parametrize(("name", "rows"), ROWS, ids=[name for name, _ in ROWS])
def test_activities_are_aimed_at_fields_of_the_list(name: str, rows: dict[str, Any]) -> None:
    lists = {row["Id"]: row["ListId"] for row in rows["journey"]}
    fields = {(row.get("_list"), row["Name"]) for row in rows["field"]}
    for activity in rows["activity"]:
        used = {(lists[activity["CampaignId"]], field) for field in activity["_target"]["where"]}
        assert set() == used - fields, (name, activity["Id"])
        assert lists[activity["CampaignId"]] is not None, (name, activity["Id"])


def test_no_id_is_shared_between_accounts() -> None:
    for kind, member in (
        ("contact", "EncContactId"),
        ("contact", "Id"),
        ("journey", "Id"),
        ("email", "Id"),
        ("text_message", "Id"),
        ("landing_page", "Id"),
        ("activity", "Id"),
        ("interaction", "Id"),
    ):
        ids = Counter(row[member] for _, rows in ROWS for row in rows.get(kind, []))
        assert [] == [entry for entry, times in ids.items() if times > 1]


def test_an_interaction_of_a_channel_knows_what_its_list_shows() -> None:
    members = {
        "Email": {"Id", "Delivered", "Open", "Read", "Link"},
        "SMS": {"Id", "Delivered"},
        "LandingPage": {"Id", "Link", "Submission"},
        "WebForm": {"Id", "LandingPageId", "Submitted"},
    }
    for _, rows in ROWS:
        for row in rows["interaction"]:
            assert members.get(row["Interaction"], set()) == set(row.get("_detail", {})), row["Id"]


def test_encrypted_ids_are_of_one_length_and_need_no_escape() -> None:
    ids = [row["EncContactId"] for _, rows in ROWS for row in rows["contact"]]
    assert {22} == {len(entry) for entry in ids}
    assert all(entry.replace("-", "").replace("_", "").isalnum() for entry in ids)
