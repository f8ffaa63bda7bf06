"""Laws of get_messages by sending date, Time Travel included."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import TYPE_CHECKING

from mailproof_conformance.getresponse.questions import (
    LONG_AGO,
    message_types,
    messages,
    some,
)
from mailproof_conformance.laws import law

if TYPE_CHECKING:
    from mailproof_conformance.check import Check


def _day(timestamp: str, shift: int = 0) -> str:
    return (date.fromisoformat(timestamp[:10]) + timedelta(days=shift)).isoformat()


@law("GR-send-on-condition")
def every_sending_day_finds_its_newsletters(check: Check) -> None:
    """Within a day to both sides, as the ends of a range are for other clauses; with Time Travel a day more."""
    rows = some(check, messages(check, type="newsletter"), "newsletter")
    for day in sorted({_day(row["send_on"], shift) for row in rows.values() for shift in (-3, 0, 3)}):
        actual = set(messages(check, type="newsletter", send_on={"FROM": _day(day, -1), "TO": _day(day, 1)}))
        surely = {name for name, row in rows.items() if _day(row["send_on"]) == day}
        perhaps = {name for name, row in rows.items() if _day(day, -2) <= _day(row["send_on"]) <= _day(day, 2)}
        check.equal([], sorted(surely - actual), f"newsletters sent on {day} that are not found around it")
        check.equal([], sorted(actual - perhaps), f"newsletters sent days off {day} that are found around it")


@law("GR-send-on-condition")
def sending_ranges_find_what_is_sent_in_them(check: Check) -> None:
    """FROM and TO together; the ends, and a day around them for Time Travel, are for other clauses."""
    rows = some(check, messages(check, type="newsletter"), "newsletter")
    sent = {name: _day(row["send_on"]) for name, row in rows.items()}
    days = sorted(set(sent.values()))
    for first, last in [(days[0], days[-1]), *itertools.pairwise(days), *zip(days, days[2:], strict=False)]:
        actual = set(messages(check, type="newsletter", send_on={"FROM": first, "TO": last}))
        inside = {name for name, day in sent.items() if first < day < last}
        outside = {name for name, day in sent.items() if day < _day(first, -1) or _day(last, 1) < day}
        check.equal([], sorted(inside - actual), f"newsletters sent from {first} to {last} that are not found")
        check.equal([], sorted(outside & actual), f"newsletters sent before {first} or after {last} that are found")


@law("GR-from-whole-day")
def a_sending_day_is_in_what_begins_with_it(check: Check) -> None:
    """Every day that a newsletter is sent on."""
    _takes_its_day_in(check, "FROM")


@law("GR-at-whole-day")
def a_sending_day_is_in_what_is_of_it(check: Check) -> None:
    """Every day that a newsletter is sent on."""
    _takes_its_day_in(check, "AT")


@law("GR-to-whole-day")
def a_sending_day_is_in_what_ends_with_it(check: Check) -> None:
    """Every day that a newsletter is sent on."""
    _takes_its_day_in(check, "TO")


def _takes_its_day_in(check: Check, operator: str) -> None:
    for name, row in some(check, messages(check, type="newsletter"), "newsletter").items():
        condition = {operator: _day(row["send_on"])}
        check.true(_is_found(check, name, condition), f"the newsletter {name} is found under send_on {condition}")


@law("GR-send-on-newsletters-only")
def other_types_have_no_sending_date(check: Check) -> None:
    """A range that takes in everything finds every newsletter and nothing of any other type."""
    newsletters = messages(check, type="newsletter")
    everything = {"FROM": LONG_AGO}
    for condition in (everything, {"TO": "9999-12-31"}):
        check.equal(newsletters, messages(check, send_on=condition), f"messages with send_on {condition}")
        for kind in message_types(check):
            expected = newsletters if kind == "newsletter" else {}
            check.equal(
                expected,
                messages(check, type=kind, send_on=condition),
                f"messages of type {kind} with send_on {condition}",
            )


def _is_found(check: Check, name: str, condition: dict[str, str]) -> bool:
    """Whether a newsletter is found by its sending date. Raises Broken where the type, asked for, changes that."""
    with_type = name in messages(check, type="newsletter", send_on=condition)
    alone = name in messages(check, send_on=condition)
    check.equal(with_type, alone, f"whether {name} is found under send_on {condition} without its type")
    return with_type


def _sending_day(check: Check, name: str) -> str:
    row = messages(check, type="newsletter").get(name)
    if row is None:
        check.skip(f"the sample {name!r} is no newsletter of the account")
    return _day(row["send_on"])


@law("GR-time-travel-two-days")
def time_travel_takes_two_days(check: Check) -> None:
    """Looked for from two days before its sending date to two days after it."""
    name = check.sample("messages.time_travel")
    around = [_day(_sending_day(check, name), shift) for shift in (-2, -1, 0, 1, 2)]
    days = [day for day in around if _is_found(check, name, {"AT": day})]
    check.equal(2, len(days), f"the number of days under which {name} is found ({', '.join(days)})")
    check.equal(_day(days[0], 1), days[1], f"the second of the days under which {name} is found")


@law("GR-time-travel-window")
def time_travel_begins_at_the_sending_date(check: Check) -> None:
    """The day of its sending date and the next, and none around them."""
    name = check.sample("messages.time_travel")
    first = _sending_day(check, name)
    for shift, expected in ((-1, False), (0, True), (1, True), (2, False)):
        day = _day(first, shift)
        check.equal(expected, _is_found(check, name, {"AT": day}), f"whether {name} is found under {day}")


@law("GR-time-travel-range")
def one_day_has_to_meet_all_operators(check: Check) -> None:
    """Ranges that touch the first day, the second, both and neither."""
    name = check.sample("messages.time_travel")
    first = _sending_day(check, name)
    before, second, after = _day(first, -1), _day(first, 1), _day(first, 2)
    expectations = (
        ({"FROM": first}, True),
        ({"FROM": second}, True),
        ({"FROM": after}, False),
        ({"TO": first}, True),
        ({"TO": before}, False),
        ({"FROM": second, "TO": second}, True),
        ({"FROM": before, "TO": first}, True),
        ({"FROM": second, "TO": first}, False),
        ({"FROM": first, "AT": second}, True),
        ({"TO": first, "AT": second}, False),
    )
    for condition, expected in expectations:
        check.equal(expected, _is_found(check, name, condition), f"whether {name} is found under {condition}")


@law("GR-time-travel-window")
def time_travel_from_midnight_takes_one_day(check: Check) -> None:
    """Its 24 hours end with the day."""
    name = check.sample("messages.time_travel_from_midnight")
    first = _sending_day(check, name)
    for shift, expected in ((-1, False), (0, True), (1, False)):
        day = _day(first, shift)
        check.equal(expected, _is_found(check, name, {"AT": day}), f"whether {name} is found under {day}")
