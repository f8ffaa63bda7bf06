"""Whether the target can be tested at all: it answers, and it takes the credentials."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mailproof_conformance import specimen, wire
from mailproof_conformance.check import Check
from mailproof_conformance.client import NoAnswer
from mailproof_conformance.verdicts import Broken, Disabled, Skipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof.promises import Operation
    from mailproof_conformance.session import Session

_OK, _UNAUTHORIZED = 200, 401
_MOST_LISTS = 5
"""Requests before the first case that tell one state of a server from another."""


class NotTestable(Exception):  # noqa: N818 - it is an answer of the run, not an error in it
    """The target could not be tested; the text is one line that says why."""


def examine(session: Session) -> None:
    """Raises NotTestable unless the server answers a first, harmless request and accepts the credentials."""
    check = Check(session, "preflight")
    try:
        if session.contract.rpc_methods:
            _examine_rpc(check)
        else:
            _examine_rest(session, check)
    except NoAnswer as trouble:
        raise NotTestable(f"{session.target.base_url} cannot be reached: {trouble.actual}") from None
    session.recognise(_shown(session, check))


def _shown(session: Session, check: Check) -> Iterator[bytes]:
    """What the server's own lists show before the first case: another thing once a run has left something there."""
    own = urlsplit(session.target.base_url).netloc.encode()
    for operation in islice(filter(_needs_nothing, session.contract.operations), _MOST_LISTS):
        try:
            response = specimen.call(check, operation)
        except (Skipped, Disabled, NoAnswer):
            return
        if response.status == _OK:
            yield response.body.replace(own, b"")


def _needs_nothing(operation: Operation) -> bool:
    return operation.method == "get" and operation.effect == "read" and not wire.path_parameters(operation)


def _examine_rest(session: Session, check: Check) -> None:
    operation = _harmless(session)
    if operation is None:
        check.send("GET", "/")
        return
    response = specimen.call(check, operation)
    if response.status == _UNAUTHORIZED:
        raise NotTestable(f"{session.target.base_url} refuses the credentials ({operation.id} is answered 401)")


def _examine_rpc(check: Check) -> None:
    try:
        body = specimen.rpc_body(check)
    except Skipped:
        raise NotTestable("there is no API key: give --ready-file, --auth-file or the environment variable") from None
    failed = check.contract.document.get("x-rpc-errors", {}).get("key-verification-failed", {})
    try:
        error = check.rpc_call(body).error or {}
    except Broken as broken:
        if isinstance(broken, NoAnswer):
            raise
        return
    if failed and error.get("code") == failed["code"] and error.get("message") == failed["message"]:
        raise NotTestable(f"{check.base_url} refuses the API key ({failed['message']})")


def _harmless(session: Session) -> Operation | None:
    """A reading operation that needs credentials and whose parameters the target's samples fill.

    None without one.
    """
    for operation in session.contract.operations:
        known = all(name in session.target.samples for name in wire.path_parameters(operation))
        if operation.method == "get" and operation.effect == "read" and known and wire.needs_credentials(operation):
            return operation
    return None
