"""Random requests, for the deep profile: the embedded engine draws them, the contract judges the answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from mailproof.pointers import mapping, sequence
from mailproof_conformance import schemathesis_adapter, specimen
from mailproof_conformance.case import Case
from mailproof_conformance.corpus_bodies import one_of_each_family
from mailproof_conformance.exchange import Exchange, Response, RpcAnswer
from mailproof_conformance.front import answer_level, level_of
from mailproof_conformance.rpc import call_document
from mailproof_conformance.verdicts import Broken, Disabled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof.promises import Contract, Level, Operation
    from mailproof_conformance.check import Check
    from mailproof_conformance.schemathesis_adapter import Fuzzed

_EXAMPLES = 100


def cases(contract: Contract) -> Iterator[Case]:
    """One case for each operation or JSON-RPC method."""
    for operation in contract.operations:
        if "x-rpc-methods" in operation.definition:
            for method, entry in contract.rpc_methods.items():
                run = partial(_fuzz_method, operation, method)
                source = f"{operation.pointer}/x-rpc-methods/{method}"
                yield _case(method, source, run, level_of(entry.get("x-standing")))
        else:
            yield _case(operation.id, operation.pointer, partial(_fuzz_operation, operation), answer_level(operation))


def _case(name: str, source: str, run: Any, level: Level) -> Case:
    promise = f"Whatever is sent to {name}, the answer keeps the contract."
    return Case(f"fuzz/{name}", "fuzz", (name,), promise, source, level, run)


def _fuzz_operation(operation: Operation, check: Check) -> None:
    whole = one_of_each_family(check.contract)
    item = whole["paths"][operation.path]
    kept = {name: value for name, value in item.items() if name in {operation.method, "parameters"}}
    document: dict[str, Any] = {**whole, "paths": {operation.path: kept}, "servers": []}
    parameters = {f"path.{name}": value for name, value in specimen.path(check, operation).items()}
    for fuzzed in _run(check, document, parameters, at_root=operation.at_root):
        response = _answered(check, fuzzed)
        check.accept(check.expectations.judge(operation, response))


def _fuzz_method(operation: Operation, method: str, check: Check) -> None:
    whole = call_document(check.contract)
    path = f"/#{method}"
    document = {**whole, "paths": {path: whole["paths"][path]}}
    for fuzzed in _run(check, document, {}, at_root=operation.at_root):
        response = _answered(check, fuzzed)
        check.accept(check.expectations.judge(operation, response))
        if fuzzed.mode == "positive":
            check.answers(method, RpcAnswer(response, mapping(response.json())), "either")


def _run(
    check: Check, document: Mapping[str, Any], parameters: Mapping[str, Any], *, at_root: bool
) -> Iterator[Fuzzed]:
    # The engine opens its own connections, past the guard: only where the guard would admit everything.
    if not check.on_loopback:
        raise Disabled("random requests are only sent to a server on this machine")
    yield from schemathesis_adapter.fuzz(
        document,
        base_url=check.root_url if at_root else check.base_url,
        headers=check.default_headers,
        parameters=parameters,
        seed=check.seed,
        examples=check.examples or _EXAMPLES,
        prepare_body=lambda body: _with_key(check, body),
    )


def _with_key(check: Check, body: Any) -> Any:
    """A JSON-RPC call with the target's key where a key of the right shape stands.

    Any other body unchanged.
    """
    if not check.contract.rpc_methods or not isinstance(body, dict):
        return body
    call = cast("dict[str, Any]", body)
    values, entry = sequence(call.get("params")), check.contract.rpc_methods.get(str(call.get("method")))
    if not values or entry is None:
        return call
    pointer = entry["params"][0]
    return {**call, "params": [check.api_key(), *values[1:]]} if check.fits(pointer, values[0]) else call


def _answered(check: Check, fuzzed: Fuzzed) -> Response:
    check.anew()
    check.record(Exchange(fuzzed.request, fuzzed.response, None if fuzzed.response else "no answer"))
    if fuzzed.response is None:
        raise Broken("the server answers", "an HTTP answer", "none")
    return fuzzed.response
