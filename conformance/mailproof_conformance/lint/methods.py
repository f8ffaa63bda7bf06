"""Rule `rpc`: every JSON-RPC method says what it takes, answers and refuses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast, get_args

from mailproof.pointers import resolve, sequence, token
from mailproof.promises import Effect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof.promises import Contract
    from mailproof_conformance.lint.examples import Wrong

_SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_FRAMEWORK_ERRORS = ("parse-error", "invalid-request", "method-not-found", "invalid-params", "internal-error")


def methods(contract: Contract) -> Iterator[Wrong]:
    """Pointer, rule and message of every breach; nothing for a REST API."""
    if not contract.rpc_methods:
        return
    errors = cast("dict[str, Any]", contract.document.get("x-rpc-errors") or {})
    for name in _FRAMEWORK_ERRORS:
        if name not in errors:
            yield "#/x-rpc-errors", "rpc", f"has no {name}, which every JSON-RPC API has"
    for name, entry in errors.items():
        if not isinstance(entry.get("code"), int) or not isinstance(entry.get("message"), str):
            yield f"#/x-rpc-errors/{token(name)}", "rpc", "needs a code, which is a number, and a message"
    operation = next(item for item in contract.operations if "x-rpc-methods" in item.definition)
    for name, entry in contract.rpc_methods.items():
        for message in _method(contract, name, entry, errors):
            yield f"{operation.pointer}/x-rpc-methods/{token(name)}", "rpc", message


def _method(contract: Contract, name: str, entry: Mapping[str, Any], errors: Mapping[str, Any]) -> Iterator[str]:
    if not _SNAKE_CASE.fullmatch(name):
        yield f"{name!r} is not in snake_case, and it is the name of a function"
    for member in ("summary", "tags", "result"):
        if not entry.get(member):
            yield f"has no {member}"
    if entry.get("effect") not in get_args(Effect):
        yield f"has the effect {entry.get('effect')!r}; it is one of {', '.join(get_args(Effect))}"
    params = cast("list[str]", entry.get("params") or [])
    required = entry.get("required")
    if not isinstance(required, int) or not 0 <= required <= len(params):
        yield f"requires {required!r} of {len(params)} params"
    for pointer in (*params, *filter(None, [entry.get("result")])):
        try:
            resolve(contract.document, pointer)
        except (LookupError, ValueError):
            yield f"refers to the schema {pointer}, which is not there"
    for error in sequence(entry.get("errors")):
        if error not in errors:
            yield f"ends in the error {error!r}, which is not among x-rpc-errors"
