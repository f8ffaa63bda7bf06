"""What faults are made of: which exchange is meant, and what becomes of its request or of its answer."""

from __future__ import annotations

import gzip
import json
import re
import time
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeGuard
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from mailproof_conformance.exchange import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Forward = Callable[[Request], Response]
    Mangle = Callable[[Request, Forward], Response]
    Change = Callable[[Request, Response], Response]
    Rewrite = Callable[[Request], Request]
    When = Callable[[Request], bool]

_BASE = re.compile(r"^/(Which50API|which50|whatcounts/rest|rest|getresponse)(?=/|$)", re.IGNORECASE)
_JSON = ("application/json", "text/json", "application/csp-report")
_XML = ("application/xml", "text/xml")


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether a JSON value is an object."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Whether a JSON value is an array."""
    return isinstance(value, list)


class Remembering:
    """A fault with a memory: `fresh` gives the same one with nothing in it, for the next run."""

    def __init__(self, make: Callable[[], Mangle]) -> None:
        self._make = make
        self._mangle = make()

    def fresh(self) -> Remembering:
        """The same fault that has seen nothing yet."""
        return Remembering(self._make)

    def __call__(self, request: Request, forward: Forward) -> Response:
        """As any fault."""
        return self._mangle(request, forward)


class Late(Exception):  # noqa: N818 - it is an answer
    """What `wait` raises while nobody wants to wait."""


def wait(seconds: float) -> None:
    """Lets a client wait. Raises Late in place of it where only the fact is asked for."""
    if not patient:
        raise Late
    time.sleep(seconds)


patient = True
"""Whether faults that delay an answer really do."""


def fresh(mangle: Mangle) -> Mangle:
    """The fault without a memory of earlier runs."""
    return mangle.fresh() if isinstance(mangle, Remembering) else mangle


def path_of(request: Request) -> str:
    """The path below the base of the API, escapes undone, without a query."""
    return _path_of(request.target)


@lru_cache(maxsize=1024)
def _path_of(target: str) -> str:
    return _BASE.sub("", unquote(target.partition("?")[0]))


def query_of(request: Request) -> str:
    """The query as it was sent."""
    return request.target.partition("?")[2]


def meant(method: str, path: str, when: When | None = None) -> When:
    """Whether a request is of these verbs (`GET|POST`, or `*`) and its path below the base is all of the pattern."""
    verbs, pattern = method.split("|"), re.compile(path, re.IGNORECASE)

    def is_meant(request: Request) -> bool:
        if method != "*" and request.method not in verbs:
            return False
        return pattern.fullmatch(path_of(request)) is not None and (when is None or when(request))

    return is_meant


def answers(method: str, path: str, change: Change, *, status: int | None = 200, when: When | None = None) -> Mangle:
    """A fault of what is answered, with this status (None: with any)."""
    is_meant = meant(method, path, when)

    def mangle(request: Request, forward: Forward) -> Response:
        answer = forward(request)
        return change(request, answer) if is_meant(request) and status in {None, answer.status} else answer

    return mangle


def asks(method: str, path: str, rewrite: Rewrite, *, when: When | None = None) -> Mangle:
    """A fault of what a request is taken for."""
    is_meant = meant(method, path, when)

    def mangle(request: Request, forward: Forward) -> Response:
        return forward(rewrite(request) if is_meant(request) else request)

    return mangle


def does(method: str, path: str, act: Mangle, *, when: When | None = None) -> Mangle:
    """A fault of an operation as a whole."""
    is_meant = meant(method, path, when)

    def mangle(request: Request, forward: Forward) -> Response:
        return act(request, forward) if is_meant(request) else forward(request)

    return mangle


def with_body(answer: Response, body: bytes) -> Response:
    """The answer with another body, compressed as the old one was, its length told rightly."""
    headers = dict(answer.headers)
    if headers.get("content-encoding") == "gzip":
        body = gzip.compress(body)
    if "content-length" in headers:
        headers["content-length"] = str(len(body))
    return Response(answer.status, headers, body)


def with_header(answer: Response, name: str, value: str | None) -> Response:
    """The answer with another value of a header, or without it."""
    headers = {key: known for key, known in answer.headers.items() if key != name}
    if value is not None:
        headers[name] = value
    return Response(answer.status, headers, answer.body)


