"""Laws about dates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from mailproof_conformance.laws import law
from mailproof_conformance.which50.reads import contacts, is_date, moment, operations, places, value, xml

if TYPE_CHECKING:
    from mailproof_conformance.check import Check

_RULE_SINCE = 1996  # from then on summer ends in October throughout the Union
_LAST_DAYS = {3: 31, 10: 31}


def irish_offset(date: str) -> str:
    """The offset of Irish time at an instant: summer begins and ends at 01:00 UTC on a last Sunday."""
    instant = moment(date).astimezone(UTC)
    begin, end = (_last_sunday(instant.year, month) for month in _LAST_DAYS)
    return "+01:00" if begin <= instant < end else "+00:00"


def _last_sunday(year: int, month: int) -> datetime:
    last = datetime(year, month, _LAST_DAYS[month], 1, tzinfo=UTC)
    return last - timedelta(days=(last.weekday() + 1) % 7)


@law("W50-irish-time")
def offsets_are_irish(check: Check) -> None:
    """Every date of every answer."""
    for operation_id in operations(check, "W50-irish-time"):
        if operation_id == "get_contact":
            continue  # its only dates are values that a user of the platform typed
        for contact in contacts(check):
            for place, date in places(value(check, operation_id, contact), is_date):
                if int(date[:4]) >= _RULE_SINCE:
                    check.equal(irish_offset(date), date[-6:], f"{operation_id}: the offset of {date} at {place}")


@law("W50-xml-date-in-two-parts")
def dates_are_two_elements(check: Check) -> None:
    """Parts, their order, namespace and form."""
    for operation_id in operations(check, "W50-xml-date-in-two-parts"):
        for contact in contacts(check):
            _, findings, _ = xml(check, operation_id, contact)
            check.equal([], [text for text in findings if text.rule == "date"], f"the dates of {operation_id}")


@law("W50-xml-date-same-instant")
def both_forms_name_one_instant(check: Check) -> None:
    """Every date of the JSON answer against what the two elements say, seventh digit and offset included."""
    for operation_id in operations(check, "W50-xml-date-same-instant"):
        for contact in contacts(check):
            expected = dict(places(value(check, operation_id, contact), is_date))
            actual = dict(places(xml(check, operation_id, contact)[0], is_date))
            check.equal(expected, actual, f"the dates of {operation_id}, by place")
