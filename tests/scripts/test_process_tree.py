"""What a tree of processes uses, held against what its processes say of themselves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from process_tree import (
    cores,
    cpu_by_process,
    cpu_seconds,
    descriptors,
    on_core,
    pin,
    resident,
    resident_without_files,
    tree,
    unreadable,
    used_since,
)

if TYPE_CHECKING:
    from collections.abc import Generator

pytestmark = pytest.mark.skipif(unreadable() is not None, reason="Linux tells what a process has used")

_BURN = "import time; end = time.process_time() + 0.2\nwhile time.process_time() < end: pass"
_CHILD = f"""
import json, os, subprocess, sys, threading, time
sys.stdin.readline()
thread = threading.Thread(target=exec, args=({_BURN!r}, {{}}))
thread.start(); thread.join()
subprocess.run([sys.executable, "-c", {_BURN!r}], check=True)
living = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.readline()"], stdin=subprocess.PIPE)
ended = os.times()
told = {{"living": living.pid, "own": time.process_time(), "ended": ended.children_user + ended.children_system}}
print(json.dumps(told), flush=True)
sys.stdin.readline()
living.communicate()
"""
_TICKS = 2 / os.sysconf("SC_CLK_TCK")  # user and system time are each cut to whole ones


@pytest.fixture
def child() -> Generator[subprocess.Popen[str]]:
    """A process that at the first line burns CPU in a thread and in a child that both end, and starts another child."""
    line = [sys.executable, "-c", _CHILD]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.communicate()


def burnt(child: subprocess.Popen[str]) -> dict[str, Any]:
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write("\n")
    child.stdin.flush()
    told: dict[str, Any] = json.loads(child.stdout.readline())
    return told


def test_the_clock_is_that_of_the_process_itself() -> None:
    before = time.process_time()
    found = cpu_by_process([os.getpid()])[os.getpid()]
    assert before <= found <= time.process_time()


def test_a_tree_has_its_root_and_descendants_and_no_process_that_is_gone(child: subprocess.Popen[str]) -> None:
    told = burnt(child)
    assert [child.pid, told["living"]] == tree([child.pid])
    assert {child.pid, told["living"]} <= set(tree([os.getpid()]))
    child.communicate()
    assert [] == tree([child.pid])
    assert 0 == cpu_seconds([child.pid]) == resident([child.pid]) == descriptors([child.pid])


def test_threads_and_children_that_have_ended_are_in_the_sum(child: subprocess.Popen[str]) -> None:
    before = cpu_by_process([child.pid])
    told = burnt(child)
    assert min(told["own"], told["ended"]) > _TICKS
    assert cpu_seconds([child.pid]) >= told["own"] + told["ended"] - _TICKS
    own = cpu_by_process([child.pid])[child.pid]
    assert told["own"] <= own < told["own"] + told["ended"]
    assert own - before[child.pid] <= used_since(before, [child.pid])
    assert {child.pid, told["living"]} == set(cpu_by_process([child.pid]))


def test_memory_and_descriptors_are_those_of_all(child: subprocess.Popen[str]) -> None:
    told = burnt(child)
    for measure in (resident, resident_without_files, descriptors):
        parts = [measure([told["living"]]), measure([child.pid])]
        assert 0 < parts[0] < parts[1]
    assert resident_without_files([child.pid]) < resident([child.pid])


def test_a_process_is_put_on_a_core_when_it_starts_or_later(child: subprocess.Popen[str]) -> None:
    usable = os.sched_getaffinity(0)
    chosen = cores()
    if chosen.server is None:
        pytest.skip("there is one core")
    with on_core(chosen.load):
        started = subprocess.run(
            [sys.executable, "-c", "import os; print(*os.sched_getaffinity(0))"],
            check=True,
            capture_output=True,
            text=True,
        )
    assert f"{chosen.load}\n" == started.stdout
    assert usable == os.sched_getaffinity(0)
    pin(child.pid, chosen.server)
    assert {chosen.server} == os.sched_getaffinity(child.pid)
    pin(child.pid, None)
    assert {chosen.server} == os.sched_getaffinity(child.pid)
