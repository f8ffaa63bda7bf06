"""Hypothesis inside a case: seeded, simplest first, and no trace on the disk."""

from __future__ import annotations

import importlib
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from mailproof_conformance.cache import settle_hypothesis
from mailproof_conformance.case import Case
from mailproof_conformance.check import Check
from mailproof_conformance.clock import Clock
from mailproof_conformance.runner import run_case
from mailproof_conformance.verdicts import Broken, Verdict
from mailproof_conformance.which50.trail import Trail

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mailproof_conformance.runner import Outcome
    from mailproof_conformance.session import Session


class Ticks:
    """A clock that moves only when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def session_of(bench: Callable[..., Any], things: Callable[..., Any]) -> Callable[..., Session]:
    """A session with a fresh miniature."""

    def make(**choices: Any) -> Session:
        made: Session = bench(things()).session(**choices)
        return made

    return make


@pytest.fixture
def check_of(bench: Callable[..., Any], things: Callable[..., Any]) -> Callable[..., Check]:
    def make(seed: int = 0, name: str = "case", **choices: Any) -> Check:
        return Check(bench(things()).session(seed=seed, **choices), name)

    return make


def case_of(run: Callable[[Check], None]) -> Case:
    return Case("case", "laws", (), "A promise.", "M1", "core", run)


def drawn(check: Check) -> list[int]:
    values: list[int] = []
    check.forall(st.integers(), values.append, examples=[7])
    return values


def test_the_same_seed_draws_the_same_values(check_of: Callable[..., Check]) -> None:
    first = drawn(check_of())
    assert 7 == first[0]
    assert first == drawn(check_of())
    assert first != drawn(check_of(seed=1))
    assert first != drawn(check_of(name="another"))


def test_the_simplest_breaking_value_is_told(check_of: Callable[..., Check]) -> None:
    check = check_of()
    with pytest.raises(Broken) as caught:
        check.forall(st.integers(), lambda value: check.true(value < 100, "the size", actual=value))
    assert 100 == caught.value.actual


def test_a_promise_that_breaks_once_is_broken_all_the_same(check_of: Callable[..., Check]) -> None:
    check = check_of()
    broken: list[int] = []

    def once(value: int) -> None:
        if value > 50 and not broken:
            broken.append(value)
            raise Broken("the value", "below", value)

    with pytest.raises(Broken) as caught:
        check.forall(st.integers(), once)
    assert "second time" in caught.value.__notes__[-1]


def test_a_machine_tells_its_steps(check_of: Callable[..., Check]) -> None:
    def factory(check: Check) -> type[RuleBasedStateMachine]:
        class Counter(RuleBasedStateMachine):
            def __init__(self) -> None:
                super().__init__()
                self.count = 0

            @rule()
            def step(self) -> None:
                self.count += 1
                check.true(self.count < 3, "the count", actual=self.count)

        return Counter

    with pytest.raises(Broken) as caught:
        check_of().machine(factory)
    assert 3 == caught.value.actual
    assert 3 == "\n".join(caught.value.__notes__).count("state.step()")


@pytest.mark.parametrize(("examples", "profile"), [(1, "quick"), (3, "deep"), (25, "standard")])
def test_the_number_of_values_may_be_chosen(check_of: Callable[..., Check], examples: int, profile: str) -> None:
    assert examples + 1 == len(drawn(check_of(examples=examples, profile=profile)))


def test_a_case_that_caps_its_values_caps_the_chosen_number_too(check_of: Callable[..., Check]) -> None:
    values: list[int] = []
    check_of(examples=50).forall(st.integers(), values.append, most=4)
    assert 4 == len(values)


@pytest.mark.parametrize(
    ("examples", "most", "expected"),
    [(None, None, 30), (4, None, 3), (80, None, 60), (1, None, 1), (80, 7, 7)],
)
def test_machines_scale_with_the_number_of_values(
    check_of: Callable[..., Check], examples: int | None, most: int | None, expected: int
) -> None:
    runs: list[object] = []

    def factory(check: Check) -> type[RuleBasedStateMachine]:
        class Idle(RuleBasedStateMachine):
            def __init__(self) -> None:
                super().__init__()
                runs.append(check)

            @rule(value=st.integers())
            def step(self, value: int) -> None:
                """Nothing that could break."""

        return Idle

    check_of(examples=examples).machine(factory, most=most)
    assert expected <= len(runs) <= expected * 1.1  # Hypothesis gives up a run in which it drew too much


def test_what_is_drawn_does_not_depend_on_what_is_loaded(
    check_of: Callable[..., Check], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def values() -> list[int]:
        check, seen = check_of(examples=300), list[int]()
        check.forall(st.integers(), seen.append)
        return seen

    before = values()
    name = f"constants_{tmp_path.name}".replace("-", "_")
    (tmp_path / f"{name}.py").write_text(f"NUMBERS = {list(range(700_001, 700_999))}\n", encoding="utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    importlib.import_module(name)
    assert before == values()
    monkeypatch.delitem(sys.modules, name)


def sizes_below(limit: int, slow: Callable[[], None] = lambda: None) -> Callable[[Check], None]:
    """A law that two things added one after the other are below a size."""

    def law(check: Check) -> None:
        check.call("get_thing")

        def added(size: int) -> None:
            slow()
            for name in ("first", "second"):
                check.call("add_thing", body={"name": name, "size": size})
            check.true(size < limit, "the size", actual=size)

        check.forall(st.integers(1, 10), added)

    return law


def steps(outcome: Outcome) -> list[tuple[str, bytes]]:
    return [(item.request.method, item.request.body) for item in outcome.exchanges]


def test_the_exchanges_of_a_failure_are_those_of_the_simplest_value_and_of_what_came_before(
    session_of: Callable[..., Session],
) -> None:
    outcome = run_case(session_of(), case_of(sizes_below(4)))
    bodies = [b'{"name": "first", "size": 4}', b'{"name": "second", "size": 4}']
    assert [("GET", b""), ("POST", bodies[0]), ("POST", bodies[1])] == [
        (method, json.dumps(json.loads(body)).encode() if body else b"") for method, body in steps(outcome)
    ]
    assert 4 == outcome.actual
    assert outcome.requests > len(outcome.exchanges)


def test_a_search_that_finds_nothing_leaves_its_last_value_to_be_told(session_of: Callable[..., Session]) -> None:
    def law(check: Check) -> None:
        sizes_below(11)(check)
        check.equal(1, 2, "one")

    outcome = run_case(session_of(), case_of(law))
    assert ["GET", "POST", "POST"] == [method for method, _ in steps(outcome)]


def test_a_promise_that_breaks_once_tells_the_exchanges_of_that_time(session_of: Callable[..., Session]) -> None:
    broken: list[int] = []

    def law(check: Check) -> None:
        def once(size: int) -> None:
            check.call("add_thing", body={"name": "thing", "size": size})
            if size > 5 and not broken:
                broken.append(size)
                raise Broken("the size", "small", size)

        check.forall(st.integers(1, 10), once)

    outcome = run_case(session_of(), case_of(law))
    assert [broken[0]] == [json.loads(body)["size"] for _, body in steps(outcome)]
    assert broken[0] == outcome.actual


def deep_search(check: Check) -> None:
    """A law whose break takes thousands of requests to be made as simple as can be."""
    numbers = st.lists(st.integers(0, 2**64), min_size=60, max_size=60)

    def far(values: list[int]) -> None:
        check.call("get_thing")
        check.true(sum(value > 1000 for value in values) < 20, "the many", actual=values)

    check.forall(numbers, far)


def test_the_search_for_a_simpler_value_is_bounded_in_requests(session_of: Callable[..., Session]) -> None:
    outcome = run_case(session_of(), case_of(deep_search))
    assert Verdict.FAIL is outcome.verdict
    assert 400 <= outcome.requests <= 440
    assert "ended early: it has had 400 requests" in outcome.remarks[-1]
    assert 1 == len(outcome.exchanges)


def test_the_search_for_a_simpler_value_is_bounded_in_time(session_of: Callable[..., Session]) -> None:
    ticks = Ticks()

    def slow() -> None:
        ticks.now += 9

    outcome = run_case(session_of(clock=Clock(seconds=ticks)), case_of(sizes_below(2, slow)))
    assert Verdict.FAIL is outcome.verdict
    assert "ended early: it has had 20 s" in outcome.remarks[-1]
    assert json.loads(steps(outcome)[-1][1])["size"] == outcome.actual


def test_a_failure_is_told_where_the_budget_of_requests_ends_the_search(session_of: Callable[..., Session]) -> None:
    outcome = run_case(session_of(budget=30), case_of(deep_search))
    assert (Verdict.FAIL, 30) == (outcome.verdict, outcome.requests)
    assert "ended early: the run's request budget is used up" in outcome.remarks[-1]


def test_a_property_that_the_time_cuts_short_is_not_a_pass(session_of: Callable[..., Session]) -> None:
    ticks = Ticks()

    def slow() -> None:
        ticks.now += 1

    session = session_of(clock=Clock(seconds=ticks), time_budget=3)
    outcome = run_case(session, case_of(sizes_below(11, slow)))
    assert (Verdict.DISABLED, "the time budget of 3 s is used up") == (outcome.verdict, outcome.reason)


def test_a_walk_that_breaks_off_is_told_though_others_follow(session_of: Callable[..., Session]) -> None:
    trail = Trail()

    def factory(check: Check) -> type[RuleBasedStateMachine]:
        class Walk(RuleBasedStateMachine):
            @initialize()
            @trail.step
            def begin(self) -> None:
                trail.begin()
                self.count = 0

            @rule()
            @trail.step
            def read(self) -> None:
                self.count += 1
                check.call("get_thing", headers={"X-Step": str(self.count)})
                check.true(self.count < 4, "the count", actual=self.count)

        return Walk

    def law(check: Check) -> None:
        check.machine(factory)
        trail.end()

    outcome = run_case(session_of(profile="quick"), case_of(law))
    assert (Verdict.FAIL, 4) == (outcome.verdict, outcome.actual)
    assert list("1234") == [item.request.header("X-Step") for item in outcome.exchanges]


def test_nothing_is_left_in_the_working_directory(
    check_of: Callable[..., Check], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle_hypothesis()
    monkeypatch.chdir(tmp_path)
    drawn(check_of())
    assert [] == list(tmp_path.iterdir())


def test_names_are_fresh_and_the_same_in_every_run(check_of: Callable[..., Check]) -> None:
    first, second = check_of(), check_of()
    names = [first.fresh("a-"), first.fresh("a-"), first.fresh("b-")]
    assert 3 == len(set(names))
    assert names == [second.fresh("a-"), second.fresh("a-"), second.fresh("b-")]
    assert names[0] != check_of(seed=1).fresh("a-")


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [(1, 1.0, True), (1, True, False), ([0], [False], False), ({"a": 1}, {"a": 1, "b": 2}, False), ("1", 1, False)],
)
def test_two_values_are_the_same_as_json_has_it(
    check_of: Callable[..., Check],
    left: object,
    right: object,
    expected: bool,
) -> None:
    check = check_of()
    if expected:
        check.equal(left, right, "the value")
    else:
        with pytest.raises(Broken):
            check.equal(left, right, "the value")
