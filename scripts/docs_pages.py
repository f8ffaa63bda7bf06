"""The parts of the documentation that are written by a program: whole pages, and regions between two marks.

A region begins with `<!-- generated: NAME ARGUMENT -->` and ends with `<!-- /generated -->`.
"""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from docs_text import ROOT
from mailproof import contract, providers
from mailproof.__main__ import mailproof
from mailproof_conformance.laws import laws_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from mailproof.promises import Contract

_REGION = re.compile(r"(<!-- generated: (\S+) ?(\S*) -->\n).*?(<!-- /generated -->)", re.DOTALL)
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
        f"* Contract: [openapi.yaml]({source}/openapi.yaml), [clauses.yaml]({source}/clauses.yaml)",
        f"* Where each promise was read, and what was decided: [README.md]({source}/README.md)",
        f"* The sandbox: [fixtures.yaml](../../mock/mailproof_mock/{name}/fixtures.yaml)",
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
        parts.append(f"Level {clause.level}; source {clause.source}; {_about(clause.operations)}; cases: {proof}.")
    return "\n".join(parts) + "\n"


def _about(operations: tuple[str, ...]) -> str:
    return "about " + ", ".join(f"`{name}`" for name in operations) if operations else "about every operation"


def _operation_rows(promises: Contract) -> Iterator[tuple[str, ...]]:
    for operation in promises.operations:
        handler = _handler(promises.provider, operation.tag)
        if "x-rpc-methods" not in operation.definition:
            request = f"`{operation.method.upper()} {operation.path}`"
            yield f"`{operation.id}`", request, operation.effect, operation.standing, handler
    for name, method in promises.rpc_methods.items():
        handler = _handler(promises.provider, (method.get("tags") or [""])[0])
        yield f"`{name}`", "JSON-RPC method", method["effect"], method.get("x-standing", "seed"), handler


def _handler(provider: str, tag: str) -> str:
    return f"[{tag}.py](../../mock/mailproof_mock/{provider}/{tag}.py)" if tag else ""


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
    for path in ROOT.glob("spec/mailproof/*/clauses.yaml"):
        for entry in re.split(r"^(?=- id: )", path.read_text(encoding="utf-8"), flags=re.MULTILINE):
            if entry.startswith(f"- id: {name}\n"):
                return f"```yaml\n{entry.rstrip()}\n```"
    raise KeyError(name)


_REGIONS: dict[str, Callable[[str], str]] = {"clause": _clause, "figures": _figures, "modules": _modules}
