"""The reads of journeys, their items and reports, and what the contract says of their states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mailproof.pointers import mapping
from mailproof_conformance.verdicts import Broken, Skipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof_conformance.check import Check
    from mailproof_conformance.recollections import Recall

Row = dict[str, Any]

_MOST = 25
"""Journeys of a large account that are looked at one by one."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel of a journey, by the names that the contract has for it."""

    name: str
    """In the `Channels` of a journey."""
    member: str
    """Of a journey and of its reports."""
    parameter: str
    """Of a path: the id of an item."""
    reports: str
    contacts: str
    by_state: str
    """The operations."""
    listed: str
    """The operation that lists the channel's interactions of a contact."""


EMAILS = Channel(
    "Email",
    "Emails",
    "emailId",
    "list_email_reports",
    "list_email_contacts",
    "list_email_contacts_by_state",
    "list_contact_emails",
)
TEXT_MESSAGES = Channel(
    "TextMessage",
    "TextMessages",
    "textMessageId",
    "list_text_message_reports",
    "list_text_message_contacts",
    "list_text_message_contacts_by_state",
    "list_contact_text_messages",
)
LANDING_PAGES = Channel(
    "LandingPage",
    "LandingPages",
    "landingpageId",
    "list_landing_page_reports",
    "list_landing_page_contacts",
    "list_landing_page_contacts_by_state",
    "list_contact_landing_pages",
)
CHANNELS = (EMAILS, TEXT_MESSAGES, LANDING_PAGES)


class Item:
    """One e-mail, text message or landing page of a journey, with its report."""

    def __init__(self, check: Check, channel: Channel, journey: Row, report: Row) -> None:
        """Keeps the lists of contacts that are asked for, for as long as the case has the item in hand."""
        self._check = check
        self._listings: dict[str | None, list[Row]] = {}
        self.channel = channel
        self.journey = journey
        self.report = report

    @property
    def path(self) -> dict[str, Any]:
        """What the path of the item is filled with."""
        return {"journeyId": self.journey["Id"], self.channel.parameter: self.report["Id"]}

    def about(self, state: str | None = None) -> str:
        """What the contacts of the item, or of one of its states, are called in a finding."""
        whose = f"{self.channel.name} {self.report['Id']} of journey {self.journey['Id']}"
        return f"the contacts of {whose}" if state is None else f"the contacts in the state {state} of {whose}"

    def contacts(self, state: str | None = None) -> list[Row]:
        """The contacts in a state of the item, or all that it has. Raises Broken unless the answer is 200."""
        if state not in self._listings:
            path = self.path if state is None else {**self.path, "state": state}
            name = self.channel.contacts if state is None else self.channel.by_state
            self._listings[state] = read(self._check, name, **path)
        return self._listings[state]

    def ids(self, state: str | None = None) -> set[str]:
        """The encrypted ids of these contacts."""
        return ids(self.contacts(state))


def read(check: Check, operation_id: str, **path: object) -> Any:
    """What an operation says in JSON. Raises Broken unless it answers 200."""
    return _said(check, operation_id, path, "unchanged")


def lasting(check: Check, operation_id: str, **path: object) -> Any:
    """What an operation says in JSON that no law can change. Raises Broken unless it answers 200."""
    return _said(check, operation_id, path, "lasting")


def _said(check: Check, operation_id: str, path: Mapping[str, object], recall: Recall) -> Any:
    response = check.call(operation_id, path=path, recall=recall)
    check.equal(200, response.status, f"the status of {operation_id} of something known")
    return response.json()


def journeys(check: Check) -> list[Row]:
    """The journeys that the target shows, the newest of them if they are many.

    The case is skipped where there is none.
    """
    found: list[Row] = read(check, "list_journeys")
    if not found:
        raise Skipped("the target shows no journeys")
    return found[:_MOST]


def small(found: list[Row], most: int) -> list[Row]:
    """Those of the journeys that reached no more contacts than so many."""
    return [journey for journey in found if journey["Reach"] <= most]


def items(check: Check, *channels: Channel) -> Iterator[Item]:
    """Every item of every journey, of all channels unless some are named."""
    for journey in journeys(check):
        reports: Row = read(check, "get_journey_reports", journeyId=journey["Id"])
        for channel in channels or CHANNELS:
            for report in reports[channel.member]:
                yield Item(check, channel, journey, report)


def states(check: Check, channel: Channel) -> Mapping[str, Row]:
    """The states of a channel's items, each with what the contract says has to be known of a contact (`x-states`)."""
    for parameter in check.contract.operation(channel.by_state).definition["parameters"]:
        if parameter["name"] == "state":
            return mapping(parameter.get("x-states"))
    raise LookupError(f"{channel.by_state} has no state")


def counters(check: Check, item: Item) -> list[str]:
    """The states of an item that its report counts. Raises Broken for a report that counts nothing."""
    found = [state for state in states(check, item.channel) if state in item.report]
    if not found:
        raise Broken("a report", "a counter for each state", item.report)
    return found


def ids(rows: list[Row]) -> set[str]:
    """The encrypted ids of contacts."""
    return {row["EncContactId"] for row in rows}
