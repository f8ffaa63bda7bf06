"""Laws about contact lists, their fields, journeys and contacts, and the time of the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_conformance import datacontract
from mailproof_conformance.laws import law
from mailproof_conformance.which50.dates import irish_offset
from mailproof_conformance.which50.reads import XML, instant, media_types, newest_first, operations, pointer, value_of
from mailproof_conformance.which50.spare_list import OK, contacts_of, read, values_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof_conformance.check import Check

Row = dict[str, Any]

_FEW = 25
"""Contacts of a large list that are looked at one by one."""


def lists(check: Check) -> list[Row]:
    """The lists of the account. The case is skipped where there is none."""
    found: list[Row] = read(check, "list_contact_lists")
    if not found:
        check.skip("the target shows no contact lists")
    return found


def _fields(check: Check) -> Iterator[tuple[Row, list[Row]]]:
    for contact_list in lists(check):
        yield contact_list, read(check, "list_contact_list_fields", contactListId=contact_list["Id"])


@law("W50-list-as-listed")
def a_list_is_what_the_list_of_lists_shows(check: Check) -> None:
    """Each list by its id."""
    for row in lists(check):
        check.equal(row, read(check, "get_contact_list", contactListId=row["Id"]), f"the list {row['Id']}")


@law("W50-list-count")
def a_list_counts_its_contacts(check: Check) -> None:
    """Each list against its contacts."""
    for row in lists(check):
        check.equal(len(contacts_of(check, row["Id"])), row["Count"], f"the Count of list {row['Id']}")


@law("W50-list-empty")
def a_list_can_be_empty(check: Check) -> None:
    """The sample list without contacts."""
    list_id = check.sample("lists.empty")
    check.equal([], contacts_of(check, list_id), "the contacts of an empty list")
    check.equal(0, read(check, "get_contact_list", contactListId=list_id)["Count"], "the Count of an empty list")


@law("W50-list-contacts-name-their-list")
def contacts_bear_the_id_of_their_list(check: Check) -> None:
    """Every contact of every list, none of them twice."""
    seen: list[str] = []
    for row in lists(check):
        found = contacts_of(check, row["Id"])
        check.equal([], [item for item in found if item["ListId"] != row["Id"]][:1], f"others in list {row['Id']}")
        seen += [item["EncContactId"] for item in found]
    check.equal(len(seen), len(set(seen)), "contacts of all lists, each counted once")


@law("W50-list-contacts-as-contacts")
def contacts_of_a_list_are_shown_whole(check: Check) -> None:
    """The first, the last and some contacts between them, against each by its own id."""
    for row in lists(check):
        found = contacts_of(check, row["Id"])
        step = max(1, len(found) // _FEW)
        for contact in [*check.some(found[::step], 8), *found[-1:]]:
            own = read(check, "get_contact", contactId=contact["EncContactId"])
            check.equal(own, contact, f"a contact of list {row['Id']} against the same by its own id")


@law("W50-list-contacts-by-number")
def contacts_come_by_their_numbers(check: Check) -> None:
    """The numbers that XML shows."""
    for row in lists(check):
        path = {"contactListId": row["Id"]}
        response = check.call("list_contact_list_contacts", path=path, accept=XML)
        check.equal(OK, response.status, f"the contacts of list {row['Id']} in XML")
        where = pointer(check, "list_contact_list_contacts")
        found, _ = datacontract.read(check.contract.document, where, response.content, xml_only=True)
        rows: list[Row] = found or []
        numbers: list[int] = [contact.get("Id", 0) for contact in rows]
        check.equal(sorted(numbers), numbers, f"the numbers of the contacts of list {row['Id']}")


@law("W50-field-as-listed")
def a_field_is_what_the_list_of_fields_shows(check: Check) -> None:
    """Each field of each list by its id."""
    for turn, (row, fields) in enumerate(_fields(check)):
        for field in check.some(fields, 8, turn):
            found = read(check, "get_contact_list_field", contactListId=row["Id"], fieldId=field["Id"])
            check.equal(field, found, f"the field {field['Id']} of list {row['Id']}")


@law("W50-fields-by-position")
def fields_stand_by_position(check: Check) -> None:
    """The Position of each field of each list, and the Order of the choices."""
    for row, fields in _fields(check):
        places = [field["Position"] for field in fields]
        check.equal(sorted(set(places)), places, f"the Positions of the fields of list {row['Id']}")
        for field in fields:
            orders = [choice["Order"] for choice in field["ContactSchemaFieldValues"] or ()]
            check.equal(sorted(orders), orders, f"the Order of the choices of field {field['Id']}")


@law("W50-field-names-differ")
def no_two_fields_share_a_name(check: Check) -> None:
    """The names of the fields of each list, in one letter case."""
    for row, fields in _fields(check):
        names = [str(field["Name"]).casefold() for field in fields]
        check.equal(sorted(set(names)), sorted(names), f"the names of the fields of list {row['Id']}")


@law("W50-values-are-of-fields")
def values_belong_to_fields(check: Check) -> None:
    """The names in the Values of every contact against the fields of its list."""
    for row, fields in _fields(check):
        names = {field["Name"] for field in fields}
        for contact in contacts_of(check, row["Id"]):
            others = sorted(set(values_of(contact)) - names)
            check.equal([], others, f"values of {contact['EncContactId']} that are of no field of list {row['Id']}")


@law("W50-field-of-another-list")
def a_field_belongs_to_one_list(check: Check) -> None:
    """The first field of each list in the paths of the others."""
    found = [(row["Id"], [field["Id"] for field in fields]) for row, fields in _fields(check)]
    for list_id, own in found:
        for _, others in found:
            for field_id in [item for item in others if item not in own][:1]:
                response = check.call("get_contact_list_field", path={"contactListId": list_id, "fieldId": field_id})
                check.equal(404, response.status, f"the field {field_id} in list {list_id}, which has it not")


@law("W50-journeys-of-list")
def a_list_knows_the_journeys_that_use_it(check: Check) -> None:
    """The journeys of each list against all journeys."""
    journeys = read(check, "list_journeys")
    for row in lists(check):
        expected = [journey for journey in journeys if journey["ListId"] == row["Id"]]
        found = read(check, "list_contact_list_journeys", contactListId=row["Id"])
        dates = [journey["StartDate"] for journey in found]
        check.equal(newest_first(dates), dates, f"the StartDates of the journeys of list {row['Id']}")
        check.equal(_by_id(expected), _by_id(found), f"the journeys of list {row['Id']}")


def _by_id(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row["Id"])


@law("W50-lists-xml-form")
def lists_are_in_data_contract_form(check: Check) -> None:
    """Every read of every list in XML, against what the contract says of names, namespaces, order and null."""
    for operation_id, path in _reads(check, "W50-lists-xml-form"):
        response = check.call(operation_id, path=path, accept=XML, recall="unchanged")
        check.equal(OK, response.status, f"{operation_id} in XML")
        document = check.contract.document
        _, findings = datacontract.read(document, pointer(check, operation_id), response.content)
        check.equal([], [str(finding) for finding in findings], f"the form of {operation_id} in XML")


@law("W50-lists-bindings-agree")
def lists_say_the_same_in_every_form(check: Check) -> None:
    """Every read of every list in each media type."""
    for turn, (operation_id, path) in enumerate(_reads(check, "W50-lists-bindings-agree")):
        expected = datacontract.as_xml_can_say(read(check, operation_id, **path))
        agreed: set[tuple[bool, bytes]] = set()
        for media_type in check.some(media_types(check, operation_id), 3, turn):
            response = check.call(operation_id, path=path, accept=media_type, recall="unchanged")
            check.equal(media_type, response.media_type, f"the Content-Type of {operation_id}")
            form = ("xml" in media_type, response.content)
            if form in agreed:
                continue  # the same bytes, read in the same way
            agreed.add(form)
            found = datacontract.as_xml_can_say(value_of(check, operation_id, response))
            check.equal(expected, found, f"{operation_id} as {media_type} against application/json")


def _reads(check: Check, clause: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The operations of a clause with paths that exist."""
    for operation_id in operations(check, clause):
        names = [item["name"] for item in check.contract.operation(operation_id).definition["parameters"]]
        if "contactListId" not in names or "fieldId" in names:
            yield operation_id, {}
        else:
            yield from ((operation_id, {"contactListId": row["Id"]}) for row in lists(check))


