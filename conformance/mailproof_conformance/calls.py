"""Which JSON-RPC methods and which keys a request could be read to hold, whatever its notation."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from mailproof.pointers import sequence
from mailproof_conformance.lenient import lenient_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof_conformance.exchange import Request

ANY = "(any method)"
"""Stands for a call of whatever there is."""

_METHOD = re.compile(r"method(?:name)?[^\w.-]{1,40}([\w.-]*)")
_KEY = re.compile(r"params[^\w]{1,40}([\w-]*)")


def called(request: Request) -> Iterator[str]:
    """The names of the methods that a request could call."""
    for name, value in parse_qsl(request.target.partition("?")[2].replace(";", "&")):
        if name.strip().lower() in {"method", "action"}:
            yield value
    calls = _strict(request.body)
    if calls is not None and not _is_encoded(request):
        for call in calls:
            yield from _values(call, "method")
        return
    text = lenient_text(request)
    if text is None:
        yield ANY
    else:
        yield from (found[1] for found in _METHOD.finditer(text))


def keys_shown(request: Request, known: frozenset[str]) -> Iterator[str]:
    """The first argument of each call, where it is a text: the key.

    Out of what is no JSON the key comes as the known one that it is but for the letter case, else in lower case.
    """
    calls = _strict(request.body)
    if calls is None:
        spelled = {key.lower(): key for key in known}
        text = lenient_text(request) or ""
        yield from (spelled.get(found[1], found[1]) for found in _KEY.finditer(text) if found[1])
        return
    for call in calls:
        for name, params in call:
            if name.lower() == "params" and isinstance(params, list) and params and isinstance(params[0], str):
                yield params[0]


def _values(call: list[tuple[str, Any]], member: str) -> Iterator[str]:
    """The texts of a member, in whatever letter case and however often it stands there."""
    yield from (value for name, value in call if name.lower() == member and isinstance(value, str))


def _strict(body: bytes) -> list[list[tuple[str, Any]]] | None:
    """The calls in a JSON text, each as its members in order, repeated ones too; None for what is no JSON."""
    try:
        document = json.loads(body.decode(), object_pairs_hook=_Members)
    except (ValueError, RecursionError):
        return None
    found = [document] if isinstance(document, _Members) else sequence(document)
    return [call for call in found if isinstance(call, _Members)]


class _Members(list[tuple[str, Any]]):
    """The members of an object."""


def _is_encoded(request: Request) -> bool:
    return request.header("Content-Encoding") is not None
