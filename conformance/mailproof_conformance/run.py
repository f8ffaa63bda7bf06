"""One run from end to end: a target is opened and examined, its cases run, and a report is made of what came of it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mailproof_conformance import cache
from mailproof_conformance.bounds import Bounds
from mailproof_conformance.client import Client
from mailproof_conformance.clock import SYSTEM, Clock
from mailproof_conformance.connection import open_socket
from mailproof_conformance.guard import Guard, pin
from mailproof_conformance.own import prefix_of
from mailproof_conformance.own_samples import with_own_samples
from mailproof_conformance.plan import plan
from mailproof_conformance.preflight import NotTestable, examine
from mailproof_conformance.redaction import Redactor
from mailproof_conformance.report import Run, build
from mailproof_conformance.runner import run_cases
from mailproof_conformance.safety import safety_of
from mailproof_conformance.session import INTERRUPTED, Session
from mailproof_conformance.story import told
from mailproof_conformance.verdicts import Verdict
from mailproof_conformance.write import write_report

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from mailproof.promises import Contract
    from mailproof_conformance.case import Case
    from mailproof_conformance.guard import Address
    from mailproof_conformance.known_failures import Stale
    from mailproof_conformance.options import Options
    from mailproof_conformance.runner import Outcome
    from mailproof_conformance.target import Target

_UNTRIED = frozenset({Verdict.SKIP, Verdict.DISABLED})


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a run."""

    report: dict[str, Any]
    """As report.schema.json describes it."""
    outcomes: tuple[Outcome, ...]
    stale: tuple[Stale, ...] = ()
    """Known failures that the run does not bear out."""

    @property
    def conforms(self) -> bool:
        """Whether every case ended, none broke that is not known, and no known failure is stale."""
        return bool(self.report["conforms"])

    @property
    def unfinished(self) -> str | None:
        """Why not every case was run: the time is used up, or the user interrupted the run; None where it ended."""
        reason: str | None = self.report["unfinished"]
        return reason

    @property
    def interrupted(self) -> bool:
        """Whether the user ended the run."""
        return self.unfinished == INTERRUPTED

    @property
    def red(self) -> bool:
        """Whether something counts against the server or the list of known failures, however far the run came."""
        return any(item.counts for item in self.stale) or any(outcome.counts for outcome in self.outcomes)

    @property
    def tried(self) -> bool:
        """Whether at least one case was neither skipped nor disabled."""
        return any(outcome.verdict not in _UNTRIED for outcome in self.outcomes)

    def write(self, folder: Path) -> None:
        """Writes the report's files into a folder, which is made if need be. Raises OSError where it cannot."""
        folder.mkdir(parents=True, exist_ok=True)
        write_report(self.report, folder)

    def __str__(self) -> str:
        """What is broken, as a reader of a test's output wants it, and the totals."""
        return told(self.report)


def open_session(contract: Contract, target: Target, options: Options, clock: Clock = SYSTEM) -> Session:
    """A session with a target, whose host is looked up once. Raises NotTestable where it is not known."""
    cache.settle_hypothesis()
    try:
        address = pin(target.base_url)
    except (OSError, UnicodeError) as error:  # UnicodeError: a host name that is none (RFC 3490)
        reason = f"{target.base_url} cannot be reached: {getattr(error, 'strerror', None) or error}"
        raise NotTestable(reason) from None
    return session_at(contract, target, options, address, clock=clock)


def session_at(  # noqa: PLR0913 - the four of a run, and the two doors to the world
    contract: Contract,
    target: Target,
    options: Options,
    address: Address,
    connector: Callable[[tuple[str, int], float], socket.socket] = open_socket,
    clock: Clock = SYSTEM,
) -> Session:
    """A session with a target at an address: off this machine bounded by, and with samples from, what is the user's."""
    prefix = options.prefix or prefix_of(options.seed)
    bounds = None
    if not address.loopback:
        target = with_own_samples(contract, target, options.own, prefix)
        bounds = Bounds(contract, target, options.own, prefix)
    guard = Guard(address, allow=options.allow, bounds=bounds, rate=options.rate, budget=options.budget)
    client = Client(guard, connector=connector)
    return Session(
        contract,
        target,
        client,
        profile=options.profile,
        seed=options.seed,
        prefix=prefix,
        examples=options.examples,
        time_budget=options.time_budget,
        known_failures=options.known_failures,
        clock=clock,
    )


def judge(  # noqa: PLR0913 - what is judged and how, and the two that listen and tell the time
    contract: Contract,
    target: Target,
    cases: Sequence[Case],
    options: Options,
    *,
    on_outcome: Callable[[Outcome], None] | None = None,
    clock: Clock = SYSTEM,
) -> Result:
    """The result of running some cases against a target.

    Raises NotTestable where it cannot be reached or refuses its own credentials. `on_outcome` hears of each case
    as it ends. An interrupt (KeyboardInterrupt) ends the run early and is not passed on: the result is that of the
    cases that were run.
    """
    options = options.settled(target)
    session = open_session(contract, target, options, clock)
    with closing(session.client):
        examine(session)
        started, start = clock.now(), clock.seconds()
        outcomes = run_cases(session, cases, strict=bool(options.strict), on_outcome=on_outcome)
    return conclude(session, options, outcomes, started=started, seconds=clock.seconds() - start)


def conclude(
    session: Session, options: Options, outcomes: Sequence[Outcome], *, started: datetime, seconds: float
) -> Result:
    """The result that some outcomes make, wherever their cases ran; the session's client may be closed."""
    address = session.client.address
    stale = _stale(session, options, outcomes)
    run = Run(
        contract=session.contract,
        base_url=session.target.base_url,
        origin=f"{address.scheme}://{address.authority}",
        options=options.settled(session.target),
        started=started.isoformat(timespec="seconds"),
        seconds=seconds,
        unfinished=session.unfinished,
        stale=stale,
        exercised=session.exercised,
        safety=safety_of(session.client.guard, options.own, session.prefix),
    )
    return Result(build(run, outcomes, Redactor(session.target)), tuple(outcomes), stale)


def _stale(session: Session, options: Options, outcomes: Sequence[Outcome]) -> tuple[Stale, ...]:
    """The known failures that a run does not bear out: held against all cases that the contract has, run or not."""
    known = options.known_failures
    if not known.entries:
        return ()
    verdicts = {outcome.case.id: outcome.verdict for outcome in outcomes}
    return known.stale(verdicts, (case.id for case in plan(session.contract, "deep")), session.clock.today())
