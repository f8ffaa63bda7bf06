"""The tables of docs/growth.md, from what `make bench-growth` measured."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

from measured_on import told
from page_tables import rewritten, table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def page_with(text: str, measured: Mapping[str, Any]) -> str:
    """The page with its tables written anew. Raises PageError where its regions are others."""
    tables: dict[str, Callable[[Mapping[str, Any]], str]] = {
        "machine": machine,
        "operations": operations,
        "imports": imports,
        "waiting": waiting,
    }
    return rewritten(text, "bench-growth", tables, lambda name: tables[name](measured))


def machine(measured: Mapping[str, Any]) -> str:
    """On what it was measured."""
    return f"{told(measured['machine'])}; {measured['rounds']} rounds of {measured['requests']} requests."


def operations(measured: Mapping[str, Any]) -> str:
    """CPU of the servers for one request by size, and how many times the smallest world's the largest world's is."""
    sizes: list[int] = measured["sizes"]
    head = ("state in", "request", *(f"{size:,}: CPU, us" for size in sizes), "ratio", "wall, us")
    rows: list[list[str]] = []
    for store, name in dict.fromkeys((run["store"], run["operation"]) for run in measured["operations"]):
        own = [run for run in measured["operations"] if (run["store"], run["operation"]) == (store, name)]
        by_size = [median(run["cpu_us"] for run in own if run["size"] == size) for size in sizes]
        wall = median(run["wall_us"] for run in own if run["size"] == sizes[-1])
        ratio = median(_ratios(own, sizes))
        rows.append([store, f"`{name}`", *(f"{cpu:,.0f}" for cpu in by_size), f"{ratio:.2f}", f"{wall:,.0f}"])
    return table(head, rows)


def _ratios(runs: Sequence[Mapping[str, Any]], sizes: Sequence[int]) -> list[float]:
    """The largest world's CPU by the smallest's in each round: the two were measured one after the other."""
    rounds = sorted({run["round"] for run in runs})
    cpu = {(run["round"], run["size"]): run["cpu_us"] for run in runs}
    return [cpu[number, sizes[-1]] / cpu[number, sizes[0]] for number in rounds]


def imports(measured: Mapping[str, Any]) -> str:
    """How fast an import goes."""
    head = ("state in", "contacts before", "imported", "contacts/s", "contacts per CPU s", "memory before", "after")
    rows = [
        [
            run["store"],
            f"{run['size']:,}",
            f"{run['contacts']:,}",
            f"{run['contacts'] / run['seconds']:,.0f}",
            f"{run['contacts'] / run['cpu']:,.0f}",
            f"{run['before_mib']:.0f} MiB",
            f"{run['after_mib']:.0f} MiB",
        ]
        for run in measured["imports"]
    ]
    return table(head, rows)


def waiting(measured: Mapping[str, Any]) -> str:
    """How long a read waits while somebody else imports."""
    head = ("state in", "contacts", "readers", "p50 idle", "p99 idle", "p50 meanwhile", "p99 meanwhile", "p99 by idle")
    rows = [
        [
            run["store"],
            f"{run['size']:,}",
            str(run["lines"]),
            *(f"{run[when][part]:.2f} ms" for when in ("idle", "busy") for part in ("p50", "p99")),
            f"{run['busy']['p99'] / run['idle']['p99']:.1f}",
        ]
        for run in measured["waiting"]
    ]
    return table(head, rows)
