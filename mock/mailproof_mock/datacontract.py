"""JSON-like values as .NET DataContract XML, by encoders that are compiled from the schemas of a contract."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, cast

from mailproof.promises import ContractError

Encoder = Callable[[object], bytes]
_Writer = Callable[[Any, list[str]], None]
_Schema = Mapping[str, Any]

_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_XSD = "http://www.w3.org/2001/XMLSchema"
_ARRAYS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"
_SYSTEM = "http://schemas.datacontract.org/2004/07/System"

_SIMPLE = {"string": "string", "integer": "int", "number": "double", "boolean": "boolean"}
_DEEPEST = 64  # elements; no contract nests so far, but a schema that refers to itself does
_INT, _LONG = 2**31, 2**63

_SPECIAL = re.compile("[&<>\r]|[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"}
_DATE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))", re.IGNORECASE)
_NOT_IN_NAMES = re.compile(r"^[\d.-]|[^\w.-]|_(?=x[0-9A-Fa-f]{4}_)", re.ASCII)


def compile_encoder(document: Mapping[str, Any], pointer: str) -> Encoder:
    """A function that writes a value of the schema at a JSON pointer of a bundled contract as XML, in UTF-8.

    The schemas' `xml` objects and `x-xml-form` marks say how. Members stand in ordinal order, those that the
    value does not have are left out, members of the value that the schema does not know are not written.
    Characters that XML 1.0 cannot hold become U+FFFD. There is no XML declaration, as in the vendor's pages.
    Raises ContractError for a schema that DataContract XML has no form for.
    """
    compiler = _Compiler(document)
    schema, component = compiler.resolve({"$ref": pointer if pointer.startswith("#") else f"#{pointer}"})
    xml = schema.get("xml", {})
    name = xml.get("name") or component
    write = compiler.element(name, xml.get("namespace", ""), schema, _Scope())

    def encode(value: object) -> bytes:
        parts: list[str] = []
        write(value, parts)
        return "".join(parts).encode()

    return encode


def strip_xml_only(document: Mapping[str, Any], pointer: str) -> Callable[[Any], Any]:
    """A function that gives a value of the schema without the members that only XML shows (`x-xml-only`).

    The value itself is not changed; where the schema hides nothing, the function gives it back as it is.
    """
    strip = _Compiler(document).stripper({"$ref": pointer if pointer.startswith("#") else f"#{pointer}"})
    return strip or (lambda value: value)


@dataclass(frozen=True, slots=True)
class _Scope:
    """What the start tags around a place have declared, and how many they are."""

    default: str | None = None
    prefixes: tuple[tuple[str, str], ...] = ()
    depth: int = 0

    def qualified(self, name: str, namespace: str) -> str:
        """The name with the prefix that stands for its namespace here."""
        if namespace == self.default:
            return name
        return f"{dict(self.prefixes)[namespace]}:{name}"


@lru_cache(maxsize=4096)
def _open(scope: _Scope, name: str, namespace: str, inside: str | None = None) -> tuple[str, str, _Scope]:
    """Tag name, declarations and inner scope of an element whose children are in the namespace `inside`."""
    depth, default, prefixes = scope.depth + 1, scope.default, dict(scope.prefixes)
    declarations = ""
    if namespace != default and namespace not in prefixes:
        default = namespace
        declarations = f' xmlns="{namespace}"' if namespace or scope.default else ""
        if scope.depth == 0 and namespace:
            declarations = f' xmlns:i="{_INSTANCE}"{declarations}'
    tag = name if namespace == default else f"{prefixes[namespace]}:{name}"
    if inside is not None and inside != default and inside not in prefixes:
        prefixes[inside] = f"d{depth}p1"
        declarations = f' xmlns:d{depth}p1="{inside}"{declarations}'
    return tag, declarations, _Scope(default, tuple(prefixes.items()), depth)


class _Compiler:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def resolve(self, schema: _Schema) -> tuple[_Schema, str]:
        """The schema behind references and an `allOf` of one, and the name of the last component passed."""
        name = ""
        for _ in range(_DEEPEST):
            if "$ref" in schema:
                name = str(schema["$ref"]).rsplit("/", 1)[-1]
                schema = self._at(str(schema["$ref"]))
            elif len(schema.get("allOf", ())) == 1:
                schema = schema["allOf"][0]
            else:
                return schema, name
        raise ContractError(f"a reference that leads to itself has no XML form: {name}")

    def _at(self, pointer: str) -> _Schema:
        node: Any = self._document
        for token in pointer.removeprefix("#").split("/")[1:]:
            node = node[token.replace("~1", "/").replace("~0", "~")]
        return cast("_Schema", node)

    def element(  # noqa: PLR0911 - one return for each form
        self, name: str, namespace: str, schema: _Schema, scope: _Scope
    ) -> _Writer:
        """What writes one element with a value of the schema in it."""
        schema, _ = self.resolve(schema)
        if scope.depth > _DEEPEST:
            raise ContractError(f"a schema that holds itself has no XML form here: {name}")
        form, kind = schema.get("x-xml-form"), schema.get("type")
        if {"oneOf", "anyOf", "allOf", "not"} & set(schema):
            raise ContractError(f"a combined schema has no XML form: {name}")
        if form == "DateTimeOffset":
            return _date_writer(name, namespace, scope)
        if form == "ElementPerKey":
            return self._element_per_key(name, namespace, schema, scope)
        if form == "KeyValueOfstringanyType" or (kind == "object" and not schema.get("properties")):
            return _dictionary_writer(name, namespace, scope)
        if kind == "object":
            return self._object(name, namespace, schema, scope)
        if kind == "array":
            return self._array(name, namespace, schema, scope)
        if kind in _SIMPLE:
            return _text_writer(name, namespace, scope)
        if kind is None:
            return lambda value, out: _write_any(name, namespace, scope, value, out)
        raise ContractError(f"type {kind!r} has no XML form: {name}")

    def _object(self, name: str, namespace: str, schema: _Schema, scope: _Scope) -> _Writer:
        inside = schema.get("xml", {}).get("namespace", namespace)
        tag, declarations, inner = _open(scope, name, namespace, inside)
        properties: Mapping[str, _Schema] = schema["properties"]
        members = [
            (key, self.element(key, member.get("xml", {}).get("namespace", inside), member, inner))
            for key, member in sorted(properties.items())
        ]

        def write(value: Mapping[str, Any], out: list[str]) -> None:
            for key, write_member in members:
                if key in value:
                    write_member(value[key], out)

        return _around(tag, declarations, write)

    def _array(self, name: str, namespace: str, schema: _Schema, scope: _Scope) -> _Writer:
        item, component = self.resolve(schema["items"])
        xml = item.get("xml", {})
        if item.get("type") in _SIMPLE and "x-xml-form" not in item:
            item_name, inside = _SIMPLE[item["type"]], _ARRAYS
        elif "type" not in item:
            item_name, inside = "anyType", _ARRAYS
        else:
            item_name, inside = xml.get("name") or component, xml.get("namespace", namespace)
        tag, declarations, inner = _open(scope, name, namespace, inside)
        write_item = self.element(item_name, inside, item, inner)

        def write(value: Sequence[Any], out: list[str]) -> None:
            for entry in value:
                write_item(entry, out)

        return _around(tag, declarations, write)

    def _element_per_key(self, name: str, namespace: str, schema: _Schema, scope: _Scope) -> _Writer:
        tag, declarations, inner = _open(scope, name, namespace)
        items = schema["additionalProperties"]["items"]

        def write(value: Mapping[str, Sequence[Any]], out: list[str]) -> None:
            for key, entries in value.items():
                write_entry = self.element(_element_name(key), namespace, items, inner)
                for entry in entries:
                    write_entry(entry, out)

        return _around(tag, declarations, write)

    def stripper(self, schema: _Schema, depth: int = 0) -> Callable[[Any], Any] | None:
        """What takes the XML-only members out of a value of the schema; None where there are none."""
        schema, component = self.resolve(schema)
        if depth > _DEEPEST:
            raise ContractError(f"a schema that holds itself has no XML form here: {component}")
        if schema.get("type") == "array":
            strip = self.stripper(schema["items"], depth + 1)
            return strip and (lambda value: value if value is None else [strip(item) for item in value])
        properties: Mapping[str, _Schema] = schema.get("properties", {})
        hidden = {name for name, member in properties.items() if member.get("x-xml-only")}
        inner = {name: self.stripper(member, depth + 1) for name, member in properties.items()}
        strippers = {name: strip for name, strip in inner.items() if strip and name not in hidden}
        if not hidden and not strippers:
            return None

        def strip_object(value: Mapping[str, Any] | None) -> dict[str, Any] | None:
            if value is None:
                return None
            shown = {name: member for name, member in value.items() if name not in hidden}
            shown.update({name: strip(shown[name]) for name, strip in strippers.items() if name in shown})
            return shown

        return strip_object


def _around(tag: str, declarations: str, write_children: _Writer) -> _Writer:
    start, end, empty = f"<{tag}{declarations}>", f"</{tag}>", f"<{tag}{declarations} />"
    nil = f'<{tag} i:nil="true"{declarations} />'

    def write(value: Any, out: list[str]) -> None:
        if value is None:
            out.append(nil)
        elif value:
            out.append(start)
            write_children(value, out)
            out.append(end)
        else:
            out.append(empty)

    return write


def _text_writer(name: str, namespace: str, scope: _Scope) -> _Writer:
    tag, declarations, _ = _open(scope, name, namespace)
    start, end, nil = f"<{tag}{declarations}>", f"</{tag}>", f'<{tag} i:nil="true"{declarations} />'

    def write(value: Any, out: list[str]) -> None:
        out.append(nil if value is None else f"{start}{_text(value)}{end}")

    return write


def _date_writer(name: str, namespace: str, scope: _Scope) -> _Writer:
    tag, declarations, inner = _open(scope, name, namespace, _SYSTEM)
    instant, offset = inner.qualified("DateTime", _SYSTEM), inner.qualified("OffsetMinutes", _SYSTEM)
    nil = f'<{tag} i:nil="true"{declarations} />'

    def write(value: str | None, out: list[str]) -> None:
        if value is None:
            out.append(nil)
            return
        utc, minutes = _date_parts(value)
        out.append(f"<{tag}{declarations}><{instant}>{utc}</{instant}><{offset}>{minutes}</{offset}></{tag}>")

    return write


def _dictionary_writer(name: str, namespace: str, scope: _Scope) -> _Writer:
    tag, declarations, inner = _open(scope, name, namespace, _ARRAYS)
    return _around(tag, declarations, lambda value, out: _write_entries(value, inner, out))


def _write_entries(value: Mapping[str, Any], scope: _Scope, out: list[str]) -> None:
    tag, _, inner = _open(scope, "KeyValueOfstringanyType", _ARRAYS)
    key_tag = inner.qualified("Key", _ARRAYS)
    for key, entry in value.items():
        out.append(f"<{tag}><{key_tag}>{_text(key)}</{key_tag}>")
        _write_any("Value", _ARRAYS, inner, entry, out)
        out.append(f"</{tag}>")


def _write_any(name: str, namespace: str, scope: _Scope, value: Any, out: list[str]) -> None:
    if value is None:
        tag, declarations, _ = _open(scope, name, namespace)
        out.append(f'<{tag} i:nil="true"{declarations} />')
        return
    kind, inside = _type_of(value)
    tag, declarations, inner = _open(scope, name, namespace, inside)
    out.append(f'<{tag} i:type="{inner.qualified(kind, inside)}"{declarations}>')
    if isinstance(value, dict):
        _write_entries(cast("dict[str, Any]", value), inner, out)
    elif isinstance(value, list):
        for entry in cast("list[Any]", value):
            _write_any("anyType", _ARRAYS, inner, entry, out)
    else:
        out.append(_text(value))
    out.append(f"</{tag}>")


def _type_of(value: object) -> tuple[str, str]:
    if isinstance(value, dict):
        return "ArrayOfKeyValueOfstringanyType", _ARRAYS
    if isinstance(value, list):
        return "ArrayOfanyType", _ARRAYS
    if isinstance(value, bool):
        return "boolean", _XSD
    if isinstance(value, int):
        size = value if value >= 0 else -value - 1
        return "int" if size < _INT else "long" if size < _LONG else "decimal", _XSD
    return "double" if isinstance(value, float) else "string", _XSD


def _text(value: object) -> str:
    if isinstance(value, str):
        return _SPECIAL.sub(_escaped, value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)


def _escaped(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[0], "\ufffd")


def _date_parts(text: str) -> tuple[str, int]:
    """The instant in UTC and the minutes of the offset, with the seventh digit that datetime cannot hold."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError(f"not a date and time with an offset: {text!r}")
    local, fraction, sign, hours, minutes = match.groups()
    offset = 0 if sign is None else (int(hours) * 60 + int(minutes)) * (-1 if sign == "-" else 1)
    instant = datetime.fromisoformat(local) - timedelta(minutes=offset)
    digits = (fraction or "").rstrip("0")
    return f"{instant.isoformat()}{'.' if digits else ''}{digits}Z", offset


def _element_name(key: str) -> str:
    """A key as .NET makes it an element name: what a name cannot hold becomes `_xHHHH_`."""
    return _NOT_IN_NAMES.sub(lambda match: f"_x{ord(match[0]):04X}_", key) or "_"
