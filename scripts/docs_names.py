"""What the documentation names: links, files, commands, options, targets, clauses and extension members."""

from __future__ import annotations

import re
import shlex
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import click

from docs_text import ROOT, Page, Problem
from mailproof import contract, providers
from mailproof.__main__ import mailproof

if TYPE_CHECKING:
    from collections.abc import Iterator

_CLAUSE = re.compile(r"\b(?:WC|GR|W50)-[a-z0-9]+(?:-[a-z0-9]+)*\b")
_PATH = re.compile(r"(?:spec|mock|conformance|tests|scripts|docs|\.ci|\.github)/[\w./<>*-]*")
_TARGET = re.compile(r"^(?:\$ )?make ([a-z-]+)")
_EXTENSION = re.compile(r"x-[a-z][a-z-]*")
_WHERE_TARGETS_ARE_TOLD = ROOT / "CONTRIBUTING.md"
_WHERE_EXTENSIONS_ARE_TOLD = ROOT / "docs" / "contracts.md"


def check_page(page: Page) -> Iterator[Problem]:
    """Names on a page that nothing in the repository bears."""
    yield from _links(page)
    for number, code in page.code():
        yield from _named_files(page, number, code)
        yield from _named_commands(page, number, code)
    clauses = _clauses()
    for number, line in enumerate(page.lines, start=1):
        for name in _CLAUSE.findall(line):
            if name not in clauses:
                yield Problem(page.path, number, f"no contract has a clause {name}")


def check_coverage() -> Iterator[Problem]:
    """Targets of the Makefile and members of the contracts that the page meant for them does not name."""
    told = _WHERE_TARGETS_ARE_TOLD.read_text(encoding="utf-8")
    for target in sorted(_targets()):
        if f"make {target}" not in told:
            yield Problem(_WHERE_TARGETS_ARE_TOLD, 1, f"does not name `make {target}`")
    told = _WHERE_EXTENSIONS_ARE_TOLD.read_text(encoding="utf-8")
    for member in sorted(_extension_members()):
        if f"`{member}`" not in told:
            yield Problem(_WHERE_EXTENSIONS_ARE_TOLD, 1, f"does not name `{member}`, which a contract uses")


def _links(page: Page) -> Iterator[Problem]:
    for line, target in page.links():
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = (page.path.parent / name).resolve() if name else page.path
        if not path.exists():
            yield Problem(page.path, line, f"the link {target} leads nowhere")
        elif anchor and anchor not in Page(path, path.read_text(encoding="utf-8")).anchors:
            yield Problem(page.path, line, f"{name or 'this page'} has no heading #{anchor}")


def _named_files(page: Page, line: int, code: str) -> Iterator[Problem]:
    if not _PATH.fullmatch(code):
        return
    pattern = re.sub(r"<[^>]*>", "*", code).rstrip("/")
    if not any(ROOT.glob(pattern)):
        yield Problem(page.path, line, f"there is no {code}")


def _named_commands(page: Page, line: int, code: str) -> Iterator[Problem]:
    target = _TARGET.match(code)
    if target and target[1] not in _targets():
        yield Problem(page.path, line, f"the Makefile has no target {target[1]}")
    words = _words(code)
    if words[:1] != ["mailproof"]:
        return
    command = _commands().get(words[1]) if len(words) > 1 and not words[1].startswith("-") else mailproof
    if command is None:
        yield Problem(page.path, line, f"there is no command `mailproof {words[1]}`")
        return
    known = {option for parameter in command.params for option in parameter.opts} | {"--help", "-h"}
    for word in words[1:]:
        option = word.partition("=")[0]
        if option.startswith("-") and option != "-" and option not in known:
            yield Problem(page.path, line, f"`{' '.join(words[:2])}` has no option {option}")


def _words(code: str) -> list[str]:
    command = re.split(r"[|;&>]", code.removeprefix("$ ").removesuffix("\\"))[0]
    try:
        return shlex.split(command)
    except ValueError:
        return []


@cache
def _commands() -> dict[str, click.Command]:
    context = click.Context(mailproof)
    found = {name: mailproof.get_command(context, name) for name in mailproof.list_commands(context)}
    return {name: command for name, command in found.items() if command is not None}


@cache
def _targets() -> frozenset[str]:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return frozenset(re.findall(r"^([a-z-]+):.*## ", text, re.MULTILINE))


@cache
def _clauses() -> frozenset[str]:
    return frozenset(name for provider in providers() for name in contract(provider).clauses)


def _extension_members() -> Iterator[str]:
    for provider in providers():
        document = contract(provider).document
        yield from document.get("x-front", {})
        yield from _extensions(document)


def _extensions(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in cast("list[Any]", node):
            yield from _extensions(item)
    elif isinstance(node, dict):
        for key, value in cast("dict[str, Any]", node).items():
            if _EXTENSION.fullmatch(key):
                yield key
            yield from _extensions(value)
