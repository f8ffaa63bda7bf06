"""The machine that something was measured on, and how busy it was before."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_CPUINFO = Path("/proc/cpuinfo")
_IDLE = 0.5


def processor() -> str:
    """What the processor calls itself."""
    text = _CPUINFO.read_text(encoding="utf-8") if _CPUINFO.exists() else ""
    model = re.search(r"model name\s*:\s*(.+)", text)
    return model[1] if model else platform.machine()


def load() -> tuple[float, bool]:
    """How many processes ran on average in the last minute, and whether that is other work worth telling of."""
    found = os.getloadavg()[0]
    return found, found > _IDLE


def machine() -> dict[str, Any]:
    """What `told` needs, as JSON."""
    before, busy = load()
    return {
        "cores": os.cpu_count(),
        "model": processor(),
        "python": platform.python_version(),
        "load": f"busy with other work (load {before:.0f}): trust the CPU seconds" if busy else "idle before",
    }


def told(found: Mapping[str, Any]) -> str:
    """A sentence of a page on what `machine` found, without its full stop."""
    return f"Measured on {found['cores']} cores ({found['model']}), Python {found['python']}, {found['load']}"
