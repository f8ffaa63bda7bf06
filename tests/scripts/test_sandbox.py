"""A script's mock is stopped however the script ends."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from sandbox import SandboxError, sandbox

if TYPE_CHECKING:
    from pathlib import Path

_SERVER = """
import json, os, pathlib, signal, sys
ready = {"url": "http://127.0.0.1:1", "providers": {"pid": os.getpid()}}
draft = pathlib.Path(sys.argv[-1] + ".draft")
draft.write_text(json.dumps(ready))
draft.replace(sys.argv[-1])  # whole or not at all, as the mock writes its own
signal.pause()
"""


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_mock_is_stopped_when_the_block_raises(tmp_path: Path) -> None:
    seen: list[int] = []

    def leave_halfway() -> None:
        with sandbox(tmp_path, [sys.executable, "-c", _SERVER]) as running:
            seen.append(running.providers["pid"])
            assert alive(seen[0])
            raise ValueError("halfway")

    with pytest.raises(ValueError, match="halfway"):
        leave_halfway()
    assert not alive(seen[0])


def test_a_mock_that_ends_early_is_told_with_its_log(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('the port is taken')"]
    with pytest.raises(SandboxError, match=r"exit code 1:\n  the port is taken"), sandbox(tmp_path, command):
        pass
