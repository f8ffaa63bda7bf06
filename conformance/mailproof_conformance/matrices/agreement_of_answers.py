"""Agreement of answers: a write or a send is answered with the same in XML as in JSON."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mailproof_conformance import datacontract, specimen, wire
from mailproof_conformance.case import Case
from mailproof_conformance.formats import is_json, is_xml
from mailproof_conformance.front import answer_level
from mailproof_conformance.matrices.agreement_of_writes import steady

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.check import Check


def cases(contract: Contract) -> Iterator[Case]:
    """For each operation that changes the world and answers in JSON and in XML."""
    for operation in contract.operations:
        types = wire.success_types(operation)
        plain, other = next(filter(is_json, types), None), next(filter(is_xml, types), None)
        if operation.effect == "read" or plain is None or other is None:
            continue
        source, level = f"{operation.pointer}/responses", answer_level(operation)
        identity = f"agreement/{operation.id}/answered in {other}"
        promise = f"{operation.id} answers the same value in {other} as in {plain}."
        run = partial(_agree, operation, plain, other)
        yield Case(identity, "agreement", (operation.id,), promise, source, level, run)


def _agree(operation: Operation, plain: str, other: str, check: Check) -> None:
    """What differs between two answers in JSON is new with each request, and is not compared."""
    one = specimen.call(check, operation, accept=plain)
    two = specimen.call(check, operation, accept=other)
    again = specimen.call(check, operation, accept=plain)
    for response in (one, two):
        check.conforms(operation.id, response)
    if not one.status == two.status == again.status:
        check.skip(f"{operation.id} is answered another way each time")
    if not (one.body and two.body):
        check.equal(bool(one.body), bool(two.body), f"whether an answer in {other} has a body")
        return
    expected = datacontract.as_xml_can_say(one.value())
    repeated, actual = datacontract.as_xml_can_say(again.value()), two.value()
    check.equal(steady(expected, expected, repeated), steady(actual, expected, repeated), f"the answer in {other}")
