"""The time operators of conditions: whole days, both ends inside, in the account's own time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

TimeTest = Callable[[tuple[str, ...]], bool]
"""Whether one of some days (`YYYY-MM-DD`) meets all operators."""

# days of one written form are in the order of their texts
OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "FROM": lambda day, bound: day >= bound,
    "TO": lambda day, bound: day <= bound,
    "AT": lambda day, bound: day == bound,
}
"""By name: whether a day meets a bound."""


def time_test(condition: Mapping[str, str] | None) -> TimeTest:
    """The test that a time condition makes of the days of a moment. Without one every moment passes."""
    if condition is None:
        return lambda _days: True
    return lambda days: any(_meets(day, condition) for day in days)


def day_of(timestamp: str) -> tuple[str]:
    """The day of a timestamp (`YYYY-MM-DD HH:MM:SS`)."""
    return (timestamp[:10],)


def days_of_travel(timestamp: str) -> tuple[str, ...]:
    """The days that the 24 hours after a timestamp touch: one that begins at midnight, otherwise two."""
    day, _, time = timestamp.partition(" ")
    if time == "00:00:00":
        return (day,)
    return (day, (date.fromisoformat(day) + timedelta(days=1)).isoformat())


def _meets(day: str, condition: Mapping[str, str]) -> bool:
    return all(OPERATORS[operator](day, bound) for operator, bound in condition.items())
