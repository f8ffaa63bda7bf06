"""What is broken counts at the level of its own promise: by the marks on the way to it, whoever meets it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mailproof import contract
from mailproof_conformance.exchange import Response
from mailproof_conformance.expectation import Expectations, Finding
from mailproof_conformance.standing import of_place, weakest

WHICH50 = contract("which50")
JUDGE = Expectations(WHICH50)
JSON = "application/json"


def answer(status: int, body: bytes, content_type: str = JSON, **headers: str) -> Response:
    return Response(status, {"content-type": content_type, **headers}, body)


def levels(operation: str, response: Response) -> list[tuple[str, str | None, bool]]:
    found = JUDGE.judge(WHICH50.operation(operation), response)
    return [(finding.rule, finding.level, finding.whatever) for finding in found]


def counted(finding: Finding, case: Any) -> str | None:
    return finding.broken(case).level


CHALLENGE = {"www-authenticate": "Basic"}


@pytest.mark.parametrize(
    ("expected", "operation", "response"),
    [
        # The page of a contact shows its members; no page shows the answer of a summary.
        (("schema", "extended", True), "get_contact", answer(200, b"[]")),
        (("schema", "assumed", True), "get_contact_summary", answer(200, b"[]")),
        # The codes are documented, their bodies and headers are not.
        (("schema", "assumed", False), "get_contact", answer(401, b"{}", **CHALLENGE)),
        (("header", "assumed", False), "get_contact", answer(401, b'{"Message": "No."}')),
        (("media-type", "assumed", False), "get_contact", answer(404, b"<p>", "text/html")),
        (("media-type", "extended", True), "get_contact", answer(200, b"<p>", "text/html")),
        # What a Content-Type says has to be so, wherever.
        (("body", "core", True), "get_contact_summary", answer(200, b"{")),
        (("body", "core", True), "get_contact_summary", answer(200, b"<a", "application/xml")),
        (("body", "core", True), "get_contact_summary", answer(200, b"{", **{"content-encoding": "gzip"})),
        (("body", "core", True), "get_contact", answer(401, b"{", **CHALLENGE)),
        (("server-error", "core", True), "get_contact_summary", answer(503, b"")),
        # Nothing is wrong with these at any server, whatever a reader of ours makes of them.
        (("body", "assumed", True), "get_contact_summary", answer(200, b"\xef\xbb\xbf{}")),
        (("body", "assumed", True), "get_contact_summary", answer(200, b'{"\xff": 1}', JSON + "; charset=x-own")),
        (("body", "assumed", True), "get_contact_summary", answer(200, b'{"a": "\\ud800"}')),
        (("body", "assumed", True), "get_contact_summary", answer(200, b"<a>" * 5_000, "application/xml")),
    ],
)
def test_a_part_of_an_answer_has_the_level_of_what_leads_to_it(
    expected: tuple[str, str, bool], operation: str, response: Response
) -> None:
    assert expected in levels(operation, response)


def test_a_member_of_xml_has_the_level_that_it_has_in_json() -> None:
    (root,) = {finding.level for finding in JUDGE.judge(WHICH50.operation("get_contact"), answer(200, b"{}"))}
    xml = b'<Contact xmlns="http://schemas.datacontract.org/2004/07/MMS.API"/>'
    found = levels("get_contact", answer(200, xml, "application/xml"))
    assert [("body", root, True)] * len(found) == found != []


def test_a_status_that_is_not_listed_is_as_grave_as_what_asked_for_it() -> None:
    assert [("status", None, False)] == levels("get_contact", answer(201, b""))
    (finding,) = JUDGE.judge(WHICH50.operation("get_contact"), answer(201, b""))
    assert ["core", "assumed"] == [counted(finding, "core"), counted(finding, "assumed")]


def test_a_refusal_counts_no_higher_than_what_was_refused() -> None:
    refused = Finding("problem", "the words", 1, 2, "core")
    assert ["core", "assumed"] == [counted(refused, "core"), counted(refused, "assumed")]
    success = Finding("schema", "a member", 1, 2, "extended", whatever=True)
    assert ["extended", "extended"] == [counted(success, "core"), counted(success, "assumed")]


def test_the_words_of_an_error_have_their_own_level() -> None:
    whatcounts = Expectations(contract("whatcounts"))
    words = json.dumps({"error": "No", "status": "Not Found", "statusCode": 404}).encode()
    found = {
        name: [finding.level for finding in whatcounts.judge_problem(name, answer(404, words))]
        for name in ("unknown-subscriber", "unknown-list")
    }
    assert {"unknown-subscriber": ["core"], "unknown-list": ["assumed"]} == found


def test_the_weakest_mark_on_the_way_decides() -> None:
    inner = {"type": "object", "properties": {"a": {"x-standing": "inferred"}, "b": {}}}
    document = {"components": {"schemas": {"Inner": inner}}}
    schema = {"x-standing": "docs", "type": "array", "items": {"allOf": [{"$ref": "#/components/schemas/Inner"}]}}
    assert ["extended", "assumed", "extended"] == [of_place(document, schema, [0, name]) for name in ("b", "a", "c")]
    circle: dict[str, Any] = {"components": {"schemas": {"A": {"allOf": [{"$ref": "#/components/schemas/A"}]}}}}
    assert "core" == of_place(circle, {"$ref": "#/components/schemas/A"}, ["x"])


def test_the_weakest_of_levels() -> None:
    assert ["core", "assumed", "extended"] == [weakest(), weakest("core", "assumed"), weakest("extended", "core")]
