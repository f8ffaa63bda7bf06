"""The table of an import job's states holds together, and the mock goes by it."""

from __future__ import annotations

from typing import Any

import pytest

from mailproof import contract
from mailproof_mock.call import Problem
from mailproof_mock.which50.import_states import POLL, first_state, moves_by, next_state

DOCUMENT = contract("which50").document
TABLE: dict[str, Any] = DOCUMENT["components"]["schemas"]["ImportJob"]["properties"]["CurrentStatus"]["x-life-cycle"]
STATES = list(TABLE["states"])
OPERATIONS = sorted({entry["on"] for entry in TABLE["transitions"]} - {POLL})


def test_the_table_names_what_there_is() -> None:
    names = {operation.id for operation in contract("which50").operations} | {POLL}
    assert {TABLE["begin"]["on"], *OPERATIONS, *(entry["on"] for entry in TABLE["refused"])} <= names
    used = {entry[side] for entry in TABLE["transitions"] for side in ("from", "to")}
    assert set(STATES) == used | {TABLE["begin"]["to"]}
    assert set(TABLE["conditions"]) == {entry["when"] for entry in TABLE["transitions"] if "when" in entry}
    assert {entry["problem"] for entry in TABLE["refused"]} <= set(DOCUMENT["x-problems"])


def test_every_state_can_be_reached() -> None:
    reached = [TABLE["begin"]["to"]]
    for state in reached:
        reached += [
            entry["to"] for entry in TABLE["transitions"] if entry["from"] == state and entry["to"] not in reached
        ]
    assert set(STATES) == set(reached)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("state", STATES)
def test_an_operation_either_leads_somewhere_or_is_refused(state: str, operation: str) -> None:
    refused = any(entry["on"] == operation and state in entry["from"] for entry in TABLE["refused"])
    assert refused != moves_by(state, operation)


@pytest.mark.parametrize("entry", TABLE["transitions"], ids=lambda entry: " ".join(entry.values()))
def test_the_mock_takes_each_transition(entry: dict[str, str]) -> None:
    assert entry["to"] == next_state(entry["from"], entry["on"], entry.get("when", "whatever"))


@pytest.mark.parametrize("entry", TABLE["refused"], ids=lambda entry: entry["on"])
def test_the_mock_refuses_what_the_table_refuses(entry: dict[str, Any]) -> None:
    for state in entry["from"]:
        with pytest.raises(Problem) as caught:
            next_state(state, entry["on"])
        assert entry["problem"] == caught.value.name


def test_a_job_begins_where_the_table_does_and_ends_where_nothing_leads_on() -> None:
    assert TABLE["begin"]["to"] == first_state()
    assert ["Finished", "Failed"] == [
        state for state in STATES if not any(moves_by(state, on) for on in (*OPERATIONS, POLL))
    ]
    assert "Finished" == next_state("Finished", POLL)
