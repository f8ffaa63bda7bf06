"""Hypothesis as a case runs it: seeded, without a database, and as hard as the profile says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from hypothesis import HealthCheck, Phase, example, given, seed, settings
from hypothesis.errors import Flaky, FlakyFailure
from hypothesis.stateful import get_state_machine_test

from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from hypothesis.stateful import RuleBasedStateMachine
    from hypothesis.strategies import SearchStrategy

_EXAMPLES: Mapping[str, int] = {"quick": 10, "standard": 40, "deep": 300}
_MACHINES: Mapping[str, int] = {"quick": 5, "standard": 30, "deep": 200}
_STEPS = 12


def run_property(  # noqa: PLR0913 - what is run, and how hard
    strategy: SearchStrategy[Any],
    function: Callable[[Any], object],
    *,
    examples: Iterable[Any],
    profile: str,
    case_seed: int,
    most: int | None = None,
) -> None:
    """Runs a function on every example and on what the strategy draws, `most` values at most.

    Raises what the simplest breaking value raised.
    """

    def holds(value: Any) -> None:
        function(value)

    test: Callable[..., None] = given(value=strategy)(holds)
    for value in examples:
        test = example(value=value)(test)
    _run(seed(case_seed)(_settings(_capped(_EXAMPLES[profile], most))(test)))


def run_machine(
    machine: type[RuleBasedStateMachine],
    *,
    profile: str,
    case_seed: int,
    most: int | None = None,
    least: int = 1,
) -> None:
    """Runs a state machine, between `least` and `most` times; raises what the shortest breaking run of it raised."""
    count = max(_capped(_MACHINES[profile], most), least)
    test: Callable[..., None] = get_state_machine_test(machine, settings=_settings(count))
    _run(seed(case_seed)(test))


def _capped(count: int, most: int | None) -> int:
    return count if most is None else min(count, most)


def _settings(count: int) -> settings:
    return settings(
        max_examples=count,
        stateful_step_count=_STEPS,
        deadline=None,
        database=None,
        derandomize=False,
        print_blob=False,
        report_multiple_bugs=False,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=cast("list[HealthCheck]", list(HealthCheck)),
    )


def _run(test: Callable[..., None]) -> None:
    """Runs a Hypothesis test.

    A server that keeps state may break a promise once and not again: that is a break too.
    """
    try:
        test()
    except Flaky as flaky:
        for error in _behind(flaky):
            if isinstance(error, Broken):
                error.add_note("The same input did not break it a second time: it depends on what happened before.")
                raise error from None
        raise


def _behind(flaky: Flaky) -> Iterator[BaseException]:
    """The failures that Hypothesis could not repeat: those it gathered, or the one it was about to note."""
    if isinstance(flaky, FlakyFailure):
        yield from flaky.exceptions
    error = flaky.__context__
    while error is not None:
        yield error
        error = error.__context__
