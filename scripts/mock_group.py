"""A mock in a process group of its own, workers included: started, measured by the operating system, killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import signal
    from collections.abc import Iterator, Sequence

_MOCK = (sys.executable, "-m", "mailproof", "mock")
_START_SECONDS = 60.0
_STOP_SECONDS = 30.0
_PAGE = os.sysconf("SC_PAGE_SIZE")
_PROCESSES = Path("/proc")


class MockError(Exception):
    """The mock did not start; one line that says why."""


class MockGroup:
    """A mock that keeps nothing of the terminal's: a free port, its ready file and its log in a folder."""

    def __init__(self, folder: Path, arguments: Sequence[str]) -> None:
        self._ready_file, self.log = folder / "ready.json", folder / "mock.log"
        self._ready_file.unlink(missing_ok=True)  # a mock that was killed left it behind
        chosen = ["--port", "0", "--ready-file", str(self._ready_file), "--log-level", "warning"]
        with self.log.open("ab") as sink:
            self._process = subprocess.Popen(
                [*_MOCK, *chosen, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=sink,
                start_new_session=True,
            )

    def ready(self) -> dict[str, Any]:
        """Waits for the ready file and gives it. Raises MockError."""
        deadline = time.monotonic() + _START_SECONDS
        while not self._ready_file.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                said = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-1:]
                raise MockError(f"the mock does not start: {said[0] if said else 'it said nothing'}")
            time.sleep(0.01)
        ready: dict[str, Any] = json.loads(self._ready_file.read_text(encoding="utf-8"))
        return ready

    def alive(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def memory(self) -> int:
        """Bytes of memory that its processes have resident."""
        return sum(int((process / "statm").read_text().split()[1]) * _PAGE for process in self._processes())

    def descriptors(self) -> int:
        """File descriptors that its processes hold."""
        return sum(1 for process in self._processes() for _ in (process / "fd").iterdir())

    def end(self, number: signal.Signals) -> int:
        """Sends a signal to all of its processes and waits for the first one's end; gives its exit code."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
        return self._process.wait(_STOP_SECONDS)

    def _processes(self) -> Iterator[Path]:
        for place in _PROCESSES.iterdir():
            if place.name.isdecimal():
                with suppress(OSError):  # it may end while it is looked at
                    if os.getpgid(int(place.name)) == self._process.pid:
                        yield place
