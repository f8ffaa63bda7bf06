"""Authentication: every operation with no, wrong and malformed credentials."""

from __future__ import annotations

import base64
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from mailproof_conformance import specimen, wire
from mailproof_conformance.basic_credentials import AUTHORIZATION, own, written
from mailproof_conformance.case import Case
from mailproof_conformance.check import NONE
from mailproof_conformance.expectation import shown
from mailproof_conformance.front import answer_level, level_of, problem_of
from mailproof_conformance.quick_shares import in_share
from mailproof_conformance.standing import of_answer, weakest
from mailproof_conformance.taken import is_success
from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mailproof.promises import Contract, Level, Operation
    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response
    from mailproof_conformance.front import Problem

_UNAUTHORIZED = 401
_NOT_FOUND = 404
_WRONG = "mailproof-wrong"
_NO_PERMISSION = "no_permission"
"""What a target calls its caller who may do nothing."""
_OTHERS = ("other_account", "other_realm")
"""What a target calls a caller of another account, who may do what ours may."""
_NOTHING = frozenset({b"", b"[]", b"{}", b"null", b'""', b"0"})
_UNKNOWN_KEY = "e7c1a05f39d2486bb0c4f1e86a2d7935"

_BASIC: Mapping[str, str] = {
    "empty": "",
    "scheme-alone": "Basic",
    "not-base64": "Basic %%%%",
    "no-colon": "Basic " + base64.b64encode(b"mailproof").decode(),
    "not-utf8": "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(),
    "unknown-user": "Basic " + base64.b64encode(f"{_WRONG}:{_WRONG}".encode()).decode(),
    "another-scheme": f"Bearer {_WRONG}",
}

_WELL_FORMED = frozenset({"unknown-user"})
_TURNS = 3
"""Each operation has one in so many of the malformed credentials in `quick`."""


def cases(contract: Contract) -> Iterator[Case]:
    """For each operation that takes credentials.

    None, and every wrong form, the malformed ones by turns in `quick`; for each open one: none at all.
    """
    problem = problem_of(contract, "unauthorized")
    for place, operation in enumerate(contract.operations):
        if "x-rpc-methods" in operation.definition:
            yield from _rpc_cases(contract)
        elif wire.needs_credentials(operation):
            level = _refusal(operation, problem)
            yield _without(operation, level)
            yield from _wrong(contract, operation, place, level)
            yield from _without_permission(contract, operation)
            yield from _of_another_account(operation)
        elif wire.takes_credentials(operation):
            yield _optional(operation)
            yield from _wrong(contract, operation, place, _refusal(operation, problem))
        else:
            yield _open(operation)


def _refusal(operation: Operation, problem: Problem | None) -> Level:
    """How far the contract stands behind the status of a refusal, whatever its words are."""
    if problem is None:
        return "core"
    answer = operation.definition["responses"].get(str(problem.status))
    return problem.level if answer is None else of_answer(operation, answer)


def _without(operation: Operation, level: Level) -> Case:
    promise = f"A request with no credentials is refused by {operation.id}."
    return _case(operation, "none", promise, level, partial(_refused, operation, {}))


def _without_permission(contract: Contract, operation: Operation) -> Iterator[Case]:
    """A caller who is known and may do nothing, where the contract has an answer for that."""
    problem = problem_of(contract, "forbidden")
    if problem is not None and str(problem.status) in operation.definition["responses"]:
        promise = f"A caller who may do nothing is refused by {operation.id}."
        yield _case(operation, "no-permission", promise, _refusal(operation, problem), partial(_forbidden, operation))


def _of_another_account(operation: Operation) -> Iterator[Case]:
    """What a path or a body names is one account's own, where a thing that is not there is answered 404."""
    names = wire.path_parameters(operation) or wire.request_types(operation)
    if "404" in operation.definition["responses"] and names:
        promise = f"What is ours is answered to another account by {operation.id} as what does not exist."
        yield _case(operation, "other-account", promise, "assumed", partial(_unknown_to_others, operation))


def _optional(operation: Operation) -> Case:
    promise = f"A request with no credentials is answered by the contract of {operation.id}."
    return _case(operation, "none", promise, answer_level(operation), partial(_conforms, operation))


def _wrong(contract: Contract, operation: Operation, place: int, level: Level) -> Iterator[Case]:
    def case(name: str, promise: str, run: Callable[[Check], None], weight: Level = level) -> Case:
        return _case(operation, name, promise, weight, run)

    promise = f"A request with {{}} is refused by {operation.id}."
    schemes = _schemes(contract, operation)
    if any(scheme.get("scheme") == "basic" for scheme in schemes):
        for number, (name, value) in enumerate(_BASIC.items()):
            words = name.replace("-", " ")
            run = partial(_refused, operation, {"Authorization": value})
            malformed = name not in _WELL_FORMED
            weight = "assumed" if malformed else level  # what is malformed may be a bad request as well
            made = case(name, promise.format(f"wrong Basic credentials ({words})"), run, weight)
            yield replace(made, in_quick=not malformed or in_share(contract, place, number, _TURNS))
        yield case("wrong-password", promise.format("a wrong password"), partial(_wrong_password, operation))
        run = partial(_scheme_in_lower_case, operation)
        yield case("scheme-in-lower-case", "The name of the scheme may be in any letter case.", run, "assumed")
    for scheme in schemes:
        if scheme.get("type") == "apiKey" and scheme.get("in") == "header":
            run = partial(_refused, operation, {scheme["name"]: _WRONG})
            words = f"nothing but a wrong {scheme['name']}"
            yield case(
                f"wrong-{scheme['name'].lower()}",
                promise.format(words),
                run,
                weakest(level, level_of(scheme.get("x-standing"))),
            )


