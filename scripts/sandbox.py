"""A mock server for the length of a `with` block, on a free loopback port, stopped however the block ends."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mailproof_mock.own_process import COMMAND, Running, SandboxError, running

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path
    from types import FrameType

__all__ = ["SandboxError", "sandbox"]


@contextmanager
def sandbox(folder: Path, command: Sequence[str] = COMMAND) -> Generator[Running]:
    """Starts `command` as `mailproof_mock.own_process` does; a SIGTERM inside the block stops the mock as well."""
    previous = signal.signal(signal.SIGTERM, _leave)
    try:
        with running(folder, command) as started:
            yield started
    finally:
        signal.signal(signal.SIGTERM, previous)


def _leave(number: int, frame: FrameType | None) -> None:
    del frame
    sys.exit(128 + number)
