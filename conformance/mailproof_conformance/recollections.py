"""What the server said to reads, for as long as nothing was asked that could have changed it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from mailproof_conformance.exchange import Exchange

if TYPE_CHECKING:
    from mailproof_conformance.exchange import Request, Response

Recall = Literal["never", "unchanged", "lasting"]
"""When an answer from before will do: never; where nothing was asked since but reads that change nothing; always."""


class Outdated(Exception):  # noqa: N818 - no error: the case is run again
    """An answer from before is not what the server says now."""


class Recollections:
    """The answers to some reads.

    A write ends them, be it refused, and so does a read of what goes on by itself. Only what a run cannot change at
    all, such as the fields of a list, lasts until `forget`.
    """

    def __init__(self) -> None:
        self._unchanged: dict[Request, Exchange] = {}
        self._lasting: dict[Request, Exchange] = {}
        self._asked: set[Request] = set()
        self._relied: dict[Request, Response] = {}

    def begin(self) -> None:
        """Another case begins."""
        self._asked.clear()
        self._relied.clear()

    def of(self, request: Request, recall: Recall) -> Exchange | None:
        """The exchange from before that will do; None where the server has to be asked."""
        if recall == "lasting" and request in self._lasting:
            return self._lasting[request]
        known = None if recall == "never" else self._unchanged.get(request)
        if known is not None and known.response is not None and request not in self._asked:
            self._relied[request] = known.response
        return known

    def relied_on(self) -> dict[Request, Response]:
        """What the case was told of an earlier one's answers until now; what lasts is not among them."""
        relied, self._relied = self._relied, {}
        return relied

    def asked(self, request: Request, response: Response, recall: Recall, *, changes: bool) -> None:
        """Takes in what was asked just now, and whether it may have changed something."""
        if changes:
            self._unchanged.clear()
            return
        exchange = Exchange(request, response)
        self._unchanged[request] = exchange
        self._asked.add(request)
        if recall == "lasting":
            self._lasting[request] = exchange

    def forget(self) -> None:
        """Somebody else may have had the server since."""
        self._unchanged.clear()
        self._lasting.clear()
