"""Records of a case's own: what an operation writes as it is told by key, and where the fields of one stand in a body.

`x-record` in a contract marks the fields of a record; nothing here knows an API.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mailproof.pointers import mapping, resolve, sequence, token
from mailproof_conformance import specimen, wire
from mailproof_conformance.expectation import shown as told
from mailproof_conformance.formats import is_json
from mailproof_conformance.marks import members_of
from mailproof_conformance.payload import schema_pointer
from mailproof_conformance.taken import is_success
from mailproof_conformance.text_places import replaced

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response
    from mailproof_conformance.text_places import Place

_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Writer:
    """An operation that takes one record in a JSON body."""

    operation: Operation
    place: Place
    """To the object of the record's fields."""
    key: str
    """The field by which a record is found again."""
    identity: str
    """The member, of the body beside the fields and of an answer, that names a record."""
    pool: str
    """What that is an id of."""
    match: str | None
    """The query parameter that lists the fields by which records are matched, if there is one."""
    chooses: bool
    """Whether the values to match stand in the query, and every record that has them is written."""
    nullable: bool
    """Whether a field may be null."""
    addresses: frozenset[str]
    """The fields that something is sent to, without which a record cannot be."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A record that a case has made: its id, and its fields as they were sent."""

    id: str | int
    fields: Mapping[str, Any]


@lru_cache(maxsize=8)
def writers(contract: Contract) -> tuple[Writer, ...]:
    """Every operation that takes a record in JSON, in the order of the contract."""
    found = (_writer(contract, operation) for operation in contract.operations)
    return tuple(writer for writer in found if writer is not None)


def _writer(contract: Contract, operation: Operation) -> Writer | None:
    media_type = next(filter(is_json, wire.request_types(operation)), None)
    if media_type is None or operation.effect == "read" or "x-rpc-methods" in operation.definition:
        return None
    for place, around, schema in _records(contract, schema_pointer(operation, media_type), (), 0):
        record = mapping(schema.get("x-record"))
        identity = str(record.get("id", ""))
        pool = mapping(around.get(identity)).get("x-names")
        queries = [item for item in operation.definition["parameters"] if item["in"] == "query"]
        if pool is not None and sequence(record.get("key")):
            match = next((item["name"] for item in queries if item.get("x-match") is True), None)
            free = schema.get("additionalProperties")
            nullable = free is True or mapping(free).get("nullable") is True
            chooses = any("x-record" in item for item in queries)
            addresses = _addresses(contract, schema_pointer(operation, media_type))
            return Writer(operation, place, str(record["key"][0]), identity, pool, match, chooses, nullable, addresses)
    return None


def _addresses(contract: Contract, pointer: str) -> frozenset[str]:
    lists = [sequence(member.get("x-recipient")) for _, member in members_of(contract, pointer)]
    return frozenset(str(name) for names in lists for name in names)


def _records(
    contract: Contract, pointer: str, place: Place, depth: int
) -> Iterator[tuple[Place, Mapping[str, Any], Mapping[str, Any]]]:
    """Where the fields of a record stand below an object, the members beside them, and their schema."""
    schema, found = resolve(contract.document, pointer)
    while len(schema.get("allOf", ())) == 1:
        schema, found = resolve(contract.document, f"{found}/allOf/0")
    members = mapping(schema.get("properties"))
    for name in members if depth < _DEEPEST else ():
        inner = f"{found}/properties/{token(name)}"
        own, _ = resolve(contract.document, inner)
        if "x-record" in own:
            yield (*place, name), members, own
        else:
            yield from _records(contract, inner, (*place, name), depth + 1)


def readers(contract: Contract, pool: str) -> list[Operation]:
    """The operations that read something of a record by its id, in JSON; the one that shows it is the first."""
    found = [
        operation
        for operation in contract.operations
        if operation.effect == "read" and _named(operation, pool) and any(map(is_json, wire.success_types(operation)))
    ]
    return sorted(found, key=lambda operation: operation.path.count("/"))


def _named(operation: Operation, pool: str) -> str:
    """The parameter of the path that is an id of a record; empty where there is none."""
    declared = [item for item in operation.definition["parameters"] if item["in"] == "path"]
    return next((item["name"] for item in declared if item.get("x-names", item["name"]) == pool), "")


