"""What `make bench-check` runs: the bench server, the suite and stock Schemathesis, each with what it cost."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from news_server import CONTRACT, COUNT, PASSWORD
from sandbox import SandboxError

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

_BIN = Path(sys.executable).parent
_HERE = Path(__file__).parent
_START_SECONDS, _RUN_SECONDS = 30, 900
_SETTINGS = f"""\
# Credentials by the scheme: with `-a` st takes its own mutation for a fault of the server.
[auth.openapi.basicAuth]
username = "bench"
password = "{PASSWORD}"
[cache]
enabled = false
"""


@dataclass(frozen=True, slots=True)
class Tool:
    """One way to test: its name in the tables, and the command line after the server is known."""

    name: str
    words: tuple[str, ...]
    stock: bool


REPLAYED = Tool(
    "corpus, credentials, verbs, bad input",
    tuple(word for kind in ("corpus", "authentication", "verbs", "bad-input") for word in ("--only", f"{kind}/*")),
    stock=False,
)
"""What the suite has for stock's coverage phase: that sends schema values, other verbs and other credentials too."""

CHECKS = (
    Tool("quick", ("--profile", "quick"), stock=False),
    Tool("standard", ("--profile", "standard"), stock=False),
    REPLAYED,
    Tool("`st run`", (), stock=True),
    Tool("`st run --phases coverage`", ("--phases", "coverage"), stock=True),
)
"""Our profiles, the part that is replayed, and stock with its defaults and with the phase that this part is held to."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run cost and found. CPU seconds are those of the client's processes alone, told by the system."""

    tool: str
    seed: int
    exit_code: int
    wall: float
    cpu: float
    cases: int
    requests: int
    startup: float
    """Seconds from the start of the process to its first request."""

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class News:
    """A running bench server."""

    entry: Mapping[str, Any]
    file: Path

    @property
    def url(self) -> str:
        """The base URL."""
        return str(self.entry["base_url"])

    def came(self) -> dict[str, Any]:
        """How many requests came so far, and when the first did."""
        with urllib.request.urlopen(self.url.removesuffix("/news") + COUNT, timeout=10) as answer:  # noqa: S310 - ours
            found: dict[str, Any] = json.load(answer)
        return found


@contextmanager
def news(fault: str | None = None) -> Generator[News]:
    """A bench server on a free port, with a fault or none, stopped at the end.

    Raises SandboxError if it does not start.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "news.json"
        line = [sys.executable, str(_HERE / "news_server.py"), "--ready-file", str(file)]
        process = subprocess.Popen([*line, *(("--fault", fault) if fault else ())])
        try:
            deadline = time.monotonic() + _START_SECONDS
            while not file.exists():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise SandboxError(f"the bench server did not start (exit code {process.poll()})")
                time.sleep(0.02)
            yield News(json.loads(file.read_text(encoding="utf-8")), file)
        finally:
            process.terminate()
            process.wait()


def run_on_news(tool: Tool, fault: str | None = None, seed: int = 0) -> Cost:
    """What a tool costs and finds on a fresh bench server."""
    with news(fault) as server, tempfile.TemporaryDirectory() as folder:
        if tool.stock:
            settings = Path(folder) / "schemathesis.toml"
            settings.write_text(_SETTINGS, encoding="utf-8")
            line = stock_line(settings, CONTRACT, server.url, seed, tool.words)
        else:
            line = check_line(
                str(CONTRACT), ["--auth-file", str(server.file)], Path(folder) / "report", seed, tool.words
            )
        started = time.monotonic()
        code, wall, cpu, said = timed(line, Path(folder))
        came = server.came()
        cases, _ = counted(said) if tool.stock else reported(Path(folder) / "report")
    startup = (came["first"] or started) - started
    return Cost(tool.name, seed, code, wall, cpu, cases, came["requests"], startup)


def check_line(contract: str, target: Sequence[str], report: Path, seed: int, words: Sequence[str]) -> list[str]:
    """A command line of the suite."""
    return [
        *(str(_BIN / "mailproof"), "check", contract, *target),
        *("--report", str(report), "--seed", str(seed), *words),
    ]


def stock_line(settings: Path, contract: Path, url: str, seed: int, words: Sequence[str]) -> list[str]:
    """A command line of stock Schemathesis, without its databases of former runs."""
    return [
        *(str(_BIN / "st"), "--config-file", str(settings), "run", str(contract), "--url", url),
        *("--seed", str(seed), "--generation-database", "none", *words),
    ]


def timed(line: Sequence[str], folder: Path) -> tuple[int, float, float, str]:
    """Runs a command in a folder; its exit code, wall and CPU seconds, and what it said.

    Raises TimeoutError after a quarter of an hour.
    """
    said = folder / "said.txt"
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "120"}
    with said.open("wb") as sink:
        started = time.monotonic()
        process = subprocess.Popen(line, cwd=folder, env=environment, stdout=sink, stderr=subprocess.STDOUT)
        found, status, usage = 0, 0, resource.getrusage(resource.RUSAGE_SELF)
        try:
            while not found and time.monotonic() - started < _RUN_SECONDS:
                found, status, usage = os.wait4(process.pid, os.WNOHANG)
                time.sleep(0 if found else 0.005)
        finally:
            if not found:
                process.kill()
        wall = time.monotonic() - started
    if not found:
        process.wait()
        raise TimeoutError(f"{' '.join(line[:4])}: not done after {_RUN_SECONDS} s")
    process.returncode = os.waitstatus_to_exitcode(status)
    text = said.read_text(encoding="utf-8", errors="replace")
    return process.returncode, wall, usage.ru_utime + usage.ru_stime, text


def reported(report: Path) -> tuple[int, int]:
    """Cases that were tried and requests of one of our runs, from its report; nothing for a run that wrote none."""
    file = report / "report.json"
    if not file.exists():
        return 0, 0
    document = json.loads(file.read_text(encoding="utf-8"))
    tried = [case for case in document["cases"] if case["verdict"] not in {"skip", "disabled"}]
    return len(tried), int(document["requests"])


def counted(said: str) -> tuple[int, int]:
    """The cases of a stock run, from what it said; it does not tell its requests."""
    match = re.search(r"([\d,]+) generated", said)
    return int(match[1].replace(",", "")) if match else 0, 0
