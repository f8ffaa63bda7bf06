"""The order of lists: newest first, and what has no date last."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_Row = dict[str, Any]


def newness(date: str | None, number: int) -> tuple[float, str, int]:
    """What to sort by: the greater, the newer. Of equal dates the higher number is the newer."""
    if date is None:
        return float("-inf"), "", number
    seconds, offset = date[:19], date[-6:]
    fraction = date[19:-6]  # compared as text: datetime would drop the seventh digit
    return datetime.fromisoformat(seconds + offset).timestamp(), fraction, number


def newest_journeys_first(rows: Iterable[_Row]) -> list[_Row]:
    """Rows of the kind `journey` by their start."""
    return sorted(rows, key=lambda row: newness(row["StartDate"], row["Id"]), reverse=True)
