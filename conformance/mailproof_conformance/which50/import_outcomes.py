"""Laws about what an import stores, and what it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_conformance.laws import law
from mailproof_conformance.which50.import_jobs import COUNTERS, Imports
from mailproof_conformance.which50.import_table import ADD
from mailproof_conformance.which50.spare_list import EXPECTATION_FAILED, OK, Row, values_of

if TYPE_CHECKING:
    from mailproof_conformance.check import Check


def _has(check: Check, expected: Row, contact: Row, about: str) -> None:
    found = values_of(contact)
    check.equal(expected, {name: found.get(name) for name in expected}, about)


@law("W50-import-total")
def the_total_is_what_was_written(check: Check) -> None:
    """Every step of a job that inserts, updates and leaves alone, and the job of the samples."""
    imports = Imports(check)
    known = imports.person()
    imports.job().done(known)
    job = imports.job()
    job.done(known, {**known, imports.spare.texts[0]: "new"}, imports.person(), imports.person())
    for shown in [*job.history, check.call("get_import_job").json()]:
        expected = shown["InsertedContacts"] + shown["UpdatedContacts"]
        check.equal(expected, shown["TotalContacts"], f"the TotalContacts of a job that is {shown['CurrentStatus']}")


@law("W50-import-each-counted")
def every_contact_is_counted_once(check: Check) -> None:
    """As many contacts as were given, some of them twice."""
    imports = Imports(check)
    people = [imports.person() for _ in range(3)]
    job = imports.job()
    shown = job.done(*people, *people[:2], {**people[0], imports.spare.texts[0]: "new"})
    names = ("InsertedContacts", "UpdatedContacts", "NotUpdatedContacts")
    check.equal(6, sum(shown[name] for name in names), "the contacts that a job of six has counted")


@law("W50-import-inserted")
def new_contacts_are_inserted(check: Check) -> None:
    """Two contacts that nobody knows, with null in place of each default: the counters, the Count, and the contacts."""
    imports = Imports(check)
    nulls = dict.fromkeys(imports.spare.defaults)
    people = [imports.person(**{imports.spare.texts[0]: text}, **nulls) for text in ("one", "two")]
    size, job = imports.spare.count(), imports.job([*imports.fields, *nulls])
    job.done(*people)
    job.counted({"InsertedContacts": 2})
    check.equal(size + 2, imports.spare.count(), "the Count of the list")
    for person in people:
        _has(check, person, imports.stored(person[imports.spare.email]), "what is stored of a contact")


@law("W50-import-updated")
def known_contacts_are_updated(check: Check) -> None:
    """A contact by its address in other letters: another text, the rest as it was."""
    imports = Imports(check)
    email, (first, second, _) = imports.spare.email, imports.spare.texts
    person = imports.person(**{first: "one", second: "two"})
    before = imports.spare.saved(person)
    job = imports.job()
    job.done({email: person[email].upper(), first: "three"})
    job.counted({"UpdatedContacts": 1})
    after = imports.spare.contact(before)
    check.equal({**values_of(before), first: "three"}, values_of(after), "the values of a contact that was updated")


@law("W50-import-not-updated")
def what_brings_nothing_new_is_not_updated(check: Check) -> None:
    """A contact with the values that it has."""
    imports = Imports(check)
    person = imports.person(**{imports.spare.texts[0]: "one"})
    before = imports.spare.saved(person)
    job = imports.job()
    job.done(person)
    job.counted({"NotUpdatedContacts": 1})
    check.equal(before, imports.spare.contact(before), "a contact that was imported as it is")


@law("W50-import-drops-nobody")
def nobody_is_dropped(check: Check) -> None:
    """Those who are in the list and not in the import."""
    imports = Imports(check)
    before = imports.spare.saved(imports.person())
    shown = imports.job().done(imports.person())
    check.equal(0, shown["DroppedContacts"], "the DroppedContacts of a job")
    check.equal(before, imports.spare.contact(before), "a contact that was not part of the import")


@law("W50-import-invalid-counted")
def malformed_values_are_counted_and_stored(check: Check) -> None:
    """Two addresses and a number that are none, beside those that are in order."""
    imports = Imports(check)
    email, mobile = imports.spare.email, imports.spare.mobile
    wrong = [{email: f"{check.fresh('nowhere')} at home"}, {email: f"{check.fresh('nowhere')}@", mobile: "ask me"}]
    job = imports.job()
    job.done(*wrong, imports.person(**{mobile: "+353861234567"}))
    job.counted({"InvalidEmailCount": 2, "InvalidSmsCount": 1, "InsertedContacts": 3})
    for values in wrong:
        contact = imports.stored(values[email])
        _has(check, values, contact, "what is stored of a contact with a malformed value")
        warnings = contact.get("ValidationWarnings")
        if "ValidationWarnings" in contact:
            check.equal(len(values), len(warnings or ()), "the warnings of a contact with malformed values")


@law("W50-import-only-its-fields")
def other_fields_are_not_stored(check: Check) -> None:
    """A field of the list that the job does not take, and a name that is no field's."""
    imports = Imports(check)
    email, (first, second, _) = imports.spare.email, imports.spare.texts
    person, unknown = imports.person(**{first: "one"}), check.fresh("Shoe")
    imports.job([email, first]).done({**person, second: "two", unknown: "44"})
    contact = imports.stored(person[email])
    _has(check, {**person, second: None, unknown: None}, contact, "what a job stores that takes two fields")
    check.equal([], contact.get("ValidationWarnings") or [], "the warnings of a contact with other fields")


