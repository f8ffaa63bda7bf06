"""Puts what a target really holds into requests that were made from a contract alone.

A value that merely repeats the contract's example stands for any valid one; the target's sample of that name takes its
place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from mailproof.pointers import mapping, resolve, token
from mailproof_conformance.wire import File

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FILE = File("mailproof.txt", b"Sent by mailproof.\n", "text/plain")
_DEEPEST = 8


def bound(value: Any, samples: Mapping[str, Any], example: Any = None) -> Any:
    """A JSON value in which each member takes the target's sample of its name, however deep it stands.

    With an `example` only members that say the same as the example's do; a sample of another JSON type is none.
    """
    examples = value if example is None else example
    if isinstance(value, dict):
        members, known = cast("dict[str, Any]", value), mapping(examples)
        return {name: _member(name, item, samples, known) for name, item in members.items()}
    if isinstance(value, list):
        items = cast("list[Any]", value)
        first = next(iter(cast("list[Any]", examples)), None) if isinstance(examples, list) else None
        own = items if example is None else [first] * len(items)
        return [bound(item, samples, one) if one is not None else item for item, one in zip(items, own, strict=True)]
    return value


def _member(name: str, item: Any, samples: Mapping[str, Any], known: Mapping[str, Any]) -> Any:
    if name not in known:
        return item
    if isinstance(item, dict | list):
        return bound(item, samples, known[name])
    sample = samples.get(name)
    return sample if item == known[name] and type(sample) is type(item) else item


def parameter_example(parameter: Mapping[str, Any]) -> Any:
    """The example of a parameter, its own or its schema's; None where it has none."""
    if "example" in parameter:
        return parameter["example"]
    for example in mapping(parameter.get("examples")).values():
        return mapping(example).get("value")
    return mapping(parameter.get("schema")).get("example")


def schema_examples(document: Mapping[str, Any], pointer: str) -> Iterator[Any]:
    """The examples of the schema at a pointer: its own, and one made of its members'.

    A file, which JSON has no form for, is a `wire.File`.
    """
    schema, place = resolve(document, pointer)
    if "example" in schema:
        yield schema["example"]
    made = _made(document, schema, place, 0)
    if made is not None:
        yield made


def _example(document: Mapping[str, Any], pointer: str, depth: int) -> Any:
    """The schema's own example, else one that is made; None where there is none."""
    schema, place = resolve(document, pointer)
    return schema["example"] if "example" in schema else _made(document, schema, place, depth)


def _made(document: Mapping[str, Any], schema: Mapping[str, Any], place: str, depth: int) -> Any:
    if schema.get("format") == "binary":
        return _FILE
    if depth > _DEEPEST:
        return None
    if len(schema.get("allOf", ())) == 1:
        return _example(document, f"{place}/allOf/0", depth + 1)
    if "items" in schema:
        item = _example(document, f"{place}/items", depth + 1)
        return None if item is None else [item]
    names = mapping(schema.get("properties"))
    made = {name: _example(document, f"{place}/properties/{token(name)}", depth + 1) for name in names}
    return {name: value for name, value in made.items() if value is not None} or None
