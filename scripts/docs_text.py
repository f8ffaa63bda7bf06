"""Markdown as the documentation checks see it: pages, fenced blocks, inline code, headings and links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent

_FENCE = re.compile(r"^```(\w*)\s*$")
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*$")
_LINK = re.compile(r"!?\[(?:[^\]\\]|\\.)*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a page says and that is not so."""

    path: Path
    line: int
    """Counted from 1."""
    text: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}: {self.text}"


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: language, numbers (from 0) of its fence lines, content, and the line before it."""

    language: str
    first: int
    last: int
    lines: tuple[str, ...]
    mark: str


@dataclass(frozen=True)
class Page:
    """One Markdown file."""

    path: Path
    text: str

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends."""
        return self.text.splitlines()

    @cached_property
    def blocks(self) -> list[Block]:
        """The fenced blocks in their order."""
        found: list[Block] = []
        start: int | None = None
        for number, line in enumerate(self.lines):
            fence = _FENCE.match(line)
            if fence is None:
                continue
            if start is None:
                start = number
            else:
                language = self.lines[start].removeprefix("```").strip()
                mark = self.lines[start - 1].strip() if start else ""
                found.append(Block(language, start, number, tuple(self.lines[start + 1 : number]), mark))
                start = None
        return found

    @cached_property
    def prose(self) -> list[tuple[int, str]]:
        """The lines outside fenced blocks, each with its number counted from 1."""
        fenced = {number for block in self.blocks for number in range(block.first, block.last + 1)}
        return [(number + 1, line) for number, line in enumerate(self.lines) if number not in fenced]

    def links(self) -> Iterator[tuple[int, str]]:
        """Every link target with its line."""
        for number, line in self.prose:
            for target in _LINK.findall(_CODE.sub("", line)):
                yield number, target

    def code(self) -> Iterator[tuple[int, str]]:
        """Every piece of inline code and every line of a fenced block (console: a command) with its line."""
        for number, line in self.prose:
            for piece in _CODE.findall(line):
                yield number, piece
        for block in self.blocks:
            for offset, line in enumerate(block.lines):
                if block.language != "console" or line.startswith("$ "):
                    yield block.first + 2 + offset, line

    @cached_property
    def anchors(self) -> set[str]:
        """The anchors of the headings, formed as GitHub forms them."""
        headings = (_HEADING.match(line) for _, line in self.prose)
        return {_anchor(match.group(2)) for match in headings if match}


def pages() -> list[Page]:
    """The Markdown files of the repository: at its root, in docs/, and beside the contracts."""
    files = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("spec/mailproof/*/README.md")]
    return [Page(path, path.read_text(encoding="utf-8")) for path in sorted(files)]


def _anchor(heading: str) -> str:
    plain = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower())
    return plain.replace(" ", "-")
