"""What a target holds takes the place of the contract's examples; texts have their places in a body."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mailproof import contract
from mailproof_conformance.binding import bound, parameter_example, schema_examples
from mailproof_conformance.specimen import example_body
from mailproof_conformance.text_places import replaced, shown, text_places
from mailproof_conformance.wire import File

DESK = contract(Path(__file__).parent / "miniature_desk/openapi.yaml")
EXAMPLE = {"id": 1, "more": {"id": 2, "name": "a"}, "list": [{"id": 3}]}


@pytest.mark.parametrize(
    ("value", "samples", "example", "expected"),
    [
        (EXAMPLE, {"id": 7, "name": "b"}, None, {"id": 7, "more": {"id": 7, "name": "b"}, "list": [{"id": 7}]}),
        ({"id": 1}, {"id": "7"}, None, {"id": 1}),
        ({"id": 1}, {"id": True}, None, {"id": 1}),
        ({"id": 1, "more": {"id": 9}}, {"id": 7}, EXAMPLE, {"id": 7, "more": {"id": 9}}),
        ({"list": [{"id": 3}, {"id": 4}]}, {"id": 7}, EXAMPLE, {"list": [{"id": 7}, {"id": 4}]}),
        ({"other": 1}, {"other": 2}, EXAMPLE, {"other": 1}),
        ({"more": [1]}, {"more": 2}, EXAMPLE, {"more": [1]}),
        ([1, "a"], {"a": 1}, None, [1, "a"]),
        (None, {"a": 1}, None, None),
    ],
)
def test_members_that_repeat_the_example_take_the_sample(
    value: Any, samples: dict[str, Any], example: Any, expected: Any
) -> None:
    assert expected == bound(value, samples, example)


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        ({"example": 0, "schema": {"example": 1}}, 0),
        ({"examples": {"a": {"value": 2}}}, 2),
        ({"schema": {"example": 3}}, 3),
        ({"schema": {}}, None),
    ],
)
def test_the_example_of_a_parameter(parameter: Any, expected: Any) -> None:
    assert expected == parameter_example(parameter)


def test_the_examples_of_a_schema() -> None:
    own, made = schema_examples(DESK.document, "#/components/schemas/Note")
    assert "Feed the cat" == own["title"]
    assert {"at": "2024-05-08T11:20:31.52+01:00"} == made
    assert [{"name": "Ada", "size": 3}] == list(schema_examples(DESK.document, "#/components/schemas/Form"))


def test_a_file_stands_where_the_contract_asks_for_one() -> None:
    body = example_body(DESK, DESK.operation("put_file"))
    assert isinstance(body["file"], File)
    assert "mine" == body["label"]


def test_the_texts_of_a_body() -> None:
    example = {"title": "a", "more": {"n": 1, "x": "b", "y": "c"}, "tags": ["d", "e"], "stars": 1}
    places = list(text_places(DESK.document, "#/components/schemas/Note", example))
    assert ["title", "more.x", "tags.0"] == [shown(place) for place in places]
    assert "z" == replaced(example, ("more", "x"), "z")["more"]["x"]
    assert ["z", "e"] == replaced(example, ("tags", 0), "z")["tags"]
    assert "b" == example["more"]["x"]  # type: ignore[index]
