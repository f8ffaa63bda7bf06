"""Rounds of `make bench`: every server and every operation by turns, so that what slows the machine slows them all."""

from __future__ import annotations

import http.client
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bench_load import BenchError, NoAnswerError, burst, settle
from bench_operations import answer_to, difference, furnish
from bench_servers import running
from process_tree import cpu_seconds, resident

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from bench_load import Burst
    from bench_operations import Ask, Recorded
    from bench_process import Server
    from bench_servers import Entrant
    from process_tree import Cores

_OK = 200
_LONGER = 6  # times the usual length, for a server that answered nothing
_MOST_TOPPING = 6.0  # seconds for the requests that are still wanting when memory is to be looked at


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how often: one burst of a server with one operation takes `seconds`; `memory_after` requests."""

    rounds: int
    seconds: float
    memory_after: int


@dataclass(slots=True)
class Outcome:
    """What came of one server. `bursts` are by operation, in the order of the rounds; the warm-up is not among them."""

    entrant: Entrant
    missing: str | None = None
    cannot: dict[str, str] = field(default_factory=dict[str, str])
    start: dict[str, Any] | None = None
    bursts: dict[str, list[Burst]] = field(default_factory=dict[str, list["Burst"]])
    requests: int = 0
    resident: float | None = None
    """MiB after so many requests."""

    def document(self) -> dict[str, Any]:
        """As JSON."""
        if self.missing is not None:
            return {"name": self.entrant.name, "title": self.entrant.title, "missing": self.missing}
        return {
            "name": self.entrant.name,
            "title": self.entrant.title,
            "start": self.start,
            "cannot": self.cannot,
            "bursts": {name: [sample.document() for sample in found] for name, found in self.bursts.items()},
            "requests": self.requests,
            "resident": self.resident,
        }


@dataclass(slots=True)
class _Runner:
    outcome: Outcome
    server: Server
    folder: Path


class Section:
    """One group of servers that are measured beside each other."""

    def __init__(
        self, asks: Mapping[str, Ask], answers: Mapping[str, Recorded], pins: Cores, tell: Callable[[str], None]
    ) -> None:
        self._asks = asks
        self._answers = answers
        self._pins = pins
        self._tell = tell

    def measure(
        self, entrants: Sequence[Entrant], operations: Sequence[str], plan: Plan, folder: Path
    ) -> list[Outcome]:
        """Starts all servers, holds each to the expected answers, and measures round by round.

        A server that cannot start, answers something else, or breaks under the load is told of in its outcome.
        Raises BenchError where one with state does not take what it is to hold.
        """
        outcomes = [Outcome(entrant) for entrant in entrants]
        with ExitStack() as stack:
            runners = [found for outcome in outcomes if (found := self._start(outcome, folder, stack)) is not None]
            for runner in runners:
                self._hold(runner, operations)
            for number in range(plan.rounds + 1):
                self._tell(f"round {number} of {plan.rounds}" if number else "warm-up")
                turn = number % max(1, len(runners))
                for name in operations:
                    for runner in (*runners[turn:], *runners[:turn]):
                        if name not in runner.outcome.cannot:
                            self._burst(runner, name, plan.seconds, keep=number > 0)
            for runner in runners:
                self._look_at_memory(runner, operations, plan)
        return outcomes

    def _start(self, outcome: Outcome, folder: Path, stack: ExitStack) -> _Runner | None:
        entrant = outcome.entrant
        own = folder / entrant.name
        ready = _answering(next(iter(self._asks.values())))
        try:
            server = stack.enter_context(running(entrant, self._pins.server, own, self._asks, self._answers, ready))
        except BenchError as error:
            outcome.missing = str(error)
            self._tell(f"{entrant.title}: left out: {error}")
            return None
        outcome.start = server.start.document()
        self._tell(f"{entrant.title}: started, {server.start.cpu:.2f} CPU s")
        return _Runner(outcome, server, own)

    def _hold(self, runner: _Runner, operations: Sequence[str]) -> None:
        """Gives a server with state the bench's world, and finds out which operations it answers as it should."""
        entrant, url = runner.outcome.entrant, runner.server.url
        if entrant.has_state:
            furnish(url, self._asks)
        for name in operations:
            reason = entrant.cannot.get(name) or difference(url, self._asks[name], self._answers[name])
            if reason is not None:
                runner.outcome.cannot[name] = reason
                self._tell(f"{entrant.title}: cannot do {self._asks[name].title}: {reason}")

    def _burst(self, runner: _Runner, name: str, seconds: float, *, keep: bool) -> None:
        """One burst; a server that does not stand it has said so in its outcome, and is not asked for that again."""
        server, outcome = runner.server, runner.outcome
        before = cpu_seconds(server.roots)
        try:
            found = self._load(runner, name, seconds)
        except BenchError as error:
            outcome.cannot[name] = f"under load: {error}"
            outcome.bursts.pop(name, None)
            self._tell(f"{outcome.entrant.title}: cannot do {self._asks[name].title}: under load: {error}")
            return
        settle(server.roots)
        outcome.requests += found.requests
        if keep:
            cost = cpu_seconds(server.roots) - before
            outcome.bursts.setdefault(name, []).append(replace(found, cpu=cost))

    def _load(self, runner: _Runner, name: str, seconds: float) -> Burst:
        """The load of one burst; a server that is too slow for it gets a longer one."""
        request = self._asks[name].request
        try:
            return burst(runner.server.url, request, seconds, self._pins.load, runner.folder)
        except NoAnswerError:
            settle(runner.server.roots)
            return burst(runner.server.url, request, seconds * _LONGER, self._pins.load, runner.folder)

    def _look_at_memory(self, runner: _Runner, operations: Sequence[str], plan: Plan) -> None:
        """Looks at the memory after enough requests, or after as many as come in the time that there is for them."""
        outcome, left = runner.outcome, _MOST_TOPPING
        name = next((name for name in operations if name not in outcome.cannot), None)
        while name is not None and name not in outcome.cannot and outcome.requests < plan.memory_after and left > 0:
            took = min(left, 2.0)
            self._burst(runner, name, took, keep=False)
            left -= took
        outcome.resident = resident(runner.server.roots[:1])


def _answering(ask: Ask) -> Callable[[str], bool]:
    def ready(url: str) -> bool:
        try:
            return answer_to(url, ask.request)[0] == _OK
        except (OSError, http.client.HTTPException):
            return False

    return ready
