"""The Which50 contract holds together, and says of each thing where it was read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

import pytest
from openapi_spec_validator import validate
from openapi_spec_validator.readers import read_from_filename

from mailproof import contract

if TYPE_CHECKING:
    from collections.abc import Iterator

WHICH50 = contract("which50")
FOLDER = WHICH50.path.parent
README = (FOLDER / "README.md").read_text(encoding="utf-8")
INDEX = """
GET /contacts/{}
GET /contacts/{}/journeys
GET /contacts/{}/communications
GET /contacts/{}/journeyactivities/{}
GET /contacts/{}/summary
GET /contacts/{}/emails
GET /contacts/{}/textmessages
GET /contacts/{}/landingpages
GET /contacts/{}/webforms
GET /contactLists
GET /contactLists/{}
GET /contactLists/{}/fields
GET /contactLists/{}/fields/{}
GET /contactLists/{}/journeys
GET /contactLists/{}/contacts
POST /contactLists/{}/contact
PATCH /contactLists/{}/contact
POST /contactLists/contactForm
POST /contactLists/{}/registerDevice
GET /contactLists/serverTime
POST /contactLists/{}/import
GET /contactLists/{}/import/{}
POST /contactLists/{}/import/{}
POST /contactLists/{}/import/{}/run
GET /contactLists/{}/linkeddata
GET /contactLists/{}/linkeddata/{}
GET /contactLists/{}/linkeddata/{}/fields
GET /contactLists/{}/linkeddata/{}/fields/{}
GET /contactLists/{}/linkeddata/{}/records
GET /files
POST /files
DELETE /files
GET /journeys
GET /journeys/{}
GET /journeys/{}/contacts
GET /journeys/{}/reports
GET /journeys/{}/reports/emails
GET /journeys/{}/reports/emails/{}/contacts
GET /journeys/{}/reports/emails/{}/contacts/{}
GET /journeys/{}/reports/textmessages
GET /journeys/{}/reports/textmessages/{}/contacts
GET /journeys/{}/reports/textmessages/{}/contacts/{}
GET /journeys/{}/reports/landingpages
GET /journeys/{}/reports/landingpages/{}/contacts
GET /journeys/{}/reports/landingpages/{}/contacts/{}
GET /journeys/{}/activities
GET /journeys/{}/activities/{}
GET /journeys/{}/activities/{}/contacts
PUT /journeys/sendEmail
POST /journeys/sendEmail
PATCH /journeys/sendEmail
PUT /journeys/sendTextMessage
POST /journeys/sendTextMessage
PATCH /journeys/sendTextMessage
POST /journeys/{}/landingpages/{}/generatePDF
"""
"""The vendor's index of the API: the verbs and routes, the names of parameters left out."""
MEDIA_TYPES = ["application/json", "text/json", "application/csp-report", "application/xml", "text/xml"]

OF_BYTES = {
    "get_file": ["*/*"],
    "delete_file": ["*/*"],
    "generate_pdf": ["application/pdf"],
    "upload_file": [],
    "submit_contact_form": [],
}
"""Answers that are no values: the media types of their bytes, none for an empty answer."""
FORMS = {
    "upload_file": ["multipart/form-data"],
    "submit_contact_form": ["application/x-www-form-urlencoded", "multipart/form-data"],
}


