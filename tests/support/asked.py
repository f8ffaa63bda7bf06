"""What the suite asks of an operation, and what a mock that is whole answers: for faults that must change something."""

# JSON of any shape passes through here, and mypy sees to the rest.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn, cast

from in_process import Wire

from mailproof import contract
from mailproof_conformance import specimen
from mailproof_conformance.check import Check
from mailproof_conformance.corpus_sending import send_case
from mailproof_conformance.session import Session
from mailproof_conformance.verdicts import Skipped

if TYPE_CHECKING:
    from mailproof.promises import Operation
    from mailproof_conformance.client import Client
    from mailproof_conformance.corpus import WireCase
    from mailproof_conformance.exchange import Request
    from mailproof_conformance.target import Target


class _Noted(Exception):  # noqa: N818 - it carries a request
    def __init__(self, request: Request) -> None:
        super().__init__()
        self.request = request


class _Notes:
    """Stands where a client stands, and sends nothing."""

    def send(self, request: Request, *_: Any, **__: Any) -> NoReturn:
        raise _Noted(request)


@cache
def _whole(provider: str) -> Wire:
    return Wire(provider)


def target_of(provider: str) -> Target:
    """The target that the mock of a provider is."""
    return _whole(provider).target


@cache
def _noting(provider: str) -> Session:
    return Session(contract(provider), target_of(provider), cast("Client", _Notes()))


def request_of(provider: str, case: WireCase) -> Request | None:
    """The request that a case of the corpus sends to the mock; None where it sends none."""
    try:
        send_case(case, Check(_noting(provider), case.id))
    except _Noted as noted:
        return noted.request
    except Skipped:
        return None
    return None


def same_for_all(provider: str, operation: Operation, other: str) -> bool:
    """Whether another caller is answered the same as the target's own, whatever account it is of."""
    wire = _whole(provider)
    wire.reset(None)
    check = Check(Session(contract(provider), wire.target, cast("Client", wire)), "same for all")
    try:
        one, two = specimen.call(check, operation), specimen.call(check, operation, credentials=other)
    except Skipped:
        return False
    return (one.status, one.body) == (two.status, two.body)
