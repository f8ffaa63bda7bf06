"""What a journey's report says of an item after the sends that were made, worked out from the clauses alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailproof_conformance.which50.journey_reads import states

if TYPE_CHECKING:
    from mailproof_conformance.which50.journey_reads import Row
    from mailproof_conformance.which50.messages import Message

WITHIN = {"Read": "Opened", "Opened": "Delivered", "Clicked": "Delivered", "Delivered": "Sent", "Bounced": "Sent"}
"""Each state of an e-mail with the one that holds it."""

_ARRIVED = ("Sent", "Delivered")
_LOST = ("Sent", "Bounced", "HardBounced", "Failed")


class Tally:
    """The contacts in each state of an item."""

    def __init__(self, message: Message) -> None:
        """Begins with what the item's listings hold now."""
        self.message = message
        self.states = {state: message.in_state(state) for state in states(message.check, message.sort.channel)}
        self.report = message.report()

    def send(self, contact_id: str, *, arrives: bool) -> None:
        """Takes in one send."""
        for state in _ARRIVED if arrives else _LOST:
            if state in self.states:
                self.states[state].add(contact_id)
        if "Failed" in self.states:
            self.states["Failed"] -= self.states["Delivered"]

    def expected(self) -> Row:
        """The report that follows."""
        counters = {state: len(contacts) for state, contacts in self.states.items() if state in self.report}
        return {**self.report, **counters}

    def judge(self) -> None:
        """Raises Broken unless the listings and the report of the item say so too."""
        check, about = self.message.check, f"{self.message.sort.channel.name} {self.message.item_id}"
        found = {state: self.message.in_state(state) for state in self.states}
        for state, contacts in self.states.items():
            check.equal(sorted(contacts), sorted(found[state]), f"the contacts in the state {state} of {about}")
        for inner, outer in WITHIN.items():
            if inner in found:
                outside = sorted(found[inner] - found[outer])
                check.equal([], outside, f"who is in the state {inner} of {about} and not in {outer}")
        if "Bounced" in found:
            both = sorted(found["SoftBounced"] & found["HardBounced"])
            check.equal([], both, f"who is a soft and a hard bounce of {about}")
            either = sorted(found["SoftBounced"] | found["HardBounced"])
            check.equal(either, sorted(found["Bounced"]), f"the bounces of {about}")
        check.equal(self.expected(), self.message.report(), f"the report of {about}")
