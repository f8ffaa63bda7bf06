"""Order of checks: who is not let in is told so, whatever else is wrong with the request."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from mailproof.pointers import mapping
from mailproof_conformance import specimen, wire
from mailproof_conformance.case import Case
from mailproof_conformance.check import NONE
from mailproof_conformance.front import front_of, problem_of
from mailproof_conformance.matrices.near_credentials import refuses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response

_UNKNOWN = "application/x-mailproof"
_BEFORE = frozenset({"before-routing", "after-routing"})


def cases(contract: Contract) -> Iterator[Case]:
    """For each operation that needs credentials: none of them beside each other mistake that it knows an answer to."""
    front, problem = front_of(contract), problem_of(contract, "unauthorized")
    if front is None or problem is None or front.authenticate not in _BEFORE:
        return
    for operation in contract.operations:
        if wire.needs_credentials(operation) and "x-rpc-methods" not in operation.definition:
            promise = f"{operation.id} refuses who shows no credentials, whatever else is wrong with the request."
            identity = f"authentication/{operation.id}/near-mistakes"
            run = partial(_before, operation)
            source = "#/x-front/authenticate"
            yield Case(identity, "authentication", (operation.id,), promise, source, "assumed", run)


def _before(operation: Operation, check: Check) -> None:
    refuses(check, operation)
    for about, response in _asked(operation, check):
        known = check.expectations.problems["unauthorized"]
        check.equal(known.status, response.status, f"the status without credentials and {about}")
        check.problem("unauthorized", response)


def _asked(operation: Operation, check: Check) -> Iterator[tuple[str, Response]]:
    def without(**overrides: Any) -> Response:
        return specimen.call(check, operation, credentials=NONE, **overrides)

    for parameter in operation.definition["parameters"]:
        if parameter["in"] == "path" and "enum" not in mapping(parameter.get("schema")):
            name = parameter["name"]
            yield f"with an unknown {name}", without(path={name: specimen.unknown(check, parameter)})
    yield "with an Accept that nobody serves", without(headers={"Accept": _UNKNOWN})
    yield "with a query that nobody knows", without(query={"mailproof": "1"})
    if wire.request_types(operation):
        yield "with a body that nobody reads", without(headers={"Content-Type": _UNKNOWN})
        yield "with a body that is nothing", without(body=b"")
        yield "with a body that is cut off", without(body=b'{"a": ')
