"""The smallest request that is still answered wrongly in the same way: parts are left out one after the other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mailproof.pointers import mapping
from mailproof_conformance.exchange import Exchange
from mailproof_conformance.formats import is_json
from mailproof_conformance.smaller_requests import smaller
from mailproof_conformance.verdicts import Broken, Disabled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mailproof_conformance.case import Case
    from mailproof_conformance.exchange import Request, Response
    from mailproof_conformance.expectation import Finding
    from mailproof_conformance.session import Session

_KINDS = frozenset({"corpus", "verbs", "media-types", "not-found", "bad-input", "text", "fuzz"})
"""Kinds of case whose last request is what broke. A law is a story of several; credentials are not played with."""
_MOST_REQUESTS = 30
"""For one failure."""
_MOST_IN_ALL = 600
"""For all failures of a run: as many as twenty different ones take at most."""
_MOST_SECONDS = 5.0
"""Ends it on a slow server."""


def smallest(session: Session, case: Case, exchanges: Sequence[Exchange], reason: str) -> Exchange | None:
    """The smallest request found for a failure, with its answer; None where there is none that is smaller.

    Only on the loopback, for an answer that breaks the contract whatever was asked, and once for each such break: a
    hundred cases of one defect are not made smaller a hundred times.
    """
    if case.kind not in _KINDS or len(case.operations) != 1 or not session.client.address.loopback:
        return None
    if not exchanges or exchanges[-1].response is None:
        return None
    operation = case.operations[0]
    if not _is_broken(session, operation, exchanges[-1].response, reason):
        return None
    if not session.reductions.begins(operation, reason):
        return None
    return _Reduction(session, operation, reason).of(exchanges[-1])


class Reductions:
    """What a run has made smaller already, and how many requests that took."""

    def __init__(self) -> None:
        self._done: set[tuple[str, str]] = set()
        self.requests = 0

    def begins(self, operation: str, reason: str) -> bool:
        """Whether a break is the first of its kind, and there are requests left for it; from then on it is not."""
        if (operation, reason) in self._done or self.requests >= _MOST_IN_ALL:
            return False
        self._done.add((operation, reason))
        return True


class _Reduction:
    """One failure that is made smaller."""

    def __init__(self, session: Session, operation: str, reason: str) -> None:
        self._session = session
        self._operation = operation
        self._reason = reason

    def of(self, exchange: Exchange) -> Exchange | None:
        """Tries what is smaller in a fixed order; what breaks in the same way is made smaller still."""
        found, place = exchange, 0
        until = self._session.clock.seconds() + _MOST_SECONDS
        for _ in range(_MOST_REQUESTS):
            request = next(_from(place, smaller(found.request)), None)
            if request is None or self._session.clock.seconds() > until:
                break
            response = self._answer(request)
            if response is not None and _is_broken(self._session, self._operation, response, self._reason):
                found = Exchange(request, response)
            else:
                place += 1
        return None if found is exchange else replace(found, trouble=None)

    def _answer(self, request: Request) -> Response | None:
        """The answer; None where there is none, or the request may not go, or HTTP cannot carry it."""
        self._session.reductions.requests += 1
        try:
            return self._session.send(request)
        except (Broken, Disabled, ValueError):
            return None
        finally:
            self._session.client.take()


def _from(place: int, requests: Iterator[Request]) -> Iterator[Request]:
    return (request for number, request in enumerate(requests) if number >= place)


def _is_broken(session: Session, operation: str, response: Response, reason: str) -> bool:
    """Whether an answer breaks the contract in the way that a reason names."""
    return any(f"{item.rule}: {item.about}" == reason for item in _findings(session, operation, response))


def _findings(session: Session, operation: str, response: Response) -> Iterator[Finding]:
    contract, judge = session.contract, session.expectations
    if operation not in contract.rpc_methods:
        yield from judge.judge(contract.operation(operation), response)
        return
    endpoint = next(item for item in contract.operations if "x-rpc-methods" in item.definition)
    yield from judge.judge(endpoint, response)
    if is_json(response.media_type):
        try:
            yield from judge.judge_result(operation, mapping(response.json()).get("result", {}))
        except Broken:
            return
