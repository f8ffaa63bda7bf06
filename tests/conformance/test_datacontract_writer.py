"""The writer of DataContract XML: what it writes is read back as it was, and wrong values are shown to be wrong."""

from __future__ import annotations

from typing import Any

import pytest
from dto_values import Values
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproof import contract
from mailproof_conformance import datacontract
from mailproof_conformance.datacontract_writer import Writer, write
from mailproof_mock.datacontract_reader import compile_decoder

WHICH50 = contract("which50").document
SCHEMAS: dict[str, Any] = WHICH50["components"]["schemas"]
DTOS = sorted(name for name, schema in SCHEMAS.items() if "name" in schema.get("xml", {}))
WRITER = Writer(WHICH50)
VALUES = Values(
    WHICH50,
    texts=st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff", include_characters="\t\n\r"),
        max_size=12,
    ).map(datacontract.as_xml_can_say),
    names=st.text(st.characters(categories=["L", "Nd", "P"], max_codepoint=0xFFFF), min_size=1, max_size=6),
)
BASE = "http://schemas.datacontract.org/2004/07/W50Common.Model.DTO"
DTO = "http://schemas.datacontract.org/2004/07/W50API.Models.DTO"


def pointer(name: str) -> str:
    return f"#/components/schemas/{name}"


def text(name: str, value: Any) -> str:
    return write(WHICH50, pointer(name), value).decode()


@pytest.mark.parametrize("name", DTOS)
@given(data=st.data())
@settings(max_examples=20, deadline=None, database=None, derandomize=True)
def test_every_type_is_read_back_as_it_was(name: str, data: st.DataObject) -> None:
    value = data.draw(VALUES.of(SCHEMAS[name]))
    body = WRITER.document(pointer(name), value)
    assert (value, []) == datacontract.read(WHICH50, pointer(name), body, xml_only=True)


@pytest.mark.parametrize(
    "name", ["ContactRequest", "SendEmailRequestDTO", "ArrayOfContactRequest", "DeviceRegistration"]
)
@given(data=st.data())
@settings(max_examples=20, deadline=None, database=None, derandomize=True)
def test_the_reader_of_the_mock_reads_the_same(name: str, data: st.DataObject) -> None:
    value = data.draw(VALUES.of(SCHEMAS[name]))
    assert value == compile_decoder(WHICH50, pointer(name))(WRITER.document(pointer(name), value))


def test_a_contact_as_it_stands_on_the_wire() -> None:
    value = {"Values": {"Email": "a@b"}, "EncContactId": None, "ListId": 3}
    expected = (
        '<Contact xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
        f' xmlns:a="{datacontract.ARRAYS}" xmlns:x="{datacontract.XSD}" xmlns="{DTO}">'
        f'<EncContactId xmlns="{BASE}" i:nil="true"/><ListId xmlns="{BASE}">3</ListId><Values xmlns="{BASE}">'
        "<a:KeyValueOfstringanyType><a:Key>Email</a:Key>"
        '<a:Value i:type="x:string">a@b</a:Value></a:KeyValueOfstringanyType></Values></Contact>'
    )
    assert expected == text("ContactRequest", value)


@pytest.mark.parametrize(
    ("value", "rules"),
    [
        (0, {"value"}),
        (None, {"nil"}),
        ([None, None], {"value"}),
        ({"ListId": "soon"}, {"value"}),
        ({"ListId": 0.5}, {"value"}),
        ({"ListId": True}, {"value"}),
        ({"ListId": None}, {"nil"}),
        ({"ListId": [1]}, {"value"}),
        ({"ListId": {}}, {"value"}),
        ({"EncContactId": []}, {"value"}),
        ({"EncContactId": {"a": 1}}, {"value"}),
        ({"Values": 5}, {"value"}),
        ({"Values": [None]}, {"value"}),
    ],
)
def test_a_wrong_value_is_wrong_in_xml(value: Any, rules: set[str]) -> None:
    _, findings = datacontract.read(WHICH50, pointer("ContactRequest"), text("ContactRequest", value).encode())
    assert rules <= {finding.rule for finding in findings}


@pytest.mark.parametrize(("value", "expected"), [({"EncContactId": 5}, "5"), ({"EncContactId": True}, "true")])
def test_what_xml_takes_for_a_text_is_one(value: Any, expected: str) -> None:
    found, findings = datacontract.read(WHICH50, pointer("ContactRequest"), text("ContactRequest", value).encode())
    assert ({"EncContactId": expected}, []) == (found, findings)


def test_a_member_that_is_not_known_is_an_element_all_the_same() -> None:
    _, findings = datacontract.read(
        WHICH50, pointer("ContactRequest"), text("ContactRequest", {"No such": {"a": [1, None]}}).encode()
    )
    assert ["unknown"] == [finding.rule for finding in findings]


@pytest.mark.parametrize("value", ["soon", "2024-02-30T00:00:00+00:00", 7, {"a": 1}])
def test_what_is_no_date_stands_where_the_date_belongs(value: Any) -> None:
    body = text("ContactTextMessage", {"Date": value}).encode()
    _, findings = datacontract.read(WHICH50, pointer("ContactTextMessage"), body)
    assert "date" in {finding.rule for finding in findings}


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (2**31 - 1, "int"),
        (-(2**31), "int"),
        (2**31, "long"),
        (2**63, "decimal"),
        (-(2**63) - 1, "decimal"),
        (2**96, "double"),
        (1.5, "double"),
        (True, "boolean"),
    ],
)
def test_a_number_has_the_smallest_type_that_holds_it(number: float, kind: str) -> None:
    assert f'i:type="x:{kind}"' in text("ContactRequest", {"Values": {"a": number}})


@pytest.mark.parametrize("letter", ["\x00", "\x0b", "\ud800", "\ufffe"])
def test_what_xml_cannot_hold_is_not_written(letter: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        text("ContactRequest", {"EncContactId": letter})


def test_members_of_another_namespace_and_names_that_xml_has_not() -> None:
    body = text("HttpError", {"Message": "no", "ModelState": {"a b": ["1", "2"], "1": ["3"]}})
    expected = {"Message": "no", "ModelState": {"a b": ["1", "2"], "1": ["3"]}}
    assert (expected, []) == datacontract.read(WHICH50, pointer("HttpError"), body.encode())
