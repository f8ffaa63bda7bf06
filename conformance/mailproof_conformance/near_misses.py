"""Near misses: texts that almost are another, as a server sees them that compares less than all of a text."""

from __future__ import annotations

import sys
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CUTS = (8, 16, 32, 64, 255)
"""Characters after which old password functions, columns of databases and file names end."""

_FULL_WIDTH = 0xFEE0
"""What lies between an ASCII character and its full-width form."""
_ACUTE = "\u0301"


def near_misses(text: str) -> Mapping[str, str]:
    """Texts that are not the given one, by what makes the difference.

    Each is what some comparison takes for the same: one that trims, folds letters, reads numbers or patterns, decodes
    twice, or stops early. None of them differs in how it is written on the wire alone.
    """
    found = {**_blanks(text), **_letters(text), **_ends(text), **_patterns(text), **_numbers(text)}
    return {how: other for how, other in found.items() if other not in {"", text}}


def near_headers(text: str) -> Mapping[str, str]:
    """Those near misses that a header can carry as they are."""
    found = near_misses(text).items()
    return {how: near for how, near in found if near.isascii() and near.isprintable() and near == near.strip()}


def alike_at_first(start: str, most: int | None = None) -> Mapping[int, tuple[str, str]]:
    """Two texts that begin with the given one and differ only in what follows their first characters, by how many."""
    return {
        cut: (start.ljust(cut, "n") + "1", start.ljust(cut, "n") + "2")
        for cut in CUTS
        if len(start) <= cut and (most is None or cut < most)
    }


def _blanks(text: str) -> dict[str, str]:
    return {
        "a blank at its end": f"{text} ",
        "a blank at its start": f" {text}",
        "a tab at its end": f"{text}\t",
        "a line break at its end": f"{text}\n",
        "a no-break space at its end": f"{text}\u00a0",
        "an unseen character at its end": f"{text}\u200b",
    }


def _letters(text: str) -> dict[str, str]:
    """The same letters to a reader who does not look closely."""
    at = next((at for at, one in enumerate(text) if one.isascii() and one.isalpha()), None)
    wide = next((at for at, one in enumerate(text) if one.isascii() and one.isalnum()), None)
    found = {
        "its letters in the other case": text.swapcase(),
        "its accents left out": _plain(text),
        "its accents written apart": unicodedata.normalize("NFD", text),
        "its accents written together": unicodedata.normalize("NFC", text),
    }
    if at is not None:
        accented = text[at] + _ACUTE
        found["an accent more"] = text[:at] + unicodedata.normalize("NFC", accented) + text[at + 1 :]
        found["an accent more, written apart"] = text[:at] + accented + text[at + 1 :]
    if wide is not None:
        found["a full-width character"] = text[:wide] + chr(ord(text[wide]) + _FULL_WIDTH) + text[wide + 1 :]
    return found


def _plain(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))


def _ends(text: str) -> dict[str, str]:
    """More and less than the text, as if something else began there."""
    behind = {
        "a semicolon": ";x",
        "a slash": "/x",
        "a slash alone": "/",
        "a backslash": "\\x",
        "a number sign": "#x",
        "a question mark": "?x",
        "an at sign": "@x",
        "a comma": ",x",
        "a dot": ".",
        "a NUL": "\0x",
    }
    found = {f"{words} behind it": text + more for words, more in behind.items()}
    found |= {"a character more": f"{text}x", "a character less": text[:-1], "a character before it": f"x{text}"}
    found["its first character percent-encoded"] = "".join(f"%{byte:02X}" for byte in text[:1].encode()) + text[1:]
    for cut, following in pairwise((*CUTS, sys.maxsize)):
        if cut < len(text) <= following:
            found[f"the same in its first {cut} characters"] = text[:cut] + "~"
    return found


def _patterns(text: str) -> dict[str, str]:
    marks = {"%": "a percent sign", "_": "an underscore", "*": "an asterisk", "?": "a question mark", ".": "a dot"}
    return {f"{words} for its last character": text[:-1] + mark for mark, words in marks.items() if len(text) > 1}


def _numbers(text: str) -> dict[str, str]:
    """The same number in another form."""
    if not (text.isascii() and text.isdigit()):
        return {}
    return {
        "a leading zero": f"0{text}",
        "a plus sign": f"+{text}",
        "a fraction": f"{text}.0",
        "an exponent": f"{text}e0",
        "in hexadecimal": hex(int(text)),
        "the same in its last 32 bits": str(int(text) + 2**32),
        "the same in its last 64 bits": str(int(text) + 2**64),
    }
