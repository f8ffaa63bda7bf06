"""`make soak`: mixed load with bad input among it; memory, descriptors and journal have to stay as they are."""

from __future__ import annotations

import argparse
import asyncio
import math
import random
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mock_group import MockError, MockGroup
from plain_http import Connection, Cut
from soak_requests import Requests

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_CLIENTS = 8
_BAD_SHARE = 0.05
_BAD_SECONDS = 2.0  # to wait for an answer to what may be half a request
_SAMPLES = 240
_LEAST_SECONDS = 0.2  # between two samples
_RESETS = 20  # of a run: the world is put back as test suites do, so that what grows is the server and not its state
_JUDGED_SECONDS = 60.0  # a shorter run says nothing about growth: caches fill
_SERVER_ERRORS = 500
_QUARTERS = 4


@dataclass(frozen=True, slots=True)
class Measure:
    """What is watched: its unit in tables, and how much of it may come between the second quarter and the last."""

    name: str
    unit: int
    share: float
    least: float
    """In units of its own; a growth below this is none."""

    def grown(self, quarters: Sequence[float]) -> bool:
        """Whether the last quarter lies above the second by more than both bounds."""
        return quarters[3] - quarters[1] > max(self.least * self.unit, self.share * quarters[1])


MEASURES = (
    Measure("memory (MB)", 1_000_000, 0.05, 3),
    Measure("file descriptors", 1, 0.1, 4),
    Measure("data file (MB)", 1_000_000, 0.2, 2),
    Measure("journal (MB)", 1_000_000, 0.2, 2),
)


@dataclass(slots=True)
class Soaked:
    """What a run met: answers by status, bad requests without an answer, what went wrong, samples of each measure."""

    seconds: float = 0.0
    answers: Counter[int] = field(default_factory=Counter[int])
    bad: int = 0
    closed: int = 0
    wrong: list[str] = field(default_factory=list[str])
    samples: list[tuple[float, ...]] = field(default_factory=list[tuple[float, ...]])

    def note(self, request: bytes, status: int) -> None:
        """Counts an answer."""
        self.answers[status] += 1
        if status >= _SERVER_ERRORS:
            self.wrong.append(f"{status} to {_first(request)}")


async def soak(ready: Mapping[str, Any], seconds: float, seed: int, sample: Callable[[], tuple[float, ...]]) -> Soaked:
    """Keeps a mock under load for so long."""
    found, requests, began = Soaked(), Requests(ready), time.monotonic()
    end = began + seconds
    async with asyncio.TaskGroup() as group:
        for number in range(_CLIENTS):
            draw = random.Random(f"{seed}/{number}")  # noqa: S311 - load, not a secret
            group.create_task(_client(ready["url"], requests, draw, end, found))
        group.create_task(_resets(ready["url"], seconds / _RESETS, end, found))
        while time.monotonic() < end:
            found.samples.append(sample())
            await asyncio.sleep(max(_LEAST_SECONDS, seconds / _SAMPLES))
    found.seconds = time.monotonic() - began
    return found


async def _client(url: str, requests: Requests, draw: random.Random, end: float, found: Soaked) -> None:
    async with Connection(url) as connection:
        while time.monotonic() < end:
            if draw.random() < _BAD_SHARE:
                await _misbehave(url, requests.bad(draw), found)
                continue
            request = requests.good(draw)
            try:
                found.note(request, (await connection.send(request)).status)
            except (Cut, TimeoutError):
                found.wrong.append(f"no answer to {_first(request)}")


async def _misbehave(url: str, request: bytes, found: Soaked) -> None:
    found.bad += 1
    async with Connection(url) as connection:
        try:
            async with asyncio.timeout(_BAD_SECONDS):
                found.note(request, (await connection.send(request)).status)
        except (Cut, TimeoutError):  # it waits for the rest, as it should, until this end hangs up
            found.closed += 1


