"""What a tree of processes uses, as the system tells it: CPU seconds, memory, descriptors; and the cores it runs on."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping

_PROC = Path("/proc")
_TICK = os.sysconf("SC_CLK_TCK")
_KIB = 1024


def unreadable() -> str | None:
    """Why this system does not tell what a process uses, in a few words; None where it does."""
    return None if (_PROC / "self" / "stat").exists() else "needs Linux: what a server costs is read from /proc"


def tree(roots: Iterable[int]) -> list[int]:
    """These processes and all that descend from them, as far as they still run; a parent comes before its children."""
    children: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdecimal() and (fields := _stat(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found: list[int] = []
    waiting = [pid for pid in roots if _stat(pid)]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found


# The clock of a process counts all its threads to the nanosecond, those that have ended too. /proc/PID/schedstat knows
# the first thread only, /proc/PID/task/*/schedstat the living ones, and /proc/PID/stat tells ticks of 10 ms. Of
# descendants that have ended and were waited for, the system tells nothing finer than ticks. They belong to what a
# server costs in half a second and more; beside some requests of 300 us each a tick is large. Hence two functions.


def cpu_seconds(roots: Iterable[int]) -> float:
    """CPU seconds that a tree of processes has used, with those of descendants that have ended, in ticks."""
    return sum(_ended_children(pid) + _clock(pid) for pid in tree(roots))


def cpu_by_process(roots: Iterable[int]) -> dict[int, float]:
    """CPU seconds that each living process of a tree has used itself, to the nanosecond."""
    return {pid: _clock(pid) for pid in tree(roots)}


def used_since(before: Mapping[int, float], roots: Iterable[int]) -> float:
    """CPU seconds that the living processes of a tree have used since `cpu_by_process` gave `before`."""
    return sum(seconds - before.get(pid, 0) for pid, seconds in cpu_by_process(roots).items())


def resident(roots: Iterable[int]) -> float:
    """Resident memory of a tree of processes in MiB; pages that several of them share are counted for each."""
    return sum(_kib(pid, "VmRSS") for pid in tree(roots)) / _KIB


def resident_without_files(roots: Iterable[int]) -> float:
    """As `resident`, without what the processes share with files."""
    return sum(_kib(pid, "RssAnon") for pid in tree(roots)) / _KIB


def descriptors(roots: Iterable[int]) -> int:
    """File descriptors that a tree of processes holds."""
    return sum(_descriptors(pid) for pid in tree(roots))


@dataclass(frozen=True, slots=True)
class Cores:
    """Where the server and the load generator run; None where there is only one core and nothing is pinned."""

    server: int | None
    load: int | None


def cores() -> Cores:
    """The first two cores that this process may use."""
    usable = sorted(os.sched_getaffinity(0))
    return Cores(usable[0], usable[1]) if len(usable) > 1 else Cores(None, None)


@contextmanager
def on_core(core: int | None) -> Generator[None]:
    """What is started inside runs on that core alone, and so do its own children."""
    before = os.sched_getaffinity(0)
    if core is not None:
        os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def pin(pid: int, core: int | None) -> None:
    """Keeps a process that runs already, with all its threads, on a core."""
    if core is not None:
        for task in (_PROC / str(pid) / "task").iterdir():
            os.sched_setaffinity(int(task.name), {core})


def _stat(pid: int) -> list[str]:
    """Fields of /proc/PID/stat from the state on: the second is the parent; none where the process is gone."""
    try:
        return (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(") ")[2].split()
    except OSError:
        return []


def _clock(pid: int) -> float:
    """CPU seconds of a process; 0 where it is gone."""
    try:
        return time.clock_gettime((~pid << 3) | 2)  # its number as of clock_getcpuclockid(3), which Python has not
    except OSError:
        return 0.0


def _ended_children(pid: int) -> float:
    """CPU seconds of the descendants that a process has waited for: the 14th and 15th field, in ticks."""
    return sum(map(int, _stat(pid)[13:15])) / _TICK


def _kib(pid: int, name: str) -> int:
    """A line of /proc/PID/status in KiB; 0 where the process is gone."""
    try:
        lines = (_PROC / str(pid) / "status").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def _descriptors(pid: int) -> int:
    try:
        return sum(1 for _ in (_PROC / str(pid) / "fd").iterdir())
    except OSError:
        return 0
