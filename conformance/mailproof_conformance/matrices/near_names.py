"""Near names: what almost is the id of a sample names nothing, whatever an operation would do with the sample."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from mailproof.pointers import mapping
from mailproof_conformance import specimen
from mailproof_conformance.case import Case
from mailproof_conformance.expectation import shown
from mailproof_conformance.near_misses import near_misses
from mailproof_conformance.refusals import as_promised
from mailproof_conformance.taken import is_success
from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.check import Check

_BLANKS = ("a blank", "a tab", "a line break", "a no-break space")
_NOT_FOUND = 404
_REFUSED = frozenset({400, _NOT_FOUND})
_SAME_NUMBER = frozenset(
    {"a leading zero", "a plus sign"} | {f"{what} at its {where}" for what in _BLANKS for where in ("end", "start")}
)
"""What readers of numbers pass over, each as its language has it."""


def cases(contract: Contract) -> Iterator[Case]:
    """For each parameter of a path that names something, of an operation that deletes nothing."""
    yield from _near_ids_of_calls(contract)
    numbers = frozenset(_numbers(contract))
    for operation in contract.operations:
        if "404" not in operation.definition["responses"] or specimen.deletes(operation):
            continue
        for parameter in operation.definition["parameters"]:
            schema = mapping(parameter.get("schema"))
            if parameter["in"] == "path" and "enum" not in schema:
                name = parameter["name"]
                promise = f"{operation.id} takes no `{name}` for another that it almost is."
                run = partial(_near, operation, parameter, _place(operation, name) in numbers)
                source = f"{operation.pointer}/responses/404"
                identity = f"not-found/{operation.id}/near-{name}"
                yield Case(identity, "not-found", (operation.id,), promise, source, "assumed", run)


def _near_ids_of_calls(contract: Contract) -> Iterator[Case]:
    """For each JSON-RPC method that needs something beside the key."""
    endpoint = next((item for item in contract.operations if "x-rpc-methods" in item.definition), None)
    for method, entry in contract.rpc_methods.items():
        if endpoint is None or entry["required"] == 1:
            continue
        promise = f"{method} answers to an id that almost is another as it does to an unknown one."
        source = f"{endpoint.pointer}/x-rpc-methods/{method}"
        run = partial(_near_in_call, method)
        yield Case(f"not-found/{method}/near-ids", "not-found", (method,), promise, source, "assumed", run)


def _near_in_call(method: str, check: Check) -> None:
    conditions = [dict(item) for item in specimen.conditions(check, method)]
    for holder, name in [(item, name) for item in conditions for name in item]:
        right = holder[name]
        holder[name] = check.fresh("unknown-")
        unknown = check.rpc(method, *conditions).envelope
        for how, text in near_misses(str(right)).items():
            holder[name] = text
            answer = check.rpc(method, *conditions)
            if not answer.error:  # an id of another form may be refused as such
                check.equal(unknown, answer.envelope, f"the answer to a {name} with a difference ({how})")
        holder[name] = right


def _numbers(contract: Contract) -> Iterator[str]:
    """The places in paths where some operation takes a number: another may call it a text and read it alike."""
    for operation in contract.operations:
        for parameter in operation.definition["parameters"]:
            if parameter["in"] == "path" and mapping(parameter.get("schema")).get("type") in {"integer", "number"}:
                yield _place(operation, parameter["name"])


def _place(operation: Operation, name: str) -> str:
    """Where in a path a parameter stands, whatever it and those before it are called."""
    return re.sub(r"\{[^}]*\}", "{}", operation.path.partition(f"{{{name}}}")[0])


def _near(operation: Operation, parameter: Mapping[str, Any], is_number: bool, check: Check) -> None:  # noqa: FBT001 - given by partial
    name = parameter["name"]
    right = str(check.path_value(operation, parameter))
    unknown = specimen.call(check, operation, path={name: specimen.unknown(check, parameter)})
    if is_success(unknown):  # then near ones tell nothing new
        check.equal(_NOT_FOUND, shown(unknown), f"the status for an unknown {name}")
    for how, text in near_misses(right).items():
        if is_number and how in _SAME_NUMBER:
            continue
        response = specimen.call(check, operation, path={name: text})
        if is_success(response) or response.status not in _REFUSED:
            about = f"the status for a {name} with a difference ({how})"
            raise Broken(about, "404, or 400 where it can be none", shown(response))
        check.conforms(operation.id, response)
        as_promised(check, response)
