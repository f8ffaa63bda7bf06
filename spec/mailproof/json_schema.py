"""OpenAPI 3.0 schemas as JSON Schema 2020-12, so that a stock validator means what the contract means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

Direction = Literal["request", "response"]

_SCHEMA_LISTS = ("allOf", "anyOf", "oneOf")
_SCHEMA_MAPS = ("properties", "patternProperties")
_SCHEMAS = ("items", "not", "additionalProperties")
_OPENAPI_ONLY = (
    "discriminator",
    "xml",
    "externalDocs",
    "example",
    "nullable",
    "readOnly",
    "writeOnly",
    "deprecated",
)


def as_json_schema(document: Mapping[str, Any], direction: Direction) -> dict[str, Any]:
    """A copy of a bundled OpenAPI 3.0 document with every schema in it turned into JSON Schema 2020-12.

    Places keep their JSON pointers, so a validator is compiled as `{"$ref": "<uri>#<pointer>"}` with the
    document registered under that URI. `nullable` becomes a null alternative (also beside `oneOf` and `$ref`,
    where OpenAPI 3.0 tools differ), boolean bounds become numeric ones, and a required member that the
    direction does not carry (`readOnly` in a request, `writeOnly` in a response) is not required. A response
    may not have the members that the vintage of the contract withholds (`x-withheld`).
    """
    return cast("dict[str, Any]", _walk(document, direction))


def schema_as_json_schema(schema: Mapping[str, Any], direction: Direction) -> dict[str, Any]:
    """One OpenAPI 3.0 schema object as JSON Schema 2020-12; references stay as they are."""
    source = dict(schema)
    target: dict[str, Any] = {key: value for key, value in source.items() if key not in _OPENAPI_ONLY}
    for key in _SCHEMA_LISTS:
        if key in target:
            target[key] = [schema_as_json_schema(item, direction) for item in target[key]]
    for key in _SCHEMA_MAPS:
        if key in target:
            target[key] = {name: schema_as_json_schema(item, direction) for name, item in target[key].items()}
    for key in _SCHEMAS:
        if isinstance(target.get(key), dict):
            target[key] = schema_as_json_schema(target[key], direction)
    _bounds(target)
    _required(source, target, direction)
    if direction == "response" and "x-withheld" in source:
        target["properties"] = {**target.get("properties", {}), **dict.fromkeys(source["x-withheld"], False)}
    if "example" in source:
        target["examples"] = [source["example"]]
    return _with_null(target) if source.get("nullable") is True else target


def _walk(node: Any, direction: Direction) -> Any:
    if isinstance(node, list):
        return [_walk(item, direction) for item in cast("list[Any]", node)]
    if not isinstance(node, dict):
        return node
    result: dict[str, Any] = {}
    for key, value in cast("dict[str, Any]", node).items():
        if key == "schema" and isinstance(value, dict):
            result[key] = schema_as_json_schema(cast("dict[str, Any]", value), direction)
        elif key == "schemas" and isinstance(value, dict):
            schemas = cast("dict[str, dict[str, Any]]", value)
            result[key] = {name: schema_as_json_schema(schema, direction) for name, schema in schemas.items()}
        elif key in {"example", "examples", "value"}:
            result[key] = value
        else:
            result[key] = _walk(value, direction)
    return result


def _bounds(schema: dict[str, Any]) -> None:
    for exclusive, inclusive in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        flag = schema.get(exclusive)
        if flag is True:
            schema[exclusive] = schema.pop(inclusive)
        elif flag is False:
            del schema[exclusive]


def _required(source: Mapping[str, Any], schema: dict[str, Any], direction: Direction) -> None:
    mark = "readOnly" if direction == "request" else "writeOnly"
    properties: dict[str, Any] = source.get("properties") or {}
    if "required" in schema:
        kept = [name for name in schema["required"] if properties.get(name, {}).get(mark) is not True]
        schema["required"] = kept


def _with_null(schema: dict[str, Any]) -> dict[str, Any]:
    if set(schema) & {"$ref", *_SCHEMA_LISTS} or ("type" not in schema and "enum" not in schema):
        names = ("description", "title", "default")
        notes: dict[str, Any] = {key: schema.pop(key) for key in names if key in schema}
        return {"anyOf": [schema, {"type": "null"}], **notes} if schema else notes
    if "enum" in schema and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    if "type" in schema:
        schema["type"] = [schema["type"], "null"]
    return schema
