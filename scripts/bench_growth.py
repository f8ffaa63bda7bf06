"""`make bench-growth`: what a request costs, and what an import does, as the world grows.

Mocks with few and many contacts run side by side and are asked in turn, in a data file and, where PostgreSQL is
installed, in one of its own. Writes docs/growth.json and the tables of docs/growth.md; takes a quarter of an hour.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import growth_load as load
from growth_tables import page_with
from growth_worlds import OPERATIONS, World, batches, import_all, measured_in_turn, postgres, worlds
from measured_on import machine
from page_tables import PageError
from postgres_cluster import ClusterError, programs
from process_tree import cores, cpu_by_process, pin, resident_without_files, unreadable, used_since
from sandbox import SandboxError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

_ROOT = Path(__file__).parents[1]
_PAGE = _ROOT / "docs" / "growth.md"
_STORES = ("SQLite", "PostgreSQL")
_PARTS = ("operations", "imports", "waiting")
_LINES = (1, 4)
_IDLE_SECONDS = 5.0
_MOST = 10_000_000


def operations(store: str, grown: Sequence[World], rounds: int, requests: int) -> Iterator[dict[str, Any]]:
    """What each operation costs in each world; they take turns every few requests, and so have the same luck."""
    for number in range(rounds):
        for operation in OPERATIONS:
            turns = measured_in_turn(grown if number % 2 == 0 else grown[::-1], operation, requests)
            for world, cost in turns:
                place = {"store": store, "operation": operation.name, "size": world.size, "round": number}
                _tell(f"{store}, {world.size:,}, {operation.name}: {cost.cpu:.0f} us CPU, {cost.wall:.0f} us")
                yield {**place, **load.document_of(cost)}


def imports(store: str, grown: Sequence[World], contacts: int) -> Iterator[dict[str, Any]]:
    """How fast each world takes an import, and what memory that takes."""
    for world in grown:
        bodies, memory = batches(contacts), resident_without_files(world.own)
        before, started = cpu_by_process(world.roots), time.perf_counter()
        import_all(world, bodies)
        seconds, cpu = time.perf_counter() - started, used_since(before, world.roots)
        _tell(f"{store}, {world.size:,}: {contacts / seconds:,.0f} contacts/s, {contacts / cpu:,.0f} per CPU second")
        yield {
            "store": store,
            "size": world.size,
            "contacts": contacts,
            "seconds": round(seconds, 3),
            "cpu": round(cpu, 3),
            "before_mib": round(memory, 1),
            "after_mib": round(resident_without_files(world.own), 1),
        }


def waiting(store: str, grown: Sequence[World], contacts: int) -> Iterator[dict[str, Any]]:
    """How long reads take while nothing else happens, and while somebody imports."""
    for world in grown:
        for lines in _LINES:
            bodies = batches(contacts)
            with load.closed_loop(world.line, world.asked, lines) as idle:
                time.sleep(_IDLE_SECONDS)
            with load.closed_loop(world.line, world.asked, lines) as busy:
                import_all(world, bodies)
            found = {"idle": _shares(idle), "busy": _shares(busy)}
            ratio = found["busy"]["p99"] / found["idle"]["p99"]
            _tell(f"{store}, {world.size:,}, {lines} readers: p99 {ratio:.1f} times that of an idle server")
            yield {"store": store, "size": world.size, "lines": lines, "contacts": contacts, **found}


def _shares(seconds: Sequence[float]) -> dict[str, float]:
    """Milliseconds."""
    shares = {"p50": 0.5, "p99": 0.99, "max": 1.0}
    return {name: round(load.quantile(seconds, part) * 1e3, 3) for name, part in shares.items()} | {
        "requests": len(seconds)
    }


@contextmanager
def _database(store: str) -> Generator[str | None]:
    if store == "SQLite":
        yield None
        return
    with postgres() as url:
        yield url


def numbers(text: str) -> list[int]:
    """Sizes from the command line, the smallest first. Raises ArgumentTypeError for what no world can have."""
    sizes = sorted({int(word) for word in text.split(",")})
    if not 1 <= sizes[0] <= sizes[-1] <= _MOST:
        raise argparse.ArgumentTypeError(f"each is 1 to {_MOST}")
    return sizes


def _tell(text: str) -> None:
    print(text, flush=True)


def main() -> None:
    """Measures, and writes what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=numbers, default=[1_000, 100_000, 1_000_000], help="contacts, with commas")
    parser.add_argument("--rounds", type=int, default=5, help="how often each operation is measured (5)")
    parser.add_argument("--requests", type=int, default=500, help="requests of one measurement (500)")
    parser.add_argument("--import", dest="contacts", type=int, default=100_000, help="contacts of an import (100000)")
    parser.add_argument("--store", choices=_STORES, action="append", help="only this store; may be repeated")
    parser.add_argument("--part", choices=_PARTS, action="append", help="only this part; may be repeated")
    parser.add_argument("--page", type=Path, default=_PAGE, help="the page; the JSON lies beside it")
    options = parser.parse_args()
    if min(options.rounds, options.requests, options.contacts) < 1:
        parser.error("--rounds, --requests and --import must be 1 or more")
    reason = unreadable()
    if reason is not None:
        sys.exit(f"bench-growth: {reason}")
    pins = cores()
    found: dict[str, Any] = {
        "machine": machine(),
        "sizes": options.sizes,
        "rounds": options.rounds,
        "requests": options.requests,
        **{part: [] for part in _PARTS},
    }
    try:
        for store in _wanted(options.store):
            with (
                tempfile.TemporaryDirectory() as name,
                _database(store) as database,
                worlds(options.sizes, Path(name), database, pins.server) as grown,
            ):
                pin(os.getpid(), pins.load)
                parts = {
                    "operations": operations(store, grown, options.rounds, options.requests),
                    "imports": imports(store, grown, options.contacts),
                    "waiting": waiting(store, grown, options.contacts),
                }
                for part in options.part or _PARTS:
                    found[part] += parts[part]
        options.page.write_text(page_with(options.page.read_text(encoding="utf-8"), found), encoding="utf-8")
        options.page.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    except (SandboxError, ClusterError, PageError, load.LoadError, OSError) as error:
        sys.exit(f"bench-growth: {error}")


def _wanted(named: Sequence[str] | None) -> list[str]:
    """The stores to measure: PostgreSQL only where it is installed, unless it was asked for."""
    if named:
        return [store for store in _STORES if store in named]
    try:
        programs()
    except ClusterError as error:
        _tell(f"without PostgreSQL: {error}")
        return list(_STORES[:1])
    return list(_STORES)


if __name__ == "__main__":
    main()
