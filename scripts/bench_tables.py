"""The tables of docs/speed.md, from what `make bench-check` measured."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

from measured_on import told
from news_faults import FAULTS
from page_tables import rewritten, table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def page_with(text: str, measured: Mapping[str, Any]) -> str:
    """The page with every table that was measured written anew. Raises PageError where its regions are others."""
    tables: dict[str, Callable[[Any], str]] = {
        "machine": machine,
        "bench": bench,
        "faults": faults,
        "providers": providers,
    }
    known = {name: write(measured[name]) for name, write in tables.items() if name in measured}
    return rewritten(text, "bench-check", tables, known.get)


def machine(found: Mapping[str, Any]) -> str:
    """One line on where it was measured."""
    return f"{told(found)}."


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
    return table(head, rows)


def faults(runs: Sequence[Mapping[str, Any]]) -> str:
    """Which tool finds which planted fault, with the sums first."""
    tools = list(dict.fromkeys(run["tool"] for run in runs))
    found = {(run["fault"], run["tool"]): run["exit_code"] == 1 for run in runs}
    names = [name for name in FAULTS if any((name, tool) in found for tool in tools)]
    sums = [f"**{sum(found.get((name, tool), False) for name in names)} of {len(names)}**" for tool in tools]
    rows = [["**found**", *sums]]
    rows += [[FAULTS[name], *("yes" if found.get((name, tool)) else "" for tool in tools)] for name in names]
    return table(("planted fault", *tools), rows)


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
    return table(head, rows)
