"""Answers for a contract of the user's own: its examples, or a value made from its schemas. Nothing is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from mailproof.pointers import dereference, mapping, members
from mailproof.promises import ContractError
from mailproof_mock.call import Answer, Call, Handler
from mailproof_mock.plan import declared_statuses

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailproof.promises import Contract, Operation

_DEEPEST = 12  # levels of a recursive schema that are written out
_LARGEST = 10_000  # characters of a text, or items of an array, that are made up
_TEXTS = {
    "date-time": "2024-01-01T00:00:00Z",
    "date": "2024-01-01",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "email": "someone@example.com",
    "uri": "https://example.com/",
}


def example_handlers(contract: Contract) -> dict[str, Handler]:
    """One handler an operation, answering with its lowest 2xx response."""
    return {operation.id: _handler(contract, operation) for operation in contract.operations}


def _handler(contract: Contract, operation: Operation) -> Handler:
    declared = declared_statuses(operation)
    status = min((status for status in declared if 200 <= status < 300), default=200)  # noqa: PLR2004 - successes
    response = mapping(operation.definition["responses"].get(declared.get(status, "")))
    body = _body(contract.document, response)
    headers = {
        name: str(_value(contract.document, members(header, "schema"), 0))
        for name, header in members(response, "headers").items()
        if header.get("required")
    }

    async def answer(call: Call) -> Answer:
        del call
        return Answer(body, status, headers)

    return answer


def _body(document: Mapping[str, Any], response: Mapping[str, Any]) -> Any:
    for content in members(response, "content").values():
        if "example" in content:
            return content["example"]
        for example in members(content, "examples").values():
            return dereference(document, example).get("value")
        return _value(document, members(content, "schema"), 0)
    return None


def _value(document: Mapping[str, Any], schema: Mapping[str, Any], depth: int) -> Any:
    """The smallest honest value of a schema: its example, default or first enum value, else one made by its type."""
    schema = dereference(document, schema)
    for name in ("example", "default"):
        if name in schema:
            return schema[name]
    if schema.get("enum"):
        return schema["enum"][0]
    if depth > _DEEPEST:
        return None
    if "allOf" in schema:
        parts = [_value(document, part, depth + 1) for part in schema["allOf"]]
        own = _object(document, schema, depth) if "properties" in schema else {}
        return {name: value for part in [*parts, own] for name, value in members(part).items()}
    for name in ("oneOf", "anyOf"):
        if schema.get(name):
            return _value(document, schema[name][0], depth + 1)
    return _by_type(document, schema, depth)


def _by_type(document: Mapping[str, Any], schema: Mapping[str, Any], depth: int) -> Any:
    kind = schema.get("type", "object" if "properties" in schema else None)
    if kind == "object":
        return _object(document, schema, depth)
    if kind in ("array", "string") and max(schema.get("minItems", 0), schema.get("minLength", 0)) > _LARGEST:
        raise ContractError(f"a schema asks for more than {_LARGEST} items or characters: give it an example")
    if kind == "array":
        return [
            _value(document, schema.get("items", {}), depth + 1)
            for _ in range(schema.get("minItems", 1 if depth == 0 else 0))
        ]
    if kind in ("integer", "number"):
        return schema.get("minimum", 0) + (1 if schema.get("exclusiveMinimum") is True else 0)
    if kind == "boolean":
        return True
    if kind == "string":
        text = _TEXTS.get(schema.get("format", ""), "text")
        return (text * (schema.get("minLength", 0) // len(text) + 1))[: schema.get("maxLength", None)]
    return None


def _object(document: Mapping[str, Any], schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
    properties = cast("dict[str, Mapping[str, Any]]", schema.get("properties") or {})
    return {
        name: _value(document, entry, depth + 1) for name, entry in properties.items() if not entry.get("writeOnly")
    }
