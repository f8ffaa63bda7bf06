"""`make bench`: the mock beside its peers, in one run and by turns, on one contract and with the same answers.

Writes docs/benchmark.json, docs/benchmark.svg and the tables of docs/benchmark.md. A run over some of the servers or
operations only, or a quick one, writes the same into build/bench.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench_contracts import length_ask, length_entrants
from bench_load import BenchError, wrk_version
from bench_measure import Plan, Section
from bench_operations import OPERATIONS, asks, furnished_answers
from bench_page import page_with
from bench_plot import plot
from bench_servers import entrants, worker_entrants
from bench_versions import machine, versions
from page_tables import PageError
from process_tree import cores
from sandbox import SandboxError, sandbox
from sigterm import unwinding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bench_measure import Outcome
    from bench_servers import Entrant

_ROOT = Path(__file__).parents[1]
_DOCS = _ROOT / "docs"
_BUILD = _ROOT / "build" / "bench"
_MEMORY_AFTER = 100_000
_QUICK = Plan(rounds=1, seconds=0.3, memory_after=0)
_WORKER_OPERATIONS = ("get", "post")


def measured(only: Iterable[str], operations: list[str], plan: Plan) -> dict[str, Any]:
    """Everything that is measured, with the machine and the versions. Raises BenchError."""
    wanted = set(only)

    def of(found: list[Entrant]) -> list[Entrant]:
        return [entrant for entrant in found if not wanted or entrant.name in wanted]

    document: dict[str, Any] = {
        "machine": machine(),
        "versions": versions(),
        "rounds": plan.rounds,
        "seconds": plan.seconds,
        "operations": operations,
    }
    pins = cores()
    with tempfile.TemporaryDirectory(prefix="mailproof-bench-") as name:
        scratch = Path(name)
        with sandbox(scratch / "model") as model:
            known = asks(model.providers)
            answers = furnished_answers(model.url, known)
        document["bytes"] = {name: len(said.body.encode()) for name, said in answers.items()}
        section = Section(known, answers, pins, _tell)
        document["servers"] = _documents(section.measure(of(entrants()), operations, plan, scratch / "servers"))
        few = [name for name in _WORKER_OPERATIONS if name in operations]
        document["workers"] = _documents(section.measure(of(worker_entrants()), few, plan, scratch / "workers"))
        section = Section(*length_ask(), pins, _tell)
        document["lengths"] = _documents(section.measure(of(length_entrants()), ["get"], plan, scratch / "lengths"))
    return document


def _documents(outcomes: list[Outcome]) -> list[dict[str, Any]]:
    return [outcome.document() for outcome in outcomes]


@unwinding()
def main() -> None:
    """Measures, and writes what came of it."""
    names = [entrant.name for entrant in (*entrants(), *worker_entrants(), *length_entrants())]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=12, help="bursts of each server with each operation (12)")
    parser.add_argument("--seconds", type=float, default=0.25, help="seconds of a burst (0.25)")
    parser.add_argument("--only", choices=names, action="append", metavar="SERVER", help=f"one of {', '.join(names)}")
    parser.add_argument("--operations", choices=OPERATIONS, action="append", help="only this one; may be repeated")
    parser.add_argument("--quick", action="store_true", help="one short round, to see that all is well")
    parser.add_argument("--output", type=Path, help="the folder for benchmark.json, .svg and .md")
    options = parser.parse_args()
    if not 1 <= options.rounds <= 100 or not 0.1 <= options.seconds <= 60:  # noqa: PLR2004 - the message says them
        parser.error("--rounds is a number from 1 to 100, --seconds one from 0.1 to 60")
    plan = _QUICK if options.quick else Plan(options.rounds, options.seconds, _MEMORY_AFTER)
    whole = not (options.quick or options.only or options.operations)
    folder: Path = options.output or (_DOCS if whole else _BUILD)
    try:
        wrk_version()
        folder.mkdir(parents=True, exist_ok=True)
        operations = [name for name in OPERATIONS if name in (options.operations or OPERATIONS)]
        found = measured(options.only or (), operations, plan)
        page = page_with((_DOCS / "benchmark.md").read_text(encoding="utf-8"), found)
        (folder / "benchmark.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        (folder / "benchmark.svg").write_text(plot(found), encoding="utf-8")
        (folder / "benchmark.md").write_text(page, encoding="utf-8")
    except (BenchError, PageError, SandboxError, OSError) as error:
        sys.exit(f"bench: {error}")
    except KeyboardInterrupt:
        sys.exit("bench: interrupted; nothing was written")


def _tell(what: str) -> None:
    print(what, flush=True)


if __name__ == "__main__":
    main()
