"""The reader of DataContract XML: what it reads, what it finds wrong, and what it does not let in."""

from __future__ import annotations

from typing import Any

import pytest

from mailproof import contract
from mailproof_conformance import datacontract

WHICH50 = contract("which50").document
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
DTO = "http://schemas.datacontract.org/2004/07/W50API.Models.DTO"
BASE = "http://schemas.datacontract.org/2004/07/W50Common.Model.DTO"
ARRAYS = datacontract.ARRAYS
MESSAGES = "ArrayOfContactTextMessage"
DATE = "<d:DateTime>2024-05-08T10:20:31.5Z</d:DateTime><d:OffsetMinutes>60</d:OffsetMinutes>"


def read(name: str, body: str, **options: Any) -> tuple[Any, list[datacontract.Finding]]:
    return datacontract.read(WHICH50, f"#/components/schemas/{name}", body.encode(), **options)


def messages(*items: str) -> str:
    return (
        f'<{MESSAGES} xmlns:i="{INSTANCE}" xmlns="{DTO}.Contacts" xmlns:d="{datacontract.SYSTEM}">'
        f"{''.join(f'<ContactTextMessage>{item}</ContactTextMessage>' for item in items)}</{MESSAGES}>"
    )


def message(date: str = f"<Date>{DATE}</Date>", delivered: str = "1", number: str = "7", name: str = "n") -> str:
    return messages(f"{date}<Delivered>{delivered}</Delivered><Id>{number}</Id><Name>{name}</Name>")


def contact(values: str, more: str = "") -> str:
    return (
        f'<x:Contact xmlns:i="{INSTANCE}" xmlns:x="{DTO}" xmlns="{BASE}" xmlns:a="{ARRAYS}"'
        f' xmlns:s="{datacontract.XSD}">'
        f"<EncContactId>q7Zk</EncContactId><Id>41</Id><ListId>3</ListId>{more}<Values>{values}</Values></x:Contact>"
    )


def entry(value: str, key: str = "K") -> str:
    return f"<a:KeyValueOfstringanyType><a:Key>{key}</a:Key>{value}</a:KeyValueOfstringanyType>"


def test_a_list_is_read() -> None:
    expected = [{"Id": 7, "Name": "n", "Date": "2024-05-08T11:20:31.5+01:00", "Delivered": 1}]
    assert (expected, []) == read(MESSAGES, message())


@pytest.mark.parametrize("size", [1, 40_000], ids=["short", "long"])
def test_who_changes_what_was_read_changes_it_for_nobody_else(size: int) -> None:
    body = contact(entry(f'<a:Value i:type="s:string">{"x" * size}</a:Value>') + entry("", "broken"))
    expected, wrong = read("Contact", body)
    assert ["entry"] == [finding.rule for finding in wrong]
    value, findings = read("Contact", body)
    value["Values"]["K"] = "changed"
    findings.clear()
    assert (expected, wrong) == read("Contact", body)
    assert {"K": "x" * size} == expected["Values"]


def test_prefixes_comments_and_a_declaration_do_not_matter() -> None:
    body = message().replace("<ContactTextMessage>", "<!-- x --><ContactTextMessage>")
    body = body.replace(f'xmlns="{DTO}.Contacts"', f'xmlns:p="{DTO}.Contacts"').replace("xmlns:d", "xmlns:q")
    for name in ("ArrayOfContactTextMessage", "ContactTextMessage", "Date>", "Delivered", "Id", "Name"):
        body = body.replace(f"<{name}", f"<p:{name}").replace(f"</{name}", f"</p:{name}")
    body = body.replace("d:", "q:")
    assert read(MESSAGES, message()) == read(MESSAGES, f'<?xml version="1.0" encoding="utf-8"?>{body}')


