"""The registry of laws and the plan that is made of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mailproof import contract, providers
from mailproof_conformance.case import KINDS
from mailproof_conformance.laws import Law, law, laws_of
from mailproof_conformance.plan import plan
from mailproof_conformance.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailproof_conformance.check import Check

MINIATURE = Path(__file__).parent / "miniature/openapi.yaml"


@pytest.mark.parametrize("provider", providers())
def test_every_folder_of_a_provider_is_found(provider: str) -> None:
    laws = laws_of(provider)
    assert laws
    assert len(laws) == len({entry.id for entry in laws})
    assert {f"mailproof_conformance.{provider}"} == {entry.module.rpartition(".")[0] for entry in laws}


def test_a_provider_without_a_folder_has_no_laws() -> None:
    assert () == laws_of("nobody")


@pytest.mark.parametrize("name", ["client", "lint", "my.api", "no such thing", ""])
def test_a_contract_of_ones_own_may_be_called_as_a_module_of_the_suite(name: str) -> None:
    assert () == laws_of(name)


def test_two_cases_of_one_clause_need_two_names() -> None:
    @law("X-one")
    def same(check: Check) -> None:
        del check

    assert "same" == same.__name__
    with pytest.raises(ValueError, match="two cases are called X-one/same"):

        @law("X-one")
        def same(check: Check) -> None:
            del check


@pytest.mark.parametrize("profile", ["quick", "standard", "deep"])
def test_ids_are_unique_and_kinds_come_in_order(profile: Any) -> None:
    cases = plan(contract(MINIATURE), profile, laws=())
    assert len(cases) == len({case.id for case in cases})
    kinds = [case.kind for case in cases]
    assert sorted(kinds, key=KINDS.index) == kinds


def test_each_profile_holds_the_lighter_one() -> None:
    own = contract(MINIATURE)
    quick, standard, deep = (
        {case.id for case in plan(own, profile, laws=())} for profile in ("quick", "standard", "deep")
    )
    assert quick < standard < deep
    assert not any("/negative-" in case for case in quick)


def test_only_keeps_what_fits_one_of_its_globs() -> None:
    cases = plan(contract(MINIATURE), "standard", ("verbs/*", "*/add_thing/none"), ())
    assert {"verbs", "authentication"} == {case.kind for case in cases}


def test_a_law_without_a_clause_is_an_error_when_run(bench: Callable[..., Any], things: Callable[..., Any]) -> None:
    made = bench(things())
    made.laws = (Law("MIN-unheard-of", "nothing", _nothing, "somewhere"),)
    [outcome] = made.run("MIN-*")
    assert Verdict.ERROR is outcome.verdict


def _nothing(check: Check) -> None:
    del check
