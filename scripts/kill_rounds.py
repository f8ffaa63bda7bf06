"""`make kill-rounds`: a mock is killed under load again and again, and every time has to keep what it acknowledged."""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kill_checks import check, prepare
from kill_ledger import Ledger
from kill_load import SHARE, Broken, load
from mock_group import MockError, MockGroup

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_SHARES = ("--set", f"which50.import-share={SHARE}")
_LOAD_SECONDS = (0.05, 1.5)  # of a round, before its kill


@dataclass(slots=True)
class Rounds:
    """What came of some rounds: how many there were, the acknowledged writes, and the promise that was broken."""

    rounds: int = 0
    writes: int = 0
    jobs: int = 0
    broken: str | None = None
    starts: list[float] = field(default_factory=list[float])
    """Seconds from each start after a kill to the first answer."""


def kill_rounds(
    rounds: int, seed: int, folder: Path, arguments: Sequence[str], tell: Callable[[str], None] = print
) -> Rounds:
    """So many rounds on one store: load, kill -9, restart, check. `arguments` say where the mock keeps its state.

    Stops at the first broken promise. Logs and the ready file lie in the folder.
    """
    draw = random.Random(seed)  # noqa: S311 - moments, not secrets
    ledger, found = Ledger(), Rounds()
    mock = MockGroup(folder, [*_SHARES, *arguments])
    try:
        asyncio.run(prepare(mock.ready(), ledger))
        for number in range(1, rounds + 1):
            asyncio.run(_round(mock, ledger, draw.uniform(*_LOAD_SECONDS), f"{seed}/{number}"))
            began = time.monotonic()
            mock = MockGroup(folder, [*_SHARES, *arguments])
            ready = mock.ready()
            found.starts.append(time.monotonic() - began)
            asyncio.run(check(ready, ledger, f"{seed}/{number}"))
            found.rounds = number
            if number % 10 == 0:
                tell(f"round {number}: {ledger.writes} acknowledged writes, all there")
        said = mock.log.read_text(encoding="utf-8", errors="replace").strip()
        if said:
            raise Broken(f"the mock's log is not empty: {said.splitlines()[-1]}")  # noqa: TRY301 - one way to tell
    except* (Broken, MockError) as broken:  # of several writers, the first
        found.broken = f"round {found.rounds + 1}: {broken.exceptions[0]}"
    finally:
        mock.end(signal.SIGKILL)
    found.writes, found.jobs = ledger.writes, len(ledger.jobs)
    return found


async def _round(mock: MockGroup, ledger: Ledger, seconds: float, seed: str) -> None:
    """Keeps the mock under load for a while and kills it in the midst. Raises Broken."""
    loaded = asyncio.create_task(load(mock.ready(), ledger, seed))
    done, _ = await asyncio.wait({loaded}, timeout=seconds)
    if done and not mock.alive():
        await loaded
        raise Broken("the mock ended by itself")
    if not done:
        mock.end(signal.SIGKILL)
    await loaded


def main() -> None:
    """Runs the rounds that the command line asks for; exit code 1 when a promise was broken."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl+C: no mock is left behind
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="how many kills (200)")
    parser.add_argument("--seed", type=int, default=0, help="what is written, and when the mock is killed (0)")
    parser.add_argument("--keep", type=Path, help="a folder for the data file and the log, which stay")
    parser.add_argument("arguments", nargs="*", help="of the mock, in place of --data FILE; write -- before them")
    asked = parser.parse_args()
    if asked.rounds < 1:
        parser.error("--rounds: at least 1")
    if asked.keep is not None and asked.keep.exists() and (not asked.keep.is_dir() or any(asked.keep.iterdir())):
        parser.error(f"--keep {asked.keep}: is there already and not an empty folder; name a new one")
    with tempfile.TemporaryDirectory(prefix="mailproof-kill-") as scratch:
        folder: Path = asked.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        found = kill_rounds(asked.rounds, asked.seed, folder, asked.arguments or ["--data", str(folder / "state.db")])
    if found.broken:
        sys.exit(f"kill_rounds: seed {asked.seed}, {found.broken}")
    starts = sorted(found.starts)
    print(
        f"{found.rounds} kills, {found.writes} acknowledged writes, {found.jobs} import jobs: nothing missing, nothing"
        f" half-done; back after {starts[len(starts) // 2]:.1f} s (median), {time.monotonic() - began:.0f} s in all"
    )


if __name__ == "__main__":
    main()
