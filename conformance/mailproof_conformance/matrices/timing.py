"""Timing: every operation is answered in time, on the second or third try if the machine was busy."""

from __future__ import annotations

from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from mailproof_conformance import specimen
from mailproof_conformance.case import Case
from mailproof_conformance.client import NoAnswer
from mailproof_conformance.front import answer_level, level_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.check import Check

LIMIT = 3.0
"""Seconds within which a request is answered. No contract names a limit: this is where a client's patience ends."""
_TRIES = 3


class Slow(NoAnswer):
    """Every try was answered, and none of them in time."""

    def __init__(self, fastest: float) -> None:
        super().__init__(f"{fastest:.1f} s at best in {_TRIES} tries")
        self.expected = f"an HTTP answer within {LIMIT:.0f} s"


def cases(contract: Contract) -> Iterator[Case]:
    """One for each operation or JSON-RPC method."""
    for operation in contract.operations:
        if "x-rpc-methods" not in operation.definition:
            level = answer_level(operation)
            source, run = operation.pointer, partial(_in_time, partial(_call, operation))
            yield Case(*_words(operation.id), source, level, run)
            continue
        for method, entry in contract.rpc_methods.items():
            source = f"{operation.pointer}/x-rpc-methods/{method}"
            level = level_of(entry.get("x-standing"))
            yield Case(*_words(method), source, level, partial(_in_time, partial(_call_method, method)))


def _words(name: str) -> tuple[str, str, tuple[str, ...], str]:
    promise = f"{name} is answered within {LIMIT:.0f} seconds."
    return f"corpus/{name}/positive-in-time", "corpus", (name,), promise


def _in_time(ask: Callable[[Check], object], check: Check) -> None:
    fastest = float("inf")
    for _ in range(_TRIES):
        start = monotonic()
        ask(check)
        fastest = min(fastest, monotonic() - start)
        if fastest <= LIMIT:
            return
    raise Slow(fastest)


def _call(operation: Operation, check: Check) -> None:
    check.conforms(operation.id, specimen.call(check, operation))


def _call_method(method: str, check: Check) -> None:
    """With the target's own samples, so that the result is that of something that exists."""
    check.answers(method, check.rpc(method, *specimen.conditions(check, method)), "success")
