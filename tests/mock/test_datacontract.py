"""The DataContract writer: the vendor's sample to the byte, special forms, and a round trip of every type."""

from __future__ import annotations

import json
from typing import Any

import pytest
from dto_values import Values
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproof import contract
from mailproof.promises import ContractError
from mailproof_conformance.datacontract import as_xml_can_say, read
from mailproof_mock.datacontract import compile_encoder, strip_xml_only

WHICH50 = contract("which50").document
SCHEMAS: dict[str, Any] = WHICH50["components"]["schemas"]
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
ARRAYS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"

SAMPLE = {
    "Id": 1,
    "Interaction": "sample string 2",
    "Name": "sample string 3",
    "Occurred": "2024-12-27T18:06:00.6960966+00:00",
    "Status": "sample string 4",
    "CampaignId": 1,
    "CampaignName": "sample string 5",
}
SAMPLE_ITEM = (
    "<ContactInteraction><CampaignId>1</CampaignId><CampaignName>sample string 5</CampaignName><Id>1</Id>"
    "<Interaction>sample string 2</Interaction><Name>sample string 3</Name>"
    '<Occurred xmlns:d3p1="http://schemas.datacontract.org/2004/07/System">'
    "<d3p1:DateTime>2024-12-27T18:06:00.6960966Z</d3p1:DateTime><d3p1:OffsetMinutes>0</d3p1:OffsetMinutes>"
    "</Occurred><Status>sample string 4</Status></ContactInteraction>"
)


def document(**schemas: Any) -> dict[str, Any]:
    return {"components": {"schemas": schemas}}


def encode(schema: dict[str, Any], value: object) -> str:
    return compile_encoder(document(Thing=schema), "#/components/schemas/Thing")(value).decode()


def thing(text: str) -> str:
    return f'<Thing xmlns:i="{INSTANCE}" xmlns="urn:t">{text}</Thing>'


def member(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {"A": schema}, "xml": {"namespace": "urn:t"}}


def test_the_sample_of_the_vendor_comes_out_as_printed() -> None:
    expected = (
        f'<ArrayOfContactInteraction xmlns:i="{INSTANCE}"'
        ' xmlns="http://schemas.datacontract.org/2004/07/W50API.Models.DTO.Contacts">'
        f"{SAMPLE_ITEM}{SAMPLE_ITEM}</ArrayOfContactInteraction>"
    )
    encoder = compile_encoder(WHICH50, "#/components/schemas/ArrayOfContactInteraction")
    assert expected == encoder([SAMPLE, SAMPLE]).decode()


def test_members_of_a_base_class_stand_in_its_namespace() -> None:
    contact = {"EncContactId": "q7Zk", "Id": 41, "ListId": 3, "Values": {"Email": "a@b.c"}}
    base = ' xmlns="http://schemas.datacontract.org/2004/07/W50Common.Model.DTO"'
    expected = (
        f'<Contact xmlns:i="{INSTANCE}" xmlns="http://schemas.datacontract.org/2004/07/W50API.Models.DTO">'
        f"<EncContactId{base}>q7Zk</EncContactId><Id{base}>41</Id><ListId{base}>3</ListId>"
        f'<Values xmlns:d2p1="{ARRAYS}"{base}><d2p1:KeyValueOfstringanyType><d2p1:Key>Email</d2p1:Key>'
        '<d2p1:Value i:type="d4p1:string" xmlns:d4p1="http://www.w3.org/2001/XMLSchema">a@b.c</d2p1:Value>'
        "</d2p1:KeyValueOfstringanyType></Values></Contact>"
    )
    assert expected == compile_encoder(WHICH50, "#/components/schemas/Contact")(contact).decode()


@pytest.mark.parametrize(
    ("date", "instant", "offset"),
    [
        ("2024-06-01T10:00:00+01:00", "2024-06-01T09:00:00Z", "60"),
        ("2024-12-27T18:06:00.5+00:00", "2024-12-27T18:06:00.5Z", "0"),
        ("2024-01-01T00:30:00.0000001+01:00", "2023-12-31T23:30:00.0000001Z", "60"),
        ("2024-02-29T20:00:00-05:30", "2024-03-01T01:30:00Z", "-330"),
        ("2024-12-27T18:06:00Z", "2024-12-27T18:06:00Z", "0"),
        ("2024-12-27T18:06:00.6900000+00:00", "2024-12-27T18:06:00.69Z", "0"),
    ],
)
def test_a_date_is_written_in_utc_with_its_offset_beside_it(date: str, instant: str, offset: str) -> None:
    text = encode(SCHEMAS["DateTimeOffset"], date)
    assert f"<DateTime>{instant}</DateTime><OffsetMinutes>{offset}</OffsetMinutes>" in text


