"""A request that the contract allows, for each operation.

Its examples, with what the target really holds put in. What an operation deletes is never a sample.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from mailproof.pointers import mapping, resolve, sequence, token
from mailproof_conformance import binding, wire
from mailproof_conformance.formats import is_xml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response

UNKNOWN_NUMBER = 987_654_321
"""The id of nothing."""
NO_QUERY = "mailproof"
"""A name that no operation has in its query: a memory that goes by the address does not know the request."""


def call(check: Check, operation: Operation, **overrides: Any) -> Response:
    """The answer to the operation's specimen; `overrides` are arguments of `Check.call`.

    A path or query that is given as an object is laid over the specimen's. Skips without the samples.
    """
    content_type = overrides.get("content_type")
    if "body" not in overrides:
        overrides["body"] = body(check, operation, content_type)
    given = mapping(overrides.get("path"))
    overrides["path"] = {**path(check, operation, without=given), **given}
    if "raw_query" not in overrides and isinstance(overrides.get("query", {}), Mapping):
        overrides["query"] = {**query(check, operation), **overrides.get("query", {})}
    return check.call(operation.id, **overrides)


def path(check: Check, operation: Operation, without: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Values of the path's parameters, but for those that are there already."""
    declared = [item for item in operation.definition["parameters"] if item["in"] == "path"]
    return {
        item["name"]: unknown(check, item) if deletes(operation) else check.path_value(operation, item)
        for item in declared
        if item["name"] not in (without or {})
    }


def query(check: Check, operation: Operation) -> dict[str, Any]:
    """Values of the parameters that the query needs: the target's samples, else the contract's examples.

    What the target has a sample of under the operation's own name is needed too.
    """
    found: dict[str, Any] = {}
    own = mapping(check.samples.get(operation.id))
    for item in operation.definition["parameters"]:
        if item["in"] != "query" or not (item.get("required") or item["name"] in own):
            continue
        name, example = item["name"], binding.parameter_example(item)
        if deletes(operation):
            value: Any = unknown(check, item)
        else:
            value = check.sample(name) if example is None else check.samples_for(operation).get(name, example)
        found.update(cast("dict[str, Any]", value) if isinstance(value, dict) else {name: value})
    return found


def deletes(operation: Operation) -> bool:
    """Whether what the operation is given is gone afterwards."""
    return operation.method == "delete"


def unknown(check: Check, parameter: Mapping[str, Any]) -> Any:
    """A value that names nothing."""
    kind = mapping(parameter.get("schema")).get("type")
    return UNKNOWN_NUMBER if kind == "integer" else check.fresh("unknown-")


def body(check: Check, operation: Operation, content_type: str | None = None) -> Any:
    """A body that the operation takes, or None for an operation without one."""
    if "x-rpc-methods" in operation.definition:
        return rpc_body(check)
    key = ("body", operation.id, content_type or "")
    example = check.once(key, lambda: example_body(check.contract, operation, content_type))
    return binding.bound(example, check.samples_for(operation))


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


def example_body(contract: Contract, operation: Operation, content_type: str | None = None) -> Any:
    """An example of the operation's request body in a media type, by default the first that has one.

    None where there is no body. Skips nothing, binds nothing.
    """
    declared = wire.request_types(operation)
    for media_type in [content_type] if content_type in declared else declared:
        for example in examples(contract, operation, media_type):
            return example.encode() if isinstance(example, str) and is_xml(media_type) else example
    return None


def examples_of(check: Check, operation: Operation, media_type: str) -> tuple[Any, ...]:
    """All of the `examples`, worked out once in a run."""
    key = ("examples", operation.id, media_type)
    return check.once(key, lambda: tuple(examples(check.contract, operation, media_type)))


def examples(contract: Contract, operation: Operation, media_type: str) -> Iterator[Any]:
    """The examples of the operation's request body in a media type it declares: its own, then those of its schema."""
    place = f"{operation.pointer}/requestBody/content/{token(media_type)}"
    content, _ = resolve(contract.document, place)
    if "example" in content:
        yield content["example"]
    for name in mapping(content.get("examples")):
        yield resolve(contract.document, f"{place}/examples/{token(name)}")[0]["value"]
    if "schema" in content:
        yield from binding.schema_examples(contract.document, f"{place}/schema")
