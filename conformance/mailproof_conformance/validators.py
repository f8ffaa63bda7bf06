"""Validators of a contract's schemas, compiled once and found by JSON pointer."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from mailproof.json_schema import as_json_schema
from mailproof.pointers import escaped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailproof.json_schema import Direction

_URI = "urn:mailproof:contract"


class Validators:
    """The validators of one contract, for what a client sends (`request`) or a server answers (`response`)."""

    def __init__(self, document: Mapping[str, Any], direction: Direction) -> None:
        self._document = document
        self._direction: Direction = direction
        self._known: dict[str, jsonschema_rs.Draft202012Validator] = {}

    def of(self, pointer: str) -> jsonschema_rs.Draft202012Validator:
        """The validator of the schema at a pointer."""
        validator = self._known.get(pointer)
        if validator is None:
            schema = {"$ref": _URI + escaped(pointer)}
            validator = jsonschema_rs.Draft202012Validator(schema, registry=self._registry, validate_formats=True)
            self._known[pointer] = validator
        return validator

    @cached_property
    def _registry(self) -> jsonschema_rs.Registry:
        return jsonschema_rs.Registry([(_URI, as_json_schema(self._document, self._direction))])
