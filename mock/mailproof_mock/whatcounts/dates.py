"""The three forms in which the API writes a moment, none of which names a zone: UTC here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def timestamp(moment: datetime) -> str:
    """As the snapshot list has it: the zeros that end the fraction are left out, but for one digit.

    >>> from datetime import datetime
    >>> timestamp(datetime(2020, 1, 13, 8, 46, 48, 110000)), timestamp(datetime(2020, 1, 13))
    ('2020-01-13 08:46:48.11', '2020-01-13 00:00:00.0')
    """
    fraction = f"{moment.microsecond:06}".rstrip("0") or "0"
    return f"{moment:%Y-%m-%d %H:%M:%S}.{fraction}"


def file_stamp(moment: datetime) -> str:
    """As file names have it: 14 digits, to the second.

    >>> from datetime import datetime
    >>> file_stamp(datetime(2020, 1, 13, 8, 46, 48, 110000))
    '20200113084648'
    """
    return f"{moment:%Y%m%d%H%M%S}"


def entity_date(moment: datetime) -> str:
    """As entities have it, in English whatever the machine speaks.

    >>> from datetime import datetime
    >>> entity_date(datetime(2012, 5, 21, 9, 14, 16)), entity_date(datetime(2012, 5, 21))
    ('May 21, 2012 9:14:16 AM', 'May 21, 2012 12:00:00 AM')
    """
    hour = moment.hour % 12 or 12
    half = "AM" if moment.hour < 12 else "PM"  # noqa: PLR2004 - noon
    return f"{_MONTHS[moment.month - 1]} {moment.day}, {moment.year} {hour}:{moment:%M:%S} {half}"
