"""Whether an answer says that a request was understood, and whether it says that the request was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailproof_conformance import specimen
from mailproof_conformance.expectation import shown
from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from mailproof.promises import Operation
    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response

_SERVER_ERROR = 500
MISFITS = frozenset({404, 409, 417})
"""Statuses that say that a request, right in itself, does not go with what the server holds."""


def taken(check: Check, operation: Operation, response: Response) -> None:
    """Raises Broken unless the request succeeded, with an answer that keeps the contract.

    An operation that changes the world may also say that it does not go with what is there: it may be the second time.
    """
    misfit = _is_misfit(check, operation, response)
    if response.status < _SERVER_ERROR and not is_success(response) and not misfit:
        raise Broken("the request succeeds", "a status of 200 to 299", shown(response))
    check.conforms(operation.id, response)


def alike(check: Check, operation: Operation, expected: Response, actual: Response, about: str) -> None:
    """Raises Broken unless two answers to the same request have one status.

    Where the request changes the world, one may say that it does not go with what the other has made of it.
    """
    if not (_is_misfit(check, operation, actual) and (is_success(expected) or expected.status in MISFITS)):
        check.equal(expected.status, actual.status, f"the status {about}")


def first_as_later(check: Check, operation: Operation, first: Response, later: Response, about: str) -> None:
    """Raises Broken unless the first of two like requests has the status of the later one.

    Only the later one may say that it does not go with what the first has made of the world.
    """
    if not (is_success(first) and _is_misfit(check, operation, later)):
        check.equal(later.status, first.status, f"the status {about}")


def refused(response: Response) -> None:
    """Raises Broken unless the request was refused as the client's mistake."""
    if not 400 <= response.status < 500:  # noqa: PLR2004 - the client errors
        raise Broken("the request is refused", "a client error (4xx)", shown(response))


def is_success(response: Response) -> bool:
    """Whether the status is one of success."""
    return 200 <= response.status < 300  # noqa: PLR2004 - the successes


def _is_misfit(check: Check, operation: Operation, response: Response) -> bool:
    if operation.effect == "read" or response.status not in MISFITS:
        return False
    expectations = check.expectations
    if not expectations.documents(operation, response.status):
        return False
    if specimen.deletes(operation):  # it is asked to delete what is not there; a 404 says no more than that
        return True
    return "unknown-path" not in expectations.problems or bool(expectations.judge_problem("unknown-path", response))
