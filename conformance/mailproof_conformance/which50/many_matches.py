"""Laws about writes for many contacts at once: none of them is left out, and the answer has each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_conformance.laws import law
from mailproof_conformance.which50.import_jobs import Imports
from mailproof_conformance.which50.messages import messages
from mailproof_conformance.which50.people import OK
from mailproof_conformance.which50.reads import quoted
from mailproof_conformance.which50.spare_list import contacts_of, ids, values_of

if TYPE_CHECKING:
    from mailproof_conformance.check import Check

_MANY = 120
"""More than a page of an answer has where a server thinks in pages."""


@law("W50-match-updates-every")
def many_that_match_are_updated_and_given_back(check: Check) -> None:
    """Contacts of an import that have one value, by PATCH."""
    imports = Imports(check)
    spare = imports.spare
    name, other, _ = spare.texts
    mark = check.fresh("mark")
    imports.job([spare.email, name]).done(*[imports.person(**{name: mark}) for _ in range(_MANY)])
    found = spare.patched({name: mark}, {other: "patched"})
    check.equal(_MANY, len({*ids(found)}), "the contacts that a patch gives back")
    rows = spare.contacts({"$filter": f"{name} eq '{mark}'"})
    check.equal(_MANY, len(rows), "the contacts that an import has stored")
    wrong = [values_of(row).get(other) for row in rows if values_of(row).get(other) != "patched"]
    check.equal([], wrong, "the values of the contacts that were not patched")


@law("W50-send-to-matching")
def many_that_match_are_sent_to(check: Check) -> None:
    """Contacts that have one value, by PATCH of a send: the answer, the report and the state Sent."""
    for message in check.some(messages(check, "W50-send-to-matching"), 1):
        name, mark = message.fields.texts[0], check.fresh("mark")
        people: list[dict[str, Any]] = [
            {"Values": {message.fields.email: f"{check.fresh('many')}@example.com", name: mark}} for _ in range(_MANY)
        ]
        number = message.fields.mobile
        for at, person in enumerate(people):
            person["Values"][number] = f"+35389{at:07}"
        path = {"contactListId": message.list_id}
        fields = {"FieldNames": [message.fields.email, number, name]}
        job = check.call("create_import_job", path=path, body=fields)
        check.equal(OK, job.status, "the status of a request for an import job")
        path["importJobId"] = job.json()["Id"]
        check.equal(OK, check.call("add_import_batch", path=path, body=people).status, "the status of a batch")
        check.equal(OK, check.call("run_import_job", path=path).status, "the status of a run")
        for _ in range(_MANY):
            if check.call("get_import_job", path=path).json()["FinishDate"] is not None:
                break
        before = message.report()["Sent"]
        response = message.ask(message.body({}), {"match": name, name: mark})
        check.equal(OK, response.status, f"{message.operation_id} to {_MANY} contacts")
        answered = {*ids(response.json())}
        rows = contacts_of(check, message.list_id, {"$filter": f"{name} eq {quoted(mark)}"})
        check.equal(_MANY, len(rows), "the contacts that an import has stored")
        check.equal([], sorted({*ids(rows)} - answered), f"the contacts that {message.operation_id} does not answer")
        check.equal(before + _MANY, message.report()["Sent"], f"Sent of the report after {message.operation_id}")
        unsent = sorted({*ids(rows)} - message.in_state("Sent"))
        check.equal([], unsent, f"the contacts that are not in the state Sent after {message.operation_id}")
