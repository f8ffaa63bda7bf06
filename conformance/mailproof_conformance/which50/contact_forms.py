"""Laws about the other ways to write a contact: a form, a device; and about the custom events that follow a write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_conformance.laws import law
from mailproof_conformance.which50.reads import newest_first
from mailproof_conformance.which50.spare_list import (
    BAD_REQUEST,
    EXPECTATION_FAILED,
    NOT_FOUND,
    OK,
    Row,
    SpareList,
    ids,
    read,
    row_of,
)
from mailproof_conformance.wire import File

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_TEXTS = ("plain", "Zoë Ж 北京 😀", "a&b=c;d+e%41 f", '"quoted"', "two\r\nlines", "007", "")


def _send(check: Check, form: Mapping[str, Any], media_type: str = _FORMS[0]) -> Response:
    return check.call("submit_contact_form", body=dict(form), content_type=media_type)


def _by_mark(spare: SpareList, mark: str) -> list[Row]:
    return spare.contacts({"$filter": f"{spare.texts[0]} eq '{mark}'"})


@law("W50-form-saves")
def a_form_is_a_contact(check: Check) -> None:
    """A new contact, then the same one again, in both forms of a form."""
    spare = SpareList(check)
    name, other, _ = spare.texts
    for media_type in _FORMS:
        email, mark = spare.address(), check.fresh("mark")
        for text in _TEXTS:
            form = {"ListId": str(spare.id), spare.email: email, name: mark, other: text}
            response = _send(check, form, media_type)
            check.equal(OK, response.status, f"a form with {text!r} as {media_type}")
            rows = _by_mark(spare, mark)
            check.equal(1, len(rows), f"the contacts after a form as {media_type}")
            check.equal(text, rows[0]["Values"].get(other), f"the value after a form as {media_type}")


@law("W50-form-answers-nothing")
def a_form_is_answered_with_nothing(check: Check) -> None:
    """The body of the answer, whatever is asked for."""
    spare = SpareList(check)
    for accept in ("application/json", "text/xml", "*/*"):
        body = {"ListId": str(spare.id), spare.email: spare.address()}
        response = check.call("submit_contact_form", body=body, content_type=_FORMS[0], accept=accept)
        check.equal(OK, response.status, f"a form with Accept: {accept}")
        check.equal("", response.text, f"the answer to a form with Accept: {accept}")


@law("W50-form-needs-a-list")
def a_form_without_a_list_is_refused(check: Check) -> None:
    """No ListId, an empty one, one that is no integer, and no form at all."""
    spare = SpareList(check)
    email = spare.address()
    for media_type in _FORMS:
        for more in ({}, {"ListId": ""}, {"ListId": "soon"}, {"ListId": "1.5"}, {"ListId": f"{spare.id};"}):
            response = _send(check, {spare.email: email, **more}, media_type)
            check.equal(EXPECTATION_FAILED, response.status, f"a form with {more or 'no ListId'} as {media_type}")
    response = check.call("submit_contact_form", body=None)
    check.equal(EXPECTATION_FAILED, response.status, "no form at all")


@law("W50-form-reserved-keys")
def reserved_keys_are_no_fields(check: Check) -> None:
    """`EncContactId`, `match` and `customevents` in a form, known and unknown ones."""
    spare = SpareList(check)
    name, other, _ = spare.texts
    mark = check.fresh("mark")
    row = spare.saved({spare.email: spare.address(), name: mark})
    base = {"ListId": str(spare.id), other: "one"}
    silent = check.sample("custom_events.silent")
    for form in (
        {**base, "EncContactId": row["EncContactId"], other: "two"},
        {**base, "match": name, name: mark, other: "three"},
        {"LISTID": str(spare.id), "MATCH": name, name: mark, "CustomEvents": silent, other: "four"},
    ):
        check.equal(OK, _send(check, form).status, f"a form with {sorted(form)}")
        check.equal(form[other], spare.values(row).get(other), f"the value after a form with {sorted(form)}")
        check.equal([row["EncContactId"]], ids(_by_mark(spare, mark)), f"the contacts after {sorted(form)}")
    for form, expected in (
        ({**base, "EncContactId": check.fresh("nobody")}, NOT_FOUND),
        ({**base, "match": check.fresh("Nothing"), name: mark}, EXPECTATION_FAILED),
        ({**base, "match": name}, EXPECTATION_FAILED),
        ({**base, "match": name, name: mark, "customevents": check.fresh("Nothing")}, EXPECTATION_FAILED),
    ):
        check.equal(expected, _send(check, form).status, f"a form with {form}")
    check.equal("four", spare.values(row).get(other), "the value after forms that were refused")


@law("W50-form-reserved-keys")
def reserved_keys_that_are_empty_are_none(check: Check) -> None:
    """`EncContactId`, `match` and `customevents` with nothing in them, one by one and all, in both kinds of form."""
    spare = SpareList(check)
    keys = ("EncContactId", "match", "customevents")
    for turn, empty in enumerate((*([key] for key in keys), keys)):
        for media_type in check.some(_FORMS, 1, turn):
            email = spare.address()
            form = {"ListId": str(spare.id), spare.email: email, **dict.fromkeys(empty, "")}
            response = _send(check, form, media_type)
            check.equal(OK, response.status, f"a form with nothing in {', '.join(empty)} as {media_type}")
            found = spare.contacts({"$filter": f"{spare.email} eq '{email}'"})
            check.equal(1, len(found), f"the contacts that a form with nothing in {', '.join(empty)} leaves")


@law("W50-form-file-refused")
def a_file_is_no_value(check: Check) -> None:
    """A file for a field, and one for the list."""
    spare = SpareList(check)
    mark = check.fresh("mark")
    file = File("name.txt", b"31", "text/plain")
    form = {"ListId": str(spare.id), spare.texts[0]: mark}
    for more in ({spare.texts[1]: file}, {"ListId": file}):
        response = _send(check, {**form, **more}, _FORMS[1])
        check.equal(EXPECTATION_FAILED, response.status, f"a form with a file as {sorted(more)}")
    check.equal([], _by_mark(spare, mark), "the contacts after forms with files")


@law("W50-form-media-types")
def a_form_is_nothing_else(check: Check) -> None:
    """Bodies in other media types, and multipart bodies that are none."""
    spare = SpareList(check)
    for media_type in ("application/json", "text/plain", "application/xml"):
        response = check.call("submit_contact_form", body=b"{}", content_type=media_type)
        check.equal(415, response.status, f"a form as {media_type}")
    before = spare.count()
    part = f'--b\r\nContent-Disposition: form-data; name="ListId"\r\n\r\n{spare.id}\r\n'.encode()
    for body, media_type in (
        (part + b"--b--\r\n", "multipart/form-data"),
        (part, "multipart/form-data; boundary=b"),
        (b"ListId=1", "multipart/form-data; boundary=b"),
        (b"", "multipart/form-data; boundary="),
    ):
        if body:
            response = check.call("submit_contact_form", body=body, content_type=media_type)
            check.equal(BAD_REQUEST, response.status, f"{body!r} as {media_type}")
    check.equal(before, spare.count(), "the Count after forms that cannot be read")


@law("W50-device-saves-its-contact")
def a_device_comes_with_its_contact(check: Check) -> None:
    """A device of a new contact, the same of another, and of one that matches."""
    spare = SpareList(check)
    name, other, _ = spare.texts
    device, mark = check.fresh("device"), check.fresh("mark")

    def registered(values: Row, query: Mapping[str, str], **more: Any) -> Row:
        body = {"DeviceId": device, **more, "Contact": {"Values": values}}
        response = check.call("register_device", path={"contactListId": spare.id}, query=query, body=body)
        check.equal(OK, response.status, f"a device of a contact with {values}")
        return row_of(response)

    first = registered({spare.email: spare.address(), name: mark}, {}, DeviceType="Android")
    check.equal(first, spare.contact(first), "the contact of a device by its own id")
    check.equal(spare.id, first["ListId"], "the list of the contact of a device")
    again = registered({name: mark, other: "x"}, {"match": name}, DeviceType=None)
    check.equal(first["EncContactId"], again["EncContactId"], "the contact of a device that matches")
    check.equal("x", spare.values(first).get(other), "the value that came with a device")
    second = registered({spare.email: spare.address()}, {})
    check.true(second["EncContactId"] != first["EncContactId"], "the other contact of a device", expected="a new one")


@law("W50-device-needs-its-id")
def a_device_has_an_id(check: Check) -> None:
    """No DeviceId, an empty one, null, and no contact."""
    spare = SpareList(check)
    email = spare.address()
    contact = {"Values": {spare.email: email}}
    for body in (
        {"Contact": contact},
        {"DeviceId": "", "Contact": contact},
        {"DeviceId": None, "Contact": contact},
        {"DeviceId": check.fresh("device")},
    ):
        response = check.call("register_device", path={"contactListId": spare.id}, body=body)
        check.equal(BAD_REQUEST, response.status, f"a device with {body}")
    found = spare.contacts({"$filter": f"{spare.email} eq '{email}'"})
    check.equal([], found, "the contacts after devices that were refused")


@law("W50-customevents-run")
def an_event_reaches_whom_it_should(check: Check) -> None:
    """An event that sends an e-mail, for a new contact and for all that match; and one that sends nothing."""
    spare = SpareList(check)
    name, event = spare.texts[0], check.sample("custom_events.with_email")
    mark = check.fresh("mark")
    row = spare.saved({spare.email: spare.address(), name: mark}, {"customevents": event})
    check.equal(1, _emails(check, row), "the e-mails of a new contact after an event")
    second = spare.saved({spare.email: spare.address(), name: mark})
    check.equal(0, _emails(check, second), "the e-mails of a contact without an event")
    spare.patched({name: mark}, {spare.texts[1]: "x"}, customevents=f" {event.upper()} ,{event}")
    check.equal([2, 1], [_emails(check, item) for item in (row, second)], "the e-mails after an event for both")
    spare.saved({name: mark, spare.texts[1]: "y"}, {"match": name, "customevents": event})
    check.equal([3, 2], [_emails(check, item) for item in (row, second)], "the e-mails after a post that matches both")
    spare.saved({name: mark}, {"match": name, "customevents": check.sample("custom_events.silent")})
    check.equal([3, 2], [_emails(check, item) for item in (row, second)], "the e-mails after an event that sends none")


def _emails(check: Check, row: Row) -> int:
    found = read(check, "list_contact_emails", contactId=row["EncContactId"])
    dates = [item["Date"] for item in found]
    check.equal(newest_first(dates), dates, "the dates of the e-mails")
    return len(found)


@law("W50-customevents-unknown")
def an_unknown_event_is_refused(check: Check) -> None:
    """Events that nobody has, one of another account, and one beside a known one; nothing is sent or written."""
    spare = SpareList(check)
    known, mark = check.sample("custom_events.with_email"), check.fresh("mark")
    row = spare.saved({spare.email: spare.address()})
    unknown = check.fresh("Nothing")
    theirs = check.sample("custom_events.of_other_account")
    for names in (unknown, theirs, f"{known},{unknown}", f"{known},", f"{known};{known}"):
        values = {spare.email: row["Values"][spare.email], spare.texts[0]: mark}
        response = spare.post(values, {"customevents": names})
        check.equal(EXPECTATION_FAILED, response.status, f"a post with customevents={names}")
        response = spare.patch({spare.email: row["Values"][spare.email]}, values, customevents=names)
        check.equal(EXPECTATION_FAILED, response.status, f"a patch with customevents={names}")
    check.equal(0, _emails(check, row), "the e-mails of the contact")
    check.equal(row, spare.contact(row), "the contact after events that are unknown")
