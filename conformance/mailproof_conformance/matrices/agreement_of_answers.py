"""Agreement of answers: a write or a send is answered with the same in XML as in JSON."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mailproof_conformance import datacontract, records, specimen, wire
from mailproof_conformance.case import Case
from mailproof_conformance.formats import is_json, is_xml
from mailproof_conformance.front import answer_level
from mailproof_conformance.matrices.agreement_of_writes import steady
from mailproof_conformance.resources import make, path_of, resources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response


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
    ask = _asking(operation, check)
    one, two, again = ask(plain), ask(other), ask(plain)
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


def _asking(operation: Operation, check: Check) -> Callable[[str], Response]:
    """How the operation is asked for an answer in a media type.

    What is for all records that match has one to match, and what is about a thing that can be made a new thing each
    time, with all that can be put into it.
    """
    writer = next((item for item in records.writers(check.contract) if item.operation == operation), None)
    maker = None if writer is None else records.maker(check.contract, writer)
    if writer is not None and maker is not None and writer.chooses:
        fields = {**records.fields_of(check, maker), **records.fields_of(check, writer)}
        by_key = {writer.key: fields[writer.key]}
        records.make(check, maker, fields)
        return lambda accept: records.write(check, writer, fields, match=by_key, accept=accept)
    resource = next(
        (item for item in resources(check.contract) if operation.path.startswith(f"{item.read.path}/")), None
    )
    if resource is None:
        return lambda accept: specimen.call(check, operation, accept=accept)
    filling = [item for item in check.contract.operations if item.path == resource.read.path and item.method == "post"]

    def anew(accept: str) -> Response:
        made = make(check, resource)
        path = path_of(check, resource.read, made)
        for item in filling:
            specimen.call(check, item, path=path)
        return specimen.call(check, operation, path=path, accept=accept)

    return anew
