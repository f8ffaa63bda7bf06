"""Whose turn it is: cases that may write have the target to themselves, even where several processes share it."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Generator

POSSIBLE = sys.platform != "win32"
"""Whether processes can take turns here."""


class Turns:
    """The turns of some processes of one user, kept by locks on a file that all of them know."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def begin(cls) -> Turns:
        """Turns on a file of their own; `end` removes it."""
        descriptor, name = tempfile.mkstemp(prefix="mailproof-turns-")
        os.close(descriptor)
        return cls(Path(name))

    @contextmanager
    def take(self, *, alone: bool) -> Generator[None]:
        """Waits for a turn alone, or for one beside others that need not be alone either."""
        with self.path.open("rb") as file:
            if sys.platform != "win32":
                fcntl.flock(file, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
            yield  # closing the file ends the turn

    def end(self) -> None:
        """Removes the file."""
        with suppress(OSError):
            self.path.unlink()
