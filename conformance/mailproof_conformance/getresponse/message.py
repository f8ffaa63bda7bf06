"""Laws of the methods on one message: itself, its contents and its counters."""

from __future__ import annotations

import itertools
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from mailproof_conformance.getresponse.questions import (
    UNKNOWN_ID,
    every_message,
    fails,
    refuses,
    several,
    some,
)
from mailproof_conformance.laws import law

if TYPE_CHECKING:
    from mailproof_conformance.check import Check
    from mailproof_conformance.getresponse.questions import Rows

_PERIODS = {
    "hourly": re.compile(r"\d{4}-\d\d-\d\d ([01]\d|2[0-3])"),
    "daily": re.compile(r"\d{4}-\d\d-\d\d"),
    "monthly": re.compile(r"\d{4}-\d\d"),
    "yearly": re.compile(r"\d{4}"),
}
_LENGTHS = {"daily": 10, "monthly": 7, "yearly": 4}  # of the periods' names
_CLICKS = ("clicktrack",)  # taken to be on where a server does not show any flags
_WANTED = {
    "get_message": "message",
    "get_message_contents": "message",
    "get_message_stats": "message",
    "get_campaign": "campaign",
    "get_ab_test": "ab_test",
}


def _stats(check: Check, message: str, **conditions: object) -> Rows:
    result: Rows = check.rpc("get_message_stats", {"message": message, **conditions}).result
    return result


def _counted(check: Check) -> dict[str, Rows]:
    """The hourly counters of every message that has some; the case is skipped where none has."""
    made = {name: _stats(check, name, grouping="hourly") for name in every_message(check)}
    counted = {name: hours for name, hours in made.items() if hours}
    if not counted:
        check.skip("the account has no message that anything happened to")
    return counted


def _summed(hours: Rows, length: int) -> Rows:
    """Hourly counters, added up by the beginnings of their names."""
    totals: Rows = {}
    for hour, counters in hours.items():
        total = totals.setdefault(hour[:length], dict.fromkeys(counters, 0))
        for name, count in counters.items():
            total[name] += count
    return totals


@law("GR-message-as-listed")
def one_message_is_the_entry_of_the_list(check: Check) -> None:
    """Messages of all types."""
    for name, row in some(check, every_message(check), "message").items():
        check.equal({name: row}, check.rpc("get_message", {"message": name}).result, f"the message {name}")


@law("GR-unknown-message")
def an_unknown_message_is_an_empty_object(check: Check) -> None:
    """IDs that no message has, and texts that are no IDs."""
    for name in (UNKNOWN_ID, "", "no message", "%", "ü", "x" * 1000):
        check.equal({}, check.rpc("get_message", {"message": name}).result, f"the message {name[:40]!r}")


@law("GR-ids-letter-case")
def ids_have_letter_case(check: Check) -> None:
    """Two IDs that differ in nothing else are two messages."""
    for name in check.sample("messages.ids_that_differ_by_case"):
        check.equal([name], list(check.rpc("get_message", {"message": name}).result), f"the message {name}")


@law("GR-ids-letter-case")
def an_id_in_other_letter_case_is_another_id(check: Check) -> None:
    """Every message's ID turned round: what it finds, if anything, is a message of exactly that ID."""
    for name in every_message(check):
        turned = name.swapcase()
        if turned != name:
            result = check.rpc("get_message", {"message": turned}).result
            check.equal(
                [],
                [key for key in result if key != turned],
                f"what the ID {turned} finds, {name} being another",
            )


@law("GR-wanted-id-required")
def the_wanted_id_is_required(check: Check) -> None:
    """Missing conditions, empty ones, the ID under another name, and values that are no texts."""
    for method, member in _WANTED.items():
        about = f"the answer of {method} without {member}"
        refuses(check, method, about=about)
        for conditions in several(
            [
                {},
                {member.upper(): "x"},
                {"id": "x"},
                {member: None},
                {member: 1},
                {member: ["x"]},
                {member: {"EQUALS": "x"}},
            ]
        ):
            refuses(check, method, conditions, about=f"{about}: {conditions}")


@law("GR-contents-of-unknown-message")
def contents_of_an_unknown_message_are_an_error(check: Check) -> None:
    """IDs that no message has, and texts that are no IDs."""
    for name in (UNKNOWN_ID, "", "no message"):
        answer = check.rpc("get_message_contents", {"message": name})
        fails(check, "missing-message", answer, f"the answer of get_message_contents to {name!r}")


@law("GR-contents-as-announced")
def parts_are_those_that_the_message_names(check: Check) -> None:
    """Messages of all types."""
    for name, row in some(check, every_message(check), "message").items():
        contents: dict[str, Any] = check.rpc("get_message_contents", {"message": name}).result
        check.equal(sorted(row["content_types"]), sorted(contents), f"the parts of the message {name}")


