"""A mock in a process group of its own, workers included: started, measured by the operating system, killed."""

from __future__ import annotations

import json
import os
import subprocess
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from mailproof_mock.own_process import COMMAND
from process_tree import descriptors, resident

if TYPE_CHECKING:
    import signal
    from collections.abc import Sequence
    from pathlib import Path

_START_SECONDS = 60.0
_STOP_SECONDS = 30.0
_MIB = 1 << 20


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
                [*COMMAND, *chosen, *arguments],
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
        return int(resident([self._process.pid]) * _MIB)

    def descriptors(self) -> int:
        """File descriptors that its processes hold."""
        return descriptors([self._process.pid])

    def end(self, number: signal.Signals) -> int:
        """Sends a signal to all of its processes and waits for the first one's end; gives its exit code."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
        return self._process.wait(_STOP_SECONDS)
