"""The verdict as a small picture (SVG), to be shown beside a project's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from mailproof_conformance.plain import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

_GREEN, _RED, _GREY = "#1a7f4b", "#b3261e", "#566273"
_LETTER = 6.6  # pixels of a letter of 11 px on average; `textLength` makes the text as wide as the room for it
_EDGE = 8
_LONGEST = 40


def badge(report: Mapping[str, Any]) -> bytes:
    """The picture: the provider, the verdict, and how many of the cases that were tried passed."""
    totals = report["totals"]
    tried = sum(totals.values()) - totals["skip"] - totals["disabled"]
    label = str(report["provider"])[:_LONGEST]
    if not tried:
        said, colour = "not tried", _GREY
    elif report["conforms"]:
        said, colour = f"conforms {totals['pass']}/{tried}", _GREEN
    else:
        said, colour = f"does not conform {totals['pass']}/{tried}", _RED
    left, right = _width(label), _width(said)
    full = left + right
    title = f"{label}: {said}"
    text = f"""\
<svg xmlns="http://www.w3.org/2000/svg" width="{full}" height="20" role="img" aria-label={quoteattr(plain(title))}>
<title>{escape(plain(title))}</title>
<clipPath id="round"><rect width="{full}" height="20" rx="4"/></clipPath>
<g clip-path="url(#round)">
<rect width="{left}" height="20" fill="#3a4452"/>
<rect x="{left}" width="{right}" height="20" fill="{colour}"/>
</g>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">
{_words(label, left / 2, left)}
{_words(said, left + right / 2, right)}
</g>
</svg>
"""
    return text.encode("utf-8", "backslashreplace")


def _width(text: str) -> int:
    return round(len(text) * _LETTER) + 2 * _EDGE


def _words(text: str, middle: float, room: int) -> str:
    return f'<text x="{middle:g}" y="14" textLength="{room - 2 * _EDGE}">{escape(plain(text))}</text>'
