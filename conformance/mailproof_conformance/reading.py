"""Reads query and body of a request as every server has to, and refuses what could be read in two ways."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from mailproof_conformance import datacontract
from mailproof_conformance.formats import is_json, is_xml
from mailproof_conformance.forms import MULTIPART, URLENCODED
from mailproof_conformance.payload import essence, schema_pointer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.exchange import Request

LARGEST = 1_048_576
"""Bytes of a body that is read before it is sent; a larger one that writes is refused."""

_ENCODED = re.compile(r"(?:[^%\x00-\x20\x7f-\U0010ffff]|%[0-9A-Fa-f]{2})*")
_BOUNDARY = re.compile(r"boundary=\"?([A-Za-z0-9'()+_,./:=?-]{1,70})\"?", re.IGNORECASE)
_PART = re.compile(
    rb'Content-Disposition: form-data; name="([^"\r\n]*)"(; filename="([^"\r\n]*)")?(?:\r\nContent-Type: [^\r\n]*)?'
)


_OBJECT = "an object of the body"


class Ambiguous(ValueError):  # noqa: N818 - a fact about a request, not an error of ours
    """Not every server would read the same; the text says what stands in the way."""


@dataclass(frozen=True, slots=True)
class Body:
    """What a body says: a JSON value, or the fields of a form as one; the names of the files that travel in it."""

    value: Any = None
    files: tuple[str, ...] = field(default=())


def query_of(target: str) -> dict[str, str]:
    """The query by its names in lower case.

    Raises Ambiguous for a name that comes twice, in whatever letter case, and for what is no percent-encoded UTF-8.
    """
    text = target.partition("?")[2]
    if not _ENCODED.fullmatch(text) or ";" in text or "#" in text:
        raise Ambiguous("its query is not plainly percent-encoded")
    return {name.lower(): value for name, value in _once(_pairs(text), "the query")}


def body_of(contract: Contract, operation: Operation, request: Request) -> Body:
    """What the body of a request to an operation says. Raises Ambiguous unless that is beyond doubt."""
    if any(request.header(name) is not None for name in ("Content-Encoding", "Transfer-Encoding")):
        raise Ambiguous("its body is encoded")
    if not request.body:
        return Body()
    if len(request.body) > LARGEST:
        raise Ambiguous(f"its body has more than {LARGEST} bytes")
    types = [value for name, value in request.headers if name.strip().lower() == "content-type"]
    declared = {essence(name) for name in operation.definition.get("requestBody", {}).get("content", {})}
    if not declared:
        return Body()
    if len(types) != 1 or essence(types[0]) not in declared:
        raise Ambiguous("its body has no media type of the operation")
    return _read(contract, operation, request.body, types[0])


def _read(contract: Contract, operation: Operation, body: bytes, content_type: str) -> Body:
    media_type = essence(content_type)
    charset = re.search(r"charset=\"?([^\s;\"]*)", content_type, re.IGNORECASE)
    if charset is not None and charset[1].lower() not in {"utf-8", "utf8"}:
        raise Ambiguous(f"its body is in {charset[1]}")
    if media_type == MULTIPART:
        return _parts(body, content_type)
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise Ambiguous("its body is not UTF-8") from None
    if text.startswith("\ufeff") or "\0" in text:
        raise Ambiguous("its body is not plain UTF-8")
    if is_json(media_type):
        return Body(json_of(text))
    if is_xml(media_type) and "x-xml" in contract.document:
        return Body(_xml(contract, schema_pointer(operation, media_type), body))
    if media_type == URLENCODED and _ENCODED.fullmatch(text) and ";" not in text:
        return Body(dict(_once(_pairs(text), "the form")))
    raise Ambiguous(f"its body cannot be read as {media_type}")


def json_of(text: str) -> Any:
    """A JSON text as a value. Raises Ambiguous for what is none, and for a member that comes twice, in any case."""

    def strict(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        return dict(_once(pairs, _OBJECT))

    try:
        return json.loads(text, object_pairs_hook=strict)
    except Ambiguous:
        raise
    except (ValueError, RecursionError):
        raise Ambiguous("its body is not JSON") from None


def _xml(contract: Contract, pointer: str, body: bytes) -> Any:
    try:
        root = datacontract.parse(body)
    except ValueError:
        raise Ambiguous("its body is not plain XML") from None
    if (root.getroottree().docinfo.encoding or "UTF-8").upper() not in {"UTF-8", "US-ASCII"}:
        raise Ambiguous("its body is XML in another encoding than UTF-8")
    value, findings = datacontract.read(contract.document, pointer, body)
    if findings:
        raise Ambiguous(f"its XML is not in the form that the contract describes ({findings[0]})")
    for element in root.iter():
        keys = [child.findtext("{*}Key") for child in element]
        named = [key.casefold() for key in keys if key is not None]
        if len(named) != len(set(named)):
            raise Ambiguous("a key comes twice in its XML")
    return value


def _parts(body: bytes, content_type: str) -> Body:
    """The fields and file names of a multipart body in the plainest form, which is how this project writes it."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise Ambiguous("its multipart body has no boundary")
    mark = b"--" + found[1].encode()
    if not body.startswith(mark + b"\r\n") or not body.endswith(b"\r\n" + mark + b"--\r\n"):
        raise Ambiguous("its multipart body does not begin and end with its boundary")
    fields: list[tuple[str, Any]] = []
    files: list[str] = []
    whole = body[len(mark) + 2 : -len(mark) - 6]
    for part in whole.split(b"\r\n" + mark + b"\r\n"):
        head, _, data = part.partition(b"\r\n\r\n")
        told = _PART.fullmatch(head)
        if told is None or mark in data:
            raise Ambiguous("a part of its multipart body is not plain")
        if told[2] is None:
            fields.append((_text(told[1]), _text(data)))
        else:
            fields.append((_text(told[1]), None))
            files.append(_text(told[3]))
    return Body(dict(_once(fields, "the form")), tuple(files))


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        cut = [pair.partition("=") for pair in text.split("&") if pair]
        return [(unquote_plus(name, errors="strict"), unquote_plus(value, errors="strict")) for name, _, value in cut]
    except UnicodeDecodeError:
        raise Ambiguous("it is not percent-encoded UTF-8") from None


def _once(pairs: Iterable[tuple[str, Any]], where: str) -> list[tuple[str, Any]]:
    known: set[str] = set()
    kept: list[tuple[str, Any]] = []
    for name, value in pairs:
        if where != _OBJECT and ("[" in name or "\0" in name):
            raise Ambiguous(f"{name!r} in {where} is read as a list by some")
        if name.casefold() in known:
            raise Ambiguous(f"{name!r} comes twice in {where}"[:200])
        known.add(name.casefold())
        kept.append((name, value))
    return kept


def _text(data: bytes) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Ambiguous("its form is not UTF-8") from None
    if any(mark in text for mark in ("%22", "%0D", "%0A", "=?")):
        raise Ambiguous("a name in its form is encoded")
    return text
