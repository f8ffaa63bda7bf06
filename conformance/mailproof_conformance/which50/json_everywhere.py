"""Laws about the form of JSON in every answer, not only in those about a single contact."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from mailproof.pointers import mapping, resolve
from mailproof_conformance import specimen
from mailproof_conformance.laws import law
from mailproof_conformance.which50.reads import operations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof_conformance.check import Check

_CSP_REPORT = "application/csp-report"
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*"')


@law("W50-further-csp-report-on-one-line")
def no_answer_has_space_between_tokens(check: Check) -> None:
    """The raw bytes of one answer of each operation, once the texts are taken out."""
    for operation_id in operations(check, "W50-further-csp-report-on-one-line"):
        response = specimen.call(check, check.contract.operation(operation_id), accept=_CSP_REPORT)
        check.equal(200, response.status, f"{operation_id} as {_CSP_REPORT}")
        found = re.search(rb"\s", _TEXT.sub(b'""', response.content))
        actual = response.text[:200]
        check.true(not found, f"white space in {operation_id} as {_CSP_REPORT}", expected="none", actual=actual)


@law("W50-further-json-member-order")
def all_members_stand_as_declared(check: Check) -> None:
    """Every object of one answer of each operation against the properties of its schema."""
    for operation_id in operations(check, "W50-further-json-member-order"):
        operation = check.contract.operation(operation_id)
        response = specimen.call(check, operation, accept="application/json")
        check.equal(200, response.status, operation_id)
        pointer = f"{operation.pointer}/responses/200/content/application~1json/schema"
        for place, expected, actual in _orders(check, pointer, response.json(), ""):
            check.equal(expected, actual, f"the order of members at {place or '/'} of {operation_id}")


def _orders(check: Check, pointer: str, node: Any, place: str) -> Iterator[tuple[str, list[str], list[str]]]:
    """Where an object with declared members stands, and their declared and actual order."""
    schema, found = resolve(check.contract.document, pointer)
    while len(schema.get("allOf", ())) == 1:
        schema, found = resolve(check.contract.document, f"{found}/allOf/0")
    if isinstance(node, list) and "items" in schema:
        for number, item in enumerate(cast("list[Any]", node)):
            yield from _orders(check, f"{found}/items", item, f"{place}/{number}")
    properties = mapping(schema.get("properties"))
    if isinstance(node, dict) and properties:
        members = cast("dict[str, Any]", node)
        yield place, [name for name in properties if name in members], [name for name in members if name in properties]
        for name in members.keys() & properties.keys():
            yield from _orders(check, f"{found}/properties/{name}", members[name], f"{place}/{name}")
