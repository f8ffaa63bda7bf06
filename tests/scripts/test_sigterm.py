"""A SIGTERM inside a block ends it as an exception does, and after the block is what it was before."""

from __future__ import annotations

import os
import signal

import pytest

from sigterm import unwinding


def test_what_a_block_started_is_stopped_and_the_exit_code_tells_why() -> None:
    done: list[str] = []

    @unwinding()
    def work() -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            done.append("stopped")

    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as ended:
        work()
    assert 128 + signal.SIGTERM == ended.value.code
    assert ["stopped"] == done
    assert before == signal.getsignal(signal.SIGTERM)
