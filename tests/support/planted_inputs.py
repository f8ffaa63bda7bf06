"""Faults that only some requests bring about: rare inputs that crash, boundaries that are refused, wrong ones taken."""

# JSON of any shape passes through here, and mypy sees to the rest.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from asked import request_of
from in_process import Plant
from spots import some, spots
from subjects import Subject, subjects, with_json

from mailproof import contract
from mailproof.pointers import mapping, sequence
from mailproof_conformance.corpus import load
from mailproof_conformance.exchange import Response
from mailproof_conformance.own import DEFAULT_PREFIX, is_named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from in_process import Forward
    from planting import Fault

    from mailproof_conformance.corpus import WireCase
    from mailproof_conformance.exchange import Request

_CRASH = Response(500, {"content-type": "text/plain"}, b"crash")
_CRASHES = 3
"""How many of the rare inputs each operation crashes on, one at a time; others for each operation."""
_LONG = 2_000
_IN_QUERIES = {"string", "object"}
_BOUNDARY = re.compile(r"(?i)minimum|maximum|longest|shortest|boundary|near|default|example|enum|valid")
_ASTRAL = re.compile(rb"\\ud83[0-9a-f]\\ud[c-f]|\xf0[\x90-\xbf]", re.IGNORECASE)


def faults(provider: str) -> Iterator[Fault]:
    """For each operation, as far as it takes the input."""
    corpus = load(contract(provider))
    for subject in subjects(provider):
        yield from some(list(_crashes(subject)), _CRASHES, subject.id)
        own = [case for case in corpus if case.operation == subject.id]
        yield from _boundaries(subject, [case for case in own if case.mode == "positive"])
        yield from _wrong(subject, [case for case in own if case.mode == "negative"])


def _crashes(subject: Subject) -> Iterator[Fault]:  # noqa: C901 - a flat list of inputs
    parameters = [] if subject.is_method else subject.operation.definition["parameters"]
    in_paths = any(item["in"] == "path" and item["schema"].get("type") == "string" for item in parameters)
    in_queries = any(item["in"] == "query" and item["schema"].get("type") in _IN_QUERIES for item in parameters)
    integers = any(item["in"] == "path" and item["schema"].get("type") == "integer" for item in parameters)
    texts = subject.body is not None and any(s.type == "string" for s in spots(subject.contract.document, subject.body))

    def fault(name: str, test: Callable[[Request], object], *kinds: str) -> Fault:
        def plant() -> Plant:
            return Plant(subject.mangle(lambda r, forward: _CRASH if test(r) else forward(r)))

        return subject.fault("500 on one rare input", plant, *kinds, name=name)

    if in_paths:
        yield fault("astral in the path", lambda r: "%F0%9F" in _path(r).upper(), "text", "laws")
        yield fault("long text in the path", lambda r: len(_path(r)) > _LONG, "text", "laws")
        yield fault("NUL in the path", lambda r: "%00" in _path(r), "bad-input", "laws")
        yield fault("slash in the path", lambda r: "%2F" in _path(r).upper(), "bad-input", "laws")
    if in_queries:
        yield fault("astral in the query", lambda r: "%F0%9F" in _query(r).upper(), "text", "laws")
        yield fault("quote in the query", lambda r: "'" in _query(r), "text", "laws", "corpus")
    if not subject.is_method:
        yield fault("NUL in the query", lambda r: "%00" in _query(r), "bad-input", "laws")
        yield fault("a query that is not UTF-8", lambda r: "%FF" in _query(r).upper(), "bad-input", "laws")
    if integers:
        kinds = ("bad-input", "laws", "corpus")
        yield fault("negative number in the path", lambda r: re.search(r"/-\d", _path(r)), *kinds)
        yield fault("number of 33 bits in the path", lambda r: re.search(r"/\d{10}", _path(r)), *kinds)
    if subject.body is not None:
        if texts:
            yield fault("astral in the body", lambda r: _ASTRAL.search(r.body), "text", "laws")
            yield fault("long text in the body", lambda r: _LONG < len(r.body) < 9_000, "text", "laws")
            yield fault("empty text in the body", lambda r: re.search(rb':\s*""', r.body), "corpus", "laws", "text")
        yield fault("empty object", lambda r: _bare(subject, r) == {}, "corpus", "laws", "bad-input")
        yield fault("null as a value", lambda r: re.search(rb":\s*null", r.body), "corpus", "laws")
        if not subject.is_method and texts:
            yield fault("NUL in the body", lambda r: b"\\u0000" in r.body, "text", "laws")
        if any(s.type == "array" for s in spots(subject.contract.document, subject.body)):
            yield fault("duplicate items", lambda r: _twice(_bare(subject, r)), "corpus", "laws")


