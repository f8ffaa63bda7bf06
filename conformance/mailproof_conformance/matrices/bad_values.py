"""Bad values: what a schema refuses and an enumeration passes over, each sent alone in an otherwise good request.

A day that no month has, an item that an array holds twice, a number below nought.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from mailproof.pointers import mapping
from mailproof_conformance import specimen, wire
from mailproof_conformance.case import Case
from mailproof_conformance.formats import is_json
from mailproof_conformance.front import answer_level, problem_of
from mailproof_conformance.payload import schema_pointer
from mailproof_conformance.resources import json_object
from mailproof_conformance.taken import refused
from mailproof_conformance.validators import Validators

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.check import Check

_DAYS = {"date": "2024-02-30", "date-time": "2024-02-30T09:00:00Z"}
_NEGATIVE = -1
_TWICE: Mapping[str, list[Any]] = {"string": ["a", "b", "a"], "integer": [1, 2, 1]}


def cases(contract: Contract) -> Iterator[Case]:
    """For each operation: every member of its JSON object and every parameter that such a value can be told for."""
    validators = Validators(contract.document, "request")
    for operation in contract.operations:
        if "x-rpc-methods" in operation.definition:
            continue
        example = specimen.example_body(contract, operation)
        media_type = next((name for name in wire.request_types(operation) if is_json(name)), None)
        if media_type is not None and isinstance(example, dict):
            validator = validators.of(schema_pointer(operation, media_type))
            for member, schema in json_object(contract, operation).items():
                for name, value in _values(schema):
                    body = {**cast("dict[str, Any]", example), member: value}
                    if validator.is_valid(example) and not validator.is_valid(body):
                        run = partial(_bad_member, operation, media_type, member, value)
                        yield _case(contract, operation, f"{member} {name}", f"a `{member}` of {value}", run)
        for parameter in operation.definition["parameters"]:
            own = mapping(parameter.get("schema"))
            if (
                own.get("type") == "integer"
                and own.get("minimum", _NEGATIVE) > _NEGATIVE
                and parameter["in"] == "query"
            ):
                run = partial(_bad_query, operation, parameter["name"])
                what = f"a `{parameter['name']}` of {_NEGATIVE}"
                yield _case(contract, operation, f"{parameter['name']} negative", what, run)


def _values(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    kind = schema.get("type")
    if kind == "string" and schema.get("format") in _DAYS:
        yield "no day", _DAYS[schema["format"]]
    if kind == "array" and schema.get("uniqueItems"):
        item = str(mapping(schema.get("items")).get("type"))
        if item in _TWICE:
            yield "twice the same", _TWICE[item]
    if kind in {"integer", "number"} and schema.get("minimum", _NEGATIVE) > _NEGATIVE:
        yield "negative", _NEGATIVE


def _case(contract: Contract, operation: Operation, name: str, what: str, run: Callable[[Check], None]) -> Case:
    problem = problem_of(contract, "bad-request")
    level = answer_level(operation) if problem is None else problem.level
    identity, promise = f"bad-input/{operation.id}/value {name}", f"{operation.id} refuses {what}."
    return Case(identity, "bad-input", (operation.id,), promise, operation.pointer, level, run)


def _bad_member(operation: Operation, media_type: str, member: str, value: Any, check: Check) -> None:
    body = {**specimen.body(check, operation), member: value}
    response = specimen.call(check, operation, body=body, content_type=media_type)
    check.conforms(operation.id, response)
    refused(response)


def _bad_query(operation: Operation, name: str, check: Check) -> None:
    response = specimen.call(check, operation, query={name: _NEGATIVE})
    check.conforms(operation.id, response)
    refused(response)
