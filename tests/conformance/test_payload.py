"""Bodies of requests in every media type, and how a form is read."""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import HTTP
from pathlib import Path
from typing import Any, cast

import pytest

from mailproof import contract
from mailproof_conformance import forms
from mailproof_conformance.payload import Payloads, essence, schema_pointer
from mailproof_conformance.wire import File

DESK = contract(Path(__file__).parent / "miniature_desk/openapi.yaml")
PAYLOADS = Payloads(DESK)


def written(operation: str, body: object, content_type: str | None = None) -> tuple[bytes, str | None]:
    return PAYLOADS.of(DESK.operation(operation), body, content_type)


@pytest.mark.parametrize(
    ("operation", "body", "content_type", "expected"),
    [
        ("put_note", None, None, (b"", None)),
        ("put_note", b"\x00", None, (b"\x00", "application/json")),
        ("put_note", b"<a/>", "text/xml", (b"<a/>", "text/xml")),
        ("put_note", {"title": "é"}, None, ('{"title": "é"}'.encode(), "application/json")),
        ("put_note", {"title": 1}, "text/json", (b'{"title": 1}', "text/json")),
        ("put_note", {"stars": 3}, "application/xml", (b'<Note xmlns="urn:desk"><stars>3</stars></Note>', None)),
        (
            "put_note",
            {"stars": 3},
            "Text/XML; charset=utf-8",
            (b'<Note xmlns="urn:desk"><stars>3</stars></Note>', None),
        ),
        ("submit_form", {"name": "a b&c", "size": 3}, None, (b"name=a+b%26c&size=3", None)),
        ("submit_form", [("a", "1"), ("a", "2")], None, (b"a=1&a=2", None)),
        ("submit_form", {"a": ["1", True, None]}, None, (b"a=1&a=true&a=null", None)),
        ("submit_form", 7, None, (b"7", "application/x-www-form-urlencoded")),
    ],
)
def test_a_body_in_its_media_type(operation: str, body: Any, content_type: str | None, expected: Any) -> None:
    first = next(iter(DESK.operation(operation).definition["requestBody"]["content"]))
    declared = expected[1] or (None if body is None else content_type or first)
    assert (expected[0], declared) == written(operation, body, content_type)


def test_a_multipart_form_has_its_files_and_a_boundary_that_follows_from_them() -> None:
    fields = {"label": 'mine "1"\r\n', "file": File("a\u00e9.txt", b"\r\n--x\xff", "text/plain"), "n": [1, 2]}
    body, declared = written("put_file", fields)
    assert (body, declared) == written("put_file", fields)
    whole = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {declared}\r\n\r\n".encode() + body)
    parts = [part.get_payload(decode=True) for part in cast("Any", whole).iter_parts()]
    assert [b'mine "1"\r\n', b"\r\n--x\xff", b"1", b"2"] == parts
    assert 'name="file"; filename="aé.txt"\r\nContent-Type: text/plain\r\n'.encode() in body
    assert b'name="label"\r\n\r\n' in body


def test_a_name_of_a_part_cannot_break_out_of_its_quotes() -> None:
    body, _ = written("put_file", {'a"\r\nX: 1': "v", "f": File('"', b"", None)})
    assert b'name="a%22%0D%0AX: 1"\r\n\r\nv' in body
    assert b'filename="%22"\r\n\r\n' in body


def test_a_boundary_of_ones_own_is_kept() -> None:
    declared = "multipart/form-data; boundary=mine"
    assert declared == written("put_file", {"a": "b"}, declared)[1]


def test_null_is_a_value_where_it_is_written_on_purpose() -> None:
    put = DESK.operation("put_note")
    assert (b"null", "application/json") == PAYLOADS.written(put, None, "application/json")
    assert b'i:nil="true"' in PAYLOADS.written(put, None, "application/xml")[0]


def test_the_schema_of_a_type_that_is_not_declared_is_that_of_the_first() -> None:
    put = DESK.operation("put_note")
    place = "#/paths/~1notes~1{noteId}/put/requestBody/content/application~1{}/schema"
    assert place.replace("{}", "xml") == schema_pointer(put, "application/xml")
    assert place.replace("{}", "json") == schema_pointer(put, "image/png")


@pytest.mark.parametrize(
    ("header", "expected"),
    [("Text/XML ; charset=x", "text/xml"), ("", ""), ("multipart/form-data", "multipart/form-data")],
)
def test_the_media_type_of_a_header(header: str, expected: str) -> None:
    assert expected == essence(header)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"name": "a", "size": 3}, {"name": "a", "size": 3}),
        ({"name": 5, "size": "4"}, {"name": "5", "size": 4}),
        ({"size": 0.5, "more": True}, {"size": "0.5", "more": "true"}),
        ([("name", "a"), ("name", "b")], {"name": "a"}),
        ({"name": File("f", b"x")}, {"name": ""}),
    ],
)
def test_a_form_as_a_server_reads_it(body: Any, expected: Any) -> None:
    assert expected == forms.as_read(DESK.document, "#/components/schemas/Form", body)


@pytest.mark.parametrize(
    ("body", "expected"), [({}, True), ([("a", 1)], True), ([], True), ([1], False), (1, False), (None, False)]
)
def test_what_can_be_a_form(body: Any, expected: bool) -> None:
    assert expected is forms.is_form(body)
