"""Hypothesis as a case runs it: seeded, without a database, and as hard as the profile says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from hypothesis import HealthCheck, Phase, example, given, seed, settings
from hypothesis.stateful import get_state_machine_test

from mailproof_conformance.draws import from_the_seed_alone
from mailproof_conformance.search import Search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from hypothesis.stateful import RuleBasedStateMachine
    from hypothesis.strategies import SearchStrategy

    from mailproof_conformance.session import Session

_EXAMPLES: Mapping[str, int] = {"quick": 10, "standard": 40, "deep": 300}
_MACHINES: Mapping[str, int] = {"quick": 5, "standard": 30, "deep": 200}
_STEPS = 12


def run_property(  # noqa: PLR0913 - what is run, and how hard
    strategy: SearchStrategy[Any],
    function: Callable[[Any], object],
    *,
    examples: Iterable[Any],
    session: Session,
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
    count = session.examples or _EXAMPLES[session.profile]
    _run(session, case_seed, _settings(_capped(count, most))(test))


def run_machine(
    machine: type[RuleBasedStateMachine],
    *,
    session: Session,
    case_seed: int,
    most: int | None = None,
) -> None:
    """Runs a state machine, `most` times at the most; raises what the shortest breaking run of it raised."""
    count = _capped(_runs(session), most)
    _run(session, case_seed, get_state_machine_test(machine, settings=_settings(count)))


def _runs(session: Session) -> int:
    """How often a machine runs: as many times more or less than in its profile as a property draws values."""
    runs = _MACHINES[session.profile]
    return runs if session.examples is None else -(-runs * session.examples // _EXAMPLES[session.profile])


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


def _run(session: Session, case_seed: int, test: Callable[..., None]) -> None:
    """Runs a Hypothesis test.

    A server that keeps state may break a promise once and not again: that is a break too.
    """
    search = Search(session)
    handle: Any = cast("Any", test).hypothesis
    handle.inner_test = search.watched(handle.inner_test)
    with from_the_seed_alone(), search.running():
        seed(case_seed)(test)()
