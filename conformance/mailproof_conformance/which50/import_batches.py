"""Laws about what an import job is made from: its fields, and the batches of contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailproof_conformance import wire
from mailproof_conformance.laws import law
from mailproof_conformance.which50.import_jobs import Imports
from mailproof_conformance.which50.import_table import ADD
from mailproof_conformance.which50.spare_list import EXPECTATION_FAILED, OK, values_of

if TYPE_CHECKING:
    from mailproof_conformance.check import Check
    from mailproof_conformance.which50.spare_list import Row


@law("W50-import-fields-needed")
def a_job_needs_field_names(check: Check) -> None:
    """No member, null, and an empty array."""
    imports = Imports(check)
    bodies: list[Row] = [{}, {"FieldNames": None}, {"FieldNames": []}]
    for body in bodies:
        status = imports.create(body=body).status
        check.equal(EXPECTATION_FAILED, status, f"the status of a request for a job with {body}")


@law("W50-import-fields-known")
def a_job_takes_fields_of_the_list_only(check: Check) -> None:
    """A name that no field has, alone and beside those that there are."""
    imports = Imports(check)
    for names in ([check.fresh("Shoe")], [*imports.fields, check.fresh("Shoe")]):
        status = imports.create(names).status
        check.equal(EXPECTATION_FAILED, status, f"the status of a request for a job with the fields {names}")


@law("W50-import-fields-any-case")
def field_names_in_any_letter_case(check: Check) -> None:
    """Capitals and small letters, and a name twice."""
    imports = Imports(check)
    person = imports.person(**{imports.spare.texts[0]: "Zoë"})
    job = imports.job([name.upper() for name in person] + [name.lower() for name in person])
    job.done({name.swapcase(): value for name, value in person.items()})
    found = values_of(imports.stored(person[imports.spare.email]))
    check.equal(
        person, {name: found.get(name) for name in person}, "what a job stores whose fields are in other letters"
    )


def _most(check: Check) -> int:
    """How many contacts a batch may hold."""
    return int(check.contract.operation(ADD).definition["requestBody"]["x-most"])


@law("W50-import-batch-of-the-most")
def a_batch_of_the_most_is_taken(check: Check) -> None:
    """Exactly as many contacts as the contract allows."""
    batch: list[Row] = [{}] * _most(check)
    status = Imports(check).job().add(batch).status
    check.equal(OK, status, f"the status of a batch of {_most(check)} contacts")


@law("W50-import-batch-too-large")
def a_batch_of_one_more_is_refused(check: Check) -> None:
    """One contact beyond what the contract allows; nothing of the batch is kept."""
    imports = Imports(check)
    job, person = imports.job(), imports.person()
    status = job.add([person, *[{}] * _most(check)]).status
    check.equal(EXPECTATION_FAILED, status, f"the status of a batch of {_most(check) + 1} contacts")
    check.equal(job.history[0], job.poll(), "a job after a batch that was too large")


@law("W50-import-empty-batch")
def an_empty_batch_changes_nothing(check: Check) -> None:
    """Before the first batch and after one."""
    imports = Imports(check)
    job = imports.job()
    for batch in (None, [imports.person()]):
        expected = job.shown if batch is None else job.added(batch)
        check.equal(expected, job.added([]), "a job after an empty batch")
        check.equal(expected, job.poll(), "a job after an empty batch")


@law("W50-import-batches-add-up")
def batches_follow_one_another(check: Check) -> None:
    """Three batches, of which the last has something new on a contact of the first."""
    imports = Imports(check)
    text = imports.spare.texts[0]
    first, second = imports.person(**{text: "one"}), imports.person(**{text: "two"})
    job = imports.job()
    for batch in ([first], [second], [{**first, text: "three"}]):
        job.added(batch)
    job.ran()
    job.finish()
    job.counted({"InsertedContacts": 2, "UpdatedContacts": 1})
    found = [values_of(imports.stored(person[imports.spare.email]))[text] for person in (first, second)]
    check.equal(["three", "two"], found, "what three batches leave behind")


@law("W50-import-batch-in-any-media-type")
def a_batch_says_the_same_in_every_form(check: Check) -> None:
    """Three contacts in each media type that the contract lists, with characters that JSON or XML escape."""
    imports = Imports(check)
    text, number = imports.spare.texts[0], imports.spare.number
    for media_type in wire.request_types(check.contract.operation(ADD)):
        people = [imports.person(**{text: f'Zoë <&> "O\'Neill" \\ {count}', number: count}) for count in (14, -1, 0)]
        job = imports.job(list(people[0]))
        job.added(people, content_type=media_type)
        job.ran()
        job.finish()
        job.counted({"InsertedContacts": len(people)})
        for person in people:
            found = values_of(imports.stored(person[imports.spare.email]))
            check.equal(person, {name: found.get(name) for name in person}, f"what a batch in {media_type} stores")


@law("W50-import-unknown-contact")
def an_unknown_encrypted_id_spoils_its_batch(check: Check) -> None:
    """An id that nobody has, and that of a contact of another list, behind a contact that is in order."""
    imports = Imports(check)
    for row_id in (check.fresh("nobody"), check.sample("contactId")):
        job = imports.job()
        body = [{"Values": imports.person()}, {"EncContactId": row_id, "Values": imports.person()}]
        status = job.ask(ADD, body=body).status
        check.equal(EXPECTATION_FAILED, status, f"the status of a batch with the encrypted id {row_id}")
        check.equal(job.history[0], job.poll(), "a job after a batch that was refused")


@law("W50-import-list-of-path")
def the_list_is_that_of_the_path(check: Check) -> None:
    """A contact that names another list."""
    imports = Imports(check)
    person, job = imports.person(), imports.job()
    body = [{"ListId": check.sample("contactListId"), "Values": person}]
    check.equal(OK, job.ask(ADD, body=body).status, "the status of a batch with a contact that names another list")
    job.ran()
    job.finish()
    found = imports.stored(person[imports.spare.email])["ListId"]
    check.equal(imports.spare.id, found, "the list of a contact that was imported")