@law("W50-lists-paths-ignore-case")
def paths_of_lists_in_any_case(check: Check) -> None:
    """The literal segments in capitals and in small letters."""
    for operation_id in operations(check, "W50-lists-paths-ignore-case"):
        expected = read(check, operation_id)
        segments = check.contract.operation(operation_id).path.split("/")
        for change in (str.upper, str.lower):
            template = "/".join(part if part.startswith("{") else change(part) for part in segments)
            response = check.call(operation_id, template=template)
            check.equal(OK, response.status, f"{operation_id} at {template}")
            if operation_id != "get_server_time":
                check.equal(expected, response.json(), f"{operation_id} at {template}")


@law("W50-literal-segments-win")
def a_literal_segment_is_no_list(check: Check) -> None:
    """`serverTime` and `contactForm` where the id of a list could stand, with verbs that each has and has not."""
    response = check.call("get_server_time")
    check.equal(OK, response.status, "GET contactLists/serverTime")
    check.true(isinstance(response.json(), str), "contactLists/serverTime", expected="a date", actual=response.json())
    for method, path in (("GET", "/contactLists/contactForm"), ("POST", "/contactLists/serverTime")):
        response = check.send(method, path, effect="read")
        check.equal(405, response.status, f"{method} {path}")
        offered = "POST" if method == "GET" else "GET"
        check.true(offered in response.headers.get("allow", ""), f"the Allow header of {path}", expected=offered)


@law("W50-server-time-forms")
def the_server_tells_one_time_in_every_form(check: Check) -> None:
    """A JSON string, and two elements in XML, in Irish time."""
    for media_type in media_types(check, "get_server_time"):
        response = check.call("get_server_time", accept=media_type)
        check.equal(OK, response.status, f"the time of the server as {media_type}")
        text = value_of(check, "get_server_time", response)
        check.true(isinstance(text, str), f"the time of the server as {media_type}", expected="a date", actual=text)
        check.equal(irish_offset(text), text[-6:], f"the offset of the time of the server, {text}")


@law("W50-server-time-goes-on")
def the_time_never_goes_backwards(check: Check) -> None:
    """The time before and after some writes, in every media type by turns."""
    types = media_types(check, "get_server_time")
    times: list[str] = []
    for _ in range(3):
        for media_type in types:
            response = check.call("get_server_time", accept=media_type)
            check.equal(OK, response.status, f"the time of the server as {media_type}")
            times.append(value_of(check, "get_server_time", response))
        body: Row = {"Values": {}, "EncContactId": check.sample("contactId")}
        check.call("save_contact", path={"contactListId": check.sample("contactListId")}, body=body)
    instants = [instant(time) for time in times]
    check.equal(sorted(instants), instants, f"the times of the server as {', '.join(types)}, and over again")
