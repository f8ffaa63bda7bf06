"""The write-ahead log of a data file: it reaches the disk before an answer leaves, and is brought in from time to time.

Both wait for the disk, so each is done in a thread of its own: nobody else waits for them.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_log = logging.getLogger("mailproof.mock.store")
_sync = getattr(os, "fdatasync", os.fsync)  # macOS and Windows have the second only
_CHANGES = 2_000  # rows that are written between two times that the log is brought in
_LARGE = 32 * 1024 * 1024  # bytes of a log that writers wait for until it is brought in whole
_BUSY_SECONDS = 5.0

_Waiting = asyncio.Future[None]


class WriteAheadLog:
    """The log of one data file, opened after the first write to it."""

    def __init__(self, file: Path, lock: asyncio.Lock) -> None:
        """`lock` keeps writers out."""
        self._file = file
        self._lock = lock
        self._log = os.open(f"{file}-wal", os.O_RDONLY)
        self._waiting: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._disk = Thread(target=self._write_to_disk, name="mailproof-disk", daemon=True)
        self._disk.start()
        self._checkpoints = ThreadPoolExecutor(1, "mailproof-checkpoint")
        self._brought_in = 0
        self._bringing_in: asyncio.Task[None] | None = None

    async def reach_disk(self, changes: int) -> None:
        """Returns when all that is committed by now is on disk. `changes` counts the rows that were ever written.

        Who comes while the disk is being waited for waits for the next time, together with all who come meanwhile.
        """
        if self._bringing_in is None and changes - self._brought_in >= _CHANGES:
            self._brought_in = changes
            self._bringing_in = asyncio.create_task(self._bring_in())
        done: _Waiting = asyncio.get_running_loop().create_future()
        self._waiting.put(done)
        await done

    def _write_to_disk(self) -> None:
        """What the thread does: for all who wait, one wait for the disk."""
        while (first := self._waiting.get()) is not None:
            together = [first]
            with suppress(Empty):
                while (further := self._waiting.get_nowait()) is not None:
                    together.append(further)
            try:
                _sync(self._log)
            except OSError as error:
                first.get_loop().call_soon_threadsafe(_tell, together, error)
            else:
                first.get_loop().call_soon_threadsafe(_tell, together, None)

    async def _bring_in(self) -> None:
        """Brings the log in while writers go on; where it grew large, once more without them: it starts anew then."""
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._checkpoints, self._checkpoint, "PASSIVE")
            if os.fstat(self._log).st_size > _LARGE:
                async with self._lock:
                    await loop.run_in_executor(self._checkpoints, self._checkpoint, "TRUNCATE")
        except (OSError, sqlite3.Error) as error:  # a full disk, say; the log keeps what is written meanwhile
            _log.warning("the log of %s could not be brought in: %s", self._file, error)
        finally:
            self._bringing_in = None

    def _checkpoint(self, mode: str) -> None:
        with closing(sqlite3.connect(self._file, isolation_level=None, timeout=_BUSY_SECONDS)) as database:
            database.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()

    async def close(self) -> None:
        """Waits for what is on its way."""
        if self._bringing_in is not None:
            await asyncio.wait([self._bringing_in])
        self._checkpoints.shutdown()
        self._waiting.put(None)
        self._disk.join()
        os.close(self._log)


def _tell(waiting: Sequence[_Waiting], error: OSError | None) -> None:
    for done in waiting:
        if done.cancelled():
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
