"""The console samples of the documentation: run, compared with what the page shows, or written anew.

A block is a checked sample when the line before it is `<!-- checked -->`. Its commands run in order in a
folder of the page's own. `mailproof mock` starts the page's server on a free port; a page that names
127.0.0.1:8410 before that gets a default one. A `pycon` block is run as a doctest and is never written.
"""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from docs_text import Page, Problem
from sandbox import sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docs_text import Block
    from mailproof_mock.own_process import Running

MARK = "<!-- checked -->"
_ADDRESS = "127.0.0.1:8410"
_SERVE = re.compile(r"mailproof mock(?: (?!--help)[\w./=:-]+)*")
_SECONDS = 600
_VARYING = (
    (re.compile(r"127\.0\.0\.1:\d+"), _ADDRESS),
    (re.compile(r"\b\d+(?:\.\d+)?\s?m?s\b"), "0 s"),
    (re.compile(r"(?i)^(date: ).*$", re.MULTILINE), r"\1now"),
    (re.compile(r"\b\d+ requests\b"), "0 requests"),
    (re.compile(r"[ \t]+$", re.MULTILINE), ""),
)


class _Reader:
    """Who follows a page: a folder, a server when one is needed, and what the commands print."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.stack = stack
        self.running: Running | None = None

    def run(self, command: str) -> str:
        """What a command prints, on both streams, with the address and the folder as the page writes them."""
        printed = self._serve(command) if _SERVE.fullmatch(command) else self._execute(command)
        if self.running is not None:
            printed = printed.replace(self.running.url.removeprefix("http://"), _ADDRESS)
        return printed.replace(f"{self.folder}/", "").replace(str(self.folder), ".")

    def _serve(self, command: str) -> str:
        words = re.sub(r"--(?:port|ready-file) \S+", "", command).split()
        line = [sys.executable, "-m", *words]
        self.running = self.stack.enter_context(sandbox(self.folder, line))
        return _settled(self.running.log)

    def _execute(self, command: str) -> str:
        if _ADDRESS in command or "ready.json" in command:
            self.running = self.running or self.stack.enter_context(sandbox(self.folder))
            command = command.replace(f"http://{_ADDRESS}", self.running.url)
        binaries = str(Path(sys.executable).parent)
        environment = {
            **os.environ,
            "PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "COLUMNS": "100",
            "NO_COLOR": "1",
            "TERM": "dumb",
        }
        result = subprocess.run(
            ["bash", "-c", command],  # noqa: S607 - a console sample is written for a shell
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_SECONDS,
            check=False,
        )
        return result.stdout.decode("utf-8", errors="replace").replace("\r\n", "\n")


def check_samples(page: Page) -> Iterator[Problem]:
    """The checked samples of a page that show something else than what their commands print."""
    for block, shown, printed in _results(page):
        if _normal(shown) != _normal(printed):
            text = f"the sample is stale (`make docs` writes it anew); it now prints:\n{printed.rstrip()}"
            yield Problem(page.path, block.first + 1, text)
    for block in page.blocks:
        if block.language == "pycon" and block.mark == MARK:
            yield from _doctest(page, block)


def write_samples(page: Page) -> str:
    """The page's text with what the commands print now, where more than ports and durations differs."""
    lines = list(page.lines)
    for block, shown, printed in reversed(list(_results(page))):
        if _normal(shown) != _normal(printed):
            lines[block.first + 1 : block.last] = printed.rstrip("\n").split("\n")
    return "\n".join(lines) + "\n"


def count_samples(page: Page) -> int:
    """How many checked samples a page has."""
    return sum(block.mark == MARK for block in page.blocks)


def _results(page: Page) -> Iterator[tuple[Block, str, str]]:
    blocks = [block for block in page.blocks if block.language == "console" and block.mark == MARK]
    if not blocks:
        return
    with TemporaryDirectory(prefix="mailproof-docs-") as folder, ExitStack() as stack:
        reader = _Reader(Path(folder).resolve(), stack)
        for block in blocks:
            printed = "".join(_transcript(reader, block.lines))
            yield block, "\n".join(block.lines), printed


def _transcript(reader: _Reader, lines: Sequence[str]) -> Iterator[str]:
    for command in _commands(lines):
        yield command + "\n"
        printed = reader.run(command.removeprefix("$ "))
        if printed:
            yield printed.rstrip("\n") + "\n"


def _commands(lines: Sequence[str]) -> Iterator[str]:
    """The commands as the page writes them: from `$ ` on, over every line that ends in a backslash."""
    gathered: list[str] = []
    for line in lines:
        if gathered or line.startswith("$ "):
            gathered.append(line)
            if not line.endswith("\\"):
                yield "\n".join(gathered)
                gathered = []


def _settled(log: Path) -> str:
    """What the server prints at its start: the log, once nothing more is added to it."""
    size = -1
    while size != (size := log.stat().st_size):
        time.sleep(0.3)
    return log.read_text(encoding="utf-8")


def _normal(text: str) -> str:
    for pattern, replacement in _VARYING:
        text = pattern.sub(replacement, text)
    return text.strip()


def _doctest(page: Page, block: Block) -> Iterator[Problem]:
    source = "\n".join(block.lines) + "\n"
    test = doctest.DocTestParser().get_doctest(source, {}, page.path.name, str(page.path), block.first + 1)
    said: list[str] = []
    failed = doctest.DocTestRunner(verbose=False).run(test, out=said.append).failed
    if failed:
        yield Problem(page.path, block.first + 1, "the sample is stale:\n" + "".join(said))