def maker(contract: Contract, writer: Writer) -> Writer | None:
    """The operation that makes records for another: itself where its answer is the record, else the first that can."""
    able = [item for item in writers(contract) if item.pool == writer.pool and answers(contract, item)]
    single = [item for item in able if not item.chooses]
    own = [item for item in single if item.operation == writer.operation]
    return next(iter([*own, *(item for item in single if item.operation.effect == "write")]), None)


def answers(contract: Contract, writer: Writer) -> bool:
    """Whether the operation answers with the record, or with those that it wrote."""
    operation = writer.operation
    status = min((name for name in operation.definition["responses"] if name.startswith("2")), default=None)
    media_type = next(filter(is_json, wire.success_types(operation)), None)
    if status is None or media_type is None:
        return False
    place = f"{operation.pointer}/responses/{status}/content/{token(media_type)}/schema"
    schema, found = resolve(contract.document, place)
    if "items" in schema:
        schema, _ = resolve(contract.document, f"{found}/items")
    return writer.identity in mapping(schema.get("properties"))


def fields_of(check: Check, writer: Writer) -> dict[str, Any]:
    """The fields of a record in the operation's example, with a key that nobody has used.

    The case is skipped where the example has no such record.
    """
    value: Any = specimen.body(check, writer.operation)
    for step in writer.place:
        value = mapping(value).get(str(step))
    fields = dict(mapping(value))
    known = fields.get(writer.key)
    if not isinstance(known, str):
        check.skip(f"the example of {writer.operation.id} has no `{writer.key}`")
    fields[writer.key] = new_key(check, known)
    return fields


def new_key(check: Check, known: str) -> str:
    """Another value of a key field that looks as the known one does."""
    at, domain = known.partition("@")[1:]
    return f"{check.fresh('reader-')}{at}{domain and 'example.com'}"


def texts_of(writer: Writer, fields: Mapping[str, Any]) -> list[str]:
    """The names of the free texts among some fields, in their order."""
    apart = {writer.key, *writer.addresses}
    return [name for name, value in fields.items() if isinstance(value, str) and name not in apart]


def write(  # noqa: PLR0913 - what can be told of a record
    check: Check,
    writer: Writer,
    fields: Mapping[str, Any],
    *,
    match: Mapping[str, Any] | None = None,
    identity: str | int | None = None,
    path: Mapping[str, Any] | None = None,
    **more: Any,
) -> Response:
    """The answer to the operation with those fields; `match` are the values by which records are to be found."""
    body: Any = replaced(specimen.body(check, writer.operation), writer.place, dict(fields))
    if identity is not None:
        body = replaced(body, (*writer.place[:-1], writer.identity), identity)
    query: dict[str, Any] = {}
    if match and writer.match:
        query = {writer.match: ",".join(match), **(match if writer.chooses else {})}
    declared = wire.path_parameters(writer.operation)
    known = {name: value for name, value in (path or {}).items() if name in declared}
    return specimen.call(check, writer.operation, body=body, query=query, path=known, **more)


def make(check: Check, writer: Writer, fields: Mapping[str, Any]) -> Kept:
    """A record with those fields, made by an operation that answers it. Skips where it does not take them."""
    response = write(check, writer, fields)
    found = mapping(response.value()) if is_success(response) and response.body else {}
    identity = found.get(writer.identity)
    if not isinstance(identity, str | int):
        check.skip(f"{writer.operation.id} makes nothing that has an id: {told(response)}")
    return Kept(identity, dict(fields))


def read(check: Check, operation: Operation, pool: str, identity: str | int, **more: Any) -> Response:
    """The answer of an operation that reads something of a record."""
    accept = next(filter(is_json, wire.success_types(operation)), None)
    return specimen.call(check, operation, path={_named(operation, pool): identity}, accept=accept, **more)


def shown(check: Check, writer: Writer, kept: Kept) -> dict[str, Any]:
    """The fields of a record as they are shown now. Raises Broken unless it can be read."""
    reader = readers(check.contract, writer.pool)[0]
    response = read(check, reader, writer.pool, kept.id)
    check.equal(200, response.status, f"the status of {reader.id} of a record that was made")
    return mapping(mapping(response.value()).get(str(writer.place[-1])))
