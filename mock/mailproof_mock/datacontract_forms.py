"""Which form a schema of a contract has in .NET DataContract XML: what its writer and its reader agree on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple, TypeAlias, cast

from mailproof.promises import ContractError

INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
XSD = "http://www.w3.org/2001/XMLSchema"
ARRAYS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"
SYSTEM = "http://schemas.datacontract.org/2004/07/System"

DEEPEST = 64
"""How many elements a schema may nest; no contract nests so far, but a schema that refers to itself does."""

Schema: TypeAlias = Mapping[str, Any]
Form = Literal["date", "element-per-key", "dictionary", "object", "array", "text", "any"]

_SIMPLE = {"string": "string", "integer": "int", "number": "double", "boolean": "boolean"}


class Place(NamedTuple):
    """One element: its name, its namespace (empty for none), and the schema of what stands in it."""

    name: str
    namespace: str
    schema: Schema


class Forms:
    """The schemas of one bundled contract, seen as elements."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def root(self, pointer: str) -> Place:
        """The root element of a document whose schema stands at a JSON pointer."""
        schema, component = self.resolve({"$ref": pointer if pointer.startswith("#") else f"#{pointer}"})
        xml = schema.get("xml", {})
        return Place(xml.get("name") or component, xml.get("namespace", ""), schema)

    def members(self, schema: Schema, namespace: str) -> Iterator[Place]:
        """The members of an object that stands in an element of that namespace, in ordinal order."""
        inside = schema.get("xml", {}).get("namespace", namespace)
        for name, member in sorted(schema["properties"].items()):
            yield Place(name, member.get("xml", {}).get("namespace", inside), member)

    def item(self, schema: Schema, namespace: str) -> Place:
        """An item of an array that stands in an element of that namespace."""
        item, component = self.resolve(schema["items"])
        xml = item.get("xml", {})
        if item.get("type") in _SIMPLE and "x-xml-form" not in item:
            return Place(_SIMPLE[item["type"]], ARRAYS, item)
        if "type" not in item:
            return Place("anyType", ARRAYS, item)
        return Place(xml.get("name") or component, xml.get("namespace", namespace), item)

    def form(self, place: Place) -> tuple[Form, Schema]:
        """The form of what stands in an element, and its schema behind all references.

        Raises ContractError for a schema that DataContract XML has no form for.
        """
        schema, _ = self.resolve(place.schema)
        mark, kind = schema.get("x-xml-form"), schema.get("type")
        form: Form
        if {"oneOf", "anyOf", "allOf", "not"} & set(schema):
            raise ContractError(f"a combined schema has no XML form: {place.name}")
        if mark == "DateTimeOffset":
            form = "date"
        elif mark == "ElementPerKey":
            form = "element-per-key"
        elif mark == "KeyValueOfstringanyType" or (kind == "object" and not schema.get("properties")):
            form = "dictionary"
        elif kind in {"object", "array"}:
            form = cast("Form", kind)
        elif kind is None:
            form = "any"
        elif kind in _SIMPLE:
            form = "text"
        else:
            raise ContractError(f"type {kind!r} has no XML form: {place.name}")
        return form, schema

    def resolve(self, schema: Schema) -> tuple[Schema, str]:
        """The schema behind references and an `allOf` of one, and the name of the last component passed."""
        name = ""
        for _ in range(DEEPEST):
            if "$ref" in schema:
                name = str(schema["$ref"]).rsplit("/", 1)[-1]
                schema = self._at(str(schema["$ref"]))
            elif len(schema.get("allOf", ())) == 1:
                schema = schema["allOf"][0]
            else:
                return schema, name
        raise ContractError(f"a reference that leads to itself has no XML form: {name}")

    def _at(self, pointer: str) -> Schema:
        node: Any = self._document
        for token in pointer.removeprefix("#").split("/")[1:]:
            node = node[token.replace("~1", "/").replace("~0", "~")]
        return cast("Schema", node)


def check_depth(depth: int, name: str) -> None:
    """Raises ContractError for an element below more than DEEPEST others: its schema holds itself."""
    if depth > DEEPEST:
        raise ContractError(f"a schema that holds itself has no XML form here: {name}")
