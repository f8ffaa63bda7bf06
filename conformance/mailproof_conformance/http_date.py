"""Whether a text is a date as HTTP writes it."""

from __future__ import annotations

from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache


@lru_cache(maxsize=64)
def is_http_date(text: str) -> bool:
    """Whether a text is an IMF-fixdate of the calendar, the right day of the week included (RFC 9110, 5.6.7)."""
    try:
        return text.endswith(" GMT") and format_datetime(parsedate_to_datetime(text), usegmt=True) == text
    except ValueError:
        return False
