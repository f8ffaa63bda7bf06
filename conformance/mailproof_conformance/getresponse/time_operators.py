"""Laws of the time operators, on creation dates, which every object has."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from mailproof_conformance.getresponse.questions import found, message_types, refuses, some
from mailproof_conformance.laws import law

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from hypothesis.strategies import SearchStrategy

    from mailproof_conformance.check import Check

_TESTS: dict[str, Callable[[str, str], bool]] = {
    "FROM": lambda day, bound: day >= bound,
    "TO": lambda day, bound: day <= bound,
    "AT": lambda day, bound: day == bound,
}
_NO_DAYS: tuple[object, ...] = (
    "",
    "yesterday",
    "10-01-01",
    "2010-1-1",
    "2010-01-1",
    "2010/01/01",
    "20100101",
    "01-01-2010",
    "2010-01-01 00:00:00",
    "2010-01-01T00:00:00Z",
    " 2010-01-01",
    "2010-01-01\n",
    "2010-00-10",
    "2010-13-01",
    "2010-01-00",
    "2010-01-32",
    "2010-02-30",
    "2011-02-29",
    "1900-02-29",
    "+2010-01-01",
    "20100-01-01",
    "２０１０-01-01",  # noqa: RUF001 - digits of another script are the point
    20100101,
    2010,
    None,
    True,
    ["2010-01-01"],
    {"FROM": "2010-01-01"},
)


_ENDS_OF_SECONDS = ("1901-12-13", "1969-12-31", "1970-01-01", "2038-01-20", "2106-02-08")
"""Where seconds since 1970 begin, turn round in 32 bits with a sign, and without one."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The creation days of the objects that a method lists."""

    method: str
    fixed: Mapping[str, Any]
    days: Mapping[str, str]
    """The day (`YYYY-MM-DD`) by the object's ID."""

    def find(self, check: Check, condition: Mapping[str, str]) -> list[str]:
        """The IDs that the method finds under a condition on `created_on`, in order."""
        return sorted(found(check, self.method, {**self.fixed, "created_on": condition}))

    def where(self, condition: Mapping[str, str]) -> list[str]:
        """The IDs whose days meet all operators of a condition."""
        return sorted(
            name
            for name, day in self.days.items()
            if all(_TESTS[operator](day, bound) for operator, bound in condition.items())
        )

    def bounds(self) -> list[str]:
        """Every day that something was created on, the days around it, and days long ago and far ahead."""
        known = [date.fromisoformat(day) for day in self.days.values()]
        near = {(day + timedelta(days=shift)).isoformat() for day in known for shift in (-1, 0, 1)}
        return ["0001-01-01", *sorted({*near, *_ENDS_OF_SECONDS}), "9999-12-31"]


def calendars(check: Check) -> list[Calendar]:
    """The calendars of the account that have a day in them; the case is skipped where there is none."""
    made = [_calendar(check, "get_messages", {"type": kind}) for kind in message_types(check)]
    filled = [calendar for calendar in [*made, _calendar(check, "get_ab_tests", {})] if calendar.days]
    if not filled:
        check.skip("the account has no message and no test")
    return filled


def _calendar(check: Check, method: str, fixed: Mapping[str, Any]) -> Calendar:
    rows = found(check, method, fixed)
    return Calendar(method, fixed, {name: row["created_on"][:10] for name, row in rows.items()})


def _every_day(check: Check, operator: str) -> None:
    for calendar in calendars(check):
        for bound in calendar.bounds():
            _finds(check, calendar, {operator: bound})


def _finds(check: Check, calendar: Calendar, condition: Mapping[str, str]) -> None:
    about = f"what created_on {condition} finds by {calendar.method} {dict(calendar.fixed)}"
    check.equal(calendar.where(condition), calendar.find(check, condition), about)


@law("GR-from-whole-day")
def from_takes_its_day_in(check: Check) -> None:
    """On, before and after every day that something was created on."""
    _every_day(check, "FROM")


@law("GR-to-whole-day")
def to_takes_its_day_in(check: Check) -> None:
    """On, before and after every day that something was created on."""
    _every_day(check, "TO")


@law("GR-at-whole-day")
def at_is_the_whole_day(check: Check) -> None:
    """On, before and after every day that something was created on."""
    _every_day(check, "AT")


