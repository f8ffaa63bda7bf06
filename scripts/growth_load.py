"""The load of `make bench-growth`: plain HTTP over kept connections, and what it costs a tree of processes."""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping, Sequence

_PROC = Path("/proc")
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


def burst(line: Line, requests: Sequence[bytes], processes: Callable[[], Iterable[int]]) -> Cost:
    """Sends requests one after the other and tells what one of them cost. Raises LoadError."""
    before, started = cpu_seconds(processes()), time.perf_counter()
    for request in requests:
        line.ask(request)
    wall = time.perf_counter() - started
    return Cost(used_since(before, processes()) / len(requests) * 1e6, wall / len(requests) * 1e6)


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


def tree(root: int) -> list[int]:
    """A process and all that descend from it."""
    parents: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found: list[int] = []
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += parents.get(pid, [])
    return found


def cpu_seconds(pids: Iterable[int]) -> dict[int, float]:
    """CPU seconds that each of some processes has used, as the scheduler counts them, to the microsecond."""
    found: dict[int, float] = {}
    for pid in pids:
        with suppress(OSError):  # it has ended
            tasks = [(task / "schedstat").read_text(encoding="ascii") for task in (_PROC / str(pid) / "task").iterdir()]
            found[pid] = sum(int(text.split()[0]) for text in tasks) / 1e9
    return found


def used_since(before: Mapping[int, float], pids: Iterable[int]) -> float:
    """CPU seconds that processes have used since; those that have ended meanwhile are left out."""
    return sum(seconds - before.get(pid, 0) for pid, seconds in cpu_seconds(pids).items())


def resident(pids: Iterable[int]) -> float:
    """Resident memory of processes in MiB, without what they share with files."""
    total = 0
    for pid in pids:
        status = (_PROC / str(pid) / "status").read_text(encoding="utf-8")
        total += int(status.partition("RssAnon:")[2].split()[0])
    return total / 1024


def _stat(pid: int) -> list[str]:
    """Fields of /proc/PID/stat from the state on; the parent is the second."""
    try:
        return (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(") ")[2].split()
    except OSError:
        return []


def on_core(number: int, pids: Iterable[int]) -> None:
    """Keeps processes, with all their threads, on one of the cores that this one may use; nothing where it has one."""
    usable = sorted(os.sched_getaffinity(os.getppid()))
    if len(usable) > 1:
        for pid in pids:
            for task in (_PROC / str(pid) / "task").iterdir():
                os.sched_setaffinity(int(task.name), {usable[number % len(usable)]})


def document_of(cost: Cost) -> dict[str, Any]:
    """As JSON."""
    return {"cpu_us": round(cost.cpu, 1), "wall_us": round(cost.wall, 1)}
