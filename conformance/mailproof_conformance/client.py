"""The only door to the network: one kept-alive connection to one pinned address, every exchange recorded."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from mailproof_conformance.connection import Connection, NotHttp, chunked, head, open_socket
from mailproof_conformance.exchange import Exchange, Response
from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from mailproof.promises import Effect
    from mailproof_conformance.exchange import Request
    from mailproof_conformance.guard import Address, Guard

_TIMEOUT = 10.0
_BODY_METHODS = frozenset({"POST", "PUT", "PATCH"})


class NoAnswer(Broken):
    """The request got no complete HTTP answer: a hang, a closed connection, or bytes that are not HTTP."""

    def __init__(self, actual: str) -> None:
        super().__init__("the server answers", f"an HTTP answer within {_TIMEOUT:.0f} s", actual)


class Unreachable(NoAnswer):
    """No connection could be made at all."""


class Hang(NoAnswer):
    """Nothing complete came in time."""


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
        self._connection = Connection(guard.address, timeout, connector)
        self._timeout = timeout
        self._exchanges: list[Exchange] = []
        self.requests = 0
        """How many requests have left the process."""
        self.seconds = 0.0
        """How long the last answer took, without what the guard waited before the request."""

    def send(self, request: Request, effect: Effect, *, wrong_credentials: bool = False) -> Response:
        """The answer.

        Raises Disabled if the guard refuses, NoAnswer if none comes (Unreachable: no connection), ValueError for
        a request that HTTP cannot carry.
        """
        self._guard.admit(request, effect, wrong_credentials=wrong_credentials)
        self._connection.drop_if_stale()
        reused = self._connection.is_open
        start = time.monotonic()
        try:
            response = self._exchange(request)
        except NoAnswer as trouble:
            self.close()
            if not reused or effect != "read" or isinstance(trouble, Unreachable | Hang):
                self._exchanges.append(Exchange(request, None, str(trouble.actual)))
                raise
            response = self._again(request)
        self.seconds = time.monotonic() - start
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

    def tell_again(self, exchange: Exchange) -> None:
        """Notes an exchange from before that took the place of a request."""
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

    def _exchange(self, request: Request) -> Response:
        self.requests += 1
        written = self._written(request)
        if not self._connection.is_open:
            self._open()
        try:
            answer = self._connection.exchange(written, bodiless=request.method == "HEAD")
        except TimeoutError:
            raise Hang(f"nothing complete within {self._timeout:.0f} s") from None
        except NotHttp as trouble:
            raise NoAnswer(str(trouble)) from None
        except OSError as error:
            raise NoAnswer(f"{type(error).__name__}: {error}") from None
        return Response(answer.status, answer.headers, answer.body)

    def _open(self) -> None:
        try:
            self._connection.open()
        except OSError as error:
            raise Unreachable(f"no connection: {error.strerror or error}") from None

    def _written(self, request: Request) -> bytes:
        """The request's bytes: head and body in one piece wake the server once."""
        names = {name.lower() for name, _ in request.headers}
        headers: list[tuple[str, str]] = []
        if "user-agent" not in names:
            headers.append(("User-Agent", "mailproof"))
        if "host" not in names:
            headers.append(("Host", self._guard.address.authority))
        headers.extend(request.headers)
        in_chunks = "transfer-encoding" in names
        if not in_chunks and "content-length" not in names and (request.body or request.method in _BODY_METHODS):
            headers.append(("Content-Length", str(len(request.body))))
        body = chunked(request.body) if in_chunks else request.body
        try:
            return head(request.method, request.target, headers) + body
        except ValueError as error:
            raise ValueError(f"HTTP cannot carry the request: {error}") from None