def test_what_is_no_date_is_refused() -> None:
    with pytest.raises(ValueError, match="not a date and time with an offset: '2024-06-01'"):
        encode(SCHEMAS["DateTimeOffset"], "2024-06-01")


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ({"type": "string", "nullable": True}, None, '<A i:nil="true" />'),
        ({"type": "string"}, "", "<A></A>"),
        ({"type": "string"}, "a\r\nb\t<&>\"'", "<A>a&#xD;\nb\t&lt;&amp;&gt;\"'</A>"),
        ({"type": "string"}, "\x07\ufffe\ud800|\U0001f600", "<A>\ufffd\ufffd\ufffd|\U0001f600</A>"),
        ({"type": "boolean"}, True, "<A>true</A>"),
        ({"type": "integer"}, -3, "<A>-3</A>"),
        ({"type": "number"}, 0.5, "<A>0.5</A>"),
        (
            {"type": "array", "items": {"type": "string"}},
            ["x"],
            f'<A xmlns:d2p1="{ARRAYS}"><d2p1:string>x</d2p1:string></A>',
        ),
        ({"type": "array", "items": {"type": "integer"}}, [], f'<A xmlns:d2p1="{ARRAYS}" />'),
        (
            {"type": "array", "items": {"$ref": "#/components/schemas/Item"}},
            [{"B": 1}],
            "<A><Item><B>1</B></Item></A>",
        ),
        ({"$ref": "#/components/schemas/Item"}, {"B": 1, "Unknown": 2}, "<A><B>1</B></A>"),
        (
            {"type": "object", "xml": {"namespace": "urn:u"}, "properties": {"B": {"type": "string"}}},
            {"B": "x"},
            '<A xmlns="urn:u"><B>x</B></A>',
        ),
    ],
)
def test_the_form_of_a_member(schema: dict[str, Any], value: object, expected: str) -> None:
    item = {"type": "object", "properties": {"B": {"type": "integer"}}, "xml": {"namespace": "urn:t"}}
    encoder = compile_encoder(document(Thing=member(schema), Item=item), "#/components/schemas/Thing")
    assert thing(expected) == encoder({"A": value}).decode()


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (2**31 - 1, "int", "2147483647"),
        (-(2**31), "int", "-2147483648"),
        (2**31, "long", "2147483648"),
        (2**63, "decimal", "9223372036854775808"),
        (0.1, "double", "0.1"),
        (False, "boolean", "false"),
        ("<", "string", "&lt;"),
    ],
)
def test_a_value_of_any_type_says_which(value: object, kind: str, text: str) -> None:
    expected = f'<A i:type="d2p1:{kind}" xmlns:d2p1="http://www.w3.org/2001/XMLSchema">{text}</A>'
    assert thing(expected) == encode(member({}), {"A": value})


def test_an_error_has_no_namespace_at_all() -> None:
    value = {"Message": "no", "ModelState": {"1 b": ["x", "y"]}}
    state = "<_x0031__x0020_b>x</_x0031__x0020_b><_x0031__x0020_b>y</_x0031__x0020_b>"
    expected = f"<Error><Message>no</Message><ModelState>{state}</ModelState></Error>"
    assert expected == compile_encoder(WHICH50, "#/components/schemas/HttpError")(value).decode()


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, "a combined schema has no XML form: Thing"),
        ({"type": "file"}, "type 'file' has no XML form: Thing"),
        (
            member({"$ref": "#/components/schemas/Thing"}),
            "a schema that holds itself has no XML form here: A",
        ),
        ({"$ref": "#/components/schemas/Thing"}, "a reference that leads to itself has no XML form: Thing"),
    ],
)
def test_a_schema_without_an_xml_form_is_refused_at_start(schema: dict[str, Any], reason: str) -> None:
    with pytest.raises(ContractError, match=reason):
        compile_encoder(document(Thing=schema), "#/components/schemas/Thing")


def test_json_loses_what_only_xml_shows() -> None:
    contact = {"EncContactId": "q7Zk", "Id": 41, "ListId": 3, "Values": {"Id": 7}}
    strip = strip_xml_only(WHICH50, "#/components/schemas/Contact")
    assert {"EncContactId": "q7Zk", "ListId": 3, "Values": {"Id": 7}} == strip(contact)
    assert 41 == contact["Id"]


def test_json_loses_it_at_any_depth() -> None:
    parts = {
        "Part": {
            "type": "object",
            "properties": {"A": {"type": "integer"}, "B": {"type": "integer", "x-xml-only": True}},
        },
        "Whole": {
            "type": "object",
            "properties": {
                "One": {"allOf": [{"$ref": "#/components/schemas/Part"}]},
                "Many": {"type": "array", "nullable": True, "items": {"$ref": "#/components/schemas/Part"}},
            },
        },
    }
    strip = strip_xml_only(document(**parts), "#/components/schemas/Whole")
    part = {"A": 1, "B": 2}
    assert {"One": {"A": 1}, "Many": [{"A": 1}, {"A": 1}]} == strip({"One": part, "Many": [part, part]})
    assert {"One": None, "Many": None} == strip({"One": None, "Many": None})


def test_nothing_to_hide_means_nothing_to_do() -> None:
    value = [{"Id": 1}]
    assert value is strip_xml_only(WHICH50, "#/components/schemas/ArrayOfContactEmail")(value)


VALUES = Values(
    WHICH50,
    texts=st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    names=st.text(st.characters(exclude_categories=["C"], max_codepoint=0xFFFF), min_size=1, max_size=6),
)


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_what_is_written_is_read_back(name: str) -> None:
    pointer = f"#/components/schemas/{name}"
    encoder = compile_encoder(WHICH50, pointer)

    @settings(max_examples=30, deadline=None, database=None, derandomize=True)
    @given(VALUES.of(SCHEMAS[name]))
    def holds(value: Any) -> None:
        expected = as_xml_can_say(value)
        found, findings = read(WHICH50, pointer, encoder(value), xml_only=True)
        assert [] == findings
        assert json.dumps(expected, sort_keys=True) == json.dumps(found, sort_keys=True)

    holds()
