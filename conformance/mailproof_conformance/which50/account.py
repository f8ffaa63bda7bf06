"""The parts of an account that a random walk writes to: what they must hold, and whether every view says so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mailproof_conformance.which50 import folder
from mailproof_conformance.which50.journey_reads import read
from mailproof_conformance.which50.ledger import Ledger, Schema, values_by_id
from mailproof_conformance.which50.messages import Message
from mailproof_conformance.which50.people import size
from mailproof_conformance.which50.tally import Tally

if TYPE_CHECKING:
    from mailproof_conformance.check import Check
    from mailproof_conformance.which50.journey_reads import Row


class Ground:
    """What no walk changes: the sample items and their journey, its list, and the spare list."""

    def __init__(self, check: Check) -> None:
        """Asks for it; the case is skipped where the target does not offer it."""
        self.messages = {name: Message(check, name) for name in _SENDS}
        list_id = self.messages["send_email"].list_id
        ids = dict.fromkeys((list_id, check.samples.get("lists", {}).get("spare", list_id)))
        self.schemas = [Schema(check, number) for number in ids]


class Account:
    """What a walk writes to: contacts of the lists, sends of the sample items, and files of its own."""

    def __init__(self, check: Check, ground: Ground) -> None:
        """Begins with what the views say now."""
        self.check = check
        self.messages = ground.messages
        self._items = (self.messages["send_email"], self.messages["send_text_message"])
        self.journey_id = self._items[0].journey_id
        self.tallies = {message.sort.channel.member: Tally(message) for message in self._items}
        self.ledgers = [Ledger(check, schema) for schema in ground.schemas]
        self.received: dict[str, list[str]] = {}
        self.files: dict[str, bytes] = {}
        self.gone: set[str] = set()
        self._journey: Row = read(check, "get_journey", journeyId=self.journey_id)
        self._reached = {row["EncContactId"] for row in self._journey_contacts()}
        self._interactions = self._journey["Interactions"]
        self._reports: Row = read(check, "get_journey_reports", journeyId=self.journey_id)

    def create(self, ledger: Ledger, expected: list[Row]) -> list[str]:
        """The encrypted ids of contacts that have come into a list. Raises Broken unless they have these values."""
        rows = self._listed(ledger)
        new = [row for row in rows if row["EncContactId"] not in ledger.contacts]
        self.check.equal(len(expected), len(new), "how many contacts are created")
        about = "the values of those that are created"
        self.check.equal(_sorted(expected), _sorted([row["Values"] for row in new]), about)
        for row in new:
            ledger.contacts[row["EncContactId"]] = row["Values"]
        return [row["EncContactId"] for row in new]

    def send(self, message: Message, contact_id: str, *, arrives: bool) -> None:
        """Takes in one send."""
        self.tallies[message.sort.channel.member].send(contact_id, arrives=arrives)
        self.received.setdefault(contact_id, []).insert(0, message.sort.interaction)
        self._reached.add(contact_id)
        self._interactions += 1

    def judge(self) -> None:
        """Raises Broken unless the lists and the counters of the journey say what they must."""
        for ledger in self.ledgers:
            about = f"list {ledger.list_id}"
            listed = values_by_id(self._listed(ledger))
            self.check.equal(ledger.contacts, listed, f"the contacts of {about}")
            self.check.equal(len(listed), size(self.check, ledger.list_id), f"the Count of {about}")
        journey = read(self.check, "get_journey", journeyId=self.journey_id)
        expected = {**self._journey, "Reach": len(self._reached), "Interactions": self._interactions}
        self.check.equal(expected, journey, "the journey")
        reports = dict(self._reports)
        for member, tally in self.tallies.items():
            rows = [tally.expected() if row["Id"] == tally.message.item_id else row for row in reports[member]]
            reports[member] = rows
        found = read(self.check, "get_journey_reports", journeyId=self.journey_id)
        self.check.equal(reports, found, "the reports of the journey")

    def judge_files(self) -> None:
        """Raises Broken unless the files are there that were uploaded, and those are not that were deleted."""
        for path, data in self.files.items():
            folder.holds(self.check, path, data, "a file that was uploaded")
        for path in self.gone:
            folder.lacks(self.check, path, "a file that was deleted")

    def judge_contact(self, contact_id: str, values: Row) -> None:
        """Raises Broken unless the views of one contact say what they must."""
        found = read(self.check, "get_contact", contactId=contact_id)
        self.check.equal(values, found["Values"], "the values of a contact")
        rows = read(self.check, "list_contact_communications", contactId=contact_id)
        kinds = [row["Interaction"] for row in rows]
        self.check.equal(self.received.get(contact_id, []), kinds, "the communications of a contact")
        for message in self._items if kinds else ():
            count = kinds.count(message.sort.interaction)
            received = message.received(contact_id)
            self.check.equal(count, len(received), f"what {message.sort.channel.listed} lists")

    def judge_listings(self) -> None:
        """Raises Broken unless the journey and the states of the sample items list whom they must."""
        reached = {row["EncContactId"] for row in self._journey_contacts()}
        self.check.equal(sorted(self._reached), sorted(reached), "the contacts that the journey reached")
        for tally in self.tallies.values():
            tally.judge()

    def _journey_contacts(self) -> list[Row]:
        rows: list[Row] = read(self.check, "list_journey_contacts", journeyId=self.journey_id)
        return rows

    def _listed(self, ledger: Ledger) -> list[Row]:
        rows: list[Row] = read(self.check, "list_contact_list_contacts", contactListId=ledger.list_id)
        return rows


_SENDS = (
    "send_email",
    "send_email_to_matching",
    "send_email_by_put",
    "send_text_message",
    "send_text_message_to_matching",
    "send_text_message_by_put",
)


def _sorted(rows: list[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))
