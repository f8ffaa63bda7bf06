"""Text: every place that takes a text, with texts that programs stumble over."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from mailproof.pointers import mapping, resolve, token
from mailproof_conformance import specimen, wire
from mailproof_conformance.case import Case
from mailproof_conformance.corpus_bodies import families
from mailproof_conformance.formats import is_json
from mailproof_conformance.front import answer_level, level_of
from mailproof_conformance.payload import schema_pointer
from mailproof_conformance.text_places import Place, replaced, shown, text_places

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.check import Check

TEXTS: Mapping[str, str] = {
    "astral": "\U0001f600 \U00010348",
    "right-to-left": "\u202eabc\u202c \u05d0\u05d1",
    "combining": "e\u0301 \u1112\u1161\u11ab Z\u0351\u036b",
    "markup": "<b>&amp;\"'</b>",
    "quotes": "Robert'); DROP TABLE contacts;--",
    "template": "{{7*7}} ${7*7} %s %n {0}",
    "wildcards": "%_*?[]\\",
    "blanks": " \t ",
    "separators": "\u2028\u00a0\ufeff",
    "slashes": "../..\\..;a=b",
    "long": "x" * 2_000,
}
_HALF = "\ud800"
_IN_BODIES: Mapping[str, str] = {**TEXTS, "null-character": "a\x00b", "lone-surrogate": _HALF}
_ONLY_IN_JSON = frozenset({"null-character", "lone-surrogate"})
_DEEPEST = 4


def cases(contract: Contract) -> Iterator[Case]:
    """For each text in a path, a query or a body.

    Every kind of text, answered by the contract and never with a failure.
    """
    for operation in contract.operations:
        for parameter in operation.definition["parameters"]:
            if _takes_texts(parameter):
                yield from _parameter(operation, parameter)
        if "x-rpc-methods" in operation.definition:
            yield from _methods(contract, operation)
        else:
            yield from _members(contract, operation)


def _takes_texts(parameter: Mapping[str, Any]) -> bool:
    """Whether a parameter is a text, or stands for query names and texts of any kind."""
    kind = parameter["schema"].get("type")
    return (kind == "string" and parameter["in"] in {"path", "query"}) or (
        kind == "object" and parameter["in"] == "query"
    )


def _parameter(operation: Operation, parameter: Mapping[str, Any]) -> Iterator[Case]:
    name = parameter["name"]
    level = answer_level(operation, parameter.get("x-standing"))
    kind_of = mapping(parameter.get("schema")).get("type")
    for kind, text in TEXTS.items():
        identity = f"text/{operation.id}/{parameter['in']} {name} {kind}"
        promise = f"{operation.id} takes any text as `{name}` ({kind.replace('-', ' ')})."
        place: dict[str, Any] = {name: text} if kind_of == "string" else {text: text}
        run = partial(_in_path if parameter["in"] == "path" else _in_query, operation, place)
        yield Case(identity, "text", (operation.id,), promise, operation.pointer, level, run)


def _members(contract: Contract, operation: Operation) -> Iterator[Case]:
    level = answer_level(operation)
    for media_type in families(contract, wire.request_types(operation)):
        example = specimen.example_body(contract, operation, media_type)
        own = schema_pointer(operation, media_type)
        for place in text_places(contract.document, own, example):
            for kind, text in _IN_BODIES.items():
                if not is_json(media_type) and kind in _ONLY_IN_JSON:
                    continue
                where = shown(place)
                identity = f"text/{operation.id}/body {where} {kind}"
                if not is_json(media_type):
                    identity += f" in {media_type}"
                promise = f"{operation.id} takes any text as `{where}` ({kind.replace('-', ' ')}, {media_type})."
                run = partial(_in_body, operation, media_type, place, text)
                yield Case(identity, "text", (operation.id,), promise, operation.pointer, level, run)


def _in_path(operation: Operation, place: Mapping[str, Any], check: Check) -> None:
    check.conforms(operation.id, specimen.call(check, operation, path=place))


def _in_query(operation: Operation, place: Mapping[str, Any], check: Check) -> None:
    check.conforms(operation.id, specimen.call(check, operation, query=place))


def _in_body(operation: Operation, media_type: str, place: Place, text: str, check: Check) -> None:
    body: Any = replaced(specimen.body(check, operation, media_type), place, text)
    if is_json(media_type):
        body = _escaped(body)  # JSON escapes throughout: a lone surrogate has no form in UTF-8
    check.conforms(operation.id, specimen.call(check, operation, body=body, content_type=media_type))


def _escaped(value: object) -> bytes:
    return json.dumps(value).encode()


def _methods(contract: Contract, operation: Operation) -> Iterator[Case]:
    for method, entry in contract.rpc_methods.items():
        if len(entry["params"]) < 2:  # noqa: PLR2004 - key and conditions
            continue
        level = level_of(entry.get("x-standing"))
        for place in _text_places(contract, entry["params"][1]):
            for kind, text in _IN_BODIES.items():
                where = ".".join(place)
                promise = f"{method} takes any text as `{where}` ({kind.replace('-', ' ')})."
                run = partial(_in_conditions, method, place, text)
                source = f"{operation.pointer}/x-rpc-methods/{method}"
                yield Case(f"text/{method}/{where} {kind}", "text", (method,), promise, source, level, run)


def _in_conditions(method: str, place: tuple[str, ...], text: str, check: Check) -> None:
    value: Any = text
    for name in reversed(place):
        value = [value] if name == "[]" else {name: value}
    call = specimen.rpc_body(check, method)
    needed = cast("list[dict[str, Any]]", call["params"][1:]) or [{}]
    call["params"] = [call["params"][0], {**needed[0], **value}]
    answer = check.rpc_bytes(method, _escaped(call))
    # Half a character is not text; to refuse the whole body, id unread, is as good as to refuse the param.
    if text != _HALF or answer.envelope.get("id") is not None:
        check.answers(method, answer, "either")
    else:
        check.true(answer.error is not None, "the answer without an id is an error", actual=answer.envelope)


def _text_places(contract: Contract, pointer: str, depth: int = 0) -> Iterator[tuple[str, ...]]:
    """The members of an object that take a text of any form, as paths; `[]` is an item of an array."""
    schema, place = resolve(contract.document, pointer)
    if depth > _DEEPEST:
        return
    for name in mapping(schema.get("properties")):
        for inner in _inside(contract, f"{place}/properties/{token(name)}", depth):
            yield (name, *inner)


def _inside(contract: Contract, pointer: str, depth: int) -> Iterator[tuple[str, ...]]:
    schema, place = resolve(contract.document, pointer)
    if schema.get("type") == "string" and "enum" not in schema and "format" not in schema:
        yield ()
    elif schema.get("type") == "array":
        for inner in _inside(contract, f"{place}/items", depth + 1):
            yield ("[]", *inner)
    else:
        yield from _text_places(contract, place, depth + 1)
