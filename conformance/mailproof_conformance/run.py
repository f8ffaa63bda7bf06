"""One run from end to end: a target is opened and examined, its cases run, and a report is made of what came of it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, Any

from mailproof_conformance import cache
from mailproof_conformance.bounds import Bounds
from mailproof_conformance.client import Client, open_socket
from mailproof_conformance.guard import Guard, pin
from mailproof_conformance.own import prefix_of
from mailproof_conformance.own_samples import with_own_samples
from mailproof_conformance.preflight import NotTestable, examine
from mailproof_conformance.redaction import Redactor
from mailproof_conformance.report import Run, build
from mailproof_conformance.runner import run_cases
from mailproof_conformance.safety import safety_of
from mailproof_conformance.session import Session
from mailproof_conformance.verdicts import Verdict

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence

    from mailproof.promises import Contract
    from mailproof_conformance.case import Case
    from mailproof_conformance.guard import Address
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


def open_session(contract: Contract, target: Target, options: Options) -> Session:
    """A session with a target, whose host is looked up once. Raises NotTestable where it is not known."""
    cache.settle_hypothesis()
    try:
        address = pin(target.base_url)
    except (OSError, UnicodeError) as error:  # UnicodeError: a host name that is none (RFC 3490)
        reason = f"{target.base_url} cannot be reached: {getattr(error, 'strerror', None) or error}"
        raise NotTestable(reason) from None
    return session_at(contract, target, options, address)


def session_at(
    contract: Contract,
    target: Target,
    options: Options,
    address: Address,
    connector: Callable[[tuple[str, int], float], socket.socket] = open_socket,
) -> Session:
    """A session with a target at an address: off this machine bounded by, and with samples from, what is the user's."""
    prefix = options.prefix or prefix_of(options.seed)
    bounds = None
    if not address.loopback:
        target = with_own_samples(contract, target, options.own, prefix)
        bounds = Bounds(contract, target, options.own, prefix)
    guard = Guard(address, allow=options.allow, bounds=bounds, rate=options.rate, budget=options.budget)
    client = Client(guard, connector=connector)
    return Session(contract, target, client, profile=options.profile, seed=options.seed, prefix=prefix)


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
        address = session.client.address
    run = Run(
        contract=contract,
        base_url=target.base_url,
        origin=f"{address.scheme}://{address.authority}",
        options=options,
        started=started.isoformat(timespec="seconds"),
        seconds=monotonic() - start,
        safety=safety_of(session.client.guard, options.own, session.prefix),
    )
    return Result(build(run, outcomes, Redactor(target)), tuple(outcomes))
