"""Import jobs of a law's own, on the list that the laws may write to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_conformance.verdicts import Broken
from mailproof_conformance.which50.import_table import ADD, NO_CONTACTS, NOTHING_TO_STORE, POLL, RUN, Table
from mailproof_conformance.which50.spare_list import OK, Row, SpareList, row_of, values_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response

GET, CREATE = "get_import_job", "create_import_job"
COUNTERS = (
    "InvalidEmailCount",
    "InvalidSmsCount",
    "InsertedContacts",
    "UpdatedContacts",
    "DroppedContacts",
    "NotUpdatedContacts",
    "TotalContacts",
)
_POLLS = 100
"""As many are enough for a job of a few contacts."""


class Imports:
    """The list and its fields, and what the contract says of jobs."""

    def __init__(self, check: Check) -> None:
        self.check = check
        self.spare = SpareList(check)
        self.table = Table(check.contract)

    @property
    def fields(self) -> list[str]:
        """The names that jobs take unless a law says otherwise: address, number, two texts."""
        return [self.spare.email, self.spare.mobile, *self.spare.texts[:2]]

    def create(self, names: Sequence[str] | None = None, **options: Any) -> Response:
        """The answer to a request for a job that takes some fields."""
        options.setdefault("body", {"FieldNames": list(names if names is not None else self.fields)})
        return self.check.call(CREATE, path={"contactListId": self.spare.id}, **options)

    def job(self, names: Sequence[str] | None = None) -> Job:
        """A new job. Raises Broken unless there is one."""
        response = self.create(names)
        self.check.equal(OK, response.status, "the status of a request for an import job")
        return Job(self, row_of(response))

    def person(self, **values: object) -> Row:
        """Values with an address that nobody has."""
        return {self.spare.email: self.spare.address("import"), **values}

    def in_state(self, state: str) -> Job | None:
        """A job in a state, by the shortest way; None where the work of the target is too quick to see it there."""
        job, way = self.job(), self.table.way_to(state)
        blank = any(step.get("when") == NOTHING_TO_STORE for step in way)
        for step in way:
            if step["on"] == ADD:
                job.added([] if step.get("when") == NO_CONTACTS else [{} if blank else self.person()])
            elif step["on"] == RUN:
                job.ran()
            elif step["on"] == POLL:
                job.finish()
        if job.state == state:
            return job
        self.check.true(job.state in self._after(state), f"a job on its way to {state}", actual=job.state)
        return None

    def known(self, address: str) -> Row | None:
        """The contact of an address, also from a target that does not filter; None where there is none."""
        field = self.spare.email
        rows = self.spare.contacts({"$filter": f"{field} eq '{address}'"})
        found = [row for row in rows if str(values_of(row).get(field)).casefold() == address.casefold()]
        self.check.true(len(found) <= 1, f"the contacts with the address {address}", expected="one", actual=len(found))
        return found[0] if found else None

    def stored(self, address: str) -> Row:
        """The contact of an address. Raises Broken where there is none."""
        found = self.known(address)
        if found is None:
            raise Broken(f"the contact with the address {address}", "it is in the list", "it is not")
        return found

    def _after(self, state: str) -> set[str]:
        return self.table.leads_to(state, POLL, *self.table.conditions(POLL))


class Job:
    """One job, and everything that was shown of it so far."""

    def __init__(self, imports: Imports, created: Row) -> None:
        self._imports = imports
        self._check = imports.check
        self.history = [created]

    @property
    def shown(self) -> Row:
        """The job as it was shown last."""
        return self.history[-1]

    @property
    def state(self) -> str:
        """The state that was shown last."""
        return str(self.shown["CurrentStatus"])

    @property
    def path(self) -> Row:
        """The parameters of its path."""
        return {"contactListId": self._imports.spare.id, "importJobId": self.shown["Id"]}

    def ask(self, operation_id: str, **options: Any) -> Response:
        """The answer to an operation on the job."""
        return self._check.call(operation_id, path=self.path, **options)

    def add(self, values: Iterable[Mapping[str, Any] | None], **options: Any) -> Response:
        """The answer to a batch of contacts with these values."""
        return self.ask(ADD, body=[{"Values": entry} for entry in values], **options)

    def added(self, values: Iterable[Mapping[str, Any] | None], **options: Any) -> Row:
        """The job after a batch. Raises Broken unless that is taken."""
        return self._noted(self.add(values, **options), "a batch of contacts")

    def run(self, **query: str) -> Response:
        """The answer to a run."""
        return self.ask(RUN, query=query)

    def ran(self, **query: str) -> Row:
        """The job that has begun. Raises Broken unless it has."""
        return self._noted(self.run(**query), "the run of a job")

    def poll(self) -> Row:
        """The job as it is now."""
        return self._noted(self.ask(GET), "an import job that is there")

    def finish(self) -> Row:
        """The job at its end. Raises Broken where that does not come."""
        for _ in range(_POLLS):
            if not self._imports.table.works_in(self.state):
                return self.shown
            self.poll()
        raise Broken(f"an import job after {_POLLS} polls", "it has come to its end", self.state)

    def done(self, *values: Mapping[str, Any] | None, **query: str) -> Row:
        """The job at its end, which stored contacts of these values."""
        self.added(values)
        self.ran(**query)
        return self.finish()

    def counted(self, expected: Mapping[str, int]) -> None:
        """Raises Broken unless the job as shown last has these counters, and 0 in all others but TotalContacts."""
        names = [name for name in COUNTERS if name != "TotalContacts"]
        whole = {name: expected.get(name, 0) for name in names}
        self._check.equal(whole, {name: self.shown[name] for name in names}, "the counters of the job")

    def _noted(self, response: Response, about: str) -> Row:
        self._check.equal(OK, response.status, f"the status of {about}")
        self.history.append(row_of(response))
        return self.shown
