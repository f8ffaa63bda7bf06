"""Time operators as a function of days."""

from __future__ import annotations

import pytest

from mailproof_mock.getresponse.time_conditions import day_of, days_of_travel, time_test


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"FROM": "2010-01-01"}, True),
        ({"FROM": "2010-01-02"}, False),
        ({"TO": "2010-01-01"}, True),
        ({"TO": "2009-12-31"}, False),
        ({"AT": "2010-01-01"}, True),
        ({"AT": "2010-01-02"}, False),
        ({"FROM": "2010-01-01", "TO": "2010-01-01"}, True),
        ({"FROM": "2010-01-02", "TO": "2009-12-31"}, False),
        ({"FROM": "2009-01-01", "TO": "2011-01-01", "AT": "2010-01-02"}, False),
    ],
)
@pytest.mark.parametrize("time", ["00:00:00", "12:00:00", "23:59:59"])
def test_a_moment_counts_by_its_day(condition: dict[str, str], time: str, *, expected: bool) -> None:
    assert expected == time_test(condition)(day_of(f"2010-01-01 {time}"))


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2012-03-31 18:00:00", ("2012-03-31", "2012-04-01")),
        ("2012-02-28 00:00:01", ("2012-02-28", "2012-02-29")),
        ("2010-12-31 23:59:59", ("2010-12-31", "2011-01-01")),
        ("2012-05-01 00:00:00", ("2012-05-01",)),
    ],
)
def test_time_travel_touches_the_days_of_its_24_hours(moment: str, expected: tuple[str, ...]) -> None:
    assert expected == days_of_travel(moment)


def test_one_day_has_to_meet_all_operators() -> None:
    days = ("2012-03-31", "2012-04-01")

    assert time_test({"FROM": "2012-04-01", "TO": "2012-04-01"})(days)
    assert not time_test({"FROM": "2012-04-01", "TO": "2012-03-31"})(days)


def test_what_has_no_day_meets_no_condition() -> None:
    assert not time_test({"FROM": "0001-01-01"})(())
    assert time_test(None)(())
