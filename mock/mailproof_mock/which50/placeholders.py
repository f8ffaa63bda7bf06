"""Texts with placeholders such as {{FirstName}}, filled with what is known of a contact."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLACEHOLDER = re.compile(r"\{\{\s*([^{}\r\n]{1,200}?)\s*\}\}")
_TAG = re.compile(r"\s*<[A-Za-z!]")


def is_html(text: str) -> bool:
    """Whether a text is HTML: it begins with a tag.

    >>> is_html(" <p>Dear {{FirstName}}</p>"), is_html("1 < 2")
    (True, False)
    """
    return _TAG.match(text) is not None


def filled(text: str, contact: Mapping[str, Any], *, escaped: bool = False, longest: int | None = None) -> str:
    """The text with each placeholder replaced by the contact's value of that field, in whichever letter case.

    A field without a value is nothing; a placeholder inside a value is not one. `escaped` is for HTML. A value of more
    than `longest` characters is cut.

    >>> filled("<p>{{firstname}}, {{ Shoe }}</p>", {"Values": {"FirstName": "A&B {{x}}"}}, escaped=True)
    '<p>A&amp;B {{x}}, </p>'
    """
    values = values_of(contact)

    def value(found: re.Match[str]) -> str:
        shown = _cut(as_text(values.get(found[1].casefold())), longest)
        return html.escape(shown) if escaped else shown

    return _PLACEHOLDER.sub(value, text)


def values_of(contact: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a contact by the names of their fields in folded case."""
    values: Mapping[str, Any] = contact.get("Values") or {}
    return {name.casefold(): value for name, value in values.items()}


def value_of(contact: Mapping[str, Any], field: str) -> Any:
    """The value of a contact in one field, in whichever letter case; None where it has none.

    >>> [value_of({"Values": {"Email": "a@b.example"}}, name) for name in ("Email", "EMAIL", "Mobile")]
    ['a@b.example', 'a@b.example', None]
    """
    values: Mapping[str, Any] = contact.get("Values") or {}
    return values[field] if field in values else values_of(contact).get(field.casefold())


def on_one_line(text: str) -> str:
    r"""The text without line breaks and other control characters, as a subject has to be.

    >>> on_one_line("Hello\r\nBcc: all@example.com")
    'Hello Bcc: all@example.com'
    """
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def as_text(value: object) -> str:
    """A value as a reader sees it.

    >>> as_text(None), as_text(True), as_text(14), as_text(["a", 2])
    ('', 'true', '14', '["a", 2]')
    """
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _cut(text: str, longest: int | None) -> str:
    return text if longest is None or len(text) <= longest else f"{text[: longest - 1]}…"
