"""Bad input.

What no client means to send is answered with the documented error, never with a failure or a hang.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from mailproof.pointers import mapping, sequence
from mailproof_conformance import forms, specimen, wire
from mailproof_conformance.case import Case
from mailproof_conformance.formats import is_json
from mailproof_conformance.front import answer_level, front_of, level_of, problem_of
from mailproof_conformance.refusals import as_promised
from mailproof_conformance.taken import refused, taken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mailproof.promises import Contract, Level, Operation
    from mailproof_conformance.check import Check

_DEPTH = 10_000
_LARGE = 2 * 1024 * 1024

_PATHS: Mapping[str, str] = {
    "percent-00": "a%00b",
    "percent-ff": "a%ffb",
    "percent-alone": "a%",
    "percent-zz": "a%zzb",
    "encoded-slash": "a%2Fb",
    "dots": "%2e%2e",
    "line-break": "a%0d%0aX-Injected:%201",
}

_QUERIES: Mapping[str, str] = {
    "percent-00": "?a=%00",
    "percent-ff": "?%ff=%ff",
    "percent-zz": "?a=%zz&%",
    "no-names": "?=1&&=2&?&a",
    "thousand-names": "?" + "&".join(f"a{number}=1" for number in range(1000)),
}

_JSON: Mapping[str, bytes] = {
    "truncated": b'{"a": ',
    "trailing-comma": b'{"a": 1,}',
    "two-values": b"{} {}",
    "not-a-number": b'{"a": NaN}',
    "single-quotes": b"{'a': 1}",
    "control-character": b'{"a": "\x01"}',
    "not-utf8": b'{"a": "\xff\xfe"}',
    "utf16": '{"a": 1}'.encode("utf-16"),
    "overlong-utf8": b'{"a": "\xc0\xaf"}',
    "nothing": b"",
    "blank": b" \n ",
    "deep-arrays": b"[" * _DEPTH + b"]" * _DEPTH,
    "deep-objects": b'{"a":' * _DEPTH + b"1" + b"}" * _DEPTH,
    "unclosed-arrays": b"[" * _DEPTH,
    "long-number": b'{"a": ' + b"9" * 10_000 + b"}",
}
_PARSES = frozenset({"deep-arrays", "deep-objects", "long-number"})
"""JSON all the same: a server may read these, and then refuses them for what they hold."""


def cases(contract: Contract) -> Iterator[Case]:
    """For each operation: broken paths, queries and bodies, and whatever is too large."""
    front = front_of(contract)
    for operation in contract.operations:
        yield from _paths(operation)
        yield from _queries(operation)
        if front is not None:
            yield from _too_long(contract, operation, front.url_limit)
        if any(is_json(name) for name in wire.request_types(operation)):
            yield from _bodies(contract, operation, front.body_limit if front is not None else None)
    if front is not None:
        yield from _too_large(contract, front.body_limit)


def _case(operation: Operation, name: str, promise: str, level: Level, run: Callable[[Check], None]) -> Case:
    identity = f"bad-input/{operation.id}/{name}"
    return Case(identity, "bad-input", (operation.id,), promise, operation.pointer, level, run)


def _paths(operation: Operation) -> Iterator[Case]:
    for parameter in operation.definition["parameters"]:
        if parameter["in"] == "path":
            for name, value in _PATHS.items():
                promise = f"{operation.id} answers a `{parameter['name']}` of `{value}` with a client error."
                run = partial(_bad_path, operation, parameter["name"], value)
                yield _case(operation, f"path {parameter['name']} {name}", promise, "assumed", run)


def _bad_path(operation: Operation, name: str, value: str, check: Check) -> None:
    response = specimen.call(check, operation, path={name: wire.Encoded(value)})
    check.conforms(operation.id, response)
    refused(response)
    as_promised(check, response)
    check.true("x-injected" not in response.headers, "a line break in the path does not reach the headers")


def _queries(operation: Operation) -> Iterator[Case]:
    queries = dict(_QUERIES)
    for parameter in operation.definition["parameters"]:
        if parameter["in"] == "query":
            queries[f"twice {parameter['name']}"] = f"?{parameter['name']}=1&{parameter['name']}=2"
    for name, query in queries.items():
        promise = f"{operation.id} answers a broken query by the contract ({name.replace('-', ' ')})."
        run = partial(_bad_query, operation, query)
        yield _case(operation, f"query {name}", promise, "assumed", run)


def _bad_query(operation: Operation, query: str, check: Check) -> None:
    response = specimen.call(check, operation, raw_query=query)
    check.conforms(operation.id, response)
    as_promised(check, response)


def _too_long(contract: Contract, operation: Operation, limit: int) -> Iterator[Case]:
    problem = problem_of(contract, "url-too-long")
    if problem is not None:
        promise = f"{operation.id} refuses a URL of more than {limit} bytes."
        yield _case(operation, "url too-long", promise, problem.level, partial(_long_url, operation, limit))


def _too_large(contract: Contract, limit: int) -> Iterator[Case]:
    """Bodies beyond the limit and at it: a large limit, which is the front door's, once for each media type."""
    problem = problem_of(contract, "too-large")
    if problem is None:
        return
    tried: set[str] = set()
    for operation in contract.operations:
        own = next(iter(wire.request_types(operation)), "")
        if not own and limit >= _LARGE:
            promise = f"{operation.id} has no body and survives one of 2 MiB."
            yield _case(operation, "body large", promise, "assumed", partial(_needless_body, operation))
            continue
        if own in tried:
            continue
        if limit > _LARGE:
            tried.add(own)
        promise = f"{operation.id} refuses a body of more than {limit} bytes."
        yield _case(operation, "body too-large", promise, problem.level, partial(_large_body, operation, limit))
        if own and own != forms.URLENCODED:
            promise = f"{operation.id} takes a body of exactly {limit} bytes."
            yield _case(operation, "body at-limit", promise, problem.level, partial(_body_at_limit, operation, limit))


