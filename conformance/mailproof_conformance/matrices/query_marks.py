"""Query marks: an ampersand alone parts the queries of a URL, and only a bare equals sign gives one its value.

What stands behind another mark belongs to the value before it, as a URL is read today (WHATWG URL, 5.1).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mailproof.pointers import mapping
from mailproof_conformance import binding, specimen, wire
from mailproof_conformance.case import Case
from mailproof_conformance.taken import is_success

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.check import Check

_WRITTEN = ("{aside}=1;{name}={value}", "{aside}=1%26{name}={value}", "{aside}=1,{name}={value}", "{name}%3D{value}")


def cases(contract: Contract) -> Iterator[Case]:
    """For each operation that reads and has queries that it can do without."""
    for operation in contract.operations:
        if operation.effect != "read" or "x-rpc-methods" in operation.definition:
            continue
        declared = [item for item in operation.definition["parameters"] if item["in"] == "query"]
        free = [item for item in declared if not item.get("required") and _example(item) is not None]
        if free:
            promise = f"{operation.id} takes nothing for a query that stands behind another mark than an ampersand."
            run = partial(_marked, operation, free)
            identity = f"bad-input/{operation.id}/query other-marks"
            yield Case(identity, "bad-input", (operation.id,), promise, operation.pointer, "assumed", run)


def _example(parameter: Mapping[str, Any]) -> str | None:
    value = binding.parameter_example(parameter)
    if value is None or isinstance(value, dict | list):
        value = mapping(parameter.get("schema")).get("default")
    return None if value is None or isinstance(value, dict | list) else wire.text_of(value)


def _marked(operation: Operation, parameters: list[Mapping[str, Any]], check: Check) -> None:
    needed = wire.query_of(specimen.query(check, operation)).removeprefix("?")
    start = f"?{needed}&" if needed else "?"
    plain = specimen.call(check, operation, raw_query=f"{start}{specimen.NO_QUERY}=1")
    for parameter in parameters:
        value = quote(_example(parameter) or "", safe="")
        for form in _WRITTEN:
            query = start + form.format(aside=specimen.NO_QUERY, name=quote(parameter["name"], safe="$"), value=value)
            response = specimen.call(check, operation, raw_query=query)
            check.equal(plain.status, response.status, f"the status with the query {query}")
            if is_success(plain):
                check.equal(plain.value(), response.value(), f"the answer with the query {query}")
