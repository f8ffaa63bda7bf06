"""JSON-like values as .NET DataContract XML, by encoders that are compiled from the schemas of a contract."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, cast

from mailproof_mock.datacontract_forms import ARRAYS, INSTANCE, SYSTEM, XSD, Forms, Place, Schema, check_depth
from mailproof_mock.datacontract_text import element_name, split_date

Encoder = Callable[[object], bytes]
_Writer = Callable[[Any, list[str]], None]

_INT, _LONG = 2**31, 2**63

_SPECIAL = re.compile("[&<>\r]|[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"}


def compile_encoder(document: Mapping[str, Any], pointer: str) -> Encoder:
    """A function that writes a value of the schema at a JSON pointer of a bundled contract as XML, in UTF-8.

    The schemas' `xml` objects and `x-xml-form` marks say how. Members stand in ordinal order, those that the
    value does not have are left out, members of the value that the schema does not know are not written.
    Characters that XML 1.0 cannot hold become U+FFFD. There is no XML declaration, as in the vendor's pages.
    Raises ContractError for a schema that DataContract XML has no form for.
    """
    forms = Forms(document)
    write = _Compiler(forms).element(forms.root(pointer), _Scope())

    def encode(value: object) -> bytes:
        parts: list[str] = []
        write(value, parts)
        return "".join(parts).encode()

    return encode


def strip_xml_only(document: Mapping[str, Any], pointer: str) -> Callable[[Any], Any]:
    """A function that gives a value of the schema without the members that only XML shows (`x-xml-only`).

    The value itself is not changed; where the schema hides nothing, the function gives it back as it is.
    """
    return _stripper(Forms(document), Forms(document).root(pointer), 0) or (lambda value: value)


class _Scope(NamedTuple):
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
            declarations = f' xmlns:i="{INSTANCE}"{declarations}'
    tag = name if namespace == default else f"{prefixes[namespace]}:{name}"
    if inside is not None and inside != default and inside not in prefixes:
        prefixes[inside] = f"d{depth}p1"
        declarations = f' xmlns:d{depth}p1="{inside}"{declarations}'
    return tag, declarations, _Scope(default, tuple(prefixes.items()), depth)


class _Compiler:
    def __init__(self, forms: Forms) -> None:
        self._forms = forms

    def element(  # noqa: PLR0911 - one return for each form
        self, place: Place, scope: _Scope
    ) -> _Writer:
        """What writes one element with a value in it."""
        name, namespace, _ = place
        form, schema = self._forms.form(place)
        check_depth(scope.depth, name)
        match form:
            case "date":
                return _date_writer(name, namespace, scope)
            case "element-per-key":
                return self._element_per_key(name, namespace, schema, scope)
            case "dictionary":
                return _dictionary_writer(name, namespace, scope)
            case "object":
                return self._object(name, namespace, schema, scope)
            case "array":
                return self._array(name, namespace, schema, scope)
            case "text":
                return _text_writer(name, namespace, scope)
            case "any":
                return lambda value, out: _write_any(name, namespace, scope, value, out)

    def _object(self, name: str, namespace: str, schema: Schema, scope: _Scope) -> _Writer:
        inside = schema.get("xml", {}).get("namespace", namespace)
        tag, declarations, inner = _open(scope, name, namespace, inside)
        members = [(place.name, self.element(place, inner)) for place in self._forms.members(schema, namespace)]

        def write(value: Mapping[str, Any], out: list[str]) -> None:
            for key, write_member in members:
                if key in value:
                    write_member(value[key], out)

        return _around(tag, declarations, write)

    def _array(self, name: str, namespace: str, schema: Schema, scope: _Scope) -> _Writer:
        item = self._forms.item(schema, namespace)
        tag, declarations, inner = _open(scope, name, namespace, item.namespace)
        write_item = self.element(item, inner)

        def write(value: Sequence[Any], out: list[str]) -> None:
            for entry in value:
                write_item(entry, out)

        return _around(tag, declarations, write)

    def _element_per_key(self, name: str, namespace: str, schema: Schema, scope: _Scope) -> _Writer:
        tag, declarations, inner = _open(scope, name, namespace)
        items = schema["additionalProperties"]["items"]

        def write(value: Mapping[str, Sequence[Any]], out: list[str]) -> None:
            for key, entries in value.items():
                write_entry = self.element(Place(element_name(key), namespace, items), inner)
                for entry in entries:
                    write_entry(entry, out)

        return _around(tag, declarations, write)


def _stripper(forms: Forms, place: Place, depth: int) -> Callable[[Any], Any] | None:
    """What takes the XML-only members out of a value of the place's schema; None where there are none."""
    check_depth(depth, place.name)
    schema, _ = forms.resolve(place.schema)
    if schema.get("type") == "array":
        strip = _stripper(forms, forms.item(schema, ""), depth + 1)
        return strip and (lambda value: value if value is None else [strip(item) for item in value])
    places = list(forms.members(schema, "")) if "properties" in schema else []
    hidden = {member.name for member in places if member.schema.get("x-xml-only")}
    inner = {member.name: _stripper(forms, member, depth + 1) for member in places if member.name not in hidden}
    strippers = {name: strip for name, strip in inner.items() if strip}
    if not hidden and not strippers:
        return None

    def strip_object(value: Mapping[str, Any] | None) -> dict[str, Any] | None:
        if value is None:
            return None
        shown = dict(value)
        for name in hidden:
            shown.pop(name, None)
        for name, strip in strippers.items():
            if name in shown:
                shown[name] = strip(shown[name])
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
    tag, declarations, inner = _open(scope, name, namespace, SYSTEM)
    instant, offset = inner.qualified("DateTime", SYSTEM), inner.qualified("OffsetMinutes", SYSTEM)
    nil = f'<{tag} i:nil="true"{declarations} />'

    def write(value: str | None, out: list[str]) -> None:
        if value is None:
            out.append(nil)
            return
        utc, minutes = split_date(value)
        out.append(f"<{tag}{declarations}><{instant}>{utc}</{instant}><{offset}>{minutes}</{offset}></{tag}>")

    return write


