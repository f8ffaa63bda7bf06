"""A transaction of a store, and how it ends, whichever database it is in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from mailproof_mock.rows import Rows


class Transaction(ABC):
    """Is committed at the end of its block. What fails on the way, be it a cancellation, undoes it."""

    def __init__(self, tell: Callable[[BaseException], None]) -> None:
        """`tell` raises StoreFailed for what is the database's own failure."""
        self._tell = tell

    @abstractmethod
    async def begin(self) -> Rows:
        """Takes a connection, and begins."""

    @abstractmethod
    async def commit(self) -> None:
        """Commits, and lets go of the connection."""

    @abstractmethod
    async def undo(self) -> None:
        """Undoes what is open, and lets go of the connection; does nothing where it has none."""

    async def __aenter__(self) -> Rows:
        try:
            return await self.begin()
        except BaseException as error:
            await self._fail(error)
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if error is not None:
            await self._fail(error)
            return
        try:
            await self.commit()
        except BaseException as failure:
            await self._fail(failure)
            raise

    async def _fail(self, error: BaseException) -> None:
        await self.undo()
        self._tell(error)
