"""Uvicorn's HTTP protocol, made to take what its parser trips over, and to hand over what it would itself answer."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mailproof_mock.exchange import Exchange

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Scope
    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

_PARSER_URL_LIMIT = 65_535  # httptools parses no longer address
_KEPT_URL = 32_768  # bytes of a longer one that go on: more than any API's own limit, which then answers
_TARGET = re.compile(rb"[A-Za-z]+ (/[!->@-~]*)")  # of a request line that may be broken: the path, as far as it is one
MALFORMED = "mailproof.malformed"
"""The ASGI extension of a request that is not HTTP: the API that it seems to be for is to refuse it."""
_HEAD_LIMIT = 1_048_576  # bytes of a request line and headers that are taken before the connection is closed


class WireProtocol(HttpToolsProtocol):
    """HTTP/1.1 on one connection, and nothing else.

    A request may offer another protocol (`Upgrade: h2c`; Java's HttpClient does so unasked), which is not taken up
    (RFC 9110, section 7.8). The parser ends such a request after its head, so that its body would be lost: the head
    is put to a new parser without the offer.
    """

    _head_bytes = 0
    _head_complete = False
    _malformed = False
    _offer = False  # of another protocol, in the head that was read last
    _waits_since = 0.0  # for a request, by the loop's clock
    _deadline: asyncio.TimerHandle

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A new connection."""
        super().connection_made(transport)
        self._behind: deque[Exchange] = deque()
        self._waits_since = self.loop.time()
        self._deadline = self.loop.call_later(self.timeout_keep_alive, self._end_if_idle)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._deadline.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Takes bytes off the wire; a head that does not end is refused like one that is not HTTP."""
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
        self._waits_since = self.loop.time()
        super().on_message_begin()
        if self._malformed:
            self.scope["extensions"] = {MALFORMED: {}}

    def on_headers_complete(self) -> None:
        """Begins an answer, unless the head is to be read again; makes the address one that the parser takes.

        One that is too long is cut to one that the API refuses in its own words; one that names a host alone, as
        clients send it to a proxy, gets the path `/` (RFC 9112, section 3.2.2).
        """
        self._head_complete = True
        self._offer = self.parser.should_upgrade() and not self._is_tunnel()
        if self._offer:
            return
        if len(self.url) > _PARSER_URL_LIMIT:
            self.url = self.url[:_KEPT_URL]
        if not self.url.startswith(b"/"):
            address = httptools.parse_url(self.url)
            if not address.path and not self._is_tunnel():
                self.url = b"/" + (b"?" + address.query if address.query else b"")
        self._begin_exchange()

    def on_message_complete(self) -> None:
        """Ends a request, unless it is to be read again."""
        if not self._offer and not self.cycle.response_complete:
            self.cycle.more_body = False
            self.cycle.message_event.set()

    def on_response_complete(self) -> None:
        """Goes on with the next request, or waits for one."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self._behind:
            self._answer(self._behind.popleft())
        else:
            self._waits_since = self.loop.time()

    def _begin_exchange(self) -> None:
        """Starts to answer the request whose head is complete, behind those that came before it."""
        address = httptools.parse_url(self.url)
        path = address.path.decode("ascii")
        version = self.parser.get_http_version()
        self.scope["method"] = self.parser.get_method().decode("ascii")
        self.scope["http_version"] = version
        self.scope["path"] = unquote(path) if "%" in path else path
        self.scope["raw_path"] = address.path
        self.scope["query_string"] = address.query or b""
        exchange = Exchange(
            cast("Scope", self.scope),
            self.transport,
            self.flow,
            self.on_response_complete,
            keep_alive=version != "1.0" and self.parser.should_keep_alive(),
            waits_to_send=self.expect_100_continue,
        )
        earlier = cast("Exchange | None", self.cycle)  # None before the first request
        self.cycle = cast("RequestResponseCycle", exchange)
        if earlier is None or earlier.response_complete:
            self._answer(exchange)
        else:
            self.flow.pause_reading()
            self._behind.append(exchange)

    def _answer(self, exchange: Exchange) -> None:
        """Has the application answer a request; the server waits for it when it stops."""
        self.tasks.add(self.loop.create_task(self._run(exchange)))

    async def _run(self, exchange: Exchange) -> None:
        try:
            app = cast("ASGIApp", self.app)  # pyright: ignore[reportUnknownMemberType] - uvicorn leaves it open
            await exchange.run(app)
        finally:
            self.tasks.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    def _end_if_idle(self) -> None:
        """Ends a connection that had its time without a whole head; one timer does for all requests on it."""
        exchange = cast("Exchange | None", self.cycle)  # None before the first request
        is_answering = exchange is not None and not exchange.response_complete
        left = self.timeout_keep_alive - (0 if is_answering else self.loop.time() - self._waits_since)
        if left > 0:
            self._deadline = self.loop.call_later(left, self._end_if_idle)
        else:
            self.transport.close()

    def _refuse(self, data: bytes) -> None:
        """Lets the API refuse in its own words what is not HTTP; the connection ends with that answer."""
        self._malformed = True
        self.logger.debug("A request that is not HTTP.")
        exchange = cast("Exchange | None", self.cycle)  # None before the first request
        if exchange is not None and exchange.scope is self.scope and not exchange.response_complete:
            exchange.scope["extensions"] = {MALFORMED: {}}  # its body is broken
            exchange.keep_alive = False
            exchange.more_body = False
            exchange.message_event.set()
            return
        target = _TARGET.match(data)
        path = target[1][:_KEPT_URL] if target is not None else b"/"
        self.parser = httptools.HttpRequestParser(self)
        self.parser.feed_data(b"GET %b HTTP/1.1\r\nConnection: close\r\n\r\n" % path)

    def _head_without_offer(self) -> bytes:
        start = b"%b %b HTTP/%b" % (self.parser.get_method(), self.url, self.parser.get_http_version().encode())
        lines = [name + b": " + value for name, value in self.headers if name != b"upgrade"]
        return b"\r\n".join([start, *lines, b"", b""])

    def _is_tunnel(self) -> bool:
        return self.parser.get_method() == b"CONNECT"
