"""What one process of pytest knows of a run of the suite, and how it runs cases."""

from __future__ import annotations

import pickle
import time
import warnings
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mailproof_conformance.case import Case
from mailproof_conformance.client import NoAnswer
from mailproof_conformance.guard import LOOPBACK_BUDGET, REMOTE_BUDGET, REMOTE_RATE, pin
from mailproof_conformance.preflight import examine
from mailproof_conformance.redaction import Redactor
from mailproof_conformance.run import Result, conclude, open_session
from mailproof_conformance.runner import Outcome, run_cases
from mailproof_conformance.story import blocks

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    from mailproof.promises import Contract
    from mailproof_conformance.check import Check
    from mailproof_conformance.exercised import Exercised
    from mailproof_conformance.options import Options
    from mailproof_conformance.session import Session
    from mailproof_conformance.target import Target
    from mailproof_conformance.turns import Turns

_PATIENCE = 3
"""How many items in a row may end without an answer before the rest is given up."""


@dataclass
class Running:
    """A run, as far as it takes place in this process."""

    contract: Contract
    target: Target
    options: Options
    cases: tuple[Case, ...]
    workers: int = 1
    """How many processes run cases, this one among them."""
    turns: Turns | None = None
    """How they keep out of each other's way; None where this is the only one."""
    outcomes: list[Outcome] = field(default_factory=list[Outcome])
    _session: Session | None = None
    _unanswered: int = 0
    _started: datetime = field(default_factory=lambda: datetime.now(UTC))
    _start: float = field(default_factory=time.monotonic)

    def examine(self) -> None:
        """Raises NotTestable unless the target answers and takes the credentials."""
        examine(self._open())

    def run(self, cases: Sequence[Case]) -> list[Outcome]:
        """The outcomes of some cases, when it is their turn."""
        alone = may_write(self.contract, cases)
        with nullcontext() if self.turns is None else self.turns.take(alone=alone), quiet():
            outcomes = run_cases(self._open(), cases, strict=bool(self.options.strict))
        self.outcomes.extend(outcomes)
        return outcomes

    def is_gone(self, outcomes: Sequence[Outcome]) -> bool:
        """Whether the server, where the last of some outcomes lacks an answer, gives none any more."""
        exchanges = outcomes[-1].exchanges
        if not exchanges or exchanges[-1].response is not None:
            self._unanswered = 0
            return False
        self._unanswered += 1
        try:
            self._open().client.probe()
        except NoAnswer:
            return True
        return self._unanswered == _PATIENCE

    def story(self, outcomes: Sequence[Outcome]) -> str:
        """What some outcomes found broken, as text."""
        return "\n".join(blocks(self._conclude(outcomes).report))

    def redacted(self, text: str) -> str:
        """A text without the target's credentials."""
        return Redactor(self.target).text(text)

    def result(self) -> Result:
        """The result of everything that ran, in the order of the plan."""
        order = {case.id: number for number, case in enumerate(self.cases)}
        return self._conclude(sorted(self.outcomes, key=lambda outcome: order[outcome.case.id]))

    def close(self) -> None:
        """Ends the connection to the target."""
        if self._session is not None:
            self._session.client.close()

    def packed(self) -> bytes:
        """The outcomes, and what was exercised, for another process that runs the same plan."""
        redactor = Redactor(self.target)
        outcomes = [
            (
                outcome.case.id,
                replace(
                    outcome,
                    case=_ELSEWHERE,
                    expected=redactor.value(outcome.expected),
                    actual=redactor.value(outcome.actual),
                ),
            )
            for outcome in self.outcomes
        ]
        return pickle.dumps((outcomes, self._open().exercised))

    def take_over(self, packed: bytes) -> None:
        """Adds what another process packed."""
        cases = {case.id: case for case in self.cases}
        found: Iterable[tuple[str, Outcome]]
        exercised: Exercised
        found, exercised = pickle.loads(packed)  # noqa: S301 - from a worker that we started
        self._open().exercised.add(exercised)
        self.outcomes.extend(replace(outcome, case=cases[name]) for name, outcome in found)

    def _open(self) -> Session:
        if self._session is None:
            self._session = open_session(self.contract, self.target, self._share())
        return self._session

    def _share(self) -> Options:
        """The options of one worker among several: pace and budget are those of all of them together."""
        if self.workers == 1:
            return self.options
        loopback = pin(self.target.base_url).loopback
        rate = self.options.rate or (None if loopback else REMOTE_RATE)
        budget = self.options.budget or (LOOPBACK_BUDGET if loopback else REMOTE_BUDGET)
        return replace(self.options, rate=rate and rate / self.workers, budget=max(1, budget // self.workers))

    def _conclude(self, outcomes: Sequence[Outcome]) -> Result:
        seconds = time.monotonic() - self._start
        return conclude(self._open(), self.options, outcomes, started=self._started, seconds=seconds)


@contextmanager
def quiet() -> Generator[None]:
    """Keeps to itself what the suite's libraries warn of: the user's filters may make errors of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def may_write(contract: Contract, cases: Sequence[Case]) -> bool:
    """Whether a case could change what the target holds, and so what another case reads there.

    A law does as it likes, and a verb that nothing declares may be taken by a server that is wrong.
    """
    effects: dict[str, str] = {item.id: item.effect for item in contract.operations}
    effects |= {name: str(entry.get("effect", "write")) for name, entry in contract.rpc_methods.items()}
    return any(
        case.kind in {"laws", "verbs"}
        or not case.operations
        or any(effects.get(name, "write") != "read" for name in case.operations)
        for case in cases
    )


def _ran_elsewhere(check: Check) -> None:
    raise NotImplementedError(check)


_ELSEWHERE = Case("", "", (), "", "", "core", _ran_elsewhere)
