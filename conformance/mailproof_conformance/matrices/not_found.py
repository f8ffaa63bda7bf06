"""Not found: paths that the contract does not have, and parameters that name nothing."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from mailproof_conformance import specimen, wire
from mailproof_conformance.case import Case
from mailproof_conformance.check import NONE
from mailproof_conformance.front import front_of, level_of, problems_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mailproof.promises import Contract, Level, Operation
    from mailproof_conformance.check import Check
    from mailproof_conformance.front import Front

_NOT_FOUND = 404
_UNKNOWN_PATHS = ("/mailproof-no-such-path", "/mailproof-no-such-path/deeper/5606")
_UNKNOWN_NUMBER = 987_654_321


def cases(contract: Contract) -> Iterator[Case]:
    """Unknown paths, paths in another letter case or with a slash at the end, unknown path parameters."""
    front = front_of(contract)
    if front is not None and "unknown-path" in problems_of(contract):
        yield from _unknown_paths(contract, front)
        for operation in contract.operations:
            yield from _variants(contract, operation, front)
    for operation in contract.operations:
        yield from _unknown_values(operation)


def _unknown_paths(contract: Contract, front: Front) -> Iterator[Case]:
    problems = problems_of(contract)
    for path in _UNKNOWN_PATHS:
        promise = f"There is nothing at {path}."
        run = partial(_unknown_path, path)
        yield _case(f"path {path}", (), promise, "#/x-problems/unknown-path", problems["unknown-path"].level, run)
    if front.authenticate != "in-body" and "unauthorized" in problems:
        name = "unauthorized" if front.authenticate == "before-routing" else "unknown-path"
        promise = f"An unknown path without credentials is answered with the error `{name}`."
        run = partial(_unknown_path_unauthenticated, name)
        yield _case("path without credentials", (), promise, "#/x-front/authenticate", "assumed", run)


def _variants(contract: Contract, operation: Operation, front: Front) -> Iterator[Case]:
    shouted = _in_other_case(operation.path)
    if shouted != operation.path and not _is_declared(contract, shouted):
        words = "another path" if front.case_sensitive else "the same path"
        promise = f"{shouted} is {words} than {operation.path}." if front.case_sensitive else f"{shouted} is {words}."
        run = partial(_variant, operation, shouted, not front.case_sensitive)
        source = "#/x-front/case-sensitive"
        yield _case(f"{operation.id}/letter case", (operation.id,), promise, source, "assumed", run)
    if not operation.path.endswith("/"):
        same = front.trailing_slash == "same"
        promise = f"{operation.path} with a slash at the end is {'the same path' if same else 'another path'}."
        run = partial(_variant, operation, operation.path + "/", same)
        source = "#/x-front/trailing-slash"
        yield _case(f"{operation.id}/trailing slash", (operation.id,), promise, source, "assumed", run)


def _unknown_values(operation: Operation) -> Iterator[Case]:
    answer = operation.definition["responses"].get("404")
    if answer is None:
        return
    for parameter in operation.definition["parameters"]:
        if parameter["in"] == "path":
            name = parameter["name"]
            promise = f"{operation.id} is answered 404 when its `{name}` names nothing."
            run = partial(_unknown_value, operation, name, parameter["schema"].get("type") == "integer")
            level = level_of(operation.standing, answer.get("x-standing"))
            source = f"{operation.pointer}/responses/404"
            yield _case(f"{operation.id}/{name}", (operation.id,), promise, source, level, run)


def _case(  # noqa: PLR0913 - the members of a case
    name: str,
    operations: tuple[str, ...],
    promise: str,
    source: str,
    level: Level,
    run: Callable[[Check], None],
) -> Case:
    return Case(f"not-found/{name}", "not-found", operations, promise, source, level, run)


def _unknown_path(path: str, check: Check) -> None:
    check.problem("unknown-path", check.send("GET", path))


def _unknown_path_unauthenticated(problem: str, check: Check) -> None:
    check.problem(problem, check.send("GET", _UNKNOWN_PATHS[0], credentials=NONE))


def _variant(operation: Operation, path: str, same: bool, check: Check) -> None:  # noqa: FBT001 - given by partial
    values = {name: check.sample(name) for name in wire.path_parameters(operation)}
    body = specimen.body(check, operation)
    headers = {"Accept": next(iter(wire.success_types(operation)), "*/*")}
    if body is not None:
        headers["Content-Type"] = next(iter(wire.request_types(operation)))
    method = operation.method.upper()
    response = check.send_to(operation, method, values, template=path, headers=headers, body=wire.body_of(body))
    if same:
        expected = specimen.call(check, operation, body=body)
        check.equal(expected.status, response.status, f"the status at {path}")
        check.conforms(operation.id, response)
    else:
        check.problem("unknown-path", response)


def _unknown_value(operation: Operation, name: str, integer: bool, check: Check) -> None:  # noqa: FBT001 - as above
    value: Any = _UNKNOWN_NUMBER if integer else check.fresh("mailproof-unknown-")
    response = specimen.call(check, operation, path={name: value})
    check.equal(_NOT_FOUND, response.status, f"the status for an unknown {name}")
    check.conforms(operation.id, response)


def _in_other_case(path: str) -> str:
    """The path with the letters of its first literal segment in the other case."""
    parts = re.split(r"(\{[^}]*\})", path)
    return "".join([parts[0].swapcase(), *parts[1:]])


def _is_declared(contract: Contract, path: str) -> bool:
    """Whether a path in another spelling is one of the contract, whatever its parameters are called."""
    shape = re.sub(r"\{[^}]*\}", "{}", path)
    shapes = [re.sub(r"\{[^}]*\}", "[^/]+", operation.path) for operation in contract.operations]
    return any(re.fullmatch(pattern, shape) for pattern in shapes)
