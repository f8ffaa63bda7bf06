"""Validators of a contract's schemas, compiled once and found by JSON pointer."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import jsonschema_rs

from mailproof.json_schema import Direction, as_json_schema, schema_as_json_schema

if TYPE_CHECKING:
    from collections.abc import Mapping

_HOME = "urn:mailproof:contract"


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


class Validators:
    """The validators of one contract for one direction. They share one registry, so the document is kept once."""

    def __init__(self, document: Mapping[str, Any], direction: Direction) -> None:
        self._direction: Direction = direction
        self._document = as_json_schema(document, direction)
        self._registry = jsonschema_rs.Registry(resources=[(_HOME, self._document)], draft=jsonschema_rs.Draft202012)
        self._compiled: dict[str, jsonschema_rs.Validator] = {}

    def at(self, pointer: str) -> jsonschema_rs.Validator:
        """The validator of the schema at a JSON pointer (`#/components/schemas/Contact`)."""
        found = self._compiled.get(pointer)
        if found is None:
            found = self._compiled[pointer] = self._compile({"$ref": f"{_HOME}{pointer}"})
        return found

    def of(self, schema: Mapping[str, Any]) -> jsonschema_rs.Validator:
        """The validator of a schema object that stands in the contract (a reference in it is the document's)."""
        reference = schema.get("$ref")
        if reference is not None:
            return self.at(str(reference))
        text = json.dumps(schema, sort_keys=True)
        found = self._compiled.get(text)
        if found is None:
            converted = schema_as_json_schema(schema, self._direction)
            found = self._compiled[text] = self._compile(_with_absolute_references(converted))
        return found

    def _compile(self, schema: dict[str, Any]) -> jsonschema_rs.Validator:
        return jsonschema_rs.Draft202012Validator(
            schema,
            registry=self._registry,
            validate_formats=True,
            formats={"date": _is_date},
            pattern_options=jsonschema_rs.RegexOptions(),  # linear time: a hostile text cannot hold the loop
        )

    def first_error(self, pointer: str, value: object) -> str | None:
        """What is wrong with a value, in one short line that says where; None when it fits."""
        validator = self.at(pointer)
        return None if validator.is_valid(value) else describe(validator, value)


def _with_absolute_references(node: Any) -> Any:
    """A schema taken out of the document, its local references led back into it."""
    if isinstance(node, list):
        return [_with_absolute_references(item) for item in cast("list[Any]", node)]
    if not isinstance(node, dict):
        return node
    mapping = cast("dict[str, Any]", node)
    return {
        name: f"{_HOME}{value}" if name == "$ref" and isinstance(value, str) else _with_absolute_references(value)
        for name, value in mapping.items()
    }


def describe(validator: jsonschema_rs.Validator, value: object) -> str:
    """The first error of a value in one short line: place and message, never the whole value."""
    try:
        error = next(iter(validator.iter_errors(value)))
    except ValueError:  # jsonschema-rs describes errors down to some 250 levels
        return "it is nested too deeply"
    place = "/".join(str(part) for part in error.instance_path)
    message = " ".join(error.message.split())
    if len(message) > 200:  # noqa: PLR2004 - the message echoes the value, which may be of any size
        message = f"{message[:120]} ... {message[-70:]}"
    return f"{place}: {message}" if place else message
