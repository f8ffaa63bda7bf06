"""Random walks over import jobs by the contract's table, beside a count of what they must have stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mailproof_conformance.which50.import_jobs import GET, Imports, Job
from mailproof_conformance.which50.import_table import ADD, NO_CONTACTS, NOTHING_TO_STORE, POLL, RUN
from mailproof_conformance.which50.spare_list import OK, row_of

if TYPE_CHECKING:
    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response


class _Walk:
    """One job after the other; the states that the table allows are compared with the one that is shown."""

    def __init__(self, check: Check) -> None:
        self.check = check
        self.imports = Imports(check)
        self.size = self.imports.spare.count()
        self.job = self._begun()

    def begin(self) -> None:
        """A new job, when the work of the one before is done."""
        self.job.finish()
        self.agrees()
        self.job = self._begun()

    def add(self, people: int, blanks: int) -> None:
        """A batch, with contacts that have something to store and others that have nothing."""
        table, state = self.imports.table, self.job.state
        contacts = [*(self.imports.person() for _ in range(people)), *({} for _ in range(blanks))]
        conditions = table.conditions(ADD)
        met = conditions & {NO_CONTACTS} if not contacts else conditions - {NO_CONTACTS}
        if self._taken(ADD, self.job.add(contacts), table.leads_to(state, ADD, *met)):
            self.given += people

    def run(self) -> None:
        """A run, in which the work may be done already."""
        table, state = self.imports.table, self.job.state
        possible = set(table.leads_to(state, RUN))
        for running in table.leads_to(state, RUN):
            possible |= self._after_a_poll(running)
        self._taken(RUN, self.job.run(), possible)

    def poll(self) -> None:
        """A look at the job, and a step of its work where it runs."""
        self._taken(GET, self.job.ask(GET), self._after_a_poll(self.job.state))

    def agrees(self) -> None:
        """The list has grown by what the job says that it inserted, and that is what it was given once it has ended.

        While it works the list may be ahead of what was shown of the job.
        """
        inserted = self.job.shown["InsertedContacts"]
        self.size = self.imports.spare.count()
        grown = self.size - self.before
        if self.imports.table.works_in(self.job.state):
            self.check.true(inserted <= grown <= self.given, "by how many a list grows in a run", actual=grown)
            return
        self.check.equal(inserted, grown, f"by how many the list has grown while the job is {self.job.state}")
        ended = self.job.shown["FinishDate"] is not None
        self.check.equal(self.given if ended else 0, inserted, f"what a job that is {self.job.state} has inserted")

    def _begun(self) -> Job:
        self.given, self.before = 0, self.size
        job = self.imports.job()
        self.check.equal(self.imports.table.begin, job.state, "the state of a new job")
        return job

    def _after_a_poll(self, state: str) -> set[str]:
        conditions = self.imports.table.conditions(POLL)
        met = conditions - {NOTHING_TO_STORE} if self.given else {NOTHING_TO_STORE}
        return self.imports.table.leads_to(state, POLL, *met)

    def _taken(self, operation_id: str, response: Response, possible: set[str]) -> bool:
        state = self.job.state
        refused = self.imports.table.refuses(state, operation_id)
        self.check.equal(refused or OK, response.status, f"{operation_id} of a job that is {state}")
        if refused is not None:
            return False
        self.job.history.append(row_of(response))
        about = f"the state of a job that was {state}, after {operation_id}"
        self.check.true(self.job.state in possible, about, expected=sorted(possible), actual=self.job.state)
        return True


def jobs_by_the_table(check: Check) -> type[RuleBasedStateMachine]:
    """The machine: batches with and without contacts, runs and polls, in any order."""
    few = st.integers(0, 2)

    class Jobs(RuleBasedStateMachine):
        """One walk."""

        def __init__(self) -> None:
            super().__init__()
            self.walk: Any = _Walk(check)

        @rule()
        def begin(self) -> None:
            """Another job."""
            self.walk.begin()

        @rule(people=few, blanks=few)
        def add(self, people: int, blanks: int) -> None:
            """A batch."""
            self.walk.add(people, blanks)

        @rule()
        def run(self) -> None:
            """A run."""
            self.walk.run()

        @rule()
        def poll(self) -> None:
            """A poll."""
            self.walk.poll()

        @invariant()
        def agrees(self) -> None:
            """After each step."""
            self.walk.agrees()

    return Jobs
