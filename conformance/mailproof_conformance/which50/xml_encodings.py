"""Laws about the encodings of XML: a body says the same in each that the contract names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from mailproof_conformance.laws import law
from mailproof_conformance.which50.import_jobs import CREATE
from mailproof_conformance.which50.messages import messages
from mailproof_conformance.which50.people import holds, stored
from mailproof_conformance.which50.reads import XML
from mailproof_conformance.which50.spare_list import OK, SpareList

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof_conformance.check import Check
    from mailproof_conformance.which50.spare_list import Row

_ENCODINGS = {
    "UTF-8": "utf-8",
    "UTF-8 with a mark": "utf-8-sig",
    "UTF-16": "utf-16",
    "UTF-16 from the big end": "utf-16-be",
    "ISO-8859-1": "iso-8859-1",
    "US-ASCII": "us-ascii",
}
"""How an encoding is called in a finding, and what it is called in Python."""


def _encoded(check: Check, operation_id: str, value: object) -> Iterator[tuple[str, bytes]]:
    """An XML body in each encoding, with a declaration that says which it is."""
    content, _ = check.written(check.contract.operation(operation_id), value, XML)
    text = content.decode()
    if text.startswith("<?xml"):
        text = text[text.index("?>") + 2 :]
    for about, codec in _ENCODINGS.items():
        mark = "\ufeff" if codec == "utf-16-be" else ""
        declared = "UTF-16" if codec.startswith("utf-16") else codec.removesuffix("-sig")
        whole = f'{mark}<?xml version="1.0" encoding="{declared}"?>{text}'
        yield about, whole.encode(codec, "xmlcharrefreplace")


@law("W50-save-in-every-binding")
def xml_says_the_same_in_every_encoding(check: Check) -> None:
    """A contact with letters beyond ASCII in each encoding, by a post, a patch and a device; and a job's fields."""
    spare = SpareList(check)
    path, text = {"contactListId": spare.id}, spare.texts[0]
    for operation_id in ("save_contact", "update_matching_contacts", "register_device"):
        email = spare.address("encoded")
        row = spare.saved({spare.email: email})
        values = {spare.email: email, text: f"Zoë ÿ £ {operation_id}"}
        body = {"DeviceId": "device", "Contact": {"Values": values}}
        body = body if operation_id == "register_device" else {"Values": values}
        query = {"match": spare.email, spare.email: email}
        for about, content in check.some(_encoded(check, operation_id, body), 2):
            spare.saved({spare.email: email, text: "before"})
            response = check.call(operation_id, path=path, query=query, body=content, content_type=XML)
            check.equal(OK, response.status, f"the status of {operation_id} in {about}")
            check.equal(values[text], spare.values(row).get(text), f"what {operation_id} in {about} has stored")
    for about, content in check.some(_encoded(check, CREATE, {"FieldNames": [spare.email, text]}), 2):
        response = check.call(CREATE, path=path, body=content, content_type=XML)
        check.equal(OK, response.status, f"the status of {CREATE} in {about}")


@law("W50-send-body-in-xml")
def a_send_says_the_same_in_every_encoding(check: Check) -> None:
    """A contact with letters beyond ASCII in each encoding."""
    for message in check.some(messages(check, "W50-send-body-in-xml"), 3):
        given = {**message.newcomer(), message.fields.texts[1]: "Zoë ÿ £"}
        stored(check, message.list_id, {**given, message.fields.texts[1]: "before"})
        body, query = message.ask_for(given)
        for about, content in check.some(_encoded(check, message.operation_id, body), 2):
            response = message.ask(content, query, content_type=XML)
            check.equal(OK, response.status, f"the status of {message.operation_id} in {about}")
            found: Any = response.json()
            contact: Row = cast("list[Row]", found)[0] if isinstance(found, list) else found
            holds(check, given, contact, f"what {message.operation_id} in {about} stores")
