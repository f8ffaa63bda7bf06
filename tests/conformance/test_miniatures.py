"""Every kind of case goes red when its promise is broken, and nothing is red when none is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mailproof_conformance.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mailproof_conformance.runner import Outcome

FAULTS = {
    "any-password": {"authentication", "not-found"},
    "no-allow": {"verbs"},
    "no-options": {"verbs"},
    "accepts-anything": {"media-types"},
    "unknown-path-found": {"not-found"},
    "unknown-thing-found": {"authentication", "not-found", "bad-input"},
    "crash-on-ff": {"bad-input"},
    "crash-on-astral": {"text"},
    "types-differ": {"agreement"},
    "takes-anything": {"bad-input", "corpus"},
    "refuses-the-largest": {"corpus"},
    "forgets": {"agreement", "laws"},
    "names-in-capitals": {"laws"},
}
EVERYWHERE = ("wrong-type", "no-header")

CALL_FAULTS = {
    "any-key": {"authentication"},
    "takes-anything": {"corpus"},
    "wrong-type": {"corpus", "text"},
    "other-error": {"corpus"},
    "other-id": {"corpus", "text"},
}


def broken(outcomes: Sequence[Outcome]) -> dict[str, str]:
    return {o.case.id: f"{o.verdict} {o.reason} {o.actual}" for o in outcomes if o.verdict is not Verdict.PASS}


def kinds(outcomes: Sequence[Outcome]) -> set[str]:
    return {outcome.case.kind for outcome in outcomes if outcome.verdict is not Verdict.PASS}


def test_an_unbroken_rest_api_passes_everything(bench: Callable[..., Any], things: Callable[..., Any]) -> None:
    outcomes = bench(things()).run()
    assert broken(outcomes) == {}
    assert len(outcomes) > 100


def test_an_unbroken_rpc_api_passes_everything(bench: Callable[..., Any], calls: Callable[..., Any]) -> None:
    outcomes = bench(calls()).run()
    assert broken(outcomes) == {}
    assert len(outcomes) > 60


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_turns_its_kinds_red_and_no_other(
    bench: Callable[..., Any], things: Callable[..., Any], fault: str
) -> None:
    assert kinds(bench(things(fault)).run()) == FAULTS[fault]


@pytest.mark.parametrize("fault", EVERYWHERE)
def test_an_answer_that_breaks_its_description_is_found_by_every_kind_that_reads_it(
    bench: Callable[..., Any], things: Callable[..., Any], fault: str
) -> None:
    assert {"corpus", "media-types", "bad-input"} <= kinds(bench(things(fault)).run())


@pytest.mark.parametrize("fault", CALL_FAULTS)
def test_a_fault_of_a_method_turns_its_kinds_red(
    bench: Callable[..., Any], calls: Callable[..., Any], fault: str
) -> None:
    assert CALL_FAULTS[fault] <= kinds(bench(calls(fault)).run())


def test_random_requests_find_what_no_list_has(bench: Callable[..., Any], things: Callable[..., Any]) -> None:
    [outcome] = bench(things("crash-on-large")).run("fuzz/add_thing", profile="deep")
    assert outcome.verdict is Verdict.FAIL
    assert outcome.reason.startswith("server-error")
    assert kinds(bench(things()).run("fuzz/*", profile="deep")) == set()


def test_random_calls_keep_the_contract(bench: Callable[..., Any], calls: Callable[..., Any]) -> None:
    assert broken(bench(calls()).run("fuzz/*", profile="deep")) == {}
    assert kinds(bench(calls("wrong-type")).run("fuzz/get_things", profile="deep")) == {"fuzz"}
