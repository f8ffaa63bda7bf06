"""The load of `make bench`: bursts of one request by wrk, and what they cost the server, told by the system."""

from __future__ import annotations

import json
import math
import os
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping

CONNECTIONS = 16
_PROC = Path("/proc")
_TICK = os.sysconf("SC_CLK_TCK")
_KIB = 1024
_LATE = 30  # seconds beyond its time after which wrk is given up
_IDLE_LOOK, _IDLE_LOOKS = 0.03, 100
_DONE = """\
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('\\n{"requests": %d, "micros": %d, "p50": %d, "p99": %d, "errors": %d}\\n', summary.requests,
    summary.duration, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
end
"""


class BenchError(Exception):
    """The bench cannot go on; the text says why, in one line."""


class NoAnswerError(BenchError):
    """The server had no time for a single answer."""


@dataclass(frozen=True, slots=True)
class Cores:
    """Where the server and the load generator run; None where there is only one core and nothing is pinned."""

    server: int | None
    load: int | None


@dataclass(frozen=True, slots=True)
class Burst:
    """What one burst came to. Latencies are milliseconds, `cpu` is CPU seconds of the server's processes."""

    requests: int
    seconds: float
    p50: float
    p99: float
    cpu: float = 0.0

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request of the bench; `target` is its path with the query."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: str | None = None


def wrk_version() -> str:
    """The version of wrk. Raises BenchError where it is not installed, or the system has no /proc."""
    if not (_PROC / "self" / "stat").exists():
        raise BenchError("needs Linux: what a server costs is read from /proc")
    if shutil.which("wrk") is None:
        raise BenchError("wrk, which makes the load, is not installed; run `make bench-peers`, or apt-get install wrk")
    said = subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False, timeout=_LATE).stdout  # noqa: S607 - as PATH has it
    return said.split()[1] if len(said.split()) > 1 else "of an unknown version"


def cores() -> Cores:
    """The first two cores that this process may use."""
    usable = sorted(os.sched_getaffinity(0))
    return Cores(usable[0], usable[1]) if len(usable) > 1 else Cores(None, None)


@contextmanager
def on_core(core: int | None) -> Generator[None]:
    """What is started inside runs on that core alone, and so do its own children."""
    before = os.sched_getaffinity(0)
    if core is not None:
        os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def tree(roots: Iterable[int]) -> list[int]:
    """These processes and all that descend from them, as far as they still run."""
    parents: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found: list[int] = []
    waiting = [pid for pid in roots if _stat(pid)]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += parents.get(pid, [])
    return found


def cpu_seconds(roots: Iterable[int]) -> float:
    """CPU seconds that a tree of processes has used, with those of descendants that have ended."""
    fields = (_stat(pid) for pid in tree(roots))
    return sum(sum(map(int, line[11:15])) for line in fields if line) / _TICK


def resident(roots: Iterable[int]) -> float:
    """Resident memory of a tree of processes in MiB; pages that several of them share are counted for each."""
    total = 0
    for pid in tree(roots):
        try:
            lines = (_PROC / str(pid) / "status").read_text(encoding="utf-8").splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
    return total / _KIB


def _stat(pid: int) -> list[str]:
    """Fields of /proc/PID/stat from the state on: the parent is the second, the CPU ticks are the 12th to the 15th."""
    try:
        return (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(") ")[2].split()
    except OSError:
        return []


def burst(url: str, request: Request, seconds: float, core: int | None, folder: Path) -> Burst:
    """Sends a request again and again over kept connections for a time, each as soon as the answer before it came.

    Raises NoAnswerError when none came, BenchError when one is an error.
    """
    script = folder / "request.lua"
    lines = [f"wrk.method = {_lua(request.method)}", *([f"wrk.body = {_lua(request.body)}"] if request.body else [])]
    lines += [f"wrk.headers[{_lua(name)}] = {_lua(value)}" for name, value in request.headers.items()]
    script.write_text("\n".join([*lines, _DONE]), encoding="utf-8")
    most = math.ceil(seconds) + 1  # wrk takes whole seconds; a signal ends it in time, and it reports as ever
    line = ["wrk", "--threads", "1", "--connections", str(CONNECTIONS), "--timeout", "10s", "--duration", f"{most}s"]
    with on_core(core):
        process = subprocess.Popen(
            [*line, "--script", str(script), url + request.target], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
    try:
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=_LATE)[0].decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        raise BenchError(f"wrk did not end {_LATE} s after its time, at {url + request.target}") from None
    finally:
        process.kill()
        process.wait()
    last = (said.strip().splitlines() or [""])[-1]
    if not last.startswith("{"):
        raise BenchError(f"wrk at {url + request.target}: {last or 'said nothing'}")
    found = json.loads(last)
    if found["errors"]:
        raise BenchError(f"{found['errors']} of {found['requests']} answers were errors")
    if not found["requests"]:
        raise NoAnswerError("no answer in time")
    return Burst(found["requests"], found["micros"] / 1e6, found["p50"] / 1e3, found["p99"] / 1e3)


def _lua(text: str) -> str:
    """A text as a Lua string: every byte that is not plain by its number."""
    plain = (chr(byte) if chr(byte).isalnum() and byte < 128 else f"\\{byte:03d}" for byte in text.encode())  # noqa: PLR2004 - ASCII
    return f'"{"".join(plain)}"'


def settle(roots: Iterable[int]) -> None:
    """Waits until a server is done with what was under way, so that it takes no time from the next one."""
    known = list(roots)
    before = cpu_seconds(known)
    for _ in range(_IDLE_LOOKS):
        time.sleep(_IDLE_LOOK)
        now = cpu_seconds(known)
        if now == before:
            return
        before = now
