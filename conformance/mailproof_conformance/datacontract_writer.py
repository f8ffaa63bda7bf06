"""Writes .NET DataContract XML from a JSON value by the schemas of a contract: right values, and wrong ones on purpose.

Written without a glance at any reader: what a server takes is held against the contract alone.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from lxml import etree

from mailproof.pointers import mapping, resolve, token
from mailproof_conformance.datacontract import ARRAYS, INSTANCE, ITEM_NAMES, SYSTEM, XSD, Element

if TYPE_CHECKING:
    from collections.abc import Mapping

_DATE = re.compile(r"(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII)
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]|^[^A-Za-z_]|_(?=x[0-9A-Fa-f]{4}_)")
_ENTRY = "KeyValueOfstringanyType"


def write(document: Mapping[str, Any], pointer: str, value: Any) -> bytes:
    """A document with the value in it, in UTF-8; `pointer` leads to its schema in the bundled contract.

    Members stand in ordinal order. A value of another type than its schema's is written so that XML shows it: a text
    where a number belongs is that text, an object where a text belongs is elements, an array where an object belongs
    is JSON. Raises ValueError for a text that
    XML 1.0 cannot hold.
    """
    return Writer(document).document(pointer, value)


class Writer:
    """Writes the values of one contract; what it has looked up once it keeps."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._schema = lru_cache(maxsize=None)(self._resolved)

    def document(self, pointer: str, value: Any) -> bytes:
        """As `write` has it."""
        schema, place = self._schema(pointer)
        xml = mapping(schema.get("xml"))
        namespace = xml.get("namespace", "")
        prefixes: dict[str | None, str] = {"i": INSTANCE, "a": ARRAYS, "s": SYSTEM, "x": XSD}
        if namespace:
            prefixes[None] = namespace
        root = etree.Element(_name(xml.get("name") or _component(place), namespace), nsmap=cast("Any", prefixes))
        self._fill(root, place, namespace, value)
        typed = any(f"{{{INSTANCE}}}type" in element.attrib for element in root.iter())
        etree.cleanup_namespaces(root, keep_ns_prefixes=["a", "x"] if typed else None)
        return etree.tostring(root, encoding="utf-8", xml_declaration=False)

    def _resolved(self, pointer: str) -> tuple[Mapping[str, Any], str]:
        """The schema behind references and single `allOf`s, and where it stands."""
        schema, place = resolve(self._document, pointer)
        while len(schema.get("allOf", ())) == 1:
            schema, place = resolve(self._document, f"{place}/allOf/0")
        return schema, place

    def _fill(self, element: Element, pointer: str, namespace: str, value: Any) -> None:
        """Puts a value into an element; `namespace` is the one that its members inherit."""
        schema, place = self._schema(pointer)
        form, kind = schema.get("x-xml-form"), schema.get("type")
        if value is None:
            element.set(f"{{{INSTANCE}}}nil", "true")
        elif form == "DateTimeOffset":
            _date(element, value)
        elif form == "ElementPerKey" and isinstance(value, dict):
            _by_key(element, namespace, cast("dict[str, Any]", value))
        elif kind is None:
            _any(element, value)
        elif form == _ENTRY or (kind == "object" and not schema.get("properties")):
            _dictionary(element, value)
        elif kind == "object" and isinstance(value, dict):
            inside = mapping(schema.get("xml")).get("namespace", namespace)
            self._members(element, place, inside, cast("dict[str, Any]", value))
        elif kind == "array" and isinstance(value, list):
            self._items(element, place, namespace, cast("list[Any]", value))
        elif kind not in {"object", "array"} and isinstance(value, dict | list):
            _untyped(element, namespace, value or [None])  # one element at least, lest it be an empty text
        else:
            element.text = text_of(value)

    def _members(self, element: Element, place: str, namespace: str, value: Mapping[str, Any]) -> None:
        properties = mapping(self._schema(place)[0].get("properties"))
        for name, member in sorted(value.items()):
            if name not in properties:
                child = _child(element, _encoded(name), namespace)
                _untyped(child, namespace, member)
                continue
            own = f"{place}/properties/{token(name)}"
            # The member's own `xml` counts, not that of what it refers to.
            inside = mapping(properties[name].get("xml")).get("namespace", namespace)
            self._fill(_child(element, name, inside), own, inside, member)

    def _items(self, element: Element, place: str, namespace: str, value: list[Any]) -> None:
        item, there = self._schema(f"{place}/items")
        if "type" not in item:
            name, inside = "anyType", ARRAYS
        elif item["type"] in ITEM_NAMES and "x-xml-form" not in item:
            name, inside = ITEM_NAMES[item["type"]], ARRAYS
        else:
            xml = mapping(item.get("xml"))
            name, inside = xml.get("name") or _component(there), xml.get("namespace", namespace)
        for entry in value:
            self._fill(_child(element, name, inside), there, inside, entry)


