"""A proxy on a free port between the suite and a server, which hands each exchange to what breaks a promise."""

from __future__ import annotations

import contextlib
import http.client
import socketserver
import threading
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from received import body_of

from mailproof_conformance.exchange import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    Mangle = Callable[[Request, Callable[[Request], Response]], Response]

_PATIENCE = 30.0
"""Seconds in which the server has to answer, and after which an idle connection is let go."""
_OF_THE_HOP = frozenset({"connection", "keep-alive", "transfer-encoding"})


class HangUp(Exception):  # noqa: N818 - it is no error of the proxy but an order to it
    """Raised by a fault that closes the connection in place of an answer."""


class TamperingProxy:
    """Forwards to a server what `mangle` lets through, and answers what `mangle` makes of it.

    The Host header is forwarded as it came, so that a server which writes URLs by it names the proxy in them. A
    response whose Content-Length is above its body is cut off: the body is sent, and the connection closed.
    """

    def __init__(self, server: str, mangle: Mangle | None = None) -> None:
        """Listens from now on. `server` is an http URL, of which host and port count."""
        parts = urlsplit(server)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._own = threading.local()
        self.mangle = mangle
        proxy = self

        class Handler(_Handler):
            def finish(self) -> None:
                super().finish()
                proxy.let_go()

            def answer(self, request: Request) -> Response:
                tamper = proxy.mangle
                return proxy.forward(request) if tamper is None else tamper(request, proxy.forward)

        self._listener = _Listener(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._listener.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens, without a path."""
        return f"http://127.0.0.1:{self._listener.server_address[1]}"

    def forward(self, request: Request) -> Response:
        """What the server itself answers. Raises OSError or HTTPException where it does not."""
        connection = getattr(self._own, "connection", None)
        if connection is not None:
            try:
                return _exchange(connection, request)
            except (OSError, http.client.HTTPException):
                self.let_go()  # it was idle for too long, perhaps
        self._own.connection = http.client.HTTPConnection(self._host, self._port, timeout=_PATIENCE)
        return _exchange(self._own.connection, request)

    def let_go(self) -> None:
        """Closes the connection to the server that this thread has, if it has one."""
        connection = getattr(self._own, "connection", None)
        if connection is not None:
            connection.close()
            self._own.connection = None

    def close(self) -> None:
        """Stops to listen and lets go of every connection."""
        self._listener.shutdown()
        self._listener.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _PATIENCE
    disable_nagle_algorithm = True

    def answer(self, request: Request) -> Response:
        raise NotImplementedError

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):  # whatever the verb
            return self._serve
        raise AttributeError(name)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        """Nothing is logged."""
        del format, args

    def _serve(self) -> None:
        body = body_of(self)
        headers = tuple((name, value) for name, value in self.headers.items() if name.lower() not in _OF_THE_HOP)
        try:
            response = self.answer(Request(self.command, self.path, headers, body))
        except (HangUp, OSError, http.client.HTTPException):
            self.close_connection = True
            return
        self._send(response)

    def _send(self, response: Response) -> None:
        bodiless = self.command == "HEAD" or response.status in {204, 304}
        headers = {name: value for name, value in response.headers.items() if name not in _OF_THE_HOP}
        if not bodiless:
            headers.setdefault("content-length", str(len(response.body)))
            if int(headers["content-length"]) > len(response.body):
                self.close_connection = True
        lines = [f"HTTP/1.1 {response.status} {http.client.responses.get(response.status, '')}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += ["connection: close"] if self.close_connection else []
        head = "".join(f"{line}\r\n" for line in [*lines, ""]).encode("latin-1", "replace")
        with contextlib.suppress(OSError):
            self.wfile.write(head + (b"" if bodiless and response.status != 200 else response.body))


def _exchange(connection: http.client.HTTPConnection, request: Request) -> Response:
    connection.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
    names = {name.lower() for name, _ in request.headers}
    for name, value in request.headers:
        if name.lower() != "content-length":
            connection.putheader(name, value.encode("latin-1"))
    if request.body or "content-length" in names:
        connection.putheader("Content-Length", str(len(request.body)))
    connection.endheaders(request.body or None)
    answer = connection.getresponse()
    headers: dict[str, str] = {}
    for name, value in answer.getheaders():
        lower = name.lower()
        headers[lower] = f"{headers[lower]}, {value}" if lower in headers else value
    return Response(answer.status, headers, answer.read())
