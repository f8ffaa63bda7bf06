"""The DataContract reader: what the writer writes and what other writers do, and what it complains of."""

from __future__ import annotations

import json
from typing import Any

import pytest
from dto_values import Values
from hypothesis import given, settings
from hypothesis import strategies as st
from other_writer import OtherWriter

from mailproof import contract
from mailproof.promises import ContractError
from mailproof_mock.call import Problem
from mailproof_mock.datacontract import compile_encoder, strip_xml_only
from mailproof_mock.datacontract_reader import compile_decoder

WHICH50 = contract("which50").document
SCHEMAS: dict[str, Any] = WHICH50["components"]["schemas"]
NAMED = sorted(name for name, schema in SCHEMAS.items() if "name" in schema.get("xml", {}))

# All that XML 1.0 has a way to write. What it has none for are most control characters, U+FFFE and U+FFFF, and an
# element without a name.
VALUES = Values(
    WHICH50,
    texts=st.text(
        st.characters(
            exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff", include_characters="\t\n\r\x7f\x85"
        ),
        max_size=12,
    ),
    names=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6),
)

DTO = "http://schemas.datacontract.org/2004/07/W50API.Models.DTO"
BASE = "http://schemas.datacontract.org/2004/07/W50Common.Model.DTO"
ARRAYS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"
SYSTEM = "http://schemas.datacontract.org/2004/07/System"
NET = "http://schemas.microsoft.com/2003/10/Serialization/"
PREFIXES = {
    "i": "http://www.w3.org/2001/XMLSchema-instance",
    "x": "http://www.w3.org/2001/XMLSchema",
    "a": ARRAYS,
    "c": BASE,
    "s": SYSTEM,
    "n": NET,
}
DECLARED = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in PREFIXES.items())

PAIR = "<a:KeyValueOfstringanyType><a:Key>K</a:Key><a:Value/></a:KeyValueOfstringanyType>"
DATE = "<s:DateTime>2024-03-01T01:30:00.12345678Z</s:DateTime><s:OffsetMinutes>0</s:OffsetMinutes>"


def pointer(name: str) -> str:
    return f"#/components/schemas/{name}"


CONTACT = compile_decoder(WHICH50, pointer("Contact"))
IMPORT = compile_decoder(WHICH50, pointer("ImportJobCreateRequest"))


def contact(inside: str) -> bytes:
    return f'<Contact xmlns="{DTO}"{DECLARED}>{inside}</Contact>'.encode()


def entry(value: str, key: str = "<a:Key>K</a:Key>") -> bytes:
    pair = f"<a:KeyValueOfstringanyType>{key}{value}</a:KeyValueOfstringanyType>"
    return contact(f"<c:Values>{pair}</c:Values>")


def any_value(kind: str, text: str) -> bytes:
    return entry(f'<a:Value i:type="{kind}">{text}</a:Value>')


def complaint(body: bytes, decode: Any = CONTACT) -> str:
    with pytest.raises(Problem) as caught:
        decode(body)
    assert "bad-request" == caught.value.name
    detail = str(caught.value.detail)
    assert "\n" not in detail
    assert len(detail) < 400
    return detail


@pytest.mark.parametrize("name", NAMED)
def test_what_is_written_is_read(name: str) -> None:
    encode, decode = compile_encoder(WHICH50, pointer(name)), compile_decoder(WHICH50, pointer(name))
    strip = strip_xml_only(WHICH50, pointer(name))

    @settings(max_examples=20, deadline=None, database=None, derandomize=True)
    @given(VALUES.of(SCHEMAS[name]))
    def holds(value: Any) -> None:
        # as text, for in Python 1, 1.0 and true are equal
        assert json.dumps(strip(value), sort_keys=True) == json.dumps(decode(encode(value)), sort_keys=True)

    holds()


@pytest.mark.parametrize("name", NAMED)
def test_what_others_write_is_read_alike(name: str) -> None:
    encode, decode = compile_encoder(WHICH50, pointer(name)), compile_decoder(WHICH50, pointer(name))
    strip = strip_xml_only(WHICH50, pointer(name))

    @settings(max_examples=20, deadline=None, database=None, derandomize=True)
    @given(VALUES.of(SCHEMAS[name]), st.integers(0, 2**32))
    def holds(value: Any, seed: int) -> None:
        body = OtherWriter(seed).write(encode(value))
        assert json.dumps(strip(value), sort_keys=True) == json.dumps(decode(body), sort_keys=True), body

    holds()


