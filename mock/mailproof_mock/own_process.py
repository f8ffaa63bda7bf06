"""The mock as a process of its own on a free loopback port, for the length of a `with` block."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

COMMAND = (sys.executable, "-m", "mailproof", "mock")
_START_SECONDS = 60
_STOP_SECONDS = 10
_ANSWER_SECONDS = 30
_LINES = 20  # of its log, which say why it did not start


class SandboxError(Exception):
    """The mock did not start; the text says why, with the last lines of its log."""


@dataclass(frozen=True, slots=True)
class Running:
    """A running mock: its URL, what it wrote to its ready file, and where that file and its log lie."""

    url: str
    providers: dict[str, Any]
    """By name: `base_url`, `headers` or `api_key`, `samples`, `others`, and `vintage` where the API has several."""
    ready_file: Path
    log: Path

    def outbox(self) -> list[dict[str, Any]]:
        """What was sent since the last reset, oldest first; nothing of it left the machine."""
        sent: list[dict[str, Any]] = self._asked("GET", "outbox")
        return sent

    def reset(self) -> None:
        """Puts every API back to its fixtures, and empties the outbox."""
        self._asked("POST", "reset")

    def _asked(self, method: str, name: str) -> Any:
        request = Request(f"{self.url}/_mailproof/{name}", method=method)  # noqa: S310 - our own process, over http
        with urlopen(request, timeout=_ANSWER_SECONDS) as answer:  # noqa: S310 - likewise
            return json.load(answer)


@contextmanager
def running(folder: Path, command: Sequence[str] = COMMAND) -> Generator[Running]:
    """Starts `command` in `folder` on a free port; its ready file and log lie there too.

    Raises SandboxError when it ends early or does not answer within a minute. However the block ends, this process
    and no other is stopped.
    """
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    ready_file = folder / "ready.json"
    ready_file.unlink(missing_ok=True)
    log = folder / "mock.log"
    line = [*command, "--port", "0", "--ready-file", str(ready_file)]
    with log.open("wb") as sink:
        process = subprocess.Popen(  # noqa: S603 - the words are the caller's own, and no shell reads them
            line, cwd=folder, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT
        )
        try:
            ready = _wait(process, ready_file, log)
            yield Running(ready["url"], ready["providers"], ready_file, log)
        finally:
            _stop(process)


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
    return "\n".join(f"  {line}" for line in lines[-_LINES:]) or "  (it wrote nothing)"
