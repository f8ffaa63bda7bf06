"""Laws about who may read and write contact lists, and what is complained of first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_conformance import wire
from mailproof_conformance.check import DEFAULT, NONE
from mailproof_conformance.laws import law
from mailproof_conformance.which50.reads import operations
from mailproof_conformance.which50.spare_list import BAD_REQUEST, NO_ID, NOT_FOUND, OK, SpareList, ids, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof_conformance.check import Check, Credentials
    from mailproof_conformance.exchange import Response

_NO_INTEGERS = ("soon", "1.5", "0x1F", "12a", "1e3", "null", "--1", "2147483648", "-2147483649")
_BROKEN = b'{"Values": '
_FORM = "application/x-www-form-urlencoded"


def _ids_of(check: Check, operation_id: str) -> tuple[str, ...]:
    return wire.path_parameters(check.contract.operation(operation_id))


def _ask(check: Check, operation_id: str, path: dict[str, Any], credentials: Credentials | str = DEFAULT) -> Response:
    """The answer to an operation that is asked without a body and without a query."""
    return check.call(operation_id, path=path, credentials=credentials)


def _known_and_not(check: Check, operation_id: str) -> Iterator[dict[str, Any]]:
    yield {}
    for name in _ids_of(check, operation_id):
        yield {name: NO_ID}
        yield {name: "soon"}


@law("W50-lists-credentials-required")
def lists_are_not_for_strangers(check: Check) -> None:
    """Every operation without credentials, on what exists and on what does not."""
    for operation_id in operations(check, "W50-lists-credentials-required"):
        for path in _known_and_not(check, operation_id):
            response = _ask(check, operation_id, path, NONE)
            check.equal(401, response.status, f"{operation_id} without credentials, with the path {path}")


@law("W50-lists-permission-required")
def lists_need_their_own_permission(check: Check) -> None:
    """Every operation by a user who may do everything with contacts, on what exists and on what does not."""
    for operation_id in operations(check, "W50-lists-permission-required"):
        for path in _known_and_not(check, operation_id):
            response = _ask(check, operation_id, path, "contacts_only")
            check.equal(403, response.status, f"{operation_id} without the permission, with the path {path}")


@law("W50-lists-reader-reads")
def a_reader_sees_what_others_see(check: Check) -> None:
    """Every read by a user who may read contact lists and nothing else."""
    for operation_id in operations(check, "W50-lists-reader-reads"):
        response = _ask(check, operation_id, {}, "contact_lists_reader")
        check.equal(OK, response.status, f"{operation_id} by a user who may read contact lists")
        if operation_id != "get_server_time":
            about = f"{operation_id} by a user who may read contact lists"
            check.equal(_ask(check, operation_id, {}).json(), response.json(), about)


@law("W50-lists-reader-does-not-write")
def a_reader_writes_nothing(check: Check) -> None:
    """Every write by a user who may only read, on what exists and on what does not, with a body and without."""
    spare = SpareList(check)
    before = ids(spare.contacts())
    for operation_id in operations(check, "W50-lists-reader-does-not-write"):
        for path in _known_and_not(check, operation_id):
            response = _ask(check, operation_id, path, "contact_lists_reader")
            check.equal(403, response.status, f"{operation_id} by a user who may only read, with the path {path}")
    body = {"Values": {spare.email: spare.address()}}
    response = check.call(
        "save_contact", path={"contactListId": spare.id}, body=body, credentials="contact_lists_reader"
    )
    check.equal(403, response.status, "save_contact by a user who may only read")
    check.equal(before, ids(spare.contacts()), "the contacts of a list to which a reader would have written")


@law("W50-lists-of-accounts-apart")
def lists_of_others_do_not_exist(check: Check) -> None:
    """The list of another account in every path, in a form, and the lists that the two accounts have."""
    theirs = check.sample("lists.of_other_account")
    for operation_id in operations(check, "W50-lists-of-accounts-apart"):
        if "contactListId" not in _ids_of(check, operation_id):
            continue
        missing = _ask(check, operation_id, {"contactListId": NO_ID})
        response = _ask(check, operation_id, {"contactListId": theirs})
        check.equal(NOT_FOUND, response.status, f"{operation_id} of a list of another account")
        check.equal(missing.json(), response.json(), f"{operation_id} of a list of another account")
    response = check.call("submit_contact_form", body={"ListId": str(theirs)}, content_type=_FORM)
    check.equal(NOT_FOUND, response.status, "a form for a list of another account")
    own = {row["Id"] for row in read(check, "list_contact_lists")}
    response = check.call("list_contact_lists", credentials="other_account")
    check.equal(OK, response.status, "list_contact_lists by another account")
    listed = {row["Id"] for row in response.json()}
    check.equal([], sorted(own & listed), "contact lists that two accounts have")
    check.true(theirs in listed, "its own list in the lists of another account", expected=theirs, actual=sorted(listed))


@law("W50-unknown-list")
def a_list_nobody_has_is_unknown(check: Check) -> None:
    """Ids that no account reaches, in every path and in a form."""
    for operation_id in operations(check, "W50-unknown-list"):
        for list_id in (NO_ID, 0, -1):
            if operation_id == "submit_contact_form":
                response = check.call(operation_id, body={"ListId": str(list_id)}, content_type=_FORM)
            else:
                response = _ask(check, operation_id, {"contactListId": list_id})
            check.equal(NOT_FOUND, response.status, f"{operation_id} of the list {list_id}")


@law("W50-unknown-field")
def a_field_nobody_has_is_unknown(check: Check) -> None:
    """An id that no list reaches."""
    response = _ask(check, "get_contact_list_field", {"fieldId": NO_ID})
    check.equal(NOT_FOUND, response.status, "an unknown field")


@law("W50-lists-path-integers")
def ids_of_lists_are_integers(check: Check) -> None:
    """Texts that are no integers of 32 bits, in every id of every path; some are near to a known one."""
    for turn, operation_id in enumerate(operations(check, "W50-lists-path-integers")):
        for name in _ids_of(check, operation_id):
            known = int(check.sample(name))
            texts = (*_NO_INTEGERS, f"{known}.0", str(known + 2**32), str(known - 2**32))
            for text in check.some(texts, 4, turn):
                response = _ask(check, operation_id, {name: text})
                about = f"{operation_id} with the {name} {text!r}"
                check.equal(BAD_REQUEST, response.status, about)
                message: Any = response.json()
                check.true(message.get("Message"), about, expected="a Message", actual=message)


@law("W50-unknown-list-first")
def an_unknown_list_comes_before_all_else(check: Check) -> None:
    """An unknown list with a body, a query or a further id that is wrong as well."""
    unknown = {"contactListId": NO_ID}
    nonsense = {"match": check.fresh("Nothing"), "customevents": check.fresh("Nothing"), "$top": "-1"}
    for operation_id in operations(check, "W50-unknown-list-first"):
        if operation_id == "submit_contact_form":
            form = {"ListId": str(NO_ID), **nonsense}
            response = check.call(operation_id, body=form, content_type=_FORM)
        elif check.contract.operation(operation_id).method == "get":
            path = {**unknown, **({"fieldId": "soon"} if "fieldId" in _ids_of(check, operation_id) else {})}
            response = check.call(operation_id, path=path, query=nonsense)
        else:
            response = check.call(operation_id, path=unknown, query=nonsense, body=_BROKEN)
        check.equal(NOT_FOUND, response.status, f"{operation_id} of an unknown list with more that is wrong")


@law("W50-unreadable-body")
def a_body_that_cannot_be_read_is_refused(check: Check) -> None:
    """Bodies that are not JSON, not XML, of the wrong type, and none at all."""
    spare = SpareList(check)
    before = ids(spare.contacts())
    bodies: tuple[tuple[bytes | None, str], ...] = (
        (_BROKEN, "application/json"),
        (b"[1", "text/json"),
        (b"[]", "application/json"),
        (b'"text"', "application/csp-report"),
        (b'{"Values": [1]}', "application/json"),
        (b'{"Values": "text"}', "application/json"),
        (b'{"EncContactId": 5}', "application/json"),
        (b"<Contact", "application/xml"),
        (b"<Contact/>", "text/xml"),
        (b"\xff\xfe", "application/json"),
        (None, "application/json"),
    )
    for operation_id in operations(check, "W50-unreadable-body"):
        query = {"match": spare.email, spare.email: spare.address()}
        for body, media_type in bodies:
            response = check.call(
                operation_id, path={"contactListId": spare.id}, query=query, body=body, content_type=media_type
            )
            check.equal(BAD_REQUEST, response.status, f"{operation_id} with the body {body!r} as {media_type}")
    check.equal(before, ids(spare.contacts()), "the contacts of a list after bodies that could not be read")
