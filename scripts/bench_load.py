"""The load of `make bench`: bursts of one request by wrk."""

from __future__ import annotations

import json
import math
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from process_tree import cpu_seconds, on_core, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

CONNECTIONS = 16
_LATE = 30  # seconds beyond its time after which wrk is given up
_IDLE_LOOK, _IDLE_LOOKS = 0.03, 100
_IDLE_CPU = 0.001  # seconds of it between two looks; servers that nobody asks wake up now and then
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
    reason = unreadable()
    if reason is not None:
        raise BenchError(reason)
    if shutil.which("wrk") is None:
        raise BenchError("wrk, which makes the load, is not installed; run `make bench-peers`, or apt-get install wrk")
    said = subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False, timeout=_LATE).stdout  # noqa: S607 - as PATH has it
    return said.split()[1] if len(said.split()) > 1 else "of an unknown version"


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
        if abs(now - before) < _IDLE_CPU:
            return
        before = now
