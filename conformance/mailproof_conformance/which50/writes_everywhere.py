"""Laws that hold for each way to write a contact, tried by those ways that have answers or bodies of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_conformance import specimen
from mailproof_conformance.laws import law
from mailproof_conformance.which50.list_counts import LISTS, listed
from mailproof_conformance.which50.reads import XML, media_types
from mailproof_conformance.which50.spare_list import OK, SpareList, contacts_of, ids, open_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailproof_conformance.check import Check

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_KEYED = ("save_contact", "update_matching_contacts", "register_device")
_UNAUTHORIZED, _FORBIDDEN = 401, 403
_TEXTS = (
    "e\u0301 \u1112\u1161\u11ab",
    "\u00e9 \ud55c",
    " before and after ",
    "   ",
    "tab\tand\r\nlines\n",
    "&amp; &#233; <b> ]]>",
    "\U0001f600 \u2028\ufeff\u00ad",
    "_x0041_",
)
"""What a reader of XML may change: it composes, trims, normalizes line ends, or decodes once more."""


@law("W50-list-count-follows-writes")
def the_count_follows_every_way_to_write(check: Check) -> None:
    """A contact that is new and then known, by a device and by both kinds of form, in both views of the list."""
    spare = SpareList(check)
    path = {"contactListId": spare.id}

    def device(email: str) -> int:
        body = {"DeviceId": "device", "Contact": {"Values": {spare.email: email}}}
        return check.call("register_device", path=path, body=body).status

    def form(media_type: str) -> Callable[[str], int]:
        def write(email: str) -> int:
            body = {"ListId": str(spare.id), spare.email: email}
            return check.call("submit_contact_form", body=body, content_type=media_type).status

        return write

    ways = {"a device": device, **{f"a form as {media_type}": form(media_type) for media_type in _FORMS}}
    for turn, (way, write) in enumerate(ways.items()):
        for media_type in check.some(media_types(check, LISTS), 1, turn):
            before, email = listed(check, spare.id, media_type), spare.address()
            check.equal(OK, write(email), f"the status of {way}")
            found = listed(check, spare.id, media_type)
            check.equal(before + 1, found, f"the Count as {media_type} after {way} of a contact that is new")
            check.equal(OK, write(email), f"the status of {way}")
            check.equal(before + 1, spare.count(), f"the Count after {way} of a contact that is known")


@law("W50-list-of-path")
def the_path_names_the_list_of_a_device_and_a_patch(check: Check) -> None:
    """Bodies with the ids of other lists."""
    spare = SpareList(check)
    empty, mark = check.sample("lists.empty"), check.fresh("mark")
    path = {"contactListId": spare.id}
    for list_id in (0, empty, check.sample("contactListId"), check.sample("lists.of_other_account")):
        contact = {"ListId": list_id, "Values": {spare.email: spare.address(), spare.texts[0]: mark}}
        response = check.call("register_device", path=path, body={"DeviceId": "device", "Contact": contact})
        check.equal(OK, response.status, f"the status of a device of a contact with the ListId {list_id}")
        check.equal(spare.id, response.json()["ListId"], f"the list of the contact of a device with ListId {list_id}")
        body = {"ListId": list_id, "Values": {spare.texts[1]: "patched"}}
        query = {"match": spare.texts[0], spare.texts[0]: mark}
        found: list[dict[str, Any]] = check.call("update_matching_contacts", path=path, query=query, body=body).json()
        check.true(found, f"the contacts that a patch finds with the ListId {list_id}", expected="some")
        check.equal([spare.id] * len(found), [row["ListId"] for row in found], f"their lists, with ListId {list_id}")
    check.equal([], contacts_of(check, empty), "the contacts of a list that only a body named")


@law("W50-save-in-every-binding")
def any_text_in_xml_is_kept_to_the_letter(check: Check) -> None:
    """Texts that a reader of XML may change, as many at once as there are fields, in the XML of each write."""
    spare = SpareList(check)
    names = open_names(spare.fields)
    parts = [dict(zip(names, _TEXTS[start:], strict=False)) for start in range(0, len(_TEXTS), len(names))]
    for operation_id in _KEYED:
        email = spare.address("xml")
        row = spare.saved({spare.email: email, **dict.fromkeys(names, "before")})
        for part in parts:
            contact = {"Values": {spare.email: email, **part}}
            body = {"DeviceId": "device", "Contact": contact} if operation_id == "register_device" else contact
            response = check.call(
                operation_id,
                path={"contactListId": spare.id},
                query={"match": spare.email, spare.email: email},
                body=body,
                content_type=XML,
            )
            check.equal(OK, response.status, f"the status of {operation_id} in XML")
            found = spare.values(row)
            check.equal(part, {name: found.get(name) for name in part}, f"what {operation_id} in XML has stored")


@law("W50-api-key-same-user")
def the_key_does_what_its_user_does(check: Check) -> None:
    """Every operation with the key, where its user is let in."""
    for operation in check.some(check.contract.operations, 6):
        own = specimen.call(check, operation).status
        if own not in {_UNAUTHORIZED, _FORBIDDEN}:
            status = specimen.call(check, operation, credentials="api_key").status
            known = status not in {_UNAUTHORIZED, _FORBIDDEN}
            check.true(known, f"the status of {operation.id} with an API key", expected=own, actual=status)


@law("W50-list-contacts-by-number")
def contacts_stay_in_their_order(check: Check) -> None:
    """Three contacts, of which the first was written again by a post and the second by a patch."""
    spare = SpareList(check)
    name, other, _ = spare.texts
    mark = check.fresh("mark")
    rows = [spare.saved({spare.email: spare.address(), name: mark}) for _ in range(3)]
    spare.saved({spare.email: rows[0]["Values"][spare.email], other: "posted"})
    spare.patched({spare.email: rows[1]["Values"][spare.email]}, {other: "patched"})
    found = [row["EncContactId"] for row in spare.contacts() if row["EncContactId"] in ids(rows)]
    check.equal(ids(rows), found, "three contacts of the list after two of them were written again")
