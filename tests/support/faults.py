"""What breaks a promise: small changes to what a server hears or says, to build faults from."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from lxml import etree

if TYPE_CHECKING:
    from in_process import Mangle

    from mailproof_conformance.exchange import Request, Response

    Change = Callable[[Any], Any]

When = Callable[["Request"], object]


def always(request: Request) -> bool:
    return request.target != ""


def asks_for(*texts: str) -> When:
    return lambda request: any(text in (request.header("accept") or "") for text in texts)


def of(*endings: str) -> When:
    return lambda request: request.target.partition("?")[0].lower().endswith(endings)


def has(name: str, pattern: str = "") -> When:
    return lambda request: (text := request.header(name)) is not None and re.search(pattern, text)


def no(name: str) -> When:
    return lambda request: request.header(name) is None


def told(change: Callable[[Response], Response], when: When = always) -> Mangle:
    """A server that answers something else to some requests."""
    return lambda request, forward: change(forward(request)) if when(request) else forward(request)


def heard(change: Callable[[Request], Request], when: When = always) -> Mangle:
    """A server that takes some requests for others."""
    return lambda request, forward: forward(change(request)) if when(request) else forward(request)


def says(change: Change, when: When = always) -> Mangle:
    """A server whose JSON says something else where it answers 200."""

    def changed(response: Response) -> Response:
        if response.status != 200 or "xml" in response.media_type:
            return response
        return replace(response, body=json.dumps(change(response.json()), separators=(",", ":")).encode())

    return told(changed, when)


def writes(old: bytes, new: bytes, when: When = always) -> Mangle:
    """A server that writes something else in its XML; `old` is a pattern."""

    def changed(response: Response) -> Response:
        return replace(response, body=re.sub(old, new, response.body)) if "xml" in response.media_type else response

    return told(changed, when)


def status(code: int, when_status: int) -> Callable[[Response], Response]:
    return lambda response: replace(response, status=code) if response.status == when_status else response


def header(name: str, value: str | None) -> Callable[[Response], Response]:
    def changed(response: Response) -> Response:
        kept = {key: text for key, text in response.headers.items() if key != name}
        return replace(response, headers=kept if value is None else {**kept, name: value})

    return changed


def with_header(name: str, value: str | None) -> Callable[[Request], Request]:
    def changed(request: Request) -> Request:
        kept = tuple(pair for pair in request.headers if pair[0].lower() != name.lower())
        return replace(request, headers=kept if value is None else (*kept, (name, value)))

    return changed


def with_target(old: str, new: str) -> Callable[[Request], Request]:
    return lambda request: replace(request, target=request.target.replace(old, new))


def everywhere(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Change:
    """The same change to every object of a value."""

    def walk(node: Any) -> Any:
        if isinstance(node, list):
            return [walk(item) for item in cast("list[Any]", node)]
        if not isinstance(node, dict):
            return node
        return change({name: walk(member) for name, member in cast("dict[str, Any]", node).items()})

    return walk


def each(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Change:
    """The same change to every row of a list."""
    return lambda rows: [change(row) for row in rows]


def members(change: Change) -> Change:
    return lambda value: {name: change(member) for name, member in value.items()}


def backwards(response: Response) -> Response:
    """XML with the children of each element turned round."""
    if "xml" not in response.media_type:
        return response
    root = etree.fromstring(response.body)
    for element in root.iter():
        element[:] = list(element)[::-1]
    return replace(response, body=etree.tostring(root))


def answered(code: int, value: object) -> Callable[[Response], Response]:
    return lambda response: replace(response, status=code, body=json.dumps(value).encode())


def indented(response: Response) -> Response:
    return replace(response, body=json.dumps(response.json(), indent=1).encode())


def serves_unknown(response: Response) -> Response:
    return answered(200, [])(response) if response.status == 404 else response
