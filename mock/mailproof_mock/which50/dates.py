"""Dates as the API writes them: Irish time with its offset written out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

_MARCH, _OCTOBER = 3, 10
_WINTER, _SUMMER = timezone(timedelta(0)), timezone(timedelta(hours=1))


def date_time_offset(moment: datetime) -> str:
    """A moment as the API has it: trailing zeros of the fraction are left out, the offset is that of Irish time.

    >>> date_time_offset(datetime(2025, 1, 6, 9, 0, 1, tzinfo=UTC))
    '2025-01-06T09:00:01+00:00'
    >>> date_time_offset(datetime(2025, 7, 1, 23, 30, 0, 120000, tzinfo=UTC))
    '2025-07-02T00:30:00.12+01:00'
    """
    local = moment.astimezone(_SUMMER if _is_summer(moment) else _WINTER)
    fraction = f".{local.microsecond:06}".rstrip("0").rstrip(".")
    offset = "+01:00" if local.tzinfo is _SUMMER else "+00:00"
    return f"{local:%Y-%m-%dT%H:%M:%S}{fraction}{offset}"


def _is_summer(moment: datetime) -> bool:
    """From the last Sunday of March to that of October, both at 01:00 UTC."""
    begin, end = _last_sunday(moment.year, _MARCH), _last_sunday(moment.year, _OCTOBER)
    return begin <= moment < end


def _last_sunday(year: int, month: int) -> datetime:
    last = datetime(year, month, 31, 1, tzinfo=UTC)
    return last - timedelta(days=(last.weekday() + 1) % 7)
