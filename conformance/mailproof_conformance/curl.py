"""A request as a curl line that can be run as it stands, credentials coming from the environment."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailproof_conformance.exchange import Request
    from mailproof_conformance.redaction import Redactor

_VARIABLE = re.compile(r"(\$\{MAILPROOF_[A-Z0-9_]+\})")
_PLAIN = frozenset(range(32, 127)) - frozenset(b"'\\")
"""Bytes that stand for themselves between $' and '."""
_LONGEST_BODY = 4096
_LONGEST_FILE = 512  # bytes that are no text, each of which takes four letters
_LONGEST_URL = 4096


def curl_line(request: Request, origin: str, redactor: Redactor) -> str | None:
    """The line, or None for a request too large to be worth one.

    `origin` is scheme and authority of the server.
    """
    longest = _LONGEST_FILE if b"\0" in request.body else _LONGEST_BODY
    if len(request.body) > longest or len(request.target) > _LONGEST_URL:
        return None
    verb = ["--head"] if request.method == "HEAD" else ["-X", request.method]
    words = ["curl", "-i", "--globoff", "--path-as-is", *verb, _quoted(origin + request.target, redactor)]
    names = {name.lower() for name, _ in request.headers} | (set[str]() if request.body else {"content-type"})
    for name, value in request.headers:
        words += ["-H", _quoted(f"{name}: {value}" if value else f"{name};", redactor)]
    # Headers that curl would add of its own accord.
    words += [word for name in ("Accept", "Content-Type") if name.lower() not in names for word in ("-H", f"'{name}:'")]
    if request.body:
        words += ["--data-binary", _body(request.body, redactor)]
    return " ".join(words)


def _quoted(text: str, redactor: Redactor) -> str:
    parts = _VARIABLE.split(redactor.text(text))
    return "".join(f'"{part}"' if _VARIABLE.fullmatch(part) else shlex.quote(part) for part in parts if part)


def _body(body: bytes, redactor: Redactor) -> str:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is not None and "\x00" not in text:
        return _quoted(text, redactor)
    parts = _VARIABLE.split(redactor.text(body.decode("latin-1")))
    return "".join(f'"{part}"' if _VARIABLE.fullmatch(part) else _escaped(part) for part in parts if part)


def _escaped(text: str) -> str:
    shown = "".join(chr(byte) if byte in _PLAIN else f"\\x{byte:02x}" for byte in text.encode("latin-1"))
    return f"$'{shown}'"
