"""`make bench-trust`: plants every fault in the mock and writes the table of docs/trust.md: what the suite finds."""

from __future__ import annotations

import json
import logging
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
    from collections.abc import Iterable, Iterator

    from planting import Fault

BENCHES: dict[str, Bench] = {}
FAULTS: dict[str, Any] = {}
BUILD = ROOT / "build/trust"
_LINE = 300  # characters of what is said of one fault


@click.command()
@click.option("--provider", "chosen", multiple=True, type=click.Choice(providers()), help="Only this one's faults.")
@click.option("--only", multiple=True, metavar="GLOB", help="Only faults whose name fits.")
@click.option("--seeds", default=5, show_default=True, type=click.IntRange(1, 100), help="How many seeds, from 0.")
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(1, 64), help="How many processes.")
@click.option("--fast", is_flag=True, help="Each fault's own cases only, one seed, no false alarms, no table.")
@click.option("--every", default=1, type=click.IntRange(1), help="Only each so many-th fault; the table says so.")
@click.option("--offset", default=0, type=click.IntRange(0), help="With --every: which fault is the first.")
@click.option("--strangers/--no-strangers", default=True, help="Whether to look for what else goes red.")
@click.option("--alarms/--no-alarms", default=True, help="Whether to look for false alarms.")
@click.option(
    "--update", is_flag=True, help="Only these faults, in the last whole run of the same seeds, and its table."
)
def main(  # noqa: PLR0913 - the options of the command
    *,
    chosen: tuple[str, ...],
    only: tuple[str, ...],
    seeds: int,
    jobs: int,
    fast: bool,
    every: int,
    offset: int,
    strangers: bool,
    alarms: bool,
    update: bool,
) -> None:
    """Plants every fault in the mock and tells which of them the suite finds."""
    logging.getLogger("connexion").setLevel(logging.ERROR)  # it misses functions that the front stands in for
    started = time.monotonic()
    tried = range(1) if fast else range(seeds)
    whole = not (only or chosen or fast or offset) and alarms
    findings: list[Finding] = []
    noisy = False
    for provider in chosen or tuple(providers()):
        wanted = _prepare(provider, only, slice(offset, None, every), listen=not fast)
        click.echo(f"{provider}: {len(wanted)} faults, {len(tried)} seeds", err=True)
        tasks: list[Any] = [("fault", provider, name, tried, strangers and not fast) for name in wanted]
        if alarms and not fast:
            tasks = [("alarms", provider, seed) for seed in tried] + tasks
        tried_out, unbroken = _gathered(tasks, jobs)
        found = [finding for finding in tried_out if finding.shown]
        document: dict[str, Any] = {"provider": provider, "seeds": len(tried), "every": every, "unbroken": unbroken}
        document["strangers"] = strangers
        document["never_shown"] = sorted(finding.name for finding in tried_out if not finding.shown)
        document["faults"] = [asdict(finding) for finding in sorted(found, key=lambda finding: finding.name)]
        if update:
            document = _updated(BUILD / f"{provider}.json", document, faults(provider))
        _write(BUILD / f"{provider}{'' if whole or update else '-part'}.json", document)
        findings += found
        noisy = noisy or any(entry["cases"] for entry in unbroken)
    for finding in findings:
        for error in finding.errors[:1]:
            click.echo(f"error: {finding.name}: {error}"[:_LINE])
    if whole or update:
        write_table(ROOT / "docs/trust.md", BUILD)
    missed = sum(finding.own_strict < finding.seeds for finding in findings)
    seconds = time.monotonic() - started
    click.echo(f"{len(findings)} faults, {len(findings) - missed} found by their own, in {seconds:.0f} s")
    raise SystemExit(1 if missed or noisy else 0)


def _prepare(provider: str, only: tuple[str, ...], part: slice, *, listen: bool) -> list[str]:
    """Opens the bench of a provider; the names of the faults that are wanted."""
    bench = BENCHES[provider] = Bench(provider)
    if listen:
        bench.listen()
    planted = {fault.name: fault for fault in faults(provider)}
    FAULTS.update(planted)
    return [name for name in planted if not only or any(fnmatchcase(name, glob) for glob in only)][part]


def _gathered(tasks: list[Any], jobs: int) -> tuple[list[Finding], list[dict[str, Any]]]:
    """What came of the faults, and of the mock without any; says at once what is missed."""
    found: list[Finding] = []
    unbroken: list[dict[str, Any]] = []
    for kind, result in _worked(tasks, jobs):
        if kind == "alarms":
            unbroken.append(result)
            continue
        found.append(result)
        if not result.shown:
            click.echo(f"never shown, not counted: {result.name}"[:_LINE])
        elif result.own_strict < result.seeds:
            others = f"found by {result.cases[0]}" if result.found_strict and result.cases else "not found"
            click.echo(f"missed {result.own_strict}/{result.seeds}: {result.name}; {others}"[:_LINE])
    return found, sorted(unbroken, key=lambda entry: int(entry["seed"]))


def _updated(path: Path, found: dict[str, Any], planted: Iterable[Fault]) -> dict[str, Any]:
    """A whole run with what was found since in the place of what it says of the same faults.

    Raises click.ClickException where there is none, or one with other seeds.
    """
    if not path.exists():
        raise click.ClickException(f"{path}: there is no whole run to update; leave out --update")
    known: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if (known["seeds"], known["every"]) != (found["seeds"], found["every"]):
        raise click.ClickException(f"{path}: was made with --seeds {known['seeds']} and --every {known['every']}")
    names = {fault.name for fault in planted}
    now = {*(fault["name"] for fault in found["faults"]), *found["never_shown"]}
    kept = [fault for fault in known["faults"] if fault["name"] in names - now]
    never = {name for name in known["never_shown"] if name in names - now}
    return {
        **known,
        "unbroken": found["unbroken"] or known["unbroken"],
        "never_shown": sorted({*never, *found["never_shown"]}),
        "faults": sorted([*kept, *found["faults"]], key=lambda fault: str(fault["name"])),
    }


def _write(path: Path, document: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


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