def _long_url(operation: Operation, limit: int, check: Check) -> None:
    check.problem("url-too-long", specimen.call(check, operation, raw_query="?a=" + "a" * limit))


def _large_body(operation: Operation, limit: int, check: Check) -> None:
    size = max(limit + 1, min(_LARGE, 2 * limit))
    text = b'{"a": "' + b"a" * (size - 9) + b'"}'
    check.problem("too-large", specimen.call(check, operation, body=text))


def _needless_body(operation: Operation, check: Check) -> None:
    check.conforms(operation.id, specimen.call(check, operation, body=b'"' + b"a" * _LARGE + b'"'))


def _body_at_limit(operation: Operation, limit: int, check: Check) -> None:
    body = specimen.body(check, operation)
    content, declared = check.written(operation, body, wire.request_types(operation)[0])
    missing = limit - len(content)
    if declared.startswith(forms.MULTIPART):
        content, declared = check.written(operation, _longer(body, missing), forms.MULTIPART)
    else:
        content += b" " * missing
    response = specimen.call(check, operation, body=content, content_type=declared)
    taken(check, operation, response)


def _longer(body: Mapping[str, Any], missing: int) -> dict[str, Any]:
    """The fields of a form with as many more bytes in the first file as are missing."""
    longer = dict(body)
    name = next((name for name, value in body.items() if isinstance(value, wire.File)), None)
    if name is not None:
        longer[name] = replace(body[name], data=body[name].data + b"." * missing)
    return longer


def _bodies(contract: Contract, operation: Operation, limit: int | None) -> Iterator[Case]:
    rpc = "x-rpc-methods" in operation.definition
    for name, text in _JSON.items():
        if limit is not None and len(text) > limit:
            continue
        promise = f"{operation.id} refuses a body that is not what it asks for ({name.replace('-', ' ')})."
        run = partial(_bad_call if rpc else _bad_body, operation, text, name in _PARSES)
        yield _case(operation, f"body {name}", promise, _level(contract, operation, rpc=rpc), run)


def _level(contract: Contract, operation: Operation, *, rpc: bool) -> Level:
    if rpc:
        parse_error = mapping(mapping(contract.document.get("x-rpc-errors")).get("parse-error"))
        return level_of(parse_error.get("x-standing"))
    problem = problem_of(contract, "bad-request")
    return answer_level(operation) if problem is None else problem.level


def _bad_body(operation: Operation, text: bytes, parses: bool, check: Check) -> None:  # noqa: FBT001 - given by partial
    own = next(name for name in wire.request_types(operation) if is_json(name))
    response = specimen.call(check, operation, body=text, content_type=own)
    check.conforms(operation.id, response)
    if "bad-request" in check.expectations.problems and not parses:
        check.problem("bad-request", response)
    refused(response)


def _bad_call(operation: Operation, text: bytes, parses: bool, check: Check) -> None:  # noqa: FBT001 - given by partial
    response = check.post(text)
    check.conforms(operation.id, response)
    errors = mapping(check.contract.document.get("x-rpc-errors"))
    listed = ("parse-error", "invalid-request") if parses else ("parse-error",)
    messages = {errors[name]["code"]: errors[name]["message"] for name in listed if name in errors}
    answer: object = response.json()
    # A server that reads a deep array takes it for a batch with one junk member.
    one = mapping(answer) or mapping(next(iter(sequence(answer)), None))
    error = mapping(one.get("error"))
    code = error.get("code")
    check.true(code in messages, "the code of the error", expected=list(messages), actual=answer)
    check.equal(messages[code], error.get("message"), "the message of the error")
