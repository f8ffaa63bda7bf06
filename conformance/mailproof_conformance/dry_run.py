"""A rehearsal of a run: every case goes as far as its first request, which is shown and not sent."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, NoReturn

from mailproof_conformance import cache
from mailproof_conformance.client import Client
from mailproof_conformance.exchange import printable
from mailproof_conformance.guard import pin
from mailproof_conformance.plain import plain
from mailproof_conformance.preflight import examine
from mailproof_conformance.redaction import Redactor
from mailproof_conformance.run import session_at
from mailproof_conformance.runner import run_case
from mailproof_conformance.verdicts import Disabled, Skipped, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mailproof.promises import Contract, Effect
    from mailproof_conformance.case import Case
    from mailproof_conformance.exchange import Request, Response
    from mailproof_conformance.guard import Address
    from mailproof_conformance.options import Options
    from mailproof_conformance.target import Target

_NOWHERE = "192.0.2.1"
"""Stands for a host that is not looked up (RFC 5737)."""
_LONGEST = 160
_LONGEST_BODY = 400


class Unanswered(Disabled):
    """The request would go, and is not sent: what the case does next depends on the answer."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A request that would be made."""

    request: Request
    effect: Effect
    refused: str | None
    """Why the guard would not let it go; None if it would."""


class Rehearsal(Client):
    """A client that asks the guard and sends nothing."""

    direct = False

    def __init__(self, client: Client) -> None:
        super().__init__(client.guard, connector=_no_connection)
        self.intents: list[Intent] = []

    def send(self, request: Request, effect: Effect, *, wrong_credentials: bool = False) -> Response:
        """Notes the request. Raises Unanswered, or Disabled if the guard refuses."""
        try:
            self.guard.judge(request, effect, wrong_credentials=wrong_credentials)
        except Disabled as reason:
            self.intents.append(Intent(request, effect, str(reason)))
            raise
        self.intents.append(Intent(request, effect, None))
        raise Unanswered("it would be sent; what follows depends on the answer")

    def probe(self) -> None:
        """Opens nothing."""


def offline_address(base_url: str) -> Address:
    """The address that a base URL names, without asking anybody.

    A name is this machine only if it is `localhost`; any other is taken for a host somewhere else.
    """

    def resolve(host: str, port: int) -> list[str]:
        del port
        if host.lower().rstrip(".") == "localhost":
            return ["127.0.0.1"]
        with suppress(ValueError):
            return [str(ip_address(host))]
        return [_NOWHERE]

    return pin(base_url, resolve)


def rehearse(contract: Contract, target: Target, cases: Sequence[Case], options: Options) -> Iterator[str]:
    """Lines that tell what a run would send, case by case, and at the end how much; credentials are redacted."""
    cache.settle_hypothesis()
    redactor = Redactor(target)
    session = session_at(contract, target, options, offline_address(target.base_url), _no_connection)
    client = Rehearsal(session.client)
    session.client = client
    with suppress(Disabled, Skipped):
        examine(session)
    yield from _told("preflight", client.intents, redactor, "")
    counts = {"goes": 0, "refused": 0, "skipped": 0}
    for case in cases:
        client.intents = []
        outcome = run_case(session, case)
        goes = any(intent.refused is None for intent in client.intents)
        skipped = not client.intents and outcome.verdict is Verdict.SKIP
        counts["goes" if goes else "skipped" if skipped else "refused"] += 1
        yield from _told(case.id, client.intents, redactor, f"{outcome.verdict.value}: {outcome.reason}")
    yield (
        f"{sum(counts.values())} cases: {counts['goes']} would send a request, {counts['refused']} would be refused, "
        f"{counts['skipped']} would be skipped; nothing was sent, and further requests depend on answers"
    )


def _told(case: str, intents: list[Intent], redactor: Redactor, reason: str) -> Iterator[str]:
    yield _line(case)
    for intent in intents:
        verdict = "goes" if intent.refused is None else f"refused: {_line(redactor.text(intent.refused))}"
        target = _line(redactor.text(intent.request.target))
        yield f"    {_line(intent.request.method)} {target}  [{intent.effect}] {verdict}"
        if intent.request.body:
            kind = intent.request.header("Content-Type") or "no Content-Type"
            body = " ".join(redactor.text(printable(intent.request.body)).split())
            yield f"        {_line(redactor.text(kind))}: {_line(body, _LONGEST_BODY)}"
    if not intents:
        yield f"    no request: {_line(redactor.text(reason))}"


def _line(text: str, most: int = _LONGEST) -> str:
    """The text on one line, its tail left out when it is long."""
    shown = plain(text)
    return shown if len(shown) <= most else f"{shown[:most]}... ({len(shown) - most} more characters)"


def _no_connection(address: tuple[str, int], timeout: float) -> NoReturn:
    del timeout
    raise OSError(f"a dry run makes no connection to {address[0]}")
