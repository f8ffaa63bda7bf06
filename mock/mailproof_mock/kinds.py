"""Kinds of rows: by what a row is found again, and what of it is counted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

FoundBy = tuple[str, str]
"""A key field and the text of its value."""

_LONGEST = 400  # characters of a text in an index; PostgreSQL takes some 2,700 bytes for a whole entry
_ESCAPED = "\x01"  # before a text that no database takes as it is, written as JSON
_DIGEST = "\x02"  # before the digest of a text that is too long


@dataclass(frozen=True, slots=True)
class Kind:
    """How rows of one kind are stored."""

    name: str
    id: str
    """The field that is the id."""
    keys: tuple[str, ...]
    """The fields by which rows are found."""
    number: str
    """The field that numbers the rows."""
    counted: tuple[str, ...] = ()
    """Those of `keys` for whose values it is kept how many rows have them."""

    def id_of(self, row: Mapping[str, Any]) -> str:
        """The id of a row as it stands in the index."""
        return as_key(row[self.id])

    def found_by(self, row: Mapping[str, Any]) -> list[FoundBy]:
        """By what a row is found: each key field in which it has a value."""
        return [(field, as_key(row[field])) for field in self.keys if row.get(field) is not None]


def as_key(value: object) -> str:
    r"""A value as it stands in an index: texts as they are, numbers and booleans as JSON writes them.

    No two values become the same text, but for a number and the text that JSON writes of it.

    >>> as_key("Ada"), as_key(7), as_key(True), as_key("a\0")
    ('Ada', '7', 'true', '\x01"a\\u0000"')
    """
    if type(value) is str and len(value) <= _LONGEST and value.isprintable():  # nearly all are
        return value
    if type(value) is int:
        return str(value)
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    if "\0" in text or text[:1] in (_ESCAPED, _DIGEST):
        text = _ESCAPED + orjson.dumps(text).decode()
    if len(text) > _LONGEST:
        text = _DIGEST + hashlib.sha256(text.encode()).hexdigest()
    return text
