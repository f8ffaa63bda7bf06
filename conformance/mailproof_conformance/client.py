"""The only door to the network: one kept-alive connection to one pinned address, every exchange recorded."""

from __future__ import annotations

import contextlib
import http.client
import io
import select
import socket
import ssl
import time
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from mailproof_conformance.exchange import Exchange, Response
from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailproof.promises import Effect
    from mailproof_conformance.exchange import Request
    from mailproof_conformance.guard import Address, Guard

_TIMEOUT = 10.0
_CHUNK = 65_536
_BODY_LIMIT = 64 * 1024 * 1024
_BODY_METHODS = frozenset({"POST", "PUT", "PATCH"})


class NoAnswer(Broken):
    """The request got no complete HTTP answer: a hang, a closed connection, or bytes that are not HTTP."""

    def __init__(self, actual: str) -> None:
        super().__init__("the server answers", f"an HTTP answer within {_TIMEOUT:.0f} s", actual)


class Unreachable(NoAnswer):
    """No connection could be made at all."""


class Hang(NoAnswer):
    """Nothing complete came in time."""


class _Timed(io.RawIOBase):
    """What comes from a socket until a point in time: a server that drips bytes gets no more of it than a mute one."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, deadline: float) -> None:
        self._raw = raw
        self._sock = sock
        self._deadline = deadline

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        """Reads what is there. Raises TimeoutError after the deadline."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)
        return cast("int | None", cast("Any", self._raw).readinto(buffer))

    def close(self) -> None:
        """Closes the file below; the socket stays for the next request."""
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    """An answer that is whole by the deadline: its status line, headers and trailers too, and whatever precedes it."""

    def __init__(self, sock: socket.socket, *arguments: Any, deadline: float, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        self.fp.close()
        raw = cast("io.RawIOBase", sock.makefile("rb", buffering=0))
        self.fp = io.BufferedReader(_Timed(raw, sock, deadline))


class _Pinned(http.client.HTTPConnection):
    """A connection that asks no resolver and no proxy: it goes to the address that the guard knows."""

    def __init__(
        self, address: Address, timeout: float, connector: Callable[[tuple[str, int], float], socket.socket]
    ) -> None:
        super().__init__(address.host, address.port, timeout=timeout)
        self._address = address
        self._seconds = timeout
        self._connector = connector
        self._parts: list[Any] = []

    def send(self, data: Any) -> None:
        """Keeps a part of the request back until `flush`: head and body in one packet wake the server once."""
        self._parts.append(data)

    def flush(self) -> None:
        """Sends what was kept back."""
        parts, self._parts = self._parts, []
        super().send(b"".join(parts))

    def connect(self) -> None:
        """Opens the socket."""
        self._parts.clear()
        plain = self._connector((self._address.ip, self._address.port), self._seconds)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._address.scheme == "https":
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self._address.host)
        else:
            self.sock = plain


def open_socket(address: tuple[str, int], timeout: float) -> socket.socket:
    """A TCP connection. Raises OSError when there is none to be had."""
    return socket.create_connection(address, timeout)


