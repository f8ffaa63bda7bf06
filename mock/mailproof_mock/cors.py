"""Lets pages of other origins call an API whose vendor lets them (`x-front: cors`), by the Fetch standard's rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mailproof_mock.front_door import FrontDoor
    from mailproof_mock.request import Request

_SECONDS = "600"  # for which a browser may keep the answer to a preflight
_READABLE = ((b"access-control-allow-origin", b"*"),)


def is_preflight(door: FrontDoor, request: Request) -> bool:
    """Whether a browser asks if a page of another origin may send a request."""
    return door.cors == "any" and request.method == "OPTIONS" and "access-control-request-method" in request.headers


def preflight_headers(request: Request, methods: Iterable[str]) -> dict[str, str]:
    """The answer to that question: any origin, the path's methods, the headers that were asked for."""
    headers = {"Access-Control-Allow-Methods": ", ".join(methods), "Access-Control-Max-Age": _SECONDS}
    wanted = request.headers.get("access-control-request-headers", "")
    return headers | ({"Access-Control-Allow-Headers": wanted} if wanted else {})


def shared_headers(door: FrontDoor, request: Request) -> Sequence[tuple[bytes, bytes]]:
    """What makes an answer readable for a page of another origin, as it goes out."""
    return _READABLE if door.cors == "any" and "origin" in request.headers else ()
