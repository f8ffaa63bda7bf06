"""The fonts of a rendered page: which of them shows a character, and what stands for one that none of them shows.

Latin, Greek, Cyrillic and Hebrew come from a font that the file carries; Chinese, Japanese and Korean from those that a
reader of PDF knows by name, as a font with all of their characters has 10 MB. What no font has becomes U+FFFD.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

CARRIED = "DejaVuSans"
_BY_NAME = {"STSong-Light": "gbk", "HYSMyeongJo-Medium": "cp949"}
"""Each with the encoding that holds what it shows."""
_UNKNOWN = "\ufffd"
_BEYOND_16_BITS = 0x10000  # a map from glyphs back to such characters is beyond the writer of the file


def showable(text: str) -> str:
    r"""The text with what cannot be seen left out, and U+FFFD for what cannot be shown.

    >>> showable("Zoe\u0308\u200b 北京 \U0001f600\x07")
    'Zoë 北京 ��'
    """
    return "".join(map(_shown, unicodedata.normalize("NFC", text)))


def runs(text: str) -> Iterator[tuple[str, str]]:
    """A showable text in pieces, each with the name of its font."""
    for font, characters in groupby(text, _font_of):
        yield font or CARRIED, "".join(characters)


def width(text: str, size: float) -> float:
    """How wide a showable text is, in points."""
    return size * sum(map(_advance, text))


def is_wide(character: str) -> bool:
    """Whether a line may be broken before and after a character, as in Chinese."""
    return _font_of(character) in _BY_NAME


@lru_cache(maxsize=4096)
def _shown(character: str) -> str:
    if character.isspace():
        return " "
    if unicodedata.category(character) == "Cf":
        return ""
    return _UNKNOWN if _font_of(character) is None else character


@lru_cache(maxsize=4096)
def _advance(character: str) -> float:
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415 - see `_load`

    return pdfmetrics.stringWidth(character, _font_of(character) or CARRIED, 1)


@lru_cache(maxsize=4096)
def _font_of(character: str) -> str | None:
    if ord(character) >= _BEYOND_16_BITS:
        return None
    if ord(character) in _load():
        return CARRIED
    return next((font for font, encoding in _BY_NAME.items() if _encodes(encoding, character)), None)


def _encodes(encoding: str, character: str) -> bool:
    try:
        return len(character.encode(encoding)) > 1
    except UnicodeEncodeError:
        return False


@cache
def _load() -> frozenset[int]:
    """Makes the fonts known; gives the characters of the one that is carried."""
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415 - who renders no page does without it
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # noqa: PLC0415 - likewise
    from reportlab.pdfbase.ttfonts import TTFont  # noqa: PLC0415 - likewise

    font = TTFont(CARRIED, str(Path(__file__).parent / "fonts" / f"{CARRIED}.ttf"))
    metrics: Any = pdfmetrics
    metrics.registerFont(font)
    for name in _BY_NAME:
        metrics.registerFont(UnicodeCIDFont(name))
    return frozenset(font.face.charToGlyph)