def test_what_only_xml_shows_is_left_out_unless_asked_for() -> None:
    expected: dict[str, Any] = {"EncContactId": "q7Zk", "ListId": 3, "Values": {}}
    assert (expected, []) == read("Contact", contact(""))
    assert ({**expected, "Id": 41}, []) == read("Contact", contact(""), xml_only=True)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('<a:Value i:type="s:string">x</a:Value>', "x"),
        ('<a:Value i:type="s:string"></a:Value>', ""),
        ('<a:Value i:type="s:int">-5</a:Value>', -5),
        ('<a:Value i:type="s:decimal">18446744073709551616</a:Value>', 18446744073709551616),
        ('<a:Value i:type="s:decimal">1.50</a:Value>', 1.5),
        ('<a:Value i:type="s:double">1.5e-07</a:Value>', 1.5e-07),
        ('<a:Value i:type="s:boolean">true</a:Value>', True),
        ('<a:Value i:nil="true" />', None),
        ('<a:Value i:type="s:guid">0</a:Value>', "0"),
        ("<a:Value>1</a:Value>", "1"),
        ('<a:Value i:type="a:ArrayOfanyType"><a:anyType i:type="s:int">1</a:anyType></a:Value>', [1]),
        (
            f'<a:Value i:type="a:ArrayOfKeyValueOfstringanyType">{entry("<a:Value>1</a:Value>")}</a:Value>',
            {"K": "1"},
        ),
        (
            f'<a:Value xmlns:d="{datacontract.SYSTEM}" i:type="d:DateTimeOffset">{DATE}</a:Value>',
            "2024-05-08T11:20:31.5+01:00",
        ),
    ],
)
def test_a_value_is_read_by_its_type(value: str, expected: object) -> None:
    found, findings = read("Contact", contact(entry(value)))
    assert [] == findings
    assert repr({"K": expected}) == repr(found["Values"])


@pytest.mark.parametrize(
    ("body", "rule", "place"),
    [
        (message().replace("Contacts", "Other"), "namespace", "ArrayOfContactTextMessage"),
        (
            message().replace("ArrayOfContactTextMessage", "ContactTextMessages"),
            "name",
            "ArrayOfContactTextMessage",
        ),
        (
            message().replace("<ContactTextMessage>", "<T>").replace("</ContactTextMessage>", "</T>"),
            "name",
            "/0",
        ),
        (messages(f"<Id>7</Id><Date>{DATE}</Date><Delivered>1</Delivered><Name>n</Name>"), "order", "/0"),
        (messages(f"<Date>{DATE}</Date><Delivered>1</Delivered><Id>7</Id>"), "missing", "/0"),
        (message().replace("</Name>", "</Name><Note>x</Note>"), "unknown", "/0"),
        (message(number="7</Id><Id>7"), "unknown", "/0"),
        (message(number="seven"), "value", "/0/Id"),
        (message(number="7.0"), "value", "/0/Id"),
        (message(number="7<b/>"), "value", "/0/Id"),
        (message(name="n</Name>text<Name>").replace("<Name></Name>", ""), "value", "/0"),
        (message(date='<Date i:nil="true">x</Date>'), "nil", "/0/Date"),
        (message().replace("<Id>7</Id>", '<Id i:nil="true" />'), "nil", "/0/Id"),
        (message(date="<Date>2024-05-08T11:20:31+01:00</Date>"), "date", "/0/Date"),
        (message(date=f"<Date>{DATE.replace('Z', '')}</Date>"), "date", "/0/Date"),
        (message(date=f"<Date>{DATE.replace('60', '1e2')}</Date>"), "date", "/0/Date"),
        (message(date=f"<Date>{DATE.replace('d:', '')}</Date>"), "date", "/0/Date"),
        (message(date=f"<Date>{DATE.replace('05-08', '13-08')}</Date>"), "date", "/0/Date"),
        (message(date=f"<Date>{DATE.replace('31.5Z', '31.12345678Z')}</Date>"), "date", "/0/Date"),
    ],
)
def test_a_form_that_is_not_the_promised_one_is_found(body: str, rule: str, place: str) -> None:
    _, findings = read(MESSAGES, body)
    assert rule in {finding.rule for finding in findings}
    assert any(finding.rule == rule and finding.place.endswith(place) for finding in findings)


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ("<a:KeyValueOfstringanyType><a:Key>K</a:Key></a:KeyValueOfstringanyType>", "entry"),
        (entry('<a:Value i:type="s:int">1</a:Value>').replace("a:Key>", "Key>"), "entry"),
        (entry('<a:Value i:type="s:int">1</a:Value>').replace("a:KeyValueOf", "a:KeyValuePairOf"), "name"),
        (entry("<a:Value>1</a:Value>") * 2, "entry"),
        (entry('<a:Value i:type="s:int">one</a:Value>'), "value"),
        (entry('<a:Value i:type="s:boolean">1</a:Value>'), "value"),
        (entry('<a:Value i:type="s:double">much</a:Value>'), "value"),
    ],
)
def test_a_dictionary_of_another_form_is_found(values: str, rule: str) -> None:
    _, findings = read("Contact", contact(values))
    assert [rule] == [finding.rule for finding in findings]


