"""A mock server for the length of a `with` block, on a free loopback port, stopped however the block ends."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from mailproof_mock.own_process import COMMAND, Running, SandboxError, running
from sigterm import unwinding

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

__all__ = ["SandboxError", "sandbox"]


@contextmanager
def sandbox(folder: Path, command: Sequence[str] = COMMAND) -> Generator[Running]:
    """Starts `command` as `mailproof_mock.own_process` does; a SIGTERM inside the block stops the mock as well."""
    with unwinding(), running(folder, command) as started:
        yield started
