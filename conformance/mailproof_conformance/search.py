"""A search for a value that breaks a promise: its bounds, and what of it is told in the end."""

from __future__ import annotations

from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any
from unittest import SkipTest

from hypothesis.errors import Flaky, HypothesisException

from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from mailproof_conformance.exchange import Exchange
    from mailproof_conformance.session import Session

_MOST_REQUESTS = 400
"""Requests that are spent on making a break simpler."""
_MOST_REQUESTS_ELSEWHERE = 40
"""The same on a server that is not on this machine."""
_MOST_SECONDS = 20.0
"""Ends it on a slow server, where the number of requests would take too long; no other case is decided by the clock."""


class _Enough(SkipTest):
    """The search has had its share; Hypothesis lets a skip through as it is."""


class Search:
    """Watches what Hypothesis runs: keeps the exchanges of the value that broke last, and ends what takes too long.

    Hypothesis goes from a value that breaks a promise to simpler ones only, so the last is the simplest.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._before: tuple[Exchange, ...] = ()
        self._last: tuple[Exchange, ...] = ()
        self._found: Exception | None = None
        self._breaking: tuple[Exchange, ...] = ()
        self._most = _MOST_REQUESTS if session.client.address.loopback else _MOST_REQUESTS_ELSEWHERE
        self._requests = 0
        self._until = 0.0

    def watched(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function that Hypothesis runs for each value, seen by the search."""

        @wraps(function)
        def tried(*arguments: Any, **values: Any) -> Any:
            self._begin()
            try:
                return function(*arguments, **values)
            except (SkipTest, HypothesisException):
                raise
            except Exception as error:
                self._note(error)
                raise

        return tried

    @contextmanager
    def running(self) -> Generator[None, None, None]:
        """The length of the search. Raises what the simplest breaking value raised, whatever ended the search."""
        self._before = self._session.told()
        try:
            yield
        except Flaky:
            if not isinstance(self._found, Broken):
                raise
            self._found.add_note("The same input did not break it a second time: it depends on what happened before.")
            raise self._found from None
        except (SkipTest, KeyboardInterrupt) as end:
            if self._found is None:
                raise
            if isinstance(end, KeyboardInterrupt):
                self._session.interrupt()
            self._found.add_note(
                f"The search for a simpler value that breaks it ended early: {str(end) or 'interrupted'}."
            )
            raise self._found from None
        finally:
            self._look()
            self._session.tell((*self._before, *(self._last if self._found is None else self._breaking)))

    def _begin(self) -> None:
        """Another value."""
        self._look()
        self._session.check_time()
        if self._found is not None:
            requests = self._session.client.requests - self._requests
            if requests >= self._most:
                raise _Enough(f"it has had {self._most} requests")
            if self._session.clock.seconds() > self._until:
                raise _Enough(f"it has had {_MOST_SECONDS:.0f} s")

    def _note(self, error: Exception) -> None:
        if self._found is None:
            self._requests = self._session.client.requests
            self._until = self._session.clock.seconds() + _MOST_SECONDS
        self._found = error
        self._look()
        self._breaking = self._last

    def _look(self) -> None:
        """Keeps the exchanges since the last look, if there were any.

        A walk that does nothing any more once something is broken does not push out what broke.
        """
        self._last = self._session.take() or self._last