def _open(operation: Operation) -> Case:
    promise = f"{operation.id} needs no credentials."
    return _case(operation, "open", promise, answer_level(operation), partial(_answered, operation))


def _case(operation: Operation, name: str, promise: str, level: Level, run: Callable[[Check], None]) -> Case:
    source = f"{operation.pointer}/security"
    return Case(
        f"authentication/{operation.id}/{name}",
        "authentication",
        (operation.id,),
        promise,
        source,
        level,
        run,
    )


def _schemes(contract: Contract, operation: Operation) -> list[dict[str, Any]]:
    """The security schemes that can stand alone for the operation, each once."""
    alone = [next(iter(item)) for item in operation.definition["security"] if len(item) == 1]
    return [contract.document["components"]["securitySchemes"][name] for name in dict.fromkeys(alone)]


def _refused(operation: Operation, headers: Mapping[str, str], check: Check) -> None:
    response = specimen.call(check, operation, credentials=NONE, headers=dict(headers))
    _is_answered(operation, "unauthorized", response, check)


def _is_answered(operation: Operation, problem: str, response: Response, check: Check) -> None:
    known = check.expectations.problems.get(problem)
    if known is not None:
        check.refused(operation, known.status, response, f"problem: the status of the error answer `{problem}`")
    check.problem(problem, response)


def _forbidden(operation: Operation, check: Check) -> None:
    _is_answered(operation, "forbidden", specimen.call(check, operation, credentials=_NO_PERMISSION), check)


def _unknown_to_others(operation: Operation, check: Check) -> None:
    name = next((name for name in _OTHERS if check.offers(name)), _OTHERS[0])
    response = specimen.call(check, operation, credentials=name)
    _keeps_ours(operation, response, check)
    check.refused(operation, _NOT_FOUND, response, "the status for another account")
    check.equal(_NOT_FOUND, response.status, "the status for another account")
    check.conforms(operation.id, response)


def _keeps_ours(operation: Operation, response: Response, check: Check) -> None:
    """Raises Broken where another account reads the very thing that we do: credentials that open it are for nothing."""
    if operation.effect != "read" or not is_success(response) or response.body.strip() in _NOTHING:
        return
    ours = specimen.call(check, operation)
    if is_success(ours) and ours.body == response.body:
        level = check.expectations.level(operation, _UNAUTHORIZED)
        raise Broken("another account does not read what is ours", _NOT_FOUND, shown(response), level=level)


def _wrong_password(operation: Operation, check: Check) -> None:
    user, _ = own(check)
    _refused(operation, {AUTHORIZATION: written("Basic", user, _WRONG)}, check)


def _scheme_in_lower_case(operation: Operation, check: Check) -> None:
    response = specimen.call(check, operation, headers={AUTHORIZATION: written("basic", *own(check))})
    check.conforms(operation.id, response)
    if response.status == _UNAUTHORIZED:
        raise Broken("the scheme in lower case is taken", "any status but 401", response.status)


def _conforms(operation: Operation, check: Check) -> None:
    check.conforms(operation.id, specimen.call(check, operation, credentials=NONE))


def _answered(operation: Operation, check: Check) -> None:
    response = specimen.call(check, operation, credentials=NONE)
    check.conforms(operation.id, response)
    if response.status == _UNAUTHORIZED:
        raise Broken("a request without credentials is answered", "any status but 401", response.status)


def _rpc_cases(contract: Contract) -> Iterator[Case]:
    errors: Mapping[str, Any] = contract.document.get("x-rpc-errors", {})
    failed = errors.get("key-verification-failed")
    pointer = next(item for item in contract.operations if "x-rpc-methods" in item.definition).pointer
    for method in contract.rpc_methods:

        def case(name: str, promise: str, level: Level, run: Callable[[Check], None], method: str = method) -> Case:
            source = f"{pointer}/x-rpc-methods/{method}"
            return Case(f"authentication/{method}/{name}", "authentication", (method,), promise, source, level, run)

        if failed is not None:
            promise = f"A call of {method} with an unknown API key is answered `{failed['message']}`."
            run = partial(_unknown_key, method, failed)
            yield case("unknown-key", promise, level_of(failed.get("x-standing")), run)
        malformed: dict[str, list[Any]] = {
            "no-params": [],
            "malformed-key": [_WRONG],
            "key-of-another-type": [12],
            "null-key": [None],
        }
        for name, params in malformed.items():
            promise = f"A call of {method} with {name.replace('-', ' ')} is answered with an error."
            yield case(name, promise, "core", partial(_no_result, method, params))


def _unknown_key(method: str, expected: Mapping[str, Any], check: Check) -> None:
    answer = check.rpc(method, *specimen.conditions(check, method), key=_UNKNOWN_KEY)
    error = answer.error or {}
    check.equal([expected["code"], expected["message"]], [error.get("code"), error.get("message")], "code and message")


def _no_result(method: str, params: list[Any], check: Check) -> None:
    answer = check.rpc_call({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
    check.answers(method, answer, "error")
