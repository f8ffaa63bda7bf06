"""`make bench-check`: the suite beside stock Schemathesis on one contract and one server, and what each profile costs.

Writes build/bench-check/measured.json and the tables of docs/speed.md. All parts take about half an hour on an idle
machine with two cores, nearly all of it in stock runs; `--part` runs some of them and keeps what the others found.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench_runs import CHECKS, REPLAYED, check_line, counted, reported, run_on_news, stock_line, timed
from bench_tables import page_with
from mailproof import contract, providers
from mailproof_mock.own_process import COMMAND
from measured_on import machine
from news_faults import FAULTS
from page_tables import PageError
from sandbox import SandboxError, sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bench_runs import Tool

_ROOT = Path(__file__).parents[1]
_PAGE = _ROOT / "docs" / "speed.md"
_MEASURED = _ROOT / "build" / "bench-check" / "measured.json"
_PARTS = ("bench", "faults", "providers")
_PROFILES = ("quick", "standard", "deep")


def bench(tools: Sequence[Tool], seeds: int, stock_seeds: int) -> Iterator[dict[str, Any]]:
    """Every tool on the server that keeps every promise, with several seeds: a run that finds something is wrong."""
    for tool in tools:
        for seed in range(stock_seeds if tool.stock else seeds):
            cost = run_on_news(tool, seed=seed)
            _tell(f"{tool.name}, seed {seed}", cost.wall, cost.cpu, cost.exit_code)
            yield cost.document()


def faults(tools: Sequence[Tool], names: list[str]) -> Iterator[dict[str, Any]]:
    """Every tool on the server with each fault. Stock stops at its first failure: that saves time and no more."""
    for name in names:
        for tool in tools:
            whole = type(tool)(tool.name, (*tool.words, "--max-failures", "1"), stock=True) if tool.stock else tool
            cost = run_on_news(whole, fault=name)
            _tell(f"{name}, {tool.name}", cost.wall, cost.cpu, cost.exit_code)
            yield {"fault": name, **cost.document()}


def profiles(names: list[str], wanted: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Each profile on the mock of each shipped contract, and the replayed part beside stock's coverage phase."""
    for name in names:
        runs: list[tuple[str, tuple[str, ...]]] = [(profile, ("--profile", profile)) for profile in wanted]
        for title, words in (*runs, (REPLAYED.name, REPLAYED.words)):
            yield _on_mock(name, title, words)
        if not contract(name).rpc_methods:
            yield _on_mock(name, "`st run --phases coverage`", None)


def _on_mock(provider: str, title: str, words: tuple[str, ...] | None) -> dict[str, Any]:
    """One run on a fresh mock; without words it is one of stock."""
    before = _children_cpu()
    with tempfile.TemporaryDirectory() as scratch, sandbox(Path(scratch) / "mock", [*COMMAND, provider]) as mock:
        folder = Path(scratch)
        if words is None:
            document = folder / "contract.json"
            document.write_text(json.dumps(contract(provider).document), encoding="utf-8")
            entry = mock.providers[provider]
            secrets = [word for name, value in entry["headers"].items() for word in ("-H", f"{name}: {value}")]
            more = ("--phases", "coverage", *secrets)
            line = stock_line(_ROOT / "schemathesis.toml", document, entry["base_url"], 0, more)
        else:
            line = check_line(provider, ["--ready-file", str(mock.ready_file)], folder / "report", 0, words)
        code, wall, cpu, said = timed(line, folder)
        cases, requests = counted(said) if words is None else reported(folder / "report")
    _tell(f"{provider}, {title}", wall, cpu, code)
    costs = {"exit_code": code, "wall": wall, "cpu": cpu, "server_cpu": _children_cpu() - before - cpu}
    return {"provider": provider, "tool": title, "cases": cases, "requests": requests, **costs}


def _children_cpu() -> float:
    """CPU seconds of all processes that this one has started and seen the end of."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measures, and writes what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=_PARTS, action="append", help="only this part; may be repeated")
    parser.add_argument("--seeds", type=int, default=5, help="seeds for false alarms (5)")
    parser.add_argument("--stock-seeds", type=int, default=3, help="seeds of stock, which takes longer (3)")
    parser.add_argument("--fault", choices=sorted(FAULTS), action="append", help="only this fault; may be repeated")
    parser.add_argument("--provider", choices=providers(), action="append", help="only this API; may be repeated")
    parser.add_argument("--tool", choices=[tool.name for tool in CHECKS], action="append", help="only this tool")
    parser.add_argument("--profile", choices=_PROFILES, action="append", help="only this profile; may be repeated")
    parser.add_argument("--page", type=Path, default=_PAGE, help="the page whose tables are written")
    options = parser.parse_args()
    if min(options.seeds, options.stock_seeds) < 1:
        parser.error("--seeds and --stock-seeds must be 1 or more")
    wanted: list[str] = options.part or list(_PARTS)
    names = options.provider or list(providers())
    tools = [tool for tool in CHECKS if tool.name in (options.tool or [item.name for item in CHECKS])]
    runs = {
        "bench": (("tool", "seed"), bench(tools, options.seeds, options.stock_seeds)),
        "faults": (("fault", "tool"), faults(tools, options.fault or list(FAULTS))),
        "providers": (("provider", "tool"), profiles(names, tuple(options.profile or _PROFILES))),
    }
    measured: dict[str, Any] = {**_known(), "machine": machine()}
    try:
        for part in wanted:
            key, costs = runs[part]
            for cost in costs:  # kept one by one: half an hour is long
                measured[part] = _merged(measured.get(part, []), cost, key)
                _keep(measured)
        options.page.write_text(page_with(options.page.read_text(encoding="utf-8"), measured), encoding="utf-8")
    except (SandboxError, TimeoutError, PageError, OSError) as error:
        sys.exit(f"bench-check: {error}")


def _merged(known: list[Any], found: dict[str, Any], key: tuple[str, str]) -> list[Any]:
    """What was known, with what was found now in its place."""
    rows = {tuple(run[name] for name in key): run for run in (*known, found)}
    return list(rows.values())


def _known() -> dict[str, Any]:
    """What was measured before, without tools that are no longer among those that are run."""
    if not _MEASURED.exists():
        return {}
    known: dict[str, Any] = json.loads(_MEASURED.read_text(encoding="utf-8"))
    names = {*(tool.name for tool in CHECKS), *_PROFILES}
    for part in (part for part in _PARTS if part in known):
        known[part] = [run for run in known[part] if run["tool"] in names]
    return known


def _keep(measured: Mapping[str, Any]) -> None:
    _MEASURED.parent.mkdir(parents=True, exist_ok=True)
    _MEASURED.write_text(json.dumps(measured, indent=2) + "\n", encoding="utf-8")


def _tell(what: str, wall: float, cpu: float, code: int) -> None:
    print(f"{what}: exit code {code}, {wall:.1f} s, {cpu:.1f} CPU s", flush=True)


if __name__ == "__main__":
    main()
