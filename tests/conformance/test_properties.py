"""Hypothesis inside a case: seeded, simplest first, and no trace on the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from mailproof_conformance.cache import settle_hypothesis
from mailproof_conformance.check import Check
from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def check_of(bench: Callable[..., Any], things: Callable[..., Any]) -> Callable[..., Check]:
    def make(seed: int = 0, name: str = "case") -> Check:
        return Check(bench(things()).session(seed=seed), name)

    return make


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
