"""Timing: every operation is answered in time, on the second or third try if the machine was busy."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mailproof_conformance import specimen
from mailproof_conformance.case import Case
from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.check import Check

LIMIT = 3.0
"""Seconds within which a request is answered. No contract names a limit: this is where a client's patience ends."""
_TRIES = 3


def cases(contract: Contract) -> Iterator[Case]:
    """One for each operation or JSON-RPC method."""
    for operation in contract.operations:
        if "x-rpc-methods" not in operation.definition:
            yield _case(operation.id, operation.pointer, partial(_call, operation))
            continue
        for method in contract.rpc_methods:
            yield _case(method, f"{operation.pointer}/x-rpc-methods/{method}", partial(_call_method, method))


def _case(name: str, source: str, ask: Callable[[Check], object]) -> Case:
    promise = f"{name} is answered within {LIMIT:.0f} seconds."
    run = partial(_in_time, ask)
    return Case(f"corpus/{name}/positive-in-time", "corpus", (name,), promise, source, "assumed", run)


def _in_time(ask: Callable[[Check], object], check: Check) -> None:
    fastest = float("inf")
    for _ in range(_TRIES):
        ask(check)
        fastest = min(fastest, check.seconds)
        if fastest <= LIMIT:
            return
    raise Broken("the answer comes in time", f"within {LIMIT:.0f} s", f"{fastest:.1f} s at best in {_TRIES} tries")


def _call(operation: Operation, check: Check) -> None:
    check.conforms(operation.id, specimen.call(check, operation))


def _call_method(method: str, check: Check) -> None:
    """With the target's own samples, so that the result is that of something that exists."""
    check.answers(method, check.rpc(method, *specimen.conditions(check, method)), "success")
