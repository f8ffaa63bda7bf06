"""Laws about words that almost are those of the contract: states of reports, and stars beside names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailproof_conformance.laws import law
from mailproof_conformance.which50.import_jobs import Imports
from mailproof_conformance.which50.import_table import ADD
from mailproof_conformance.which50.journey_reads import CHANNELS, TEXT_MESSAGES, states
from mailproof_conformance.which50.linked_tables import names_of, records, tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof_conformance.check import Check

_BAD_REQUEST = 400


def _spelt_apart(state: str, marks: str) -> Iterator[str]:
    """The words of a state with something between them."""
    starts = [at for at, letter in enumerate(state) if at and letter.isupper()]
    for mark in marks if starts else "":
        yield state[: starts[0]] + mark + state[starts[0] :]


def _near(state: str) -> Iterator[str]:
    """A little more or less than a state."""
    yield from _spelt_apart(state, " +.")
    yield from (f"{state}s", state[:-1], f"{state}_", f"{state} ", f"{state}.", f"{state};x", f"Not{state}")


@law("W50-bad-state")
def what_almost_is_a_state_is_none(check: Check) -> None:
    """Words of states apart from each other, and more and less than a state, for e-mails and landing pages."""
    for channel in CHANNELS:
        if channel is TEXT_MESSAGES:
            continue
        names = states(check, channel)
        known = {name.casefold() for name in names}
        near = [text for name in names for text in _near(name) if text.casefold() not in known]
        apart = [text for name in names for text in _spelt_apart(name, "_-")]
        for text in (*check.some(apart, 4), *check.some(near, 4)):
            response = check.call(channel.by_state, path={"state": text})
            check.equal(_BAD_REQUEST, response.status, f"the status of {channel.by_state} with the state {text!r}")


@law("W50-records-star")
def a_star_beside_names_is_a_star(check: Check) -> None:
    """A star behind a name, before one, and twice."""
    for table in tables(check):
        expected, name = records(check, table, "*"), names_of(check, table)[-1]
        for select in (f"{name},*", f"*,{name}", "*,*"):
            found = records(check, table, select)
            about = f"the records of {table.id} with $select={select}, as objects"
            check.equal([sorted(row.items(), key=str) for row in expected], _sorted(found), about)


def _sorted(rows: list[dict[str, object]]) -> list[list[tuple[str, object]]]:
    return [sorted(row.items(), key=str) for row in rows]


@law("W50-import-refused-in-state")
def an_empty_batch_is_refused_as_any(check: Check) -> None:
    """A batch without a contact, in each state in which batches are refused."""
    imports = Imports(check)
    for state, operation_id, status in imports.table.refusals():
        job = imports.in_state(state) if operation_id == ADD else None
        if job is not None:
            check.equal(status, job.add([]).status, f"the status of an empty batch for a job that is {state}")
