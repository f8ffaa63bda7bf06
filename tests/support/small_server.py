"""A server on a real port around a function that answers: what the miniatures run on."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from received import body_of


@dataclass
class Asked:
    """A request as the miniature got it."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Answer:
    """What the miniature says; a body of bytes goes as it is, anything else as JSON."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    media_type: str = "application/json"


class Refused(Exception):  # noqa: N818 - an answer
    """An error answer of the miniature."""

    def __init__(self, status: int, text: str | None = None, **headers: str) -> None:
        super().__init__(text)
        body = None if text is None else {"text": text}
        self.answer = Answer(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


Application = Callable[[Asked], Answer]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # head and body in one packet: no waiting for a delayed acknowledgement
    application: ClassVar[Application]

    def handle_any(self) -> None:
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = body_of(self)
        answer = type(self).application(Asked(self.command, path, query, headers, body))
        content = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        content = b"" if answer.body is None else content
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if content:
            self.send_header("Content-Type", answer.media_type)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Every verb is handled alike; the base class looks for `do_` and its name."""
        if name.startswith("do_"):
            return self.handle_any
        raise AttributeError(name)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        del format, args


def serve(application: Application) -> ThreadingHTTPServer:
    """A server that answers on a free port of this machine; whoever asked for it shuts it down."""
    handler = type("Handler", (_Handler,), {"application": staticmethod(application)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server