async def _resets(url: str, every: float, end: float, found: Soaked) -> None:
    async with Connection(url) as connection:
        while time.monotonic() + every < end:
            await asyncio.sleep(every)
            answer = await connection.ask("POST", "/_mailproof/reset")
            found.note(b"POST /_mailproof/reset", answer.status)


def _first(request: bytes) -> str:
    return request.partition(b"\r\n")[0][:120].decode("latin-1")


def quarters(samples: Sequence[tuple[float, ...]], place: int) -> list[float]:
    """The medians of a measure in the four quarters of a run."""
    size = math.ceil(len(samples) / _QUARTERS)
    parts = [samples[start : start + size] or samples[-1:] for start in range(0, size * _QUARTERS, size)]
    return [statistics.median(row[place] for row in part) for part in parts]


def faults(found: Soaked) -> list[str]:
    """What is not as it has to be, a line each."""
    lines = [f"{len(found.wrong)} requests went wrong, first: {found.wrong[0]}"] if found.wrong else []
    if found.seconds >= _JUDGED_SECONDS:
        for place, measure in enumerate(MEASURES):
            medians = quarters(found.samples, place)
            if measure.grown(medians):
                second, last = medians[1] / measure.unit, medians[3] / measure.unit
                lines.append(f"{measure.name} grew from {second:.1f} in the second quarter to {last:.1f} in the last")
    return lines


def table(found: Soaked) -> str:
    """The figures of a run, for people."""
    total = sum(found.answers.values())
    statuses = ", ".join(f"{status}: {times}" for status, times in sorted(found.answers.items()))
    lines = [
        f"{total} answers in {found.seconds:.0f} s ({total / found.seconds:.0f} a second); {statuses}",
        f"{found.bad} bad requests, {found.closed} of which got no answer and were hung up on",
        f"{'median in quarter':20}{'1':>10}{'2':>10}{'3':>10}{'4':>10}{'most':>10}",
    ]
    for place, measure in enumerate(MEASURES):
        figures = [*quarters(found.samples, place), max(row[place] for row in found.samples)]
        lines.append(f"{measure.name:20}" + "".join(f"{figure / measure.unit:10.1f}" for figure in figures))
    return "\n".join(lines)


def run(seconds: float, seed: int, arguments: Sequence[str] | None = None) -> tuple[Soaked, list[str]]:
    """Starts a mock, keeps it under load, stops it; gives what it met and what is wrong. Raises MockError."""
    with tempfile.TemporaryDirectory(prefix="mailproof-soak-") as scratch:
        folder = Path(scratch)
        data, journal = folder / "state.db", folder / "state.db-wal"
        mock = MockGroup(folder, ["--data", str(data)] if arguments is None else arguments)

        def sample() -> tuple[float, ...]:
            sizes = (path.stat().st_size if path.exists() else 0 for path in (data, journal))
            return (mock.memory(), mock.descriptors(), *sizes)

        try:
            found = asyncio.run(soak(mock.ready(), seconds, seed, sample))
            wrong = faults(found)
            code = mock.end(signal.SIGTERM)
        finally:
            mock.end(signal.SIGKILL)
        said = mock.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    wrong += [f"the mock ended with exit code {code}"] * (code != 0)
    wrong += [f"the mock's log has {len(said)} lines, last: {said[-1]}"] if said else []
    return found, wrong


def main() -> None:
    """Runs the soak that the command line asks for; exit code 1 and a line when something is not as it has to be."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl+C: no mock is left behind
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long (10); growth is judged from 1 on")
    parser.add_argument("--seed", type=int, default=0, help="what is asked (0)")
    parser.add_argument("arguments", nargs="*", help="of the mock, in place of --data FILE; write -- before them")
    asked = parser.parse_args()
    if not 0 < asked.minutes < math.inf:
        parser.error("--minutes: more than 0")
    try:
        found, wrong = run(asked.minutes * 60, asked.seed, asked.arguments or None)
    except MockError as error:
        sys.exit(f"soak: {error}")
    print(table(found))
    if wrong:
        sys.exit(f"soak: seed {asked.seed}: {'; '.join(wrong)}")


if __name__ == "__main__":
    main()
