"""XML that is meant to hurt: refused in one line, or read, in little time and without piling anything up."""

from __future__ import annotations

import gzip
import time
import tracemalloc
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproof import contract
from mailproof_mock.call import Problem
from mailproof_mock.datacontract_reader import compile_decoder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DTO = "http://schemas.datacontract.org/2004/07/W50API.Models.DTO"
BASE = "http://schemas.datacontract.org/2004/07/W50Common.Model.DTO"
ARRAYS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
START = f'<Contact xmlns="{DTO}" xmlns:c="{BASE}" xmlns:a="{ARRAYS}" xmlns:i="{INSTANCE}">'
DICTIONARY = "<a:KeyValueOfstringanyType><a:Key>a</a:Key><a:Value i:type='a:ArrayOfKeyValueOfstringanyType'>"

DECODE = compile_decoder(contract("which50").document, "#/components/schemas/Contact")
REFUSED = "The body is XML that is not accepted: "
BROKEN = "The body is not XML: "
SECONDS = 3.0
MIB = 2**20


def contact(inside: str) -> bytes:
    return f"{START}{inside}</Contact>".encode()


def member(text: str) -> bytes:
    return contact(f"<c:EncContactId>{text}</c:EncContactId>")


def number(text: str) -> bytes:
    return contact(f"<c:ListId>{text}</c:ListId>")


def attributes(name: str, times: int) -> str:
    return " ".join(f'{name}{number}="u"' for number in range(times))


def laughs() -> bytes:
    entities = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefghij", "bcdefghijk", strict=True)
    )
    return f"<!DOCTYPE Contact [{entities}]>".encode() + member("&k;")


def external(declaration: str) -> bytes:
    return f"<!DOCTYPE Contact {declaration}>".encode() + member("&e;")


