"""A SIGTERM that ends a block as an exception would, so that what the block started is stopped."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import FrameType


@contextmanager
def unwinding() -> Generator[None]:
    """Inside the block, or the function it decorates, a SIGTERM raises SystemExit with the exit code of that signal."""
    previous = signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


def _leave(number: int, frame: FrameType | None) -> None:
    del frame
    sys.exit(128 + number)
