"""What becomes of a case that ends one way or another."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from hypothesis import strategies as st

from mailproof_conformance.case import Case
from mailproof_conformance.clock import Clock
from mailproof_conformance.known_failures import KnownFailure, KnownFailures
from mailproof_conformance.runner import run_case, run_cases
from mailproof_conformance.verdicts import Broken, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailproof.promises import Level
    from mailproof_conformance.check import Check
    from mailproof_conformance.runner import Outcome


def case_of(run: Callable[[Check], None], level: Level = "core", name: str = "case") -> Case:
    return Case(name, "laws", ("get_thing",), "A promise.", "M1", level, run)


class OutcomeOf(Protocol):
    """Runs one function as a case against a miniature."""

    def __call__(
        self,
        function: Callable[[Check], object],
        level: Level = "core",
        fault: str | None = None,
        *,
        strict: bool = False,
        timeout: float = 10.0,
    ) -> Outcome: ...


@pytest.fixture
def outcome_of(bench: Callable[..., Any], things: Callable[..., Any]) -> OutcomeOf:
    def run(
        function: Callable[[Check], object],
        level: Level = "core",
        fault: str | None = None,
        *,
        strict: bool = False,
        timeout: float = 10.0,
    ) -> Outcome:
        def body(check: Check) -> None:
            function(check)

        return run_case(bench(things(fault)).session(timeout=timeout), case_of(body, level), strict=strict)

    return run


def asks_and(function: Callable[[Check], object]) -> Callable[[Check], None]:
    def run(check: Check) -> None:
        check.call("get_thing")
        function(check)

    return run


def test_a_case_that_ends_well_is_a_pass(outcome_of: OutcomeOf) -> None:
    assert Verdict.PASS is outcome_of(asks_and(lambda check: check.equal(1, 1, "one"))).verdict


@pytest.mark.parametrize(
    ("case_level", "broken_level", "note"),
    [("assumed", None, True), ("core", None, False), ("assumed", "core", False), ("core", "assumed", True)],
)
def test_what_is_broken_counts_at_its_own_level(
    outcome_of: OutcomeOf, case_level: Level, broken_level: Level | None, *, note: bool
) -> None:
    def breaks(check: Check) -> None:
        check.call("get_thing")
        raise Broken("it is refused", level=broken_level)

    outcome = outcome_of(breaks, case_level)
    assert (Verdict.FAIL, broken_level or case_level, note) == (outcome.verdict, outcome.level, outcome.note)


def test_whatever_a_case_is_about_its_answers_keep_the_contract(outcome_of: OutcomeOf) -> None:
    outcome = outcome_of(asks_and(lambda check: check.true(condition=True, about="nothing")), fault="wrong-type")
    assert (Verdict.FAIL, "core") == (outcome.verdict, outcome.level)
    assert outcome.reason.startswith("schema: the body of a 200")


def test_a_broken_expectation_is_a_fail_with_both_sides(outcome_of: OutcomeOf) -> None:
    outcome = outcome_of(asks_and(lambda check: check.equal([1], [True], "the list")))
    assert (Verdict.FAIL, "the list", [1], [True]) == (
        outcome.verdict,
        outcome.reason,
        outcome.expected,
        outcome.actual,
    )
    assert 1 == len(outcome.exchanges)


def test_what_the_target_does_not_offer_is_a_skip(outcome_of: OutcomeOf) -> None:
    outcome = outcome_of(lambda check: check.sample("things.unheard_of"))
    assert (Verdict.SKIP, "the target offers no sample 'things.unheard_of'") == (outcome.verdict, outcome.reason)
    assert Verdict.SKIP is outcome_of(lambda check: check.call("get_thing", credentials="nobody")).verdict


def test_a_skip_inside_a_property_is_a_skip(outcome_of: OutcomeOf) -> None:
    outcome = outcome_of(lambda check: check.forall(st.integers(), lambda _: check.skip("not here")))
    assert (Verdict.SKIP, "not here") == (outcome.verdict, outcome.reason)


def test_a_case_that_asks_nothing_is_an_error(outcome_of: OutcomeOf) -> None:
    assert Verdict.ERROR is outcome_of(lambda check: check.equal(1, 1, "one")).verdict


def test_a_stumble_over_a_good_answer_is_our_error(outcome_of: OutcomeOf) -> None:
    outcome = outcome_of(lambda check: check.call("get_thing").json()["colour"])
    assert Verdict.ERROR is outcome.verdict
    assert "KeyError: 'colour'" == outcome.reason


def test_a_stumble_over_an_answer_that_breaks_its_schema_is_a_fail(outcome_of: OutcomeOf) -> None:
    outcome = outcome_of(lambda check: check.call("get_thing").json()["size"] + 1, fault="wrong-type")
    assert Verdict.FAIL is outcome.verdict
    assert outcome.reason.startswith("schema: ")


def test_a_broken_assumption_is_a_note_unless_strict(outcome_of: OutcomeOf) -> None:
    broken = asks_and(lambda check: check.equal(1, 2, "one"))
    noted = outcome_of(broken, level="assumed")
    assert (Verdict.FAIL, True, False) == (noted.verdict, noted.note, noted.counts)
    strict = outcome_of(broken, level="assumed", strict=True)
    assert (Verdict.FAIL, False, True) == (strict.verdict, strict.note, strict.counts)


def test_a_failing_server_is_never_an_assumption(outcome_of: OutcomeOf) -> None:
    def astral(check: Check) -> None:
        check.conforms("get_thing", check.call("get_thing", path={"thingId": "\U0001f600"}))

    outcome = outcome_of(astral, level="assumed", fault="crash-on-astral")
    assert (Verdict.FAIL, False) == (outcome.verdict, outcome.note)


def test_a_hang_is_a_fail(outcome_of: OutcomeOf) -> None:
    outcome = outcome_of(lambda check: check.call("get_thing"), level="assumed", fault="hang", timeout=0.2)
    assert (Verdict.FAIL, False, "the server answers") == (outcome.verdict, outcome.note, outcome.reason)


def test_after_the_server_has_gone_the_rest_is_skipped(bench: Callable[..., Any], things: Callable[..., Any]) -> None:
    made = bench(things())
    gone = replace(made, target=replace(made.target, base_url=f"http://127.0.0.1:{closed_port()}/mini"))

    def reads(check: Check) -> None:
        check.call("get_thing")

    outcomes = run_cases(gone.session(), [case_of(reads, name="one"), case_of(reads, name="two")])
    assert [Verdict.FAIL, Verdict.SKIP] == [outcome.verdict for outcome in outcomes]
    assert "the server no longer answers" == outcomes[1].reason


def test_a_server_that_falls_silent_is_given_up_after_three_cases(
    bench: Callable[..., Any], things: Callable[..., Any]
) -> None:
    def reads(check: Check) -> None:
        check.call("get_thing")

    session = bench(things("hang")).session(timeout=0.1)
    outcomes = run_cases(session, [case_of(reads, name=str(number)) for number in range(5)])
    assert ["fail", "fail", "fail", "skip", "skip"] == [outcome.verdict for outcome in outcomes]


def closed_port() -> int:
    """A port that was free a moment ago and on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def reads(check: Check) -> None:
    check.call("get_thing")


