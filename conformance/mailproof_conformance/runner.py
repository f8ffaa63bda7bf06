"""Runs cases one after the other and turns whatever happens into a verdict."""

from __future__ import annotations

import traceback
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from mailproof_conformance.check import Check
from mailproof_conformance.client import NoAnswer
from mailproof_conformance.reduction import smallest
from mailproof_conformance.verdicts import Broken, Disabled, Skipped, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from mailproof.promises import Level
    from mailproof_conformance.case import Case
    from mailproof_conformance.exchange import Exchange, Response
    from mailproof_conformance.session import Session

_SERVER_ERROR = 500
_STUMBLES = (LookupError, TypeError, AttributeError, ValueError)
"""What reading a value raises that is not what its description says."""
_GONE = "the server no longer answers"
_PATIENCE = 3
"""How many cases in a row may end without an answer before the rest is given up."""
_FIRST_TOLD, _LAST_TOLD = 20, 60
"""Exchanges of one case that are told: how it began, and how it broke. No law of this suite needs as many."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case."""

    case: Case
    verdict: Verdict
    level: Level | None = None
    """That of the promise that is broken; None as long as it is the case's own."""
    note: bool = False
    """A broken promise that is only an assumption of ours: it is told and does not count."""
    known: str = ""
    """Why the failure is known, as the list of known failures says; empty for one that is not on it."""
    reason: str = ""
    """Why it was skipped, disabled, or ended in an error; what was looked at, for a failure."""
    expected: object = None
    actual: object = None
    remarks: tuple[str, ...] = ()
    """What else is known of a failure, such as the steps that a state machine took."""
    exchanges: tuple[Exchange, ...] = ()
    """What was sent and what came, in order; of a search only for the simplest value that breaks the promise."""
    smallest: Exchange | None = None
    """The smallest request found that is still answered wrongly in the same way, where it is smaller than the last."""
    requests: int = 0
    seconds: float = 0.0

    @property
    def counts(self) -> bool:
        """Whether the run is red because of it: a broken promise, or a case of ours that broke, and neither known."""
        return self.verdict in {Verdict.FAIL, Verdict.ERROR} and not self.note and not self.known


def run_cases(
    session: Session,
    cases: Iterable[Case],
    *,
    strict: bool = False,
    on_outcome: Callable[[Outcome], None] | None = None,
) -> list[Outcome]:
    """The outcome of every case, in order. Once the server is gone the rest is skipped.

    Once the time is used up or the user interrupts, the rest is disabled, and `session.unfinished` says why.
    """
    planned = tuple(cases)
    outcomes: list[Outcome] = []
    session.forget()

    def take(ended: Iterable[Outcome]) -> None:
        for outcome in ended:
            outcomes.append(outcome)
            if on_outcome is not None:
                on_outcome(outcome)

    try:
        take(_outcomes(session, planned, strict=strict))
    except KeyboardInterrupt:
        session.interrupt()
    take(_not_run(planned[len(outcomes) :], Verdict.DISABLED, session.unfinished or ""))
    return outcomes


def run_case(session: Session, case: Case, *, strict: bool = False) -> Outcome:
    """The outcome of one case; raises nothing but KeyboardInterrupt.

    Where answers from before may be why it does not pass, it is run again on fresh ones, and what comes of that counts.
    """
    requests, recalled, written = session.client.requests, session.recalled, session.written
    start = session.clock.seconds()
    ending = _ending(session, case)
    only_read = session.recalled > recalled and session.written == written
    if ending.verdict is not Verdict.PASS and (only_read or session.outdated):
        with session.asking_anew():
            ending = _ending(session, case)
    verdict, at, exchanges = ending.verdict, ending.at, ending.exchanges
    grave = ending.grave or any(
        item.response is not None and item.response.status >= _SERVER_ERROR for item in exchanges
    )
    broke = verdict in {Verdict.FAIL, Verdict.ERROR}
    if at is not None:
        exchanges = _until(session, exchanges, at)
    return Outcome(
        case=case,
        verdict=verdict,
        level=ending.level,
        note=verdict is Verdict.FAIL and ending.level == "assumed" and not strict and not grave,
        known=session.known_failures.reason(case.id, session.clock.today()) if broke else "",
        reason=ending.reason,
        expected=ending.expected,
        actual=ending.actual,
        remarks=(*ending.remarks, *_left_out(exchanges)) if broke else (),
        exchanges=_told(exchanges) if broke else (),
        smallest=smallest(session, case, exchanges, ending.reason) if verdict is Verdict.FAIL else None,
        requests=session.client.requests - requests,
        seconds=session.clock.seconds() - start,
    )


