"""Laws about where a send goes to: no address, and what cannot be one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailproof_conformance.laws import law
from mailproof_conformance.which50.messages import EMAIL, messages
from mailproof_conformance.which50.people import holds, stored

if TYPE_CHECKING:
    from mailproof_conformance.check import Check
    from mailproof_conformance.which50.journey_reads import Row

_REFUSED = 417


@law("W50-send-needs-address")
def without_an_address_nothing_is_sent(check: Check) -> None:
    """A known contact with nothing but the address of the other channel, or with a blank one."""
    for turn, message in enumerate(messages(check, "W50-send-needs-address")):
        for blank in check.some((None, "", "  "), 1, turn):
            whole = message.newcomer()
            key = message.fields.texts[0]
            other = message.fields.mobile if message.sort is EMAIL else message.fields.email
            values = {key: whole[key], other: whole[other], message.address: blank}
            person = stored(check, message.list_id, values)
            body = message.body({} if message.by_query else {key: whole[key]})
            query = {"match": key, key: whole[key]} if message.by_query else {"match": key}
            status = message.ask(body, query).status
            check.equal(_REFUSED, status, f"{message.operation_id} to a contact with the address {blank!r}")
            found = message.communications(person["EncContactId"])
            check.equal([], found, f"the communications after {message.operation_id} to the address {blank!r}")


@law("W50-send-needs-address")
def one_without_an_address_refuses_all(check: Check) -> None:
    """Two contacts that match, of whom one has no address: the send goes to neither, whichever stands first."""
    found = [item for item in messages(check, "W50-send-needs-address") if item.by_query]
    for turn, message in enumerate(found):
        key = message.fields.texts[1]
        for at in check.some((0, 1), 1, turn):
            mark = check.fresh("without")
            people: list[Row] = []
            for number in range(2):
                values = {**message.newcomer(), key: mark}
                if number == at:
                    values[message.address] = None
                people.append(stored(check, message.list_id, values))
            status = message.ask(message.body({}), {"match": key, key: mark}).status
            about = f"{message.operation_id} to two contacts, of whom number {at + 1} has no address"
            check.equal(_REFUSED, status, about)
            for person in people:
                check.equal([], message.communications(person["EncContactId"]), f"the communications after {about}")


@law("W50-email-to-malformed-address-bounces")
def what_is_no_address_bounces(check: Check) -> None:
    """Texts that no mail server could be asked about."""
    _malformed(check, "W50-email-to-malformed-address-bounces", {"Sent", "Bounced", "HardBounced"})


@law("W50-text-to-malformed-number-fails")
def what_is_no_number_fails(check: Check) -> None:
    """Texts that cannot be dialled."""
    _malformed(check, "W50-text-to-malformed-number-fails", {"Sent", "Failed"})


def _malformed(check: Check, clause: str, reached: set[str]) -> None:
    for message in messages(check, clause):
        before = message.report()
        counters = [name for name in before if name not in {"Id", "Name", "Unsubscribes"}]
        for number, text in enumerate(("nowhere", "two words"), start=1):
            values = message.newcomer()
            if message.sort is EMAIL:
                values[message.address] = f"{text} {check.fresh('x')}"
            else:
                values[message.address] = text
            contact = message.to(values)
            if "ValidationWarnings" in contact:
                check.true(contact["ValidationWarnings"], f"the warnings of {message.operation_id} to {text!r}")
            holds(check, values, contact, f"what {message.operation_id} stores")
            check.equal(0, message.received(contact["EncContactId"])[0]["Delivered"], f"{text!r} is not delivered to")
            expected = {name: before[name] + (number if name in reached else 0) for name in counters}
            after = message.report()
            check.equal(expected, {name: after[name] for name in counters}, f"the report after a send to {text!r}")
            for state in sorted(reached):
                check.true(contact["EncContactId"] in message.in_state(state), f"{text!r} in the state {state}")
