"""Laws about the forms in which journeys, their reports and activities are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_conformance import datacontract
from mailproof_conformance.laws import law
from mailproof_conformance.which50.journey_reads import CHANNELS, journeys, read, states
from mailproof_conformance.which50.reads import XML, operations, pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof_conformance.check import Check


def _reads(check: Check, clause: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The operations of a clause with paths that exist: every journey, and the sample items in every state."""
    by_state = {channel.by_state: channel for channel in CHANNELS}
    for operation_id in operations(check, clause):
        parameters = [item["name"] for item in check.contract.operation(operation_id).definition["parameters"]]
        if operation_id in by_state:
            yield from (
                (operation_id, {"state": state}) for state in check.some(states(check, by_state[operation_id]), 4)
            )
        elif parameters == ["journeyId"]:
            yield from ((operation_id, {"journeyId": journey["Id"]}) for journey in check.some(journeys(check), 4))
        else:
            yield operation_id, {}


@law("W50-journeys-xml-form")
def journeys_are_in_data_contract_form(check: Check) -> None:
    """Every read in XML, against what the contract says of names, namespaces, order and null."""
    for operation_id, path in _reads(check, "W50-journeys-xml-form"):
        response = check.call(operation_id, path=path, accept=XML, recall="unchanged")
        check.equal(200, response.status, f"{operation_id} in XML")
        document = check.contract.document
        _, findings = datacontract.read(document, pointer(check, operation_id), response.content)
        check.equal([], [str(finding) for finding in findings], f"the form of {operation_id} in XML")


@law("W50-journeys-xml-says-what-json-says")
def journeys_say_the_same_in_both_forms(check: Check) -> None:
    """Every read in XML against the same in JSON."""
    for operation_id, path in _reads(check, "W50-journeys-xml-says-what-json-says"):
        expected = datacontract.as_xml_can_say(read(check, operation_id, **path))
        response = check.call(operation_id, path=path, accept=XML, recall="unchanged")
        found, _ = datacontract.read(check.contract.document, pointer(check, operation_id), response.content)
        check.equal(expected, found, f"{operation_id} in XML against JSON")
