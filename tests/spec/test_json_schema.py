"""OpenAPI 3.0 schemas mean the same as JSON Schema."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproof.json_schema import schema_as_json_schema

VALUES = st.one_of(
    st.none(), st.integers(-3, 3), st.text(max_size=3), st.booleans(), st.lists(st.integers(), max_size=2)
)
SCHEMAS = st.sampled_from(
    [
        {"type": "string"},
        {"type": "integer", "minimum": 0},
        {"type": "array", "items": {"type": "integer"}},
        {"enum": ["a", 1]},
        {"type": "string", "enum": ["a", "b"]},
        {"oneOf": [{"type": "string"}, {"type": "integer"}]},
        {"anyOf": [{"type": "string", "maxLength": 1}, {"type": "boolean"}]},
        {"allOf": [{"type": "integer"}, {"maximum": 2}]},
    ]
)


def accepts(schema: dict[str, Any], value: object, direction: Any = "response") -> bool:
    """Whether the converted schema accepts a value."""
    return jsonschema_rs.is_valid(schema_as_json_schema(schema, direction), value)


@given(schema=SCHEMAS, value=VALUES)
def test_nullable_adds_null_and_nothing_else(schema: dict[str, Any], value: object) -> None:
    assert (value is None or accepts(schema, value)) == accepts({**schema, "nullable": True}, value)


@given(schema=SCHEMAS, value=VALUES)
def test_a_schema_without_openapi_words_stays_as_it_is(schema: dict[str, Any], value: object) -> None:
    assert jsonschema_rs.is_valid(schema, value) == accepts(schema, value)


@given(value=st.integers(-2, 2), exclusive=st.booleans())
def test_boolean_bounds_become_numeric(value: int, exclusive: bool) -> None:
    schema = {"type": "integer", "minimum": 0, "exclusiveMinimum": exclusive}
    assert (value > 0 or (value == 0 and not exclusive)) == accepts(schema, value)


@pytest.mark.parametrize(
    ("mark", "direction", "accepted"),
    [
        ("readOnly", "request", True),
        ("readOnly", "response", False),
        ("writeOnly", "request", False),
        ("writeOnly", "response", True),
    ],
)
def test_a_member_of_the_other_direction_is_not_required(mark: str, direction: str, accepted: bool) -> None:
    schema = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer", mark: True}}}
    assert accepted == accepts(schema, {}, direction)
