"""Members of a body may be spelt in any letter case where the contract says so."""

from __future__ import annotations

from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from mailproof_mock.member_case import renamer_for

DOCUMENT: dict[str, Any] = {
    "components": {
        "schemas": {
            "Request": {
                "type": "object",
                "properties": {
                    "EmailId": {"type": "integer"},
                    "Contact": {"allOf": [{"$ref": "#/components/schemas/Contact"}]},
                    "Batch": {"type": "array", "items": {"$ref": "#/components/schemas/Contact"}},
                },
            },
            "Contact": {
                "type": "object",
                "properties": {"ListId": {}, "Values": {"type": "object", "additionalProperties": True}},
            },
            "Tree": {"type": "object", "properties": {"Child": {"$ref": "#/components/schemas/Tree"}}},
        }
    }
}
CONTACTS = st.fixed_dictionaries(
    {"ListId": st.integers(), "Values": st.dictionaries(st.text(max_size=3), st.integers(), max_size=3)}
)
REQUESTS = st.fixed_dictionaries(
    {"EmailId": st.integers(), "Contact": CONTACTS, "Batch": st.lists(CONTACTS, max_size=2), "Other": st.none()}
)


def renamed(name: str, value: Any) -> Any:
    rename = renamer_for(DOCUMENT, {"$ref": f"#/components/schemas/{name}"})
    assert rename is not None
    return rename(value)


def respelt(value: Any, spell: Any) -> Any:
    """The declared names of a request, spelt in another way."""
    if isinstance(value, list):
        return [respelt(item, spell) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    members = cast("dict[str, Any]", value)
    declared = ("EmailId", "Contact", "Batch", "ListId", "Values")
    return {
        spell(name) if name in declared else name: item if name == "Values" else respelt(item, spell)
        for name, item in members.items()
    }


@given(request=REQUESTS, spell=st.sampled_from([str.lower, str.upper, str.swapcase, str.title, str]))
def test_any_spelling_means_the_declared_one(request: dict[str, Any], spell: Any) -> None:
    assert request == renamed("Request", respelt(request, spell))


def test_the_declared_spelling_wins_over_another() -> None:
    assert {"ListId": 1} == renamed("Contact", {"listid": 2, "ListId": 1, "LISTID": 3})


def test_what_is_no_object_stays_as_it_is() -> None:
    for value in (None, 7, "x", [1, {"listid": 2}], True):
        assert value == renamed("Contact", value)
    assert {"Batch": 5, "Contact": []} == renamed("Request", {"batch": 5, "contact": []})


def test_a_schema_that_holds_itself_ends() -> None:
    assert {"Child": {"Child": {"Child": 1}}} == renamed("Tree", {"child": {"CHILD": {"Child": 1}}})