def _dictionary_writer(name: str, namespace: str, scope: _Scope) -> _Writer:
    tag, declarations, inner = _open(scope, name, namespace, ARRAYS)
    return _around(tag, declarations, lambda value, out: _write_entries(value, inner, out))


def _write_entries(value: Mapping[str, Any], scope: _Scope, out: list[str]) -> None:
    tag, _, inner = _open(scope, "KeyValueOfstringanyType", ARRAYS)
    key_tag = inner.qualified("Key", ARRAYS)
    for key, entry in value.items():
        out.append(f"<{tag}><{key_tag}>{_text(key)}</{key_tag}>")
        _write_any("Value", ARRAYS, inner, entry, out)
        out.append(f"</{tag}>")


def _write_any(name: str, namespace: str, scope: _Scope, value: Any, out: list[str]) -> None:
    if value is None:
        tag, declarations, _ = _open(scope, name, namespace)
        out.append(f'<{tag} i:nil="true"{declarations} />')
        return
    kind, inside = _type_of(value)
    start, end, inner = _typed(scope, name, namespace, kind, inside)
    out.append(start)
    if isinstance(value, dict):
        _write_entries(cast("dict[str, Any]", value), inner, out)
    elif isinstance(value, list):
        for entry in cast("list[Any]", value):
            _write_any("anyType", ARRAYS, inner, entry, out)
    else:
        out.append(_text(value))
    out.append(end)


@lru_cache(maxsize=4096)
def _typed(scope: _Scope, name: str, namespace: str, kind: str, inside: str) -> tuple[str, str, _Scope]:
    """Start tag, end tag and inner scope of an element that says the type of its value."""
    tag, declarations, inner = _open(scope, name, namespace, inside)
    return f'<{tag} i:type="{inner.qualified(kind, inside)}"{declarations}>', f"</{tag}>", inner


def _type_of(value: object) -> tuple[str, str]:
    if isinstance(value, str):
        return "string", XSD
    if isinstance(value, dict):
        return "ArrayOfKeyValueOfstringanyType", ARRAYS
    if isinstance(value, list):
        return "ArrayOfanyType", ARRAYS
    if isinstance(value, bool):
        return "boolean", XSD
    if isinstance(value, int):
        size = value if value >= 0 else -value - 1
        return "int" if size < _INT else "long" if size < _LONG else "decimal", XSD
    return "double", XSD


def _text(value: object) -> str:
    if isinstance(value, str):
        return _SPECIAL.sub(_escaped, value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)


def _escaped(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[0], "\ufffd")
