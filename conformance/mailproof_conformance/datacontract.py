"""Reads .NET DataContract XML by the schemas of a contract, and says where its form is not the promised one.

Written without a glance at any writer: what a server emits is held against the contract alone.
"""

from __future__ import annotations

import json
import re
from collections import Counter, deque
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Element: TypeAlias = etree._Element  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - lxml has no other name for it
"""An element of a parsed document."""

ARRAYS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
SYSTEM = "http://schemas.datacontract.org/2004/07/System"
XSD = "http://www.w3.org/2001/XMLSchema"

ITEM_NAMES = {"string": "string", "integer": "int", "number": "double", "boolean": "boolean"}
"""What an item of an array is called where it is a simple value."""

_ENTRY = [f"{{{ARRAYS}}}Key", f"{{{ARRAYS}}}Value"]
_TEXT_BETWEEN = etree.XPath("//*[*]/text()[normalize-space()]")
"""Texts that stand beside elements; hardly any document has one."""
_NIL = f"{{{INSTANCE}}}nil"
_TYPE = f"{{{INSTANCE}}}type"
_TRUE = frozenset({"true", "1"})
_MOST_BYTES = 32 * 2**20
_SMALL = 32 * 2**10
"""Bytes of a document that is kept as it was read among many."""
_LARGE = 4 * 2**20
"""Bytes of one that is kept among few: a long list that several laws look at in turn."""
_LIMITS = frozenset(
    {
        etree.ErrorTypes.ERR_INTERNAL_ERROR,
        etree.ErrorTypes.ERR_RESOURCE_LIMIT,
        etree.ErrorTypes.ERR_NAME_TOO_LONG,
        etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING,
        etree.ErrorTypes.ERR_ENTITY_LOOP,
    }
)
"""What the parser refuses for its own sake: such a text may be XML all the same."""
_WHOLE = {"int", "long", "short", "byte", "integer", "decimal"}
_INTEGER = re.compile(r"[+-]?[0-9]{1,400}")
_UTC = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,7}))?Z")
_ENCODED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Finding(str):
    """One thing that is wrong with the form of a document, in words."""

    __slots__ = ("place", "rule", "way")

    place: str
    """The way to it from the root: names of members, numbers of items, as it is told."""
    way: tuple[str | int, ...]
    """The same without the root, and with the member that is missing."""
    rule: str
    """`syntax`, `document`, `name`, `namespace`, `order`, `missing`, `unknown`, `nil`, `date`, `entry` or `value`."""


def read(
    document: Mapping[str, Any], pointer: str, body: bytes, *, xml_only: bool = False
) -> tuple[Any, list[Finding]]:
    """The value of an XML document as its JSON form would be, and what is wrong with its form.

    `pointer` leads to the schema in the bundled contract. A document that cannot be parsed, or brings a DTD,
    has the value None and one finding. With `xml_only` the members that JSON hides (`x-xml-only`) are part of
    the value.
    """
    shapes = _shapes_of(document)
    if len(body) > _LARGE:
        return _read(shapes, pointer, body, xml_only=xml_only)
    kept = shapes.read if len(body) <= _SMALL else shapes.read_large
    value, findings = kept(pointer, body, xml_only=xml_only)
    return json.loads(value), list(findings)


class IllFormedError(ValueError):
    """A text is no XML at all."""


