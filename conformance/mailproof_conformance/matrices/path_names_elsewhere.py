"""Path names elsewhere: what names a thing in the path names nothing in the query, whatever stands there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from mailproof_conformance import specimen
from mailproof_conformance.case import Case
from mailproof_conformance.exchange import printable
from mailproof_conformance.front import answer_level
from mailproof_conformance.taken import alike, is_success
from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.check import Check

_REFUSED = frozenset({400, 422})
"""What a server says that takes no queries but those it has."""


def cases(contract: Contract) -> Iterator[Case]:
    """For each parameter of a path, of an operation that deletes nothing and has no query of that name."""
    for operation in contract.operations:
        if specimen.deletes(operation):
            continue
        parameters = operation.definition["parameters"]
        queries = {item["name"].lower() for item in parameters if item["in"] == "query"}
        for parameter in parameters:
            name = parameter["name"]
            if parameter["in"] == "path" and name.lower() not in queries:
                promise = f"{operation.id} takes its `{name}` from the path alone, and not from a query of that name."
                run = partial(_in_query, operation, parameter)
                identity = f"not-found/{operation.id}/near-{name} in the query"
                level = answer_level(operation, "inferred")
                yield Case(identity, "not-found", (operation.id,), promise, operation.pointer, level, run)


def _in_query(operation: Operation, parameter: Mapping[str, Any], check: Check) -> None:
    name, right = parameter["name"], check.path_value(operation, parameter)
    plain = specimen.call(check, operation)
    unknown = specimen.unknown(check, parameter)
    response = specimen.call(check, operation, query={name: unknown})
    if (
        response.status in _REFUSED
        and specimen.call(check, operation, query={specimen.NO_QUERY: "1"}).status == response.status
    ):
        check.skip(f"{operation.id} refuses queries that it does not have")
    alike(check, operation, plain, response, f"with another {name} in the query")
    if operation.effect == "read" and is_success(plain) and plain.body != response.body:
        again = specimen.call(check, operation)
        if plain.body != again.body:
            check.skip(f"what {operation.id} answers changes by itself")
        about = f"the body with another {name} in the query"
        raise Broken(about, printable(plain.content), printable(response.content))
    missing = specimen.call(check, operation, path={name: unknown})
    if not is_success(missing):
        response = specimen.call(check, operation, path={name: unknown}, query={name: right})
        check.equal(missing.status, response.status, f"the status where the right {name} stands in the query alone")
