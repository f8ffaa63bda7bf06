"""Contacts of a law's own: values that nobody has, and how a list is asked for them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mailproof_conformance.verdicts import Broken
from mailproof_conformance.which50.journey_reads import Row, lasting, read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailproof_conformance.check import Check

OK = 200


@dataclass(frozen=True, slots=True)
class Fields:
    """The names of a list's fields, by what they hold."""

    email: str
    mobile: str
    texts: tuple[str, ...]
    defaults: tuple[str, ...]
    """Those for which a new contact gets something where nothing is given."""


def fields_of(check: Check, list_id: int) -> Fields:
    """The fields of a list; the case is skipped where it has no address, no number or no two texts."""
    rows: list[Row] = lasting(check, "list_contact_list_fields", contactListId=list_id)
    by_kind = {kind: [row["Name"] for row in rows if row["MapType"] == kind] for kind in ("Email", "Mobile", "Text")}
    if not by_kind["Email"] or not by_kind["Mobile"] or len(by_kind["Text"]) < 2:  # noqa: PLR2004 - two texts
        check.skip("the list has no field for an e-mail address, a mobile number and two texts")
    defaults = tuple(row["Name"] for row in rows if row["DefaultValue"] is not None)
    return Fields(by_kind["Email"][0], by_kind["Mobile"][0], tuple(by_kind["Text"]), defaults)


def newcomer(check: Check, list_id: int, fields: Fields) -> Row:
    """An address, a number and a text by which no contact of the list is known.

    In the profile `quick` it is taken for granted that what `Check.fresh` makes up is known to nobody.
    """
    while True:
        mark = check.fresh("reader")
        number = int(hashlib.sha256(mark.encode()).hexdigest()[:12], 16) % 10**7
        values = {
            fields.email: f"{mark}@example.com",
            fields.mobile: f"+35389{number:07}",
            fields.texts[0]: f"Name{mark}",
        }
        if check.profile == "quick" or not known(check, list_id, fields.email, values[fields.email]):
            return values


def known(check: Check, list_id: int, field: str, value: str) -> list[Row]:
    """The contacts of a list with a value in a field, also from a target that does not filter."""
    query = {"$filter": f"{field} eq '{value}'"}
    response = check.call("list_contact_list_contacts", path={"contactListId": list_id}, query=query)
    check.equal(OK, response.status, "the contacts of a list by the value of a field")
    rows: list[Row] = response.json()
    return [row for row in rows if _text_of(row, field).casefold() == value.casefold()]


def stored(check: Check, list_id: int, values: Mapping[str, Any], **query: str) -> Row:
    """What a list says it has stored of these values. Raises Broken unless it has."""
    response = check.call("save_contact", path={"contactListId": list_id}, query=query, body={"Values": dict(values)})
    check.equal(OK, response.status, "a contact that is saved")
    row: Row = response.json()
    return row


def size(check: Check, list_id: int) -> int:
    """How many contacts a list says that it has. Raises Broken where it gives no number."""
    count = read(check, "get_contact_list", contactListId=list_id)["Count"]
    if not isinstance(count, int):
        raise Broken("the Count of a list", "a number", count)
    return count


def _text_of(contact: Row, field: str) -> str:
    values: Row = contact["Values"] or {}
    return str(values.get(field, ""))


def holds(check: Check, expected: Mapping[str, Any], contact: Row, about: str) -> None:
    """Raises Broken unless a contact has these values, whatever else it has."""
    values: Mapping[str, Any] = contact.get("Values") or {}
    check.equal(dict(expected), {name: values.get(name) for name in expected}, about)
