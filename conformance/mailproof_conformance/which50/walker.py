"""What a random walk over the writes goes by: who is meant, what the account holds then, and how it is looked at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from mailproof_conformance.which50.account import Account, Ground
from mailproof_conformance.which50.messages import EMAIL
from mailproof_conformance.which50.people import OK
from mailproof_conformance.which50.reads import XML

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response
    from mailproof_conformance.which50.journey_reads import Row
    from mailproof_conformance.which50.ledger import Job, Ledger
    from mailproof_conformance.which50.messages import Message

UNMET = 417
_FEW = 4
"""People of a walk; the fewer, the more often one is met again."""
_LOOKED_AT = 3
"""Contacts that are asked for one by one after a step, beside the lists of all of them."""


@dataclass(frozen=True, slots=True)
class Person:
    """A contact in words: who it is and what is known of it. A walk makes values of it."""

    who: int
    in_capitals: bool
    email: str | None
    mobile: str | None
    group: int
    further: str | None
    beyond: bool
    """Whether there is a value that the list has no field for."""


people = st.builds(
    Person,
    who=st.integers(0, _FEW - 1),
    in_capitals=st.booleans(),
    email=st.sampled_from(["own", "own", "own", "malformed", None]),
    mobile=st.sampled_from(["own", "own", "own", "malformed", None]),
    group=st.sampled_from([0, 0, 1]),
    further=st.sampled_from([None, "", "one", "Two <&> Zoë"]),
    beyond=st.booleans(),
)
matches = st.sampled_from(["group", "group", "group", "email", "email,group"])
media_types = st.sampled_from(["application/json", "text/json", "application/csp-report", XML, "text/xml"])


class Walker:
    """One walk: its account, its people, and whom its last step concerned."""

    def __init__(self, check: Check, ground: Ground) -> None:
        """Begins with what the account shows now."""
        self.check = check
        self.account = Account(check, ground)
        self.mark = check.fresh("walk")
        self.jobs: list[tuple[Ledger, Job]] = []
        self._numbers = [f"+35385{int(self.mark[-6:], 16) % 10**6:06}{who}" for who in range(_FEW)]
        self._touched: set[str] = set()
        self._sent = False
        self._filed = False

    # --- who is meant

    def ledger(self, place: int = 0) -> Ledger:
        """One of the lists; the first is that of the sample journey."""
        return self.account.ledgers[place % len(self.account.ledgers)]

    @property
    def unknown(self) -> str:
        """A name that no field has."""
        return f"Shoe{self.mark}"

    def values(self, ledger: Ledger, person: Person) -> dict[str, str]:
        """The values of a person."""
        fields = ledger.fields
        found = {fields.texts[0]: f"{self.mark} {person.group}"}
        if person.email is not None:
            found[fields.email] = f"{self.mark}-{person.who}" + ("@example.com" if person.email == "own" else "")
        if person.mobile is not None:
            found[fields.mobile] = self._numbers[person.who] if person.mobile == "own" else "nobody"
        if person.further is not None:
            found[fields.texts[1]] = person.further
        if person.beyond:
            found[self.unknown] = "9"
        return {name: text.upper() if person.in_capitals else text for name, text in found.items()}

    def names(self, ledger: Ledger, match: str | None) -> tuple[str, ...]:
        """The fields by which a contact is found again; without `match` the key field."""
        known = {"email": ledger.fields.email, "group": ledger.fields.texts[0]}
        return tuple(known[name] for name in (match or "email").split(","))

    def wanted(self, ledger: Ledger, person: Person, match: str) -> dict[str, str]:
        """The values to match by which a person is found."""
        values = self.values(ledger, replace(person, email=person.email or "own"))
        return {name: values[name] for name in self.names(ledger, match)}

    def mine(self, ledger: Ledger) -> list[str]:
        """The contacts of the walk in a list."""
        field = ledger.fields.texts[0]
        return sorted(name for name, values in ledger.contacts.items() if self.mark in text(values, field).casefold())

    # --- what a write must have done

    def touch(self, contacts: Iterable[str]) -> None:
        """Has some contacts looked at after the step."""
        self._touched.update(contacts)

    def wrote(
        self, ledger: Ledger, response: Response, values: dict[str, str], match: str | None, *, tells: bool = True
    ) -> str | None:
        """Takes in a write of one contact; gives the contact that the answer tells of, None for a refusal.

        Raises Broken unless the answer is what the account lets expect.
        """
        names = self.names(ledger, match)
        if match is not None and not all(values.get(name) for name in names):
            self.check.equal(UNMET, response.status, "the status of a write without a value to match")
            return None
        self.check.equal(OK, response.status, "the status of a write of one contact")
        merge = ledger.merged(values, names)
        ledger.update(merge.found, merge.given)
        found = merge.found or self.account.create(ledger, [merge.whole])
        self.touch(found)
        if not tells:
            return None
        answer: Row = response.value()
        told = str(answer["EncContactId"])
        self.check.true(told in found, "the contact that a write answers", expected=found, actual=told)
        self.check.equal(ledger.contacts[told], answer["Values"], "the values that a write answers")
        return told

    def wrote_all(self, ledger: Ledger, response: Response, query: dict[str, str], values: dict[str, str]) -> None:
        """Takes in a write to those that have the values of a query. Raises Broken unless they are answered."""
        self.check.equal(OK, response.status, "the status of a write to those that match")
        found = ledger.with_values(query)
        ledger.update(found, values)
        answered = {row["EncContactId"]: row["Values"] for row in response.value()}
        self.check.equal({name: ledger.contacts[name] for name in found}, answered, "those that match")
        self.touch(found)

    def sent(self, message: Message, ledger: Ledger, contacts: Iterable[str]) -> None:
        """Takes in what was sent to some contacts."""
        for contact_id in contacts:
            address = text(ledger.contacts[contact_id], message.address)
            arrives = "@" in address if message.sort is EMAIL else address.startswith("+")
            self.account.send(message, contact_id, arrives=arrives)
            self._sent = True

    def filed(self, name: str, data: bytes | None) -> None:
        """Takes in a file that was uploaded, or deleted where there is no data."""
        self._filed = True
        if data is None:
            self.account.files.pop(name, None)
            self.account.gone.add(name)
        else:
            self.account.files[name] = data
            self.account.gone.discard(name)

    # --- what is looked at

    def look(self) -> None:
        """Raises Broken unless the views agree: lists and counters always, the rest where the step concerned it."""
        self.account.judge()
        for ledger in self.account.ledgers:
            for contact_id in sorted(self._touched & ledger.contacts.keys())[:_LOOKED_AT]:
                self.account.judge_contact(contact_id, ledger.contacts[contact_id])
        if self._sent:
            self.account.judge_listings()
        if self._filed:
            self.account.judge_files()
        self._touched.clear()
        self._sent = self._filed = False


def text(values: Row, name: str) -> str:
    """A value as text, empty for none."""
    return str(values.get(name) or "")
