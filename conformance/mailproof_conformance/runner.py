"""Runs cases one after the other and turns whatever happens into a verdict."""

from __future__ import annotations

import time
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailproof_conformance.check import Check
from mailproof_conformance.client import NoAnswer
from mailproof_conformance.verdicts import Broken, Disabled, Skipped, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mailproof_conformance.case import Case
    from mailproof_conformance.exchange import Exchange
    from mailproof_conformance.session import Session

_SERVER_ERROR = 500
_STUMBLES = (LookupError, TypeError, AttributeError, ValueError)
"""What reading a value raises that is not what its description says."""
_GONE = "the server no longer answers"
_PATIENCE = 3
"""How many cases in a row may end without an answer before the rest is given up."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case."""

    case: Case
    verdict: Verdict
    note: bool = False
    """A broken promise that is only an assumption of ours: it is told and does not count."""
    reason: str = ""
    """Why it was skipped, disabled, or ended in an error; what was looked at, for a failure."""
    expected: object = None
    actual: object = None
    remarks: tuple[str, ...] = ()
    """What else is known of a failure, such as the steps that a state machine took."""
    exchanges: tuple[Exchange, ...] = ()
    requests: int = 0
    seconds: float = 0.0

    @property
    def counts(self) -> bool:
        """Whether the target does not conform because of it."""
        return self.verdict is Verdict.FAIL and not self.note


def run_cases(
    session: Session,
    cases: Iterable[Case],
    *,
    strict: bool = False,
    on_outcome: Callable[[Outcome], None] | None = None,
) -> list[Outcome]:
    """The outcome of every case, in order. Once the server is gone the rest is skipped."""
    outcomes: list[Outcome] = []
    for outcome in _outcomes(session, cases, strict=strict):
        outcomes.append(outcome)
        if on_outcome is not None:
            on_outcome(outcome)
    return outcomes


def run_case(session: Session, case: Case, *, strict: bool = False) -> Outcome:
    """The outcome of one case; never raises."""
    session.client.take()
    check = Check(session, case.id)
    requests = session.client.requests
    start = time.monotonic()
    verdict, reason, expected, actual = Verdict.PASS, "", None, None
    remarks: tuple[str, ...] = ()
    grave = False
    try:
        case.run(check)
        check.accept(check.judge_kept())
    except Disabled as disabled:
        verdict, reason = Verdict.DISABLED, str(disabled)
    except Skipped as skipped:
        verdict, reason = Verdict.SKIP, str(skipped)
    except Broken as broken:
        verdict, reason, expected, actual = Verdict.FAIL, broken.about, broken.expected, broken.actual
        remarks = tuple(getattr(broken, "__notes__", ()))
        grave = isinstance(broken, NoAnswer)
    except Exception as error:  # noqa: BLE001 - whatever breaks in a case is told as a verdict
        verdict, reason, expected, actual = _judge_error(check, error)
        remarks = tuple(traceback.format_exception(error)[-3:])
    exchanges = session.client.take()
    if verdict is Verdict.PASS and not exchanges:
        verdict, reason = Verdict.ERROR, "the case asked the server nothing"
    grave = grave or any(item.response is not None and item.response.status >= _SERVER_ERROR for item in exchanges)
    return Outcome(
        case=case,
        verdict=verdict,
        note=verdict is Verdict.FAIL and case.level == "assumed" and not strict and not grave,
        reason=reason,
        expected=expected,
        actual=actual,
        remarks=remarks,
        exchanges=exchanges if verdict in {Verdict.FAIL, Verdict.ERROR} else (),
        requests=session.client.requests - requests,
        seconds=time.monotonic() - start,
    )


def _outcomes(session: Session, cases: Iterable[Case], *, strict: bool) -> Iterator[Outcome]:
    unanswered = 0
    for case in cases:
        if unanswered == _PATIENCE:
            yield Outcome(case=case, verdict=Verdict.SKIP, reason=_GONE)
            continue
        outcome = run_case(session, case, strict=strict)
        yield outcome
        if not outcome.exchanges or outcome.exchanges[-1].response is not None:
            unanswered = 0
        else:
            unanswered = unanswered + 1 if _connects(session) else _PATIENCE


def _connects(session: Session) -> bool:
    """Whether the server still takes connections."""
    try:
        session.client.probe()
    except NoAnswer:
        return False
    return True


def _judge_error(check: Check, error: Exception) -> tuple[Verdict, str, object, object]:
    """Judges a case that stumbled.

    Where one of the last answers breaks its description, the case stumbled over that: a broken promise. Any
    other stumble is ours.
    """
    if isinstance(error, _STUMBLES):
        first = next(check.judge_seen(), None)
        if first is not None:
            return Verdict.FAIL, f"{first.rule}: {first.about}", first.expected, first.actual
    return Verdict.ERROR, f"{type(error).__name__}: {error}", None, None
