"""What `quick` tries with some operations only: nothing is left out with all of them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from mailproof import contract, providers
from mailproof_conformance import corpus
from mailproof_conformance.plan import plan
from mailproof_conformance.quick_shares import in_share

if TYPE_CHECKING:
    from mailproof_conformance.case import Case

SHARED = ("authentication", "media-types", "agreement")
NOT_QUICK = "/near-"


def cases_of(provider: str, profile: str, kinds: tuple[str, ...] = SHARED) -> list[Case]:
    made = plan(contract(provider), profile, laws=())  # type: ignore[arg-type]
    return [case for case in made if case.kind in kinds and NOT_QUICK not in case.id]


def by_agreement(case: Case, quick: set[str]) -> bool:
    """Whether what a case asks for is asked for and looked at by a case of agreement."""
    return case.id.replace("media-types/", "agreement/").replace("/accept ", "/") in quick


@pytest.mark.parametrize("provider", providers())
def test_what_is_tried_with_each_operation_is_tried_with_some_in_quick(provider: str) -> None:
    quick = {case.id for case in cases_of(provider, "quick")}
    tried: dict[str, list[bool]] = defaultdict(list)
    for case in cases_of(provider, "standard"):
        thing = case.id.replace(f"/{case.operations[0]}/", "/*/", 1) if len(case.operations) == 1 else case.id
        tried[thing].append(case.id in quick or by_agreement(case, quick))
    assert [] == [thing for thing, found in tried.items() if not any(found)]


def test_each_operation_has_its_share() -> None:
    quick = {case.id for case in cases_of("which50", "quick")}
    tried: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for case in cases_of("which50", "standard"):
        tried[case.kind, case.operations[0]].append(case.id in quick)
    assert len(tried) > 100
    assert [] == [of for of, found in tried.items() if not any(found)]
    assert not all(flag for found in tried.values() for flag in found)


@pytest.mark.parametrize("provider", ["getresponse", "whatcounts"])
def test_a_small_api_is_not_shared_out(provider: str) -> None:
    kinds = (*SHARED, "corpus")
    quick = {case.id for case in cases_of(provider, "quick", kinds)}
    left_out = {case.id for case in cases_of(provider, "standard", kinds) if not by_agreement(case, quick)} - quick
    assert {case.id for case in corpus.load(contract(provider)) if case.mode != "positive"} == left_out


def test_each_body_of_the_corpus_is_sent_to_one_of_those_that_take_it() -> None:
    quick = {case.id for case in cases_of("which50", "quick", ("corpus",))}
    sent: dict[tuple[str | None, str], list[bool]] = defaultdict(list)
    for case in corpus.load(contract("which50")):
        if case.mode == "positive" and case.location == "body" and case.body is not None:
            sent[case.media_type, case.body].append(case.id in quick)
    assert any(len(found) > 1 for found in sent.values())
    assert {1} == {sum(found) for found in sent.values()}


def test_things_and_operations_meet_equally_often() -> None:
    many = contract("which50")
    met = [(operation, thing) for operation in range(12) for thing in range(4) if in_share(many, operation, thing, 4)]
    assert [1] * 12 == [sum(operation == number for operation, _ in met) for number in range(12)]
    assert [3] * 4 == [sum(thing == number for _, thing in met) for number in range(4)]
