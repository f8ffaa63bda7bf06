"""Verbs: every path with every HTTP method that the contract does not give it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mailproof_conformance import specimen, wire
from mailproof_conformance.case import Case
from mailproof_conformance.front import front_of, problem_of
from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mailproof.promises import Contract, Level, Operation
    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE")
_NO_CONTENT = 204


def cases(contract: Contract) -> Iterator[Case]:
    """For each path: every undeclared verb, and HEAD and OPTIONS as the front door has them."""
    front = front_of(contract)
    problem = problem_of(contract, "wrong-verb")
    if front is None or problem is None:
        return
    for path, operations in _by_path(contract).items():
        declared = {operation.method.upper() for operation in operations}
        getter = next((operation for operation in operations if operation.method == "get"), None)
        refused = [method for method in (*_METHODS, "HEAD", "OPTIONS") if method not in declared]
        if "HEAD" in refused and front.head == "as-get" and getter is not None:
            refused.remove("HEAD")
            promise = f"HEAD is answered as GET at {path}, without a body."
            yield _case("HEAD", operations, promise, problem.level, partial(_head, getter))
        if "OPTIONS" in refused and front.options == "allow":
            refused.remove("OPTIONS")
            promise = f"OPTIONS tells which verbs {path} takes."
            yield _case("OPTIONS", operations, promise, problem.level, partial(_options, operations))
        for method in refused:
            promise = f"{method} is not offered at {path}."
            yield _case(method, operations, promise, problem.level, partial(_refused, operations, method))


def _case(method: str, operations: list[Operation], promise: str, level: Level, run: Callable[[Check], None]) -> Case:
    names = tuple(operation.id for operation in operations)
    return Case(f"verbs/{method} {operations[0].path}", "verbs", names, promise, "#/x-front", level, run)


def _by_path(contract: Contract) -> dict[str, list[Operation]]:
    paths: dict[str, list[Operation]] = {}
    for operation in contract.operations:
        paths.setdefault(operation.path, []).append(operation)
    return paths


def _refused(operations: list[Operation], method: str, check: Check) -> None:
    response = _send(operations[0], method, check)
    if method == "HEAD":
        check.equal(check.expectations.problems["wrong-verb"].status, response.status, "the status of HEAD")
    else:
        check.problem("wrong-verb", response)
    _allows(operations, response, without=method)


def _head(operation: Operation, check: Check) -> None:
    asked = specimen.call(check, operation)
    answer = _send(operation, "HEAD", check)
    check.equal(asked.status, answer.status, "the status of HEAD is that of GET")
    check.equal(asked.media_type, answer.media_type, "the media type of HEAD is that of GET")
    check.equal(b"", answer.body, "HEAD has no body")


def _options(operations: list[Operation], check: Check) -> None:
    response = _send(operations[0], "OPTIONS", check)
    check.equal(_NO_CONTENT, response.status, "the status of OPTIONS")
    _allows(operations, response)


def _send(operation: Operation, method: str, check: Check) -> Response:
    accept = next(iter(wire.success_types(operation)), "*/*")
    return check.send_to(
        operation,
        method,
        specimen.path(check, operation),
        query=specimen.query(check, operation),
        headers={"Accept": accept},
    )


def _allows(operations: list[Operation], response: Response, without: str | None = None) -> None:
    """Raises Broken unless `Allow` names every declared verb, and not the one that was refused."""
    declared = {operation.method.upper() for operation in operations}
    allowed = {name.strip().upper() for name in response.headers.get("allow", "").split(",") if name.strip()}
    if not declared <= allowed or without in allowed:
        raise Broken("the header Allow", ", ".join(sorted(declared)), response.headers.get("allow"))
