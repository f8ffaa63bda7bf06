"""A contract as of an older vintage: what came later is gone, with everything that would show it."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
import yaml
from openapi_spec_validator import validate

from mailproof import contract, providers
from mailproof.json_schema import schema_as_json_schema
from mailproof.pointers import members, sequence
from mailproof.promises import ContractError
from mailproof.vintage import additions, as_of, shown, vintages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mailproof.promises import Contract

OLDER = [(name, vintage) for name in providers() for vintage in vintages(contract(name).document)[:-1]]


def document() -> dict[str, Any]:
    """A contract of three vintages in which nearly everything that can be marked is."""
    return {
        "openapi": "3.0.3",
        "info": {"title": "pets", "version": "3"},
        "x-vintages": ["1", "2", "3"],
        "paths": {
            "/pets": {
                "parameters": [{"$ref": "#/components/parameters/Page"}],
                "get": {
                    "operationId": "list_pets",
                    "parameters": [{"name": "kind", "in": "query", "x-vintage": "2", "schema": {"type": "string"}}],
                    "responses": {"200": {"$ref": "#/components/responses/Pets"}},
                },
                "post": {"operationId": "add_pet", "x-vintage": "3", "responses": {"200": {"description": "done"}}},
            },
            "/toys": {"x-vintage": "2", "get": {"operationId": "list_toys", "responses": {}}},
            "/hats": {"get": {"operationId": "list_hats", "x-vintage": "2", "responses": {}}},
        },
        "components": {
            "parameters": {"Page": {"name": "page", "in": "query", "x-vintage": "2", "schema": {"type": "integer"}}},
            "responses": {
                "Pets": {
                    "description": "pets",
                    "content": {
                        "application/json": {
                            "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}},
                            "examples": {
                                "here": {"value": [{"name": "Rex", "tail": {"length": 3, "colour": "red"}}]},
                                "there": {"$ref": "#/components/examples/Two"},
                            },
                        },
                        "text/json": {
                            "schema": {"$ref": "#/components/schemas/Old"},
                            "example": {"name": "Tom", "chip": 1, "tail": {"colour": "red"}, "free": {"chip": 1}},
                        },
                    },
                }
            },
            "examples": {"Two": {"value": [{"name": "Tom", "chip": 4}, {"name": "Rex", "chip": None}]}},
            "schemas": {
                "Pet": {
                    "type": "object",
                    "required": ["name", "chip"],
                    "properties": {
                        "name": {"type": "string"},
                        "chip": {"x-vintage": "2", "type": "integer", "nullable": True},
                        "tail": {"$ref": "#/components/schemas/Tail"},
                        "x-vintage": {"type": "string"},
                        "example": {"type": "string", "x-vintage": "3"},
                    },
                    "example": {"name": "Rex", "chip": 3, "tail": {"length": 1, "colour": "red"}, "x-vintage": "3"},
                    "additionalProperties": {"type": "object", "example": {"x-vintage": "9"}},
                },
                "Tail": {
                    "type": "object",
                    "required": ["colour"],
                    "properties": {"length": {"type": "integer"}, "colour": {"$ref": "#/components/schemas/Colour"}},
                },
                "Colour": {"type": "string", "x-vintage": "3"},
                "Old": {"allOf": [{"$ref": "#/components/schemas/Pet"}], "required": ["chip"]},
            },
        },
    }


def member_names(node: Any) -> Iterator[str]:
    """The name of every member, however deep."""
    yield from members(node)
    for inner in (*members(node).values(), *sequence(node)):
        yield from member_names(inner)


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Contract]:
    """The contract of a document of one's own, with clauses."""

    def load_document(whole: object, vintage: str | None = None, clauses: object = ()) -> Contract:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        (folder / "pets.yaml").write_text(yaml.safe_dump(whole), encoding="utf-8")
        (folder / "clauses.yaml").write_text(json.dumps(clauses), encoding="utf-8")
        return contract(folder / "pets.yaml", vintage)

    return load_document


def test_the_newest_vintage_is_the_default() -> None:
    newest = contract("which50")
    assert "2025" == newest.vintage
    assert newest is contract("which50", "2025")
    assert frozenset[str]() == newest.later_clauses
    assert [None, None] == [contract(name).vintage for name in ("getresponse", "whatcounts")]


