"""A mock of an older vintage: whatever a handler gives, nothing leaves that came later."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from databases import OwnStore

from mailproof import contract
from mailproof_mock.api import Api
from mailproof_mock.call import Answer
from mailproof_mock.examples import example_handlers
from mailproof_mock.fixtures import no_fixtures
from mailproof_mock.plan import BrokenPromise
from mailproof_mock.sandbox import Sandbox, open_sandbox
from mailproof_mock.withhold import withhold_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PET = {"$ref": "#/components/schemas/Pet"}
CONTACT = {"ValidationWarnings": ["x"], "EncContactId": "a", "ListId": 1, "Values": {"ValidationWarnings": "kept"}}


def own_document() -> dict[str, Any]:
    """A contract of one's own, in JSON, in two vintages."""
    chip = {"type": "integer", "x-vintage": "b", "example": 7}
    pet = {"type": "object", "required": ["name", "chip"], "properties": {"name": {"type": "string"}, "chip": chip}}
    answer = {"description": "d", "content": {"application/json": {"schema": {"type": "array", "items": PET}}}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "pets", "version": "1"},
        "x-vintages": ["a", "b"],
        "paths": {
            "/pets": {"get": {"operationId": "list_pets", "responses": {"200": answer}}},
            "/toys": {"x-vintage": "b", "get": {"operationId": "list_toys", "responses": {"200": answer}}},
        },
        "components": {"schemas": {"Pet": {**pet, "example": {"name": "Rex", "chip": 3}}}},
    }


@pytest.fixture
def own(tmp_path: Path) -> str:
    """The file of that contract."""
    spec = tmp_path / "pets.yaml"
    spec.write_text(yaml.safe_dump(own_document()), encoding="utf-8")
    return str(spec)


def test_a_contract_of_ones_own_is_served_as_of_a_vintage(
    start_mock: Callable[..., Any], tmp_path: Path, own: str
) -> None:
    served = start_mock(tmp_path, own, "--vintage", f"{own}=a")
    assert "a" == served.provider("pets")["vintage"]
    assert [{"name": "Rex"}] == served.client.get(f"{served.url}/pets").json()
    assert 404 == served.client.get(f"{served.url}/toys").status_code
    assert ["/pets"] == list(served.client.get(f"{served.url}/_mailproof/contracts/pets").json()["paths"])


def test_the_newest_vintage_is_served_unasked(start_mock: Callable[..., Any], tmp_path: Path, own: str) -> None:
    served = start_mock(tmp_path, own)
    assert "b" == served.provider("pets")["vintage"]
    assert [{"name": "Rex", "chip": 3}] == served.client.get(f"{served.url}/toys").json()


def test_only_what_a_vintage_withholds_costs_anything() -> None:
    newest, older = contract("which50").document, contract("which50", "2024").document
    schemas = [f"#/components/schemas/{name}" for name in newest["components"]["schemas"]]
    assert [] == [pointer for pointer in schemas if withhold_for(newest, pointer) is not None]
    assert None is withhold_for(older, "#/components/schemas/ContactEmail")


def test_what_is_withheld_is_taken_out_and_nothing_else() -> None:
    withhold = withhold_for(contract("which50", "2024").document, "#/components/schemas/Contact")
    assert withhold is not None
    before = dict(CONTACT)
    assert {name: value for name, value in CONTACT.items() if name != "ValidationWarnings"} == withhold(CONTACT)
    assert before == CONTACT
    assert None is withhold(None)


def test_a_schema_that_holds_itself_withholds_all_the_way_down() -> None:
    kennel = {
        "type": "object",
        "x-withheld": ["a"],
        "properties": {"in": {"$ref": "#/k"}, "all": {"type": "array", "items": {"anyOf": [{"$ref": "#/k"}]}}},
        "additionalProperties": {"$ref": "#/k"},
    }
    withhold = withhold_for({"k": kennel}, "#/k")
    assert withhold is not None
    given = {"a": 1, "b": {"a": 2, "c": 3}, "in": {"a": 4}, "all": [{"a": 5}, 6, None]}
    assert {"b": {"c": 3}, "in": {}, "all": [{}, 6, None]} == withhold(given)


def plan_of(spec: str, vintage: str | None) -> Any:
    """The compiled plan of the first operation."""
    promises = contract(spec, vintage)
    sandbox = Sandbox(promises, example_handlers(promises), no_fixtures(""), "", "")
    with closing(OwnStore()) as own:
        return Api(sandbox, own.store).plans[0]


def test_a_handler_may_give_what_the_vintage_does_not_have(own: str) -> None:
    given = Answer([{"name": "Rex", "chip": "not even a number"}])
    assert (b'[{"name":"Rex"}]', "application/json") == plan_of(own, "a").write(given, "application/json")
    with pytest.raises(BrokenPromise, match="chip"):
        plan_of(own, "b").write(given, "application/json")


def test_fixtures_show_the_newest_vintage_whatever_is_served() -> None:
    sandboxes = [open_sandbox("which50", alone=True, vintage=vintage) for vintage in ("2024", "2025")]
    assert ["2024", "2025"] == [sandbox.contract.vintage for sandbox in sandboxes]
    assert sandboxes[0].fixtures.rows == sandboxes[1].fixtures.rows