def test_every_xml_body_of_the_contract_can_be_read() -> None:
    for operation in contract("which50").operations:
        content = operation.definition.get("requestBody", {}).get("content", {})
        for media_type in {"application/xml", "text/xml"} & set(content):
            decode = compile_decoder(WHICH50, content[media_type]["schema"]["$ref"])
            assert "The root of the body is <a> in no namespace" in complaint(b"<a/>", decode)


def test_what_net_writes() -> None:
    body = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<Contact xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
        ' xmlns="http://schemas.datacontract.org/2004/07/W50API.Models.DTO">'
        '<EncContactId i:nil="true" xmlns="http://schemas.datacontract.org/2004/07/W50Common.Model.DTO"/>'
        '<Id xmlns="http://schemas.datacontract.org/2004/07/W50Common.Model.DTO">0</Id>'
        '<ListId xmlns="http://schemas.datacontract.org/2004/07/W50Common.Model.DTO">31</ListId>'
        '<Values xmlns:a="http://schemas.microsoft.com/2003/10/Serialization/Arrays"'
        ' xmlns="http://schemas.datacontract.org/2004/07/W50Common.Model.DTO">'
        "<a:KeyValueOfstringanyType><a:Key>Email</a:Key>"
        '<a:Value i:type="b:string" xmlns:b="http://www.w3.org/2001/XMLSchema">a@b.c</a:Value>'
        "</a:KeyValueOfstringanyType>"
        "<a:KeyValueOfstringanyType><a:Key>Visits</a:Key>"
        '<a:Value i:type="b:int" xmlns:b="http://www.w3.org/2001/XMLSchema">14</a:Value>'
        "</a:KeyValueOfstringanyType>"
        "<a:KeyValueOfstringanyType><a:Key>Tags</a:Key>"
        '<a:Value i:type="a:ArrayOfstring"><a:string>x</a:string><a:string i:nil="true"/></a:Value>'
        "</a:KeyValueOfstringanyType>"
        "<a:KeyValueOfstringanyType><a:Key>Since</a:Key>"
        '<a:Value i:type="b:DateTimeOffset" xmlns:b="http://schemas.datacontract.org/2004/07/System">'
        "<b:DateTime>2024-06-01T09:00:00.12Z</b:DateTime><b:OffsetMinutes>60</b:OffsetMinutes></a:Value>"
        "</a:KeyValueOfstringanyType>"
        '<a:KeyValueOfstringanyType><a:Key>None</a:Key><a:Value i:nil="true"/></a:KeyValueOfstringanyType>'
        "</Values></Contact>"
    )
    since = "2024-06-01T10:00:00.12+01:00"
    values = {"Email": "a@b.c", "Visits": 14, "Tags": ["x", None], "Since": since, "None": None}
    assert {"EncContactId": None, "ListId": 31, "Values": values} == CONTACT(body.encode())


