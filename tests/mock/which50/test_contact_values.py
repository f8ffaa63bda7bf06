"""Values that a careless server breaks on, written to a contact list through the door."""

from __future__ import annotations

from typing import Any

import pytest
from spare_list import CONTACT, DEFAULTS, READERS, SPARE, contacts, post, saved, send

DTO = "http://schemas.datacontract.org/2004/07/W50API.Models.DTO"
COMMON = "http://schemas.datacontract.org/2004/07/W50Common.Model.DTO"
ARRAYS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"

HOSTILE: list[Any] = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "\x01\x02\x1b\x7f\x85\u2028\ufffe\uffff",
    "'; DROP TABLE row; --",
    "{{FirstName}}",
    "x" * 1_000_000,
    "😀" * 50_000,
    "ﬁ İ ß ς",
    -(2**63),
    2**64 - 1,
    5e-324,
    1.7976931348623157e308,
    [],
    {},
    {"": {"": [None, {"Key": []}]}},
    [[[[[[[[[[1]]]]]]]]]],
    {"$ref": "#/", "__proto__": {"x": 1}, "_key": "34/x", "_detail": None},
]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_comes_back_as_it_was(sandbox: Any, value: Any) -> None:
    row = saved(sandbox, {"Email": "tom@example.com", "FirstName": value})
    assert value == row["Values"]["FirstName"]
    assert [row] == contacts(sandbox)
    headers = {"Accept": "application/xml"}
    assert 200 == send(sandbox, "GET", f"/contactLists/{SPARE}/contacts", headers=headers).status_code


def test_numbers_beyond_64_bits_become_floating(sandbox: Any) -> None:
    for text in ("18446744073709551616", "-9223372036854775809", "9" * 300):
        body = f'{{"Values": {{"Email": "tom@example.com", "Visits": {text}}}}}'.encode()
        response = send(sandbox, "POST", CONTACT, content=body, headers={"Content-Type": "application/json"})
        assert float(text) == response.json()["Values"]["Visits"]
    values = (
        '<a:KeyValueOfstringanyType><a:Key>Visits</a:Key><a:Value i:type="s:decimal" '
        f'xmlns:s="http://www.w3.org/2001/XMLSchema">{"9" * 28}</a:Value></a:KeyValueOfstringanyType>'
    )
    response = send(sandbox, "POST", CONTACT, content=_xml(values), headers={"Content-Type": "text/xml"})
    assert 1e28 == response.json()["Values"]["Visits"]


def _xml(values: str) -> bytes:
    return (
        f'<Contact xmlns="{DTO}" xmlns:c="{COMMON}" xmlns:a="{ARRAYS}" '
        f'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><c:Values>{values}</c:Values></Contact>'
    ).encode()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"Values": {"FirstName": ' + b"[" * 99 + b"]" * 99 + b"}}", 200),
        (b'{"Values": {"FirstName": ' + b"[" * 200 + b"]" * 200 + b"}}", 417),
        (b'{"Values": {"FirstName": ' + b'{"a":' * 900 + b"1" + b"}" * 900 + b"}}", 417),
        (b'{"Values": {"FirstName": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}", 400),
        (b'{"Values": {"Unknown": ' + b"[" * 900 + b"]" * 900 + b"}}", 200),
        (b'{"Values": {"Visits": 1e400}}', 400),
        (b'{"Values": {"Visits": NaN}}', 400),
        (b'{"Values": {"Visits": 0x10}}', 400),
        (b'{"Values": {"FirstName": "\\ud800"}}', 400),
        (b'{"Values": {"FirstName": "\xff"}}', 400),
        (b'{"Values": {"FirstName": "a\nb"}}', 400),
        (b'{"Values": {} /* why not */}', 400),
        (b'{"Values": {},}', 400),
        (b'{"Values": [["FirstName", "x"]]}', 400),
        (b'{"Values": "FirstName"}', 400),
        (b'{"EncContactId": {}, "Values": {}}', 400),
        (b'{"ListId": "34", "Values": {}}', 400),
        (b'{"ListId": null, "Values": {}}', 400),
        (b"null", 400),
        (b"[]", 400),
        (b"", 400),
        (b"\xef\xbb\xbf{}", 400),
    ],
)
def test_bodies_of_every_kind(sandbox: Any, body: bytes, status: int) -> None:
    response = send(sandbox, "POST", CONTACT, content=body, headers={"Content-Type": "application/json"})
    assert status == response.status_code, response.text
    assert (1 if status == 200 else 0) == len(contacts(sandbox))


def test_very_many_values(sandbox: Any) -> None:
    unknown = {f"Field {number}": number for number in range(20_000)}
    row = saved(sandbox, {"Email": "tom@example.com", **unknown})
    assert 20_000 == len(row["ValidationWarnings"])
    assert {"Email": "tom@example.com", **DEFAULTS} == row["Values"]
    assert ["tom@example.com"] == [item["Values"]["Email"] for item in contacts(sandbox)]


def test_a_body_above_the_limit(sandbox: Any) -> None:
    response = post(sandbox, {"FirstName": "x" * 30_000_000})
    assert 413 == response.status_code
    assert [] == contacts(sandbox)


def test_names_with_everything_in_them(sandbox: Any) -> None:
    names = ["a,b", "a'b", 'a"b', "a\x00b", "a]]>b", "", " Email", "Email\x00", "EMAİL"]
    row = saved(sandbox, {"Email": "tom@example.com", **dict.fromkeys(names, "x")})
    assert len(names) == len(row["ValidationWarnings"])
    assert "tom@example.com" == row["Values"]["Email"]
    awkward = {"Email": "awkward@example.com", "r&d <CODE>": "x"}
    path = f"/contactLists/{READERS}/contact"
    assert "x" == saved(sandbox, awkward, path=path, match="R&D <code>,Email")["Values"]["R&D <code>"]


def test_a_key_with_everything_in_it(sandbox: Any) -> None:
    for email in ("a\x00b@example.com", "34/x", "%", "_", "'", "K" * 100_000, "\u212a@example.com", "\ufffe"):
        first = saved(sandbox, {"Email": email})
        assert first["EncContactId"] == saved(sandbox, {"Email": email.upper()})["EncContactId"], email[:20]


def test_a_query_that_is_not_utf8(sandbox: Any) -> None:
    for query in ("match=%ff", "match=Email&Email=%ff", "customevents=%c3%28", "%ff=x&match=Email&Email=x"):
        response = send(sandbox, "PATCH", f"{CONTACT}?{query}", json={"Values": {}})
        assert (200 if query.startswith("%ff") else 400) == response.status_code, query
