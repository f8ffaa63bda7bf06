"""Laws about linked data: the tables of a list and their fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_conformance import datacontract
from mailproof_conformance.check import NONE
from mailproof_conformance.laws import law
from mailproof_conformance.which50.linked_tables import Row, fields_of, tables
from mailproof_conformance.which50.reads import XML, media_types, operations, pointer, value_of
from mailproof_conformance.which50.spare_list import NO_ID, NOT_FOUND, OK, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof_conformance.check import Check

_TYPES = {"Contact", "Lookup"}
_FORBIDDEN = 403


@law("W50-linked-data-as-listed")
def linked_data_is_what_the_list_shows(check: Check) -> None:
    """Each table of each list by its id."""
    for table in tables(check):
        check.equal(table.shown, read(check, "get_linked_data", **table.path), f"the linked data {table.id}")


@law("W50-linked-data-of-its-list")
def linked_data_belongs_to_one_list(check: Check) -> None:
    """The list that each table names, and each table in the paths of all other lists."""
    found = list(tables(check))
    for table in found:
        check.equal(table.list_id, table.shown["ContactListId"], f"the list of the linked data {table.id}")
    lists = [row["Id"] for row in read(check, "list_contact_lists")]
    for operation_id in operations(check, "W50-linked-data-of-its-list"):
        for table in found:
            for other in [name for name in lists if name != table.list_id][:1]:
                path = {"contactListId": other, "listId": str(other), "linkedDataId": table.id}
                field = fields_of(check, table)[0]["Id"]
                response = check.call(
                    operation_id, path={**path, "linkedDataFieldId": field}, query=_query(operation_id)
                )
                check.equal(NOT_FOUND, response.status, f"{operation_id} of linked data of another list")


@law("W50-linked-data-none")
def a_list_can_be_without_linked_data(check: Check) -> None:
    """The sample list without contacts, and one that does not exist."""
    response = check.call("list_linked_data", path={"contactListId": check.sample("lists.empty")})
    check.equal(OK, response.status, "the linked data of a list that has none")
    check.equal([], response.json(), "the linked data of a list that has none")
    response = check.call("list_linked_data", path={"contactListId": NO_ID})
    check.equal(NOT_FOUND, response.status, "the linked data of a list that does not exist")


@law("W50-linked-data-types")
def linked_data_is_of_two_types(check: Check) -> None:
    """The Type of each table."""
    for table in tables(check):
        kind = table.shown["Type"]
        check.true(kind in _TYPES, f"the Type of the linked data {table.id}", expected=sorted(_TYPES), actual=kind)


@law("W50-linked-data-field-as-listed")
def a_field_of_linked_data_is_what_the_list_shows(check: Check) -> None:
    """Each field of each table by its id."""
    for table in tables(check):
        for field in fields_of(check, table):
            found = read(check, "get_linked_data_field", **table.path, linkedDataFieldId=field["Id"])
            check.equal(field, found, f"the field {field['Id']} of the linked data {table.id}")


@law("W50-linked-data-fields-by-position")
def fields_of_linked_data_stand_by_position(check: Check) -> None:
    """The Position of each field, which counts within its table, and the names, no two of them alike."""
    for table in tables(check):
        fields = fields_of(check, table)
        places = [field["Position"] for field in fields]
        check.equal(sorted(set(places)), places, f"the Positions of the fields of the linked data {table.id}")
        names = [str(field["Name"]).casefold() for field in fields]
        check.equal(len(names), len(set(names)), f"the names of the fields of the linked data {table.id}")


@law("W50-linked-data-field-elsewhere")
def a_field_belongs_to_one_table(check: Check) -> None:
    """The fields of other tables, one of the list, and one that nobody has."""
    found = list(tables(check))
    own = {table.id: [field["Id"] for field in fields_of(check, table)] for table in found}
    for table in found:
        others = [ids[0] for name, ids in own.items() if name != table.id]
        for field in (*others, check.sample("fieldId"), NO_ID):
            response = check.call("get_linked_data_field", path={**table.path, "linkedDataFieldId": field})
            check.equal(NOT_FOUND, response.status, f"the field {field} of the linked data {table.id}")


@law("W50-linked-data-needs-credentials")
def all_but_records_needs_credentials(check: Check) -> None:
    """Public linked data, without credentials."""
    for operation_id in operations(check, "W50-linked-data-needs-credentials"):
        response = check.call(operation_id, credentials=NONE)
        check.equal(401, response.status, f"{operation_id} of public linked data without credentials")


@law("W50-linked-data-permission")
def linked_data_is_for_who_may_read_lists(check: Check) -> None:
    """Every read by a user who may read contact lists and nothing else, and by users who may do other things."""
    others = ("contacts_only", "files_reader", "journeys_reader")
    for turn, operation_id in enumerate(operations(check, "W50-linked-data-permission")):
        query = _query(operation_id)
        own = check.call(operation_id, query=query, recall="unchanged")
        response = check.call(operation_id, query=query, credentials="contact_lists_reader")
        about = f"{operation_id} by a user who may read contact lists"
        check.equal(OK, response.status, about)
        check.equal(own.json(), response.json(), about)
        for user in check.some(others, 1, turn):
            response = check.call(operation_id, query=query, credentials=user)
            check.equal(_FORBIDDEN, response.status, f"{operation_id} by the user {user}")


@law("W50-linked-data-accounts-apart")
def linked_data_of_others_does_not_exist(check: Check) -> None:
    """Each account asks for what the other has; that it is public makes no difference."""
    theirs = {
        "contactListId": check.sample("lists.of_other_account"),
        "listId": str(check.sample("lists.of_other_account")),
        "linkedDataId": check.sample("linked_data.of_other_account"),
    }
    for operation_id in operations(check, "W50-linked-data-accounts-apart"):
        query = _query(operation_id)
        for response in (
            check.call(operation_id, path=theirs, query=query),
            check.call(operation_id, path=theirs, query=query, credentials="api_key"),
            check.call(operation_id, query=query, credentials="other_account"),
        ):
            check.equal(NOT_FOUND, response.status, f"{operation_id} of linked data of another account")


def _query(operation_id: str) -> dict[str, str]:
    return {"$select": "*"} if operation_id == "list_linked_data_records" else {}


def _reads(check: Check, clause: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The operations of a clause for each table."""
    for operation_id in operations(check, clause):
        for table in tables(check):
            path: Row = dict(table.path)
            if "{linkedDataFieldId}" in check.contract.operation(operation_id).path:
                path["linkedDataFieldId"] = fields_of(check, table)[0]["Id"]
            yield operation_id, path


@law("W50-linked-data-forms-agree")
def linked_data_says_the_same_in_every_form(check: Check) -> None:
    """Every read in each media type."""
    for turn, (operation_id, path) in enumerate(_reads(check, "W50-linked-data-forms-agree")):
        expected = datacontract.as_xml_can_say(read(check, operation_id, **path))
        for media_type in check.some(media_types(check, operation_id), 3, turn):
            response = check.call(operation_id, path=path, accept=media_type, recall="unchanged")
            found = datacontract.as_xml_can_say(value_of(check, operation_id, response))
            check.equal(expected, found, f"{operation_id} as {media_type} against application/json")


@law("W50-linked-data-xml-form")
def linked_data_is_in_data_contract_form(check: Check) -> None:
    """Names, namespaces, order and nil of every read."""
    for operation_id, path in _reads(check, "W50-linked-data-xml-form"):
        response = check.call(operation_id, path=path, accept=XML, recall="unchanged")
        check.equal(OK, response.status, f"{operation_id} in XML")
        _, findings = datacontract.read(check.contract.document, pointer(check, operation_id), response.content)
        check.equal([], [str(finding) for finding in findings], f"the form of {operation_id} in XML")
