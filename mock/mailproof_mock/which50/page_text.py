"""What there is to read in the body of a landing page: paragraphs, headings and links, of HTML or of plain text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_SECTIONS = ("article", "aside", "body", "div", "fieldset", "figure", "footer", "form", "header", "html", "main", "nav")
_LISTS = ("dd", "dl", "dt", "li", "ol", "table", "td", "th", "tr", "ul")
_BLOCKS = frozenset((*_HEADINGS, *_SECTIONS, *_LISTS, "address", "blockquote", "hr", "p", "pre", "section"))
_NOT_READ = frozenset(("head", "script", "style", "template", "title"))
_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s<>\"']*[^\s<>\"'.,;:!?)]", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_LINE = re.compile(r"\r\n|\r|\n")


@dataclass(slots=True)
class Paragraph:
    """A piece of text that begins on a line of its own: its parts, each with the address that it leads to."""

    parts: list[tuple[str, str | None]] = field(default_factory=list[tuple[str, str | None]])
    is_heading: bool = False


def paragraphs_of_html(text: str) -> list[Paragraph]:
    """The paragraphs of an HTML text; tags that are not closed or not known do no harm.

    >>> [item.parts for item in paragraphs_of_html("<p>A<br>b <a href='https://x.example'>c</a><script>d</script>")]
    [[('A', None)], [('b ', None), ('c', 'https://x.example')]]
    """
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return [item for item in reader.paragraphs if any(part.strip() for part, _ in item.parts)]


def paragraphs_of_text(text: str) -> list[Paragraph]:
    """The lines of a plain text; an address in it leads to itself.

    >>> [item.parts for item in paragraphs_of_text("a https://x.example b")]
    [[('a ', None), ('https://x.example', 'https://x.example'), (' b', None)]]
    """
    return [Paragraph(_with_addresses(line)) for line in _LINE.split(text)]


def _with_addresses(line: str) -> list[tuple[str, str | None]]:
    parts: list[tuple[str, str | None]] = []
    end = 0
    for found in _ADDRESS.finditer(line):
        parts += [(line[end : found.start()], None), (found[0], found[0])]
        end = found.end()
    return [part for part in [*parts, (line[end:], None)] if part[0]]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraphs: list[Paragraph] = [Paragraph()]
        self._link: str | None = None
        self._skipped: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _NOT_READ:
            self._skipped.append(tag)
        elif tag == "br" or tag in _BLOCKS:
            self.paragraphs.append(Paragraph(is_heading=tag in _HEADINGS))
        elif tag == "a":
            target = (dict(attrs).get("href") or "").strip()
            self._link = target if _ADDRESS.fullmatch(target) else None
        elif tag == "img":
            self.handle_data(dict(attrs).get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._skipped:
            del self._skipped[self._skipped.index(tag) :]
        elif tag in _BLOCKS:
            self.paragraphs.append(Paragraph())
        elif tag == "a":
            self._link = None

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.paragraphs[-1].parts.append((_BLANKS.sub(" ", data), self._link))
