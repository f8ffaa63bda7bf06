"""Whether a refusal is one of the contract's own: its words, its headers, its body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailproof_conformance.standing import weakest

if TYPE_CHECKING:
    from mailproof.promises import Level
    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response
    from mailproof_conformance.expectation import Expectations, Finding

_UNKNOWN_PATH = "unknown-path"
"""It says nothing of a thing that a known path does not lead to: a contract may leave those words open."""
_CLIENT_ERRORS = range(400, 500)


def as_promised(check: Check, response: Response) -> None:
    """Raises Broken for a client error that is none of the contract's error answers of its status, if it has any."""
    check.accept(unlike(check.expectations, response), response)


def unlike(expectations: Expectations, response: Response) -> list[Finding]:
    """In what a client error differs from the contract's error answers of its status.

    Nothing where it is one of them, or where the contract has none.
    """
    if response.status not in _CLIENT_ERRORS:
        return []
    known = [problem for problem in expectations.problems.values() if problem.status == response.status]
    if not {problem.name for problem in known} - {_UNKNOWN_PATH}:
        return []
    found: list[Finding] = []
    for problem in known:
        found = expectations.judge_problem(problem.name, response)
        if not found:
            return []
    # One answer stands for all; it counts no higher than what the contract is least sure of.
    levels: list[Level] = [problem.level for problem in known]
    return [finding.of(weakest(*levels), whatever=False) for finding in found]