@dataclass(slots=True)
class _Ending:
    """How a case ended, before what is left out and what is known of it."""

    level: Level
    verdict: Verdict = Verdict.PASS
    reason: str = ""
    expected: object = None
    actual: object = None
    remarks: tuple[str, ...] = ()
    at: Response | None = None
    """The answer that is broken."""
    grave: bool = False
    exchanges: tuple[Exchange, ...] = ()


def _ending(session: Session, case: Case) -> _Ending:
    session.begin()
    check = Check(session, case.id, case.level)
    requests = session.client.requests
    end = _Ending(case.level)
    try:
        case.run(check)
        check.judge_kept()
    except Disabled as disabled:
        end.verdict, end.reason = Verdict.DISABLED, str(disabled)
    except Skipped as skipped:
        end.verdict, end.reason = Verdict.SKIP, str(skipped)
    except Broken as broken:
        _breaks(end, broken)
        end.remarks = tuple(getattr(broken, "__notes__", ()))
        end.grave = isinstance(broken, NoAnswer)
    except Exception as error:  # noqa: BLE001 - whatever breaks in a case is told as a verdict
        stumble = _stumble(check, error)
        if stumble is None:
            end.verdict, end.reason = Verdict.ERROR, f"{type(error).__name__}: {error}"
        else:
            _breaks(end, stumble)
        end.remarks = _where(error)
    end.exchanges = session.told()
    if end.verdict is Verdict.PASS and not end.exchanges and session.client.requests == requests:
        end.verdict, end.reason = Verdict.ERROR, "the case asked the server nothing"
    return end


def _breaks(end: _Ending, broken: Broken) -> None:
    end.verdict, end.reason = Verdict.FAIL, broken.about
    end.expected, end.actual = broken.expected, broken.actual
    end.level, end.at = broken.level or end.level, broken.response


def _outcomes(session: Session, cases: Iterable[Case], *, strict: bool) -> Iterator[Outcome]:
    """The outcomes until the run ends, or the cases do."""
    unanswered = 0
    for case in cases:
        if unanswered == _PATIENCE:
            yield from _not_run([case], Verdict.SKIP, _GONE)
            continue
        if session.unfinished is None:
            with suppress(Disabled):
                session.check_time()
        if session.unfinished is not None:
            return
        outcome = run_case(session, case, strict=strict)
        yield outcome
        if not outcome.exchanges or outcome.exchanges[-1].response is not None:
            unanswered = 0
        else:
            unanswered = unanswered + 1 if _connects(session) else _PATIENCE


def _not_run(cases: Iterable[Case], verdict: Verdict, reason: str) -> Iterator[Outcome]:
    return (Outcome(case=case, verdict=verdict, reason=reason) for case in cases)


def _told(exchanges: Sequence[Exchange]) -> tuple[Exchange, ...]:
    """The exchanges, without the middle of very many."""
    if len(exchanges) <= _FIRST_TOLD + _LAST_TOLD:
        return tuple(exchanges)
    return (*exchanges[:_FIRST_TOLD], *exchanges[-_LAST_TOLD:])


def _until(session: Session, exchanges: tuple[Exchange, ...], broken: Response) -> tuple[Exchange, ...]:
    """The exchanges up to the answer that is broken: what was asked after it says nothing of it.

    Of another value of a search than the one that is told, it is told alone.
    """
    for number in reversed(range(len(exchanges))):
        if exchanges[number].response == broken:
            return exchanges[: number + 1]
    found = session.exchange_of(broken)
    return exchanges if found is None else (found,)


def _left_out(exchanges: Sequence[Exchange]) -> Iterator[str]:
    count = len(exchanges) - _FIRST_TOLD - _LAST_TOLD
    if count > 0:
        yield f"{count} exchanges between the first {_FIRST_TOLD} and the last {_LAST_TOLD} are left out."


def _where(error: Exception) -> tuple[str, ...]:
    """Where an error of ours arose: file names without their folders, which differ between machines."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    return tuple(f"{PurePath(frame.filename).name}:{frame.lineno} in {frame.name}: {frame.line}" for frame in frames)


def _connects(session: Session) -> bool:
    """Whether the server still takes connections."""
    try:
        session.client.probe()
    except NoAnswer:
        return False
    return True


def _stumble(check: Check, error: Exception) -> Broken | None:
    """What a case stumbled over, where one of the last answers breaks its description; any other stumble is ours."""
    return next(check.judge_seen(), None) if isinstance(error, _STUMBLES) else None