def test_field_names_of_an_import() -> None:
    body = (
        '<ImportJobCreateRequest xmlns="http://schemas.datacontract.org/2004/07/W50API.Controllers">'
        '<FieldNames xmlns:d2p1="http://schemas.microsoft.com/2003/10/Serialization/Arrays">'
        "<d2p1:string>Email</d2p1:string>\n<d2p1:string>First &amp; Last</d2p1:string>"
        "</FieldNames></ImportJobCreateRequest>"
    )
    assert {"FieldNames": ["Email", "First & Last"]} == IMPORT(body.encode())


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("x:string", " a <![CDATA[<b>]]>&#10;", " a <b>\n"),
        ("x:string", "", ""),
        ("x:int", " +05\n", 5),
        ("x:int", "-0", 0),
        ("x:int", "-2147483648", -(2**31)),
        ("x:long", "9223372036854775807", 2**63 - 1),
        ("x:unsignedLong", "18446744073709551615", 2**64 - 1),
        ("x:short", "-32768", -(2**15)),
        ("x:byte", "-128", -128),
        ("x:unsignedByte", "255", 255),
        ("x:integer", "12", 12),
        ("x:decimal", "12", 12),
        ("x:decimal", "12.50", 12.5),
        ("x:decimal", "79228162514264337593543950335", float(2**96)),
        ("x:double", "5", 5.0),
        ("x:double", "-1.5E-3", -0.0015),
        ("x:double", ".5", 0.5),
        ("x:double", "1e-999", 0.0),
        ("x:float", "3.4028235E+38", 3.4028235e38),
        ("x:boolean", "true", True),
        ("x:boolean", " 0 ", False),
        ("x:dateTime", "2024-06-01T09:00:00.1234567+01:00", "2024-06-01T09:00:00.1234567+01:00"),
        ("x:dateTime", "2024-06-01T09:00:00", "2024-06-01T09:00:00"),
        ("x:anyType", "a", "a"),
        ("x:anyURI", "urn:a", "urn:a"),
        ("x:base64Binary", "AAE=", "AAE="),
        ("n:guid", "e1c2b6a0-0000-4000-8000-000000000001", "e1c2b6a0-0000-4000-8000-000000000001"),
        ("n:duration", "PT1H", "PT1H"),
        ("n:char", "65", "A"),
        ("\t a:ArrayOfint\n", "<a:int>1</a:int><a:int>2</a:int>", [1, 2]),
        ("a:ArrayOfanyType", '<a:anyType i:type="x:int">1</a:anyType><a:anyType>1</a:anyType>', [1, "1"]),
        ("a:ArrayOfArrayOfstring", "<a:ArrayOfstring><a:string/></a:ArrayOfstring>", [[""]]),
        ("a:ArrayOfanyType", "", []),
        ("a:ArrayOfKeyValueOfstringanyType", "", {}),
        (
            "a:ArrayOfKeyValueOfstringstring",
            "<a:KeyValueOfstringstring><a:Value>v</a:Value><a:Key>k</a:Key></a:KeyValueOfstringstring>",
            {"k": "v"},
        ),
        (
            "s:DateTimeOffset",
            "<s:OffsetMinutes>-330</s:OffsetMinutes><s:DateTime>2024-03-01T01:30:00.6900000Z</s:DateTime>",
            "2024-02-29T20:00:00.69-05:30",
        ),
        (
            "s:ArrayOfDateTimeOffset",
            f"<s:DateTimeOffset>{DATE}</s:DateTimeOffset>",
            ["2024-03-01T01:30:00.1234567+00:00"],
        ),
    ],
)
def test_a_value_follows_its_type(kind: str, text: str, expected: object) -> None:
    found = CONTACT(any_value(kind, text))["Values"]["K"]
    assert (type(expected), expected) == (type(found), found)


def test_zero_keeps_its_sign() -> None:
    assert "-0.0" == repr(CONTACT(any_value("x:double", "-0"))["Values"]["K"])


def test_a_type_may_be_in_the_default_namespace() -> None:
    value = f'<a:Value i:type="string" xmlns="{PREFIXES["x"]}">a</a:Value>'
    assert {"K": "a"} == CONTACT(entry(value))["Values"]


def test_a_value_without_a_type_is_text() -> None:
    assert {"K": " 5 "} == CONTACT(entry("<a:Value> 5 </a:Value>"))["Values"]


@pytest.mark.parametrize(
    ("instant", "minutes", "expected"),
    [
        ("2024-06-01T09:00:00Z", "60", "2024-06-01T10:00:00+01:00"),
        (" 2024-06-01T09:00:00Z ", " +060 ", "2024-06-01T10:00:00+01:00"),
        ("2024-06-01T11:00:00+02:00", "60", "2024-06-01T10:00:00+01:00"),
        ("2024-06-01T10:00:00", "60", "2024-06-01T10:00:00+01:00"),  # without a zone: local, as .NET takes it
        ("0001-01-01T00:00:00Z", "0", "0001-01-01T00:00:00+00:00"),
        ("9999-12-31T23:59:59.9999999Z", "-840", "9999-12-31T09:59:59.9999999-14:00"),
    ],
)
def test_the_two_parts_of_a_date(instant: str, minutes: str, expected: str) -> None:
    parts = f"<DateTime>{instant}</DateTime><OffsetMinutes>{minutes}</OffsetMinutes>"
    decode = compile_decoder(WHICH50, pointer("DateTimeOffset"))
    assert expected == decode(f'<DateTimeOffset xmlns="{SYSTEM}">{parts}</DateTimeOffset>'.encode())


def test_members_that_only_xml_shows_and_nobody_sets_are_dropped() -> None:
    assert {"ListId": 3} == CONTACT(contact("<c:Id>41</c:Id><c:ListId>3</c:ListId>"))


