"""Many processes on one port: copies of one that has compiled everything, watched by it and started anew."""

from __future__ import annotations

import gc
import logging
import os
import selectors
import signal
import sys
import traceback
from typing import TYPE_CHECKING, NoReturn

from mailproof.promises import ContractError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    Work = Callable[[Callable[[], None], int], None]

_log = logging.getLogger("mailproof.mock.workers")
_PID = 4  # bytes by which a worker says that it is ready


def serve_in_workers(count: int, work: Work, on_ready: Callable[[], None]) -> None:
    """Runs `work` in so many copies of this process until SIGINT or SIGTERM; calls `on_ready` once all are ready.

    A copy gets a function by which it says that it is ready, and a file descriptor that ends once this process is gone.
    One that ends by itself is started anew; one that does so before it is ready ends all. Raises ContractError then,
    and where processes cannot be copied.
    """
    if not hasattr(os, "fork"):
        raise ContractError("--workers: this system cannot copy a process; serve with one worker")
    _Workers(work).keep(count, on_ready)


class _Workers:
    """The workers that run, and what happens to them."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._ready: dict[int, bool] = {}
        self._stopping = False
        self._failed = False
        self._signals, self._signals_in = os.pipe()
        self._said, self._say = os.pipe()
        self._end_of_parent, self._parent = os.pipe()  # nobody writes into it: it ends when this process does
        os.set_blocking(self._signals_in, False)  # as the interpreter wants it

    def keep(self, count: int, on_ready: Callable[[], None]) -> None:
        """Keeps so many workers until told to stop."""
        gc.freeze()  # what was compiled is shared by all as long as nobody touches it
        signal.set_wakeup_fd(self._signals_in)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
            if signal.getsignal(number) is not signal.SIG_IGN:  # under nohup SIGHUP is
                signal.signal(number, _through_the_pipe)
        with selectors.DefaultSelector() as events:
            events.register(self._signals, selectors.EVENT_READ, self._signal)
            events.register(self._said, selectors.EVENT_READ, self._said_ready)
            for _ in range(count):
                self._start()
            told = False
            while self._ready:
                for key, _ in events.select():
                    key.data()
                if not told and not self._stopping and all(self._ready.values()):
                    told = True
                    on_ready()
        if self._failed:
            raise ContractError("a worker could not start; the log says why")

    def _start(self) -> None:
        pid = os.fork()
        if pid == 0:
            self._be_a_worker()
        self._ready[pid] = False

    def _be_a_worker(self) -> NoReturn:
        """Works, and never returns: what stands above it on the stack is the parent's."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            os.close(self._parent)
            self._work(lambda: _say(self._say), self._end_of_parent)
            code = 0
        except ContractError as error:
            _log.error("%s", error)
        except BaseException:  # noqa: BLE001 - a worker that breaks says how, and ends
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _signal(self) -> None:
        for number in os.read(self._signals, 64):
            if number == signal.SIGCHLD:
                self._bury()
            else:
                again = self._stopping and number == signal.SIGINT
                self._stop(signal.SIGKILL if again else signal.SIGTERM)

    def _said_ready(self) -> None:
        pid = int.from_bytes(os.read(self._said, _PID))
        if pid in self._ready:
            self._ready[pid] = True

    def _stop(self, number: signal.Signals) -> None:
        self._stopping = True
        for pid in self._ready:
            os.kill(pid, number)

    def _bury(self) -> None:
        for pid in list(self._ready):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if not ended:
                continue
            was_ready = self._ready.pop(pid)
            if self._stopping:
                continue
            if was_ready:
                code = os.waitstatus_to_exitcode(status)
                _log.warning("worker %s ended with code %s; another takes its place", pid, code)
                self._start()
            else:
                self._failed = True
                self._stop(signal.SIGTERM)


def _through_the_pipe(number: int, frame: FrameType | None) -> None:
    """Does nothing, which is not what the system would do: the interpreter writes the number into the pipe."""
    del number, frame


def _say(pipe: int) -> None:
    os.write(pipe, os.getpid().to_bytes(_PID))
