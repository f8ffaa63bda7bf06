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
    cycle: Exchange | None  # type: ignore[assignment]  # that was asked for last; None before the first request
    _nothing_asked: asyncio.Future[None] | None = None  # which ends with the next request

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A new connection; one task answers all that is asked on it."""
        super().connection_made(transport)
        self._asgi = {"version": self.asgi_version, "spec_version": "2.3"}
        self._asked: deque[Exchange] = deque()
        self._waits_since = self.loop.time()
        self._deadline = self.loop.call_later(self.timeout_keep_alive, self._end_if_idle)
        self._answers = self.loop.create_task(self._answer_in_turn())

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone; what is being answered goes on to its end."""
        self._deadline.cancel()
        super().connection_lost(exc)
        if self._nothing_asked is not None and not self._nothing_asked.done():
            self._answers.cancel()

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
        self.url = b""
        self.headers = []
        self.expect_100_continue = False

    def on_headers_complete(self) -> None:
        """Begins an answer, unless the head is to be read again; makes the address one that the parser takes.

        One that is too long is cut to one that the API refuses in its own words.
        """
        self._head_complete = True
        self._offer = self.parser.should_upgrade() and not self._is_tunnel()
        if self._offer:
            return
        if len(self.url) > _PARSER_URL_LIMIT:
            self.url = self.url[:_KEPT_URL]
        self._begin_exchange()

    def on_message_complete(self) -> None:
        """Ends a request, unless it is to be read again."""
        if not self._offer and self.cycle is not None:
            self.cycle.end_body()

    def on_response_complete(self) -> None:
        """Takes further requests, as far as they were held back."""
        self.server_state.total_requests += 1
        if not self.transport.is_closing():
            self.flow.resume_reading()
            self._waits_since = self.loop.time()

    def _begin_exchange(self) -> None:
        """Starts to answer the request whose head is complete, behind those that came before it."""
        raw_path, query = _path_and_query(self.url)
        path = raw_path.decode("ascii")
        version = self.parser.get_http_version()
        scope: Scope = {
            "type": "http",
            "asgi": self._asgi,
            "http_version": version,
            "method": self.parser.get_method().decode("ascii"),
            "scheme": self.scheme,
            "path": unquote(path) if "%" in path else path,
            "raw_path": raw_path,
            "query_string": query,
            "root_path": self.root_path,
            "headers": self.headers,
            "server": self.server,
            "client": self.client,
        }
        if self._malformed:
            scope["extensions"] = {MALFORMED: {}}
        earlier = self.cycle
        self.cycle = Exchange(  # pyright: ignore[reportIncompatibleVariableOverride] - all of a cycle that is used
            scope,
            self.transport,
            self.flow,
            self.on_response_complete,
            keep_alive=version != "1.0" and self.parser.should_keep_alive(),
            waits_to_send=self.expect_100_continue,
        )
        self._asked.append(self.cycle)
        if earlier is not None and not earlier.response_complete:
            self.flow.pause_reading()
        if self._nothing_asked is not None and not self._nothing_asked.done():
            self._nothing_asked.set_result(None)

    async def _answer_in_turn(self) -> None:
        """Has the application answer the requests of this connection, one after the other, until it ends."""
        app = cast("ASGIApp", self.app)  # pyright: ignore[reportUnknownMemberType] - uvicorn leaves it open
        while self._asked or not self.transport.is_closing():
            if not self._asked:
                self._nothing_asked = self.loop.create_future()
                await self._nothing_asked
                self._nothing_asked = None
            self.tasks.add(self._answers)  # the server waits for these when it stops
            try:
                await self._asked.popleft().run(app)
            finally:
                self.tasks.discard(self._answers)
            if self.transport.is_closing():
                return
            if self._asked:
                await asyncio.sleep(0)  # other connections have their turn

    def _end_if_idle(self) -> None:
        """Ends a connection that had its time without a whole head; one timer does for all requests on it."""
        is_answering = self.cycle is not None and not self.cycle.response_complete
        left = self.timeout_keep_alive - (0 if is_answering else self.loop.time() - self._waits_since)
        if left > 0:
            self._deadline = self.loop.call_later(left, self._end_if_idle)
        else:
            self.transport.close()

    def _refuse(self, data: bytes) -> None:
        """Lets the API refuse in its own words what is not HTTP; the connection ends with that answer."""
        self._malformed = True
        self.logger.debug("A request that is not HTTP.")
        exchange = self.cycle
        if self._head_complete and exchange is not None and not exchange.response_complete:
            exchange.scope["extensions"] = {MALFORMED: {}}  # its body is broken
            exchange.keep_alive = False
            exchange.end_body()
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


def _path_and_query(target: bytes) -> tuple[bytes, bytes]:
    """Of a request's target. The parser is asked where there is more in it, or what may not be.

    A target that names a host alone, as clients send it to a proxy, has the path `/` (RFC 9112, section 3.2.2).
    """
    if target.startswith(b"/") and target.isascii() and b"#" not in target:
        path, _, query = target.partition(b"?")
        return path, query
    address = httptools.parse_url(target)
    return address.path or b"/", address.query or b""
