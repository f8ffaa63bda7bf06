"""A request that the contract allows, for each operation.

Its examples, with what the target really holds put in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from mailproof.pointers import mapping, resolve, sequence, token
from mailproof_conformance.wire import request_types

if TYPE_CHECKING:
    from mailproof.promises import Contract, Operation
    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response


def call(check: Check, operation: Operation, **overrides: Any) -> Response:
    """The answer to the operation's specimen; `overrides` are arguments of `Check.call`.

    Skips without the samples.
    """
    if "body" not in overrides:
        overrides["body"] = body(check, operation)
    return check.call(operation.id, **overrides)


def body(check: Check, operation: Operation) -> Any:
    """A body that the operation takes, or None for an operation without one."""
    if "x-rpc-methods" in operation.definition:
        return rpc_body(check)
    example = example_body(check.contract, operation)
    return bound(example, check.samples) if isinstance(example, dict) else example


def rpc_body(check: Check, method: str | None = None) -> dict[str, Any]:
    """A JSON-RPC call of a method, by default of the first that needs nothing but the key."""
    name = method or next(name for name, entry in check.contract.rpc_methods.items() if entry["required"] == 1)
    params = [check.api_key(), *conditions(check, name)]
    return {"jsonrpc": "2.0", "id": 1, "method": name, "params": params}


def conditions(check: Check, method: str) -> list[dict[str, Any]]:
    """What a call of a JSON-RPC method needs beside the key: nothing, or an object of its required members.

    A member takes the target's sample of its name, else the example of its schema, else a text.
    """
    entry = check.contract.rpc_methods[method]
    if entry["required"] == 1:
        return []
    schema, place = resolve(check.contract.document, entry["params"][1])
    members: dict[str, Any] = {}
    for name in sequence(schema.get("required")):
        own, _ = resolve(check.contract.document, f"{place}/properties/{token(name)}")
        members[name] = check.samples.get(name, own.get("example", "abc"))
    return [members]


def example_body(contract: Contract, operation: Operation) -> Any:
    """The first example of the operation's request body; None where there is no body.

    Skips nothing, binds nothing.
    """
    for media_type in request_types(operation):
        place = f"{operation.pointer}/requestBody/content/{token(media_type)}"
        content, _ = resolve(contract.document, place)
        if "example" in content:
            return content["example"]
        for name in mapping(content.get("examples")):
            return resolve(contract.document, f"{place}/examples/{token(name)}")[0]["value"]
        schema, _ = resolve(contract.document, f"{place}/schema")
        if "example" in schema:
            return schema["example"]
    return None


def bound(example: Any, samples: dict[str, Any]) -> dict[str, Any]:
    """An example body whose members take the value of the target's sample of the same name, if any."""
    return {name: samples.get(name, value) for name, value in cast("dict[str, Any]", example).items()}
