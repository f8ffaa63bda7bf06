"""The sandbox of GetResponse has a row for every case that its methods tell apart."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any, cast

import pytest

from mailproof import contract
from mailproof_mock.sandbox import open_sandbox

FIXTURES = open_sandbox("getresponse", alone=False).fixtures
ROWS = FIXTURES.rows["my-account"]
MESSAGES: list[dict[str, Any]] = ROWS["message"]
README = Path(contract("getresponse").path).with_name("README.md").read_text(encoding="utf-8")
SAMPLES = README.partition("## Samples that a check")[2].partition("\n## ")[0]
NAMED = set(re.findall(r"`([A-Za-z_.]+)`", SAMPLES))


def of_type(kind: str) -> list[dict[str, Any]]:
    """The messages of a type."""
    return [row for row in MESSAGES if row["type"] == kind]


def names(samples: dict[str, Any], before: str = "") -> list[str]:
    """The names of samples, inner ones with a dot."""
    return [
        inner
        for name, value in samples.items()
        for inner in (
            names(cast("dict[str, Any]", value), f"{before}{name}.") if isinstance(value, dict) else [before + name]
        )
    ]


@pytest.mark.parametrize("name", names(dict(FIXTURES.samples)))
def test_a_sample_is_explained(name: str) -> None:
    assert name in NAMED


@pytest.mark.parametrize("name", FIXTURES.others)
def test_further_credentials_are_explained(name: str) -> None:
    assert name in NAMED


def test_two_campaigns_share_the_prefix_of_the_vendors_pattern_and_one_has_no_messages() -> None:
    named = {row["name"]: row["_id"] for row in ROWS["campaign"]}
    used = {row["campaign"] for row in MESSAGES}

    assert 2 == sum(name.startswith("my_campaign_") for name in named)
    assert set(named.values()) - used
    assert used <= set(named.values())


def test_newsletters_are_past_future_nameless_and_sent_with_time_travel() -> None:
    newsletters = of_type("newsletter")
    today = FIXTURES.epoch.strftime("%Y-%m-%d %H:%M:%S")
    travels = {row["send_on"][11:] for row in newsletters if row.get("_time_travel")}

    assert {True, False} == {row["send_on"] > today for row in newsletters}
    assert None in {row["name"] for row in newsletters}
    assert {"18:00:00", "00:00:00"} == travels


def test_subjects_have_wildcards_accents_and_both_letter_cases() -> None:
    subjects = "\n".join(row["subject"] for row in MESSAGES)

    assert all(part in subjects for part in ("%", "_", "ż", "É", "MiXeD", "🌷", '{{CONTACT "'))


def test_there_is_an_autoresponder_for_each_event() -> None:
    events = Counter(row["action"]["event"] for row in of_type("autoresponder") if row["based_on"] == "action")
    actions = [schema["$ref"].rpartition("/")[2] for schema in schema_of("Action")["oneOf"]]

    assert {schema_of(name)["properties"]["event"]["enum"][0] for name in actions} == set(events)


def test_time_based_autoresponders_have_an_hour_a_delay_or_neither_at_both_ends_of_the_cycle() -> None:
    timed = [row for row in of_type("autoresponder") if row["based_on"] == "time"]

    assert {(True, False), (False, True), (False, False)} == {("at_hour" in row, "delay_hours" in row) for row in timed}
    assert {0, 8, 10000} == {row["day_of_cycle"] for row in timed}
    assert {"active", "inactive"} == {row["status"] for row in timed}


def test_candidates_of_tests_and_their_messages_name_each_other() -> None:
    candidates = {(test["_id"], name) for test in ROWS["ab_test"] for name in test["candidates"]}

    assert candidates == {(row["ab_test"], row["_id"]) for row in of_type("ab_test")}


def test_drafts_have_no_contents_either_part_and_both() -> None:
    assert {(), ("plain",), ("html",), ("plain", "html")} == {tuple(row["content_types"]) for row in of_type("draft")}


@pytest.mark.parametrize("row", MESSAGES, ids=lambda row: str(row["_id"]))
def test_a_message_has_the_contents_that_it_announces(row: dict[str, Any]) -> None:
    assert sorted(row["content_types"]) == sorted(row["_contents"])


def test_counters_are_counted_for_messages_that_exist_and_are_those_of_the_contract() -> None:
    counters = set(schema_of("MessageCounters")["properties"])

    assert {row["message"] for row in ROWS["hour"]} <= {row["_id"] for row in MESSAGES}
    assert counters == {name for row in ROWS["hour"] for name in row["counters"]}


def test_openings_and_clicks_are_counted_where_flags_and_parts_allow_it() -> None:
    by_id = {row["_id"]: row for row in MESSAGES}
    for hour in ROWS["hour"]:
        row = by_id[hour["message"]]
        assert "html" in row["content_types"] or not hour["counters"].get("opened")
        for counter, flag in (("opened", "openrate"), ("clicked", "clicktrack")):
            assert flag in row["flags"] or not hour["counters"].get(counter)


def schema_of(name: str) -> dict[str, Any]:
    """A component schema of the contract."""
    schema: dict[str, Any] = contract("getresponse").document["components"]["schemas"][name]
    return schema
