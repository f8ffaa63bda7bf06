"""The load of `make bench-growth`: plain HTTP over kept connections, and what it costs the servers."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from process_tree import cpu_by_process, used_since

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping, Sequence

_HEAD_END = b"\r\n\r\n"
_CHUNK = 1 << 16
_SECONDS = 600.0  # for one answer
_REFUSED = 400


class LoadError(Exception):
    """An answer was an error, or did not come; one line."""


class Line:
    """One kept connection. Requests are bytes that were made before, so that making them takes no time between two."""

    def __init__(self, base_url: str, headers: Mapping[str, str]) -> None:
        parts = urlsplit(base_url)
        self._root = parts.path.rstrip("/")
        self._headers = {"Host": parts.netloc, "Accept": "application/json", **headers}
        self._socket = socket.create_connection((parts.hostname or "", parts.port or 80), timeout=_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        """Ends the connection."""
        self._socket.close()

    def request(self, method: str, target: str, body: bytes = b"") -> bytes:
        """The bytes of a request; its target is below the base URL."""
        headers = {**self._headers, **({"Content-Type": "application/json"} if body else {})}
        lines = [f"{method} {self._root}{target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body

    def ask(self, request: bytes) -> bytes:
        """The body of the answer. Raises LoadError for an answer of 400 and more, and where none comes."""
        try:
            self._socket.sendall(request)
            got = b""
            while _HEAD_END not in got:
                got += self._more()
            head, _, body = got.partition(_HEAD_END)
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0] or b"0")
            parts, there = [body], len(body)
            while there < length:
                parts.append(self._more())
                there += len(parts[-1])
        except (OSError, ValueError) as error:
            raise LoadError(f"no answer to {request[:80]!r}: {error}") from None
        if int(head[9:12]) >= _REFUSED:
            raise LoadError(f"{head[9:12].decode()} to {request[:80]!r}: {b''.join(parts)[:200]!r}")
        return b"".join(parts)

    def _more(self) -> bytes:
        found = self._socket.recv(_CHUNK)
        if not found:
            raise LoadError("the server closed the connection")
        return found


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one request on average: CPU microseconds of the servers, and of the wall."""

    cpu: float
    wall: float


def burst(line: Line, requests: Sequence[bytes], roots: Sequence[int]) -> Cost:
    """Sends requests one after the other and tells what one of them cost a tree of processes. Raises LoadError."""
    before, started = cpu_by_process(roots), time.perf_counter()
    for request in requests:
        line.ask(request)
    wall = time.perf_counter() - started
    return Cost(used_since(before, roots) / len(requests) * 1e6, wall / len(requests) * 1e6)


@contextmanager
def closed_loop(opened: Callable[[], Line], asked: Callable[[Line], bytes], lines: int) -> Generator[list[float]]:
    """Asks over so many connections at once, each as soon as its last answer came; gives the seconds that each took.

    The list grows until the block ends, and has one entry at least. Raises LoadError.
    """
    seconds: list[float] = []
    wrong: list[LoadError] = []
    stop = threading.Event()

    def loop() -> None:
        with closing(opened()) as line:
            try:
                while not (stop.is_set() and seconds):
                    request = asked(line)
                    started = time.perf_counter()
                    line.ask(request)
                    seconds.append(time.perf_counter() - started)
            except LoadError as error:
                wrong.append(error)

    threads = [threading.Thread(target=loop) for _ in range(lines)]
    for thread in threads:
        thread.start()
    try:
        yield seconds
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    if wrong:
        raise wrong[0]


def quantile(values: Iterable[float], part: float) -> float:
    """The value that so large a part of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def document_of(cost: Cost) -> dict[str, Any]:
    """As JSON."""
    return {"cpu_us": round(cost.cpu, 1), "wall_us": round(cost.wall, 1)}