@law("W50-import-defaults")
def new_contacts_get_the_defaults(check: Check) -> None:
    """Fields that the job does not take."""
    imports = Imports(check)
    person = imports.person()
    imports.job().done(person)
    _has(check, imports.spare.defaults, imports.stored(person[imports.spare.email]), "the defaults of a new contact")


@law("W50-import-nothing-to-store")
def a_job_without_values_fails(check: Check) -> None:
    """Contacts without values, with values of other fields, and with nothing in those of the job."""
    imports = Imports(check)
    first, second, _ = imports.spare.texts
    size, job = imports.spare.count(), imports.job([first])
    shown = job.done({}, None, {second: "two"}, {first: None}, {first: ""})
    check.equal(
        dict.fromkeys(COUNTERS, 0), {name: shown[name] for name in COUNTERS}, "the counters of a job that failed"
    )
    check.equal(size, imports.spare.count(), "the Count of the list after a job that failed")


@law("W50-import-blank-contacts")
def contacts_without_values_are_left_out(check: Check) -> None:
    """Contacts without a value for any field of the job, among others."""
    imports = Imports(check)
    size, job = imports.spare.count(), imports.job()
    job.done({}, imports.person(), None, {imports.spare.texts[2]: "not taken"})
    job.counted({"InsertedContacts": 1})
    check.equal(size + 1, imports.spare.count(), "the Count of the list")


@law("W50-import-encrypted-id")
def an_encrypted_id_names_the_contact(check: Check) -> None:
    """Another address for a contact that is named by its id."""
    imports = Imports(check)
    before = imports.spare.saved(imports.person(**{imports.spare.texts[0]: "one"}))
    values, job = imports.person(), imports.job()
    body = [{"EncContactId": before["EncContactId"], "Values": values}]
    check.equal(OK, job.ask(ADD, body=body).status, "the status of a batch with an encrypted id")
    job.ran()
    job.finish()
    job.counted({"UpdatedContacts": 1})
    after = imports.spare.contact(before)
    check.equal({**values_of(before), **values}, values_of(after), "the contact that an encrypted id names")


@law("W50-import-match")
def match_updates_all_that_match(check: Check) -> None:
    """Two contacts of one text, another with none, and one that matches nobody."""
    imports = Imports(check)
    (first, second, _), text = imports.spare.texts, check.fresh("match")
    alike = [imports.spare.saved(imports.person(**{first: text, second: value})) for value in ("one", "two")]
    other = imports.spare.saved(imports.person(**{second: "one"}))
    size, job = imports.spare.count(), imports.job([first, second])
    job.done({first: text.upper(), second: "two"}, {first: check.fresh("match"), second: "two"}, match=first)
    job.counted({"UpdatedContacts": 1, "NotUpdatedContacts": 1, "InsertedContacts": 1})
    expected = [{**values_of(row), second: "two"} for row in alike]
    check.equal(expected, [imports.spare.values(row) for row in alike], "the contacts that match")
    check.equal(other, imports.spare.contact(other), "a contact that does not match")
    check.equal(size + 1, imports.spare.count(), "the Count of the list")


@law("W50-import-match-refused")
def match_needs_fields_and_values_of_the_job(check: Check) -> None:
    """A name that no field has, a field that the job does not take, and one that a contact has no value of."""
    imports = Imports(check)
    first, second, third = imports.spare.texts
    job = imports.job([first, second])
    expected = job.added([{first: check.fresh("match"), second: "two"}, {first: check.fresh("match"), third: "three"}])
    for match in (check.fresh("Shoe"), third, f"{first},{second}", f"{first},"):
        check.equal(EXPECTATION_FAILED, job.run(match=match).status, f"the status of a run with match={match}")
        check.equal(expected, job.poll(), f"the job after a run with match={match}")
    job.ran(match=first)


@law("W50-import-unknown-event")
def an_unknown_custom_event_is_refused(check: Check) -> None:
    """A name that no event has, alone and behind one that there is; the job can still be run without."""
    imports = Imports(check)
    job = imports.job()
    expected = job.added([imports.person()])
    unknown = check.fresh("Event")
    for names in (unknown, f"{check.sample('custom_events.silent')},{unknown}"):
        status = job.run(customevents=names).status
        check.equal(EXPECTATION_FAILED, status, f"the status of a run with customevents={names}")
        check.equal(expected, job.poll(), f"the job after a run with customevents={names}")
    job.ran()


def _received(check: Check, contact: Row) -> int:
    response = check.call("list_contact_emails", path={"contactId": contact["EncContactId"]})
    check.equal(OK, response.status, "the e-mails of a contact")
    rows: list[Any] = response.json()
    return len(rows)


@law("W50-import-events-at-the-end")
def custom_events_follow_for_those_who_were_written(check: Check) -> None:
    """An event with an e-mail: a new contact, one that is updated by two, one that is left alone, and further polls."""
    imports, event = Imports(check), check.sample("custom_events.with_email")
    known = [imports.spare.saved(imports.person()) for _ in range(2)]
    updated, alone = (values_of(row) for row in known)
    email, text = imports.spare.email, imports.spare.texts[0]
    person, job = imports.person(), imports.job()
    job.added([person, {email: updated[email], text: "1"}, {email: updated[email], text: "2"}, {email: alone[email]}])
    check.equal([0, 0], [_received(check, row) for row in known], "e-mails before the run")
    job.ran(customevents=event)
    if imports.table.works_in(job.state):
        check.equal([0, 0], [_received(check, row) for row in known], "e-mails of an event while a job runs")
    job.finish()
    everybody = [imports.stored(person[email]), *known]
    for _ in range(2):
        found = [_received(check, row) for row in everybody]
        check.equal([1, 1, 0], found, "e-mails to contacts that were inserted, updated and left alone")
        job.poll()
