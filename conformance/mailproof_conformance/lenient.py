"""The body of a request as the most generous server could read it: for finding what it might say, not what it says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

if TYPE_CHECKING:
    from mailproof_conformance.exchange import Request

_LARGE = 1_048_576
"""Bytes of a body that is not searched."""
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")
_REFERENCE = re.compile(r"&#(?:x([0-9a-f]{1,6})|([0-9]{1,7}));")
_PLAIN_CHARSETS = frozenset({"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin1", "windows-1252", "utf-16"})
_LAST = 0x10FFFF


def lenient_text(request: Request) -> str | None:
    """The body in lower case, with every escape of JSON, XML and forms undone; None where it may say anything.

    That is a body that is large, compressed, or in an encoding that hides ASCII.
    """
    body = request.body
    headers = {name.strip().lower(): value.lower() for name, value in request.headers}
    charset = re.search(r"charset=\"?([^\s;\"]*)", headers.get("content-type", ""))
    hidden = headers.get("content-encoding", "identity").strip() not in {"", "identity"}
    if len(body) > _LARGE or hidden or body[:2] in {b"\x1f\x8b", b"\x78\x9c", b"PK"}:
        return None
    if charset is not None and charset[1] not in _PLAIN_CHARSETS:
        return None
    text = body.replace(b"\0", b"").decode("latin-1").lower()
    if "=?" in text or re.search(r"encoding=[\"'](?!utf-8|us-ascii|iso-8859-1|utf-16)", text) or "+ag" in text[:64]:
        return None
    text = _REFERENCE.sub(_referred, _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)).lower()
    return f"{text}\n{unquote_plus(text)}".lower()


def _referred(found: re.Match[str]) -> str:
    number = int(found[1], 16) if found[1] else int(found[2])
    return chr(number) if number <= _LAST else ""