def test_a_member_that_only_xml_shows_is_kept_where_it_can_be_set() -> None:
    thing = {"type": "object", "properties": {"A": {"type": "string", "x-xml-only": True}}}
    decode = compile_decoder({"components": {"schemas": {"Thing": thing}}}, pointer("Thing"))
    assert {"A": "a"} == decode(b"<Thing><A>a</A></Thing>")


@pytest.mark.parametrize(
    "unknown",
    [
        "<Unknown/>",
        "<c:Unknown>text<c:ListId>x</c:ListId></c:Unknown>",
        "<ListId>4</ListId>",  # in the namespace of the root, not of its base class
        '<ListId xmlns="">4</ListId>',
        '<ListId xmlns="urn:other" i:type="nonsense">4</ListId>',
        '<z:a xmlns:z="urn:z"><z:b/></z:a>',
        "<c:listId>4</c:listId>",
    ],
)
def test_what_the_contract_does_not_know_is_ignored(unknown: str) -> None:
    known = '<c:ListId i:type="x:short" c:other="1" other="2">3</c:ListId>'
    assert {"ListId": 3} == CONTACT(contact(unknown + known))
    assert {"ListId": 3} == CONTACT(contact(known + unknown))


def test_the_first_of_a_repeated_member_counts() -> None:
    assert {"ListId": 3} == CONTACT(contact("<c:ListId>3</c:ListId><c:ListId>4</c:ListId>"))


@pytest.mark.parametrize("mark", ["true", "1", " true\n"])
def test_nil_is_null_whatever_is_in_it(mark: str) -> None:
    body = contact(f'<c:Values i:nil="{mark}">text<c:b/></c:Values><c:ListId i:nil="{mark}"/>')
    assert {"Values": None, "ListId": None} == CONTACT(body)


@pytest.mark.parametrize("mark", ["false", "0"])
def test_not_nil_is_the_value(mark: str) -> None:
    assert {"ListId": 3} == CONTACT(contact(f'<c:ListId i:nil="{mark}">3</c:ListId>'))


def test_a_nil_without_the_namespace_is_nothing() -> None:
    assert {"ListId": 3} == CONTACT(contact('<c:ListId nil="true" c:nil="true">3</c:ListId>'))


def test_a_root_that_is_nil() -> None:
    assert CONTACT(f'<Contact xmlns="{DTO}"{DECLARED} i:nil="1"/>'.encode()) is None


def test_nothing_stands_for_nothing() -> None:
    empty = contact("<c:EncContactId/><c:Values/><c:ValidationWarnings></c:ValidationWarnings>")
    assert {"EncContactId": "", "Values": {}, "ValidationWarnings": []} == CONTACT(empty)
    assert {} == CONTACT(contact(""))


def test_a_prefix_means_what_it_means_where_it_stands() -> None:
    other = f'<a:ListId xmlns:a="{BASE}">5</a:ListId>'
    value = f'<a:Value xmlns:x="{NET}" i:type="x:char">66</a:Value>'
    key = '<a:Key xmlns:x="urn:x">K</a:Key>'
    decoded = CONTACT(contact(other + entry(value, key).decode().partition(">")[2].removesuffix("</Contact>")))
    assert {"ListId": 5, "Values": {"K": "B"}} == decoded


HTTP_ERROR = compile_decoder(WHICH50, pointer("HttpError"))


def test_elements_that_are_keys() -> None:
    state = "<_x0031__x0020_b>x</_x0031__x0020_b><c>y</c><_x0031__x0020_b/><_x0001F600__xD800_/>"
    expected = {"1 b": ["x", ""], "c": ["y"], "\U0001f600_xD800_": [""]}
    assert {"ModelState": expected} == HTTP_ERROR(f"<Error><ModelState>{state}</ModelState></Error>".encode())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "us-ascii", "iso-8859-1"])
