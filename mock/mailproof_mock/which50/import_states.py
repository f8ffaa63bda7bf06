"""The life of an import job, as the contract's table of states and transitions (`x-life-cycle`) has it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, cast

from mailproof import contract
from mailproof.pointers import members
from mailproof_mock.call import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

POLL = "poll"
"""The event that is no operation: a step of the work of a job that runs."""


def first_state() -> str:
    """The state in which a job begins."""
    return str(_table()["begin"]["to"])


def next_state(state: str, event: str, condition: str = "") -> str:
    """The state after an event, an operationId or `poll`, under the condition that is met.

    A state without a transition stays. Raises the Problem with which the table refuses the event.
    """
    for entry in _table()["refused"]:
        if entry["on"] == event and state in entry["from"]:
            raise Problem(entry["problem"], f"The import job is in the state {state}.")
    for entry in _table()["transitions"]:
        if (entry["from"], entry["on"]) == (state, event) and entry.get("when", condition) == condition:
            return str(entry["to"])
    return state


def moves_by(state: str, event: str) -> bool:
    """Whether the table has a transition from the state by the event."""
    return any((entry["from"], entry["on"]) == (state, event) for entry in _table()["transitions"])


@cache
def _table() -> Mapping[str, Any]:
    job = members(contract("which50").document, "components", "schemas", "ImportJob", "properties")
    return cast("Mapping[str, Any]", job["CurrentStatus"]["x-life-cycle"])
