"""Takes a request's body off the wire, within its limit of bytes and of time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from mailproof_mock.call import Problem

if TYPE_CHECKING:
    from starlette.types import Receive

_SECONDS = 30.0  # a body that takes longer is given up; on loopback none does
_DRAINED = 16_777_216  # bytes read past the limit, so that a client that is still sending gets to see the answer


class Disconnected(Exception):  # noqa: N818 - a fact, not a failure of ours
    """The client went away before the body was whole."""


async def receive_body(receive: Receive, limit: int) -> bytes:
    """The whole body.

    Raises Problem("too-large") above the limit, Problem("bad-request") when it stalls, Disconnected.
    """
    try:
        async with asyncio.timeout(_SECONDS):
            return await _read(receive, limit)
    except TimeoutError:
        raise Problem("bad-request", f"The body was not complete after {_SECONDS:.0f} seconds.") from None


async def _read(receive: Receive, limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= limit:
            chunks.append(chunk)
        else:
            chunks.clear()
        if not message.get("more_body", False) or size > limit + _DRAINED:
            break
    if size > limit:
        raise Problem("too-large", f"The body has more than {limit} bytes.")
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)
