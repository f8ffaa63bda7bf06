"""The texts inside DataContract XML: numbers, truth values, points in time and element names, written and read.

What reads raises ValueError with a few words for a text that is none of its kind.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from math import isfinite

BLANK = " \t\r\n"
"""White space as XML has it."""

LONG = 2**63
"""The first number beyond a signed integer of 64 bits."""

_WHOLE = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_DOUBLE = re.compile(_DECIMAL.pattern + r"(?:[eE][+-]?[0-9]+)?")
_LONGEST = 400  # characters of a number or date; a double has 17 digits, though it may be written with more
_LARGEST_DECIMAL = 2.0**96
_TRUTHS = {"true": True, "1": True, "false": False, "0": False}

_MOMENT = r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?"
_WITH_OFFSET = re.compile(_MOMENT + r"(?:Z|([+-])(\d\d):(\d\d))", re.ASCII | re.IGNORECASE)
_DATE_TIME = re.compile(_MOMENT + r"(Z|[+-]\d\d:\d\d)?", re.ASCII)
_FRACTION = 7  # digits of a second, the ticks of .NET
_FURTHEST = 14 * 60  # minutes from UTC

_NOT_IN_NAMES = re.compile(r"^[\d.-]|[^\w.-]|_(?=[xX](?:[0-9A-Fa-f]{4}|[0-9A-Fa-f]{8})_)", re.ASCII)
_ESCAPE = re.compile(r"_[xX]([0-9A-Fa-f]{4}|[0-9A-Fa-f]{8})_")
_BASIC = "\uffff"  # the last character of four hexadecimal digits


def whole(text: str, least: int = -LONG, most: int = LONG - 1) -> int:
    """A whole number within bounds, as XML Schema writes it."""
    found = _trimmed(text, _WHOLE, "an integer")
    number = int(found)
    if not least <= number <= most:
        raise ValueError(f"{found[:40]!r} is not between {least} and {most}")
    return number


def decimal(text: str) -> int | float:
    """A number of .NET's decimal: without an exponent and of at most 96 bits."""
    found = _trimmed(text, _DECIMAL, "a decimal number")
    number = _number(found)
    if abs(number) > _LARGEST_DECIMAL:
        raise ValueError(f"{found[:40]!r} is beyond a decimal number")
    return number


def number(text: str) -> int | float:
    """A number: an int where it is written as one of 64 bits, as in JSON."""
    return _number(_trimmed(text, _DOUBLE, "a finite number"))


def double(text: str) -> float:
    """A finite floating-point number."""
    return _finite(_trimmed(text, _DOUBLE, "a finite number"))


def _number(found: str) -> int | float:
    if _WHOLE.fullmatch(found) and -LONG <= int(found) < 2 * LONG:
        return int(found)
    return _finite(found)


def _finite(found: str) -> float:
    value = float(found)
    if not isfinite(value):
        raise ValueError(f"{found[:40]!r} is beyond a finite number")
    return value


def truth(text: str) -> bool:
    """True or false."""
    found = _TRUTHS.get(text.strip(BLANK))
    if found is None:
        raise ValueError(f"{text[:40]!r} is neither true nor false")
    return found


def character(text: str) -> str:
    """A character, which .NET writes as its number."""
    found = chr(whole(text, 0, ord(_BASIC)))
    if "\ud800" <= found <= "\udfff":
        raise ValueError(f"{text[:40]!r} is half a character")
    return found


def date_time(text: str) -> str:
    """A date and time of XML Schema, with an offset or without, as it is written."""
    found = _trimmed(text, _DATE_TIME, "a date and time")
    _instant(found)
    return found


def split_date(text: str) -> tuple[str, int]:
    """The instant in UTC and the minutes of the offset, with the seventh digit that datetime cannot hold."""
    match = _WITH_OFFSET.fullmatch(text)
    if match is None:
        raise ValueError(f"not a date and time with an offset: {text!r}")
    local, fraction, sign, hours, minutes = match.groups()
    offset = 0 if sign is None else (int(hours) * 60 + int(minutes)) * (-1 if sign == "-" else 1)
    instant = datetime.fromisoformat(local) - timedelta(minutes=offset)
    digits = (fraction or "").rstrip("0")
    return f"{instant.isoformat()}{'.' if digits else ''}{digits}Z", offset


def join_date(instant: str, offset: int) -> str:
    """An instant at an offset in minutes, as JSON writes it.

    One without a zone is the local time, as .NET takes it. Digits beyond the seventh of a second are dropped.
    """
    if abs(offset) > _FURTHEST:
        raise ValueError(f"the offset {offset} is not within {_FURTHEST} minutes")
    moment, fraction, zone = _instant(_trimmed(instant, _DATE_TIME, "a date and time"))
    try:
        utc = moment - timedelta(minutes=offset if zone is None else zone)
        local = utc + timedelta(minutes=offset)
    except OverflowError:
        raise ValueError(f"{instant[:40]!r} is beyond the years 1 to 9999 at its offset") from None
    digits = fraction[:_FRACTION].rstrip("0")
    hours, minutes = divmod(abs(offset), 60)
    return f"{local.isoformat()}{'.' if digits else ''}{digits}{'-' if offset < 0 else '+'}{hours:02}:{minutes:02}"


def _instant(text: str) -> tuple[datetime, str, int | None]:
    """What the text says without a zone, the digits of the second, and the zone in minutes."""
    match = _DATE_TIME.fullmatch(text)
    seconds, fraction, zone = match.groups() if match else ("", "", "")
    minutes = None
    if zone:
        minutes = 0 if zone == "Z" else int(zone[1:3]) * 60 + int(zone[4:])
        minutes = -minutes if zone[0] == "-" else minutes
    try:
        moment = datetime.fromisoformat(seconds)
    except ValueError:
        moment = None
    if moment is None or abs(minutes or 0) > _FURTHEST:
        raise ValueError(f"{text[:40]!r} is no point in time")
    return moment, fraction or "", minutes


def element_name(key: str) -> str:
    """A key as .NET makes it an element name: what a name cannot hold becomes `_xHHHH_`, or eight digits."""
    return _NOT_IN_NAMES.sub(_escaped, key) or "_"


def key_of(name: str) -> str:
    """The key that an element name stands for."""
    return _ESCAPE.sub(_unescaped, name)


def _escaped(match: re.Match[str]) -> str:
    return f"_x{ord(match[0]):0{4 if match[0] <= _BASIC else 8}X}_"


def _unescaped(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    surrogate = 0xD800 <= code <= 0xDFFF  # noqa: PLR2004 - their range
    return match[0] if surrogate or code > 0x10FFFF else chr(code)  # noqa: PLR2004 - the last one


def _trimmed(text: str, pattern: re.Pattern[str], what: str) -> str:
    found = text.strip(BLANK)
    if len(found) > _LONGEST or not pattern.fullmatch(found):
        raise ValueError(f"{found[:40]!r} is not {what}")
    return found
