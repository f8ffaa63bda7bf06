"""The two bodies that an HTML form sends, and how a server reads the types of their fields."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from mailproof.pointers import mapping, resolve, token
from mailproof_conformance.wire import File

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,3})?")
_IN_NAMES = {'"': "%22", "\r": "%0D", "\n": "%0A"}


Fields = Mapping[str, Any]
"""Values by the names of the fields: texts, Files, lists of them; anything else goes as JSON writes it."""


def fields_of(body: object) -> Iterator[tuple[str, Any]]:
    """The fields of a form as names and values; a list is sent as a repeated name."""
    pairs: Any = cast("Fields", body).items() if isinstance(body, dict) else body
    for name, value in cast("Iterable[tuple[str, Any]]", pairs):
        for item in cast("list[Any]", value) if isinstance(value, list) else [value]:
            yield name, item


def is_form(body: object) -> bool:
    """Whether a value can be the fields of a form: an object, or a list of pairs."""
    if isinstance(body, list):
        return all(isinstance(item, tuple) and len(cast("Any", item)) == 2 for item in cast("list[Any]", body))  # noqa: PLR2004 - name and value
    return isinstance(body, dict)


def urlencoded(body: object) -> bytes:
    """The fields as `application/x-www-form-urlencoded`."""
    return urlencode([(name, _text(value)) for name, value in fields_of(body)], errors="surrogatepass").encode()


def multipart(body: object) -> tuple[bytes, str]:
    """The fields as `multipart/form-data` (RFC 7578), and the Content-Type with the boundary.

    The boundary follows from the content, so that the same fields are the same bytes.
    """
    parts = [_part(name, value) for name, value in fields_of(body)]
    digest = hashlib.sha256()
    for piece in chain.from_iterable(parts):
        digest.update(piece)
    boundary = f"mailproof-{digest.hexdigest()[:24]}".encode()
    lines = [(b"--", boundary, b"\r\n", head, b"\r\n", data, b"\r\n") for head, data in parts]
    return b"".join([*chain.from_iterable(lines), b"--", boundary, b"--\r\n"]), (
        f"{MULTIPART}; boundary={boundary.decode()}"
    )


def as_read(document: Mapping[str, Any], pointer: str, body: object) -> dict[str, Any]:
    """The fields as a server reads them by the schema at a pointer.

    Texts, but for those that the schema gives another type and that have its form; the first of a repeated name; a
    file is a text of no matter.
    """
    schema, place = resolve(document, pointer)
    found: dict[str, Any] = {}
    for name, value in fields_of(body):
        if name not in found:
            found[name] = "" if isinstance(value, File) else _typed(document, schema, place, name, _text(value))
    return found


def _typed(document: Mapping[str, Any], schema: Mapping[str, Any], place: str, name: str, text: str) -> Any:
    if name not in mapping(schema.get("properties")):
        return text
    kind = resolve(document, f"{place}/properties/{token(name)}")[0].get("type")
    if kind == "integer" and _INTEGER.fullmatch(text):
        return int(text)
    if kind == "number" and _NUMBER.fullmatch(text):
        return float(text)
    if kind == "boolean" and text.lower() in {"true", "false"}:
        return text.lower() == "true"
    return text


def _part(name: str, value: Any) -> tuple[bytes, bytes]:
    """Headers and content of one part."""
    head = f'Content-Disposition: form-data; name="{_quoted(name)}"'
    if not isinstance(value, File):
        return _bytes(head + "\r\n"), _bytes(_text(value))
    head += f'; filename="{_quoted(value.filename)}"\r\n'
    if value.content_type is not None:
        head += f"Content-Type: {value.content_type}\r\n"
    return _bytes(head), value.data


def _quoted(text: str) -> str:
    """A name inside quotes as browsers write it."""
    return "".join(_IN_NAMES.get(letter, letter) for letter in text)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