def test_an_encoding_that_is_declared(encoding: str) -> None:
    declared = f"<?xml version='1.0' encoding='{encoding.removesuffix('-sig')}' standalone='yes'?>"
    text = declared + contact("<c:EncContactId>zo\u00eb</c:EncContactId>").decode()
    assert {"EncContactId": "zo\u00eb"} == CONTACT(text.encode(encoding, "xmlcharrefreplace"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_an_encoding_that_is_not_declared(encoding: str) -> None:
    assert {"EncContactId": "zo\u00eb"} == CONTACT(
        contact("<c:EncContactId>zo\u00eb</c:EncContactId>").decode().encode(encoding)
    )


IN = "The body: /Contact"
ENTRY = f"{IN}/Values/KeyValueOfstringanyType[1]"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (contact("<c:ListId>x</c:ListId>"), f"{IN}/ListId: 'x' is not an integer"),
        (contact("<c:ListId/>"), f"{IN}/ListId: '' is not an integer"),
        (contact("<c:ListId>1 2</c:ListId>"), f"{IN}/ListId: '1 2' is not an integer"),
        (contact("<c:ListId>1.0</c:ListId>"), f"{IN}/ListId: '1.0' is not an integer"),
        (contact("<c:ListId>\u0663</c:ListId>"), f"{IN}/ListId: '\u0663' is not an integer"),
        (contact("<c:ListId>\u00a03</c:ListId>"), f"{IN}/ListId: '\\xa03' is not an integer"),
        (
            contact("<c:ListId>9223372036854775808</c:ListId>"),
            f"{IN}/ListId: '9223372036854775808' is not between -9223372036854775808 and 9223372036854775807",
        ),
        (contact("<c:ListId><a/></c:ListId>"), f"{IN}/ListId: has elements where an integer belongs"),
        (contact('<c:ListId i:nil="yes"/>'), f"{IN}: i:nil of ListId: 'yes' is neither true nor false"),
        (contact("text"), f"{IN}: has text where an object belongs: 'text'"),
        (contact("<c:Values>text</c:Values>"), f"{IN}/Values: has text where a dictionary belongs: 'text'"),
        (
            contact("<c:ValidationWarnings><a:string/>\u00a0</c:ValidationWarnings>"),
            f"{IN}/ValidationWarnings: has text where an array belongs: '\\xa0'",
        ),
        (
            contact("<c:ValidationWarnings><a:string/><a:string><a/></a:string></c:ValidationWarnings>"),
            f"{IN}/ValidationWarnings/string[2]: has elements where text belongs",
        ),
        (entry("<a:Value/>", key=""), f"{ENTRY}: has no Key"),
        (entry("<a:Value/>", key='<a:Key i:nil="true"/>'), f"{ENTRY}: has no Key"),
        (entry("<a:Value/>", key="<Key>K</Key>"), f"{ENTRY}: has no Key"),
        (entry(""), f"{ENTRY}: has no Value"),
        (
            contact('<c:Values><a:KeyValueOfstringanyType i:nil="true"/></c:Values>'),
            f"{IN}/Values: has an entry that is nil",
        ),
        (
            contact(f"<c:Values>{2 * PAIR}</c:Values>"),
            f"{IN}/Values: has the key 'K' a second time",
        ),
        (entry("<a:Value><b/></a:Value>"), f"{ENTRY}/Value: has elements where text (there is no i:type) belongs"),
        (any_value("string", ""), f"{ENTRY}: i:type of Value: no type 'string' is known"),
        (any_value("x:Contact", ""), f"{ENTRY}: i:type of Value: no type 'x:Contact' is known"),
        (any_value("q:int", "1"), f"{ENTRY}: has the prefix 'q', which is not declared"),
        (any_value("", "1"), "The body is XML that is not accepted: the name ''"),
        (any_value("x:a:b", "1"), "The body is XML that is not accepted: the name 'x:a:b'"),
        (any_value("x:int", "2147483648"), f"{ENTRY}/Value: '2147483648' is not between -2147483648 and 2147483647"),
        (any_value("x:byte", "128"), f"{ENTRY}/Value: '128' is not between -128 and 127"),
        (any_value("x:unsignedInt", "-1"), f"{ENTRY}/Value: '-1' is not between 0 and 4294967295"),
        (any_value("x:decimal", "1e3"), f"{ENTRY}/Value: '1e3' is not a decimal number"),
        (any_value("x:decimal", f"{2**97}"), f"{ENTRY}/Value: '{2**97}' is beyond a decimal number"),
        (any_value("x:double", "NaN"), f"{ENTRY}/Value: 'NaN' is not a finite number"),
        (any_value("x:double", "1e999"), f"{ENTRY}/Value: '1e999' is beyond a finite number"),
        (any_value("x:double", "1_0"), f"{ENTRY}/Value: '1_0' is not a finite number"),
        (any_value("x:boolean", "TRUE"), f"{ENTRY}/Value: 'TRUE' is neither true nor false"),
        (any_value("n:char", "55296"), f"{ENTRY}/Value: '55296' is half a character"),
        (any_value("x:dateTime", "2024-06-01"), f"{ENTRY}/Value: '2024-06-01' is not a date and time"),
        (
            any_value("x:dateTime", "2024-02-30T00:00:00"),
            f"{ENTRY}/Value: '2024-02-30T00:00:00' is no point in time",
        ),
        (
            any_value("x:dateTime", "2024-02-03T00:00:00+15:00"),
            f"{ENTRY}/Value: '2024-02-03T00:00:00+15:00' is no point in time",
        ),
        (any_value("s:DateTimeOffset", "<s:OffsetMinutes>0</s:OffsetMinutes>"), f"{ENTRY}/Value: has no DateTime"),
        (
            any_value("s:DateTimeOffset", "<s:DateTime>2024-02-03T00:00:00Z</s:DateTime>"),
            f"{ENTRY}/Value: has no OffsetMinutes",
        ),
        (
            any_value("s:DateTimeOffset", "2024-02-03T00:00:00Z"),
            f"{ENTRY}/Value: has text where a date belongs: '2024-02-03T00:00:00Z'",
        ),
        (
            any_value(
                "s:DateTimeOffset",
                "<s:DateTime>2024-02-03T00:00:00Z</s:DateTime><s:OffsetMinutes>841</s:OffsetMinutes>",
            ),
            f"{ENTRY}/Value: the offset 841 is not within 840 minutes",
        ),
        (
            any_value(
                "s:DateTimeOffset",
                "<s:DateTime>9999-12-31T23:59:59Z</s:DateTime><s:OffsetMinutes>1</s:OffsetMinutes>",
            ),
            f"{ENTRY}/Value: '9999-12-31T23:59:59Z' is beyond the years 1 to 9999 at its offset",
        ),
        (contact("<q:a/>"), f"{IN}: has the prefix 'q', which is not declared"),
        (contact('<a q:b=""/>'), f"{IN}: has the prefix 'q', which is not declared"),
        (contact('<a xmlns:q=""/>'), f"{IN}: declares the prefix 'q' for ''"),
        (contact("<:a/>"), "The body is XML that is not accepted: the name ':a'"),
        (b"<Contact/>", f"The root of the body is <Contact> in no namespace, not <Contact> in namespace '{DTO}'"),
        (
            b'<Contact xmlns="urn:x"/>',
            f"The root of the body is <Contact> in namespace 'urn:x', not <Contact> in namespace '{DTO}'",
        ),
        (
            f'<contact xmlns="{DTO}"/>'.encode(),
            f"The root of the body is <contact> in namespace '{DTO}', not <Contact> in namespace '{DTO}'",
        ),
    ],
)
def test_a_complaint_says_where(body: bytes, expected: str) -> None:
    assert expected == complaint(body)