@law("GR-time-operators-and")
def operators_together_find_what_each_finds(check: Check) -> None:
    """Two or three operators; the result is the intersection, also where one of them leaves nothing of the others."""

    def holds(question: tuple[Calendar, dict[str, str]]) -> None:
        calendar, condition = question
        if condition.get("FROM", "") > condition.get("TO", "9999-12-31"):
            return  # a clause of its own
        alone = [set(calendar.find(check, {operator: bound})) for operator, bound in condition.items()]
        about = f"what created_on {condition} finds by {calendar.method} {dict(calendar.fixed)}"
        check.equal(sorted(alone[0].intersection(*alone[1:])), calendar.find(check, condition), about)

    def conditions(calendar: Calendar) -> SearchStrategy[tuple[Calendar, dict[str, str]]]:
        drawn = st.dictionaries(st.sampled_from(sorted(_TESTS)), st.sampled_from(calendar.bounds()), min_size=2)
        return st.tuples(st.just(calendar), drawn)

    apart = [(calendar, condition) for calendar in calendars(check) for condition in _apart(calendar)]
    check.forall(st.sampled_from(calendars(check)).flatmap(conditions), holds, examples=apart)


def _apart(calendar: Calendar) -> Iterator[dict[str, str]]:
    """Two operators each, of which the second leaves nothing of what the first finds, or all of it."""
    first = date.fromisoformat(min(calendar.days.values()))
    day, before, after = (str(first + timedelta(days=shift)) for shift in (0, -1, 1))
    for bounds in ({"FROM": after}, {"FROM": before}, {"TO": before}, {"TO": after}):
        yield {"AT": day, **bounds}
    yield {"AT": day, "FROM": after, "TO": after}


@law("GR-time-operators-and")
def from_and_to_make_a_range(check: Check) -> None:
    """Days apart and the whole span; whether the ends themselves are inside is for other clauses."""
    for calendar in calendars(check):
        days = sorted(set(calendar.days.values()))
        for first, last in [*itertools.pairwise(days), *zip(days, days[2:], strict=False), (days[0], days[-1])]:
            actual = set(calendar.find(check, {"FROM": first, "TO": last}))
            inside = {name for name, day in calendar.days.items() if first < day < last}
            outside = {name for name, day in calendar.days.items() if day < first or last < day}
            about = f"by {calendar.method} {dict(calendar.fixed)} with created_on from {first} to {last}"
            check.equal([], sorted(inside - actual), f"what is in the range and not found {about}")
            check.equal([], sorted(outside & actual), f"what is out of the range and found {about}")


@law("GR-from-after-to")
def a_range_turned_round_is_empty(check: Check) -> None:
    """FROM a day after TO, by a day and by centuries."""
    for calendar in calendars(check):
        day = next(iter(calendar.days.values()))
        following = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
        for condition in ({"FROM": following, "TO": day}, {"FROM": "9999-12-31", "TO": "0001-01-01"}):
            check.equal([], calendar.find(check, condition), f"what created_on {condition} finds")


@law("GR-calendar-days-only")
def what_is_no_day_is_refused(check: Check) -> None:
    """Other notations, days that no calendar has, and values that are no texts."""
    for value in _NO_DAYS:
        for member in ("created_on", "send_on"):
            for operator in _TESTS:
                about = f"the answer to {member} {operator} {value!r}"
                refuses(check, "get_messages", {member: {operator: value}}, about=about)
        refuses(
            check,
            "get_ab_tests",
            {"created_on": {"FROM": value}},
            about=f"the answer of get_ab_tests to FROM {value!r}",
        )


@law("GR-calendar-days-only")
def what_is_no_day_is_refused_of_statistics(check: Check) -> None:
    """One operator for each, in turn."""
    message = next(iter(some(check, found(check, "get_messages"), "messages")))
    for value, operator in zip(_NO_DAYS, itertools.cycle(_TESTS)):
        conditions = {"message": message, "created_on": {operator: value}}
        about = f"the answer of get_message_stats to {operator} {value!r}"
        refuses(check, "get_message_stats", conditions, about=about)


@law("GR-calendar-days-only")
def leap_days_are_days(check: Check) -> None:
    """In years that have one."""
    for day in ("2012-02-29", "2000-02-29"):
        check.true(check.rpc("get_messages", {"created_on": {"AT": day}}).error is None, f"AT {day} is no error")
