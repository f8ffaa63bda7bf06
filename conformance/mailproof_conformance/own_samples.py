"""The samples of a target for what writes to it, taken from what is the user's own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mailproof.pointers import mapping, sequence
from mailproof_conformance.binding import schema_examples
from mailproof_conformance.marks import members_of, request_pointer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.own import Own
    from mailproof_conformance.target import Target


def with_own_samples(contract: Contract, target: Target, own: Own, prefix: str) -> Target:
    """The target with a sample from the pools for each id that an operation which writes or sends takes.

    A field by which records are found again is a name of the run there, or for a send a recipient. Samples that the
    target has under the operation's own name stay. The first id of a pool is a sample for reading too, where the
    target has none of that name.
    """
    samples: dict[str, Any] = {name: values[0] for name, values in own.pools.items() if values}
    samples.update(target.samples)
    for operation in contract.operations:
        if operation.effect != "read":
            made = dict(_samples(contract, operation, own, prefix))
            samples[operation.id] = {**made, **mapping(target.samples.get(operation.id))}
    return replace(target, samples={name: value for name, value in samples.items() if value != {}})


def _samples(contract: Contract, operation: Operation, own: Own, prefix: str) -> Iterator[tuple[str, Any]]:
    yield from _in_parameters(operation, own, prefix)
    pointer = request_pointer(operation)
    if pointer is None:
        return
    for name, member in members_of(contract, pointer):
        if "x-names" in member and name:
            yield from _of_pool(name, member, own, prefix)
        key = sequence(mapping(member.get("x-record")).get("key"))
        reached = member.get("x-recipient")
        for field in (*key, *(sequence(reached) if operation.effect == "send" else ())):
            example = _example(contract, pointer, str(field))
            if operation.effect == "send":
                yield from ((str(field), text) for text in _recipients(own, example)[:1])
            elif "@" in example:
                yield str(field), _made(prefix)


def _in_parameters(operation: Operation, own: Own, prefix: str) -> Iterator[tuple[str, Any]]:
    for item in operation.definition["parameters"]:
        pool = own.pools.get(item.get("x-names", item["name"] if item["in"] == "path" else ""))
        if pool:
            yield item["name"], pool[0]
        key = sequence(mapping(item.get("x-record")).get("key"))
        if key:
            yield item["name"], {str(key[0]): _made(prefix)}
            yield from ((one["name"], str(key[0])) for one in operation.definition["parameters"] if "x-match" in one)


def _of_pool(name: str, member: Mapping[str, Any], own: Own, prefix: str) -> Iterator[tuple[str, Any]]:
    """An id for a member of a body: of its pool, else a name of the run where it is a text."""
    pool, is_text = own.pools.get(member["x-names"]), member.get("type") == "string"
    if pool:
        yield name, str(pool[0]) if is_text else pool[0]
    elif is_text:
        yield name, f"{prefix}sample"


def _recipients(own: Own, example: str) -> list[str]:
    """Those recipients that are of the kind of an example: addresses, or numbers."""
    return [text for text in own.recipients if ("@" in text) == ("@" in example)]


def _made(prefix: str) -> str:
    """An address of the run's own: the domain is one that nobody has (RFC 2606)."""
    return f"{prefix}sample@example.com"


def _example(contract: Contract, pointer: str | None, field: str) -> str:
    """The value of a field in the examples of a body; empty where there is none."""
    for example in schema_examples(contract.document, pointer or "#"):
        found = _found(example, field)
        if found:
            return found
    return ""


def _found(value: Any, field: str) -> str:
    members = mapping(value)
    own = members.get(field)
    if isinstance(own, str):
        return own
    inner = members.values() if members else sequence(value)
    return next((text for item in inner if (text := _found(item, field))), "")