def test_which50_of_2024_has_no_validation_warnings() -> None:
    older = contract("which50", "2024")
    assert ("2024", "2024", ["2024"]) == (
        older.vintage,
        older.document["info"]["version"],
        older.document["x-vintages"],
    )
    assert "ValidationWarnings" in set(member_names(contract("which50").document))
    assert "ValidationWarnings" not in set(member_names(older.document))
    assert ["ValidationWarnings"] == older.document["components"]["schemas"]["Contact"]["x-withheld"]
    assert contract("which50").digest != older.digest


@pytest.mark.parametrize(("name", "vintage"), OLDER)
def test_an_older_vintage_is_valid_openapi(name: str, vintage: str) -> None:
    validate(dict(contract(name, vintage).document))


def test_what_came_later_is_gone() -> None:
    first = as_of(document(), "1")
    assert {"/pets"} == set(first["paths"])
    assert {"parameters", "get"} == set(first["paths"]["/pets"])
    assert [] == first["paths"]["/pets"]["parameters"]
    assert [] == first["paths"]["/pets"]["get"]["parameters"]
    assert {} == first["components"]["parameters"]
    pet, tail = first["components"]["schemas"]["Pet"], first["components"]["schemas"]["Tail"]
    assert ["name"] == pet["required"]
    assert ["name", "tail", "x-vintage"] == list(pet["properties"])
    assert ["chip", "example"] == pet["x-withheld"]
    assert (["length"], ["colour"], False) == (list(tail["properties"]), tail["x-withheld"], "required" in tail)
    assert "Colour" not in first["components"]["schemas"]
    assert "required" not in first["components"]["schemas"]["Old"]


def test_examples_do_not_show_what_came_later() -> None:
    first = as_of(document(), "1")
    content = first["components"]["responses"]["Pets"]["content"]
    assert {"name": "Rex", "tail": {"length": 1}, "x-vintage": "3"} == first["components"]["schemas"]["Pet"]["example"]
    assert [{"name": "Rex", "tail": {"length": 3}}] == content["application/json"]["examples"]["here"]["value"]
    assert [{"name": "Tom"}, {"name": "Rex"}] == first["components"]["examples"]["Two"]["value"]
    assert {"name": "Tom", "tail": {}, "free": {"chip": 1}} == content["text/json"]["example"]
    assert {"x-vintage": "9"} == first["components"]["schemas"]["Pet"]["additionalProperties"]["example"]


def test_a_vintage_in_between_has_what_came_until_then() -> None:
    second = as_of(document(), "2")
    assert ["1", "2"] == second["x-vintages"]
    assert {"/pets", "/toys", "/hats"} == set(second["paths"])
    assert {"parameters", "get"} == set(second["paths"]["/pets"])
    assert ["name", "chip"] == second["components"]["schemas"]["Pet"]["required"]
    assert ["example"] == second["components"]["schemas"]["Pet"]["x-withheld"]
    assert {"2"} == {mark for _, mark in additions(second)}


def test_the_newest_as_of_itself_is_whole() -> None:
    assert document() == as_of(document(), "3")


def test_the_document_itself_does_not_change() -> None:
    whole = document()
    before = deepcopy(whole)
    as_of(whole, "1")
    assert before == whole


def test_every_mark_is_listed_with_its_place() -> None:
    assert [
        ("/paths/~1pets/get/parameters/0", "2"),
        ("/paths/~1pets/post", "3"),
        ("/paths/~1toys", "2"),
        ("/paths/~1hats/get", "2"),
        ("/components/parameters/Page", "2"),
        ("/components/schemas/Pet/properties/chip", "2"),
        ("/components/schemas/Pet/properties/example", "3"),
        ("/components/schemas/Colour", "3"),
    ] == list(additions(document()))


def test_a_printed_older_contract_is_of_its_own_vintage(load: Callable[..., Contract]) -> None:
    older = load(document(), "2")
    again = load(older.document)
    assert ("2", older.digest) == (again.vintage, again.digest)


def test_clauses_come_and_go_with_their_vintage(load: Callable[..., Contract]) -> None:
    both = {"sentence": "It is.", "level": "core", "source": "S"}
    clauses = [
        {"id": "P-a", **both, "operations": ["list_pets", "add_pet"]},
        {"id": "P-b", **both, "operations": ["add_pet"]},
        {"id": "P-c", **both, "operations": ["list_pets"], "vintage": "2"},
        {"id": "P-d", **both},
    ]
    newest, second, first = (load(document(), vintage, clauses) for vintage in (None, "2", "1"))
    assert ["P-a", "P-b", "P-c", "P-d"] == list(newest.clauses)
    assert "2" == newest.clauses["P-c"].vintage
    assert ["P-a", "P-c", "P-d"] == list(second.clauses)
    assert ("list_pets",) == second.clauses["P-a"].operations
    assert (["P-a", "P-d"], ["P-b", "P-c"]) == (list(first.clauses), sorted(first.later_clauses))