def parse(body: bytes) -> Element:
    """The root of a document. Raises IllFormedError, or another ValueError for one too large or with a DTD."""
    if len(body) > _MOST_BYTES:
        raise ValueError(f"more than {_MOST_BYTES} bytes of XML")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        kind = ValueError if vars(error).get("code") in _LIMITS else IllFormedError
        raise kind(f"not well-formed XML: {error}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("XML with a document type declaration")
    return root


def as_xml_can_say(value: Any) -> Any:
    """A JSON value with U+FFFD for each character that XML 1.0 cannot hold, in texts and member names."""
    if isinstance(value, str):
        return _NOT_XML.sub("\ufffd", value)
    if isinstance(value, list):
        return [as_xml_can_say(item) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        return {_NOT_XML.sub("\ufffd", name): as_xml_can_say(item) for name, item in members.items()}
    return value


def is_nil(element: Element) -> bool:
    """Whether an element says that it stands for null."""
    return element.get(_NIL) in _TRUE


def split(element: Element) -> tuple[str, str]:
    """Namespace (empty for none) and local name of an element."""
    return _split(str(element.tag))


@lru_cache(maxsize=4096)
def _split(tag: str) -> tuple[str, str]:
    namespace, brace, name = tag.rpartition("}")
    return namespace[1:] if brace else "", name


def type_of(element: Element) -> tuple[str, str] | None:
    """Namespace and local name of the element's `i:type`, or None where it has none that can be resolved."""
    written = element.get(_TYPE)
    if written is None:
        return None
    prefix, _, name = written.rpartition(":")
    namespace = element.nsmap.get(prefix or None)
    return None if prefix and namespace is None else (namespace or "", name)


class _Shapes:
    """What a document's schemas ask of elements, each worked out once: they are named by their place in memory."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self._resolved: dict[int, tuple[Mapping[str, Any], str]] = {}
        self._needed: dict[int, frozenset[str]] = {}
        self.read = lru_cache(maxsize=512)(self._read)
        """What a document says, as JSON, and what is wrong with it: a run is shown the same ones again and again."""
        self.read_large = lru_cache(maxsize=6)(self._read)
        """The same of large ones."""

    def _read(self, pointer: str, body: bytes, *, xml_only: bool) -> tuple[str, tuple[Finding, ...]]:
        value, findings = _read(self, pointer, body, xml_only=xml_only)
        return json.dumps(value, ensure_ascii=False), tuple(findings)

    def at(self, pointer: str) -> tuple[Mapping[str, Any], str]:
        """The schema at a pointer, as `resolve` gives it."""
        return self._resolve({"$ref": f"#{pointer.removeprefix('#')}"})

    def resolve(self, schema: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
        """The schema behind references and single `allOf`s, and the last component's name on the way."""
        found = self._resolved.get(id(schema))
        if found is None:
            found = self._resolved[id(schema)] = self._resolve(schema)
        return found

    def needed(self, schema: Mapping[str, Any]) -> frozenset[str]:
        """The members without which an element of a schema is not whole."""
        found = self._needed.get(id(schema))
        if found is None:
            hidden = (name for name, member in schema["properties"].items() if _hidden(member))
            found = self._needed[id(schema)] = frozenset((*schema.get("required", ()), *hidden))
        return found

    def _resolve(self, schema: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
        name = ""
        while True:
            if "$ref" in schema:
                tokens = str(schema["$ref"]).lstrip("#/").split("/")
                node: Any = self.document
                for token in tokens:
                    node = node[token.replace("~1", "/").replace("~0", "~")]
                name, schema = tokens[-1], node
            elif "allOf" in schema and len(schema["allOf"]) == 1:
                schema = schema["allOf"][0]
            else:
                return schema, name


_known: deque[_Shapes] = deque(maxlen=8)
"""Of the last documents; each is kept, so that no other takes its place in memory."""


def _shapes_of(document: Mapping[str, Any]) -> _Shapes:
    for shapes in _known:
        if shapes.document is document:
            return shapes
    _known.append(_Shapes(document))
    return _known[-1]


def _read(shapes: _Shapes, pointer: str, body: bytes, *, xml_only: bool) -> tuple[Any, list[Finding]]:
    try:
        root = parse(body)
    except IllFormedError as error:
        return None, [_finding("syntax", "", str(error))]
    except ValueError as error:
        return None, [_finding("document", "", str(error))]
    reader = _Reader(shapes, root, xml_only=xml_only)
    schema, component = shapes.at(pointer)
    xml = schema.get("xml", {})
    name, namespace = xml.get("name") or component, xml.get("namespace", "")
    reader.expect(root, name, namespace, name)
    return reader.value(root, schema, namespace, name), reader.findings


class _Reader:
    def __init__(self, shapes: _Shapes, root: Element, *, xml_only: bool) -> None:
        self.shapes = shapes
        self._xml_only = xml_only
        self._mixed = bool(_TEXT_BETWEEN(root))
        self.findings: list[Finding] = []

    def expect(self, element: Element, name: str, namespace: str, place: str) -> None:
        """Notes a finding unless the element has that name in that namespace."""
        if namespace and element.tag == f"{{{namespace}}}{name}":
            return
        found_namespace, found = split(element)
        if found != name:
            self._note("name", place, f"is <{found}>, not <{name}>")
        elif found_namespace != namespace:
            self._note("namespace", place, f"is in namespace {found_namespace!r}, not {namespace!r}")

    def value(  # noqa: PLR0911 - one return for each form
        self, element: Element, schema: Mapping[str, Any], namespace: str, place: str
    ) -> Any:
        """The value of an element; `namespace` is the one that its members inherit."""
        schema, _ = self.shapes.resolve(schema)
        form, kind = schema.get("x-xml-form"), schema.get("type")
        if is_nil(element):
            if len(element) or element.text:
                self._note("nil", place, "is nil and not empty")
            if kind is not None and not schema.get("nullable"):
                self._note("nil", place, "is nil and cannot be null")
            return None
        if form == "DateTimeOffset":
            return self._date(element, place)
        if form == "ElementPerKey":
            return self._by_key(element, place)
        if kind is None:
            return self._any(element, place)
        if form == "KeyValueOfstringanyType" or (kind == "object" and "properties" not in schema):
            return self._dictionary(element, place)
        if kind == "object":
            return self._object(element, schema, schema.get("xml", {}).get("namespace", namespace), place)
        if kind == "array":
            return self._array(element, schema, namespace, place)
        return self._simple(element, kind, place)

    def _object(self, element: Element, schema: Mapping[str, Any], namespace: str, place: str) -> Any:
        properties: Mapping[str, Mapping[str, Any]] = schema["properties"]
        children = self._children(element, place)
        names = [_split(child.tag)[1] for child in children]
        if names != sorted(names):
            late, early = next((one, two) for one, two in pairwise(names) if one > two)
            self._note("order", place, f"<{late}> stands before <{early}>, and members stand in ordinal order")
        by_name = dict(zip(reversed(names), reversed(children), strict=True))
        if len(by_name) < len(names) or not by_name.keys() <= properties.keys():
            self._unknown(Counter(names), properties, place)
        needed = self.shapes.needed(schema)
        if not needed <= by_name.keys():
            self._missing(needed - by_name.keys(), place)
        found: dict[str, Any] = {}
        for name, member in properties.items():
            if name not in by_name:
                continue
            own = member["xml"].get("namespace", namespace) if "xml" in member else namespace
            here = f"{place}/{name}"
            self.expect(by_name[name], name, own, here)
            value = self.value(by_name[name], member, own, here)
            if self._xml_only or not _hidden(member):
                found[name] = value
        return found

    def _unknown(self, counted: Mapping[str, int], properties: Mapping[str, object], place: str) -> None:
        for name, times in counted.items():
            if name not in properties:
                self._note("unknown", place, f"has an unknown member <{name}>")
            elif times > 1:
                self._note("unknown", place, f"has <{name}> {times} times")

    def _missing(self, names: Iterable[str], place: str) -> None:
        for name in sorted(names):
            self._note("missing", place, f"has no <{name}>", name)

    def _array(self, element: Element, schema: Mapping[str, Any], namespace: str, place: str) -> list[Any]:
        item, component = self.shapes.resolve(schema["items"])
        xml = item.get("xml", {})
        if "type" not in item:
            name, own = "anyType", ARRAYS
        elif item["type"] in ITEM_NAMES and "x-xml-form" not in item:
            name, own = ITEM_NAMES[item["type"]], ARRAYS
        else:
            name, own = xml.get("name") or component, xml.get("namespace", namespace)
        values: list[Any] = []
        for number, child in enumerate(self._children(element, place)):
            here = f"{place}/{number}"
            self.expect(child, name, own, here)
            values.append(self.value(child, item, own, here))
        return values

    def _dictionary(self, element: Element, place: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for number, entry in enumerate(self._children(element, place)):
            here = f"{place}/{number}"
            self.expect(entry, "KeyValueOfstringanyType", ARRAYS, here)
            parts = self._children(entry, here)
            if [part.tag for part in parts] != _ENTRY:
                self._note("entry", here, f"is not a Key and a Value in namespace {ARRAYS!r}")
                continue
            key = self._simple(parts[0], "string", f"{here}/Key")
            if key in found:
                self._note("entry", place, f"has the key {key!r} twice")
            found[key] = self._any(parts[1], f"{place}/{key}")
        return found

    def _any(self, element: Element, place: str) -> Any:  # noqa: PLR0911 - one return for each type
        """A value by its `i:type`; a type that JSON has no form for, or none, is read as text."""
        if is_nil(element):
            return None
        match type_of(element):
            case (namespace, "ArrayOfKeyValueOfstringanyType") if namespace == ARRAYS:
                return self._dictionary(element, place)
            case (namespace, "ArrayOfanyType") if namespace == ARRAYS:
                children = enumerate(self._children(element, place))
                return [self._any(child, f"{place}/{number}") for number, child in children]
            case (namespace, "DateTimeOffset") if namespace == SYSTEM:
                return self._date(element, place)
            case (namespace, name) if namespace == XSD and name in _WHOLE:
                return self._simple(element, "number" if "." in (element.text or "") else "integer", place)
            case (namespace, "double" | "float") if namespace == XSD:
                return self._simple(element, "number", place)
            case (namespace, "boolean") if namespace == XSD:
                return self._simple(element, "boolean", place)
            case _:
                return self._simple(element, "string", place)

    def _by_key(self, element: Element, place: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for child in self._children(element, place):
            key = _ENCODED.sub(lambda match: chr(int(match[1], 16)), split(child)[1])
            found.setdefault(key, []).append(self._simple(child, "string", f"{place}/{key}"))
        return found

    def _date(self, element: Element, place: str) -> Any:
        parts = self._children(element, place)
        if [split(part) for part in parts] != [(SYSTEM, "DateTime"), (SYSTEM, "OffsetMinutes")]:
            shown = ", ".join(split(part)[1] for part in parts) or repr(element.text)
            self._note("date", place, f"is not DateTime, OffsetMinutes in namespace {SYSTEM!r} but {shown}")
            return element.text
        instant, offset = parts[0].text or "", parts[1].text or ""
        match = _UTC.fullmatch(instant)
        if match is None:
            self._note("date", place, f"DateTime {instant!r} is not in UTC with a Z, or has too many digits")
            return instant
        if not _INTEGER.fullmatch(offset) or abs(int(offset)) >= 24 * 60:
            self._note("date", place, f"OffsetMinutes {offset!r} is not a number of minutes")
            return instant
        try:
            return _with_offset(match[1], match[2] or "", int(offset))
        except (ValueError, OverflowError):
            self._note("date", place, f"DateTime {instant!r} is no point in time")
            return instant

    def _simple(self, element: Element, kind: str, place: str) -> Any:
        if len(element):
            self._note("value", place, f"has elements where a {kind} belongs")
        text = element.text or ""
        if kind == "integer" and _INTEGER.fullmatch(text):
            return int(text)
        if kind == "boolean" and text in {"true", "false"}:
            return text == "true"
        if kind == "number":
            try:
                return float(text)
            except ValueError:
                pass
        if kind != "string":
            self._note("value", place, f"{text!r} is not of type {kind}")
        return text

    def _children(self, element: Element, place: str) -> Sequence[Element]:
        children = list(element)
        if (self._mixed or not children) and (
            _is_text(element.text) or any(_is_text(child.tail) for child in children)
        ):
            self._note("value", place, "has text between its elements")
        return children

    def _note(self, rule: str, place: str, text: str, *missing: str) -> None:
        self.findings.append(_finding(rule, place, text, *missing))


def _finding(rule: str, place: str, text: str, *missing: str) -> Finding:
    finding = Finding(f"{place}: {text}" if place else text)
    steps = [*place.split("/")[1:], *missing]
    finding.rule, finding.place = rule, place
    finding.way = tuple(int(step) if step.isdecimal() else step for step in steps)
    return finding


def _hidden(member: Mapping[str, Any]) -> bool:
    return member.get("x-xml-only") is True


def _is_text(text: str | None) -> bool:
    return text is not None and not text.isspace() and text != ""


def _with_offset(utc: str, fraction: str, minutes: int) -> str:
    """The instant as JSON writes it: local time, fraction without trailing zeros, offset."""
    local = (datetime.fromisoformat(utc) + timedelta(minutes=minutes)).isoformat()
    digits = fraction.rstrip("0")
    hours, rest = divmod(abs(minutes), 60)
    return f"{local}{'.' + digits if digits else ''}{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"
