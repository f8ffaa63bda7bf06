"""Rules of this project's contracts: what every operation and parameter has to say of itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast, get_args

from mailproof.pointers import mapping, resolve, token
from mailproof.promises import Effect, Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.lint.examples import Wrong

_SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_PASCAL_CASE = re.compile(r"[A-Z][A-Za-z0-9]*")
_EFFECTS = get_args(Effect)
_STANDINGS = get_args(Standing)


def conventions(contract: Contract) -> Iterator[Wrong]:
    """Pointer, rule and message of every breach."""
    for operation in contract.operations:
        yield from _operation(operation)
        yield from _parameters(contract, operation)
        yield from _marks(contract, operation)
    for section in ("schemas", "responses", "examples"):
        for name in mapping(contract.document.get("components", {}).get(section)):
            if not _PASCAL_CASE.fullmatch(name):
                yield f"#/components/{section}/{name}", "component-name", f"{name!r} is not in PascalCase"
    yield from _standings(contract.document, "#")


def _operation(operation: Operation) -> Iterator[Wrong]:
    if not _SNAKE_CASE.fullmatch(operation.id):
        message = f"{operation.id!r} is not in snake_case, and it is the name of a function"
        yield f"{operation.pointer}/operationId", "operation-id", message
    if "x-effect" not in operation.definition:
        yield operation.pointer, "effect", f"has no x-effect; it is one of {', '.join(_EFFECTS)}"
    for name in ("summary", "description"):
        if not str(operation.definition.get(name, "")).strip():
            yield operation.pointer, name, f"has no {name}"
    if not operation.tag:
        yield (
            operation.pointer,
            "tags",
            "has no tag; the first names the resource that the operation belongs to",
        )
    if not any(status.startswith("2") for status in operation.definition["responses"]):
        yield f"{operation.pointer}/responses", "responses", "has no successful answer"


def _parameters(contract: Contract, operation: Operation) -> Iterator[Wrong]:
    declared = {item["name"] for item in operation.definition["parameters"] if item["in"] == "path"}
    written = set(re.findall(r"\{([^}]+)\}", operation.path))
    for name in sorted(written - declared):
        yield operation.pointer, "path-parameter", f"the path has {{{name}}}, and no parameter declares it"
    for name in sorted(declared - written):
        yield operation.pointer, "path-parameter", f"declares {name!r}, which is not in the path"
    for parameter in operation.definition["parameters"]:
        schema = mapping(parameter.get("schema"))
        if "$ref" in schema:
            schema, _ = resolve(contract.document, schema["$ref"])
        if "type" not in schema:
            place = f"{operation.pointer}/parameters"
            yield place, "parameter-type", f"the schema of {parameter['name']!r} has no type"


def _marks(contract: Contract, operation: Operation) -> Iterator[Wrong]:
    """What is said of values that name nothing, or that do more than the operation."""
    named = [(item["name"], item) for item in operation.definition["parameters"]]
    for media_type in mapping(mapping(operation.definition.get("requestBody")).get("content")):
        place = f"{operation.pointer}/requestBody/content/{token(media_type)}"
        if "schema" in resolve(contract.document, place)[0]:
            schema, _ = resolve(contract.document, f"{place}/schema")
            named += [(name, mapping(member)) for name, member in mapping(schema.get("properties")).items()]
    for name, value in named:
        if "x-unknown" in value and str(value["x-unknown"]) not in operation.definition["responses"]:
            message = f"the x-unknown of {name!r} is {value['x-unknown']!r}, which is none of the documented statuses"
            yield operation.pointer, "unknown", message
        if "x-effect" in value and value["x-effect"] not in _EFFECTS:
            message = f"the x-effect of {name!r} is {value['x-effect']!r}, which is none of {', '.join(_EFFECTS)}"
            yield operation.pointer, "effect", message


def _standings(node: Any, pointer: str) -> Iterator[Wrong]:
    """Marks of a standing that does not exist, wherever they are."""
    if isinstance(node, list):
        for number, item in enumerate(cast("list[Any]", node)):
            yield from _standings(item, f"{pointer}/{number}")
    elif isinstance(node, dict):
        mapping = cast("Mapping[str, Any]", node)
        mark = mapping.get("x-standing")
        if mark is not None and mark not in _STANDINGS:
            yield f"{pointer}/x-standing", "standing", f"{mark!r} is none of {', '.join(_STANDINGS)}"
        for key, value in mapping.items():
            yield from _standings(value, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