def test_an_item_is_named_by_its_number() -> None:
    schemas = {"Contact": SCHEMAS["Contact"], "Many": {"type": "array", "items": {"$ref": pointer("Contact")}}}
    decode = compile_decoder({"components": {"schemas": schemas}}, pointer("Many"))
    body = f'<Many xmlns:d="{DTO}"{DECLARED}><d:Contact/><d:Other/><d:Contact><c:ListId/></d:Contact></Many>'
    assert "The body: /Many/Contact[2]/ListId: '' is not an integer" == complaint(body.encode(), decode)


def test_a_number_of_no_kind_in_particular() -> None:
    schemas = {"Thing": {"type": "array", "items": {"type": "number"}}}
    decode = compile_decoder({"components": {"schemas": schemas}}, pointer("Thing"))
    items = "".join(f"<a:double>{text}</a:double>" for text in ("5", "5.0", "1e2", f"{2**64}"))
    assert "[5, 5.0, 100.0, 1.8446744073709552e+19]" == repr(decode(f"<Thing{DECLARED}>{items}</Thing>".encode()))


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, "a combined schema has no XML form: Thing"),
        ({"type": "file"}, "type 'file' has no XML form: Thing"),
        (
            {"type": "array", "items": {"$ref": pointer("Thing")}},
            "a schema that holds itself has no XML form here: Thing",
        ),
    ],
)
def test_a_schema_without_an_xml_form_is_refused_at_start(schema: dict[str, Any], reason: str) -> None:
    with pytest.raises(ContractError, match=reason):
        compile_decoder({"components": {"schemas": {"Thing": schema}}}, pointer("Thing"))
