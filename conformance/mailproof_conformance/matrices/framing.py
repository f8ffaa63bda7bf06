"""Framing: a body that comes in chunks is the body that comes with its length, and is held to the same limit."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from mailproof_conformance import specimen, wire
from mailproof_conformance.case import Case
from mailproof_conformance.front import answer_level, front_of, problem_of
from mailproof_conformance.taken import alike, is_success

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response

CHUNKED = {"Transfer-Encoding": "chunked"}
_LENGTH_REQUIRED = 411
MOST_FOR_EACH = 2 * 1024 * 1024
"""Bytes of a limit that each operation is tried with; a higher one is tried with the first operation alone."""


def cases(contract: Contract) -> Iterator[Case]:
    """For each operation that reads a body, of a contract that says how its front door behaves.

    Any other may stand for a server that takes no chunks at all, as many small ones do.
    """
    front, problem = front_of(contract), problem_of(contract, "too-large")
    if front is None:
        return
    reading = [operation for operation in contract.operations if wire.request_types(operation)]
    for operation in reading:
        promise = f"{operation.id} reads a body in chunks as it reads one with its length."
        run, level = partial(_same, operation), answer_level(operation, "inferred")
        identity = f"agreement/{operation.id}/near-body in chunks"
        yield Case(identity, "agreement", (operation.id,), promise, operation.pointer, level, run)
    if problem is None:
        return
    for operation in reading if front.body_limit <= MOST_FOR_EACH else reading[:1]:
        promise = f"{operation.id} refuses a body above the limit also where it comes in chunks."
        run = partial(_too_large, operation, front.body_limit)
        identity = f"bad-input/{operation.id}/near-body too large in chunks"
        yield Case(identity, "bad-input", (operation.id,), promise, "#/x-front/body-limit", problem.level, run)


def _same(operation: Operation, check: Check) -> None:
    plain = specimen.call(check, operation)
    response = _in_chunks(operation, check)
    alike(check, operation, plain, response, "for a body in chunks")
    check.conforms(operation.id, response)
    if operation.effect == "read" and is_success(plain):
        check.equal(plain.value(), response.value(), "the answer to a body in chunks")


def _too_large(operation: Operation, limit: int, check: Check) -> None:
    media_type = wire.request_types(operation)[0]
    body = b" " * (limit + 1)
    check.problem("too-large", _in_chunks(operation, check, body=body, content_type=media_type))


def _in_chunks(operation: Operation, check: Check, **overrides: Any) -> Response:
    response = specimen.call(check, operation, headers=CHUNKED, **overrides)
    if response.status == _LENGTH_REQUIRED:
        check.skip("the server takes no body without its length")
    return response
