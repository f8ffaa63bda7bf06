"""The contact list that the laws may write to, its fields by what they take, and how contacts are written to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response
    from mailproof_conformance.recollections import Recall

Row = dict[str, Any]

OK, BAD_REQUEST, NOT_FOUND, EXPECTATION_FAILED = 200, 400, 404, 417
NO_ID = 2_147_483_647
"""An id that nothing has."""
_FEWEST_TEXTS = 3


def open_names(fields: Iterable[Row]) -> list[str]:
    """The names of those fields that take any value: the others want an address or a number in them."""
    return [field["Name"] for field in fields if field["MapType"] not in {"Email", "Mobile"}]


class SpareList:
    """The sample `lists.spare`. A case is skipped where the list lacks a field that it needs."""

    def __init__(self, check: Check) -> None:
        self.check = check
        self.id = check.sample("lists.spare")
        self.fields: list[Row] = lasting(check, "list_contact_list_fields", contactListId=self.id)

    @property
    def email(self) -> str:
        """The name of the field for e-mail addresses."""
        return self.named("Email")[0]

    @property
    def mobile(self) -> str:
        """The name of the field for mobile numbers."""
        return self.named("Mobile")[0]

    @property
    def number(self) -> str:
        """The name of a field for numbers."""
        return self.named("Number")[0]

    @property
    def texts(self) -> tuple[str, str, str]:
        """The names of three fields for texts, in which a new contact has nothing."""
        names = self.named("Text")
        if len(names) < _FEWEST_TEXTS:
            self.check.skip(f"the list {self.id} has not {_FEWEST_TEXTS} fields for texts without a default value")
        return names[0], names[1], names[2]

    @property
    def defaults(self) -> dict[str, str]:
        """The fields that have a default value, and that value."""
        found = {field["Name"]: field["DefaultValue"] for field in self.fields if field["DefaultValue"] is not None}
        if not found:
            self.check.skip(f"the list {self.id} has no field with a default value")
        return found

    def named(self, kind: str) -> list[str]:
        """The names of the fields of a kind without a default value, at least one."""
        names = [row["Name"] for row in self.fields if row["MapType"] == kind and row["DefaultValue"] is None]
        if not names:
            self.check.skip(f"the list {self.id} has no field of the kind {kind} without a default value")
        return names

    def address(self, prefix: str = "reader") -> str:
        """An e-mail address that nobody has yet."""
        return f"{self.check.fresh(prefix)}@example.com"

    def post(self, values: Mapping[str, Any] | None, query: Mapping[str, Any] | None = None, **more: Any) -> Response:
        """The answer to a contact that is posted; `more` are its further members."""
        body = {"Values": values, **more}
        return self.check.call("save_contact", path={"contactListId": self.id}, query=query or {}, body=body)

    def saved(self, values: Mapping[str, Any] | None, query: Mapping[str, Any] | None = None, **more: Any) -> Row:
        """The contact that a post gives back. Raises Broken unless it answers 200."""
        response = self.post(values, query, **more)
        self.check.equal(OK, response.status, f"the status of a contact that is posted, with the query {query or {}}")
        return row_of(response)

    def patch(self, match: Mapping[str, Any], values: Mapping[str, Any], **query: str) -> Response:
        """The answer to values for the contacts that match."""
        wanted = {"match": ",".join(match), **match, **query}
        path = {"contactListId": self.id}
        return self.check.call("update_matching_contacts", path=path, query=wanted, body={"Values": values})

    def patched(self, match: Mapping[str, Any], values: Mapping[str, Any], **query: str) -> list[Row]:
        """The contacts that a patch gives back. Raises Broken unless it answers 200."""
        response = self.patch(match, values, **query)
        self.check.equal(OK, response.status, f"the status of a patch that matches {sorted(match)}")
        found: list[Row] = response.json()
        return found

    def contact(self, row: Row) -> Row:
        """A contact as it is now, by its encrypted id. Raises Broken unless it is there."""
        found: Row = read(self.check, "get_contact", contactId=row["EncContactId"])
        return found

    def values(self, row: Row) -> Row:
        """The values that a contact has now."""
        return values_of(self.contact(row))

    def contacts(self, query: Mapping[str, Any] | None = None) -> list[Row]:
        """The contacts of the list now."""
        return contacts_of(self.check, self.id, query)

    def count(self) -> int:
        """How many contacts the list says that it has."""
        return int(read(self.check, "get_contact_list", contactListId=self.id)["Count"])


def read(check: Check, operation_id: str, **path: object) -> Any:
    """What an operation says in JSON. Raises Broken unless it answers 200."""
    return _said(check, operation_id, path, "unchanged")


def lasting(check: Check, operation_id: str, **path: object) -> Any:
    """What an operation says in JSON that no law can change. Raises Broken unless it answers 200."""
    return _said(check, operation_id, path, "lasting")


def _said(check: Check, operation_id: str, path: Mapping[str, object], recall: Recall) -> Any:
    response = check.call(operation_id, path=path, recall=recall)
    check.equal(OK, response.status, f"the status of {operation_id} of something known")
    return response.json()


def contacts_of(check: Check, list_id: int, query: Mapping[str, Any] | None = None) -> list[Row]:
    """The contacts of a list. Raises Broken unless it answers 200."""
    path = {"contactListId": list_id}
    response = check.call("list_contact_list_contacts", path=path, query=query or {}, recall="unchanged")
    check.equal(OK, response.status, f"the status of the contacts of list {list_id} with the query {query or {}}")
    found: list[Row] = response.json()
    return found


def row_of(response: Response) -> Row:
    """The object of an answer. Raises Broken for anything else."""
    row = response.json()
    if not isinstance(row, dict):
        raise Broken("an answer", "a JSON object", row)
    return cast("Row", row)


def values_of(row: Row) -> Row:
    """The values of a contact; none where they are null."""
    values: Row | None = row["Values"]
    if values is None:
        return {}
    return values


def ids(rows: list[Row]) -> list[str]:
    """The encrypted ids of contacts."""
    return [row["EncContactId"] for row in rows]