@pytest.mark.parametrize(
    ("changes", "vintage", "said"),
    [
        ({}, "4", "pets: no vintage '4'; there are 1, 2, 3"),
        ({}, "", "pets: no vintage ''; there are 1, 2, 3"),
        ({"x-vintages": []}, None, "x-vintage: is '2'; the contract has no x-vintages"),
        ({"x-vintages": ["1", "2"]}, None, "x-vintage: is '3'; it is one of '1', '2'"),
        ({"x-vintages": ["1", "1"]}, None, "/x-vintages: must be a list of different names"),
        ({"x-vintages": [1, 2]}, None, "/x-vintages: must be a list of different names"),
        ({"x-vintages": {"1": "2"}}, None, "/x-vintages: must be a list of different names"),
        ({"x-vintages": "1"}, None, "/x-vintages: must be a list of different names"),
    ],
)
def test_a_wrong_vintage_is_said_in_one_line(
    load: Callable[..., Contract], changes: dict[str, object], vintage: str | None, said: str
) -> None:
    with pytest.raises(ContractError) as raised:
        load({**document(), **changes}, vintage)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("mark", [2, ["2"], {"a": 1}, True, "2" * 500])
def test_a_mark_that_is_no_vintage_is_said(load: Callable[..., Contract], mark: object) -> None:
    whole = document()
    whole["components"]["schemas"]["Tail"]["x-vintage"] = mark
    with pytest.raises(ContractError, match=r"/components/schemas/Tail/x-vintage: is .{1,40}; it is one of '1'"):
        load(whole)


@pytest.mark.parametrize("vintage", ["4", 2, ["2"]])
def test_a_clause_of_an_unknown_vintage_is_said(load: Callable[..., Contract], vintage: object) -> None:
    clause = {"id": "P-a", "sentence": "It is.", "level": "core", "source": "S", "vintage": vintage}
    with pytest.raises(ContractError, match=r"P-a: vintage is .*; it is one of '1', '2', '3'"):
        load(document(), None, [clause])


@pytest.mark.parametrize("name", ["getresponse", "whatcounts"])
def test_a_contract_without_vintages_says_so(name: str) -> None:
    with pytest.raises(ContractError, match=f"{name}: no vintage '2024'; the contract tells no vintages apart"):
        contract(name, "2024")


def test_a_schema_that_holds_itself_is_no_trouble() -> None:
    whole = document()
    whole["components"]["schemas"]["Pet"]["properties"]["parent"] = {"$ref": "#/components/schemas/Pet"}
    older = as_of(whole, "1")
    pets = {"name": "a", "chip": 1, "parent": {"chip": 2, "parent": {"chip": 3, "parent": None}}}
    reference = {"$ref": "#/components/schemas/Pet"}
    assert {"name": "a", "parent": {"parent": {"parent": None}}} == shown(older, reference, pets)


def test_a_reference_into_what_is_gone_is_said(load: Callable[..., Contract]) -> None:
    whole = document()
    whole["components"]["schemas"]["Colour"]["properties"] = {"hue": {"type": "integer"}}
    whole["components"]["schemas"]["Tail"]["allOf"] = [{"$ref": "#/components/schemas/Colour/properties/hue"}]
    whole["components"]["schemas"]["Tail"]["example"] = {}
    with pytest.raises(ContractError, match=r"pets: as of 1: .*leads nowhere"):
        load(whole, "1")


def test_an_answer_may_not_have_what_is_withheld() -> None:
    older = contract("which50", "2024").document["components"]["schemas"]["Contact"]
    contact = {"EncContactId": "a", "ListId": 1, "Values": None}
    answer, body = (
        jsonschema_rs.validator_for(schema_as_json_schema(older, direction)) for direction in ("response", "request")
    )
    assert answer.is_valid(contact)
    assert not answer.is_valid({**contact, "ValidationWarnings": []})
    assert body.is_valid({**contact, "ValidationWarnings": []})
