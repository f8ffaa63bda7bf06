"""Rule `handler`: each operation has the function that its id names, and no function stands about unused.

The server's files are read as text, not imported: the suite does not depend on the server.
"""

from __future__ import annotations

import ast
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from mailproof.pointers import sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof.promises import Contract

_SERVER = "mailproof_mock"


def shipped(provider: str) -> Path | None:
    """The folder of the server's functions for a provider, if a server that has one is installed."""
    try:
        path = Path(str(files(_SERVER).joinpath(provider)))
    except ModuleNotFoundError:
        return None
    return path if path.is_dir() else None


def handlers(contract: Contract, folder: Path) -> Iterator[tuple[str, str, str]]:
    """File, function and message of every operation without a function, and every function without an operation.

    A function that another one uses needs no operation.
    """
    wanted = _wanted(contract)
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.py"))}
    found = {path: _functions(tree) for path, tree in trees.items()}
    everywhere = set[str]().union(*found.values())
    used = {name for tree in trees.values() for name in _used(tree)}
    for operation, tag in wanted.items():
        if operation not in everywhere:
            path = folder / f"{tag}.py"
            yield str(path), operation, "the contract has this operation, and no function of this name answers it"
    for path, functions in found.items():
        for function in sorted(functions - wanted.keys() - used):
            yield str(path), function, "this function answers no operation of the contract"


def _wanted(contract: Contract) -> dict[str, str]:
    """Each operation or JSON-RPC method with the resource that its first tag names."""
    rest = {item.id: item.tag for item in contract.operations if "x-rpc-methods" not in item.definition}
    tags = {name: sequence(entry.get("tags")) for name, entry in contract.rpc_methods.items()}
    return {**rest, **{name: str(found[0]) if found else "" for name, found in tags.items()}}


def _functions(tree: ast.Module) -> set[str]:
    """The public coroutines of a module that take a call and nothing else."""
    found = [node for node in tree.body if isinstance(node, ast.AsyncFunctionDef) and not node.name.startswith("_")]
    return {node.name for node in found if [argument.arg for argument in node.args.args] == ["call"]}


def _used(tree: ast.Module) -> Iterator[str]:
    """The names that a module's code mentions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
