"""The table of docs/trust.md, from what `make bench-trust` wrote into build/trust."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

START, END = "<!-- bench-trust -->", "<!-- /bench-trust -->"
_CLAUSE = "clause"
_FEW = 3


def write_table(page: Path, build: Path) -> None:
    """Writes the region between the two marks anew. Raises ValueError where the page has not both of them."""
    text = page.read_text(encoding="utf-8")
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        raise ValueError(f"{page}: has no region between {START} and {END}")
    found = [json.loads(path.read_text(encoding="utf-8")) for path in documents(build)]
    page.write_text(f"{before}{START}\n\n{region(found)}\n{END}{after}", encoding="utf-8")


def documents(build: Path) -> list[Path]:
    """The files of whole runs, one for each provider."""
    return [path for path in sorted(build.glob("*.json")) if not path.stem.endswith("-part")]


def region(found: Sequence[dict[str, Any]]) -> str:
    """The tables: by provider, by kind of fault, and what else goes red."""
    every, seeds = max(document["every"] for document in found), min(document["seeds"] for document in found)
    told = "Every fault of the registry" if every == 1 else f"One fault in {every} of the registry, evenly spread"
    lines = [f"{told}; seeds 0 to {seeds - 1}.", "", "### By API", ""]
    lines += _table(
        ("API", "planted", "found", "by its own", "without `--strict`", "by its own", "false alarms, seeds"),
        [(document["provider"], *_counts(document["faults"]), _noise(document)) for document in found],
    )
    faults = [fault for document in found for fault in document["faults"]]
    kinds = sorted({fault["kind"] for fault in faults}, key=lambda kind: (kind != _CLAUSE, kind.lower()))
    lines += ["", "### By kind of fault", ""]
    names = [document["provider"] for document in found]
    rows = [
        (
            "a clause broken" if kind == _CLAUSE else kind,
            *(str(sum(f["kind"] == kind and f["provider"] == name for f in faults)) for name in names),
            *_counts([f for f in faults if f["kind"] == kind]),
        )
        for kind in kinds
    ]
    counts = ("planted", "found", "by its own", "without `--strict`", "by its own")
    lines += _table(("kind of fault", *names, *counts), rows)
    searched = [document for document in found if document["strangers"]]
    if not searched:
        return "\n".join(lines) + "\n"
    lines += ["", "### What else goes red", ""]
    lines += _table(
        ("API", "nothing else", f"1 to {_FEW}", "more", "the most"),
        [(document["provider"], *_strangers(document["faults"])) for document in searched],
    )
    return "\n".join(lines) + "\n"


def _counts(faults: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """Planted, then found with every seed: at all and by its own, with `--strict` and without."""
    return (
        str(len(faults)),
        *(
            str(sum(fault[name] == fault["seeds"] for fault in faults))
            for name in ("found_strict", "own_strict", "found", "own")
        ),
    )


def _noise(document: dict[str, Any]) -> str:
    alarms = sum(len(run["cases"]) for run in document["unbroken"])
    return f"{alarms} in {len(document['unbroken'])}"


def _strangers(faults: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    sizes = [len(fault["elsewhere"]) for fault in faults]
    few = sum(0 < size <= _FEW for size in sizes)
    return str(sizes.count(0)), str(few), str(sum(size > _FEW for size in sizes)), str(max(sizes, default=0))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    made = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(row)} |" for row in made]
