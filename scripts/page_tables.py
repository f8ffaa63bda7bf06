"""Tables of what was measured: as Markdown, and in the regions of a page between their marks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable


class PageError(Exception):
    """The page has no place for a table, or one for a table that nobody knows; the text says which."""


def rewritten(text: str, mark: str, names: Collection[str], written: Callable[[str], str | None]) -> str:
    """The page with its regions of a mark, `<!-- mark: NAME -->` to `<!-- /mark -->`, written anew by name.

    A region for which `written` gives None stays as it is. Raises PageError unless each name has one region, and each
    region a name.
    """
    start, end = f"<!-- {mark}: NAME -->", f"<!-- /{mark} -->"
    region = re.compile(rf"(<!-- {mark}: (\S+) -->\n).*?({end})", re.DOTALL)
    there = [found[2] for found in region.finditer(text)]
    if sorted(there) != sorted(names):
        known = ", ".join(there) or "none"
        raise PageError(f"the page has the regions {known} from {start} to {end}; it needs {', '.join(names)}")

    def anew(found: re.Match[str]) -> str:
        content = written(found[2])
        return found[0] if content is None else f"{found[1]}{content}\n{found[3]}"

    return region.sub(anew, text)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table, without a line's end after its last row."""
    names = list(head)
    lines = [names, ["---"] * len(names), *map(list, rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
