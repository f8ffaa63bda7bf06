"""Laws about who may do what with an import job, and how it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_conformance import datacontract
from mailproof_conformance.check import NONE
from mailproof_conformance.laws import law
from mailproof_conformance.which50.import_jobs import CREATE, GET, Imports
from mailproof_conformance.which50.import_table import ADD, RUN
from mailproof_conformance.which50.reads import XML, media_types, operations, pointer, value_of
from mailproof_conformance.which50.spare_list import EXPECTATION_FAILED, NO_ID, NOT_FOUND, OK

if TYPE_CHECKING:
    from mailproof_conformance.check import Check, Credentials

_BODIES: dict[str, Any] = {CREATE: {"FieldNames": []}, ADD: []}


@law("W50-import-of-its-list")
def a_job_belongs_to_one_list(check: Check) -> None:
    """A job in the path of another list, and by another account."""
    imports = Imports(check)
    job = imports.job()
    elsewhere = {**job.path, "contactListId": check.sample("contactListId")}
    for operation_id in operations(check, "W50-import-of-its-list"):
        body = _BODIES.get(operation_id)
        for response in (
            check.call(operation_id, path=elsewhere, body=body),
            check.call(operation_id, path=job.path, body=body, credentials="other_account"),
        ):
            check.equal(NOT_FOUND, response.status, f"{operation_id} of a job of another list or account")
    check.equal(job.history[0], job.poll(), "a job after attempts from elsewhere")


@law("W50-import-jobs-apart")
def two_jobs_of_a_list_do_not_mix(check: Check) -> None:
    """Batches of two jobs in turn."""
    imports = Imports(check)
    jobs = [imports.job(), imports.job()]
    check.true(jobs[0].shown["Id"] != jobs[1].shown["Id"], "the ids of two jobs", expected="two ids")
    for turn in range(3):
        jobs[turn % 2].added([imports.person()])
    for job in jobs:
        job.ran()
        job.finish()
    found = [job.shown["InsertedContacts"] for job in jobs]
    check.equal([2, 1], found, "what two jobs insert whose batches came in turn")


@law("W50-import-order-of-checks")
def the_caller_comes_before_the_job_and_the_job_before_the_rest(check: Check) -> None:
    """Broken bodies and unknown fields for lists and jobs that do not exist, by three callers."""
    path = {"contactListId": check.sample("lists.spare"), "importJobId": NO_ID}
    callers: list[tuple[Credentials | str, int]] = [(NONE, 401), ("no_permission", 403)]
    for operation_id in operations(check, "W50-import-order-of-checks"):
        nowhere = {**path, "contactListId": NO_ID} if operation_id == CREATE else path
        body = None if operation_id in {GET, RUN} else b"{"
        query = {"match": check.fresh("Shoe")} if operation_id == RUN else {}
        for credentials, status in callers:
            response = check.call(operation_id, path=nowhere, body=body, query=query, credentials=credentials)
            check.equal(status, response.status, f"{operation_id} of what does not exist, by {credentials}")
        response = check.call(operation_id, path=nowhere, body=body, query=query)
        check.equal(NOT_FOUND, response.status, f"{operation_id} of what does not exist, with a broken request")


@law("W50-import-writes-need-permission")
def a_reader_may_only_look(check: Check) -> None:
    """A user who may read contact lists and not write them."""
    imports = Imports(check)
    job = imports.job()
    for operation_id in operations(check, "W50-import-writes-need-permission"):
        body = _BODIES.get(operation_id)
        response = check.call(operation_id, path=job.path, body=body, credentials="contact_lists_reader")
        expected = OK if operation_id == GET else 403
        check.equal(expected, response.status, f"{operation_id} by a user who may only read contact lists")


@law("W50-import-writes-need-permission")
def a_reader_looks_at_a_job_in_each_state(check: Check) -> None:
    """Whoever looks makes a job that runs go on, and needs no more permission for that."""
    imports = Imports(check)
    for state in check.some(imports.table.states, 3):
        job = imports.in_state(state)
        if job is None:
            continue
        for operation_id, status in ((GET, OK), (RUN, 403)):
            response = job.ask(operation_id, credentials="contact_lists_reader")
            check.equal(status, response.status, f"{operation_id} in the state {state} by a user who may only read")


@law("W50-import-forms-agree")
def a_job_is_the_same_in_every_form(check: Check) -> None:
    """A job at its end in each media type, and the form of its XML."""
    imports = Imports(check)
    job = imports.job()
    job.done(imports.person())
    for media_type in media_types(check, GET):
        response = job.ask(GET, accept=media_type)
        check.equal(job.shown, value_of(check, GET, response), f"a job as {media_type}")


@law("W50-import-xml-form")
def a_job_is_in_data_contract_form(check: Check) -> None:
    """The XML of each operation, before and after the run: names, namespace, order, dates and nil."""
    imports = Imports(check)
    response = imports.create(accept=XML)
    job = imports.job()
    answers = [(CREATE, response), (ADD, job.add([imports.person()], accept=XML)), (RUN, job.ask(RUN, accept=XML))]
    job.poll()
    job.finish()
    for operation_id, answer in (*answers, (GET, job.ask(GET, accept=XML))):
        check.equal(OK, answer.status, f"{operation_id} in XML")
        _, findings = datacontract.read(check.contract.document, pointer(check, operation_id), answer.content)
        check.equal([], [str(finding) for finding in findings], f"the form of {operation_id} in XML")


@law("W50-import-refusal-says-why")
def a_refusal_names_what_is_wrong(check: Check) -> None:
    """A field that the list does not have."""
    name = check.fresh("Shoe")
    response = Imports(check).create([name])
    check.equal(EXPECTATION_FAILED, response.status, "a request for a job with an unknown field")
    detail = response.json().get("MessageDetail") or ""
    check.true(name in detail, "the MessageDetail of a refusal", expected=f"a text with {name}", actual=detail)
