"""What a request says, in the types of the contract: path and query parameters, and the body."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote_to_bytes

import orjson

from mailproof_mock.call import Problem
from mailproof_mock.encode import is_json
from mailproof_mock.validate import describe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import jsonschema_rs

    from mailproof.promises import Operation
    from mailproof_mock.validate import Validators

_INTEGER = re.compile(r"-?\d{1,18}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,30}(\.\d{1,30})?([eE][-+]?\d{1,3})?", re.ASCII)
_BOOLEANS = {"true": True, "false": False}


def _integer(text: str) -> object:
    return int(text) if _INTEGER.fullmatch(text) else text


def _number(text: str) -> object:
    return float(text) if _NUMBER.fullmatch(text) else text


def _boolean(text: str) -> object:
    return _BOOLEANS.get(text.lower(), text)


_READERS: dict[str, Callable[[str], object]] = {"integer": _integer, "number": _number, "boolean": _boolean}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One declared parameter, ready to be read."""

    name: str
    place: str
    required: bool
    default: Any
    read: Callable[[str], object]
    validator: jsonschema_rs.Validator
    lenient: bool
    """The vendor ignores a wrong value: outside the first branch of `anyOf` the default counts."""


class Parameters:
    """The declared parameters of one operation."""

    def __init__(self, operation: Operation, validators: Validators) -> None:
        declared = cast("Sequence[Mapping[str, Any]]", operation.definition["parameters"])
        parameters = [_parameter(entry, validators) for entry in declared]
        self._by_place = {place: [p for p in parameters if p.place == place] for place in ("path", "query", "header")}

    def path(self, texts: Mapping[str, str]) -> dict[str, Any]:
        """The path parameters. Raises Problem("bad-request") for one that does not fit its schema."""
        return {p.name: _value(p, texts[p.name]) for p in self._by_place["path"]}

    def query(self, raw: bytes) -> dict[str, Any]:
        """The declared query parameters.

        Undeclared ones are ignored, the first of a repeated one counts, an empty one is missing.
        """
        declared = self._by_place["query"]
        return _optional(declared, _query_texts(raw, {p.name: p for p in declared})) if declared else {}

    def headers(self, headers: Mapping[str, str]) -> dict[str, Any]:
        """The declared header parameters, by their declared names."""
        declared = self._by_place["header"]
        if not declared:
            return {}
        return _optional(declared, {p.name: headers[p.name.lower()] for p in declared if p.name.lower() in headers})


def _parameter(entry: Mapping[str, Any], validators: Validators) -> Parameter:
    schema = cast("dict[str, Any]", entry["schema"])
    branches = cast("list[dict[str, Any]]", schema.get("anyOf", []))
    lenient = len(branches) > 1 and set(branches[-1]) <= {"description"}
    return Parameter(
        name=entry["name"],
        place=entry["in"],
        required=entry.get("required", False),
        default=schema.get("default"),
        read=_READERS.get(str(schema.get("type")), str),
        validator=validators.of(branches[0] if lenient else schema),
        lenient=lenient,
    )


def _optional(declared: Sequence[Parameter], texts: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for parameter in declared:
        text = texts.get(parameter.name, "")
        if text:
            values[parameter.name] = _value(parameter, text)
        elif parameter.required:
            raise Problem("bad-request", f"The parameter '{parameter.name}' is required.")
        elif parameter.default is not None:
            values[parameter.name] = parameter.default
    return {name: value for name, value in values.items() if value is not None}


def _value(parameter: Parameter, text: str) -> Any:
    value = parameter.read(text)
    if parameter.validator.is_valid(value):
        return value
    if parameter.lenient:
        return parameter.default
    raise Problem("bad-request", f"The parameter '{parameter.name}': {describe(parameter.validator, value)}")


def _query_texts(raw: bytes, wanted: Mapping[str, Parameter]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for pair in raw.split(b"&"):
        name, _, value = pair.partition(b"=")
        parameter = wanted.get(_text(name) or "")
        if parameter is None or parameter.name in texts:
            continue
        text = _text(value)
        if text is not None:
            texts[parameter.name] = text
        elif not parameter.lenient:
            raise Problem("bad-request", f"The parameter '{parameter.name}' is not UTF-8.")
    return texts


def _text(encoded: bytes) -> str | None:
    """A name or value of a query, decoded; None for one that is not UTF-8."""
    try:
        return unquote_to_bytes(encoded.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        return None


def read_json(body: bytes) -> Any:
    """The JSON value of a body.

    Raises Problem("bad-request") for what is not JSON in UTF-8, or nested beyond reason.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Problem("bad-request", f"The body is not JSON: {error}"[:200]) from None


@dataclass(frozen=True, slots=True)
class Body:
    """How the body of one operation is read.

    `read` of a media type is None where the API takes any body and ignores it.
    """

    required: bool
    readers: Mapping[str, tuple[Callable[[bytes], Any], jsonschema_rs.Validator | None]]

    def value(self, body: bytes, media_type: str) -> Any:
        """The body's value, checked against its schema. Raises Problem("bad-request") or ("unsupported-media-type")."""
        if not body:
            if self.required:
                raise Problem("bad-request", "A body is required.")
            return None
        if media_type and media_type not in self.readers:
            raise Problem("unsupported-media-type", f"The media type '{media_type[:80]}' is not supported.")
        read, validator = self.readers[media_type or next(iter(self.readers))]
        value = read(body)
        if validator is not None and not validator.is_valid(value):
            raise Problem("bad-request", f"The body: {describe(validator, value)}")
        return value


def body_of(operation: Operation, validators: Validators) -> Body | None:
    """How an operation's body is read; None for one that declares none."""
    declared = operation.definition.get("requestBody")
    if declared is None:
        return None
    readers: dict[str, tuple[Callable[[bytes], Any], jsonschema_rs.Validator | None]] = {}
    for media_type, content in declared["content"].items():
        schema = content.get("schema")
        read = read_json if is_json(media_type) else _raw
        readers[media_type.lower()] = (read, validators.of(schema) if schema and read is read_json else None)
    return Body(declared.get("required", False), readers)


def _raw(body: bytes) -> bytes:
    return body
