"""The report as SARIF 2.1.0: each finding one result, clauses and kinds of check as rules."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mailproof_conformance.telling import RULES, STANDING, by_id, facts, many

if TYPE_CHECKING:
    from collections.abc import Mapping

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"fail": "error", "error": "warning", "note": "note"}
_BRACKETS = re.compile(r"([\[\]\\])")


def sarif(report: Mapping[str, Any]) -> bytes:
    """The log, with one run. The location of a result is the place in the contract that says what was promised."""
    rules = _rules(report)
    numbers = {rule["id"]: number for number, rule in enumerate(rules)}
    cases = by_id(report)
    run = {
        "tool": {"driver": {"name": "mailproof", "version": report["mailproof"], "rules": rules}},
        "automationDetails": {"id": f"mailproof/{report['provider']}/"},
        "invocations": [
            {"executionSuccessful": not report["totals"]["error"], "startTimeUtc": _utc(str(report["started"]))}
        ],
        "columnKind": "unicodeCodePoints",
        "results": [_result(report, cases[item["case"]], item, numbers) for item in report["findings"]],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return (json.dumps(log, indent=2, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


def _rules(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All clauses, and of the other rules those that a finding names."""
    clauses = [
        _rule(
            clause["id"],
            clause["sentence"],
            f"{STANDING[clause['level']]}; read in {clause['source']}; written in {clause['place']['file']},"
            f" line {clause['place']['line']}.",
            "note" if clause["level"] == "assumed" and not report["strict"] else "error",
        )
        for clause in report["clauses"]
    ]
    known = {rule["id"] for rule in clauses}
    names = dict.fromkeys(item["rule"] for item in report["findings"] if item["rule"] not in known)
    others = [_rule(name, RULES.get(name, name), RULES.get(name, name), "error") for name in names]
    return [*clauses, *others]


def _rule(name: str, sentence: str, explained: str, level: str) -> dict[str, Any]:
    return {
        "id": name,
        "shortDescription": {"text": _text(sentence)},
        "help": {"text": _text(f"{sentence} {explained}" if explained != sentence else sentence)},
        "defaultConfiguration": {"level": level},
    }


def _result(
    report: Mapping[str, Any], case: Mapping[str, Any], finding: Mapping[str, Any], numbers: Mapping[str, int]
) -> dict[str, Any]:
    place, rule = finding["place"], finding["rule"]
    told = [
        f"{finding['title']} ({many(finding['count'], 'case')})",
        *(f"{name.capitalize()}: {text}" for name, text in facts(report, case, finding) if name != "case"),
    ]
    location = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(place["file"])},
            "region": {"startLine": place["line"]},
        },
        "logicalLocations": [{"fullyQualifiedName": name, "kind": "resource"} for name in finding["operations"]],
    }
    result: dict[str, Any] = {
        "ruleId": rule,
        "ruleIndex": numbers[rule],
        "level": _LEVELS[finding["verdict"]],
        "message": {"text": _text("\n".join(told))},
        "locations": [{key: item for key, item in location.items() if item}],
        "partialFingerprints": {"mailproofFinding/v1": finding["id"]},
        "occurrenceCount": finding["count"],
        "properties": {"level": finding["level"], "case": finding["case"]},
    }
    if finding["known"] is not None:
        result["suppressions"] = [{"kind": "external", "justification": finding["known"]}]
    return result


def _text(text: str) -> str:
    """A plain text message; brackets would make a link of what a server said."""
    return _BRACKETS.sub(r"\\\1", text)


def _utc(started: str) -> str:
    try:
        return datetime.fromisoformat(started).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return "1970-01-01T00:00:00Z"
