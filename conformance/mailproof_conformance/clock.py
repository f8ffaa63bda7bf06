"""What time it is: the one place where a run asks, so that a test can answer."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """Two hands: the time of the day for a reader, and seconds that only grow for what is measured."""

    now: Callable[[], datetime] = _now
    """In UTC."""
    seconds: Callable[[], float] = time.monotonic

    def today(self) -> date:
        """The day on which an expiry is judged: that of UTC, the same wherever the suite runs."""
        return self.now().date()


SYSTEM = Clock()
