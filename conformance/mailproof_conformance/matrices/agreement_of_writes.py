"""Agreement of writes: what is written in XML leaves the same thing as what is written in JSON."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from mailproof.pointers import mapping, resolve, token
from mailproof_conformance import specimen, wire
from mailproof_conformance.case import Case
from mailproof_conformance.corpus_bodies import families
from mailproof_conformance.formats import is_json, is_xml
from mailproof_conformance.front import answer_level
from mailproof_conformance.matrices.text import TEXTS
from mailproof_conformance.payload import schema_pointer
from mailproof_conformance.sameness import same
from mailproof_conformance.taken import alike, is_success
from mailproof_conformance.text_places import Place, replaced, shown, text_places

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.check import Check

_DEEPEST = 4


def cases(contract: Contract) -> Iterator[Case]:
    """For each operation that reads XML and answers with what it was given, with its example and with each text.

    Those that send something only with the example.
    """
    for operation in contract.operations:
        read = families(contract, wire.request_types(operation))
        plain, other = next(filter(is_json, read), None), next(filter(is_xml, read), None)
        if plain is None or other is None or not _answers_what_it_got(contract, operation, plain):
            continue
        yield _case(operation, plain, other, "written", "", None)
        place = last_text(contract, operation, plain)
        if operation.effect == "write" and place is not None:
            for kind, text in TEXTS.items():
                words = f" with `{shown(place)}` changed ({kind.replace('-', ' ')})"
                yield _case(operation, plain, other, f"written {kind}", words, (place, text))


def _case(  # noqa: PLR0913 - what tells one case from another
    operation: Operation, plain: str, other: str, name: str, words: str, change: tuple[Place, str] | None
) -> Case:
    promise = f"{operation.id} makes of a body in {other} what it makes of it in {plain}{words}."
    return Case(
        f"agreement/{operation.id}/{name}",
        "agreement",
        (operation.id,),
        promise,
        f"{operation.pointer}/requestBody",
        answer_level(operation),
        partial(_agree, operation, plain, other, change),
    )


def _agree(operation: Operation, plain: str, other: str, change: tuple[Place, str] | None, check: Check) -> None:
    body: Any = specimen.body(check, operation, plain)
    if change is not None:
        body = replaced(body, *change)
    one = specimen.call(check, operation, body=body, content_type=plain)
    two = specimen.call(check, operation, body=body, content_type=other)
    check.conforms(operation.id, two)
    alike(check, operation, one, two, f"of a body in {other}")
    if not (is_success(one) and is_success(two)):
        return
    expected, actual = one.value(), two.value()
    if not same(expected, actual):
        again = specimen.call(check, operation, body=body, content_type=plain).value()
        expected, actual = steady(expected, expected, again), steady(actual, expected, again)
    check.equal(expected, actual, f"the answer to a body in {other}")


def steady(value: Any, first: Any, again: Any) -> Any:
    """A value without the members that are new with each write of the same body: those that differ in two answers."""
    if isinstance(value, list) and isinstance(first, list) and isinstance(again, list):
        items = cast("list[Any]", value)
        triples = zip(items, cast("list[Any]", first), cast("list[Any]", again), strict=False)
        return [steady(item, one, two) for item, one, two in triples]
    if not isinstance(value, dict):
        return cast("Any", value)
    members, one, two = cast("dict[str, Any]", value), mapping(cast("Any", first)), mapping(again)
    return {
        name: steady(item, one.get(name), two.get(name))
        for name, item in members.items()
        if isinstance(item, dict | list) or same(one.get(name), two.get(name))
    }


def _answers_what_it_got(contract: Contract, operation: Operation, plain: str) -> bool:
    """Whether the answer is of a type that the body is, or holds: an answer of another type may be new each time."""
    status = min((name for name in operation.definition["responses"] if name.startswith("2")), default=None)
    answered = next((name for name in wire.success_types(operation) if is_json(name)), None)
    if status is None or answered is None:
        return False
    given = set(_types(contract, schema_pointer(operation, plain), 0))
    place = f"{operation.pointer}/responses/{status}/content/{token(answered)}/schema"
    schema, found = resolve(contract.document, place)
    if "items" in schema:
        schema, _ = resolve(contract.document, f"{found}/items")
    return mapping(schema.get("xml")).get("name") in given


def _types(contract: Contract, pointer: str, depth: int) -> Iterator[str]:
    """The XML names of the objects in a schema."""
    schema, place = resolve(contract.document, pointer)
    name = mapping(schema.get("xml")).get("name")
    if isinstance(name, str):
        yield name
    if depth > _DEEPEST:
        return
    for number, _ in enumerate(schema.get("allOf", ())):
        yield from _types(contract, f"{place}/allOf/{number}", depth + 1)
    if "items" in schema:
        yield from _types(contract, f"{place}/items", depth + 1)
    for member in mapping(schema.get("properties")):
        yield from _types(contract, f"{place}/properties/{token(member)}", depth + 1)


def last_text(contract: Contract, operation: Operation, plain: str) -> Place | None:
    """The last text of the example: the first of several is more often than not what a thing is known by."""
    example = specimen.example_body(contract, operation, plain)
    places = list(text_places(contract.document, schema_pointer(operation, plain), example))
    if not places:
        return None
    *way, last = places[-1]
    holder: Any = example
    for step in way:
        holder = holder[step]
    members = cast("Mapping[str, Any]", holder).items() if isinstance(holder, dict) else ()
    texts = [name for name, value in members if isinstance(value, str)]
    return (*way, texts[-1] if texts else last)
