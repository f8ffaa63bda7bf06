"""Uvicorn's HTTP protocol, made to take what its parser trips over, and to hand over what it would itself answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

if TYPE_CHECKING:
    import asyncio

_PARSER_URL_LIMIT = 65_535  # httptools parses no longer address
_KEPT_URL = 32_768  # bytes of a longer one that go on: more than any API's own limit, which then answers
_TARGET = re.compile(rb"[A-Za-z]+ (/[!->@-~]*)")  # of a request line that may be broken: the path, as far as it is one
MALFORMED = "mailproof.malformed"
"""The ASGI extension of a request that is not HTTP: the API that it seems to be for is to refuse it."""
_HEAD_LIMIT = 1_048_576  # bytes of a request line and headers that are taken before the connection is closed


class _Together:
    """A transport whose writes leave together, at the end of an answer or of this turn of the loop.

    Head and body of an answer come as two writes; a client on the same machine would wake for the head, find no body
    and wait again.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Takes bytes; they leave at the end of this turn of the loop."""
        if not self._held:
            self._loop.call_soon(self.let_go)
        self._held.append(data)

    def close(self) -> None:
        """Closes the connection behind what was written."""
        self.let_go()
        self._transport.close()

    def let_go(self) -> None:
        """Sends what was written so far."""
        held, self._held = self._held, []
        if held:
            self._transport.writelines(held)


class WireProtocol(HttpToolsProtocol):
    """HTTP/1.1 on one connection, and nothing else.

    A request may offer another protocol (`Upgrade: h2c`; Java's HttpClient does so unasked), which is not taken up
    (RFC 9110, section 7.8). The parser ends such a request after its head, so that its body would be lost: the head
    is put to a new parser without the offer.
    """

    _head_bytes = 0
    _head_complete = False
    _malformed = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A new connection."""
        super().connection_made(cast("asyncio.Transport", _Together(transport, self.loop)))

    def data_received(self, data: bytes) -> None:
        """Takes bytes off the wire; a head that does not end is refused like one that is not HTTP."""
        self._unset_keepalive_if_required()
        if self._malformed:
            return
        if not self._head_complete:
            self._head_bytes += len(data)
            if self._head_bytes > _HEAD_LIMIT:
                self._refuse(data)
                return
        while data:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as offer:
                if self._is_tunnel():
                    return
                data = self._head_without_offer() + data[offer.args[0] :]
                self.parser = httptools.HttpRequestParser(self)
            except httptools.HttpParserError:
                self._refuse(data)
                return
            else:
                return

    def on_message_begin(self) -> None:
        """A new request on the connection."""
        self._head_complete = False
        self._head_bytes = 0
        super().on_message_begin()
        if self._malformed:
            self.scope["extensions"] = {MALFORMED: {}}

    def on_headers_complete(self) -> None:
        """Begins an answer, unless the head is to be read again; makes the address one that the parser takes.

        One that is too long is cut to one that the API refuses in its own words; one that names a host alone, as
        clients send it to a proxy, gets the path `/` (RFC 9112, section 3.2.2).
        """
        self._head_complete = True
        if self._is_offer():
            return
        if len(self.url) > _PARSER_URL_LIMIT:
            self.url = self.url[:_KEPT_URL]
        if not self.url.startswith(b"/"):
            address = httptools.parse_url(self.url)
            if not address.path and not self._is_tunnel():
                self.url = b"/" + (b"?" + address.query if address.query else b"")
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Ends a request, unless it is to be read again."""
        if not self._is_offer():
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Sends an answer that is whole, before anything else is done on the connection."""
        cast("_Together", self.transport).let_go()
        super().on_response_complete()

    def _refuse(self, data: bytes) -> None:
        """Lets the API refuse in its own words what is not HTTP; the connection ends with that answer."""
        self._malformed = True
        self.logger.debug("A request that is not HTTP.")
        cycle = cast("RequestResponseCycle | None", self.cycle)  # None before the first request
        if cycle is not None and cycle.scope is self.scope and not cycle.response_complete:  # its body is broken
            cycle.scope["extensions"] = {MALFORMED: {}}
            cycle.keep_alive = False
            cycle.more_body = False
            cycle.message_event.set()
            return
        target = _TARGET.match(data)
        path = target[1][:_KEPT_URL] if target is not None else b"/"
        self.parser = httptools.HttpRequestParser(self)
        self.parser.feed_data(b"GET %b HTTP/1.1\r\nConnection: close\r\n\r\n" % path)

    def _head_without_offer(self) -> bytes:
        start = b"%b %b HTTP/%b" % (self.parser.get_method(), self.url, self.parser.get_http_version().encode())
        lines = [name + b": " + value for name, value in self.headers if name != b"upgrade"]
        return b"\r\n".join([start, *lines, b"", b""])

    def _is_offer(self) -> bool:
        return self.parser.should_upgrade() and not self._is_tunnel()

    def _is_tunnel(self) -> bool:
        return self.parser.get_method() == b"CONNECT"
