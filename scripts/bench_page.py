"""The tables of docs/benchmark.md, from what `make bench` measured."""

from __future__ import annotations

import re
from statistics import median
from typing import TYPE_CHECKING, Any

from page_tables import rewritten, table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

TITLES = {
    "get": "GET by key",
    "list": "GET list of 50",
    "post": "POST, body validated",
    "rpc": "JSON-RPC call",
    "xml": "GET by key, XML",
}
_OURS, _BARE = "mock-sqlite", "starlette-one-uvicorn"


def page_with(text: str, measured: Mapping[str, Any]) -> str:
    """The page with every table written anew. Raises PageError where its regions are others."""
    tables: dict[str, Callable[[Mapping[str, Any]], str]] = {
        "machine": _machine,
        "cost": _cost,
        "operations": _operations,
        "latency": _latency,
        "process": _process,
        "workers": _workers,
        "lengths": _lengths,
    }
    return rewritten(text, "bench", tables, lambda name: tables[name](measured))


def micros(server: Mapping[str, Any], operation: str) -> list[float]:
    """Microseconds of CPU per request, one for each burst; none where it was not measured."""
    return [1e6 * sample["cpu"] / sample["requests"] for sample in server.get("bursts", {}).get(operation, [])]


def _machine(measured: Mapping[str, Any]) -> str:
    found = measured["machine"]
    busy = f"busy with other work before (load {found['load_before']})" if found["busy"] else "idle before"
    told = ", ".join(f"{name} {version}" for name, version in measured["versions"].items())
    return (
        f"Measured on {found['cores']} cores ({found['model']}), {found['memory_gib']} GiB, {found['system']}, {busy};"
        f" {measured['rounds']} rounds of {measured['seconds']} s for each server and operation.\n\n{told}."
    )


def _cost(measured: Mapping[str, Any]) -> str:
    """GET by key, or the first operation that was measured: the cost, its spread, and ratios."""
    operation = measured["operations"][0]
    servers = measured["servers"]
    bare, ours = _typical(servers, _BARE, operation), _typical(servers, _OURS, operation)
    rows: list[list[str]] = []
    for server in servers:
        costs = micros(server, operation)
        if not costs:
            rows.append([server["title"], *["-"] * 5])
            continue
        middle = median(costs)
        spread = f"{min(costs):,.0f} to {max(costs):,.0f}"
        ratios = [f"{middle / base:.2f}" if base else "-" for base in (bare, ours)]
        rows.append([server["title"], f"{1e6 / middle:,.0f}", f"{middle:,.0f}", spread, *ratios])
    head = ("", "requests per CPU second", "CPU per request, us", "all rounds", "to Starlette", "to our SQLite file")
    return f"{TITLES[operation]}:\n\n{table(head, rows)}{_left_out(servers)}"


def _operations(measured: Mapping[str, Any]) -> str:
    """CPU per request for each operation, with the ratio to Starlette with one route."""
    notes: list[str] = []
    rows: list[list[str]] = []
    for server in _present(measured["servers"]):
        cells = [server["title"]]
        for operation in measured["operations"]:
            costs = micros(server, operation)
            if costs:
                bare = _typical(measured["servers"], _BARE, operation)
                cells.append(f"{median(costs):,.0f}" + (f" ({median(costs) / bare:.1f}x)" if bare else ""))
            else:
                reason = server["cannot"].get(operation, "not measured")
                if reason not in notes:
                    notes.append(reason)
                cells.append(f"cannot [{notes.index(reason) + 1}]")
        rows.append(cells)
    sizes = [f"{TITLES[name]} ({measured['bytes'][name]:,} bytes)" for name in measured["operations"]]
    told = "".join(f"\n\n[{number}] {_safe(reason)}" for number, reason in enumerate(notes, 1))
    return table(("CPU per request, us", *sizes), rows) + told


def _latency(measured: Mapping[str, Any]) -> str:
    rows = [
        [server["title"], *(_latencies(server, operation) for operation in measured["operations"])]
        for server in _present(measured["servers"])
    ]
    return table(("p50 / p99, ms", *(TITLES[name] for name in measured["operations"])), rows)


def _latencies(server: Mapping[str, Any], operation: str) -> str:
    samples = server["bursts"].get(operation)
    if not samples:
        return "-"
    return " / ".join(f"{median(sample[key] for sample in samples):.1f}" for key in ("p50", "p99"))


def _process(measured: Mapping[str, Any]) -> str:
    rows = [
        [
            server["title"],
            f"{server['start']['cpu']:.2f}",
            f"{server['start']['resident']:.0f}",
            "-" if server["resident"] is None else f"{server['resident']:.0f}",
            f"{server['requests']:,}",
        ]
        for server in _present(measured["servers"])
    ]
    return table(("", "start, CPU s", "memory at start, MiB", "memory after, MiB", "so many requests"), rows)


def _workers(measured: Mapping[str, Any]) -> str:
    found = _present(measured["workers"])
    names = list(dict.fromkeys(name for server in found for name in server["bursts"]))
    rows: list[list[str]] = []
    for server in found:
        cells = [server["title"]]
        for name in names:
            samples = server["bursts"].get(name, [])
            rates = [median(sample["requests"] / sample[key] for sample in samples) for key in ("seconds", "cpu")]
            cells += [f"{rate:,.0f}" for rate in rates]
        rows.append(cells)
    head = [f"{TITLES[name]}: {what}" for name in names for what in ("per second", "per CPU second")]
    return table(("", *head), rows) + _left_out(measured["workers"])


def _lengths(measured: Mapping[str, Any]) -> str:
    rows = [
        [
            server["title"],
            f"{median(costs):.0f}" if (costs := micros(server, "get")) else "-",
            f"{min(costs):.0f} to {max(costs):.0f}" if costs else "-",
            f"{server['start']['cpu']:.2f}",
        ]
        for server in _present(measured["lengths"])
    ]
    head = ("", "CPU per request, us", "all rounds", "start, CPU s")
    return table(head, rows) + _left_out(measured["lengths"])


def _typical(servers: Sequence[Mapping[str, Any]], name: str, operation: str) -> float | None:
    costs = [cost for server in servers if server["name"] == name for cost in micros(server, operation)]
    return median(costs) if costs else None


def _present(servers: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [server for server in servers if "missing" not in server]


def _left_out(servers: Sequence[Mapping[str, Any]]) -> str:
    found = [f"{server['title']}: {_safe(server['missing'])}" for server in servers if "missing" in server]
    return f"\n\nLeft out. {'; '.join(found)}." if found else ""


def _safe(text: str) -> str:
    """What a program said, as text of the page, without the folders of this machine."""
    plain = re.sub(r"(?:/[\w.@-]+)+/", "", text)
    return re.sub(r"[<>|`]", " ", plain)
