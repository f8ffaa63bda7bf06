"""Random walks over the reads: whatever was asked before, and in whichever form, the answer is the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from mailproof_conformance.datacontract import as_xml_can_say
from mailproof_conformance.formats import is_xml
from mailproof_conformance.which50.addresses import in_case
from mailproof_conformance.which50.reads import contacts, media_types, operations, value_of

if TYPE_CHECKING:
    from mailproof_conformance.check import Check


def reads_agree(check: Check) -> type[RuleBasedStateMachine]:
    """The machine: reads of known and unknown contacts in any media type and letter case, each remembered."""
    ids = operations(check, "W50-reads-repeatable")
    known = contacts(check)
    unknown = check.fresh("nobody")
    remembered: dict[tuple[str, str], Any] = {}

    class Reads(RuleBasedStateMachine):
        """Compares each answer with the first one to the same question, also across runs of the machine."""

        @rule(
            operation_id=st.sampled_from(ids),
            contact=st.sampled_from(known),
            choice=st.integers(0, 4),
        )
        def read(self, operation_id: str, contact: str, choice: int) -> None:
            """By the operation, in one of its media types."""
            offered = media_types(check, operation_id)
            accept = offered[choice % len(offered)]
            response = check.call(operation_id, path={"contactId": contact}, accept=accept)
            check.equal(200, response.status, f"{operation_id} as {accept}")
            check.equal(accept, response.media_type, f"Content-Type of {operation_id} as {accept}")
            found = as_xml_can_say(value_of(check, operation_id, response))
            expected = remembered.setdefault((operation_id, contact), found)
            form = "XML" if is_xml(accept) else "JSON"
            check.equal(expected, found, f"{operation_id} in {form} after other reads")

        @rule(
            operation_id=st.sampled_from(ids),
            contact=st.sampled_from(known),
            flips=st.lists(st.booleans(), min_size=1, max_size=12),
        )
        def read_in_other_letters(self, operation_id: str, contact: str, flips: list[bool]) -> None:
            """By a path with its literal letters in either case."""
            path = in_case(check, operation_id, flips, contact=contact)
            response = check.send("GET", path, headers={"Accept": "application/json"})
            check.equal(200, response.status, f"GET {path}")
            found = as_xml_can_say(response.json())
            expected = remembered.setdefault((operation_id, contact), found)
            check.equal(expected, found, f"GET {path} after other reads")

        @rule(operation_id=st.sampled_from(ids))
        def read_nobody(self, operation_id: str) -> None:
            """A contact that does not exist, and does not come into being by being asked for."""
            response = check.call(operation_id, path={"contactId": unknown})
            check.equal(404, response.status, f"{operation_id} of an unknown contact")

    return Reads
