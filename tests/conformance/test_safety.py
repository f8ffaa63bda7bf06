"""What the guard did is told: in the report, and in a line of the summary."""

from __future__ import annotations

from contextlib import closing
from io import StringIO
from typing import Any

import jsonschema_rs
from far_account import far_session
from rich.console import Console

from mailproof import contract
from mailproof_conformance.console import summary
from mailproof_conformance.options import Options
from mailproof_conformance.own import NOTHING, Own
from mailproof_conformance.plan import plan
from mailproof_conformance.redaction import Redactor
from mailproof_conformance.report import Run, build, schema
from mailproof_conformance.runner import run_cases
from mailproof_conformance.safety import safety_of


def report_of(sandbox: Any, provider: str, own: Own, only: list[str], *allow: Any) -> Any:
    described = contract(provider)
    session, _ = far_session(sandbox, described, own, *allow)
    with closing(session.client):
        outcomes = run_cases(session, plan(described, "standard", only))
    run = Run(
        contract=described,
        base_url="http://api.example.test",
        origin="http://api.example.test",
        options=Options(strict=False),
        started="2025-01-06T09:00:00",
        seconds=1.0,
        safety=safety_of(session.client.guard, own, session.prefix),
    )
    report = build(run, outcomes, Redactor(session.target))
    errors = list(jsonschema_rs.validator_for(schema()).iter_errors(report))
    assert [] == errors
    return report


def said(report: Any) -> str:
    output = StringIO()
    summary(report, Console(file=output, width=200))
    return output.getvalue()


def test_what_was_refused_is_counted_and_said(sandbox: Any) -> None:
    report = report_of(sandbox, "whatcounts", NOTHING, ["verbs/*"])
    safety = report["safety"]
    assert ([], 0, 0.0, []) == (safety["allow"], safety["recipients"], safety["waited"], safety["left"])
    assert safety["refused"] == sum(safety["reasons"].values()) == report["totals"]["disabled"]
    assert f"not sent: {safety['refused']} requests that the safety rule refused" in said(report)
    assert "left behind" not in said(report)


def test_what_is_left_is_named_and_said(sandbox: Any) -> None:
    own = Own(pools={"contactListId": (34,)}, recipients=("me@mailproof.example",))
    report = report_of(sandbox, "which50", own, ["media-types/create_import_job/accept*"], "write")
    safety = report["safety"]
    assert (["write"], 1, 0) == (safety["allow"], safety["recipients"], safety["refused"])
    assert {("importJobId", "create_import_job", False)} == {
        (item["names"], item["operation"], item["removable"]) for item in safety["left"]
    }
    assert f"left behind: {len(safety['left'])} things" in said(report)
    assert "not sent" not in said(report)
    assert "me@mailproof.example" not in str(report)
