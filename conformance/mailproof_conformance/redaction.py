"""Credentials never reach an output.

Each is replaced by the name of the environment variable that holds it.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from mailproof_conformance.exchange import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof_conformance.target import Credential, Target

_SHORTEST = 4
"""A shorter secret is left alone outside its header: replacing it would tear up every text."""

_CLIPPED = 150
"""No text that was clipped is shorter."""


class Redactor:
    """Replaces the credentials of one target wherever they stand."""

    def __init__(self, target: Target) -> None:
        start = f"MAILPROOF_{target.provider.upper()}"
        names: dict[str, str] = {}
        for prefix, credential in _callers(target, start):
            for secret, name in _secrets(credential, prefix):
                for form in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1]):
                    names.setdefault(form, f"${{{name}}}")
        self._names = names
        longest_first = sorted(names, key=len, reverse=True)
        self._pattern = re.compile("|".join(re.escape(form) for form in longest_first)) if names else None

    def text(self, text: str) -> str:
        """The text with every credential in it replaced, and every half of a surrogate pair, which no file can hold."""
        text = text.encode("utf-8", "backslashreplace").decode()
        if self._pattern is None:
            return text
        return self._without_tail(self._pattern.sub(lambda match: self._names[match.group()], text))

    def _without_tail(self, text: str) -> str:
        """The text without the start of a credential at its very end, where a clipped answer may leave one."""
        whole = text.rstrip(".")
        if len(whole) < _CLIPPED:
            return text
        for form, name in self._names.items():
            for length in range(len(form) - 1, _SHORTEST, -1):
                if whole.endswith(form[:length]):
                    return f"{whole[:-length]}{name}..."
        return text

    def value(self, value: Any) -> Any:
        """A JSON value with every text in it, member names included, redacted."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            members = cast("dict[str, Any]", value).items()
            return {self.text(str(name)): self.value(item) for name, item in members}
        if isinstance(value, list | tuple):
            return [self.value(item) for item in cast("list[Any]", value)]
        if isinstance(value, bytes):
            return self.text(printable(value))
        return value if value is None or isinstance(value, bool | int | float) else self.text(repr(value))


def _callers(target: Target, start: str) -> Iterator[tuple[str, Credential]]:
    yield start, target.credential
    for name, credential in target.others.items():
        yield f"{start}_{re.sub(r'[^A-Za-z0-9]', '_', name).upper()}", credential


def _secrets(credential: Credential, prefix: str) -> Iterator[tuple[str, str]]:
    if credential.api_key:
        yield credential.api_key, f"{prefix}_API_KEY"
    for header, value in credential.headers.items():
        name = f"{prefix}_{re.sub(r'[^A-Za-z0-9]', '_', header).upper()}"
        if value:
            yield value, name
        for number, part in enumerate(_parts(value)):
            if len(part) >= _SHORTEST:
                yield part, f"{name}_{('TOKEN', 'PAIR', 'PASSWORD')[number]}"


def _parts(value: str) -> Iterator[str]:
    """What a header's value gives away.

    The token after the scheme, and the pair and the password inside Base64.
    """
    token = value.partition(" ")[2] or value
    yield token
    try:
        pair = base64.b64decode(token, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return
    yield pair
    yield pair.partition(":")[2]
