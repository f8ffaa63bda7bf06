"""Hypothesis strategies for the JSON values of a contract's schemas, with every optional member there and not."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONG = 2**63
_MINUTES = [0, 60, -300, 330, 839, -1]  # offsets from UTC


class Values:
    """Values of the schemas of one bundled contract, with strategies for texts and for the keys that name elements.

    Numbers are those that readers of JSON keep whole: of 64 bits.
    """

    def __init__(
        self, document: Mapping[str, Any], *, texts: st.SearchStrategy[str], names: st.SearchStrategy[str]
    ) -> None:
        self._schemas: dict[str, Any] = document["components"]["schemas"]
        self._texts = texts
        self._names = names
        numbers = st.integers(-_LONG, 2 * _LONG - 1) | st.floats(allow_nan=False, allow_infinity=False)
        self.anything: st.SearchStrategy[Any] = st.recursive(
            st.none() | st.booleans() | numbers | texts,
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
            max_leaves=8,
        )

    def of(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        """Values of a schema."""
        if "$ref" in schema:
            return self.of(self._schemas[schema["$ref"].rsplit("/", 1)[-1]])
        if "allOf" in schema:
            return self.of(schema["allOf"][0])
        found = self._not_null(schema)
        return st.none() | found if schema.get("nullable") else found

    def _not_null(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - one return per type
        if schema.get("x-xml-form") == "DateTimeOffset":
            return _dates()
        if schema.get("x-xml-form") == "ElementPerKey":
            return st.dictionaries(self._names, st.lists(self._texts, min_size=1, max_size=2), max_size=2)
        match schema.get("type"):
            case "object" if "properties" not in schema:
                return st.dictionaries(self._texts, self.anything, max_size=4)
            case "object":
                return self._object(schema)
            case "array":
                return st.lists(self.of(schema["items"]), max_size=3)
            case "string":
                return self._texts
            case "integer":
                return st.integers(-_LONG, _LONG - 1)
            case "number":
                return st.integers(-_LONG, _LONG - 1) | st.floats(allow_nan=False, allow_infinity=False)
            case "boolean":
                return st.booleans()
            case _:
                return self.anything

    def _object(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        properties = {name: self.of(entry) for name, entry in schema["properties"].items()}
        hidden = {name for name, entry in schema["properties"].items() if entry.get("x-xml-only")}
        needed = {*schema.get("required", ()), *hidden}
        required = {name: strategy for name, strategy in properties.items() if name in needed}
        optional = {name: strategy for name, strategy in properties.items() if name not in needed}
        return st.fixed_dictionaries(required, optional=optional)


@st.composite
def _dates(draw: st.DrawFn) -> str:
    first, last = (datetime(year, 1, 1) for year in (2, 9998))  # noqa: DTZ001 - the zone is drawn
    moment = draw(st.datetimes(min_value=first, max_value=last))
    digits = draw(st.text("0123456789", max_size=7)).rstrip("0")
    minutes = draw(st.sampled_from(_MINUTES))
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    whole = moment.replace(microsecond=0).isoformat()
    return f"{whole}{'.' if digits else ''}{digits}{sign}{hours:02}:{rest:02}"
