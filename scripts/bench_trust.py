"""`make bench-trust`: plants every fault in the mock, tells which the suite finds, and writes the table of docs/trust.md."""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from dataclasses import asdict
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/support"))

from planting import faults  # noqa: E402 - it stands with the tests, as what it plants does
from trial import Bench, Finding  # noqa: E402
from trust_table import write_table  # noqa: E402

from mailproof import providers  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

BENCHES: dict[str, Bench] = {}
FAULTS: dict[str, Any] = {}
BUILD = ROOT / "build/trust"


@click.command()
@click.option("--provider", "chosen", multiple=True, type=click.Choice(providers()), help="Only this one's faults.")
@click.option("--only", multiple=True, metavar="GLOB", help="Only faults whose name fits.")
@click.option("--seeds", default=5, show_default=True, type=click.IntRange(1, 100), help="How many seeds, from 0.")
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(1, 64), help="How many processes.")
@click.option("--fast", is_flag=True, help="Each fault's own cases only, one seed, no false alarms, no table.")
@click.option("--every", default=1, type=click.IntRange(1), help="Only each so many-th of the faults.")
@click.option("--strangers/--no-strangers", default=True, help="Whether to look for what else goes red.")
@click.option("--alarms/--no-alarms", default=True, help="Whether to look for false alarms.")
def main(  # noqa: PLR0913 - the options of the command
    *,
    chosen: tuple[str, ...],
    only: tuple[str, ...],
    seeds: int,
    jobs: int,
    fast: bool,
    every: int,
    strangers: bool,
    alarms: bool,
) -> None:
    """Plants every fault in the mock and tells which of them the suite finds."""
    started = time.monotonic()
    tried = range(1) if fast else range(seeds)
    names = chosen or tuple(providers())
    findings: list[Finding] = []
    noise: dict[str, list[dict[str, Any]]] = {}
    for provider in names:
        bench = BENCHES[provider] = Bench(provider)
        if not fast:
            bench.listen()
        planted = {fault.name: fault for fault in faults(provider)}
        FAULTS.update(planted)
        wanted = [name for name in planted if not only or any(fnmatchcase(name, glob) for glob in only)][::every]
        click.echo(f"{provider}: {len(wanted)} faults, {len(tried)} seeds", err=True)
        tasks: list[Any] = [("fault", provider, name, tried, strangers and not fast) for name in wanted]
        if alarms and not fast:
            tasks = [("alarms", provider, seed) for seed in tried] + tasks
        for kind, result in _worked(tasks, jobs):
            if kind == "alarms":
                noise.setdefault(provider, []).append(result)
            else:
                findings.append(result)
                if result.own_strict < result.seeds:
                    click.echo(f"missed {result.own_strict}/{result.seeds}: {result.name}", err=True)
                if result.seconds > 20:
                    click.echo(f"slow: {result.name}: {result.seconds:.0f} s", err=True)
    missed = [finding for finding in findings if finding.own_strict < finding.seeds]
    for finding in missed:
        click.echo(f"missed {finding.own_strict}/{finding.seeds}: {finding.name} (own: {finding.owner}) {finding.cases[:1]}")
    for finding in findings:
        if finding.errors:
            click.echo(f"error: {finding.name}: {finding.errors[0][:300]}")
    BUILD.mkdir(parents=True, exist_ok=True)
    whole = not only and not chosen and not fast and every == 1 and strangers and alarms
    for provider in names:
        own = [asdict(finding) for finding in findings if finding.provider == provider]
        document = {"provider": provider, "seeds": len(tried), "unbroken": noise.get(provider, []), "faults": own}
        path = BUILD / f"{provider}{'' if whole else '-part'}.json"
        path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    if whole:
        write_table(ROOT / "docs/trust.md", BUILD)
    click.echo(f"{len(findings)} faults, {len(findings) - len(missed)} found by their own, in {time.monotonic() - started:.0f} s")
    raise SystemExit(1 if missed or any(entry["cases"] for entries in noise.values() for entry in entries) else 0)


def _worked(tasks: list[Any], jobs: int) -> Iterator[tuple[str, Any]]:
    if jobs == 1:
        yield from map(_work, tasks)
        return
    # Forked, so that what was recorded and compiled is there already.
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield from pool.imap_unordered(_work, tasks)


def _work(task: Any) -> tuple[str, Any]:
    if task[0] == "alarms":
        _, provider, seed = task
        bad = BENCHES[provider].alarms(seed)
        said = [f"{outcome.case.id}: {outcome.verdict} {outcome.reason}" for outcome in bad]
        counting = sum(outcome.counts or outcome.verdict == "error" for outcome in bad)
        return "alarms", {"seed": seed, "cases": said, "without_strict": counting}
    _, provider, name, seeds, everywhere = task
    start = time.process_time()
    finding = BENCHES[provider].tried(FAULTS[name], seeds, everywhere=everywhere)
    finding.seconds = round(time.process_time() - start, 2)
    return "fault", finding


if __name__ == "__main__":
    main()
