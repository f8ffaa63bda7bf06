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
        ((read, look, read), [1, 2, 3]),
        ((lasting, lasting, write, lasting, read), [1, 1, 2, 2, 3]),
        ((look, look), [1, 2]),
    ],
)
def test_a_read_is_asked_again_once_something_else_was_asked(
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