def test_members_in_the_namespace_of_the_root_are_found() -> None:
    _, findings = read(
        "Contact", contact("").replace("x:", "").replace(f' xmlns="{BASE}"', "").replace("xmlns:x", "xmlns")
    )
    assert {"namespace"} == {finding.rule for finding in findings}
    assert 4 == len(findings)


def test_an_error_is_read() -> None:
    state = "<_x0031_b>x</_x0031_b><_x0031_b>y</_x0031_b>"
    body = f"<Error><Message>no</Message><ModelState>{state}</ModelState></Error>"
    assert ({"Message": "no", "ModelState": {"1b": ["x", "y"]}}, []) == read("HttpError", body)


def test_half_characters_in_a_name_stay_as_they_are() -> None:
    body = "<Error><ModelState><_xD83D__xDE00_>x</_xD83D__xDE00_></ModelState></Error>"
    assert {"\ud83d" + "\ude00": ["x"]} == read("HttpError", body)[0]["ModelState"]


BOMB = '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx">' + "".join(
    f'<!ENTITY x{n} "{f"&x{n - 1 or str()};" * 10}">' for n in range(1, 10)
)


@pytest.mark.parametrize(
    ("rule", "body"),
    [
        ("syntax", ""),
        ("syntax", "<a"),
        ("syntax", "{}"),
        ("syntax", "<a/><b/>"),
        ("syntax", "<a>&unknown;</a>"),
        ("syntax", "<a>\x00</a>"),
        ("syntax", "<a>&#7;</a>"),
        ("document", "<!DOCTYPE a><a/>"),
        ("document", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'),
        ("document", '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>'),
        ("document", f"{BOMB}]><a>&x9;</a>"),
        ("document", "<a>" * 5_000 + "</a>" * 5_000),
        ("document", f"<a>{' ' * (33 * 2**20)}</a>"),
    ],
)
def test_what_is_no_document_is_one_finding(rule: str, body: str) -> None:
    value, findings = read("Contact", body)
    assert (None, [rule]) == (value, [finding.rule for finding in findings])


def test_a_body_that_is_not_utf_8_is_one_finding() -> None:
    value, findings = datacontract.read(WHICH50, "#/components/schemas/Contact", b"<a>\xff</a>")
    assert (None, ["syntax"]) == (value, [finding.rule for finding in findings])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a\x07b\ufffe\ud800", "a\ufffdb\ufffd\ufffd"),
        ("\t\n\r\U0001f600", "\t\n\r\U0001f600"),
        ([{"k\x00": "\x1b"}, 1, None], [{"k\ufffd": "\ufffd"}, 1, None]),
    ],
)
def test_what_xml_can_say(value: object, expected: object) -> None:
    assert expected == datacontract.as_xml_can_say(value)
