"""The tables of linked data that a target is known to hold, and how their records are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mailproof_conformance.check import DEFAULT
from mailproof_conformance.which50.spare_list import OK, lasting, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof_conformance.check import Check, Credentials
    from mailproof_conformance.exchange import Response

Row = dict[str, Any]

RECORDS = "list_linked_data_records"


@dataclass(frozen=True, slots=True)
class Table:
    """One table of linked data, as its list shows it."""

    shown: Row
    list_id: int

    @property
    def id(self) -> int:
        """Its id."""
        return int(self.shown["Id"])

    @property
    def path(self) -> Row:
        """The parameters of its path, for every operation."""
        return {"contactListId": self.list_id, "linkedDataId": self.id}


def tables(check: Check) -> Iterator[Table]:
    """Every table of every list. The case is skipped where there is none."""
    found = False
    for row in read(check, "list_contact_lists"):
        for shown in lasting(check, "list_linked_data", contactListId=row["Id"]):
            found = True
            yield Table(shown, row["Id"])
    if not found:
        check.skip("the target shows no linked data")


def public(check: Check) -> Table:
    """The sample, which can be read without credentials."""
    list_id, table_id = check.sample("contactListId"), check.sample("linkedDataId")
    shown = read(check, "get_linked_data", contactListId=list_id, linkedDataId=table_id)
    if not shown["IsPublic"]:
        check.skip("the linked data of the samples is not public")
    return Table(shown, list_id)


def private(check: Check) -> Table:
    """Linked data of the same list that needs credentials."""
    list_id, table_id = check.sample("contactListId"), check.sample("linked_data.private")
    return Table(read(check, "get_linked_data", contactListId=list_id, linkedDataId=table_id), list_id)


def fields_of(check: Check, table: Table) -> list[Row]:
    """The fields of a table. The case is skipped where it has none."""
    fields: list[Row] = lasting(check, "list_linked_data_fields", **table.path)
    if not fields:
        check.skip(f"the linked data {table.id} has no fields")
    return fields


def names_of(check: Check, table: Table) -> list[str]:
    """The names of the fields of a table."""
    return [field["Name"] for field in fields_of(check, table)]


def ask(
    check: Check, table: Table, select: str | None, *, credentials: Credentials | str = DEFAULT, **options: str
) -> Response:
    """The answer to a request for records; `options` are those of the query, without their `$`."""
    query = {f"${name}": text for name, text in options.items()}
    if select is not None:
        query["$select"] = select
    path = {"listId": str(table.list_id), "linkedDataId": table.id}
    return check.call(RECORDS, path=path, query=query, credentials=credentials)


def records(check: Check, table: Table, select: str, **options: str) -> list[Row]:
    """The records of a table. Raises Broken unless it answers 200."""
    response = ask(check, table, select, **options)
    check.equal(OK, response.status, f"the status of records with $select={select} and {options}")
    found: list[Row] = response.json()
    return found
