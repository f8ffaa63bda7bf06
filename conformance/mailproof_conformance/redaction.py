"""Credentials never reach an output.

Each is replaced by the name of the environment variable that holds it, in whatever form it travels.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from html import escape
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, quote_plus

from mailproof_conformance.exchange import printable
from mailproof_conformance.near_misses import near_misses
from mailproof_conformance.undone import undone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof_conformance.target import Credential, Target

_SHORTEST = 4
"""A shorter secret is left alone outside its header: replacing it would tear up every text."""

_HEAD = 6
"""So many first letters of each form are looked for before the forms are: nearly every text has none of them."""

_CLIPPED = 150
"""No text that was clipped is shorter."""

_SPLIT = 16
"""Letters of a secret of which a part is hidden too; parts of a shorter one are words of any text."""
_PART = (8, 24)
"""A part is half of the secret, and no shorter and no longer than this."""

BY_KEY = "api_key"
"""What a target calls its caller who has a key in place of user and password."""


class Redactor:
    """Replaces the credentials of one target wherever they stand."""

    def __init__(self, target: Target) -> None:
        start = f"MAILPROOF_{target.provider.upper()}"
        names: dict[str, str] = {}
        self._parts: dict[int, dict[str, str]] = {}
        self._halves: set[str] = set()
        tried = [target.credential, *(other for name, other in target.others.items() if name == BY_KEY)]
        for prefix, credential in _callers(target, start):
            for secret, name in _secrets(credential, prefix):
                for text in (secret, *(_tried_near(secret) if credential in tried else ())):
                    for form in _forms(text):
                        names.setdefault(form, f"${{{name}}}")
                if len(secret) >= _SPLIT and name.endswith(("_KEY", "_TOKEN", "_PASSWORD")):
                    self._split(secret, f"${{{name}}}")
        self._names = names
        self._head = min(_HEAD, *map(len, names)) if names else 0
        self._by_head: dict[str, list[tuple[str, str]]] = {}
        for form, name in names.items():
            self._by_head.setdefault(form[: self._head], []).append((form, name))
        self._starts = {
            form[:length]: name for form, name in names.items() for length in range(_SHORTEST + 1, len(form))
        }
        self._longest = max(map(len, self._starts), default=0)

    def text(self, text: str) -> str:
        """The text with every credential in it replaced, and every half of a surrogate pair, which no file can hold."""
        text = text.encode("utf-8", "backslashreplace").decode()
        if not self._names or not text:
            return text
        return self._without_tail(self._replaced(text))

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

    def _split(self, secret: str, name: str) -> None:
        size = max(_PART[0], min(len(secret) // 2, _PART[1]))
        parts = self._parts.setdefault(size, {})
        for at in range(len(secret) - size + 1):
            parts.setdefault(secret[at : at + size], name)
        half = size // 2
        self._halves.update(secret[at : at + half] for at in range(len(secret) - half + 1))

    def _replaced(self, text: str) -> str:
        """The text without the secrets that are in it, and in what it says once its escapes are undone."""
        found = [
            (start, end, name) for layer in undone(text) for start, end, name in layer.original(self._found(layer.text))
        ]
        if not found:
            return text
        pieces: list[str] = []
        at = 0
        for start, end, name in sorted(found, key=lambda item: (item[0], -item[1])):
            if start >= at:
                pieces += [text[at:start], name]
            at = max(at, end)
        return "".join([*pieces, text[at:]])

    def _found(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Where secrets, and large parts of them, stand in a text."""
        size = self._head
        heads = self._by_head.keys() & {text[at : at + size] for at in range(len(text) - size + 1)}
        for form, variable in (entry for head in sorted(heads) for entry in self._by_head[head]):
            at = text.find(form)
            while at >= 0:
                yield at, at + len(form), variable
                at = text.find(form, at + 1)
        for size, parts in self._parts.items():
            # Whatever is as long as a part holds one of the blocks of half its length that the text is cut into.
            half = size // 2
            for block in range(0, len(text) - half + 1, half):
                if text[block : block + half] in self._halves:
                    for at in range(max(0, block - size), block + half):
                        name = parts.get(text[at : at + size])
                        if name is not None:
                            yield at, at + size, name

    def _without_tail(self, text: str) -> str:
        """The text without the start of a credential at its very end, where a clipped answer may leave one."""
        whole = text.rstrip(".")
        if len(whole) < _CLIPPED:
            return text
        for length in range(min(self._longest, len(whole)), _SHORTEST, -1):
            variable = self._starts.get(whole[-length:])
            if variable is not None:
                return f"{whole[:-length]}{variable}..."
        return text


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


def _tried_near(secret: str) -> Iterator[str]:
    """What almost is the secret, is sent to see whether it is refused, and gives the secret away without holding it."""
    for text in near_misses(secret).values():
        if secret not in text and (len(secret) < _SPLIT or secret[:-1] not in text):
            yield text


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


def _forms(secret: str) -> Iterator[str]:
    """The ways in which a text is written: as it is, escaped for a URL, JSON or XML, in Base64, in hexadecimal."""
    octets = secret.encode("utf-8", "surrogatepass")
    yield from (secret, octets.decode("latin-1"), quote(octets, safe=""), quote_plus(octets))
    yield from (json.dumps(secret)[1:-1], escape(secret))
    if len(octets) < _SHORTEST:
        return
    for before in range(3):
        yield from _base64_core(octets, before)
    for text in (octets.hex(), octets.hex(" ")):
        yield from (text, text.upper())


def _base64_core(octets: bytes, before: int) -> Iterator[str]:
    """What Base64 makes of the bytes when some others stand before them and behind: the letters that are theirs alone.

    Where nothing stands behind, the padding is theirs as well.
    """
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        text = encode(b"\0" * before + octets).decode()
        start = (0, 2, 3)[before]
        padded = text[start:]
        bare = padded.rstrip("=")
        core = bare if len(bare) == len(padded) else bare[:-1]
        yield from (form for form in (padded, bare, core) if len(form) > _SHORTEST)
