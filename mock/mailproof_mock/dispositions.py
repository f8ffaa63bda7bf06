"""What a part of a form says of itself in its `Content-Disposition`: its name, and that of its file."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from mailproof_mock.header_parameters import parameters_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 8_192  # characters; a name and a file name of a kilobyte each, written in the most roundabout way
_BY_BROWSERS = {"%22": '"', "%0D": "\r", "%0A": "\n"}
_ENCODED_WORD = re.compile(r"=\?utf-8\?B\?([A-Za-z0-9+/]*={0,2})\?=", re.IGNORECASE | re.ASCII)
_EXTENDED = re.compile(r"(utf-8|iso-8859-1)'[^']*'([^']*)", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Disposition:
    """The name of a part, and that of its file where it has one."""

    name: str
    filename: str | None


def read_disposition(header: str) -> Disposition:
    """The names in a header, as browsers, curl and .NET write them.

    `%22`, `%0D` and `%0A` stand for the character that a browser may not write, and an encoded word (RFC 2047) for
    what it says; `filename*` (RFC 8187) has precedence over `filename`. Raises ValueError for a header that is not
    that of a form's part.
    """
    kind, semicolon, rest = header.partition(";")
    if kind.strip(" \t").lower() != "form-data" or len(header) > _LONGEST:
        raise ValueError("a part does not say that it is form-data")
    found = parameters_of(semicolon + rest)
    if "name" not in found:
        raise ValueError("a part has no name")
    return Disposition(_plain(found["name"]), _filename(found))


def _filename(found: Mapping[str, str]) -> str | None:
    if "filename*" not in found:
        return _plain(found["filename"]) if "filename" in found else None
    match = _EXTENDED.fullmatch(found["filename*"])
    if match is None:
        raise ValueError("the filename* of a part cannot be read")
    return unquote_to_bytes(match[2]).decode(match[1])


def _plain(text: str) -> str:
    word = _ENCODED_WORD.fullmatch(text)
    if word is not None:
        return base64.b64decode(word[1], validate=True).decode()
    for written, character in _BY_BROWSERS.items():
        text = text.replace(written, character)
    return text
