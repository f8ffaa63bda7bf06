"""The tables of docs/speed.md, from what `make bench-check` measured."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

from news_faults import FAULTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

PARTS = ("machine", "bench", "faults", "providers")
"""The regions of the page, each between `<!-- bench-check: NAME -->` and `<!-- /bench-check -->`."""


class PageError(Exception):
    """The page has no place for a table; the text says which."""


def page_with(text: str, measured: Mapping[str, Any]) -> str:
    """The page with every table that was measured written anew. Raises PageError for a region that is not there."""
    tables: dict[str, Callable[[Any], str]] = {
        "machine": machine,
        "bench": bench,
        "faults": faults,
        "providers": providers,
    }
    for name in PARTS:
        if name not in measured:
            continue
        start, end = f"<!-- bench-check: {name} -->\n", "<!-- /bench-check -->"
        before, found, rest = text.partition(start)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            raise PageError(f"the page has no region {start.strip()} ... {end}")
        text = f"{before}{start}{tables[name](measured[name])}\n{end}{after}"
    return text


def machine(found: Mapping[str, Any]) -> str:
    """One line on where it was measured."""
    return f"Measured on {found['cores']} cores ({found['model']}), Python {found['python']}, {found['load']}."


def bench(runs: Sequence[Mapping[str, Any]]) -> str:
    """What each tool costs on the server that keeps every promise: medians over the seeds."""
    rows: list[list[str]] = []
    for name in dict.fromkeys(run["tool"] for run in runs):
        own = [run for run in runs if run["tool"] == name]
        cases, cpu, wall = (median(run[key] for run in own) for key in ("cases", "cpu", "wall"))
        startup, requests = (median(run[key] for run in own) for key in ("startup", "requests"))
        rows.append(
            [
                name,
                f"{cases:.0f}",
                f"{requests:.0f}",
                f"{wall:.1f}",
                f"{cpu:.1f}",
                f"{startup:.1f}",
                f"{cases / cpu:.0f}",
                f"{cases / (wall - startup):.0f}",
                f"{requests / (wall - startup):.0f}",
                f"{sum(run['exit_code'] != 0 for run in own)} of {len(own)}",
            ]
        )
    head = (
        "run",
        "cases",
        "requests",
        "wall, s",
        "CPU of the client, s",
        "to the first request, s",
        "cases per CPU second",
        "cases per second after the first request",
        "requests per second after the first request",
        "false alarms, seeds",
    )
    return _table(head, rows)


def faults(runs: Sequence[Mapping[str, Any]]) -> str:
    """Which tool finds which planted fault, with the sums first."""
    tools = list(dict.fromkeys(run["tool"] for run in runs))
    found = {(run["fault"], run["tool"]): run["exit_code"] == 1 for run in runs}
    names = [name for name in FAULTS if any((name, tool) in found for tool in tools)]
    sums = [f"**{sum(found.get((name, tool), False) for name in names)} of {len(names)}**" for tool in tools]
    rows = [["**found**", *sums]]
    rows += [[FAULTS[name], *("yes" if found.get((name, tool)) else "" for tool in tools)] for name in names]
    return _table(("planted fault", *tools), rows)


def providers(runs: Sequence[Mapping[str, Any]]) -> str:
    """What each profile costs for each of the shipped contracts, on its mock."""
    rows = [
        [
            str(run["provider"]),
            str(run["tool"]),
            str(run["cases"]),
            str(run["requests"] or ""),
            f"{run['wall']:.1f}",
            f"{run['cpu']:.1f}",
            f"{run['server_cpu']:.1f}",
            "" if run["exit_code"] == 0 else f"exit code {run['exit_code']}",
        ]
        for run in runs
    ]
    head = ("API", "run", "cases", "requests", "wall, s", "CPU of the client, s", "CPU of the mock, s", "")
    return _table(head, rows)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(head)
    lines = [names, ["---"] * len(names), *map(list, rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
