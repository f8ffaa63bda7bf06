"""Laws about the life of an import job: its states, dates and progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailproof_conformance.laws import law
from mailproof_conformance.which50.import_jobs import COUNTERS, Imports
from mailproof_conformance.which50.import_table import ADD, POLL, RUN
from mailproof_conformance.which50.import_walk import jobs_by_the_table
from mailproof_conformance.which50.reads import instant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof_conformance.check import Check
    from mailproof_conformance.which50.import_jobs import Job
    from mailproof_conformance.which50.spare_list import Row

_WALKS = 12
_WHOLE = 100


@law("W50-import-begins")
def a_job_begins_with_nothing(check: Check) -> None:
    """A job that was just asked for, as it is answered and as it is read."""
    imports = Imports(check)
    job = imports.job()
    check.equal(imports.table.begin, job.state, "the state of a new job")
    check.equal(imports.spare.id, job.shown["ContactListId"], "the list of a new job")
    names = ("ProgressPercent", *COUNTERS)
    check.equal(dict.fromkeys(names, 0), {name: job.shown[name] for name in names}, "the numbers of a new job")
    check.equal([None, None], [job.shown["StartDate"], job.shown["FinishDate"]], "the dates of a new job")
    answered = job.shown
    check.equal(answered, job.poll(), "a new job that is read")


@law("W50-import-states")
def every_state_is_reached(check: Check) -> None:
    """The shortest way of the table to each state."""
    imports = Imports(check)
    for state in imports.table.states:
        imports.in_state(state)


@law("W50-import-states")
def jobs_go_by_the_table(check: Check) -> None:
    """Random walks of batches, runs and polls."""
    check.machine(jobs_by_the_table, most=_WALKS)


@law("W50-import-refused-in-state")
def what_the_table_refuses_is_refused(check: Check) -> None:
    """Each operation in each state in which it is refused; the job goes on as if nothing had been asked."""
    imports = Imports(check)
    for state, operation_id, status in imports.table.refusals():
        job = imports.in_state(state)
        if job is None:
            continue
        before, size = job.shown, imports.spare.count()
        response = job.run() if operation_id == RUN else job.add([imports.person()])
        check.equal(status, response.status, f"{operation_id} of a job that is {state}")
        if not imports.table.works_in(state):
            check.equal(before, job.poll(), f"a job that is {state} after {operation_id}")
            check.equal(size, imports.spare.count(), f"the Count of the list after {operation_id}")
        else:
            check.equal(1, job.finish()["InsertedContacts"], f"what a job inserts after {operation_id} while it runs")


def _lives(imports: Imports) -> Iterator[Job]:
    """Jobs that have come to their end: one with something to store, one without."""
    full: list[list[Row]] = [[imports.person(), imports.person()], [imports.person()]]
    blank: list[list[Row]] = [[{}]]
    for batches in (full, blank):
        job = imports.job()
        job.poll()
        for batch in batches:
            job.added(batch)
        job.ran()
        job.finish()
        job.poll()
        yield job


@law("W50-import-run-begins")
def a_run_answers_the_job_that_has_begun(check: Check) -> None:
    """The answer to a run."""
    imports = Imports(check)
    job = imports.job()
    job.added([imports.person()])
    (running,) = imports.table.leads_to(job.state, RUN)
    job.ran()
    possible = {running, *imports.table.leads_to(running, POLL, *imports.table.conditions(POLL))}
    check.true(job.state in possible, "the state of a job that was run", expected=sorted(possible), actual=job.state)
    check.true(job.shown["StartDate"] is not None, "the StartDate of a job that was run", expected="a date")


@law("W50-import-comes-to-an-end")
def polls_lead_to_an_end(check: Check) -> None:
    """As many polls as it takes, a hundred at most."""
    for job in _lives(Imports(check)):
        check.true(job.shown["FinishDate"] is not None, "the FinishDate of a job at its end", expected="a date")


@law("W50-import-end-is-final")
def a_job_at_its_end_stays_as_it_is(check: Check) -> None:
    """Polls, and an attempt to go on."""
    imports = Imports(check)
    for job in _lives(imports):
        expected = job.shown
        size = imports.spare.count()
        job.run()
        job.ask(ADD, body=[])
        check.equal(expected, job.poll(), "a job at its end, asked once more")
        check.equal(size, imports.spare.count(), "the Count of the list after a job has ended")


@law("W50-import-dates")
def dates_come_with_the_run_and_with_the_end(check: Check) -> None:
    """The dates at every step of two lives."""
    imports = Imports(check)
    for job in _lives(imports):
        began = job.shown["StartDate"]
        for shown in job.history:
            ends = shown["CurrentStatus"] == job.state
            started = ends or imports.table.works_in(shown["CurrentStatus"])
            expected = [began if started else None, job.shown["FinishDate"] if ends else None]
            found = [shown["StartDate"], shown["FinishDate"]]
            check.equal(expected, found, f"StartDate and FinishDate of a job that is {shown['CurrentStatus']}")
        check.true(instant(began) <= instant(job.shown["FinishDate"]), "FinishDate is not before StartDate")


@law("W50-import-progress")
def progress_goes_from_nothing_to_a_hundred(check: Check) -> None:
    """The progress at every step of two lives."""
    imports = Imports(check)
    for job in _lives(imports):
        found = [shown["ProgressPercent"] for shown in job.history]
        check.equal(sorted(found), found, "the progress of a job, which never goes back")
        for shown in job.history:
            state, progress = shown["CurrentStatus"], shown["ProgressPercent"]
            if imports.table.works_in(state):
                check.true(progress < _WHOLE, "the progress of a job that still runs", actual=progress)
            else:
                stored = state == job.state and job.shown["TotalContacts"] > 0
                check.equal(_WHOLE if stored else 0, progress, f"the progress of a job that is {state}")
