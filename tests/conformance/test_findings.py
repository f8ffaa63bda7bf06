"""Findings: one for each defect, however many cases see it, under a title that says what is wrong and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    ReportOf = Callable[..., dict[str, Any]]

SEEN_OTHERWISE = {"any-password": ["authentication"], "takes-anything": ["bad-input"], "forgets": ["agreement"]}
"""What else is broken by a fault: another promise, which another rule reads."""


@pytest.mark.parametrize(
    ("fault", "rule", "title"),
    [
        ("any-password", "problem", "answered with 200, promised is the error answer `unauthorized` (401)"),
        ("no-allow", "verbs", "the header Allow: promised OPTIONS, POST, came nothing"),
        ("crash-on-astral", "server-error", "GET /things/{thingId}: the server fails with 500 (astral)"),
        ("crash-on-large", "server-error", "POST /things: the server fails with 500 (object with valid 'size' value"),
        ("no-header", "header", "GET /things/{thingId}: answered without the header X-Size"),
        ("takes-anything", "corpus", "POST /things: answered with 200 to a request that has to be refused ("),
        ("refuses-the-largest", "corpus", "POST /things: answered with 400 to a request that has to be taken ("),
        ("forgets", "MIN-added-is-read", "Not kept: A thing that was added is read back as it was added."),
        ("types-differ", "agreement", "GET /things/{thingId}: the value in text/json is that in application/json"),
        ("unknown-path-found", "problem", "answered with 200, promised is the error answer `unknown-path` (404)"),
    ],
)
def test_one_defect_is_one_finding_of_each_rule_that_it_breaks(
    report_of: ReportOf, things: Callable[..., Any], fault: str, rule: str, title: str
) -> None:
    report = report_of(things(fault))
    rules = [item["rule"] for item in report["findings"]]
    assert [rule, *SEEN_OTHERWISE.get(fault, [])] == sorted(rules, key=lambda name: name != rule)
    finding = next(item for item in report["findings"] if item["rule"] == rule)
    assert title in finding["title"]
    assert "fail" == finding["verdict"]
    broken = {case["id"]: case["finding"] for case in report["cases"] if case["verdict"] == "fail"}
    assert [name for name, own in broken.items() if own == finding["id"]] == sorted(
        finding["cases"], key=list(broken).index
    )
    assert len(finding["cases"]) == finding["count"]
    assert {item["id"] for item in report["findings"]} == set(broken.values())


def test_a_mistyped_member_is_one_finding_whoever_sees_it(report_of: ReportOf, things: Callable[..., Any]) -> None:
    report = report_of(things("wrong-type"))
    schema = [item for item in report["findings"] if item["rule"] == "schema"]
    assert 1 == len(schema)
    assert '/size in the body of a 200: "3" is not of type "integer"' in schema[0]["title"]
    kinds = {case["kind"] for case in report["cases"] if case["id"] in schema[0]["cases"]}
    assert {"corpus", "media-types", "authentication"} <= kinds
    assert ["get_thing"] == schema[0]["operations"]


def test_the_first_case_is_one_that_counts_with_the_least_to_read(
    report_of: ReportOf, things: Callable[..., Any]
) -> None:
    report = report_of(things("any-password"))
    finding = report["findings"][0]
    first = next(case for case in report["cases"] if case["id"] == finding["case"])
    assert finding["case"] == finding["cases"][0]
    assert not first["note"]
    assert 1 == len(first["exchanges"])
    assert "core" == finding["level"]


def test_an_id_is_the_same_in_every_run_and_of_every_defect_its_own(
    report_of: ReportOf, things: Callable[..., Any]
) -> None:
    faults = ("wrong-type", "no-header", "forgets", "crash-on-astral", "takes-anything", "wrong-type")
    ids = [report_of(things(fault))["findings"][0]["id"] for fault in faults]
    assert ids[0] == ids[-1]
    assert 5 == len(set(ids))


def test_the_most_severe_comes_first_and_what_does_not_count_last(
    report_of: ReportOf, things: Callable[..., Any]
) -> None:
    report = report_of(things("unknown-thing-found"))
    assert ["fail", "fail", "note"] == [item["verdict"] for item in report["findings"]]
    known = dict.fromkeys(report["findings"][0]["cases"], "ticket 1")
    again = report_of(things("unknown-thing-found"), known=known)
    assert ["fail", "note", "fail"] == [item["verdict"] for item in again["findings"]]
    assert [None, None, "ticket 1"] == [item["known"] for item in again["findings"]]


def test_a_method_of_json_rpc_is_named_not_its_endpoint(report_of: ReportOf, calls: Callable[..., Any]) -> None:
    report = report_of(calls("wrong-type"))
    assert [["get_things"], ["get_thing"]] == [item["operations"] for item in report["findings"]]
    assert [52, 60] == [item["place"]["line"] for item in report["findings"]]


def test_a_finding_says_where_the_contract_has_the_promise(report_of: ReportOf, things: Callable[..., Any]) -> None:
    [clause] = report_of(things("forgets"), "MIN-*")["findings"]
    assert {"file": "tests/conformance/miniature/clauses.yaml", "line": 1} == clause["place"]
    [operation] = report_of(things("no-header"))["findings"]
    assert {"file": "tests/conformance/miniature/openapi.yaml", "line": 37} == operation["place"]


def test_of_a_defect_seen_often_most_cases_keep_one_exchange(report_of: ReportOf, things: Callable[..., Any]) -> None:
    report = report_of(things("hidden-from-nobody"))
    assert [] == report["findings"]
    seen = report_of(things("any-password"))
    assert all(1 <= len(case["exchanges"]) <= 5 for case in seen["cases"] if "exchanges" in case)