def text_of(value: object) -> str:
    """A value as the text of an element: a text as it is, all else as JSON writes it."""
    return value if isinstance(value, str) else json.dumps(value)


def _name(name: str, namespace: str) -> str:
    return f"{{{namespace}}}{name}" if namespace else name


def _child(parent: Element, name: str, namespace: str) -> Element:
    """A further element; one in another namespace than all around it declares that as its default."""
    own = namespace and namespace not in parent.nsmap.values()
    return etree.SubElement(parent, _name(name, namespace), nsmap=cast("Any", {None: namespace}) if own else None)


def _component(place: str) -> str:
    return place.rpartition("/")[2].replace("~1", "/").replace("~0", "~")


def _encoded(key: str) -> str:
    """A key as .NET makes it the name of an element: what a name cannot hold becomes `_xHHHH_`."""
    return _NOT_IN_NAMES.sub(lambda match: f"_x{ord(match[0]):04X}_", key) or "_"


def _untyped(element: Element, namespace: str, value: Any) -> None:
    """A value where no schema says how: elements for what has parts, text for the rest."""
    if value is None:
        element.set(f"{{{INSTANCE}}}nil", "true")
    elif isinstance(value, dict):
        for name, member in sorted(cast("dict[str, Any]", value).items()):
            _untyped(_child(element, _encoded(name), namespace), namespace, member)
    elif isinstance(value, list):
        for entry in cast("list[Any]", value):
            _untyped(_child(element, "anyType", ARRAYS), namespace, entry)
    else:
        element.text = text_of(value)


def _by_key(element: Element, namespace: str, value: Mapping[str, Any]) -> None:
    for key, entries in value.items():
        for entry in cast("list[Any]", entries) if isinstance(entries, list) else [entries]:
            _untyped(_child(element, _encoded(key), namespace), namespace, entry)


def _date(element: Element, value: Any) -> None:
    """The two parts of a date; a value that is no date stands where the instant belongs."""
    match = _DATE.fullmatch(value) if isinstance(value, str) else None
    instant, offset = text_of(value), 0
    if match is not None:
        local, fraction, sign, hours, minutes = match.groups()
        offset = 0 if sign is None else (int(hours) * 60 + int(minutes)) * (-1 if sign == "-" else 1)
        try:
            utc = datetime.fromisoformat(local.upper()) - timedelta(minutes=offset)
            instant = f"{utc.isoformat()}{(fraction or '').rstrip('0').rstrip('.')}Z"
        except (ValueError, OverflowError):
            offset = 0
    _child(element, "DateTime", SYSTEM).text = instant
    _child(element, "OffsetMinutes", SYSTEM).text = str(offset)


def _dictionary(element: Element, value: Any) -> None:
    if not isinstance(value, dict):
        element.text = text_of(value)
    else:
        for key, entry in cast("dict[str, Any]", value).items():
            pair = _child(element, _ENTRY, ARRAYS)
            _child(pair, "Key", ARRAYS).text = key
            _any(_child(pair, "Value", ARRAYS), entry)


def _any(element: Element, value: Any) -> None:
    """A value that says its own type."""
    if value is None:
        element.set(f"{{{INSTANCE}}}nil", "true")
        return
    kind = _type_of(value)
    element.set(f"{{{INSTANCE}}}type", kind)
    if isinstance(value, dict):
        _dictionary(element, cast("dict[str, Any]", value))
    elif isinstance(value, list):
        for entry in cast("list[Any]", value):
            _any(_child(element, "anyType", ARRAYS), entry)
    else:
        element.text = text_of(value)


def _type_of(value: object) -> str:
    """The type's name with the prefix that the root gives its namespace."""
    if isinstance(value, dict):
        return f"a:ArrayOf{_ENTRY}"
    if isinstance(value, list):
        return "a:ArrayOfanyType"
    if isinstance(value, bool):
        return "x:boolean"
    if isinstance(value, int):
        size = value if value >= 0 else -value - 1
        sizes = {"x:int": 2**31, "x:long": 2**63, "x:decimal": 2**96}
        return next((name for name, limit in sizes.items() if size < limit), "x:double")
    return "x:double" if isinstance(value, float) else "x:string"
