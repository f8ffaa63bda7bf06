"""What the server said to reads, for as long as nothing was asked that could have changed it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from mailproof_conformance.exchange import Exchange

if TYPE_CHECKING:
    from mailproof_conformance.exchange import Request, Response

Recall = Literal["never", "unchanged", "lasting"]
"""When an answer from before will do: never; where only reads that may be recalled were asked since; in a whole run."""


class Recollections:
    """The answers to some reads.

    Any other request ends them, be it a read: a job that is looked at goes on by itself. Only what a run cannot
    change at all, such as the fields of a list, lasts until `forget`.
    """

    def __init__(self) -> None:
        self._unchanged: dict[Request, Exchange] = {}
        self._lasting: dict[Request, Exchange] = {}

    def of(self, request: Request, recall: Recall) -> Exchange | None:
        """The exchange from before that will do; None where the server has to be asked."""
        if recall == "lasting" and request in self._lasting:
            return self._lasting[request]
        return None if recall == "never" else self._unchanged.get(request)

    def asked(self, request: Request, response: Response, recall: Recall) -> None:
        """Takes in what was asked just now."""
        if recall == "never":
            self._unchanged.clear()
            return
        exchange = Exchange(request, response)
        self._unchanged[request] = exchange
        if recall == "lasting":
            self._lasting[request] = exchange

    def forget(self) -> None:
        """Somebody else may have had the server since."""
        self._unchanged.clear()
        self._lasting.clear()
