"""What a snapshot keeps of a message: its page as HTML, and the wire frame that stands for a picture."""

from __future__ import annotations

import struct
import zlib
from html import escape
from html.parser import HTMLParser

_BLOCKS = frozenset({"address", "br", "div", "h1", "h2", "h3", "h4", "li", "p", "pre", "table", "tr", "ul", "ol"})
_UNSEEN = frozenset({"head", "script", "style", "title"})
_COLUMNS = 64  # characters in one line of the page
_ROWS = 80
_CHARACTER = 4  # pixels
_LINE = 10  # pixels, the bar and the gap below it
_BAR = 6  # pixels
_MARGIN = 8  # pixels
_INK, _PAPER = b"\x60", b"\xff"


def page_of_text(text: str) -> str:
    """The page that shows a plain text message."""
    return f"<html><body><pre>{escape(text, quote=False)}</pre></body></html>"


def wire_frame(page: str) -> bytes:
    """A PNG with one bar for each line of text of a page, as long as the line: not a rendering."""
    width = 2 * _MARGIN + _COLUMNS * _CHARACTER
    blank = _PAPER * width
    rows = [blank] * _MARGIN
    for line in _lines(page)[:_ROWS]:
        bar = _INK * (len(line) * _CHARACTER)
        rows += [(_PAPER * _MARGIN + bar).ljust(width, _PAPER)] * _BAR
        rows += [blank] * (_LINE - _BAR)
    rows += [blank] * _MARGIN
    return _png(width, rows)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.lines = [""]
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's signature
        self._unseen += tag in _UNSEEN
        if tag in _BLOCKS:
            self.lines.append("")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN
        if tag in _BLOCKS:
            self.lines.append("")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            first, *further = data.split("\n")
            self.lines[-1] += first
            self.lines += further


def _lines(page: str) -> list[str]:
    """The text of a page, in lines of at most `_COLUMNS` characters."""
    reader = _Text()
    reader.feed(page)
    reader.close()
    texts = (" ".join(line.split()) for line in reader.lines)
    return [text[start : start + _COLUMNS] for text in texts for start in range(0, len(text), _COLUMNS)]


def _png(width: int, rows: list[bytes]) -> bytes:
    """A PNG of 8-bit grey rows (ISO/IEC 15948)."""
    header = struct.pack(">IIBBBBB", width, len(rows), 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
