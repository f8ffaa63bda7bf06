"""The parts of the documentation that are written by a program: whole pages, and regions between two marks.

A region begins with `<!-- generated: NAME ARGUMENT -->` and ends with `<!-- /generated -->`.
"""

from __future__ import annotations

import ast
import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from docs_life_cycles import life_cycles
from docs_text import ROOT
from mailproof import contract, providers
from mailproof.__main__ import mailproof
from mailproof.parts import read_merged
from mailproof.pointers import resolve
from mailproof.vintage import additions, vintages
from mailproof_conformance.laws import laws_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from mailproof.promises import Contract

_REGION = re.compile(r"(<!-- generated: (\S+) ?(\S*) -->\n).*?(<!-- /generated -->)", re.DOTALL)
_FUNCTION = ast.AsyncFunctionDef
_WRITTEN = "<!-- Written by `make docs`; change the contract, the code or scripts/docs_pages.py instead. -->"


def generated_pages() -> Iterator[tuple[Path, str]]:
    """Every page that a program writes, with the text it has to have."""
    yield ROOT / "docs" / "cli-reference.md", _cli_reference()
    for name in providers():
        yield ROOT / "docs" / "providers" / f"{name}.md", _provider_page(contract(name))


def with_regions(text: str) -> str:
    """A page's text with every region in it written anew. Raises KeyError for a region of an unknown name."""
    return _REGION.sub(lambda match: f"{match[1]}{_REGIONS[match[2]](match[3])}\n{match[4]}", text)


def _cli_reference() -> str:
    parts = ["# Command line", "", _WRITTEN, "", "What `--help` prints, for every command."]
    for name in (
        "",
        *mailproof.list_commands(mailproof.make_context("mailproof", [], resilient_parsing=True)),
    ):
        title = f"mailproof {name}".strip()
        arguments = [name, "--help"] if name else ["--help"]
        result = CliRunner().invoke(mailproof, arguments, prog_name="mailproof", terminal_width=100)
        parts += ["", f"## {title}", "", "```text", result.output.rstrip(), "```"]
    return "\n".join(parts) + "\n"


def _provider_page(promises: Contract) -> str:
    name = promises.provider
    source = f"../../spec/mailproof/{name}"
    info: dict[str, Any] = promises.document["info"]
    parts = [
        f"# {info['title']}",
        "",
        _WRITTEN,
        "",
        f"* Contract: [openapi.yaml]({source}/openapi.yaml), {_files(f'spec/mailproof/{name}/clauses.yaml')}",
        f"* Where each promise was read, and what was decided: [README.md]({source}/README.md)",
        f"* The sandbox: {_files(f'mock/mailproof_mock/{name}/fixtures.yaml')}",
        *_vintages(promises),
        *_settings(name),
        "",
        "## Operations",
        "",
        *_table(("operation", "request", "effect", "standing", "handler"), _operation_rows(promises)),
        "",
        "## Front door",
        "",
        "What happens before an operation sees a request: [the members](../contracts.md#the-front-door).",
        "",
        *_table(("member", "value"), _front_rows(promises.document.get("x-front", {}))),
        "",
        "## Errors",
        "",
        *_table(("name", "answer", "standing"), _problem_rows(promises)),
        *life_cycles(promises.document),
        "",
        "## Clauses",
        "",
        "Promises that a schema cannot say. The id is also the name of the case that proves it.",
    ]
    cases: dict[str, list[str]] = {}
    for law in laws_of(name):
        file = law.module.replace(".", "/")
        cases.setdefault(law.clause, []).append(f"[{law.name}](../../conformance/{file}.py)")
    for clause in promises.clauses.values():
        proof = ", ".join(cases.get(clause.id, ["none yet"]))
        parts += ["", f"### {clause.id}", "", clause.sentence, ""]
        since = "" if clause.vintage is None else f" from vintage {clause.vintage} on;"
        told = f"Level {clause.level}; source {clause.source};{since} {_about(clause.operations)}; cases: {proof}."
        parts.append(told)
    return "\n".join(parts) + "\n"


def _files(path: str) -> str:
    """Links from a provider's page to a file, and to the folder that has the rest of it."""
    found = [part for part in (ROOT / path, (ROOT / path).with_suffix("")) if part.exists()]
    return ", ".join(f"[{part.name}](../../{part.relative_to(ROOT)})" for part in found)


def _vintages(promises: Contract) -> Iterator[str]:
    known = vintages(promises.document)
    if not known:
        return
    name, first, newest = promises.provider, known[0], known[-1]
    added: dict[str, list[str]] = {vintage: [] for vintage in known}
    for pointer, vintage in additions(promises.document):
        added[vintage].append(_marked(promises, pointer))
    for clause in promises.clauses.values():
        if clause.vintage is not None:
            added[clause.vintage].append(f"[{clause.id}](#{clause.id.lower()})")
    yield from ("", "## Vintages", "")
    yield f"The mock serves the newest, {newest}, or with `mailproof mock --vintage {name}={first}` an older one;"
    yield f"`mailproof check {name} --vintage {first}` holds a server against it."
    yield ""
    rows = ((vintage, ", ".join(things) or "everything without a mark") for vintage, things in added.items())
    yield from _table(("vintage", "what it adds"), rows)


