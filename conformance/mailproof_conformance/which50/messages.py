"""E-mails and text messages as a law sends them, and the views in which they can be seen afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mailproof_conformance.check import DEFAULT
from mailproof_conformance.which50.journey_reads import EMAILS, TEXT_MESSAGES, Channel, Row, lasting, read
from mailproof_conformance.which50.people import OK, Fields, fields_of, newcomer, stored
from mailproof_conformance.which50.reads import operations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof_conformance.check import Check, Credentials
    from mailproof_conformance.exchange import Response


@dataclass(frozen=True, slots=True)
class Sort:
    """What is sent, by the names that the contract has for it."""

    channel: Channel
    member: str
    """Of a request: the id of the item."""
    interaction: str
    """The kind of a communication."""
    unread: Mapping[str, int]
    """What the contact's list of the channel says of one that has just arrived."""
    unknown: str
    """The problem of an item that does not exist."""


EMAIL = Sort(EMAILS, "EmailId", "Email", {"Delivered": 1, "Open": 0, "Read": 0, "Link": 0}, "unknown-email")
TEXT_MESSAGE = Sort(TEXT_MESSAGES, "TextMessageId", "SMS", {"Delivered": 1}, "unknown-text-message")

NOWHERE = 2_147_483_647
"""An id that nothing has."""


class Message:
    """One operation that sends, with the target's sample e-mail or text message and the list of its journey."""

    def __init__(self, check: Check, operation_id: str) -> None:
        """Asks for the journey of the item; the case is skipped where the target offers no sample."""
        self.check = check
        self.operation_id = operation_id
        self.sort = EMAIL if "email" in operation_id else TEXT_MESSAGE
        self.journey_id = check.sample("journeyId")
        self.item_id = check.sample(self.sort.channel.parameter)
        journey = lasting(check, "get_journey", journeyId=self.journey_id)  # its list: no operation changes it
        self.list_id: int = check.sample("contactListId") if journey["ListId"] is None else journey["ListId"]
        self.fields: Fields = fields_of(check, self.list_id)

    @property
    def by_query(self) -> bool:
        """Whether the values to match come from the query."""
        return self.check.contract.operation(self.operation_id).method.lower() == "patch"

    @property
    def address(self) -> str:
        """The field that the message needs."""
        return self.fields.email if self.sort is EMAIL else self.fields.mobile

    def newcomer(self) -> Row:
        """Values by which no contact of the list is known."""
        return newcomer(self.check, self.list_id, self.fields)

    def member(self) -> Row:
        """A contact that the list has got just now."""
        return stored(self.check, self.list_id, self.newcomer())

    def body(self, values: Mapping[str, Any], **contact: object) -> Row:
        """What a request for the sample item says; `contact` are further members of the contact."""
        return {self.sort.member: self.item_id, "Contact": {"ListId": self.list_id, "Values": dict(values), **contact}}

    def ask(
        self,
        body: object,
        query: Mapping[str, str] | None = None,
        *,
        content_type: str | None = None,
        credentials: Credentials | str = DEFAULT,
    ) -> Response:
        """The answer to a request."""
        return self.check.call(
            self.operation_id, query=query or {}, body=body, content_type=content_type, credentials=credentials
        )

    def ask_for(self, values: Mapping[str, Any], **contact: object) -> tuple[Row, dict[str, str]]:
        """Body and query of a request that means the contact with an e-mail address and sets the other values."""
        if not self.by_query:
            return self.body(values, **contact), {}
        given = {name: value for name, value in values.items() if name != self.fields.email}
        return self.body(given, **contact), {"match": self.fields.email, self.fields.email: values[self.fields.email]}

    def to(self, values: Mapping[str, Any], *, content_type: str | None = None, **further: str) -> Row:
        """The contact that is answered when its values are sent to; `further` goes into the query.

        By PATCH it has to be in the list already. Raises Broken unless it is answered alone.
        """
        body, query = self.ask_for(values)
        response = self.ask(body, {**query, **further}, content_type=content_type)
        self.check.equal(OK, response.status, f"{self.operation_id} of a contact with an address")
        found: Any = response.json()
        if not self.by_query:
            return dict(found)
        self.check.equal(1, len(found), f"the contacts that {self.operation_id} answers")
        return dict(found[0])

    def report(self) -> Row:
        """The report of the item."""
        rows: list[Row] = read(self.check, self.sort.channel.reports, journeyId=self.journey_id)
        for row in rows:
            if row["Id"] == self.item_id:
                return row
        return self.check.skip(f"the sample journey has no {self.sort.channel.name} {self.item_id}")

    def in_state(self, state: str) -> set[str]:
        """The encrypted ids of the contacts in a state of the item."""
        path = {"journeyId": self.journey_id, self.sort.channel.parameter: self.item_id, "state": state}
        return {row["EncContactId"] for row in read(self.check, self.sort.channel.by_state, **path)}

    def communications(self, contact_id: str) -> list[Row]:
        """What the contact has had of whatever kind, the newest first."""
        rows: list[Row] = read(self.check, "list_contact_communications", contactId=contact_id)
        return rows

    def received(self, contact_id: str) -> list[Row]:
        """What the contact has had through the channel, the newest first."""
        rows: list[Row] = read(self.check, self.sort.channel.listed, contactId=contact_id)
        return rows


def messages(check: Check, clause: str) -> Iterator[Message]:
    """The operations of a clause that send."""
    for operation_id in operations(check, clause):
        if operation_id.startswith("send_"):
            yield Message(check, operation_id)
