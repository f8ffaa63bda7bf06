"""A soak that finds what grows and what is answered 5xx, and has nothing to say of a mock that is well."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

import soak
from mock_group import MockError
from soak import MEASURES, Soaked, faults, quarters, run, table

if TYPE_CHECKING:
    from collections.abc import Callable

_FLAT = (90_000_000.0, 20.0, 4_000_000.0, 1_000_000.0)


def soaked(change: Callable[[int, list[float]], None], *, seconds: float = 600.0) -> Soaked:
    """A run of a hundred samples, each as `change` leaves it."""
    found = Soaked(seconds=seconds, answers=Counter({200: 90, 400: 10}))
    for number in range(100):
        row = list(_FLAT)
        change(number, row)
        found.samples.append(tuple(row))
    return found


def test_a_mock_is_well_after_some_seconds_of_load_and_bad_input() -> None:
    found, wrong = run(3, 7)
    assert [] == wrong
    assert found.answers[200] > 50
    assert found.bad > 0
    assert {200, 400} <= set(found.answers)
    assert all(memory > 20_000_000 and descriptors > 5 and file > 0 for memory, descriptors, file, _ in found.samples)


def test_a_mock_that_does_not_start_is_one_line() -> None:
    with pytest.raises(MockError, match=r"^the mock does not start: .*whatcount'"):
        run(1, 7, ["whatcount"])


def test_what_stays_as_it_is_is_no_fault() -> None:
    assert [] == faults(soaked(lambda _number, _row: None))


@pytest.mark.parametrize(("place", "words"), [(0, "memory"), (1, "file desc"), (2, "data file"), (3, "journal")])
def test_what_grows_to_the_end_is_told(place: int, words: str) -> None:
    def grows(number: int, row: list[float]) -> None:
        row[place] += row[place] * number / 20 * (6 if place == 3 else 1)

    (told,) = faults(soaked(grows))
    assert told.startswith(words)
    assert "grew from" in told


@pytest.mark.parametrize("place", range(4))
def test_what_grows_at_first_or_for_a_moment_is_no_fault(place: int) -> None:
    def settles(number: int, row: list[float]) -> None:
        row[place] *= min(number, 25) / 25 if number != 90 else 5

    assert [] == faults(soaked(settles))


def test_growth_is_judged_by_share_and_by_size() -> None:
    memory = MEASURES[0]
    assert not memory.grown([0, 100e6, 0, 104e6])  # 4 %
    assert memory.grown([0, 100e6, 0, 106e6])
    assert not memory.grown([0, 10e6, 0, 12e6])  # 20 %, and no 3 MB


def test_a_short_run_says_nothing_of_growth() -> None:
    def grows(number: int, row: list[float]) -> None:
        row[0] += 1e6 * number

    assert [] == faults(soaked(grows, seconds=59))
    assert [] != faults(soaked(grows, seconds=60))


def test_an_error_of_the_server_is_told_with_its_request() -> None:
    found = soaked(lambda _number, _row: None, seconds=1)
    found.note(b"GET /which50/contacts/1 HTTP/1.1\r\n\r\n", 500)
    found.note(b"GET /which50/contacts/2 HTTP/1.1\r\n\r\n", 200)
    assert ["1 requests went wrong, first: 500 to GET /which50/contacts/1 HTTP/1.1"] == faults(found)


def test_quarters_are_medians_of_all_samples() -> None:
    assert [2, 5, 8, 10] == quarters([(float(number),) for number in range(1, 11)], 0)
    assert [3, 3, 3, 3] == quarters([(3.0,)], 0)


def test_the_table_has_a_line_for_each_measure() -> None:
    lines = table(soaked(lambda _number, _row: None, seconds=10)).splitlines()
    assert "100 answers in 10 s (10 a second); 200: 90, 400: 10" == lines[0]
    assert [measure.name for measure in MEASURES] == [line[:20].strip() for line in lines[3:]]
    assert ["90.0"] * 5 == lines[3].split()[-5:]


@pytest.mark.parametrize("minutes", ["0", "-1", "nan", "inf", "many"])
def test_a_mistake_on_the_command_line_is_told(
    minutes: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["soak", f"--minutes={minutes}"])
    with pytest.raises(SystemExit) as ended:
        soak.main()
    assert 2 == ended.value.code
    assert "--minutes" in capsys.readouterr().err
