"""Things that a contract lets a client make and read again, and the listings that show them, found by their paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from mailproof.pointers import dereference, mapping, resolve, token
from mailproof_conformance import specimen, wire
from mailproof_conformance.formats import is_json
from mailproof_conformance.taken import is_success

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response

_LEAST_ROOM = 16
"""Characters that a text has to have room for to be given a fresh value."""


@dataclass(frozen=True, slots=True)
class Resource:
    """What POST at a path makes and GET at that path with an id shows."""

    create: Operation
    read: Operation
    parameter: str
    """Of the path: the id."""
    update: Operation | None
    replace: Operation | None
    delete: Operation | None
    listing: Operation | None


@dataclass(frozen=True, slots=True)
class Made:
    """One such thing: its id, what it was made below, what was sent, what was answered, and the members compared."""

    id: str | int
    path: Mapping[str, Any]
    sent: Mapping[str, Any]
    response: Response
    value: Mapping[str, Any]


def resources(contract: Contract) -> Iterator[Resource]:
    """Every resource of a contract that is written in JSON and sends nothing to anybody."""
    by_place = {(item.path, item.method): item for item in contract.operations}
    for create in contract.operations:
        if create.method != "post" or create.effect != "write" or not json_object(contract, create):
            continue
        for read in contract.operations:
            below = read.path.removeprefix(f"{create.path}/{{") if read.path.startswith(f"{create.path}/{{") else ""
            if read.method == "get" and below.find("}") == len(below) - 1 > 0:
                others = [by_place.get((read.path, verb)) for verb in ("patch", "put", "delete")]
                update, replace, delete = (item if item and item.effect == "write" else None for item in others)
                listing = by_place.get((create.path, "get"))
                yield Resource(create, read, below[:-1], update, replace, delete, listing)


def json_object(contract: Contract, operation: Operation) -> dict[str, Any]:
    """The members of the object that the operation's first JSON body is, by name; empty where it is none."""
    for media_type in wire.request_types(operation):
        if is_json(media_type):
            place = f"{operation.pointer}/requestBody/content/{token(media_type)}/schema"
            return members(contract, place)
    return {}


def members(contract: Contract, place: str) -> dict[str, Any]:
    """The declared members of the object schema at a pointer, each with its schema."""
    try:
        schema, _ = resolve(contract.document, place)
    except LookupError:
        return {}
    properties = mapping(mapping(schema).get("properties"))
    return {name: mapping(dereference(contract.document, item)) for name, item in properties.items()}


def make(check: Check, resource: Resource, wanted: Mapping[str, Any] | None = None) -> Made:
    """Makes one, by default the contract's example with fresh texts.

    The case is skipped where the target takes neither the body with fresh texts nor the body itself.
    """
    plain: Any = dict(wanted) if wanted is not None else specimen.body(check, resource.create)
    if not isinstance(plain, dict):
        check.skip(f"the contract has no example of what {resource.create.id} takes")
    example = cast("dict[str, Any]", plain)
    path = specimen.path(check, resource.create)
    for body in (fresh(check, resource.create, example), example):
        response = check.call(resource.create.id, path=path, body=body)
        if is_success(response) and is_json(response.media_type):
            value = mapping(response.value())
            identity = id_of(value, resource.parameter)
            if identity is not None:
                return Made(identity, path, body, response, value)
    return check.skip(f"{resource.create.id} makes nothing that has an id")


def fresh(check: Check, operation: Operation, body: Mapping[str, Any]) -> dict[str, Any]:
    """A body with a text that nobody used before in each member that takes any text.

    What is a sample of the target stays: it may name something that has to be there.
    """
    known = json_object(check.contract, operation)
    samples = [item for item in check.samples_for(operation).values() if isinstance(item, str)]
    return {
        name: value if value in samples or not takes_any_text(known.get(name, {})) else check.fresh("new ")
        for name, value in body.items()
    }


def takes_any_text(schema: Mapping[str, Any]) -> bool:
    """Whether a member is a text without a form of its own."""
    formed = {"enum", "pattern", "format", "x-effect"} & set(schema)
    return schema.get("type") == "string" and not formed and schema.get("maxLength", _LEAST_ROOM) >= _LEAST_ROOM


def id_of(value: Mapping[str, Any], parameter: str) -> str | int | None:
    """The id that a thing shows: the member `id`, or that of the path parameter's name, in any letter case."""
    for wanted in (parameter.lower(), "id"):
        for name, item in value.items():
            if name.lower() == wanted and isinstance(item, str | int) and not isinstance(item, bool):
                return item
    return None


def path_of(check: Check, operation: Operation, made: Made) -> dict[str, Any]:
    """The path of an operation on a thing that was made: its id comes last, after what it was made below."""
    *above, last = [item for item in operation.definition["parameters"] if item["in"] == "path"]
    values = {
        item["name"]: made.path[item["name"]] if item["name"] in made.path else check.path_value(operation, item)
        for item in above
    }
    return {**values, last["name"]: made.id}


def shown(check: Check, resource: Resource, made: Made) -> Mapping[str, Any]:
    """What a thing that was made looks like now. Raises Broken unless it can be read."""
    response = check.call(resource.read.id, path=path_of(check, resource.read, made))
    check.equal(200, response.status, f"the status of {resource.read.id} of what was made")
    return mapping(response.value())
