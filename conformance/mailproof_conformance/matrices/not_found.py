"""Not found: paths that the contract does not have, and parameters that name nothing."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from mailproof.pointers import mapping, resolve, token
from mailproof_conformance import specimen, wire
from mailproof_conformance.case import Case
from mailproof_conformance.check import NONE
from mailproof_conformance.front import front_of, level_of, problems_of
from mailproof_conformance.refusals import as_promised
from mailproof_conformance.taken import first_as_later

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mailproof.promises import Contract, Level, Operation
    from mailproof_conformance.check import Check
    from mailproof_conformance.front import Front

_NOT_FOUND = 404
_UNKNOWN_PATHS = ("/mailproof-no-such-path", "/mailproof-no-such-path/deeper/5606")
_DEEPEST = 3


def cases(contract: Contract) -> Iterator[Case]:
    """Unknown paths, paths in another letter case or with a slash at the end, ids of nothing in paths and bodies."""
    front = front_of(contract)
    if front is not None and "unknown-path" in problems_of(contract):
        yield from _unknown_paths(contract, front)
        for operation in contract.operations:
            yield from _variants(contract, operation, front)
    for operation in contract.operations:
        yield from _unknown_values(operation)
        yield from _unknown_members(contract, operation)


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
    behind = _in_other_case_behind(operation.path)
    if behind != operation.path and not _is_declared(contract, behind):
        words = "another path than" if front.case_sensitive else "the same path as"
        promise = f"{behind} is {words} {operation.path}."
        run = partial(_variant, operation, behind, not front.case_sensitive)
        source = "#/x-front/case-sensitive"
        yield _case(f"{operation.id}/near-letter case", (operation.id,), promise, source, "assumed", run)
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
        # What is one of a list of words names nothing that could be missing.
        if parameter["in"] == "path" and "enum" not in mapping(parameter.get("schema")):
            name = parameter["name"]
            promise = f"{operation.id} is answered 404 when its `{name}` names nothing."
            run = partial(_unknown_value, operation, parameter)
            level = level_of(operation.standing, answer.get("x-standing"))
            source = f"{operation.pointer}/responses/404"
            yield _case(f"{operation.id}/{name}", (operation.id,), promise, source, level, run)


def _unknown_members(contract: Contract, operation: Operation) -> Iterator[Case]:
    """For each member of a body whose schema says what an unknown value of it is answered with (`x-unknown`)."""
    media_type = next(iter(wire.request_types(operation)), None)
    if media_type is None:
        return
    pointer = f"{operation.pointer}/requestBody/content/{token(media_type)}/schema"
    for place, status in _marked(contract, pointer, ()):
        where = ".".join(place)
        promise = f"{operation.id} is answered {status} when the `{where}` of its body names nothing."
        run = partial(_unknown_member, operation, place, status)
        answer = mapping(operation.definition["responses"].get(str(status)))
        level = level_of(operation.standing, answer.get("x-standing"))
        source = f"{operation.pointer}/responses/{status}"
        yield _case(f"{operation.id}/body {where}", (operation.id,), promise, source, level, run)


def _marked(contract: Contract, pointer: str, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int]]:
    schema, found = resolve(contract.document, pointer)
    for name in mapping(schema.get("properties")) if len(place) < _DEEPEST else ():
        own, inner = resolve(contract.document, f"{found}/properties/{token(name)}")
        if "x-unknown" in own:
            yield (*place, name), int(own["x-unknown"])
        elif own.get("type") == "object":
            yield from _marked(contract, inner, (*place, name))


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
    response = specimen.call(check, operation, template=path)
    if same:
        later = specimen.call(check, operation, recall="unchanged")
        first_as_later(check, operation, response, later, f"at {path}")
        check.conforms(operation.id, response)
    else:
        check.problem("unknown-path", response)


def _unknown_value(operation: Operation, parameter: Mapping[str, Any], check: Check) -> None:
    name = parameter["name"]
    response = specimen.call(check, operation, path={name: specimen.unknown(check, parameter)})
    about = f"the status for an unknown {name}"
    check.refused(operation, _NOT_FOUND, response, about)
    check.equal(_NOT_FOUND, response.status, about)
    check.conforms(operation.id, response)
    as_promised(check, response)


def _unknown_member(operation: Operation, place: tuple[str, ...], status: int, check: Check) -> None:
    body = specimen.body(check, operation)
    holder = body
    for name in place[:-1]:
        holder = mapping(holder.get(name))
    own = holder.get(place[-1])
    holder[place[-1]] = specimen.UNKNOWN_NUMBER if isinstance(own, int) else str(specimen.UNKNOWN_NUMBER)
    response = specimen.call(check, operation, body=body)
    about = f"the status for an unknown {'.'.join(place)}"
    check.refused(operation, status, response, about)
    check.equal(status, response.status, about)
    check.conforms(operation.id, response)
    as_promised(check, response)


def _in_other_case(path: str) -> str:
    """The path with the letters of its first literal segment in the other case."""
    parts = re.split(r"(\{[^}]*\})", path)
    return "".join([parts[0].swapcase(), *parts[1:]])


def _in_other_case_behind(path: str) -> str:
    """The path with the letters of all literal segments but the first in the other case."""
    first, *parts = re.split(r"(\{[^}]*\}|(?<=.)/)", path)
    return "".join([first, *(part if part.startswith("{") else part.swapcase() for part in parts)])


def _is_declared(contract: Contract, path: str) -> bool:
    """Whether a path in another spelling is one of the contract, whatever its parameters are called."""
    shape = re.sub(r"\{[^}]*\}", "{}", path)
    shapes = [re.sub(r"\{[^}]*\}", "[^/]+", operation.path) for operation in contract.operations]
    return any(re.fullmatch(pattern, shape) for pattern in shapes)