def _marked(promises: Contract, pointer: str) -> str:
    """What a JSON pointer of the contract leads to, as a reader calls it."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    thing, _ = resolve(promises.document, f"#{pointer}")
    match steps:
        case ["components", "schemas", schema, *inner]:
            return f"`{'.'.join([schema, *(step for step in inner if step != 'properties')])}`"
        case ["components", "parameters", _]:
            return f"parameter `{thing['name']}`"
        case ["paths", path, method, "parameters", _]:
            operation = next(item for item in promises.operations if (item.path, item.method) == (path, method))
            return f"`{thing['name']}` of `{operation.id}`"
        case ["paths", path, method]:
            return f"`{method.upper()} {path}`"
        case ["paths", path]:
            return f"`{path}`"
        case _:
            return f"`{pointer}`"


def _settings(name: str) -> Iterator[str]:
    fixtures = read_merged(ROOT / "mock" / "mailproof_mock" / name / "fixtures.yaml")
    settings: dict[str, dict[str, Any]] = fixtures.get("settings") or {}
    if not settings:
        return
    yield from ("", "## Settings", "")
    yield f"What a user of the mock may choose: `mailproof mock --set {name}.{next(iter(settings))}=VALUE`."
    yield ""
    rows = ((f"`{key}`", f"`{json.dumps(item['value'])}`", item["description"]) for key, item in settings.items())
    yield from _table(("setting", "default", "what it does"), rows)


def _about(operations: tuple[str, ...]) -> str:
    return "about " + ", ".join(f"`{name}`" for name in operations) if operations else "about every operation"


def _operation_rows(promises: Contract) -> Iterator[tuple[str, ...]]:
    for operation in promises.operations:
        handler = _handler(promises.provider, operation.id)
        if "x-rpc-methods" not in operation.definition:
            request = f"`{operation.method.upper()} {operation.path}`"
            yield f"`{operation.id}`", request, operation.effect, operation.standing, handler
    for name, method in promises.rpc_methods.items():
        handler = _handler(promises.provider, name)
        yield f"`{name}`", "JSON-RPC method", method["effect"], method.get("x-standing", "seed"), handler


def _handler(provider: str, name: str) -> str:
    """A link to the module that has the function of that name."""
    file = _handler_files(provider).get(name, "")
    return f"[{file}](../../mock/mailproof_mock/{provider}/{file})" if file else ""


@cache
def _handler_files(provider: str) -> dict[str, str]:
    folder = ROOT / "mock" / "mailproof_mock" / provider
    trees = {path.name: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.py"))}
    return {node.name: file for file, tree in trees.items() for node in tree.body if isinstance(node, _FUNCTION)}


def _front_rows(front: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for key, value in front.items():
        text = value if isinstance(value, str) else json.dumps(value)
        yield f"`{key}`", f"`{text}`"


def _problem_rows(promises: Contract) -> Iterator[tuple[str, ...]]:
    for name, problem in promises.document.get("x-problems", {}).items():
        yield f"`{name}`", f"HTTP {problem['status']}", problem.get("x-standing", "seed")
    for name, error in promises.document.get("x-rpc-errors", {}).items():
        yield f"`{name}`", f"`{error['code']}` {error['message']}", error.get("x-standing", "seed")


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield "| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |"


def _modules(folder: str) -> str:
    rows: list[tuple[str, ...]] = []
    for path in sorted((ROOT / folder).glob("*.py")):
        sentence = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]
        if path.stem != "__init__":
            rows.append((f"[{path.name}]({path.relative_to(ROOT)})", sentence))
    return "\n".join(_table(("file", "what it is"), rows))


def _figures(_: str) -> str:
    rows: list[tuple[str, ...]] = []
    for name in providers():
        promises = contract(name)
        operations = len(promises.rpc_methods) or len(promises.operations)
        page = f"[{promises.document['info']['title']}](docs/providers/{name}.md)"
        rows.append((page, str(operations), str(len(promises.clauses)), str(len(laws_of(name)))))
    return "\n".join(_table(("API", "operations", "clauses", "cases that prove them"), rows))


def _clause(name: str) -> str:
    """A clause as its file has it."""
    for path in (*ROOT.glob("spec/mailproof/*/clauses.yaml"), *ROOT.glob("spec/mailproof/*/clauses/*.yaml")):
        for entry in re.split(r"^(?=- id: )", path.read_text(encoding="utf-8"), flags=re.MULTILINE):
            if entry.startswith(f"- id: {name}\n"):
                return f"```yaml\n{entry.rstrip()}\n```"
    raise KeyError(name)


_REGIONS: dict[str, Callable[[str], str]] = {"clause": _clause, "figures": _figures, "modules": _modules}
