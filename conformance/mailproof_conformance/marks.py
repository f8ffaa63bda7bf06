"""What the marks of a contract say of one request: what it names, whose record it holds, whom it reaches."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mailproof.pointers import mapping, resolve, sequence, token
from mailproof_conformance import wire
from mailproof_conformance.payload import essence, schema_pointer
from mailproof_conformance.reading import Ambiguous, Body

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof.promises import Contract, Operation

_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Named:
    """One thing that a request names."""

    pool: str
    """The name of what it is an id of."""
    value: Any
    recipient: bool = False
    """Whether a send goes to it."""


@dataclass(frozen=True, slots=True)
class Record:
    """The values of one record that a request writes, or by which it chooses records."""

    fields: Mapping[str, Any]
    """By name, casefolded."""
    key: tuple[str, ...]
    """The fields, as the contract calls them, by which a record is found again."""
    id: Any = None
    """What names the record, if anything does."""
    id_pool: str = ""
    chooses: bool = False
    """Whether it stands in the query and chooses every record with those values."""


@dataclass(slots=True)
class Reach:
    """All that a request says of what it touches."""

    named: list[Named] = field(default_factory=list[Named])
    records: list[Record] = field(default_factory=list[Record])
    match: tuple[str, ...] = ()
    """The names of fields, casefolded, by which records are matched."""
    addresses: set[str] = field(default_factory=set[str])
    """The fields, as the contract calls them, whose values a send goes to."""
    holds_records: bool = False
    """Whether the operation takes records."""


def reach_of(
    contract: Contract, operation: Operation, path: Mapping[str, str], query: Mapping[str, str], body: Body
) -> Reach:
    """What a request to an operation touches, from its parts as every server reads them."""
    reach = Reach()
    folder = ""
    declared = operation.definition["parameters"]
    plain = {item["name"].lower() for item in declared if item["in"] == "query" and "x-record" not in item}
    for item in declared:
        name = item["name"]
        if item["in"] == "path":
            pool = item.get("x-names", name)
            reach.named.append(Named(pool, path[name], recipient=item.get("x-recipient") is True))
        elif item["in"] == "query":
            value = query.get(name.lower())
            if "x-record" in item:
                fields = {key.casefold(): text for key, text in query.items() if key not in plain}
                reach.records.append(Record(fields, _key(item), chooses=True))
            elif value:
                folder = value if item.get("x-folder") is True else folder
                _mark(reach, item, value)
    _files(contract, operation, reach, body, folder)
    media_type = next(iter(wire.request_types(operation)), None)
    if media_type is not None:
        pointer = schema_pointer(operation, essence(media_type))
        reach.holds_records = any("x-record" in member for _, member in members_of(contract, pointer))
        if body.value is not None:
            _walk(contract, pointer, body.value, {}, reach)
    return reach


def answered(contract: Contract, pointer: str, value: Any) -> Iterator[Named]:
    """What an answer names, by the schema at a pointer."""
    reach = Reach()
    _walk(contract, pointer, value, {}, reach)
    yield from (item for item in reach.named if isinstance(item.value, str | int))


def _files(contract: Contract, operation: Operation, reach: Reach, body: Body, folder: str) -> None:
    if not body.files:
        return
    media_type = next(name for name in wire.request_types(operation) if essence(name) == "multipart/form-data")
    schema, _ = resolve(contract.document, schema_pointer(operation, essence(media_type)))
    pool = next((item["x-names"] for item in mapping(schema.get("properties")).values() if "x-names" in item), "file")
    reach.named += [Named(pool, f"{folder}/{name}" if folder else name) for name in body.files]


def _mark(reach: Reach, place: Mapping[str, Any], value: Any) -> None:
    recipient = place.get("x-recipient")
    if "x-names" in place:
        reach.named.append(Named(place["x-names"], value, recipient=recipient is True))
    if place.get("x-match") is True:
        if not isinstance(value, str):
            raise Ambiguous("the names to match are no text")
        reach.match = tuple(name.strip().casefold() for name in value.split(",") if name.strip())
    reach.addresses |= {str(name) for name in sequence(recipient)}


def _walk(  # noqa: PLR0913 - where it is in the schema, in the value, and what is known
    contract: Contract, pointer: str, value: Any, siblings: Mapping[str, Any], reach: Reach, depth: int = 0
) -> None:
    schema, place = _schema(contract, pointer)
    if depth > _DEEPEST:
        raise Ambiguous("it is nested too deeply")
    if "items" in schema:
        for item in _expected(value, list):
            _walk(contract, f"{place}/items", item, {}, reach, depth + 1)
        return
    names = mapping(schema.get("properties"))
    record = mapping(schema.get("x-record"))
    if not names and not record:
        return
    held = {str(name).casefold(): item for name, item in mapping(_expected(value, dict)).items()}
    if record:
        around = held if names else siblings
        pool = _pool_of_id(contract, pointer, record, names)
        identity = around.get(str(record.get("id", "")).casefold())
        reach.records.append(Record(held, _key(schema), identity, pool))
    for name in names:
        own, inner = _schema(contract, f"{place}/properties/{token(name)}")
        item = held.get(name.casefold())
        if "x-record" in own or (item not in (None, "") and _is_object(own)):
            _walk(contract, inner, {} if item is None else item, held, reach, depth + 1)
        if item not in (None, ""):
            _mark(reach, own, item)


def _schema(contract: Contract, pointer: str) -> tuple[Mapping[str, Any], str]:
    """The schema at a pointer and where it stands; one that only wraps another has the marks of both."""
    schema, place = resolve(contract.document, pointer)
    if len(schema.get("allOf", ())) == 1 and "properties" not in schema:
        inner, place = resolve(contract.document, f"{place}/allOf/0")
        schema = {**inner, **{name: value for name, value in schema.items() if name != "allOf"}}
    return schema, place


def _is_object(schema: Mapping[str, Any]) -> bool:
    return bool({"properties", "items", "x-record"} & schema.keys())


def _expected(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise Ambiguous(f"where {'an array' if kind is list else 'an object'} belongs there is another value")
    return value


def _key(place: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(name) for name in sequence(mapping(place.get("x-record")).get("key")))


def _pool_of_id(contract: Contract, pointer: str, record: Mapping[str, Any], names: Mapping[str, Any]) -> str:
    """What the record's id is an id of: the mark of the member of that name, beside the record or in it."""
    if names:
        return str(mapping(names.get(record.get("id", ""))).get("x-names", ""))
    above = pointer.rpartition("/")[0]
    member = mapping(resolve(contract.document, above)[0]).get(record.get("id", ""))
    return str(mapping(member).get("x-names", ""))


def members_of(contract: Contract, pointer: str, depth: int = 0) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every schema in that at a pointer, with the name of the member that has it; that at the pointer is first."""
    schema, place = _schema(contract, pointer)
    if depth == 0:
        yield "", schema
    if depth < _DEEPEST:
        for name in mapping(schema.get("properties")):
            inner = f"{place}/properties/{token(name)}"
            yield name, _schema(contract, inner)[0]
            yield from members_of(contract, inner, depth + 1)
        if "items" in schema:
            yield "", _schema(contract, f"{place}/items")[0]
            yield from members_of(contract, f"{place}/items", depth + 1)


def request_pointer(operation: Operation) -> str | None:
    """Where the schema of the operation's body stands; None for one without."""
    media_type = next(iter(wire.request_types(operation)), None)
    return None if media_type is None else schema_pointer(operation, essence(media_type))
