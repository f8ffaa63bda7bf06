"""The report document: valid by its schema, in agreement with its cases, the same for the same run."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest

from mailproof_conformance.known_failures import KnownFailure, Stale
from mailproof_conformance.report import schema
from mailproof_conformance.telling import verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailproof_conformance.known_failures import Why

    ReportOf = Callable[..., dict[str, Any]]


@pytest.mark.parametrize("fault", [None, "wrong-type", "crash-on-astral", "any-password"])
def test_a_report_fits_its_schema(report_of: ReportOf, things: Callable[..., Any], fault: str | None) -> None:
    validator = jsonschema_rs.Draft202012Validator(schema(), validate_formats=True)
    report = report_of(things(fault))
    assert [] == [error.message for error in validator.iter_errors(report)]
    assert (fault is None) == report["conforms"]


def test_a_report_of_json_rpc_fits_its_schema(report_of: ReportOf, calls: Callable[..., Any]) -> None:
    validator = jsonschema_rs.Draft202012Validator(schema(), validate_formats=True)
    assert [] == [error.message for error in validator.iter_errors(report_of(calls("wrong-type")))]


def test_the_schema_refuses_another_shape() -> None:
    validator = jsonschema_rs.Draft202012Validator(schema())
    assert not validator.is_valid({"format": 2})


def test_totals_clauses_and_matrix_agree_with_the_cases(report_of: ReportOf, things: Callable[..., Any]) -> None:
    report = report_of(things("names-in-capitals"))
    assert len(report["cases"]) == sum(report["totals"].values())
    assert 1 == report["totals"]["note"]
    assert 0 == report["totals"]["fail"]
    assert report["conforms"]
    clauses = {clause["id"]: clause["verdict"] for clause in report["clauses"]}
    assert {"MIN-added-is-read": "pass", "MIN-names-are-kept": "note"} == clauses
    rows = {row["operation"]: row["cells"] for row in report["matrix"]}
    assert {"get_thing", "add_thing", ""} == set(rows)
    assert {"verdict": "note", "counts": {"pass": 1, "note": 1}} == rows["get_thing"]["laws"]
    assert {"verdict": "pass", "counts": {"pass": 1}} == rows["add_thing"]["laws"]


def test_a_strict_run_counts_broken_assumptions(report_of: ReportOf, things: Callable[..., Any]) -> None:
    report = report_of(things("names-in-capitals"), "MIN-*", strict=True)
    assert not report["conforms"]
    assert 1 == report["totals"]["fail"]
    assert {"strict": True, "only": ["MIN-*"]} == {name: report["options"][name] for name in ("strict", "only")}


def test_a_failure_says_what_was_promised_where_and_what_came(report_of: ReportOf, things: Callable[..., Any]) -> None:
    report = report_of(things("forgets"), "MIN-added*")
    [case] = report["cases"]
    assert "A thing that was added is read back as it was added." == case["promise"]
    assert "M1" == case["source"]
    assert 2 == len(case["exchanges"])
    assert 404 == case["exchanges"][1]["response"]["status"]
    assert case["exchanges"][0]["curl"].startswith("curl -i --globoff --path-as-is -X POST http://127.0.0.1:")
    assert case["replay"].startswith("mailproof check tests/conformance/miniature/openapi.yaml --url http://127.0.0.1:")
    assert case["replay"].endswith("--only 'MIN-added-is-read/added_is_read'")


def test_what_looks_like_a_pattern_in_an_id_is_escaped_in_the_command(
    report_of: ReportOf, things: Callable[..., Any]
) -> None:
    report = report_of(things("no-allow"), "verbs/DELETE /things")
    assert report["cases"][0]["replay"].endswith("--only 'verbs/DELETE /things'")
    odd = report_of(things("accepts-anything"), "media-types/*")
    told = [case["replay"] for case in odd["cases"] if "replay" in case and "*" in case["id"]]
    assert all("[*]" in line for line in told)


def test_a_known_failure_is_told_and_does_not_count(report_of: ReportOf, things: Callable[..., Any]) -> None:
    name = "MIN-added-is-read/added_is_read"
    report = report_of(things("forgets"), "MIN-*", known={name: "ticket 12"})
    assert report["conforms"]
    assert (1, 0) == (report["totals"]["known"], report["totals"]["fail"])
    assert "ticket 12" == report["cases"][0]["known"] == report["findings"][0]["known"]
    assert {"file": "known.yaml", "stale": []} == report["known_failures"]


@pytest.mark.parametrize(
    ("why", "conforms"), [("passes", False), ("expired", False), ("no such case", False), ("not run", True)]
)
def test_an_entry_out_of_date_turns_the_run_red(
    report_of: ReportOf, things: Callable[..., Any], why: Why, *, conforms: bool
) -> None:
    report = report_of(things(), "MIN-*", stale=(Stale(KnownFailure("a", "b"), why),))
    assert conforms == report["conforms"]
    assert [{"id": "a", "reason": "b", "why": why}] == report["known_failures"]["stale"]


def test_a_run_that_did_not_end_does_not_conform(report_of: ReportOf, things: Callable[..., Any]) -> None:
    report = report_of(things(), "MIN-*", unfinished="the run was interrupted")
    assert not report["conforms"]
    assert "The run was interrupted: 2 cases tried." == verdict(report)[1]


def test_the_same_run_gives_the_same_report(report_of: ReportOf, things: Callable[..., Any]) -> None:
    def told() -> str:
        report = report_of(things("wrong-type"))
        text = json.dumps(report).replace(report["target"]["base_url"].removesuffix("/mini"), "ORIGIN")
        host = report["target"]["base_url"].removeprefix("http://").removesuffix("/mini")
        return re.sub(r'"seconds": [0-9.e-]+', "", text.replace(host, "HOST"))

    assert told() == told()


def test_a_long_exchange_is_clipped(report_of: ReportOf, things: Callable[..., Any]) -> None:
    report = report_of(things("takes-anything"))
    longest = max(len(item["request"]["body"]) for case in report["cases"] for item in case.get("exchanges", []))
    assert 0 < longest < 5000


def test_one_failure_colours_the_whole_cell(report_of: ReportOf, things: Callable[..., Any]) -> None:
    report = report_of(things("refuses-the-largest"), "corpus/*")
    cells = next(row["cells"] for row in report["matrix"] if row["operation"] == "add_thing")
    assert "fail" == cells["corpus"]["verdict"]
    assert cells["corpus"]["counts"]["pass"] > cells["corpus"]["counts"]["fail"]
