"""The contract's table of an import job's states and transitions (`x-life-cycle` at ImportJob.CurrentStatus)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof.pointers import members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof.promises import Contract

Transition = dict[str, str]

ADD, RUN, POLL = "add_import_batch", "run_import_job", "poll"
"""What can happen to a job: two operations, and a step of the work."""
NO_CONTACTS, NOTHING_TO_STORE = "no-contacts", "nothing-to-store"
"""Conditions of transitions that depend on what a job was given."""


class Table:
    """What leads from one state to another, and what is refused in which."""

    def __init__(self, contract: Contract) -> None:
        job = members(contract.document, "components", "schemas", "ImportJob", "properties", "CurrentStatus")
        table: dict[str, Any] = job["x-life-cycle"]
        self.begin: str = table["begin"]["to"]
        self.states: tuple[str, ...] = tuple(table["states"])
        self._transitions: list[Transition] = table["transitions"]
        self._refused: list[dict[str, Any]] = table["refused"]
        self._problems = contract.document["x-problems"]

    def refusals(self) -> Iterator[tuple[str, str, int]]:
        """Each state with an operation that is refused in it, and the status of the refusal."""
        for entry in self._refused:
            for state in entry["from"]:
                yield state, entry["on"], self._problems[entry["problem"]]["status"]

    def refuses(self, state: str, event: str) -> int | None:
        """The status with which an event is refused in a state; None where it is not."""
        return next((status for name, on, status in self.refusals() if (name, on) == (state, event)), None)

    def leads_to(self, state: str, event: str, *conditions: str) -> set[str]:
        """Where an event can lead if one of some conditions is met; the state itself without a transition."""
        found = [entry for entry in self._transitions if (entry["from"], entry["on"]) == (state, event)]
        return {entry["to"] for entry in found if entry.get("when") in (None, *conditions)} or {state}

    def conditions(self, event: str) -> set[str]:
        """The conditions that the transitions by an event know."""
        return {entry["when"] for entry in self._transitions if entry["on"] == event and "when" in entry}

    def works_in(self, state: str) -> bool:
        """Whether a job does its work in a state."""
        return any((entry["from"], entry["on"]) == (state, POLL) for entry in self._transitions)

    def way_to(self, state: str) -> list[Transition]:
        """The fewest transitions that lead from the beginning to a state."""
        ways: dict[str, list[Transition]] = {self.begin: []}
        for name in (reached := [self.begin]):
            for entry in self._transitions:
                if entry["from"] == name and entry["to"] not in ways:
                    ways[entry["to"]] = [*ways[name], entry]
                    reached.append(entry["to"])
        return ways[state]
