"""What may stand in an element of DataContract XML and what becomes of it, compiled from the schemas of a contract."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from operator import setitem
from typing import Any, TypeAlias

from mailproof_mock.datacontract_forms import ARRAYS, SYSTEM, XSD, Forms, Place, check_depth
from mailproof_mock.datacontract_text import (
    character,
    date_time,
    decimal,
    double,
    join_date,
    key_of,
    number,
    truth,
    whole,
)

_SERIALIZATION = "http://schemas.microsoft.com/2003/10/Serialization/"

Members: TypeAlias = Mapping[str, tuple[str, Any, "Content"]]
"""By local name: namespace, slot in the value of the element around, and content."""


@dataclass(slots=True, eq=False)
class Content:
    """What stands in one element.

    `what` says it in words. If `is_text`, it is text, which `finish`, if any, turns into the value of the element.
    Otherwise it is elements: `make` gives an empty value, `put` brings the value of a child to its slot, and
    `finish` turns the filled one into the value of the element. `put` and `finish` raise ValueError for what they
    cannot take. With `is_many` the children are items, which have no names of their own.
    """

    what: str
    members: Members = field(default_factory=dict[str, tuple[str, Any, "Content"]])
    make: Callable[[], Any] = dict
    put: Callable[[Any, Any, Any], None] = setitem
    finish: Callable[[Any], Any] | None = None
    is_text: bool = False
    is_many: bool = False


def _text(what: str, finish: Callable[[str], Any] | None = None) -> Content:
    return Content(what, finish=finish, is_text=True)


def compile_content(forms: Forms, place: Place, depth: int = 0) -> Content:  # noqa: PLR0911 - one for each form
    """The content of an element. Raises ContractError for a schema that DataContract XML has no form for."""
    form, schema = forms.form(place)
    check_depth(depth, place.name)
    match form:
        case "date":
            return _DATE
        case "element-per-key":
            items = Place(place.name, place.namespace, schema["additionalProperties"]["items"])
            return _element_per_key(place.namespace, compile_content(forms, items, depth + 1))
        case "dictionary":
            return _DICTIONARY
        case "object":
            members = forms.members(schema, place.namespace)
            return _object((member, compile_content(forms, member, depth + 1)) for member in members)
        case "array":
            item = forms.item(schema, place.namespace)
            return _array(item.name, item.namespace, compile_content(forms, item, depth + 1))
        case "text":
            return _TEXTS[schema["type"]]
        case "any":
            return ANY


def document_content(root: Place, content: Content) -> Content:
    """The content around the root, whose value has that of the root at `root.name`."""
    return Content("the root", {root.name: (root.namespace, root.name, content)}, put=_put_first)


def _object(members: Iterable[tuple[Place, Content]]) -> Content:
    slots = {
        place.name: (place.namespace, None if _is_dropped(place) else place.name, content) for place, content in members
    }
    return Content("an object", slots, put=_put_first)


def _is_dropped(place: Place) -> bool:
    """Whether the member is one that JSON hides and no request can set."""
    return place.schema.get("x-xml-only") is True and place.schema.get("readOnly") is True


def _put_first(value: dict[str, Any], slot: str | None, member: Any) -> None:
    if slot is not None:
        value.setdefault(slot, member)


def _array(name: str, namespace: str, item: Content) -> Content:
    return Content("an array", {name: (namespace, None, item)}, make=list, put=_append, is_many=True)


def _append(value: list[Any], _: None, item: Any) -> None:
    value.append(item)


def _dictionary(kind: str, item: Content) -> Content:
    """A dictionary with texts for keys and values of a type that `kind` names."""
    parts = {"Key": (ARRAYS, "Key", _TEXT), "Value": (ARRAYS, "Value", item)}
    entry = Content("an entry", parts, put=_put_first, finish=_pair)
    return Content("a dictionary", {f"KeyValueOfstring{kind}": (ARRAYS, None, entry)}, put=_put_pair, is_many=True)


def _pair(entry: Mapping[str, Any]) -> tuple[str, Any]:
    if entry.get("Key") is None:
        raise ValueError("has no Key")
    if "Value" not in entry:
        raise ValueError("has no Value")
    return entry["Key"], entry["Value"]


def _put_pair(value: dict[str, Any], _: None, pair: tuple[str, Any] | None) -> None:
    if pair is None:
        raise ValueError("has an entry that is nil")
    key, entry = pair
    if key in value:
        raise ValueError(f"has the key {key[:40]!r} a second time")
    value[key] = entry


class _AnyName(dict[str, tuple[str, Any, Content]]):
    """Members of any name."""

    def __init__(self, namespace: str, content: Content) -> None:
        super().__init__()
        self._namespace = namespace
        self._content = content

    def get(self, name: str, _default: object = None) -> tuple[str, Any, Content]:
        return self._namespace, key_of(name), self._content


def _element_per_key(namespace: str, item: Content) -> Content:
    return Content("an element for each key", _AnyName(namespace, item), put=_put_more)


def _put_more(value: dict[str, list[Any]], key: str, item: Any) -> None:
    value.setdefault(key, []).append(item)


def _date(parts: Mapping[str, Any]) -> str:
    for name in ("DateTime", "OffsetMinutes"):
        if parts.get(name) is None:
            raise ValueError(f"has no {name}")
    return join_date(parts["DateTime"], parts["OffsetMinutes"])


def _within(bits: int, *, signed: bool) -> Content:
    half = 2 ** (bits - 1)
    least, most = (-half, half - 1) if signed else (0, 2 * half - 1)
    return _text("an integer", lambda text: whole(text, least, most))


ANY = _text("text (there is no i:type)")
"""The content that the `i:type` of the element names, and text where it has none."""

_TEXT = _text("text")
_LONG = _text("an integer", whole)
_BOOLEAN = _text("true or false", truth)
_DOUBLE = _text("a number", double)
_TEXTS = {
    "string": _TEXT,
    "integer": _LONG,
    "number": _text("a number", number),
    "boolean": _BOOLEAN,
}
_DATE = Content(
    "a date",
    {"DateTime": (SYSTEM, "DateTime", _TEXT), "OffsetMinutes": (SYSTEM, "OffsetMinutes", _within(16, signed=True))},
    put=_put_first,
    finish=_date,
)


def _types() -> dict[tuple[str, str], Content]:
    text = "string anyURI QName base64Binary hexBinary duration guid date time gYear gYearMonth gMonth gMonthDay gDay"
    limitless = "long integer nonNegativeInteger positiveInteger nonPositiveInteger negativeInteger"
    kinds = {
        **dict.fromkeys(f"{text} normalizedString token language Name NCName".split(), _TEXT),
        **dict.fromkeys(limitless.split(), _LONG),
        **{name: _within(bits, signed=True) for name, bits in (("byte", 8), ("short", 16), ("int", 32))},
        **{f"unsigned{name}": _within(bits, signed=False) for name, bits in _UNSIGNED},
        "decimal": _text("a decimal number", decimal),
        "double": _DOUBLE,
        "float": _DOUBLE,
        "boolean": _BOOLEAN,
        "dateTime": _text("a date and time", date_time),
        "char": _text("the number of a character", character),
    }
    found = {(namespace, name): kind for namespace in (XSD, _SERIALIZATION) for name, kind in kinds.items()}
    for name, kind in {**kinds, "anyType": ANY}.items():
        array, dictionary = _array(name, ARRAYS, kind), _dictionary(name, kind)
        found[ARRAYS, f"ArrayOf{name}"] = array
        found[ARRAYS, f"ArrayOfArrayOf{name}"] = _array(f"ArrayOf{name}", ARRAYS, array)
        found[ARRAYS, f"ArrayOfKeyValueOfstring{name}"] = dictionary
        records = _array(f"ArrayOfKeyValueOfstring{name}", ARRAYS, dictionary)
        found[ARRAYS, f"ArrayOfArrayOfKeyValueOfstring{name}"] = records
    found[XSD, "anyType"] = ANY
    found[SYSTEM, "DateTimeOffset"] = _DATE
    found[SYSTEM, "ArrayOfDateTimeOffset"] = _array("DateTimeOffset", SYSTEM, _DATE)
    return found


_UNSIGNED = (("Byte", 8), ("Short", 16), ("Int", 32), ("Long", 64))
_DICTIONARY = _dictionary("anyType", ANY)

TYPES = _types()
"""The content that an `i:type` names, by namespace and local name."""
