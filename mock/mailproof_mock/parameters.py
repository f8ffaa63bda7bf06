"""The parameters of a request, in the types of the contract: those of the path, the query and the headers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote_to_bytes

from mailproof_mock.call import Problem
from mailproof_mock.validate import describe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

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
    takes_the_rest: bool
    """It is an object whose members are query parameters of any name."""
    takes_empty: bool
    """An empty text is a value (`allowEmptyValue`), not the same as no parameter at all."""


class Parameters:
    """The declared parameters of one operation."""

    def __init__(self, operation: Operation, validators: Validators, *, heed_case: bool = True) -> None:
        """`heed_case`: whether the letter case of a query name matters."""
        declared = cast("Sequence[Mapping[str, Any]]", operation.definition["parameters"])
        parameters = [_parameter(entry, validators) for entry in declared]
        self._in_path = {p.name: p for p in parameters if p.place == "path"}
        self._in_headers = [p for p in parameters if p.place == "header"]
        in_query = [p for p in parameters if p.place == "query"]
        self._has_query = bool(in_query)
        self._rest = next((p for p in in_query if p.takes_the_rest), None)
        self._heed_case = heed_case
        fixed = [p for p in in_query if not p.takes_the_rest]
        self._query_names = {p.name if heed_case else p.name.lower(): p for p in fixed}

    def path(self, texts: Mapping[str, str]) -> Mapping[str, Any]:
        """The path parameters. One that does not fit its schema raises Problem("bad-request") when it is asked for."""
        values: dict[str, Any] = {}
        for name, parameter in self._in_path.items():
            value = parameter.read(texts[name])
            if not parameter.validator.is_valid(value):
                return Bound(self._in_path, texts)
            values[name] = value
        return values

    def query(self, raw: bytes) -> Mapping[str, Any]:
        """The declared query parameters.

        Undeclared ones are ignored, or gathered where a parameter takes the rest (an object of the style `form`,
        exploded); the first of a repeated one counts, an empty one is missing unless the contract says that it may be
        empty. One that does not fit raises Problem("bad-request") when it is asked for.
        """
        return Whole(partial(self._query, raw)) if self._has_query else {}

    def headers(self, headers: Mapping[str, str]) -> Mapping[str, Any]:
        """The declared header parameters, by their declared names; checked as those of the query are."""
        declared = self._in_headers
        if not declared:
            return {}
        texts = {p.name: headers[p.name.lower()] for p in declared if p.name.lower() in headers}
        return Whole(partial(_optional, declared, texts))

    def _query(self, raw: bytes) -> dict[str, Any]:
        texts, rest = _query_texts(raw, self._query_names, heed_case=self._heed_case, rest=self._rest)
        values = _optional(list(self._query_names.values()), texts)
        if self._rest is not None:
            values[self._rest.name] = _checked(self._rest, rest)
        return values


class Bound(Mapping[str, Any]):
    """Values by name, each read when it is first asked for."""

    def __init__(self, declared: Mapping[str, Parameter], texts: Mapping[str, str]) -> None:
        self._declared = declared
        self._texts = texts
        self._values: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._values:
            self._values[name] = _value(self._declared[name], self._texts[name])
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._declared)

    def __len__(self) -> int:
        return len(self._declared)


class Whole(Mapping[str, Any]):
    """Values by name, all read when the first is asked for."""

    def __init__(self, read: Callable[[], dict[str, Any]]) -> None:
        self._read = read
        self._values: dict[str, Any] | None = None

    def _all(self) -> dict[str, Any]:
        if self._values is None:
            self._values = self._read()
        return self._values

    def __getitem__(self, name: str) -> Any:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


def _parameter(entry: Mapping[str, Any], validators: Validators) -> Parameter:
    schema = cast("dict[str, Any]", entry["schema"])
    branches = cast("list[dict[str, Any]]", schema.get("anyOf", []))
    lenient = len(branches) > 1 and set(branches[-1]) <= {"description"}
    ignores_case = schema.get("x-letter-case") == "ignore"
    return Parameter(
        name=entry["name"],
        place=entry["in"],
        required=entry.get("required", False),
        default=schema.get("default"),
        read=_spelled(schema["enum"]) if ignores_case else _READERS.get(str(schema.get("type")), str),
        validator=validators.of(branches[0] if lenient else schema),
        lenient=lenient,
        takes_the_rest=entry["in"] == "query" and schema.get("type") == "object" and entry.get("explode", True),
        takes_empty=entry.get("allowEmptyValue") is True,
    )


def _spelled(names: Sequence[str]) -> Callable[[str], object]:
    """Gives a name in other letters (of ASCII) as the contract spells it."""
    spellings = {name.lower(): name for name in names}
    return lambda text: spellings.get(text.lower(), text) if text.isascii() else text


def _optional(declared: Sequence[Parameter], texts: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for parameter in declared:
        text = texts.get(parameter.name, "")
        if text or (parameter.takes_empty and parameter.name in texts):
            values[parameter.name] = _value(parameter, text)
        elif parameter.required:
            raise Problem("bad-request", f"The parameter '{parameter.name}' is required.")
        elif parameter.default is not None:
            values[parameter.name] = parameter.default
    return {name: value for name, value in values.items() if value is not None}


def _value(parameter: Parameter, text: str) -> Any:
    return _checked(parameter, parameter.read(text))


def _checked(parameter: Parameter, value: Any) -> Any:
    if parameter.validator.is_valid(value):
        return value
    if parameter.lenient:
        return parameter.default
    raise Problem("bad-request", f"The parameter '{parameter.name}': {describe(parameter.validator, value)}")


def _query_texts(
    raw: bytes, wanted: Mapping[str, Parameter], *, heed_case: bool, rest: Parameter | None
) -> tuple[dict[str, str], dict[str, str]]:
    """The texts of the declared parameters, and of all others where one takes the rest."""
    texts: dict[str, str] = {}
    others: dict[str, str] = {}
    for pair in raw.split(b"&"):
        encoded, _, value = pair.partition(b"=")
        name = _text(encoded) or ""
        parameter = wanted.get(name if heed_case else name.lower(), rest)
        if parameter is None or not name:
            continue
        place = others if parameter is rest else texts
        key = name if parameter is rest else parameter.name
        if place.get(key) or (key in place and (parameter is rest or parameter.takes_empty)):
            continue
        text = _text(value)
        if text is not None:
            place[key] = text
        elif not parameter.lenient:
            raise Problem("bad-request", f"The parameter '{key[:80]}' is not UTF-8.")
    return texts, others


def _text(encoded: bytes) -> str | None:
    """A name or value of a query, decoded; None for one that is not UTF-8."""
    try:
        return unquote_to_bytes(encoded.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        return None
