"""Where the files of a contract say something: file and line of an operation, a method or a clause."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import mailproof

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof.promises import Contract

_PACKAGE = Path(mailproof.__file__).parent
_NAMED = re.compile(r"""^\s*(?:-\s+)?["']?(operationId|id)["']?\s*:\s*["']?([^\s"',#]+)""")
_MEMBER = re.compile(r"""^\s+["']?([^\s"':]+)["']?\s*:""")
_LIMIT = 20_000_000


class Places:
    """Finds what a contract names in the files that it is written in."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract

    def operation(self, name: str) -> dict[str, object]:
        """File and line (from 1) of an operation or a JSON-RPC method; else of the contract's start."""
        if name in self._contract.rpc_methods:
            return self._named.get(("method", name), self.start)
        return self._named.get(("operationId", name), self.start)

    def clause(self, name: str) -> dict[str, object]:
        """File and line of a clause, likewise."""
        return self._named.get(("id", name), self.start)

    @cached_property
    def start(self) -> dict[str, object]:
        """The first line of the contract."""
        return {"file": shown(self._contract.path), "line": 1}

    @cached_property
    def _named(self) -> dict[tuple[str, str], dict[str, object]]:
        found: dict[tuple[str, str], dict[str, object]] = {}
        for path in self._files():
            file = shown(path)
            for kind, name, line in _names(path, frozenset(self._contract.rpc_methods)):
                found.setdefault((kind, name), {"file": file, "line": line})
        return found

    def _files(self) -> list[Path]:
        """The contract's own file first; a built-in contract has its folder to itself, any other may lie anywhere."""
        own = self._contract.path
        parts = {clause.file for clause in self._contract.clauses.values()}
        if own.is_relative_to(_PACKAGE):
            parts |= set(own.parent.rglob("*.yaml"))
        return [own, *sorted(parts - {own})]


def shown(path: Path) -> str:
    """A path as a report names it: from the package, else from the working folder, else the bare name."""
    for folder, start in ((_PACKAGE, _PACKAGE.name), (Path.cwd(), ".")):
        if path.resolve().is_relative_to(folder.resolve()):
            return (Path(start) / path.resolve().relative_to(folder.resolve())).as_posix()
    return path.name


def _names(path: Path, methods: frozenset[str]) -> Iterator[tuple[str, str, int]]:
    try:
        with path.open(encoding="utf-8") as file:
            lines = file.read(_LIMIT).splitlines()
    except (OSError, UnicodeDecodeError):
        return
    for number, line in enumerate(lines, start=1):
        match = _NAMED.match(line)
        if match:
            yield match[1], match[2], number
        elif methods:
            member = _MEMBER.match(line)
            if member and member[1] in methods:
                yield "method", member[1], number
