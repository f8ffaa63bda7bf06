"""The Which50 sandbox holds what the laws need, and nothing in it contradicts itself."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import Any

import pytest
import yaml

import mailproof_mock.which50 as home
from mailproof_conformance.which50.dates import irish_offset

PATH = next(iter(home.__path__))
with open(f"{PATH}/fixtures.yaml", encoding="utf-8") as _file:  # noqa: PTH123 - one read at import
    FIXTURES: dict[str, Any] = yaml.safe_load(_file)
ACCOUNTS: dict[str, Any] = FIXTURES["accounts"]
ROWS: list[tuple[str, dict[str, Any]]] = [(name, account["rows"]) for name, account in ACCOUNTS.items()]


def ours(kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ACCOUNTS["harbour-store"]["rows"][kind]
    return found


def dates() -> list[str]:
    rows = chain.from_iterable([*account["interaction"], *account["journey"]] for _, account in ROWS)
    found = (row.get(name) for row in rows for name in ("Occurred", "StartDate", "EndDate"))
    return [date for date in found if date is not None]


def test_more_than_ten_of_each_kind_reached_the_sample() -> None:
    kinds = Counter(
        row["Interaction"] for row in ours("interaction") if row["_contact"] == FIXTURES["samples"]["contactId"]
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
    assert name in ACCOUNTS
    contacts = {row["EncContactId"] for row in rows["contact"]}
    journeys = {row["Id"] for row in rows["journey"]} | {None}
    assert set() == {row["_contact"] for row in rows["interaction"]} - contacts
    assert set() == {row["CampaignId"] for row in rows["interaction"]} - journeys


@pytest.mark.parametrize(("name", "rows"), ROWS, ids=[name for name, _ in ROWS])
def test_the_counters_of_a_journey_count_its_interactions(name: str, rows: dict[str, Any]) -> None:
    for journey in rows["journey"]:
        met = [row["_contact"] for row in rows["interaction"] if row["CampaignId"] == journey["Id"]]
        assert (len(met), len(set(met))) == (journey["Interactions"], journey["Reach"]), (name, journey["Id"])


def test_no_id_is_shared_between_accounts() -> None:
    for kind, member in (
        ("contact", "EncContactId"),
        ("contact", "Id"),
        ("journey", "Id"),
        ("interaction", "Id"),
    ):
        ids = Counter(row[member] for _, rows in ROWS for row in rows[kind])
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