class Client:
    """Sends requests that the guard admits.

    Follows no redirect, keeps no cookie, and repeats nothing that writes.
    """

    direct = True
    """Whether an engine that makes connections of its own may ask the same server."""

    def __init__(
        self,
        guard: Guard,
        *,
        timeout: float = _TIMEOUT,
        connector: Callable[[tuple[str, int], float], socket.socket] = open_socket,
    ) -> None:
        self._guard = guard
        self._connection = _Pinned(guard.address, timeout, connector)
        self._timeout = timeout
        self._exchanges: list[Exchange] = []
        self.requests = 0
        """How many requests have left the process."""

    def send(self, request: Request, effect: Effect, *, wrong_credentials: bool = False) -> Response:
        """The answer.

        Raises Disabled if the guard refuses, NoAnswer if none comes (Unreachable: no connection), ValueError for
        a request that HTTP cannot carry.
        """
        self._guard.admit(request, effect, wrong_credentials=wrong_credentials)
        self._refresh()
        reused = self._connection.sock is not None
        try:
            response = self._exchange(request)
        except NoAnswer as trouble:
            self.close()
            if not reused or effect != "read" or isinstance(trouble, Unreachable | Hang):
                self._exchanges.append(Exchange(request, None, str(trouble.actual)))
                raise
            response = self._again(request)
        self._exchanges.append(Exchange(request, response))
        return response

    @property
    def guard(self) -> Guard:
        """What decides which requests leave."""
        return self._guard

    @property
    def address(self) -> Address:
        """Where everything goes."""
        return self._guard.address

    def probe(self) -> None:
        """Opens a connection and sends nothing. Raises Unreachable if there is none to be had."""
        self.close()
        self._open()

    def record(self, exchange: Exchange) -> None:
        """Notes an exchange that another client made to the same server."""
        self.requests += 1
        self._exchanges.append(exchange)

    def take(self) -> tuple[Exchange, ...]:
        """The exchanges since the last call of this method."""
        taken = tuple(self._exchanges)
        self._exchanges.clear()
        return taken

    def close(self) -> None:
        """Closes the connection; the next request opens another."""
        self._connection.close()

    def _again(self, request: Request) -> Response:
        """A read on a connection that turned out to be dead, once more on a fresh one."""
        try:
            return self._exchange(request)
        except NoAnswer as trouble:
            self.close()
            self._exchanges.append(Exchange(request, None, str(trouble.actual)))
            raise

    def _refresh(self) -> None:
        """Drops a kept-alive connection that the server has closed since, or on which it spoke unasked."""
        sock = self._connection.sock
        if sock is not None and select.select([sock], [], [], 0)[0]:
            self.close()

    def _exchange(self, request: Request) -> Response:
        self.requests += 1
        deadline = time.monotonic() + self._timeout
        if self._connection.sock is None:
            self._open()
        cast("Any", self._connection.sock).settimeout(self._timeout)
        cast("Any", self._connection).response_class = partial(_Response, deadline=deadline)
        try:
            self._begin(request)
        except (http.client.HTTPException, ValueError) as error:
            self.close()
            raise ValueError(f"HTTP cannot carry the request: {error}") from None
        try:
            self._end(request)
            raw = self._connection.getresponse()
            return self._read(raw, deadline)
        except TimeoutError:
            raise Hang(f"nothing complete within {self._timeout:.0f} s") from None
        except (http.client.HTTPException, OSError) as error:
            raise NoAnswer(f"{type(error).__name__}: {error}") from None

    def _open(self) -> None:
        try:
            self._connection.connect()
        except OSError as error:
            raise Unreachable(f"no connection: {error.strerror or error}") from None

    def _begin(self, request: Request) -> None:
        """Fills the connection's buffer."""
        connection = self._connection
        names = {name.lower() for name, _ in request.headers}
        connection.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
        if "user-agent" not in names:
            connection.putheader("User-Agent", "mailproof")
        if "host" not in names:
            connection.putheader("Host", self._guard.address.authority)
        for name, value in request.headers:
            connection.putheader(name, value)
        if "content-length" not in names and (request.body or request.method in _BODY_METHODS):
            connection.putheader("Content-Length", str(len(request.body)))

    def _end(self, request: Request) -> None:
        # A server that refuses a body early closes its side while we still write; its answer is readable.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._connection.endheaders(request.body or None)
            self._connection.flush()

    def _read(self, raw: http.client.HTTPResponse, deadline: float) -> Response:
        chunks: list[bytes] = []
        size = 0
        while chunk := raw.read1(_CHUNK):
            chunks.append(chunk)
            size += len(chunk)
            if time.monotonic() > deadline:
                raise TimeoutError
            if size > _BODY_LIMIT:
                raise NoAnswer(f"a body of more than {_BODY_LIMIT} bytes")
        if raw.length:
            raise NoAnswer(f"a body that ends {raw.length} bytes before its Content-Length")
        # `read1` alone leaves it open in Python 3.11, and the connection refuses the next request.
        raw.close()
        headers: dict[str, str] = {}
        for name, value in raw.getheaders():
            key = name.lower()
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
        if raw.will_close:
            self.close()
        return Response(status=raw.status, headers=headers, body=b"".join(chunks))
