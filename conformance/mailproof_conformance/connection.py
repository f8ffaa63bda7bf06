"""One kept-alive HTTP/1.1 connection: a request's bytes go out, one whole answer comes back by a deadline, or an error.

Written for this suite because it is where a run spent its time: the standard library's client parses the head of an
answer as an e-mail. It reads what servers really write (bare line feeds, folded headers, no length), and nothing else.
"""

from __future__ import annotations

import contextlib
import re
import select
import socket
import ssl
import time
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mailproof_conformance.guard import Address

_CHUNK = 65_536
_MOST_HEAD = 262_144
_MOST_DIGITS = 15
_MOST_BODY = 64 * 1024 * 1024
_INTERIM = frozenset({100, 102, 103})
_BODILESS = frozenset({101, 204, 304})
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS_LINE = re.compile(r"HTTP/(1\.[0-9]+) +([1-9][0-9]{2})(?: .*)?")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?")
_TARGET = re.compile(r"[!-~]+", re.ASCII)
_METHOD = re.compile(r"[!-~]+", re.ASCII)
_NAME = re.compile(r"[^:\s\x00-\x1f][^:\r\n]*")
_BREAK = re.compile(r"[\r\n\x00]")


class NotHttp(Exception):  # noqa: N818 - it is what came, not an error of ours
    """What came is no whole HTTP answer; the text says what it is."""