class Ticking:
    """A clock on which each case takes a second."""

    def __init__(self) -> None:
        self.now = 0.0

    def case(self, name: str) -> Case:
        def run(check: Check) -> None:
            reads(check)
            self.now += 1

        return case_of(run, name=name)


def test_the_cases_after_the_time_budget_are_disabled(bench: Callable[..., Any], things: Callable[..., Any]) -> None:
    ticking = Ticking()
    session = bench(things()).session(time_budget=2, clock=Clock(seconds=lambda: ticking.now))
    heard: list[str] = []
    cases = [ticking.case(name) for name in "abcde"]
    outcomes = run_cases(session, cases, on_outcome=lambda outcome: heard.append(outcome.case.id))
    assert ["pass", "pass", "disabled", "disabled", "disabled"] == [outcome.verdict for outcome in outcomes]
    assert {"the time budget of 2 s is used up"} == {outcome.reason for outcome in outcomes[2:]}
    assert "the time budget of 2 s is used up" == session.unfinished
    assert list("abcde") == heard


def test_a_run_that_ends_within_its_time_is_finished(bench: Callable[..., Any], things: Callable[..., Any]) -> None:
    ticking = Ticking()
    session = bench(things()).session(time_budget=5, clock=Clock(seconds=lambda: ticking.now))
    run_cases(session, [ticking.case(name) for name in "abcde"])
    assert session.unfinished is None


@pytest.mark.parametrize("where", ["case", "listener"])
def test_an_interrupt_ends_the_run_and_the_rest_is_disabled(
    bench: Callable[..., Any], things: Callable[..., Any], where: str
) -> None:
    def interrupted(check: Check) -> None:
        reads(check)
        raise KeyboardInterrupt

    def listen(outcome: Outcome) -> None:
        if where == "listener" and outcome.case.id == "one":
            raise KeyboardInterrupt

    session = bench(things()).session()
    middle = interrupted if where == "case" else reads
    cases = [case_of(reads, name="one"), case_of(middle, name="two"), case_of(reads, name="three")]
    outcomes = run_cases(session, cases, on_outcome=listen)
    assert ["pass", "disabled", "disabled"] == [outcome.verdict for outcome in outcomes]
    assert "the run was interrupted" == outcomes[1].reason == session.unfinished