def schemas(node: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema object of the contract's components."""
    if isinstance(node, dict):
        members = cast("dict[str, Any]", node)
        if isinstance(members.get("type"), str):
            yield place, members
        for name, member in members.items():
            if name != "example":
                yield from schemas(member, f"{place}/{name}")
    elif isinstance(node, list):
        for number, item in enumerate(cast("list[Any]", node)):
            yield from schemas(item, f"{place}/{number}")


def test_the_bundle_is_valid_openapi() -> None:
    validate(dict(WHICH50.document))


def test_the_files_as_they_lie_are_valid_openapi() -> None:
    document, uri = read_from_filename(str(FOLDER / "openapi.yaml"))
    validate(document, base_uri=uri)


def test_the_operations_are_those_of_the_index() -> None:
    found = {f"{o.method.upper()} {re.sub(r'{[^}]*}', '{}', o.path)}" for o in WHICH50.operations}
    assert set(INDEX.split("\n")[1:-1]) == found
    assert 55 == len(WHICH50.operations)


@pytest.mark.parametrize("operation", WHICH50.operations, ids=lambda operation: operation.id)
def test_an_operation_says_what_it_does_and_who_may(operation: Any) -> None:
    area = {"contact_lists": "contactLists"}.get(operation.tag, operation.tag)
    right = "read" if operation.effect == "read" else "write"
    assert f"{area}:{right}" == operation.definition["x-permission"]
    assert ("read" == operation.effect) == ("get" == operation.method)
    assert ("send" == operation.effect) == ("/journeys/send" in operation.path)
    assert {"200", "401", "403", "500"} <= set(operation.definition["responses"])


def test_one_operation_alone_lets_callers_in_without_credentials() -> None:
    both: list[dict[str, list[str]]] = [{"basicAuth": []}, {"apiKeyAuth": []}]
    others = {o.id: o.definition["security"] for o in WHICH50.operations if o.definition["security"] != both}
    assert {"list_linked_data_records": [*both, {}]} == others


@pytest.mark.parametrize("operation", WHICH50.operations, ids=lambda operation: operation.id)
def test_every_value_comes_in_five_media_types(operation: Any) -> None:
    for status, response in operation.definition["responses"].items():
        content = response.get("content", {})
        if operation.id in OF_BYTES and status == "200":
            assert OF_BYTES[operation.id] == list(content)
        else:
            assert MEDIA_TYPES == list(content), status


@pytest.mark.parametrize(
    "operation", [o for o in WHICH50.operations if "requestBody" in o.definition], ids=lambda operation: operation.id
)
def test_every_body_is_taken_in_five_media_types_or_is_a_form(operation: Any) -> None:
    assert FORMS.get(operation.id, MEDIA_TYPES) == list(operation.definition["requestBody"]["content"])


def test_a_schema_has_a_name_in_xml_or_is_a_form() -> None:
    forms = {str(content["schema"].get("$ref")).rpartition("/")[2] for content in _form_contents()}
    for name, schema in WHICH50.document["components"]["schemas"].items():
        if schema["type"] in {"object", "array"} and name not in forms:
            assert "name" in schema["xml"], name


def _form_contents() -> Iterator[dict[str, Any]]:
    for name, media_types in FORMS.items():
        declared = WHICH50.operation(name).definition["requestBody"]["content"]
        yield from (declared[media_type] for media_type in media_types)


def test_special_forms_of_xml_are_known_ones() -> None:
    known = {"DateTimeOffset", "KeyValueOfstringanyType", "ArrayOfstring", "ElementPerKey", "anyType"}
    found = {schema["x-xml-form"] for _, schema in schemas(WHICH50.document["components"]) if "x-xml-form" in schema}
    assert set() == found - known


def test_only_the_number_of_a_contact_is_hidden_from_json() -> None:
    hidden = [place for place, schema in schemas(WHICH50.document["components"]["schemas"]) if schema.get("x-xml-only")]
    assert ["/Contact/properties/Id"] == hidden


def test_each_clause_is_about_operations_of_the_contract() -> None:
    for clause in WHICH50.clauses.values():
        assert set() == set(clause.operations) - {operation.id for operation in WHICH50.operations}, clause.id
        assert clause.operations, clause.id


def test_each_clause_says_what_is() -> None:
    for clause in WHICH50.clauses.values():
        assert re.fullmatch(r"W50(-[a-z]+)+", clause.id)
        assert re.fullmatch(r"[A-Z].*\.", clause.sentence), clause.id
        assert not re.search(r"\b(should|must|test that|verify)\b", clause.sentence, re.IGNORECASE), clause.id


def test_each_source_is_explained() -> None:
    rows = {cell for row in re.findall(r"(?m)^\| ([^|]+) \|", README) for cell in re.split(r",\s*", row.strip())}
    decisions = {f"D{number}" for number in range(1, 31)}
    for clause in WHICH50.clauses.values():
        assert set() == set(re.split(r",\s*", clause.source)) - rows - decisions, clause.id


def test_the_level_of_a_clause_follows_from_its_source() -> None:
    for clause in WHICH50.clauses.values():
        expected = "core" if clause.source in {"S1", "S2"} else "extended" if clause.source in {"P", "H"} else "assumed"
        assert expected == clause.level, clause.id
