"""One run from end to end: a target is opened and examined, its cases run, and a report is made of what came of it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, Any

from mailproof_conformance import cache
from mailproof_conformance.client import Client
from mailproof_conformance.guard import Guard, pin
from mailproof_conformance.preflight import NotTestable, examine
from mailproof_conformance.redaction import Redactor
from mailproof_conformance.report import Run, build
from mailproof_conformance.runner import run_cases
from mailproof_conformance.session import Session
from mailproof_conformance.story import told
from mailproof_conformance.verdicts import Verdict
from mailproof_conformance.write import write_report

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from mailproof.promises import Contract
    from mailproof_conformance.case import Case
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

    @property
    def conforms(self) -> bool:
        """Whether no promise was found broken and no case of ours broke."""
        return bool(self.report["conforms"])

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


def open_session(contract: Contract, target: Target, options: Options) -> Session:
    """A session with a target, whose host is looked up once. Raises NotTestable where it is not known."""
    cache.settle_hypothesis()
    try:
        address = pin(target.base_url)
    except (OSError, UnicodeError) as error:  # UnicodeError: a host name that is none (RFC 3490)
        reason = f"{target.base_url} cannot be reached: {getattr(error, 'strerror', None) or error}"
        raise NotTestable(reason) from None
    client = Client(Guard(address, allow=options.allow, rate=options.rate, budget=options.budget))
    return Session(contract, target, client, profile=options.profile, seed=options.seed)


def judge(
    contract: Contract,
    target: Target,
    cases: Sequence[Case],
    options: Options,
    *,
    on_outcome: Callable[[Outcome], None] | None = None,
) -> Result:
    """The result of running some cases against a target.

    Raises NotTestable where it cannot be reached or refuses its own credentials. `on_outcome` hears of each case
    as it ends.
    """
    session = open_session(contract, target, options)
    with closing(session.client):
        examine(session)
        started, start = datetime.now(UTC), monotonic()
        outcomes = run_cases(session, cases, strict=options.strict, on_outcome=on_outcome)
    return conclude(session, options, outcomes, started=started, seconds=monotonic() - start)


def conclude(
    session: Session, options: Options, outcomes: Sequence[Outcome], *, started: datetime, seconds: float
) -> Result:
    """The result that some outcomes make, wherever their cases ran; the session's client may be closed."""
    address = session.client.address
    run = Run(
        contract=session.contract,
        base_url=session.target.base_url,
        origin=f"{address.scheme}://{address.authority}",
        options=options,
        started=started.isoformat(timespec="seconds"),
        seconds=seconds,
    )
    return Result(build(run, outcomes, Redactor(session.target)), tuple(outcomes))
