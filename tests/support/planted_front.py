"""Faults of the front door: credentials, verbs, unknown things, media types, and the error answers of each."""

from __future__ import annotations

import base64
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import in_process
from asked import same_for_all, target_of
from faults import with_header
from in_process import Plant
from spots import some
from subjects import Subject, places, problems, subjects, whole, with_json

from mailproof import contract
from mailproof.pointers import mapping
from mailproof_conformance import wire
from mailproof_conformance.exchange import Response
from mailproof_conformance.front import front_of
from mailproof_conformance.matrices.framing import MOST_FOR_EACH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest
    from in_process import Forward, Mangle
    from planting import Fault

    from mailproof_conformance.exchange import Request

_OWNERS = {
    "401": "authentication",
    "404": "not-found",
    "400": "bad-input",
    "405": "verbs",
    "406": "media-types",
    "415": "media-types",
    "417": "laws",
    "403": "authentication",
}
_OTHER_STATUS = {"401": 403, "404": 400, "400": 422, "405": 404, "406": 415, "415": 400, "417": 409, "403": 401}
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_HTML = "text/html"
_SLOW = 30.0  # seconds


def faults(provider: str) -> Iterator[Fault]:
    """For each operation, and for what is no operation."""
    for subject in subjects(provider):
        yield _slow(subject)
        if not subject.is_method:
            yield from _errors(subject)
            yield from _credentials(subject)
            yield from _unknown(subject)
            yield from _types(subject)
            yield from _framing(subject)
    if not contract(provider).rpc_methods:
        yield from _verbs(provider)
    if "unknown-path" in problems(provider):
        yield whole(
            provider, "unknown path answered 200", lambda: Plant(_unknown_path_found(provider)), "not-found", "laws"
        )


