"""Requests that are a little smaller than another: without a header, a field or a member, or with half of a text."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, unquote_to_bytes

from mailproof_conformance.formats import is_json
from mailproof_conformance.forms import URLENCODED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mailproof_conformance.exchange import Request

_KEPT = frozenset({"host", "content-type", "content-length", "authorization", "proxy-authorization"})
"""Headers without which it would be another request, or another caller's."""
_MOST_BODY = 262_144
"""Bytes of a body that is looked into."""
_DEEPEST = 20
_MANY = 4
"""From so many parts on, halves are tried before single ones."""


def smaller(request: Request) -> Iterator[Request]:
    """Every request that is one step smaller, the larger steps first; the same ones in the same order each time."""
    path, mark, query = request.target.partition("?")
    pairs = query.split("&") if mark else []
    if request.body:
        yield replace(request, body=b"")
    for kept in _fewer(pairs):
        yield replace(request, target=_target(path, kept))
    for body in _bodies(request):
        yield replace(request, body=body)
    for number, (name, _) in enumerate(request.headers):
        if name.lower() not in _KEPT:
            yield replace(request, headers=(*request.headers[:number], *request.headers[number + 1 :]))
    for shorter in _shorter_pairs(pairs):
        yield replace(request, target=_target(path, shorter))
    parts = path.split("/")
    for number, part in enumerate(parts):
        half = _half(part)
        if half is not None:
            yield replace(request, target=_target("/".join([*parts[:number], half, *parts[number + 1 :]]), pairs))


def _target(path: str, pairs: Sequence[str]) -> str:
    return f"{path}?{'&'.join(pairs)}" if pairs else path


def _fewer(items: Sequence[Any]) -> Iterator[list[Any]]:
    """The items without some of them: all, each half of many, and each alone."""
    if len(items) > 1:
        yield []
    if len(items) >= _MANY:
        middle = len(items) // 2
        yield list(items[:middle])
        yield list(items[middle:])
    for number in range(len(items)):
        yield [*items[:number], *items[number + 1 :]]


def _shorter_pairs(pairs: Sequence[str]) -> Iterator[list[str]]:
    for number, pair in enumerate(pairs):
        name, mark, value = pair.partition("=")
        half = _half(value)
        if half is not None:
            yield [*pairs[:number], f"{name}{mark}{half}", *pairs[number + 1 :]]


def _half(encoded: str) -> str | None:
    """The first half of a percent-encoded text; None where it has no two letters, or is no text."""
    try:
        text = unquote_to_bytes(encoded).decode()
    except UnicodeDecodeError:
        return None
    return quote(text[: len(text) // 2], safe="") if len(text) > 1 else None


def _bodies(request: Request) -> Iterator[bytes]:
    media_type = (request.header("content-type") or "").partition(";")[0].strip().lower()
    if not request.body or len(request.body) > _MOST_BODY:
        return
    if media_type == URLENCODED:
        pairs = request.body.decode("latin-1").split("&")
        for kept in (*_fewer(pairs), *_shorter_pairs(pairs)):
            yield "&".join(kept).encode("latin-1")
    elif is_json(media_type):
        try:
            value = json.loads(request.body)
        except (ValueError, RecursionError):
            return
        escaped = request.body.isascii()  # written as the request was: half a surrogate pair is only there as an escape
        for less in _values(value, _DEEPEST):
            yield json.dumps(less, ensure_ascii=escaped).encode("utf-8", "surrogatepass")


def _values(value: Any, depth: int) -> Iterator[Any]:
    """The JSON values that are one step smaller: without members or items, then with smaller ones."""
    if isinstance(value, str) and len(value) > 1:
        yield value[: len(value) // 2]
    if depth == 0 or not isinstance(value, dict | list):
        return
    if isinstance(value, list):
        items = cast("list[Any]", value)
        yield from _fewer(items)
        for number, item in enumerate(items):
            yield from ([*items[:number], less, *items[number + 1 :]] for less in _values(item, depth - 1))
        return
    members = cast("dict[str, Any]", value)
    yield from (dict(kept) for kept in _fewer(list(members.items())))
    for name, item in members.items():
        yield from ({**members, name: less} for less in _values(item, depth - 1))
