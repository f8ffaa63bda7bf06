"""Finding things inside a document."""

from __future__ import annotations

from typing import Any

import pytest

from mailproof.pointers import dereference, members, resolve

DOCUMENT: dict[str, Any] = {
    "a/b": {"c~d": [{"$ref": "#/target"}]},
    "target": {"value": 1},
    "self": {"$ref": "#/self"},
    "one": {"$ref": "#/two"},
    "two": {"$ref": "#/one"},
}


def test_a_pointer_is_followed_through_references() -> None:
    assert ({"value": 1}, "#/target") == resolve(DOCUMENT, "#/a~1b/c~0d/0")
    assert (1, "#/target/value") == resolve(DOCUMENT, "#/a~1b/c~0d/0/value")
    assert {"value": 1} == dereference(DOCUMENT, {"$ref": "#/target"})
    assert [1] == dereference(DOCUMENT, [1])


@pytest.mark.parametrize(
    "pointer", ["#/self", "#/one", "#/one/x", "#/nowhere", "#/a~1b/c~0d/1", "#/a~1b/c~0d/x", "#/target/value/x"]
)
def test_what_leads_nowhere_or_in_a_circle_is_a_lookup_error(pointer: str) -> None:
    with pytest.raises(LookupError, match="leads"):
        resolve(DOCUMENT, pointer)


@pytest.mark.parametrize(("names", "found"), [(("target",), {"value": 1}), (("target", "value"), {}), (("x", "y"), {})])
def test_members_are_an_object_always(names: tuple[str, ...], found: dict[str, Any]) -> None:
    assert found == members(DOCUMENT, *names)
