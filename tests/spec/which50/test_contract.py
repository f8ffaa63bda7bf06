"""The Which50 contract holds together, and says of each thing where it was read."""

from __future__ import annotations

import re
from pathlib import Path
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
OPERATIONS = {
    "get_contact": "/contacts/{contactId}",
    "list_contact_journeys": "/contacts/{contactId}/journeys",
    "list_contact_communications": "/contacts/{contactId}/communications",
    "list_contact_journey_activities": "/contacts/{contactId}/journeyactivities/{journeyId}",
    "get_contact_summary": "/contacts/{contactId}/summary",
    "list_contact_emails": "/contacts/{contactId}/emails",
    "list_contact_text_messages": "/contacts/{contactId}/textmessages",
    "list_contact_landing_pages": "/contacts/{contactId}/landingpages",
    "list_contact_web_forms": "/contacts/{contactId}/webforms",
}
MEDIA_TYPES = ["application/json", "text/json", "application/csp-report", "application/xml", "text/xml"]


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


def test_the_operations_are_the_nine_on_contacts() -> None:
    assert OPERATIONS == {operation.id: operation.path for operation in WHICH50.operations}


@pytest.mark.parametrize("operation", WHICH50.operations, ids=lambda operation: operation.id)
def test_an_operation_reads_contacts(operation: Any) -> None:
    assert ("get", "read", "contacts") == (operation.method, operation.effect, operation.tag)
    assert "contacts:read" == operation.definition["x-permission"]
    assert ["200", "400", "401", "403", "404", "500"] == sorted(operation.definition["responses"])
    assert [{"basicAuth": []}, {"apiKeyAuth": []}] == operation.definition["security"]


@pytest.mark.parametrize("operation", WHICH50.operations, ids=lambda operation: operation.id)
def test_every_answer_comes_in_five_media_types(operation: Any) -> None:
    for status, response in operation.definition["responses"].items():
        assert MEDIA_TYPES == list(response["content"]), status


def test_a_schema_has_a_name_in_xml_or_is_part_of_one() -> None:
    for name, schema in WHICH50.document["components"]["schemas"].items():
        if schema["type"] in {"object", "array"}:
            assert "name" in schema["xml"], name


def test_special_forms_of_xml_are_known_ones() -> None:
    known = {"DateTimeOffset", "KeyValueOfstringanyType", "ArrayOfstring", "ElementPerKey", "anyType"}
    found = {schema["x-xml-form"] for _, schema in schemas(WHICH50.document["components"]) if "x-xml-form" in schema}
    assert set() == found - known


def test_only_the_number_of_a_contact_is_hidden_from_json() -> None:
    hidden = [place for place, schema in schemas(WHICH50.document["components"]["schemas"]) if schema.get("x-xml-only")]
    assert ["/Contact/properties/Id"] == hidden


def test_each_clause_is_about_operations_of_the_contract() -> None:
    for clause in WHICH50.clauses.values():
        assert set() == set(clause.operations) - set(OPERATIONS), clause.id
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
        assert clause.source in rows | decisions, clause.id


def test_the_level_of_a_clause_follows_from_its_source() -> None:
    for clause in WHICH50.clauses.values():
        expected = "core" if clause.source in {"S1", "S2"} else "extended" if clause.source in {"P", "H"} else "assumed"
        assert expected == clause.level, clause.id


def test_operations_to_come_are_named_where_they_will_stand() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(Path(FOLDER / "paths").glob("*.yaml")))
    to_come = re.findall(r"(?m)^#   (\w+) +(?:GET|POST|PUT|PATCH|DELETE) +/", text)
    assert 46 == len(to_come)
    assert len(to_come) == len(set(to_come) - set(OPERATIONS))
