"""What `make bench` ran on: the machine, and the versions of all that took part."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import re
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench_load import wrk_version
from bench_servers import PEERS
from measured_on import load, processor
from postgres_cluster import ClusterError, programs

_PYTHON = ("uvicorn", "uvloop", "httptools", "granian", "starlette", "orjson", "connexion", "jsonschema-rs", "asyncpg")
_NODE = {"Prism": "@stoplight/prism-cli", "Mockoon": "@mockoon/cli", "WireMock": "wiremock"}
_WAIT = 30


def machine() -> dict[str, Any]:
    """Cores, processor, memory in GiB, system and load before the run."""
    memory = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text(encoding="utf-8"))
    before, busy = load()
    return {
        "cores": len(os.sched_getaffinity(0)),
        "model": processor(),
        "memory_gib": round(int(memory[1]) / 2**20) if memory else None,
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "load_before": round(before, 2),
        "busy": busy,
    }


def versions() -> dict[str, str]:
    """By name; what is not installed is not in it."""
    found = {"Python": platform.python_version(), "wrk": wrk_version()}
    for name in _PYTHON:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    for name, package in _NODE.items():
        file = PEERS / "node_modules" / package / "package.json"
        if file.exists():
            found[name] = json.loads(file.read_text(encoding="utf-8"))["version"]
    found |= {"Node": _said("node", "--version").removeprefix("v"), "Java": _quoted(_said("java", "-version"))}
    with suppress(ClusterError, IndexError):
        found["PostgreSQL"] = _said(str(programs() / "postgres"), "--version").split()[2]
    return {name: version for name, version in found.items() if version}


def _said(program: str, *words: str) -> str:
    """The first line that a program says of itself; nothing where it cannot be run."""
    if shutil.which(program) is None:
        return ""
    try:
        done = subprocess.run([program, *words], capture_output=True, text=True, check=False, timeout=_WAIT)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ((done.stdout or done.stderr).strip().splitlines() or [""])[0]


def _quoted(text: str) -> str:
    found = re.search(r'"([^"]+)"', text)
    return found[1] if found else ""
