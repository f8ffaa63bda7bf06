"""One request on a connection and its answer, as an ASGI application sees them."""

from __future__ import annotations

import asyncio
import logging
from functools import lru_cache
from typing import TYPE_CHECKING

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Scope
    from uvicorn.protocols.http.flow_control import FlowControl

_log = logging.getLogger("mailproof.mock")


class Exchange:
    """What uvicorn has a `RequestResponseCycle` for, whose attributes without an underscore its protocol uses.

    An answer comes in two messages and leaves in one write: written apart, head and body would each wake a client on
    the same machine. It is the application that says the length of a body.
    """

    __slots__ = (
        "_arrival",
        "_flow",
        "_gave_whole",
        "_head",
        "_on_response",
        "_transport",
        "_waits_to_send",
        "body",
        "disconnected",
        "keep_alive",
        "more_body",
        "response_complete",
        "scope",
    )

    def __init__(  # noqa: PLR0913 - what a connection knows of a request
        self,
        scope: Scope,
        transport: asyncio.Transport,
        flow: FlowControl,
        on_response: Callable[[], None],
        *,
        keep_alive: bool,
        waits_to_send: bool,
    ) -> None:
        """`waits_to_send`: the client sends its body once it is told to continue."""
        self.scope = scope
        self._transport = transport
        self._flow = flow
        self._on_response = on_response
        self._waits_to_send = waits_to_send
        self._head: Message | None = None
        self._arrival: asyncio.Event | None = None
        self._gave_whole = False
        self.keep_alive = keep_alive
        self.body = bytearray()
        self.more_body = True
        self.disconnected = False
        self.response_complete = False

    @property
    def message_event(self) -> asyncio.Event:
        """Set when more of the body came or the client went away. Most requests have no body, and need none."""
        if self._arrival is None:
            self._arrival = asyncio.Event()
        return self._arrival

    def end_body(self) -> None:
        """Nothing more of the body comes."""
        self.more_body = False
        if self._arrival is not None:
            self._arrival.set()

    async def run(self, app: ASGIApp) -> None:
        """Has the application answer; what it breaks at is logged, and the client hears of it."""
        try:
            await app(self.scope, self.receive, self.send)
        except Exception:  # noqa: BLE001 - whatever went wrong, the client is not left to wait
            _log.exception("the application broke")
        if not self.response_complete and not self.disconnected:
            self.keep_alive = False
            await self.send({"type": "http.response.start", "status": 500, "headers": [(b"content-length", b"0")]})
            await self.send({"type": "http.response.body"})

    async def receive(self) -> Message:
        """The body as far as it came, once there is some or all of it."""
        if self._waits_to_send and not self._transport.is_closing():
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self._waits_to_send = False
        if not self.disconnected and not self.response_complete:
            self._flow.resume_reading()
            if self._gave_whole or (self.more_body and not self.body):
                await self.message_event.wait()
            self.message_event.clear()
        if self.disconnected or self.response_complete:
            return {"type": "http.disconnect"}
        self._gave_whole = not self.more_body
        body, self.body = bytes(self.body), bytearray()
        return {"type": "http.request", "body": body, "more_body": self.more_body}

    async def send(self, message: Message) -> None:
        """Keeps the head of an answer, and sends it with the body.

        Raises ValueError for a header with a line break in it, which would be another header.
        """
        if message["type"] == "http.response.start":
            self._head = message
            return
        if self._flow.write_paused and not self.disconnected:
            await self._flow.drain()
        if self.disconnected or self._head is None:
            return
        head = STATUS_LINE[self._head["status"]] + b"".join(map(_line, self._head["headers"]))
        if not self.keep_alive:
            head += b"connection: close\r\n"
        self.response_complete = True
        self._transport.write(b"%b\r\n%b" % (head, message.get("body", b"")))
        if not self.keep_alive:
            self._transport.close()
        self._on_response()


@lru_cache(maxsize=128)  # most headers of an answer are those of the one before
def _line(header: tuple[bytes, bytes]) -> bytes:
    if any(sign in text for text in header for sign in (b"\r", b"\n")):
        raise ValueError("a header has a line break in it")
    return b"%b: %b\r\n" % header