def _path(request: Request) -> str:
    return request.target.partition("?")[0]


def _query(request: Request) -> str:
    return request.target.partition("?")[2]


def _bare(subject: Subject, request: Request) -> Any:
    """The body, or the conditions of a call."""
    try:
        value: Any = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    if not subject.is_method:
        return value
    return next(iter(sequence(mapping(value).get("params"))[1:]), None)


def _twice(value: Any) -> bool:
    if isinstance(value, list):
        return len(value) != len({json.dumps(item) for item in value}) or any(map(_twice, value))
    return isinstance(value, dict) and any(map(_twice, value.values()))


def _sent(subject: Subject, case: WireCase) -> Callable[[Request], bool] | None:
    """Whether a request says in the place under test what a case of the corpus says there; None for too common ones."""
    if subject.is_method:
        return _called(subject, case)
    own = request_of(subject.provider, case)
    if own is None or (case.location == "body" and case.body in {None, "null", "{}"}):
        return None
    if case.location == "body":
        media_type = own.header("content-type")
        return lambda request: request.body == own.body and request.header("content-type") == media_type
    if case.location == "path":
        return lambda request: _path(request) == _path(own)
    pairs = _pairs(own)
    return (lambda request: _pairs(request) == pairs) if case.location == "query" and pairs else None


def _called(subject: Subject, case: WireCase) -> Callable[[Request], bool] | None:
    params: Any = json.loads(case.body or "null")
    wanted = next(iter(params[1:]), None) if isinstance(params, list) else None
    return None if wanted in (None, {}) else lambda request: _bare(subject, request) == wanted


def _pairs(request: Request) -> list[tuple[str, str]]:
    """The names and values of a query; names that a run made up are all alike."""
    pairs = parse_qsl(_query(request), keep_blank_values=True, errors="surrogateescape")
    return [(name, "made up" if is_named(value, DEFAULT_PREFIX) else value) for name, value in pairs]


def _boundaries(subject: Subject, cases: list[WireCase]) -> Iterator[Fault]:
    """What the contract allows at the edge of it, refused."""
    for case in some([c for c in cases if c.location in {"query", "body"}], 2, subject.id):
        test = _sent(subject, case)
        if test is not None:
            plant = partial(_refuses, subject, test)
            name = f"{case.description} {case.id.rpartition('-')[2]}"
            yield subject.fault("a valid boundary refused", plant, "corpus", name=name)


def _refuses(subject: Subject, test: Callable[[Request], bool]) -> Plant:
    def inner(request: Request, forward: Forward) -> Response:
        if not test(request):
            return forward(request)
        if subject.is_method:
            error = {"code": -32602, "message": "Invalid params"}
            identity = json.loads(request.body).get("id")
            return with_json(forward(request), {"jsonrpc": "2.0", "id": identity, "error": error})
        return replace(with_json(forward(request), {"Message": "no"}), status=400)

    return Plant(subject.mangle(inner))


def _wrong(subject: Subject, cases: list[WireCase]) -> Iterator[Fault]:
    """What the contract does not allow, taken for the last thing that was right."""
    if cases:
        yield subject.fault("invalid input accepted", partial(_lenient, subject, lambda _: True), "corpus", name="any")
    for case in some(cases, 2, subject.id, "wrong"):
        test = _sent(subject, case)
        if test is not None:
            name = f"{case.description} {case.id.rpartition('-')[2]}"
            yield subject.fault("invalid input accepted", partial(_lenient, subject, test), "corpus", name=name)


def _lenient(subject: Subject, test: Callable[[Request], bool]) -> Plant:
    def inner(request: Request, forward: Forward) -> Response:
        response = forward(request)
        if not test(request):
            return response
        if subject.is_method:
            said = mapping(response.json()) if response.body else {}
            refused = mapping(said.get("error")).get("code") == -32602
            if not refused:
                return response
            return with_json(response, {"jsonrpc": "2.0", "id": said.get("id"), "result": {}})
        if response.status not in {400, 417, 422}:
            return response
        return replace(with_json(response, {}), status=200)

    return Plant(subject.mangle(inner))