def answer_of(status: int, body: object, headers: Mapping[str, str] | None = None) -> Response:
    """An answer in JSON."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(
        status, {"content-type": "application/json", "content-length": str(len(text)), **(headers or {})}, text
    )


def _dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def data(function: Callable[[Any], Any], *, media: tuple[str, ...] = _JSON) -> Change:
    """JSON answers with another value: what `function` gives, or what it did to the value where it gives None."""

    def change(_: Request, answer: Response) -> Response:
        if answer.media_type not in media or not answer.body:
            return answer
        value = answer.json()
        before = _dumped(value)
        changed = function(value)
        after = _dumped(value if changed is None else changed)
        return answer if after == before else with_body(answer, after)

    return change


def xml(function: Callable[[str], str], *, media: tuple[str, ...] = _XML) -> Change:
    """XML answers with another text."""

    def change(_: Request, answer: Response) -> Response:
        if answer.media_type not in media:
            return answer
        return with_body(answer, function(answer.body.decode()).encode())

    return change


def both(*changes: Change) -> Change:
    """One change after the other."""

    def change(request: Request, answer: Response) -> Response:
        for one in changes:
            answer = one(request, answer)
        return answer

    return change


def items(function: Callable[[list[Any]], list[Any]]) -> Change:
    """Answers that are a list, in JSON and XML alike, with other items; see `member` for what is in one."""

    def change(_: Request, answer: Response) -> Response:
        if answer.media_type in _JSON and answer.body[:1] == b"[":
            return with_body(answer, _dumped(function(answer.json())))
        if answer.media_type in _XML:
            root = ET.fromstring(answer.body.decode())  # noqa: S314 - the answer of the mock, not of a stranger
            kept = function(list(root))
            root[:] = kept
            return with_body(answer, ET.tostring(root, encoding="unicode").encode())
        return answer

    return change


def member(item: Any, name: str) -> str | None:
    """A member of an item of a list as text, whether it came in JSON or XML; None where it is null or missing."""
    if isinstance(item, ET.Element):
        child = next((child for child in item if child.tag.rpartition("}")[2] == name), None)
        return None if child is None or any(key.endswith("}nil") for key in child.attrib) else "".join(child.itertext())
    value = item.get(name)
    return None if value is None else str(value)


def each(name: str, function: Callable[[dict[str, Any]], None]) -> Callable[[Any], None]:
    """For `data`: does something to every object that has a member of that name, however deep it is."""

    def walk(value: Any) -> None:
        if is_object(value):
            if name in value:
                function(value)
            for inner in list(value.values()):
                walk(inner)
        elif is_array(value):
            for inner in value:
                walk(inner)

    return walk


def renamed(value: dict[str, Any], old: str, new: str) -> None:
    """Another name for a member, in its old place."""
    known = list(value.items())
    value.clear()
    value.update({new if key == old else key: inner for key, inner in known})


def texts(value: Any, function: Callable[[Any], Any]) -> Any:
    """Every value in JSON that is neither an object nor an array, as `function` makes it."""
    if is_object(value):
        return {key: texts(inner, function) for key, inner in value.items()}
    if is_array(value):
        return [texts(inner, function) for inner in value]
    return function(value)


def body(function: Callable[[Any], Any]) -> Rewrite:
    """A request in JSON with another body: what `function` gives, or what it did to the value where it gives None."""

    def rewrite(request: Request) -> Request:
        try:
            value = json.loads(request.body)
        except (ValueError, RecursionError):
            return request
        before = _dumped(value)
        changed = function(value)
        after = _dumped(value if changed is None else changed)
        return request if after == before else replace(request, body=after)

    return rewrite


def raw(pattern: str, new: str) -> Rewrite:
    """A request with what the pattern finds in its body replaced."""
    found = re.compile(pattern.encode(), re.DOTALL)
    return lambda request: replace(request, body=found.sub(new.encode(), request.body))


def query(pattern: str, new: str) -> Rewrite:
    """A request with what the pattern finds in its query replaced, letter case apart."""
    found = re.compile(pattern, re.IGNORECASE)

    def rewrite(request: Request) -> Request:
        path, mark, text = request.target.partition("?")
        return replace(request, target=path + mark + found.sub(new, text))

    return rewrite


def path(pattern: str, new: str) -> Rewrite:
    """A request with what the pattern finds in its path replaced."""

    def rewrite(request: Request) -> Request:
        where, mark, text = request.target.partition("?")
        return replace(request, target=re.sub(pattern, new, where, flags=re.IGNORECASE) + mark + text)

    return rewrite


def as_user(authorization: str | None) -> Rewrite:
    """A request with other Basic credentials, or with none."""

    def rewrite(request: Request) -> Request:
        headers = [
            (name, value) for name, value in request.headers if name.lower() not in {"authorization", "x-api-key"}
        ]
        if authorization is not None:
            headers.append(("Authorization", authorization))
        return replace(request, headers=tuple(headers))

    return rewrite


def header(name: str, value: str | None) -> Rewrite:
    """A request with another value of a header, or without it."""

    def rewrite(request: Request) -> Request:
        headers = [(key, known) for key, known in request.headers if key.lower() != name]
        return replace(request, headers=tuple(headers if value is None else [*headers, (name, value)]))

    return rewrite


def like(request: Request, method: str, target: str, value: object = None, accept: str = "application/json") -> Request:
    """A request of the same caller, in JSON, to the same API; `target` is below its base."""
    base = _BASE.match(request.target.partition("?")[0])
    headers = [
        (name, known) for name, known in request.headers if name.lower() in {"authorization", "x-api-key", "host"}
    ]
    headers += [("Accept", accept)]
    if value is None:
        return Request(method, (base.group() if base else "") + target, tuple(headers))
    headers += [("Content-Type", "application/json")]
    return Request(method, (base.group() if base else "") + target, tuple(headers), _dumped(value))
