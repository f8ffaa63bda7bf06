"""A server of the bench as a process of its own: started on its core, timed to its first answer, and stopped."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from bench_load import BenchError
from process_tree import cpu_seconds, on_core, resident, tree

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence
    from pathlib import Path

_START_SECONDS = 90
_STOP_SECONDS = 10
_LOOK = 0.005
_LINES = 3  # of a log, which say why a server did not start


@dataclass(frozen=True, slots=True)
class Start:
    """What a start took until the first right answer: CPU seconds, seconds, and MiB resident then, without `others`."""

    cpu: float
    wall: float
    resident: float

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. Its processes are those that descend from `roots`."""

    url: str
    roots: tuple[int, ...]
    start: Start


def free_port() -> int:
    """A port of the loopback that nobody uses now."""
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def serving(  # noqa: PLR0913 - what a process is started with
    line: Sequence[str],
    port: int,
    folder: Path,
    core: int | None,
    answers: Callable[[str], bool],
    *,
    environment: Mapping[str, str] | None = None,
    others: Sequence[int] = (),
) -> Generator[Server]:
    """Starts a command in a folder, on a core, and gives the server once `answers(url)` is true.

    `others` are processes that work for it and were there before. Raises BenchError when it ends or does not answer.
    """
    log = folder / "server.log"
    url = f"http://127.0.0.1:{port}"
    before = cpu_seconds(others)
    started = time.monotonic()
    with log.open("wb") as sink, on_core(core):
        process = subprocess.Popen(
            line,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
        )
    roots = (process.pid, *others)
    try:
        while not answers(url):
            if process.poll() is not None or time.monotonic() - started > _START_SECONDS:
                raise BenchError(f"{line[0]} did not start: {_end_of(log)}")
            time.sleep(_LOOK)
        wall = time.monotonic() - started
        yield Server(url, roots, Start(cpu_seconds(roots) - before, wall, resident(roots[:1])))
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ends the process and its descendants, politely at first."""
    family = tree([process.pid])
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pid in set(family) & set(tree(family)) - {process.pid}:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _end_of(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    return " / ".join([line.strip() for line in lines if line.strip()][-_LINES:]) or "it said nothing"
