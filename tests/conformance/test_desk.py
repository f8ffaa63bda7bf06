"""Bodies in XML, forms and files: nothing is red when no promise is broken, and each kind of case when its own is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mailproof_conformance.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mailproof_conformance.runner import Outcome

FAULTS = {
    "xml-loses-black": {"agreement"},
    "takes-any-xml": {"corpus", "agreement", "bad-input"},
    "expands-entities": {"corpus", "bad-input"},
    "takes-any-form": {"corpus"},
    "talks": {"agreement", "corpus", "authentication", "media-types", "bad-input", "text"},
    "knows-everybody": {"not-found"},
    "one-json-only": {"media-types"},
}

_UNBROKEN = frozenset({Verdict.PASS, Verdict.SKIP})
"""The desk has one account: what another one may see is skipped."""


def broken(outcomes: Sequence[Outcome]) -> dict[str, str]:
    return {
        o.case.id: f"{o.verdict} {o.reason} {o.actual}"
        for o in outcomes
        if o.verdict not in {Verdict.PASS, Verdict.SKIP}
    }


def test_an_unbroken_desk_passes_everything(bench: Callable[..., Any], desk: Callable[..., Any]) -> None:
    outcomes = bench(desk()).run()
    assert broken(outcomes) == {}
    assert len(outcomes) > 300


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_turns_its_kinds_red_and_no_other(
    bench: Callable[..., Any], desk: Callable[..., Any], fault: str
) -> None:
    outcomes = bench(desk(fault)).run()
    assert FAULTS[fault] == {
        outcome.case.kind for outcome in outcomes if outcome.verdict not in {Verdict.PASS, Verdict.SKIP}
    }
