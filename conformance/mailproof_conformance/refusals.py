"""Whether a refusal is one of the contract's own: its words, its headers, its body."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response
    from mailproof_conformance.expectation import Finding

_UNKNOWN_PATH = "unknown-path"
"""It says nothing of a thing that a known path does not lead to: a contract may leave those words open."""
_CLIENT_ERRORS = range(400, 500)


def as_promised(check: Check, response: Response) -> None:
    """Raises Broken for a client error that is none of the contract's error answers of its status, if it has any."""
    if response.status not in _CLIENT_ERRORS:
        return
    names = [problem.name for problem in check.expectations.problems.values() if problem.status == response.status]
    if not set(names) - {_UNKNOWN_PATH}:
        return
    findings: list[list[Finding]] = [check.expectations.judge_problem(name, response) for name in names]
    if all(findings):
        check.accept(findings[-1])
