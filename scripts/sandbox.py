"""A mock server for the length of a `with` block, on a free loopback port, stopped however the block ends."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path
    from types import FrameType

_START_SECONDS = 60
_STOP_SECONDS = 10


class SandboxError(Exception):
    """The mock did not start; the text says why, with the last lines of its log."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running mock: its URL, what it wrote to its ready file, and where that file and its log lie."""

    url: str
    providers: dict[str, Any]
    ready_file: Path
    log: Path


@contextmanager
def sandbox(folder: Path, command: Sequence[str] = (sys.executable, "-m", "mailproof", "mock")) -> Generator[Sandbox]:
    """Starts `command` in `folder` on a free port; its ready file and log lie there too.

    Raises SandboxError when it ends early or does not answer within a minute. Whatever happens inside the
    block, an interrupt or a SIGTERM included, this process and no other is stopped.
    """
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    ready_file = folder / "ready.json"
    ready_file.unlink(missing_ok=True)
    log = folder / "mock.log"
    line = [*command, "--port", "0", "--ready-file", str(ready_file)]
    previous = signal.signal(signal.SIGTERM, _leave)
    try:
        with log.open("wb") as sink:
            process = subprocess.Popen(
                line, cwd=folder, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT
            )
            try:
                ready = _wait(process, ready_file, log)
                yield Sandbox(ready["url"], ready["providers"], ready_file, log)
            finally:
                _stop(process)
    finally:
        signal.signal(signal.SIGTERM, previous)


def _leave(number: int, frame: FrameType | None) -> None:
    del frame
    sys.exit(128 + number)


def _wait(process: subprocess.Popen[bytes], ready_file: Path, log: Path) -> dict[str, Any]:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if ready_file.exists():
            ready: dict[str, Any] = json.loads(ready_file.read_text(encoding="utf-8"))
            return ready
        if process.poll() is not None:
            raise SandboxError(f"the mock ended with exit code {process.returncode}:\n{_tail(log)}")
        time.sleep(0.02)
    raise SandboxError(f"the mock was not ready after {_START_SECONDS} s:\n{_tail(log)}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _tail(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(f"  {line}" for line in lines[-20:]) or "  (it wrote nothing)"