# Each with the beginning of the complaint; built when its test runs.
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a billion laughs": (laughs, f"{REFUSED}a document type declaration"),
    "one long entity many times": (
        lambda: external(f'[<!ENTITY e "{"a" * 100_000}">]').replace(b"&e;", b"&e;" * 100_000),
        f"{REFUSED}a document type declaration",
    ),
    "an external entity": (lambda: external('[<!ENTITY e SYSTEM "file:///etc/passwd">]'), f"{REFUSED}a document type"),
    "an external DTD": (lambda: external('SYSTEM "http://127.0.0.1:9/a.dtd"'), f"{REFUSED}a document type"),
    "an external parameter": (
        lambda: external('[<!ENTITY % e SYSTEM "http://127.0.0.1:9/a.dtd"> %e;]'),
        f"{REFUSED}a document type",
    ),
    "a document type alone": (lambda: b"<!DOCTYPE Contact>" + contact(""), f"{REFUSED}a document type"),
    "a document type in UTF-16": (lambda: external("").decode().encode("utf-16"), f"{REFUSED}a document type"),
    "a long document type": (lambda: b"<!DOCTYPE a [" + b" " * 4_000_000, f"{REFUSED}a document type"),
    "an unknown entity": (lambda: member("&nbsp;"), f"{BROKEN}undefined entity"),
    "100,000 levels of what is unknown": (lambda: contact("<a>" * 100_000), f"{REFUSED}elements more than 256 deep"),
    "100,000 levels of a dictionary": (
        lambda: contact(f"<c:Values>{DICTIONARY * 100_000}"),
        f"{REFUSED}elements more than 256 deep",
    ),
    "100,000 levels of another document": (lambda: b"<a>" * 100_000, "The root of the body is <a> in no namespace"),
    "1,000,000 attributes": (
        lambda: contact(f"<c:ListId {attributes('a', 1_000_000)}/>"),
        f"{REFUSED}a tag or comment of more than",
    ),
    "25,000 attributes": (
        lambda: contact(f"<a {attributes('a', 25_000)}/>"),
        f"{REFUSED}more than 20000 different names",
    ),
    "one attribute twice": (lambda: contact("<c:ListId a='' a=''/>"), f"{BROKEN}duplicate attribute"),
    "1,000,000 different elements": (
        lambda: contact("".join(f"<a{n}/>" for n in range(1_000_000))),
        f"{REFUSED}more than 20000 different names",
    ),
    "4,000,000 elements": (lambda: contact("<a/>" * 4_000_000), f"{REFUSED}more than 1500000 tags"),
    "8 MB of one attribute": (lambda: contact(f"<a b='{'x' * 8_000_000}'/>"), f"{REFUSED}a tag or comment of more"),
    "8 MB of one name": (lambda: b"<" + b"a" * 8_000_000, f"{REFUSED}a tag or comment of more"),
    "8 MB of comment": (lambda: contact(f"<!--{'x' * 8_000_000}-->"), f"{REFUSED}a tag or comment of more"),
    "8 MB of instruction": (lambda: contact(f"<?a {'x' * 8_000_000}?>"), f"{REFUSED}a tag or comment of more"),
    "8 MB of declaration": (
        lambda: b"<?xml version='1.0' " + b" " * 8_000_000 + b"?><a/>",
        f"{REFUSED}a tag or comment of more",
    ),
    "8 MB of digits": (lambda: number("9" * 8_000_000), "The body: /Contact/ListId: '99999999"),
    "8 MB of zeros": (lambda: number("0" * 8_000_000), "The body: /Contact/ListId: '00000000"),
    "8 MB of blanks for a number": (lambda: number(" " * 8_000_000), "The body: /Contact/ListId: '' is not an integer"),
    "8 MB of text where none belongs": (lambda: contact("x" * 8_000_000), "The body: /Contact: has text"),
    "4,000,000 brackets": (lambda: b"<" * 4_000_000, f"{REFUSED}more than 1500000 tags"),
    "nothing": (lambda: b"", f"{BROKEN}no element found"),
    "blanks": (lambda: b" \n", f"{BROKEN}no element found"),
    "a declaration alone": (lambda: b"<?xml version='1.0'?>", f"{BROKEN}no element found"),
    "the beginning": (lambda: member("a")[:-5], f"{BROKEN}"),
    "an end missing": (START.encode, f"{BROKEN}no element found"),
    "another end": (lambda: START.encode() + b"</Kontakt>", f"{BROKEN}mismatched tag"),
    "something behind": (lambda: contact("") + b"<Contact/>", f"{BROKEN}junk after document element"),
    "something before": (lambda: b" <?xml version='1.0'?>" + contact(""), f"{BROKEN}XML or text declaration not at"),
    "JSON": (lambda: b'{"ListId": 3}', f"{BROKEN}"),
    "a NUL": (lambda: member("a\0b"), f"{BROKEN}not well-formed"),
    "a number for NUL": (lambda: member("&#0;"), f"{BROKEN}reference to invalid character"),
    "half a character by number": (lambda: member("&#xD800;"), f"{BROKEN}reference to invalid character"),
    "a control character": (lambda: member("\x01"), f"{BROKEN}not well-formed"),
    "invalid bytes": (lambda: member("?").replace(b"?", b"\xff\xfe"), f"{BROKEN}not well-formed"),
    "an overlong NUL": (lambda: member("?").replace(b"?", b"\xc0\x80"), f"{BROKEN}not well-formed"),
    "a surrogate in UTF-8": (lambda: member("?").replace(b"?", b"\xed\xa0\x80"), f"{BROKEN}not well-formed"),
    "half a character at the end": (lambda: START.encode() + b"\xe2\x82", f"{BROKEN}"),
    "half of UTF-16": (lambda: contact("").decode().encode("utf-16")[:-1], f"{BROKEN}"),
    "UTF-7": (lambda: b"<?xml version='1.0' encoding='UTF-7'?>+ADw-a/+AD4-", f"{REFUSED}the encoding 'UTF-7'"),
    "UTF-32": (lambda: contact("").decode().encode("utf-32"), f"{BROKEN}"),
    "an encoding of Python's": (
        lambda: b"<?xml version='1.0' encoding='raw_unicode_escape'?>" + contact(""),
        f"{REFUSED}the encoding 'raw_unicode_escape'",
    ),
    "an encoding of many bytes": (
        lambda: b"<?xml version='1.0' encoding='shift_jis'?>" + contact(""),
        f"{REFUSED}the encoding 'shift_jis'",
    ),
    "a long encoding": (
        lambda: b"<?xml version='1.0' encoding='" + b"a" * 100_000 + b"'?><a/>",
        f"{REFUSED}the encoding 'aaaa",
    ),
    "UTF-16 that is UTF-8": (lambda: b"<?xml version='1.0' encoding='utf-16'?>" + contact(""), f"{BROKEN}encoding"),
    "XML 1.1": (lambda: b"<?xml version='1.1'?>" + contact(""), f"{REFUSED}XML of version '1.1'"),
    "gzip": (lambda: gzip.compress(contact("")), f"{BROKEN}not well-formed"),
    "zlib": (lambda: zlib.compress(contact("")), f"{BROKEN}not well-formed"),
    "the end of CDATA": (lambda: member("]]>"), f"{BROKEN}not well-formed"),
    "a long name of a wrong root": (lambda: b"<" + b"a" * 100_000 + b"/>", "The root of the body is <aaaa"),
    "a long namespace": (
        lambda: b"<a xmlns='" + b"u" * 100_000 + b"'/>",
        "The root of the body is <a> in namespace 'uuuu",
    ),
    "a long prefix": (lambda: b"<" + b"p" * 100_000 + b":a/>", "The body: /: has the prefix 'pppp"),
    "a long type": (
        lambda: contact(f"<c:Values>{DICTIONARY.replace('KeyValueOfstringanyType', 'K' * 100_000)}").replace(
            b"<a:" + b"K" * 100_000, b"<a:KeyValueOfstringanyType"
        ),
        "The body: /Contact/Values/KeyValueOfstringanyType[1]: i:type of Value: no type 'a:ArrayOfKKK",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_it_is_refused_in_one_line(kind: str) -> None:
    make, expected = HOSTILE[kind]
    body = make()
    begun = time.process_time()
    with pytest.raises(Problem) as caught:
        DECODE(body)
    assert time.process_time() - begun < SECONDS
    detail = str(caught.value.detail)
    assert expected == detail[: len(expected)]
    assert "\n" not in detail
    assert len(detail) < 400
    assert "bad-request" == caught.value.name


# What is odd and yet a document that says something.
ODD: dict[str, tuple[Callable[[], bytes], Any]] = {
    "300,000 unknown elements": (lambda: contact("<a/>" * 300_000), {}),
    "300,000 comments": (lambda: contact("<!---->" * 300_000), {}),
    "300,000 pieces of CDATA": (lambda: member("<![CDATA[]]>" * 300_000), {"EncContactId": ""}),
    "300,000 references": (lambda: member("&#32;" * 300_000), {"EncContactId": " " * 300_000}),
    "8 MB of blanks": (lambda: contact(" " * 8_000_000), {}),
    "4 MB of lines": (lambda: contact("\n" * 4_000_000), {}),
    "a long namespace of many": (
        lambda: contact(
            f"<b xmlns:q='{'u' * 100_000}'/><c:Values xmlns:q='{'u' * 100_000}'>{'<q:a/>' * 99_000}</c:Values>"
        ),
        {"Values": {}},
    ),
    "prefixes upon prefixes": (
        lambda: contact(f"<a {attributes('xmlns:p', 12_000)}/>" * 20),
        {},
    ),
    "255 levels": (lambda: contact("<a>" * 255 + "</a>" * 255), {}),
}


@pytest.mark.parametrize("kind", ODD)
def test_what_is_merely_odd_is_read(kind: str) -> None:
    make, expected = ODD[kind]
    body = make()
    begun = time.process_time()
    assert expected == DECODE(body)
    assert time.process_time() - begun < SECONDS


@pytest.mark.parametrize(
    "body",
    [
        contact("<a/>" * 100_000),
        contact("<a b='c'>x</a>" * 50_000),
        contact("x" * 4_000_000),
        contact(f"<a b='{'x' * 4_000_000}'/>"),
        contact(f"<a {attributes('a', 100_000)}/>"),
        contact("".join(f"<a {attributes('a', 10_000)} b='{n}'/>" for n in range(20))),
        contact("".join(f"<a{n}/>" for n in range(200_000))),
        laughs(),
    ],
    ids=["elements", "texts", "text", "attribute", "attributes", "sets", "names", "laughs"],
)
def test_nothing_piles_up(body: bytes) -> None:
    tracemalloc.start()
    try:
        with suppress(Problem):
            DECODE(body)
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 16 * MIB


VALID = contact(
    f"<c:EncContactId>zo\u00eb &amp; <![CDATA[<]]></c:EncContactId><c:ListId>3</c:ListId><c:Values>{DICTIONARY}"
    "<a:KeyValueOfstringanyType><a:Key>b</a:Key><a:Value i:nil='1'/></a:KeyValueOfstringanyType>"
    "</a:Value></a:KeyValueOfstringanyType></c:Values>"
)


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(
    st.integers(0, len(VALID)),
    st.integers(0, 12),
    st.binary(max_size=4) | st.sampled_from([b"</a>", b"<a>", b"'", b"<", b"&", b":", b"i:type='a:", b"\0", b"xmlns"]),
)
def test_a_spoilt_document_is_refused_or_read(place: int, length: int, put: bytes) -> None:
    with suppress(Problem):
        DECODE(VALID[:place] + put + VALID[place + length :])


def test_no_file_is_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    body = f'<!DOCTYPE Contact [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'.encode() + member("&e;")
    with pytest.raises(Problem) as caught:
        DECODE(body)
    assert "secret" not in str(caught.value.detail)
    included = f'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="{secret.as_uri()}" parse="text"/>'
    assert {"ListId": 3} == DECODE(contact(included + "<c:ListId>3</c:ListId>"))
