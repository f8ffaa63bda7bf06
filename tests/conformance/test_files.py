"""Answers that are files or nothing at all: judged as the contract has them, and never poured into a report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mailproof import contract
from mailproof_conformance.case import Case
from mailproof_conformance.curl import curl_line
from mailproof_conformance.exchange import Exchange, Request, Response, printable
from mailproof_conformance.expectation import Expectations, shown
from mailproof_conformance.options import Options
from mailproof_conformance.redaction import Redactor
from mailproof_conformance.report import Run, build
from mailproof_conformance.runner import Outcome
from mailproof_conformance.target import Credential, Target
from mailproof_conformance.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

DESK = contract(Path(__file__).parent / "miniature_desk/openapi.yaml")
JUDGE = Expectations(DESK)
PICTURE = bytes(range(256))


def answer(body: bytes, content_type: str | None = "image/png", status: int = 200) -> Response:
    return Response(status, {} if content_type is None else {"content-type": content_type}, body)


@pytest.mark.parametrize(
    ("operation", "response", "rules"),
    [
        ("get_file", answer(PICTURE), []),
        ("get_file", answer(b"{ no JSON", "application/json"), []),
        ("get_file", answer(b"<a>", "application/xml; charset=utf-8"), []),
        ("get_file", answer(b"", None), []),
        ("get_file", answer(PICTURE, status=404), ["media-type"]),
        ("get_file", answer(b"{ no JSON", "application/json", 404), ["body"]),
        ("submit_form", answer(b"", None), []),
        ("submit_form", answer(PICTURE), ["body"]),
    ],
)
def test_an_answer_by_its_contract(operation: str, response: Response, rules: list[str]) -> None:
    assert rules == [finding.rule for finding in JUDGE.judge(DESK.operation(operation), response)]


def test_the_value_of_a_file_is_its_bytes() -> None:
    operation = DESK.operation("get_file")
    assert PICTURE == JUDGE.read(operation, answer(PICTURE))
    assert b"{ no JSON" == JUDGE.read(operation, answer(b"{ no JSON", "application/json"))
    assert JUDGE.read(operation, answer(b"")) is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", ""),
        ("Zoë".encode(), "Zoë"),
        (b"a" * 30 + b"\xff", "a" * 30 + "\\xff"),
        (b"\xff\xfe", "(2 bytes that are no text: ff fe)"),
        (b"a\x00b", "(3 bytes that are no text: 61 00 62)"),
        (PICTURE, "(256 bytes that are no text: 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f ...)"),
    ],
)
def test_a_body_for_a_person_to_read(body: bytes, expected: str) -> None:
    assert expected == printable(body)


def test_a_file_is_told_in_a_few_bytes() -> None:
    assert "200 (256 bytes that are no text:" in shown(answer(PICTURE))
    redactor = Redactor(Target("desk", "http://127.0.0.1:1", Credential(headers={"Authorization": "Basic abcdefgh"})))
    assert "(256 bytes that are no text" in redactor.value(PICTURE)
    assert curl_line(Request("POST", "/files", body=PICTURE * 3), "http://127.0.0.1:1", redactor) is None
    assert curl_line(Request("POST", "/files", body=PICTURE), "http://127.0.0.1:1", redactor) is not None


def test_a_file_in_a_report_is_no_dump() -> None:
    run = Run(DESK, "http://127.0.0.1:1", "http://127.0.0.1:1", Options(), started="", seconds=0)
    case = Case("laws/x", "laws", (), "A file.", "S1", "core", lambda _: None)
    exchange = Exchange(Request("POST", "/files", body=PICTURE), answer(PICTURE))
    outcome = Outcome(case, Verdict.FAIL, actual=PICTURE, exchanges=(exchange,))
    [told] = build(run, [outcome], Redactor(Target("desk", "http://127.0.0.1:1", Credential())))["cases"]
    [shown_exchange] = told["exchanges"]
    bodies = [told["actual"], shown_exchange["request"]["body"], shown_exchange["response"]["body"]]
    assert all(body.startswith("(256 bytes that are no text") for body in bodies)


def test_what_is_deleted_is_never_a_sample(bench: Callable[..., Any], desk: Callable[..., Any]) -> None:
    application = desk()
    bench(application).run("*drop_file*")
    asked = [item for item in application.asked if item.method == "DELETE"]
    assert len(asked) > 20
    assert {"a.json", "b.bin"} <= set(application.files)
