"""The registry of faults is complete, and the suite finds what a sample of it plants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import trust_table
from in_process import Wire
from planting import Fault, Owner, faults
from trial import Bench

from mailproof import contract, providers
from mailproof_conformance.case import KINDS
from mailproof_conformance.plan import plan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from planting import Fault

REGISTRY = {provider: faults(provider) for provider in providers()}
KINDS_OF_FAULT = {
    "wrong status",
    "required member missing",
    "extra member",
    "number as text",
    "text as number",
    "truth value as text",
    "member renamed",
    "null where not nullable",
    "wrong word of a list",
    "wrong word in one state",
    "wrong date form",
    "wrong media type",
    "Content-Type missing",
    "XML says something else",
    "XML members in another order",
    "malformed XML",
    "auth not enforced",
    "any credentials accepted",
    "any password accepted",
    "wrong error body",
    "wrong status of an error",
    "filter or parameter ignored",
    "wildcard treated as substring",
    "case-sensitive where insensitive",
    "off-by-one date window (from)",
    "off-by-one date window (to)",
    "off-by-one date window (at)",
    "union instead of intersection",
    "stale read after write",
    "lost write",
    "deleted thing still readable",
    "update resets other fields",
    "match updates only the first contact",
    "id echoed with another JSON type",
    "result and error together",
    "notification answered",
    "batch answer missing",
    "batch answer twice",
    "batch answers mixed up",
    "opt-out ignored",
    "snapshot not stored",
    "counter off by one",
    "500 on one rare input",
    "a valid boundary refused",
    "invalid input accepted",
    "slow operation",
    "header missing",
    "header of an error missing",
    "another account's data shown",
    "undocumented verb answered 200",
    "unknown path answered 200",
    "unknown thing answered as the last known one",
    "Accept ignored",
    "rows in another order",
}
ANSWERED = "answered in application/xml"
SAMPLE = [
    fault
    for found in REGISTRY.values()
    for fault in found
    if fault.kind in KINDS_OF_FAULT and "laws" not in fault.owner.kinds
][::41]


@pytest.fixture(scope="module")
def benches() -> Iterator[dict[str, Bench]]:
    """A bench for each provider, made when it is first asked for."""
    made: dict[str, Bench] = {}
    yield made
    for bench in made.values():
        bench.wire.close()


@pytest.mark.parametrize("provider", providers())
def test_each_clause_has_a_fault(provider: str) -> None:
    owned = {fault.owner.clause for fault in REGISTRY[provider]} - {None}
    assert set(contract(provider).clauses) == owned


@pytest.mark.parametrize("provider", providers())
def test_each_fault_has_an_owner_among_the_cases(provider: str) -> None:
    cases = plan(contract(provider), "standard")
    orphans = [fault.name for fault in REGISTRY[provider] if not any(map(fault.owner.owns, cases))]
    assert [] == orphans


def test_each_kind_of_check_owns_a_fault() -> None:
    owning = {kind for found in REGISTRY.values() for fault in found for kind in fault.owner.kinds}
    assert set(KINDS) - {"fuzz"} == owning


@pytest.mark.parametrize("kind", sorted(KINDS_OF_FAULT))
def test_each_kind_of_fault_is_planted(kind: str) -> None:
    assert any(fault.kind == kind for found in REGISTRY.values() for fault in found)


@pytest.mark.parametrize("fault", SAMPLE, ids=lambda fault: fault.name)
def test_a_fault_is_found_by_its_own(fault: Fault, benches: dict[str, Bench]) -> None:
    if fault.provider not in benches:
        benches[fault.provider] = Bench(fault.provider)
    finding = benches[fault.provider].tried(fault, [0], everywhere=False)
    assert (1, []) == (finding.own_strict, finding.errors), fault.owner.text


def test_two_faults_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    known = REGISTRY["whatcounts"][0]

    def twins(provider: str) -> Iterator[Fault]:
        del provider
        return iter([known])

    monkeypatch.setattr("planted_calls.faults", twins)
    with pytest.raises(ValueError, match="two faults are called"):
        faults("whatcounts")


def test_a_clause_owns_its_cases_and_no_others() -> None:
    cases = plan(contract("whatcounts"), "quick", ["WC-send-zero/*", "verbs/*"])
    owner = Owner(clause="WC-send-zero")
    assert {"WC-send-zero"} == {case.clause for case in cases if owner.owns(case)}


def test_what_a_fault_remembers_is_forgotten_when_it_is_planted_anew() -> None:
    fault = next(fault for fault in REGISTRY["whatcounts"] if fault.kind == "stale read after write")
    assert fault.plant().mangle is not fault.plant().mangle


def test_the_table_is_written_between_its_marks(tmp_path: Path) -> None:
    page, build = tmp_path / "trust.md", tmp_path / "build"
    build.mkdir()
    numbers = '"seeds": 5, "own": 0, "own_strict": 5, "found": 4, "found_strict": 5'
    fault = f'{{"kind": "wrong status", "provider": "mini", {numbers}, "elsewhere": []}}'
    (build / "mini.json").write_text(
        f'{{"provider": "mini", "seeds": 5, "every": 1, "strangers": true, "unbroken": [], "faults": [{fault}]}}'
    )
    (build / "mini-part.json").write_text("not read")
    page.write_text("Before.\n<!-- bench-trust -->\nold\n<!-- /bench-trust -->\nAfter.\n")
    trust_table.write_table(page, build)
    text = page.read_text()
    assert "| mini | 1 | 1 | 1 | 0 | 0 | 0 in 0 |" in text
    assert "old" not in text
    assert text.startswith("Before.\n")
    assert text.endswith("\nAfter.\n")


def test_a_page_without_marks_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "trust.md"
    page.write_text("Nothing.\n")
    with pytest.raises(ValueError, match="has no region"):
        trust_table.write_table(page, tmp_path)


def test_the_wire_keeps_what_the_suites_client_keeps() -> None:
    wire = Wire("whatcounts")
    cases = plan(contract("whatcounts"), "quick", ["verbs/*"])
    outcomes = list(wire.outcomes(cases, keep=True))
    assert {"pass"} == {str(outcome.verdict) for outcome in outcomes}
    assert sum(outcome.requests for outcome in outcomes) == sum(map(len, wire.kept.values()))
    wire.close()


@pytest.mark.parametrize(
    ("name", "case"),
    [
        ("register_device/null is not stored", "agreement/register_device/record emptied"),
        ("register_device/the first word of a parameter only/match", "agreement/register_device/record matched"),
        ("register_device/lost write", "agreement/register_device/record written"),
        ("update_matching_contacts/update resets other fields", "agreement/update_matching_contacts/record written"),
        ("list_contact_emails/stale read after write", "agreement/reads of a contactId"),
        ("get_activity/stale read after write", "agreement/reads follow writes"),
        (
            "send_email_to_matching/XML says something else",
            "agreement/send_email_to_matching/answered in application/xml",
        ),
        ("run_import_job/XML says something else", "agreement/run_import_job/answered in application/xml"),
    ],
)
def test_a_fault_is_found_by_the_case_that_follows_from_the_contract(
    name: str, case: str, benches: dict[str, Bench]
) -> None:
    if "which50" not in benches:
        benches["which50"] = Bench("which50")
    bench = benches["which50"]
    fault = next(fault for fault in REGISTRY["which50"] if fault.name == f"which50/{name}")
    cases = [item for item in bench.standard if item.id == case]
    whole = [str(outcome.verdict) for outcome in bench.wire.outcomes(cases)]
    broken = [str(outcome.verdict) for outcome in bench.wire.outcomes(cases, fault.plant())]
    assert (["pass"], ["fail"]) == (whole, broken)


def test_a_member_that_no_answer_shows_is_told_apart(benches: dict[str, Bench]) -> None:
    if "which50" not in benches:
        benches["which50"] = Bench("which50")
    by_name = {fault.name: fault for fault in REGISTRY["which50"]}
    names = ["create_import_job/wrong date form/FinishDate", "get_import_job/wrong date form/FinishDate"]
    found = [benches["which50"].tried(by_name[f"which50/{name}"], [0], everywhere=False) for name in names]
    assert [(False, 0), (True, 1)] == [(finding.shown, finding.own_strict) for finding in found]


def test_what_only_xml_shows_is_not_planted_in_json() -> None:
    assert [] == [fault.name for fault in REGISTRY["which50"] if fault.name.endswith("get_contact/number as text/Id")]


def test_what_everybody_is_answered_is_nobodys_data() -> None:
    names = {fault.name for fault in REGISTRY["which50"] if fault.kind == "another account's data shown"}
    assert {"which50/get_contact", "which50/upload_file"} <= {name.rpartition("/")[0] for name in names}
    assert "which50/get_server_time/another account's data shown" not in names
