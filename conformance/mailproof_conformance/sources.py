"""What the code of a source stands for, as the README beside a contract explains it."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mailproof.promises import Contract

_RANGE = re.compile(r"([A-Z]+)(\d+) to \1(\d+)")
_LIMIT = 1_000_000
_LONGEST = 400


def sources_of(contract: Contract, codes: Iterable[str]) -> dict[str, str]:
    """The explanation of each code that has one, by code; several codes may stand in one text (`S1, D2`).

    Nothing for a contract without such a README.
    """
    explained = list(_rows(contract))
    found: dict[str, str] = {}
    for code in sorted({part.strip() for text in codes for part in text.split(",")}):
        exact = (told for label, told in explained if label == code)
        loose = (told for label, told in explained if covers(label, code))
        for told in islice(chain(exact, loose), 1):
            found[code] = told
    return found


def _rows(contract: Contract) -> list[tuple[str, str]]:
    """The first cell of every row of the README's tables, and what the others say."""
    try:
        with (contract.path.parent / "README.md").open(encoding="utf-8") as file:
            text = file.read(_LIMIT)
    except (OSError, UnicodeDecodeError):
        return []
    cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.splitlines() if "|" in line]
    return [(row[0].strip("`"), _plain("; ".join(row[1:]))) for row in cells if len(row) > 1]


def _plain(cell: str) -> str:
    text = cell.replace("`", "").replace("**", "")
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


@lru_cache(maxsize=1024)
def _range(label: str) -> re.Match[str] | None:
    return _RANGE.fullmatch(label)


def covers(label: str, code: str) -> bool:
    """Whether a label that stands for several codes (`B2, B4`, `D1 to D30`, `A-...`) stands for this one."""
    if code in (part.strip() for part in label.split(",")):
        return True
    if label.endswith("...") and len(label) > len("...") and code.startswith(label.removesuffix("...")):
        return True
    between = _range(label)
    number = code.removeprefix(between[1]) if between else ""
    return between is not None and number.isdecimal() and int(between[2]) <= int(number) <= int(between[3])
