"""Rules `example` and `default`: every example and default value fits the schema that it stands beside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import jsonschema_rs

from mailproof.json_schema import as_json_schema
from mailproof.pointers import escaped, resolve, token
from mailproof_conformance.formats import is_xml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_URI = "urn:mailproof:contract"
_DATA = frozenset({"example", "examples", "default", "enum", "value", "const"})
_SCHEMA_MAPS = frozenset({"properties", "patternProperties", "schemas"})

Wrong = tuple[str, str, str]


def examples(document: Mapping[str, Any]) -> Iterator[Wrong]:
    """Pointer, rule and message of every value that does not fit.

    A value is held against the form that its place has, request or response; inside `components`, where both
    are possible, one of them is enough.
    """
    judge = _Judge(document)
    yield from _walk(judge, document, "#", None)


class _Judge:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        forms = [dict(document)]
        if str(document.get("openapi")).startswith("3.0"):
            forms = [as_json_schema(document, "request"), as_json_schema(document, "response")]
        self._registries = [jsonschema_rs.Registry([(_URI, form)]) for form in forms]

    def message(self, pointer: str, value: object, direction: str | None) -> str | None:
        """What is wrong with a value by the schema at a pointer, or None."""
        chosen = (
            self._registries
            if direction is None
            else [self._registries[direction == "response" and len(self._registries) > 1]]
        )
        found: str | None = None
        for registry in chosen:
            found = _first_error(pointer, value, registry)
            if found is None:
                return None
        return found


def _first_error(pointer: str, value: object, registry: jsonschema_rs.Registry) -> str | None:
    try:
        schema = {"$ref": _URI + escaped(pointer)}
        validator = jsonschema_rs.Draft202012Validator(schema, registry=registry, validate_formats=True)
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        return f"its schema cannot be used: {error}"
    first = next(iter(validator.iter_errors(value)), None)
    if first is None:
        return None
    place = "/".join(str(part) for part in first.instance_path)
    return f"{first.message} (at /{place})" if place else first.message


def _walk(judge: _Judge, node: Any, pointer: str, direction: str | None) -> Iterator[Wrong]:
    if isinstance(node, list):
        for number, item in enumerate(cast("list[Any]", node)):
            yield from _walk(judge, item, f"{pointer}/{number}", direction)
        return
    if not isinstance(node, dict):
        return
    mapping = cast("dict[str, Any]", node)
    if isinstance(mapping.get("schema"), dict):
        yield from _beside(judge, mapping, pointer, direction)
    for key, value in mapping.items():
        place = f"{pointer}/{token(key)}"
        if key == "schema" or (key == "schemas" and pointer == "#/components"):
            yield from _schemas(
                judge,
                {key: value} if key == "schema" else value,
                pointer if key == "schema" else place,
                direction,
            )
        elif key not in _DATA and not key.startswith("x-"):
            yield from _walk(judge, value, place, _direction(key, direction))


def _direction(key: str, direction: str | None) -> str | None:
    return {"responses": "response", "requestBody": "request", "parameters": "request"}.get(key, direction)


def _beside(judge: _Judge, holder: Mapping[str, Any], pointer: str, direction: str | None) -> Iterator[Wrong]:
    """The examples of a media type, parameter or header."""
    if is_xml(pointer.rpartition("/")[2].replace("~1", "/")) and isinstance(holder.get("example"), str):
        return
    places = [f"{pointer}/example"] if "example" in holder else []
    named = cast("dict[str, Any]", holder.get("examples") or {})
    places += [f"{pointer}/examples/{token(name)}" for name in named]
    for place in places:
        try:
            value, _ = resolve(judge.document, place)
        except LookupError:
            yield place, "example", "refers to an example that is not there"
            continue
        if "/examples/" in place:
            if not isinstance(value, dict) or "value" not in value:
                continue
            value = cast("dict[str, Any]", value)["value"]
        message = judge.message(f"{pointer}/schema", value, direction)
        if message is not None:
            yield place, "example", message


def _schemas(judge: _Judge, schemas: Any, pointer: str, direction: str | None) -> Iterator[Wrong]:
    """The examples and defaults inside some schemas, however deep."""
    if not isinstance(schemas, dict):
        return
    for name, schema in cast("dict[str, Any]", schemas).items():
        if isinstance(schema, dict):
            yield from _schema(judge, cast("dict[str, Any]", schema), f"{pointer}/{token(name)}", direction)


def _schema(judge: _Judge, schema: Mapping[str, Any], pointer: str, direction: str | None) -> Iterator[Wrong]:
    for rule in ("example", "default"):
        if rule in schema:
            message = judge.message(pointer, schema[rule], direction)
            if message is not None:
                yield f"{pointer}/{rule}", rule, message
    for key in _SCHEMA_MAPS & set(schema):
        yield from _schemas(judge, schema[key], f"{pointer}/{key}", direction)
    for key in ("items", "not", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from _schema(judge, schema[key], f"{pointer}/{key}", direction)
    for key in ("allOf", "anyOf", "oneOf"):
        for number, inner in enumerate(schema.get(key) or []):
            if isinstance(inner, dict):
                yield from _schema(judge, cast("dict[str, Any]", inner), f"{pointer}/{key}/{number}", direction)
