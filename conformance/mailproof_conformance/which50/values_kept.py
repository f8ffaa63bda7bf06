"""Laws about values that a careless server takes for none, by the ways to write a contact that answer otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_conformance.laws import law
from mailproof_conformance.which50.import_jobs import Imports
from mailproof_conformance.which50.journey_reads import read
from mailproof_conformance.which50.messages import messages
from mailproof_conformance.which50.people import OK, fields_of, holds, newcomer, stored
from mailproof_conformance.which50.spare_list import SpareList, open_names, values_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof_conformance.check import Check
    from mailproof_conformance.which50.journey_reads import Row

_HOLLOW: tuple[Any, ...] = (0, False, None, "", "0", "false", " ", 0.5, True, [], {})
"""What is nothing to one language or another, and values beside them."""


def _parts(check: Check, names: list[str]) -> Iterator[Row]:
    """The values in as many fields as there are, until each had its turn; in the profile `quick` the first of them."""
    most = 1 if check.profile == "quick" else len(_HOLLOW)
    for start in range(0, most, len(names)):
        yield dict(zip(names, _HOLLOW[start:], strict=False))


def _names(check: Check, list_id: int, key: str) -> list[str]:
    """The names of a list's fields that take any value, without the one by which a newcomer is known."""
    rows: list[Row] = read(check, "list_contact_list_fields", contactListId=list_id)
    return [name for name in open_names(rows) if name != key]


@law("W50-send-updates-contact")
def what_seems_to_be_nothing_is_sent_with_too(check: Check) -> None:
    """Values that are 0, false, null or empty, by each send, for a contact that had others."""
    for message in messages(check, "W50-send-updates-contact"):
        names = _names(check, message.list_id, message.fields.texts[0])
        values = {**message.newcomer(), **dict.fromkeys(names, "before")}
        stored(check, message.list_id, values)
        for part in _parts(check, names):
            contact = message.to({**values, **part})
            holds(check, part, contact, f"what {message.operation_id} answers")
            kept = read(check, "get_contact", contactId=contact["EncContactId"])
            holds(check, part, kept, f"the contact after {message.operation_id}")


@law("W50-send-to-matching")
def what_seems_to_be_nothing_reaches_all_that_match(check: Check) -> None:
    """The same values by a send to those that match."""
    for message in messages(check, "W50-send-to-matching"):
        names = _names(check, message.list_id, message.fields.texts[0])
        values = {**message.newcomer(), **dict.fromkeys(names, "before")}
        stored(check, message.list_id, values)
        for part in _parts(check, names):
            holds(check, part, message.to({**values, **part}), f"what {message.operation_id} answers")


@law("W50-post-creates")
def what_seems_to_be_nothing_is_created_with(check: Check) -> None:
    """The same values for contacts that are new, by a post, a device, and a send."""
    spare = SpareList(check)
    names = open_names(spare.fields)
    path = {"contactListId": spare.id}
    for part in _parts(check, names):
        holds(check, part, spare.saved({spare.email: spare.address(), **part}), "what a post creates")
        body = {"DeviceId": "device", "Contact": {"Values": {spare.email: spare.address(), **part}}}
        response = check.call("register_device", path=path, body=body)
        check.equal(OK, response.status, "the status of a device of a new contact")
        holds(check, part, response.json(), "what a device creates")


@law("W50-send-creates-contact")
def what_seems_to_be_nothing_is_created_by_a_send(check: Check) -> None:
    """The same values for contacts that are new."""
    for message in messages(check, "W50-send-creates-contact"):
        names = _names(check, message.list_id, message.fields.texts[0])
        for part in _parts(check, names):
            contact = message.to({**message.newcomer(), **part})
            holds(check, part, contact, f"what {message.operation_id} creates")


@law("W50-pdf-updates-contact")
def what_seems_to_be_nothing_is_kept_by_a_pdf(check: Check) -> None:
    """The same values for a contact that had others."""
    check.sample("landingpageId")
    journey = read(check, "get_journey", journeyId=check.sample("journeyId"))
    list_id: int = check.sample("contactListId") if journey["ListId"] is None else journey["ListId"]
    fields = fields_of(check, list_id)
    names = _names(check, list_id, fields.texts[0])
    values = {**newcomer(check, list_id, fields), **dict.fromkeys(names, "before")}
    contact = stored(check, list_id, values)
    for part in _parts(check, names):
        body = {"ListId": list_id, "Values": {**values, **part}}
        check.equal(OK, check.call("generate_pdf", body=body).status, "the status of a PDF")
        holds(check, part, read(check, "get_contact", contactId=contact["EncContactId"]), "the contact after a PDF")


@law("W50-import-updated")
def what_seems_to_be_nothing_is_imported(check: Check) -> None:
    """Values that are 0 or false, for a contact that had others."""
    imports = Imports(check)
    name, number = imports.spare.texts[0], imports.spare.number
    person = imports.person(**{name: "before", number: 7})
    imports.spare.saved(person)
    for given in ({name: False, number: 0}, {name: " ", number: 0.5}):
        imports.job([*person]).done({**person, **given})
        found = values_of(imports.stored(person[imports.spare.email]))
        check.equal(given, {field: found.get(field) for field in given}, "what a job leaves of a contact")
