"""What `quick` does not ask for again, and when it asks again all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mailproof_conformance.case import Case
from mailproof_conformance.check import Check
from mailproof_conformance.runner import run_cases

if TYPE_CHECKING:
    from collections.abc import Callable


def read(check: Check, recall: Any = "unchanged") -> Any:
    return check.call("get_thing", recall=recall).json()


def write(check: Check) -> None:
    check.call("add_thing", body={"name": check.fresh("Thing "), "size": 2})


def refused(check: Check) -> None:
    check.call("add_thing", body={"name": 5})


def look(check: Check) -> None:
    check.call("get_thing")


def asked(check: Check, session: Any, *steps: Callable[[Check], object]) -> list[int]:
    """How many requests had left after each step."""
    counts: list[int] = []
    for step in steps:
        step(check)
        counts.append(session.client.requests)
    return counts


def lasting(check: Check) -> None:
    read(check, "lasting")


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ((read, read, read), [1, 1, 1]),
        ((read, write, read), [1, 2, 3]),
        ((read, look, read), [1, 2, 2]),
        ((look, read), [1, 1]),
        ((read, refused, read), [1, 2, 3]),
        ((lasting, lasting, write, lasting, read), [1, 1, 2, 2, 3]),
        ((look, look), [1, 2]),
    ],
)
def test_a_read_is_asked_again_once_something_else_than_a_read_was_asked(
    bench: Any, things: Any, steps: tuple[Callable[[Check], object], ...], expected: list[int]
) -> None:
    session = bench(things(None)).session("quick")
    assert expected == asked(Check(session, "case"), session, *steps)


@pytest.mark.parametrize("profile", ["standard", "deep"])
def test_the_other_profiles_ask_each_time(bench: Any, things: Any, profile: str) -> None:
    session = bench(things(None)).session(profile)
    assert [1, 2, 3, 4] == asked(Check(session, "case"), session, read, read, lasting, lasting)


def test_a_case_that_only_recalls_passes_and_tells_what_it_was_told(bench: Any, things: Any) -> None:
    session = bench(things(None)).session("quick")

    def breaks(check: Check) -> None:
        check.equal("Omega", read(check)["name"], "the name")

    cases = [Case(name, "laws", ("get_thing",), "P.", "M1", "core", run) for name, run in (("a", read), ("b", breaks))]
    first, second = run_cases(session, [cases[0], cases[0]])
    assert ["pass", "pass"] == [first.verdict.value, second.verdict.value]
    assert [1, 0] == [first.requests, second.requests]
    _, broken = run_cases(session, cases)
    assert "fail" == broken.verdict.value
    came = broken.exchanges[0].response
    assert came is not None
    assert 200 == came.status


def test_another_run_of_the_same_session_asks_again(bench: Any, things: Any) -> None:
    session = bench(things(None)).session("quick")
    case = Case("a", "laws", ("get_thing",), "P.", "M1", "core", lasting)
    for _ in range(2):
        (outcome,) = run_cases(session, [case])
        assert 1 == outcome.requests


def case(run: Callable[[Check], None]) -> Case:
    return Case(run.__name__, "laws", ("get_thing",), "P.", "M1", "core", run)


def agrees(check: Check) -> None:
    check.equal(read(check), read(check, "never"), "the thing a second time")


def skips(check: Check) -> None:
    if read(check)["name"] != "Beta":
        check.skip("the thing has another name")


def writes(check: Check) -> None:
    name = read(check)["name"]
    write(check)
    check.equal(name, read(check)["name"], "the name after a write of another thing")


@pytest.mark.parametrize(("run", "requests"), [(agrees, 3), (skips, 1), (writes, 4)])
def test_a_case_that_fails_or_is_skipped_on_an_answer_from_before_is_run_again_on_fresh_ones(
    bench: Any, things: Any, run: Callable[[Check], None], requests: int
) -> None:
    served = things(None)

    def changes(check: Check) -> None:
        read(check)
        served.things["alpha"]["name"] = "Beta"

    before, after = run_cases(bench(served).session("quick"), [case(changes), case(run)])
    assert ["pass", "pass"] == [before.verdict.value, after.verdict.value]
    assert [1, requests] == [before.requests, after.requests]


def test_before_a_case_writes_it_asks_again_for_what_it_has_from_another(bench: Any, things: Any) -> None:
    first, second = run_cases(bench(things(None)).session("quick"), [case(look), case(writes)])
    assert ["pass", "pass"] == [first.verdict.value, second.verdict.value]
    assert [1, 3] == [first.requests, second.requests]


@pytest.mark.parametrize("profile", ["quick", "standard"])
def test_each_value_has_its_turn(bench: Any, things: Any, profile: str) -> None:
    check = Check(bench(things(None)).session(profile), "case")
    values = list(range(10))
    taken = [check.some(values, 3, turn) for turn in range(4)]
    assert values == sorted({value for some in taken for value in some})
    assert (3 if profile == "quick" else 10) == max(map(len, taken))