def test_a_failure_that_was_found_before_an_interrupt_is_told(
    bench: Callable[..., Any], things: Callable[..., Any]
) -> None:
    broken: list[int] = []

    def law(check: Check) -> None:
        def holds(value: int) -> None:
            reads(check)
            if len(broken) == 2:
                raise KeyboardInterrupt
            if value > 50:
                broken.append(value)
                raise Broken("the value", "small", value)

        check.forall(st.integers(0, 100_000), holds)

    session = bench(things()).session()
    outcomes = run_cases(session, [case_of(law, name="one"), case_of(reads, name="two")])
    assert ["fail", "disabled"] == [outcome.verdict for outcome in outcomes]
    assert broken[-1] == outcomes[0].actual
    assert "the run was interrupted" == session.unfinished


def test_of_very_many_exchanges_the_first_and_the_last_are_told(outcome_of: OutcomeOf) -> None:
    def many(check: Check) -> None:
        for number in range(100):
            check.call("get_thing", headers={"X-Number": str(number)})
        check.equal(1, 2, "one")

    outcome = outcome_of(many)
    numbers = [item.request.header("X-Number") for item in outcome.exchanges]
    assert [str(number) for number in (*range(20), *range(40, 100))] == numbers
    assert ("20 exchanges between the first 20 and the last 60 are left out.",) == outcome.remarks


def test_where_our_own_error_arose_is_told_without_folders(outcome_of: OutcomeOf) -> None:
    outcome = outcome_of(lambda check: check.call("get_thing").json()["colour"])
    assert outcome.remarks
    assert "/" not in "".join(remark.partition(":")[0] for remark in outcome.remarks)


def test_known_failures_do_not_count_and_neither_do_known_errors(
    bench: Callable[..., Any], things: Callable[..., Any]
) -> None:
    known = KnownFailures(None, (KnownFailure("fails", "ticket 1"), KnownFailure("err*", "ticket 2")))
    session = bench(things()).session(known_failures=known)
    cases = [
        case_of(asks_and(lambda check: check.equal(1, 2, "one")), name="fails"),
        case_of(asks_and(lambda check: check.equal(1, 2, "one")), name="fails too"),
        case_of(asks_and(lambda _: 1 / 0), name="errs"),
        case_of(reads, name="err no more"),
    ]
    outcomes = run_cases(session, cases)
    assert ["ticket 1", "", "ticket 2", ""] == [outcome.known for outcome in outcomes]
    assert [False, True, False, False] == [outcome.counts for outcome in outcomes]


def test_what_is_told_ends_with_the_answer_that_is_broken(outcome_of: OutcomeOf) -> None:
    def asks_on(check: Check) -> None:
        check.call("get_thing")
        check.send("GET", "/nowhere")

    outcome = outcome_of(asks_on, fault="wrong-type")
    assert (Verdict.FAIL, "schema") == (outcome.verdict, outcome.reason.partition(":")[0])
    assert ["/mini/things/alpha"] == [exchange.request.target for exchange in outcome.exchanges]


def test_an_answer_to_a_value_that_is_not_told_is_told_alone(outcome_of: OutcomeOf) -> None:
    def searches(check: Check) -> None:
        check.call("get_thing")
        check.anew()
        check.send("GET", "/nowhere")

    outcome = outcome_of(searches, fault="wrong-type")
    assert ["/mini/things/alpha"] == [exchange.request.target for exchange in outcome.exchanges]


def breaks_and_tidies(check: Check) -> None:
    try:
        check.call("get_thing")
        check.equal(1, 2, "a number")
    finally:
        with check.tidying():
            check.send("GET", "/tidied")


def test_what_tidies_up_after_a_break_is_not_told(outcome_of: OutcomeOf) -> None:
    outcome = outcome_of(breaks_and_tidies)
    assert (Verdict.FAIL, "a number", 2) == (outcome.verdict, outcome.reason, outcome.requests)
    assert ["/mini/things/alpha"] == [exchange.request.target for exchange in outcome.exchanges]


def test_what_tidies_up_after_a_value_of_a_search_is_not_told(outcome_of: OutcomeOf) -> None:
    outcome = outcome_of(lambda check: check.forall(st.just(1), lambda _: breaks_and_tidies(check)))
    assert "a number" == outcome.reason
    assert ["/mini/things/alpha"] == [exchange.request.target for exchange in outcome.exchanges]