def _framing(subject: Subject) -> Iterator[Fault]:
    """A server that reads a body in chunks by halves, and one that holds only a body's length against the limit."""
    reading = [item for item in subject.contract.operations if wire.request_types(item)]
    front = front_of(subject.contract)
    if subject.operation not in reading or front is None:
        return

    def shortened(to: Callable[[bytes], bytes], request: Request) -> Request:
        in_chunks = request.header("transfer-encoding") is not None
        return replace(request, body=to(request.body)) if in_chunks else request

    # Of an HTML form half is a form.
    half = partial(subject.heard, partial(shortened, lambda body: body[: len(body) // 2]))
    if "application/x-www-form-urlencoded" not in wire.request_types(subject.operation):
        yield subject.fault("a body in chunks read by halves", half, "agreement")
    if front.body_limit <= MOST_FOR_EACH or subject.operation == reading[0]:
        within = partial(subject.heard, partial(shortened, lambda body: body[: front.body_limit]))
        yield subject.fault("a body in chunks without a limit", within, "bad-input")


def _slow(subject: Subject) -> Fault:
    """An operation that takes too long. The clock of the suite goes on; nobody waits."""

    def plant() -> Plant:
        late = [0.0]

        def inner(request: Request, forward: Forward) -> Response:
            late[0] += _SLOW
            return forward(request)

        def patch(monkeypatch: pytest.MonkeyPatch) -> None:
            monkeypatch.setattr(in_process, "monotonic", lambda: late[0])

        return Plant(subject.mangle(inner), patch=patch)

    return subject.fault("slow operation", plant, "corpus")


def _errors(subject: Subject) -> Iterator[Fault]:  # noqa: C901 - a flat list of kinds
    """Each documented error answer that the front door, or what a path names, leads to."""
    known = {str(entry["status"]): entry for entry in problems(subject.provider).values()}
    leading = [status for status in _OWNERS if status in known and _occurs(subject, status)]
    for status in leading:
        kind, entry, code = _OWNERS[status], known[status], int(status)

        def chosen(words: str, status: str = status) -> bool:
            """Each kind of fault for one of the error answers of an operation, another for each."""
            return status in some(leading, 1, subject.id, words)

        def fault(
            words: str, change: Callable[[Response], Response], code: int = code, kind: str = kind, name: str = status
        ) -> Fault:
            def told(_: Request, response: Response) -> Response:
                return change(response) if response.status == code else response

            return subject.fault(words, lambda: subject.told(told), kind, "corpus", "laws", name=name)

        other = _OTHER_STATUS[status]
        if chosen("status"):
            yield fault("wrong status of an error", lambda r, other=other: replace(r, status=other))  # type: ignore[misc]
        if chosen("200"):
            yield fault("error answered 200", lambda r: replace(r, status=200))
        if "example" in entry:
            if chosen("body"):
                yield fault("wrong error body", lambda r: with_json(r, {"mailproof": 1}))
            if chosen("HTML"):
                yield fault("error as HTML", _as_html)
            if chosen("nothing"):
                yield fault("error without a body", lambda r: replace(r, body=b""))
            if chosen("words"):
                yield fault("wrong words of an error", _other_words)
        for header in mapping(entry.get("headers")):
            yield fault(
                "header of an error missing",
                lambda r, header=header: replace(  # type: ignore[misc]
                    r, headers={k: v for k, v in r.headers.items() if k != header.lower()}
                ),
            )


def _as_html(response: Response) -> Response:
    return replace(response, headers={**response.headers, "content-type": _HTML}, body=b"<p>")


def _occurs(subject: Subject, status: str) -> bool:
    """Whether the contract leads to an error answer of the operation without any state."""
    front = front_of(subject.contract)
    parameters = subject.operation.definition["parameters"]
    if status == "401":
        return wire.needs_credentials(subject.operation)
    if status in {"405", "406", "415"}:
        return status in subject.statuses and not (
            status == "406" and (front is None or front.unknown_accept != "refuse" or not subject.answer)
        )
    if status == "404":
        return status in subject.statuses and any(item["in"] == "path" for item in parameters)
    return status in subject.statuses


def _other_words(response: Response) -> Response:
    """The first text of an error, another one."""
    if "json" not in response.media_type or not response.body:
        return response
    value = response.json()
    name = next((key for key, item in value.items() if isinstance(item, str)), None)
    return response if name is None else with_json(response, {**value, name: f"{value[name]} mailproof"})


def _credentials(subject: Subject) -> Iterator[Fault]:
    if not wire.needs_credentials(subject.operation):
        return
    own = dict(target_of(subject.provider).credential.headers)

    def heard(change: Callable[[Request], Request]) -> Callable[[], Plant]:
        return lambda: subject.heard(change)

    def taken(test: Callable[[Request], object]) -> Callable[[Request], Request]:
        return lambda request: _as(request, own) if test(request) else request

    yield subject.fault(
        "auth not enforced", heard(taken(lambda r: r.header("authorization") is None)), "authentication"
    )
    yield subject.fault("any credentials accepted", heard(taken(_foreign(subject))), "authentication", "laws")
    yield subject.fault("any password accepted", heard(taken(_same_user(own))), "authentication")
    others = target_of(subject.provider).others
    name = next((name for name in ("other_account", "other_realm") if name in others), None)
    # What everybody is answered the same, such as the time, has no data of an account.
    if name is not None and not (subject.effect == "read" and same_for_all(subject.provider, subject.operation, name)):
        theirs = dict(others[name].headers)
        yield subject.fault(
            "another account's data shown",
            heard(lambda r: _as(r, own) if r.header("authorization") == theirs.get("Authorization") else r),
            "authentication",
            "laws",
        )


def _as(request: Request, headers: dict[str, str]) -> Request:
    for name, value in headers.items():
        request = with_header(name, value)(request)
    return request


def _foreign(subject: Subject) -> Callable[[Request], bool]:
    known = {c.headers.get("Authorization") for c in target_of(subject.provider).credentials()}
    return lambda request: request.header("authorization") not in known | {None}


def _same_user(own: dict[str, str]) -> Callable[[Request], bool]:
    user = base64.b64decode(own["Authorization"].partition(" ")[2]).partition(b":")[0]

    def test(request: Request) -> bool:
        try:
            given = base64.b64decode((request.header("authorization") or "").partition(" ")[2])
        except ValueError:
            return False
        return given.partition(b":")[0] == user

    return test


def _unknown(subject: Subject) -> Iterator[Fault]:
    """What is answered for a thing that is not there."""
    if "404" not in subject.statuses or not any(p["in"] == "path" for p in subject.operation.definition["parameters"]):
        return

    def remembered() -> Plant:
        good: list[Response] = []

        def inner(request: Request, forward: Forward) -> Response:
            response = forward(request)
            if response.status == 200:
                good[:] = [response]
            return good[0] if response.status == 404 and good else response

        return Plant(subject.mangle(inner))

    yield subject.fault("unknown thing answered as the last known one", remembered, "not-found", "laws")
    if subject.answer is not None:
        empty = partial(_if_status, 404, lambda r: replace(with_json(r, []), status=200))
        yield subject.fault(
            "unknown thing answered with nothing", lambda: subject.told(lambda _, r: empty(r)), "not-found", "laws"
        )


def _if_status(code: int, change: Callable[[Response], Response], response: Response) -> Response:
    return change(response) if response.status == code else response


def _types(subject: Subject) -> Iterator[Fault]:
    types = [name for name in subject.types if "*" not in name]
    if len(types) > 1 and subject.answer is not None:
        for name in (types[0], types[-1]):
            yield subject.fault(
                "Accept ignored",
                lambda name=name: subject.heard(with_header("Accept", name)),  # type: ignore[misc]
                "media-types",
                "laws",
                name=name,
            )
    front = front_of(subject.contract)
    if types and subject.answer and front is not None and front.unknown_accept == "refuse":
        yield subject.fault(
            "unacceptable answered 200", lambda: subject.heard(with_header("Accept", types[0])), "media-types"
        )
    read = wire.request_types(subject.operation)
    if read and front is not None and front.content_type == "enforce" and len(read) < 3:

        def as_own(request: Request) -> Request:
            given = (request.header("content-type") or "").partition(";")[0].lower()
            return request if given in read else with_header("Content-Type", next(iter(read)))(request)

        yield subject.fault("wrong Content-Type taken", lambda: subject.heard(as_own), "media-types")
    for name in read[1:]:
        yield subject.fault(
            "declared Content-Type refused",
            lambda name=name: subject.heard(  # type: ignore[misc]
                lambda r: (
                    with_header("Content-Type", "x/y")(r)
                    if (r.header("content-type") or "").lower().startswith(name)
                    else r
                )
            ),
            "media-types",
            "agreement",
            "laws",
            name=name,
        )


def _verbs(provider: str) -> Iterator[Fault]:
    paths = {operation.path: operation for operation in contract(provider).operations}
    for path, first in paths.items():
        operations = [operation for operation in contract(provider).operations if operation.path == path]
        declared = {operation.method.upper() for operation in operations}
        undeclared = next(method for method in _METHODS if method not in declared)
        subject = next(one for one in subjects(provider) if one.id == operations[0].id)

        def here(test: Callable[[Request], bool], path: str = path) -> Callable[[Request], bool]:
            return lambda request: (
                test(request) and any(operation.path == path for operation in places(provider).at(request))
            )

        def fault(words: str, change: Mangle, name: str = "", subject: Subject = subject, first: Any = first) -> Fault:
            made = subject.fault(words, lambda: Plant(change), "verbs", "laws", name=name or first.path)
            return replace_touches(made, None)

        undocumented = fault(
            "undocumented verb answered 200",
            _answers(here(lambda r, verb=undeclared: r.method == verb), _ok),  # type: ignore[misc]
            f"{undeclared} {path}",
        )
        refused = here(lambda r, declared=declared: r.method not in declared)  # type: ignore[misc]
        wrong = [
            undocumented,
            fault("wrong verb answered 404", _changes(refused, partial(_if_status, 405, _gone))),
            fault("Allow missing", _changes(refused, partial(_without_header, "allow"))),
            fault("wrong error body of a wrong verb", _changes(refused, partial(_if_status, 405, _oops))),
        ]
        yield from some(wrong, 2, path)


def replace_touches(fault: Fault, touches: frozenset[str] | None) -> Fault:
    """The fault with another reach."""
    return replace(fault, touches=touches)


def _ok(_: Request) -> Response:
    return Response(200, {"content-type": "application/json"}, b"{}")


def _gone(response: Response) -> Response:
    return replace(response, status=404)


def _oops(response: Response) -> Response:
    return with_json(response, {"mailproof": 1})


def _without_header(name: str, response: Response) -> Response:
    return replace(response, headers={key: text for key, text in response.headers.items() if key != name})


def _answers(test: Callable[[Request], bool], answer: Callable[[Request], Response]) -> Mangle:
    return lambda request, forward: answer(request) if test(request) else forward(request)


def _changes(test: Callable[[Request], bool], change: Callable[[Response], Response]) -> Mangle:
    return lambda request, forward: change(forward(request)) if test(request) else forward(request)


def _unknown_path_found(provider: str) -> Mangle:
    return _answers(lambda request: "no-such" in request.target and not places(provider).at(request), _ok)
