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
    from mailproof_conformance.front import Front

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
        served = declared | _by_the_front(front, declared)
        refused = [method for method in (*_METHODS, "HEAD", "OPTIONS") if method not in declared]
        if "HEAD" in refused and front.head == "as-get" and getter is not None:
            refused.remove("HEAD")
            promise = f"HEAD is answered as GET at {path}, without a body."
            yield _case("HEAD", operations, promise, problem.level, partial(_head, getter))
        if "OPTIONS" in refused and front.options == "allow":
            refused.remove("OPTIONS")
            promise = f"OPTIONS tells which verbs {path} takes."
            yield _case("OPTIONS", operations, promise, problem.level, partial(_options, operations, served))
        for method in refused:
            promise = f"{method} is not offered at {path}, and Allow names the verbs that are."
            yield _case(method, operations, promise, problem.level, partial(_refused, operations, served, method))


def _case(method: str, operations: list[Operation], promise: str, level: Level, run: Callable[[Check], None]) -> Case:
    names = tuple(operation.id for operation in operations)
    return Case(f"verbs/{method} {operations[0].path}", "verbs", names, promise, "#/x-front", level, run)


def _by_path(contract: Contract) -> dict[str, list[Operation]]:
    paths: dict[str, list[Operation]] = {}
    for operation in contract.operations:
        paths.setdefault(operation.path, []).append(operation)
    return paths


def _by_the_front(front: Front, declared: set[str]) -> set[str]:
    """The verbs that the front door serves at a path beside those of its operations."""
    head = {"HEAD"} if front.head == "as-get" and "GET" in declared else set[str]()
    return head | ({"OPTIONS"} if front.options == "allow" else set())


def _refused(operations: list[Operation], served: set[str], method: str, check: Check) -> None:
    response = _send(operations[0], method, check)
    if method == "HEAD":
        check.equal(check.expectations.problems["wrong-verb"].status, response.status, "the status of HEAD")
    else:
        check.problem("wrong-verb", response)
    _allows(served, response)


def _head(operation: Operation, check: Check) -> None:
    asked = specimen.call(check, operation)
    answer = _send(operation, "HEAD", check)
    check.equal(asked.status, answer.status, "the status of HEAD is that of GET")
    check.equal(asked.media_type, answer.media_type, "the media type of HEAD is that of GET")
    check.equal(b"", answer.body, "HEAD has no body")


def _options(operations: list[Operation], served: set[str], check: Check) -> None:
    response = _send(operations[0], "OPTIONS", check)
    check.equal(_NO_CONTENT, response.status, "the status of OPTIONS")
    _allows(served, response)


def _send(operation: Operation, method: str, check: Check) -> Response:
    accept = next(iter(wire.success_types(operation)), "*/*")
    return check.send_to(
        operation,
        method,
        specimen.path(check, operation),
        query=specimen.query(check, operation),
        headers={"Accept": accept},
    )


def _allows(served: set[str], response: Response) -> None:
    """Raises Broken unless `Allow` names each verb of the path and no other; OPTIONS may go without saying."""
    allowed = {name.strip().upper() for name in response.headers.get("allow", "").split(",") if name.strip()}
    if not served - {"OPTIONS"} <= allowed <= served:
        raise Broken("the header Allow", ", ".join(sorted(served)), response.headers.get("allow"))