@law("GR-stats-of-unknown-message")
def counters_of_an_unknown_message_are_an_error(check: Check) -> None:
    """IDs that no message has, and texts that are no IDs."""
    for name in (UNKNOWN_ID, "", "no message"):
        answer = check.rpc("get_message_stats", {"message": name, "grouping": "yearly"})
        fails(check, "missing-message", answer, f"the answer of get_message_stats to {name!r}")


@law("GR-stats-daily")
def days_are_the_default(check: Check) -> None:
    """Every message that anything happened to."""
    for name in _counted(check):
        check.equal(
            _stats(check, name, grouping="daily"),
            _stats(check, name),
            f"the counters of {name} without a grouping",
        )


@law("GR-stats-period-form")
def periods_are_named_by_their_grouping(check: Check) -> None:
    """All four groupings; a grouping that does not exist is refused."""
    for name in _counted(check):
        for grouping, form in _PERIODS.items():
            wrong = [period for period in _stats(check, name, grouping=grouping) if not form.fullmatch(period)]
            check.equal([], wrong, f"periods of {name} that are not {grouping}")
        for grouping in several(["weekly", "Daily", "", None, 1]):
            about = f"the answer to the grouping {grouping!r}"
            refuses(check, "get_message_stats", {"message": name, "grouping": grouping}, about=about)


@law("GR-stats-groupings-agree")
def longer_periods_are_sums_of_shorter_ones(check: Check) -> None:
    """Days, months and years, from the hours."""
    for name, hours in _counted(check).items():
        for grouping, length in _LENGTHS.items():
            check.equal(
                _summed(hours, length),
                _stats(check, name, grouping=grouping),
                f"the {grouping} counters of {name}",
            )


@law("GR-stats-no-empty-period")
def every_period_has_something_in_it(check: Check) -> None:
    """All four groupings."""
    for name in _counted(check):
        for grouping in _PERIODS:
            periods = _stats(check, name, grouping=grouping)
            check.equal(
                [],
                [period for period, counters in periods.items() if not any(counters.values())],
                f"empty periods of {name}",
            )


@law("GR-openings-counted")
def openings_are_counted_where_flag_and_part_allow_it(check: Check) -> None:
    """Every message that lacks the flag or the HTML part."""
    rows = {
        name: row
        for name, row in every_message(check).items()
        if "flags" in row and not ("openrate" in row["flags"] and "html" in row["content_types"])
    }
    _counts_none(check, some(check, rows, "message without `openrate` or HTML"), ("opened", "unique_opened"))


@law("GR-clicks-counted")
def clicks_are_counted_where_the_flag_allows_it(check: Check) -> None:
    """Every message that lacks the flag."""
    rows = {name: row for name, row in every_message(check).items() if "clicktrack" not in row.get("flags", _CLICKS)}
    _counts_none(check, some(check, rows, "message without `clicktrack`"), ("clicked", "unique_clicked"))


def _counts_none(check: Check, rows: Rows, names: tuple[str, ...]) -> None:
    for message in rows:
        for year, counters in _stats(check, message, grouping="yearly").items():
            counted = {name: counters[name] for name in names if counters[name]}
            check.equal({}, counted, f"what {message} counts in {year} and does not count by its flags and parts")


@law("GR-from-whole-day")
@law("GR-to-whole-day")
@law("GR-at-whole-day")
def days_with_events_count_as_a_whole(check: Check) -> None:
    """Counters of ranges that begin and end on days with events."""
    for name, hours in _counted(check).items():
        days = sorted({hour[:10] for hour in hours})
        for condition in (
            *({operator: day} for operator in ("FROM", "TO", "AT") for day in days),
            {"FROM": days[0], "TO": days[-1]},
        ):
            kept = {hour: counters for hour, counters in hours.items() if _meets(hour[:10], condition)}
            actual = _stats(check, name, grouping="hourly", created_on=condition)
            check.equal(kept, actual, f"the hourly counters of {name} with created_on {condition}")


@law("GR-stats-created-on")
def the_days_that_count_can_be_chosen(check: Check) -> None:
    """Ranges that begin and end on days without events, under every grouping; the ends are for other clauses."""
    for name, hours in _counted(check).items():
        days = sorted({hour[:10] for hour in hours})
        near = {(date.fromisoformat(day) + timedelta(days=shift)).isoformat() for day in days for shift in (-1, 1)}
        quiet = sorted(near - set(days))
        conditions = [
            *({operator: day} for operator in ("FROM", "TO") for day in quiet),
            *({"FROM": first, "TO": last} for first, last in itertools.pairwise(quiet)),
        ]
        for condition in conditions:
            kept = {hour: counters for hour, counters in hours.items() if _meets(hour[:10], condition)}
            for grouping, length in {"hourly": 13, **_LENGTHS}.items():
                actual = _stats(check, name, grouping=grouping, created_on=condition)
                check.equal(
                    _summed(kept, length),
                    actual,
                    f"the {grouping} counters of {name} with created_on {condition}",
                )


def _meets(day: str, condition: dict[str, str]) -> bool:
    at = condition.get("AT", day)
    return condition.get("FROM", day) <= day <= condition.get("TO", day) and day == at
