"""The report: valid by its schema, one testcase for each case, nothing secret, the same for the same run."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest

from mailproof_conformance.html import html
from mailproof_conformance.junit import junit
from mailproof_conformance.options import Options
from mailproof_conformance.redaction import Redactor
from mailproof_conformance.report import Run, build, schema

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mailproof_conformance.runner import Outcome

PASSWORD = "open-sesame-17"


@pytest.fixture
def report_of(bench: Callable[..., Any]) -> Callable[..., dict[str, Any]]:
    def make(application: Any, *only: str, strict: bool = False) -> dict[str, Any]:
        made = bench(application)
        outcomes: Sequence[Outcome] = made.run(*only, strict=strict)
        run = Run(
            contract=made.contract,
            base_url=made.target.base_url,
            origin=made.target.base_url.removesuffix(made.target.prefix),
            options=Options(strict=strict),
            started="2024-06-01T09:00:00+00:00",
            seconds=1.5,
        )
        return build(run, outcomes, Redactor(made.target))

    return make


@pytest.mark.parametrize("fault", [None, "wrong-type", "crash-on-astral", "any-password"])
def test_a_report_fits_its_schema(
    report_of: Callable[..., dict[str, Any]], things: Callable[..., Any], fault: str | None
) -> None:
    validator = jsonschema_rs.Draft202012Validator(schema(), validate_formats=True)
    report = json.loads(json.dumps(report_of(things(fault))))
    assert [] == [error.message for error in validator.iter_errors(report)]
    assert (fault is None) == report["conforms"]


def test_the_schema_refuses_another_shape() -> None:
    validator = jsonschema_rs.Draft202012Validator(schema())
    assert not validator.is_valid({"format": 1})


def test_totals_clauses_and_matrix_agree_with_the_cases(
    report_of: Callable[..., dict[str, Any]], things: Callable[..., Any]
) -> None:
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


def test_a_strict_run_counts_broken_assumptions(
    report_of: Callable[..., dict[str, Any]], things: Callable[..., Any]
) -> None:
    report = report_of(things("names-in-capitals"), "MIN-*", strict=True)
    assert not report["conforms"]
    assert 1 == report["totals"]["fail"]


def test_a_failure_says_what_was_promised_where_and_what_came(
    report_of: Callable[..., dict[str, Any]], things: Callable[..., Any]
) -> None:
    report = report_of(things("forgets"), "MIN-added*")
    [case] = report["cases"]
    assert "A thing that was added is read back as it was added." == case["promise"]
    assert "M1" == case["source"]
    assert 2 == len(case["exchanges"])
    assert 404 == case["exchanges"][1]["response"]["status"]
    assert case["exchanges"][0]["curl"].startswith("curl -i --globoff --path-as-is -X POST http://127.0.0.1:")
    assert "--only 'MIN-added-is-read/added_is_read'" in case["replay"]


def test_no_output_shows_a_credential(
    report_of: Callable[..., dict[str, Any]], things: Callable[..., Any], calls: Callable[..., Any]
) -> None:
    secrets = [PASSWORD, "bWluaTpvcGVuLXNlc2FtZS0xNw==", "00112233445566778899aabbccddeeff"]
    for report in (report_of(things("wrong-type")), report_of(calls("wrong-type"))):
        shown = [json.dumps(report), html(report), junit(report).decode()]
        assert any("${MAILPROOF_MINIATURE" in text for text in shown)
        assert [] == [secret for secret in secrets for text in shown if secret in text]


def test_junit_has_one_testcase_for_each_case_and_counts_them_right(
    report_of: Callable[..., dict[str, Any]], things: Callable[..., Any]
) -> None:
    report = report_of(things("names-in-capitals"))
    report["cases"][0] |= {"verdict": "skip", "reason": "no sample"}
    root = ET.fromstring(junit(report))  # noqa: S314 - our own text
    cases = list(root.iter("testcase"))
    assert [case["id"] for case in report["cases"]] == [element.get("name") for element in cases]
    assert str(len(cases)) == root.get("tests")
    assert {"0"} == {root.get("failures"), root.get("errors")}
    assert "2" == root.get("skipped")
    assert 2 == len(list(root.iter("skipped")))
    assert len(cases) == sum(int(suite.get("tests", 0)) for suite in root.iter("testsuite"))


def test_junit_tells_a_failure_as_a_failure(
    report_of: Callable[..., dict[str, Any]], things: Callable[..., Any]
) -> None:
    report = report_of(things("crash-on-astral"), "text/get_thing/*")
    root = ET.fromstring(junit(report))  # noqa: S314 - our own text
    [failure] = root.iter("failure")
    assert "1" == root.get("failures")
    assert "server-error" in failure.get("message", "")
    assert "replay:" in (failure.text or "")


def test_the_page_needs_nothing_else(report_of: Callable[..., dict[str, Any]], things: Callable[..., Any]) -> None:
    page = html(report_of(things("wrong-type")))
    assert "does not conform" in page
    assert "get_thing" in page
    assert [] == re.findall(r"(?:src|href)=\"[^#\"]", page)
    assert "<script" not in page


def test_the_page_shows_hostile_text_as_text(
    report_of: Callable[..., dict[str, Any]], things: Callable[..., Any]
) -> None:
    report = report_of(things("forgets"), "MIN-added*")
    report["cases"][0] |= {"actual": "<script>alert(1)</script>", "reason": "a \x01 control character"}
    assert "<script>alert" not in html(report)
    ET.fromstring(junit(report))  # noqa: S314 - our own text


def test_the_same_run_gives_the_same_report(
    report_of: Callable[..., dict[str, Any]], things: Callable[..., Any]
) -> None:
    def told() -> str:
        report = report_of(things("wrong-type"))
        text = json.dumps(report).replace(report["target"]["base_url"].removesuffix("/mini"), "ORIGIN")
        host = report["target"]["base_url"].removeprefix("http://").removesuffix("/mini")
        return re.sub(r'"seconds": [0-9.e-]+', "", text.replace(host, "HOST"))

    assert told() == told()


def test_a_long_exchange_is_clipped(report_of: Callable[..., dict[str, Any]], things: Callable[..., Any]) -> None:
    report = report_of(things("wrong-type"), "*")
    longest = max(len(item["request"]["body"]) for case in report["cases"] for item in case.get("exchanges", []))
    assert longest < 5000


def test_one_failure_colours_the_whole_cell(
    report_of: Callable[..., dict[str, Any]], things: Callable[..., Any]
) -> None:
    report = report_of(things("refuses-the-largest"), "corpus/*")
    cells = next(row["cells"] for row in report["matrix"] if row["operation"] == "add_thing")
    assert "fail" == cells["corpus"]["verdict"]
    assert cells["corpus"]["counts"]["pass"] > cells["corpus"]["counts"]["fail"]
