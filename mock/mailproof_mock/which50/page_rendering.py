"""A page of text as a PDF: the same bytes for the same text at the same time."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unicodedata import bidirectional
from urllib.parse import quote

from mailproof_mock.which50.page_fonts import is_wide, runs, showable, width
from mailproof_mock.which50.page_text import Paragraph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

_PAGE = (595.28, 841.89)  # A4, in points
_MARGIN = 56.0
_SIZES = {False: 11.0, True: 15.0}  # of plain text and of headings
_LEADING = 1.4
_GAP = 0.5  # of a line, between paragraphs
_MOST_PAGES = 30
_MORE = "[…]"
_LONGEST_WORD = 200  # characters that are measured at once
_LONGEST_TITLE = 300
_LINK = (0.05, 0.25, 0.65)
_SAFE = "!#$%&'()*+,/:;=?@[]~"


@dataclass(slots=True)
class _Word:
    """What is never parted at the end of a line: a word, a character of Chinese, or the blank between them."""

    text: str
    link: str | None
    width: float


def pdf_of(title: str, paragraphs: Iterable[Paragraph], moment: datetime) -> bytes:
    """A PDF with a title and paragraphs below it, made at a moment; what is beyond 30 pages is left out."""
    shown_title = showable(title[:_LONGEST_TITLE])
    buffer = io.BytesIO()
    sheet = _Sheet(buffer, shown_title, moment)
    heading = Paragraph([(shown_title, None)], is_heading=True)
    for paragraph in (heading, *paragraphs):
        if not sheet.write(paragraph):
            break
    sheet.save()
    return buffer.getvalue()


class _Sheet:
    """The pages so far, and where the next line goes."""

    def __init__(self, buffer: io.BytesIO, title: str, moment: datetime) -> None:
        from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415 - who renders no page does without it

        self._canvas: Any = Canvas(buffer, pagesize=_PAGE, pageCompression=1, invariant=1)
        self._canvas.setTitle(title)
        self._canvas.setAuthor("")
        self._canvas.setSubject("")
        self._canvas.setCreator("mailproof")
        self._canvas.setDateFormatter(_date_of(moment))
        self._top = _PAGE[1] - _MARGIN
        self._pages = 1

    def write(self, paragraph: Paragraph) -> bool:
        """Adds a paragraph; false when there is no room for all of it."""
        size = _SIZES[paragraph.is_heading]
        for line in _lines(paragraph, size, _PAGE[0] - 2 * _MARGIN):
            if not self._room(size):
                return False
            self._draw(line, size)
        self._top -= size * _LEADING * _GAP
        return True

    def save(self) -> None:
        self._canvas.save()

    def _room(self, size: float) -> bool:
        self._top -= size * _LEADING
        if self._top >= _MARGIN:
            return True
        if self._pages == _MOST_PAGES:
            self._top = _MARGIN - size * _LEADING
            self._draw([_Word(_MORE, None, width(_MORE, size))], size)
            return False
        self._canvas.showPage()
        self._pages += 1
        self._top = _PAGE[1] - _MARGIN - size * _LEADING
        return True

    def _draw(self, line: list[_Word], size: float) -> None:
        left = _MARGIN
        for text, link in _as_seen(line):
            self._canvas.setFillColorRGB(*(_LINK if link else (0, 0, 0)))
            start = left
            for font, part in runs(text):
                self._canvas.setFont(font, size)
                self._canvas.drawString(left, self._top, part)
                left += width(part, size)
            if link:
                below, above = self._top - 0.25 * size, self._top + size
                self._canvas.linkURL(quote(link, safe=_SAFE), (start, below, left, above))


def _date_of(moment: datetime) -> Callable[..., str]:
    def date(*_: object) -> str:
        return f"D:{moment:%Y%m%d%H%M%S}Z"

    return date


def _lines(paragraph: Paragraph, size: float, room: float) -> Iterator[list[_Word]]:
    line: list[_Word] = []
    left = room
    for word in _words(paragraph, size):
        for piece in _pieces(word, size, room):
            if piece.width > left and line:
                yield line
                line, left = [], room
            if line or piece.text != " ":
                line.append(piece)
                left -= piece.width
    if line:
        yield line


def _words(paragraph: Paragraph, size: float) -> Iterator[_Word]:
    for text, link in paragraph.parts:
        known: dict[str, float] = {}
        for word in _split(showable(text)):
            if word not in known:
                known[word] = width(word, size)
            yield _Word(word, link, known[word])


def _split(text: str) -> Iterator[str]:
    start = 0
    for place, character in enumerate(text):
        if character == " " or is_wide(character):
            if start < place:
                yield text[start:place]
            yield character
            start = place + 1
        elif place - start == _LONGEST_WORD:
            yield text[start:place]
            start = place
    if start < len(text):
        yield text[start:]


def _pieces(word: _Word, size: float, room: float) -> Iterator[_Word]:
    """The word, in as many pieces as lines that it takes."""
    if word.width <= room:
        yield word
        return
    piece, taken = "", 0.0
    for character in word.text:
        needed = width(character, size)
        if piece and taken + needed > room:
            yield _Word(piece, word.link, taken)
            piece, taken = "", 0.0
        piece += character
        taken += needed
    yield _Word(piece, word.link, taken)


def _as_seen(line: list[_Word]) -> Iterator[tuple[str, str | None]]:
    """The texts of a line from left to right, neighbours of one link together."""
    text, link = "", None
    for part, target in _turned(line):
        if target != link and text:
            yield text, link
            text = ""
        text, link = text + part, target
    if text:
        yield text, link


def _turned(line: list[_Word]) -> Iterator[tuple[str, str | None]]:
    """The words of a line in the order of their places, those that are read from the right turned round.

    Blanks and signs between two such words are turned with them; those at the end stay behind.
    """
    held: list[tuple[str, str | None]] = []
    between: list[tuple[str, str | None]] = []
    for word in line:
        before, core, after = _core(word.text)
        if core:
            held += [*between, (before, word.link), (core[::-1], word.link)]
            between = [(after, word.link)]
        elif held and word.text == " ":
            between.append((" ", word.link))
        else:
            yield from [*reversed(held), *between, (word.text, word.link)]
            held, between = [], []
    yield from [*reversed(held), *between]


def _core(text: str) -> tuple[str, str, str]:
    """What stands before the part of a word that is read from the right, that part, and what stands after it."""
    if text.isascii():
        return text, "", ""
    places = [place for place, character in enumerate(text) if bidirectional(character) in {"R", "AL"}]
    if not places:
        return text, "", ""
    return text[: places[0]], text[places[0] : places[-1] + 1], text[places[-1] + 1 :]
