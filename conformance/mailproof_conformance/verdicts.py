"""The five verdicts of a case, their order, and the three ways in which a case ends early."""

from __future__ import annotations

import unittest
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailproof.promises import Level
    from mailproof_conformance.exchange import Response


class Verdict(StrEnum):
    """What is known of a case after it ran, from harmless to grave."""

    DISABLED = "disabled"
    """The user or the safety rule turned it off."""
    SKIP = "skip"
    """The target does not offer what the case needs."""
    PASS = "pass"  # noqa: S105 - a verdict, not a password
    """The promise was kept."""
    FAIL = "fail"
    """The promise was broken."""
    ERROR = "error"
    """Our own harness broke; nothing is known of the promise."""


_ORDER = tuple(Verdict)


def worst(*verdicts: Verdict) -> Verdict:
    """The gravest of some verdicts: a worse one is never overwritten by a better one.

    None at all is `disabled`.
    """
    return max(verdicts, key=_ORDER.index, default=Verdict.DISABLED)


class Broken(Exception):  # noqa: N818 - it is a finding about the target, not an error of ours
    """A promise is broken: the case's verdict is `fail`.

    `about` says what was looked at; `expected` and `actual` are JSON-able values or texts. `level` is that of the
    promise that is broken, where it is another than the one that the case is about; `response` the answer that breaks
    it, where that may not be the last one.
    """

    def __init__(
        self,
        about: str,
        expected: object = None,
        actual: object = None,
        *,
        level: Level | None = None,
        response: Response | None = None,
    ) -> None:
        super().__init__(f"{about}: expected {expected!r}, got {actual!r}")
        self.about = about
        self.expected = expected
        self.actual = actual
        self.level: Level | None = level
        self.response: Response | None = response


class Skipped(unittest.SkipTest):
    """The target does not offer what the case needs: the verdict is `skip`, the text is the reason."""


class Disabled(unittest.SkipTest):
    """The safety rule or the user forbids the case: the verdict is `disabled`, the text is the reason."""
