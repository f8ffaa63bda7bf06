"""Near credentials: what almost is the right user, password or key, and the right ones where they do not belong."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from mailproof.pointers import mapping
from mailproof_conformance import specimen, wire
from mailproof_conformance.basic_credentials import AUTHORIZATION, own, written
from mailproof_conformance.case import Case
from mailproof_conformance.check import NONE
from mailproof_conformance.front import level_of, problem_of
from mailproof_conformance.near_misses import near_headers, near_misses
from mailproof_conformance.redaction import BY_KEY
from mailproof_conformance.taken import is_success

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mailproof.promises import Contract, Level, Operation
    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response

_SCHEMES = ("Bearer", "Token", "Digest", "Negotiate", "Basicx")
_CALLERS = ("other_account", "other_realm", "no_permission", BY_KEY)
"""What targets call further callers."""
_UNAUTHORIZED = 401
_STRANGER = ("mailproof-wrong", "mailproof-wrong")
_ELSEWHERE = ("Proxy-Authorization", "X-Authorization", "Cookie")


def cases(contract: Contract) -> Iterator[Case]:
    """For each operation that takes credentials, each part of them, another scheme, and other places."""
    problem = problem_of(contract, "unauthorized")
    stated: Level = "core" if problem is None else problem.level
    for operation in contract.operations:
        if "x-rpc-methods" in operation.definition:
            yield from _keys_of_calls(contract, operation)
            continue
        if not wire.takes_credentials(operation):
            yield _open(operation)
            continue
        for scheme in _schemes(contract, operation):
            if scheme.get("scheme") == "basic":
                yield from _basic(operation, stated)
            elif scheme.get("type") == "apiKey" and scheme.get("in") == "header":
                promise = f"A {scheme['name']} that almost is the right one is refused by {operation.id}."
                run = partial(_near_key, operation, scheme["name"])
                yield _case(operation, f"near-{scheme['name'].lower()}", promise, "assumed", run)


def _basic(operation: Operation, stated: Level) -> Iterator[Case]:
    for part in ("user", "password"):
        promise = f"A {part} that almost is the right one is refused by {operation.id}: it is compared exactly."
        yield _case(operation, f"near-{part}", promise, "assumed", partial(_near_part, operation, part))
    promise = f"The right user and password under the name of another scheme are refused by {operation.id}."
    yield _case(operation, "near-scheme", promise, stated, partial(_near_scheme, operation))
    if wire.needs_credentials(operation):
        promise = f"The right user and password in another header than {AUTHORIZATION} are refused by {operation.id}."
        yield _case(operation, "near-header", promise, stated, partial(_near_header, operation))


def _open(operation: Operation) -> Case:
    promise = f"{operation.id} needs no credentials, and answers alike whoever shows some."
    return _case(operation, "near-open", promise, "assumed", partial(_same_for_all, operation))


def _keys_of_calls(contract: Contract, operation: Operation) -> Iterator[Case]:
    failed = mapping(mapping(contract.document.get("x-rpc-errors")).get("key-verification-failed"))
    if not failed:
        return
    for method in contract.rpc_methods:
        promise = f"A call of {method} with a key that almost is the right one is answered with an error."
        source = f"{operation.pointer}/x-rpc-methods/{method}"
        run = partial(_near_key_of_call, method, failed)
        identity = f"authentication/{method}/near-key"
        level = level_of("inferred", failed.get("x-standing"))
        yield Case(identity, "authentication", (method,), promise, source, level, run)


def _case(operation: Operation, name: str, promise: str, level: Level, run: Callable[[Check], None]) -> Case:
    source = f"{operation.pointer}/security"
    identity = f"authentication/{operation.id}/{name}"
    return Case(identity, "authentication", (operation.id,), promise, source, level, run)


def _schemes(contract: Contract, operation: Operation) -> Iterator[Mapping[str, Any]]:
    """The security schemes that can stand alone for the operation, each once."""
    declared = mapping(mapping(contract.document.get("components")).get("securitySchemes"))
    alone = [next(iter(item)) for item in operation.definition["security"] if len(item) == 1]
    for name in dict.fromkeys(alone):
        yield mapping(declared.get(name))


def refuses(check: Check, operation: Operation, headers: Mapping[str, str] | None = None) -> None:
    """Raises Broken where credentials that are plainly wrong, or none, are let in: then near ones tell nothing new.

    The finding is that of the plain cases of authentication.
    """
    response = specimen.call(check, operation, credentials=NONE, headers=headers)
    if is_success(response):
        if "unauthorized" in check.expectations.problems:
            check.problem("unauthorized", response)
        about = f"the status for {'wrong' if headers else 'no'} credentials"
        check.equal(_UNAUTHORIZED, response.status, about)


def _near_part(operation: Operation, part: str, check: Check) -> None:
    user, password = own(check)
    refuses(check, operation, {AUTHORIZATION: written("Basic", *_STRANGER)})
    right = user if part == "user" else password
    wrong = dict(near_misses(right))
    if part == "password":
        wrong |= {"a colon behind it": f"{password}:", "the user in its place": user, "nothing in its place": ""}
    for how, text in wrong.items():
        pair = (text, password) if part == "user" else (user, text)
        if text == right or (part == "user" and ":" in text):
            continue
        headers = {AUTHORIZATION: written("Basic", *pair)}
        response = specimen.call(check, operation, credentials=NONE, headers=headers)
        _is_refused(check, response, f"a {part} with a difference ({how})")


def _near_scheme(operation: Operation, check: Check) -> None:
    for scheme in ("Basic", _SCHEMES[0]):
        refuses(check, operation, {AUTHORIZATION: written(scheme, *_STRANGER)})
    for scheme in _SCHEMES:
        headers = {AUTHORIZATION: written(scheme, *own(check))}
        response = specimen.call(check, operation, credentials=NONE, headers=headers)
        _is_refused(check, response, f"the right user and password under the scheme {scheme}")


def _near_header(operation: Operation, check: Check) -> None:
    refuses(check, operation)
    value = written("Basic", *own(check))
    for name in _ELSEWHERE:
        headers = {name: f"{AUTHORIZATION}={value}" if name == "Cookie" else value}
        response = specimen.call(check, operation, credentials=NONE, headers=headers)
        _is_refused(check, response, f"the right user and password in {name} alone")


def _near_key(operation: Operation, header: str, check: Check) -> None:
    headers = {**check.credential(BY_KEY).headers, **check.default_headers}.items()
    key = next((value for name, value in headers if name.lower() == header.lower()), None)
    if key is None:
        check.skip(f"the target's credentials are in no {header}")
    refuses(check, operation, {header: _STRANGER[0]})
    for how, text in near_headers(key).items():
        response = specimen.call(check, operation, credentials=NONE, headers={header: text})
        _is_refused(check, response, f"a {header} with a difference ({how})")


def _near_key_of_call(method: str, failed: Mapping[str, Any], check: Check) -> None:
    """What cannot be a key by its schema may be refused as such."""
    schema = check.contract.rpc_methods[method]["params"][0]
    conditions = specimen.conditions(check, method)
    right = check.api_key()
    others = {**near_misses(right), "its last character another": right[:-1] + ("0" if right[-1] != "0" else "1")}
    for how, text in others.items():
        answer = check.rpc(method, *conditions, key=text)
        check.answers(method, answer, "error")
        if check.fits(schema, text):
            told = [(answer.error or {}).get(name) for name in ("code", "message")]
            about = f"code and message for a key with a difference ({how})"
            check.equal([failed["code"], failed["message"]], told, about)


def _same_for_all(operation: Operation, check: Check) -> None:
    """Right credentials of every kind of caller, and wrong ones."""
    plain = specimen.call(check, operation, credentials=NONE)
    wrong = {AUTHORIZATION: written("Basic", *_STRANGER)}
    answers = {"wrong credentials": specimen.call(check, operation, credentials=NONE, headers=wrong)}
    answers["our credentials"] = specimen.call(check, operation, headers=check.default_headers)
    for name in _CALLERS:
        if check.offers(name):
            answers[f"those of {name}"] = specimen.call(check, operation, credentials=name)
    for about, response in answers.items():
        check.equal(plain.status, response.status, f"the status of {operation.id} for {about}")
        check.true(plain.content == response.content, f"the body of {operation.id} for {about}", expected="the same")


def _is_refused(check: Check, response: Response, about: str) -> None:
    known = check.expectations.problems.get("unauthorized")
    check.equal(_UNAUTHORIZED if known is None else known.status, response.status, f"the status for {about}")
    if known is not None:
        check.problem("unauthorized", response)
