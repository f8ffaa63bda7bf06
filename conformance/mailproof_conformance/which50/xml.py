"""Laws about XML: what it says, and in which form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailproof_conformance import datacontract
from mailproof_conformance.laws import law
from mailproof_conformance.which50.reads import contacts, operations, places, value, xml

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailproof_conformance.check import Check


def _no_findings(check: Check, clause: str, about: str, wanted: Callable[[datacontract.Finding], bool]) -> None:
    """Nothing of the wanted kind is wrong with the form of a clause's operations, for any known contact."""
    for operation_id in operations(check, clause):
        for contact in contacts(check):
            _, findings, _ = xml(check, operation_id, contact)
            check.equal([], [text for text in findings if wanted(text)], f"{about} of {operation_id}")


@law("W50-xml-says-what-json-says")
def both_carry_the_same_values(check: Check) -> None:
    """Every operation for every known contact."""
    for operation_id in operations(check, "W50-xml-says-what-json-says"):
        for contact in contacts(check):
            expected = datacontract.as_xml_can_say(value(check, operation_id, contact))
            check.equal(expected, xml(check, operation_id, contact)[0], f"{operation_id} in XML")


@law("W50-xml-member-order")
def members_are_in_ordinal_order(check: Check) -> None:
    """Every interaction, and the parts of its date."""
    _no_findings(check, "W50-xml-member-order", "the order of members", _about_order)


@law("W50-xml-contact-member-order")
def members_of_a_contact_are_in_ordinal_order(check: Check) -> None:
    """Those of the base class among them."""
    _no_findings(check, "W50-xml-contact-member-order", "the order of members", _about_order)


@law("W50-xml-further-member-order")
def members_of_all_else_are_in_ordinal_order(check: Check) -> None:
    """Channels, journeys, and the summary with what it holds."""
    _no_findings(check, "W50-xml-further-member-order", "the order of members", _about_order)


@law("W50-xml-interactions-namespace")
def interactions_are_in_their_namespace(check: Check) -> None:
    """Root, items and members."""
    _no_findings(check, "W50-xml-interactions-namespace", "names and namespaces", _about_names)


@law("W50-xml-channel-namespaces")
def channels_are_in_their_namespace(check: Check) -> None:
    """Root, items and members."""
    _no_findings(check, "W50-xml-channel-namespaces", "names and namespaces", _about_names)


@law("W50-xml-further-namespaces")
def all_else_is_in_its_namespace(check: Check) -> None:
    """Root, items and members."""
    _no_findings(check, "W50-xml-further-namespaces", "names and namespaces", _about_names)


@law("W50-xml-contact-namespaces")
def a_contact_is_in_two_namespaces(check: Check) -> None:
    """The element in one, its members in the other."""
    clause = "W50-xml-contact-namespaces"
    _no_findings(check, clause, "names and namespaces", lambda text: _about_names(text) and not _in_values(text))


@law("W50-xml-values")
def values_are_keys_and_values(check: Check) -> None:
    """The entries of a contact's Values."""
    _no_findings(check, "W50-xml-values", "the entries of Values", _in_values)


def _about_order(finding: datacontract.Finding) -> bool:
    return finding.rule == "order"


def _about_names(finding: datacontract.Finding) -> bool:
    return finding.rule in {"name", "namespace", "missing", "unknown"}


def _in_values(finding: datacontract.Finding) -> bool:
    return finding.place.startswith("Contact/Values")


@law("W50-xml-value-types")
def every_value_has_a_type(check: Check) -> None:
    """Each Value that is not nil, and each value inside it."""
    for contact in contacts(check):
        response = xml(check, "get_contact", contact)[2]
        for element in datacontract.parse(response.content).iter(f"{{{datacontract.ARRAYS}}}Value"):
            if not datacontract.is_nil(element):
                kind = datacontract.type_of(element)
                check.true(kind and kind[0], "the i:type of a Value", expected="a type with a namespace", actual=kind)


@law("W50-xml-nil")
def null_is_nil(check: Check) -> None:
    """The nulls of both forms, by place, and nil elements that are not empty."""
    for operation_id in operations(check, "W50-xml-nil"):
        for contact in contacts(check):
            json_value = datacontract.as_xml_can_say(value(check, operation_id, contact))
            xml_value, findings, _ = xml(check, operation_id, contact)
            expected = [place for place, _ in places(json_value, lambda node: node is None)]
            actual = [place for place, _ in places(xml_value, lambda node: node is None)]
            check.equal(sorted(expected), sorted(actual), f"what is null in {operation_id}")
            check.equal([], [text for text in findings if text.rule == "nil"], f"nil elements of {operation_id}")


@law("W50-xml-empty-collection")
def empty_is_not_nil(check: Check) -> None:
    """The empty arrays and objects of both forms, by place."""
    for operation_id in operations(check, "W50-xml-empty-collection"):
        for contact in contacts(check):
            json_value = datacontract.as_xml_can_say(value(check, operation_id, contact))
            xml_value, _, _ = xml(check, operation_id, contact)
            expected = [place for place, _ in places(json_value, lambda node: node in ([], {}))]
            actual = [place for place, _ in places(xml_value, lambda node: node in ([], {}))]
            check.equal(sorted(expected), sorted(actual), f"what is empty in {operation_id}")


@law("W50-xml-well-formed")
def xml_can_always_be_parsed(check: Check) -> None:
    """Whatever the texts are; those that XML cannot hold come through but for the character in question."""
    check.sample("contacts.awkward")
    for operation_id in operations(check, "W50-xml-well-formed"):
        for contact in contacts(check):
            texts = dict(places(xml(check, operation_id, contact)[0], lambda node: isinstance(node, str)))
            for place, text in places(value(check, operation_id, contact), _beyond_xml):
                check.equal(datacontract.as_xml_can_say(text), texts.get(place), f"{operation_id}: {place}")


def _beyond_xml(node: object) -> bool:
    return isinstance(node, str) and datacontract.as_xml_can_say(node) != node
