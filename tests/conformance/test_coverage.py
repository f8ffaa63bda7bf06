"""Coverage: what of a contract a run exercised, what it did not, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mailproof import contract
from mailproof_conformance.coverage import coverage
from mailproof_conformance.exchange import Request, Response
from mailproof_conformance.exercised import Exercised
from mailproof_conformance.places import Places
from mailproof_conformance.redaction import Redactor
from mailproof_conformance.sources import covers, sources_of
from mailproof_conformance.target import Credential, Target

if TYPE_CHECKING:
    from collections.abc import Callable

    ReportOf = Callable[..., dict[str, Any]]

NOBODY = Redactor(Target("which50", "http://127.0.0.1:1", Credential()))


def of(report: dict[str, Any], operation: str) -> dict[str, Any]:
    return next(item for item in report["coverage"]["operations"] if item["operation"] == operation)


def test_a_whole_run_exercises_the_whole_contract(report_of: ReportOf, things: Callable[..., Any]) -> None:
    totals = report_of(things())["coverage"]["totals"]
    assert {"exercised": 2, "of": 2} == totals["operations"]
    assert {"exercised": 5, "of": 5} == totals["statuses"]
    assert {"exercised": 2, "of": 2} == totals["parameters"]


def test_what_no_case_asks_for_is_named_with_the_reason(report_of: ReportOf, things: Callable[..., Any]) -> None:
    report = report_of(things(), "verbs/GET /things")
    assert "no case of this run is for it" == of(report, "get_thing")["why"]
    assert {"exercised": 0, "of": 2} == report["coverage"]["totals"]["operations"]


def test_a_status_that_never_came_and_one_that_nobody_promised(report_of: ReportOf, things: Callable[..., Any]) -> None:
    report = report_of(things("crash-on-astral"), "text/get_thing/*")
    entry = of(report, "get_thing")
    statuses = {item["status"]: item["why"] for item in entry["statuses"]}
    assert "no request of this run was answered with it" == statuses["200"]
    assert ["500"] == [item["status"] for item in entry["undocumented"]]


def test_json_rpc_is_counted_by_method_and_error(report_of: ReportOf, calls: Callable[..., Any]) -> None:
    covered = report_of(calls())["coverage"]
    methods = {item["method"]: item for item in covered["methods"]}
    assert {"get_things", "get_thing"} == set(methods)
    assert methods["get_thing"]["results"] > 0
    assert -32602 in {error["code"] for error in methods["get_thing"]["errors"]}
    codes = {item["code"]: item["why"] for item in covered["errors"]}
    assert codes[-32602] is None
    assert "no call of this run was answered with it" in codes.values()


def test_every_exchange_is_counted_by_the_words_of_the_contract() -> None:
    which50 = contract("which50")
    operation = which50.operation("list_linked_data_records")
    exercised = Exercised()
    request = Request("GET", "/x?%24select=*&%24top=1", (("Accept", "text/json"), ("X-Odd", "1")))
    answer = Response(200, {"content-type": "text/json; charset=utf-8"}, b"[]")
    exercised.exchanged(operation, request, answer)
    exercised.exchanged(operation, request, Response(418, {}, b""))
    exercised.exchanged(None, request, answer)
    told = coverage(which50, exercised, [], Places(which50), NOBODY)
    entry = next(item for item in told["operations"] if item["operation"] == operation.id)
    assert 2 == entry["requests"]
    assert {"200": 1} == {item["status"]: item["requests"] for item in entry["statuses"] if item["requests"]}
    assert [{"status": "418", "requests": 1}] == entry["undocumented"]
    assert ["text/json"] == [item["media_type"] for item in entry["answer_media_types"] if item["requests"]]
    sent = {item["name"] for item in entry["parameters"] if item["in"] == "query" and item["requests"]}
    assert {"$select", "$top"} == sent
    fails = [item["why"] for item in entry["statuses"] if item["status"].startswith("5")]
    assert {"the suite does not try to make a server fail"} == set(fails)


def test_made_up_query_names_do_not_fill_the_memory() -> None:
    operation = contract("which50").operation("get_contact")
    exercised = Exercised()
    for number in range(1_500):
        exercised.exchanged(operation, Request("GET", f"/x?q{number}=1"), Response(200, {}, b""))
    assert 1_000 == len(exercised.operations["get_contact"].queries)


def test_a_code_of_a_source_is_explained_as_the_readme_beside_the_contract_does() -> None:
    told = sources_of(contract("which50"), ["S1", "P, D1", "B7", "nobody"])
    assert {"S1", "P", "D1", "B7"} == set(told)
    assert "how credentials travel" in told["D1"]
    assert told["B7"].startswith("what an update changes; ")
    assert "GET contacts/{contactId}/communications" in told["S1"]
    assert "json-rpc" in sources_of(contract("getresponse"), ["json-rpc"])
    assert "one snapshot is an array of one" in sources_of(contract("whatcounts"), ["A-array"])["A-array"]


@pytest.mark.parametrize(
    ("label", "code", "covered"),
    [
        ("D1 to D30", "D7", True),
        ("D1 to D30", "D31", False),
        ("D1 to D30", "Dx", False),
        ("B2, B4", "B4", True),
        ("B2, B4", "B", False),
        ("A-...", "A-list", True),
        ("...", "A", False),
        ("S1", "S1", True),
    ],
)
def test_a_label_may_stand_for_several_codes(label: str, code: str, *, covered: bool) -> None:
    assert covered == covers(label, code)


def test_every_source_of_the_shipped_contracts_is_explained() -> None:
    for provider in ("which50", "whatcounts", "getresponse"):
        own = contract(provider)
        codes = {code.strip() for clause in own.clauses.values() for code in clause.source.split(",")}
        assert set() == codes - set(sources_of(own, codes)), provider


def test_every_operation_method_and_clause_is_found_in_the_files_of_its_contract() -> None:
    for provider in ("which50", "whatcounts", "getresponse"):
        own = contract(provider)
        places = Places(own)
        lost = [item.id for item in own.operations if places.operation(item.id) == places.start]
        lost += [name for name in own.rpc_methods if places.operation(name) == places.start]
        lost += [name for name in own.clauses if places.clause(name) == places.start]
        assert [] == lost, provider
        assert str(places.start["file"]).startswith(f"mailproof/{provider}/")