class Answer(NamedTuple):
    """A whole answer: `headers` has lower-case names, repeated ones joined by a comma; `body` is without chunks."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def head(method: str, target: str, headers: list[tuple[str, str]]) -> bytes:
    """The head of a request. Raises ValueError for one that HTTP cannot carry."""
    if not _METHOD.fullmatch(method):
        raise ValueError(f"the method {method!r}")
    if not _TARGET.fullmatch(target):
        raise ValueError(f"the target {target!r} has a character that no URL may have")
    lines = [f"{method} {target} HTTP/1.1"]
    lines.extend(_header_line(name, value) for name, value in headers)
    lines.append("\r\n")
    return "\r\n".join(lines).encode("latin-1")


@lru_cache(maxsize=512)
def _header_line(name: str, value: str) -> str:
    """A header as it is written; most requests of a run have the same few."""
    if not _NAME.fullmatch(name) or _BREAK.search(value):
        raise ValueError(f"the header {name!r} with the value {value!r}")
    return f"{name}: {value}"


def chunked(body: bytes) -> bytes:
    """A body as chunks, of which a small one has two: a server that reads but the first does not get it whole."""
    size = min(_CHUNK, max(1, (len(body) + 1) // 2))
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join([*(b"%x\r\n%b\r\n" % (len(part), part) for part in parts), b"0\r\n\r\n"])


def open_socket(address: tuple[str, int], timeout: float) -> socket.socket:
    """A TCP connection. Raises OSError when there is none to be had."""
    return socket.create_connection(address, timeout)


class Connection:
    """A connection that asks no resolver and no proxy: it goes to the address that the guard knows."""

    def __init__(
        self, address: Address, timeout: float, connector: Callable[[tuple[str, int], float], socket.socket]
    ) -> None:
        self._address = address
        self._timeout = timeout
        self._connector = connector
        self._socket: socket.socket | None = None
        self._buffer = b""
        self._deadline = 0.0
        self._granted = 0.0

    @property
    def is_open(self) -> bool:
        """Whether there is a socket."""
        return self._socket is not None

    def open(self) -> None:
        """Opens the socket. Raises OSError when there is none to be had."""
        self.close()
        self._granted = 0.0
        plain = self._connector((self._address.ip, self._address.port), self._timeout)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._address.scheme == "https":
            self._socket = ssl.create_default_context().wrap_socket(plain, server_hostname=self._address.host)
        else:
            self._socket = plain

    def close(self) -> None:
        """Closes the socket."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        self._buffer = b""

    def drop_if_stale(self) -> None:
        """Closes a connection that the server has closed since, or on which it spoke unasked."""
        if self._socket is not None and (self._buffer or select.select([self._socket], [], [], 0)[0]):
            self.close()

    def exchange(self, request: bytes, *, bodiless: bool = False) -> Answer:
        """Sends a request and gives the answer; `bodiless` is for HEAD. The connection has to be open.

        Raises TimeoutError where the answer is not whole in time, NotHttp and OSError for any other that is none.
        """
        sock = self._open_socket()
        self._deadline = time.monotonic() + self._timeout
        self._grant(sock, self._timeout)
        # A server that refuses a body early closes its side while we still write; its answer is readable.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            sock.sendall(request)
        status, version, headers = self._head()
        while status in _INTERIM:
            status, version, headers = self._head()
        body = self._unasked() if bodiless or status in _BODILESS else self._body(headers)
        options = headers.get("connection", "").lower()
        if "close" in options or (version == "1.0" and "keep-alive" not in options):
            self.close()
        return Answer(status, headers, body)

    def _unasked(self) -> bytes:
        """What came along with an answer that has no body; no further answer can be told from it."""
        found, self._buffer = self._buffer, b""
        if found:
            self.close()
        return found

    def _open_socket(self) -> socket.socket:
        if self._socket is None:
            raise OSError("the connection is not open")
        return self._socket

    def _head(self) -> tuple[int, str, dict[str, str]]:
        end = _HEAD_END.search(self._buffer)
        while end is None and len(self._buffer) <= _MOST_HEAD:
            known = max(0, len(self._buffer) - 3)
            self._more("the end of its headers")
            end = _HEAD_END.search(self._buffer, known)
        if end is None or end.start() > _MOST_HEAD:
            raise NotHttp(f"more than {_MOST_HEAD} bytes before the end of the headers")
        text, self._buffer = self._buffer[: end.start()].decode("latin-1"), self._buffer[end.end() :]
        first, *lines = text.replace("\r\n", "\n").split("\n")
        match = _STATUS_LINE.fullmatch(first)
        if match is None:
            raise NotHttp(f"the status line {first[:80]!r}")
        return int(match[2]), match[1], _headers(lines)

    def _body(self, headers: Mapping[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return self._chunked()
        length = headers.get("content-length")
        if length is None:
            return self._until_closed()
        values = {value.strip() for value in length.split(",")}
        if len(values) > 1 or not (length := values.pop()).isdecimal() or len(length) > _MOST_DIGITS:
            raise NotHttp(f"the Content-Length {headers['content-length'][:80]!r}")
        return self._exactly(int(length), f"its Content-Length of {length}")

    def _chunked(self) -> bytes:
        parts: list[bytes] = []
        size, total = -1, 0
        while size:
            line = self._line()
            match = _CHUNK_SIZE.fullmatch(line)
            if match is None:
                raise NotHttp(f"the chunk size {line[:80]!r}")
            size = int(match[1], 16)
            total += size
            if total > _MOST_BODY:
                raise NotHttp(f"a body of more than {_MOST_BODY} bytes")
            if size:
                parts.append(self._exactly(size, "the end of a chunk"))
                if self._line():
                    raise NotHttp("a chunk longer than its size")
        while self._line():
            pass
        return b"".join(parts)

    def _until_closed(self) -> bytes:
        parts, size = [self._buffer], len(self._buffer)
        self._buffer = b""
        while data := self._receive():
            parts.append(data)
            size += len(data)
            if size > _MOST_BODY:
                raise NotHttp(f"a body of more than {_MOST_BODY} bytes")
        self.close()
        return b"".join(parts)

    def _exactly(self, size: int, about: str) -> bytes:
        if size > _MOST_BODY:
            raise NotHttp(f"a body of more than {_MOST_BODY} bytes")
        if len(self._buffer) < size:
            parts, have = [self._buffer], len(self._buffer)
            while have < size:
                data = self._receive()
                if not data:
                    raise NotHttp(f"the connection is closed {size - have} bytes before {about}")
                parts.append(data)
                have += len(data)
            self._buffer = b"".join(parts)
        found, self._buffer = self._buffer[:size], self._buffer[size:]
        return found

    def _line(self) -> bytes:
        """The next line, without its end."""
        while (end := self._buffer.find(b"\n")) < 0 and len(self._buffer) <= _MOST_HEAD:
            self._more("the end of a line")
        if not 0 <= end <= _MOST_HEAD:
            raise NotHttp(f"a line of more than {_MOST_HEAD} bytes")
        line, self._buffer = self._buffer[:end], self._buffer[end + 1 :]
        if time.monotonic() > self._deadline:
            raise TimeoutError
        return line.removesuffix(b"\r")

    def _more(self, about: str) -> None:
        """Adds what comes to the buffer. Raises NotHttp where the server closes the connection instead."""
        data = self._receive()
        if not data:
            raise NotHttp(f"the connection is closed before {about}" if self._buffer else "the connection is closed")
        self._buffer += data

    def _receive(self) -> bytes:
        """What is there, empty at the end. A server that drips bytes gets no more time than a mute one."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        sock = self._open_socket()
        self._grant(sock, left)
        return sock.recv(_CHUNK)

    def _grant(self, sock: socket.socket, seconds: float) -> None:
        """Bounds how long the socket may take, to a hundredth of the timeout: each change costs a system call."""
        if not seconds <= self._granted <= seconds + self._timeout / 100:
            sock.settimeout(seconds)
            self._granted = seconds


def _headers(lines: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    name = ""
    for line in lines:
        if line[:1] in {" ", "\t"} and name:
            found[name] += " " + line.strip(" \t")
            continue
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise NotHttp(f"the header line {line[:80]!r}")
        name, value = name.lower(), value.strip(" \t")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found
