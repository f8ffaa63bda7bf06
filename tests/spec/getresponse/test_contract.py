"""The contract of GetResponse: its tables agree with each other, and its schemas tell apart what they should."""

from __future__ import annotations

import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from mailproof import contract
from mailproof.json_schema import as_json_schema

CONTRACT = contract("getresponse")
DOCUMENT: Any = CONTRACT.document
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
EXAMPLES: dict[str, Any] = DOCUMENT["components"]["examples"]
METHODS = CONTRACT.rpc_methods
REGISTRY = jsonschema_rs.Registry([("urn:contract", as_json_schema(DOCUMENT, "response"))])
README = Path(CONTRACT.path).with_name("README.md").read_text(encoding="utf-8")
MESSAGES: dict[str, Any] = EXAMPLES["Messages"]["value"]["result"]


def fits(schema: str, value: object) -> bool:
    """Whether a value fits a component schema."""
    reference = {"$ref": f"urn:contract#/components/schemas/{schema}"}
    return jsonschema_rs.Draft202012Validator(reference, registry=REGISTRY, validate_formats=True).is_valid(value)


def message(kind: str, **members: object) -> dict[str, Any]:
    """The example message of a type with other members; a member that is None is left out."""
    value = deepcopy(MESSAGES[kind]) | members
    return {name: member for name, member in value.items() if member is not None or name == "name"}


def names_of(schemas: list[dict[str, str]]) -> list[str]:
    """The names at the ends of references."""
    return [schema["$ref"].rpartition("/")[2] for schema in schemas]


def test_the_table_the_calls_the_mapping_and_the_names_list_the_same_methods() -> None:
    calls = names_of(SCHEMAS["RpcCall"]["oneOf"])

    assert list(METHODS) == [SCHEMAS[call]["properties"]["method"]["enum"][0] for call in calls]
    assert dict(zip(METHODS, calls, strict=True)) == SCHEMAS["RpcCall"]["discriminator"]["mapping"]
    assert list(METHODS) == SCHEMAS["RpcMethodName"]["enum"]


@pytest.mark.parametrize("name", METHODS)
def test_a_row_of_the_table_and_the_call_schema_say_the_same(name: str) -> None:
    params = SCHEMAS[SCHEMAS["RpcCall"]["discriminator"]["mapping"][name]]["properties"]["params"]

    assert METHODS[name]["params"] == [item["$ref"] for item in params["items"]["oneOf"]]
    assert METHODS[name]["required"] == params["minItems"]
    assert len(METHODS[name]["params"]) == params["maxItems"]


def test_every_result_of_the_table_is_a_result_of_the_envelope() -> None:
    expected = {row["result"].rpartition("/")[2] for row in METHODS.values()}

    assert expected == set(names_of(SCHEMAS["RpcResult"]["anyOf"]))


def test_every_error_of_the_table_exists_and_has_a_code_of_the_envelope() -> None:
    errors = DOCUMENT["x-rpc-errors"]

    assert {name for row in METHODS.values() for name in row["errors"]} <= set(errors)
    assert {entry["code"] for entry in errors.values()} == set(SCHEMAS["RpcErrorObject"]["properties"]["code"]["enum"])


def test_every_source_of_a_clause_is_explained() -> None:
    explained = set(re.findall(r"^\| `([a-z0-9-]+)` \|", README, re.MULTILINE))

    assert {clause.source for clause in CONTRACT.clauses.values()} <= explained


@pytest.mark.parametrize(
    "answer",
    [
        {"jsonrpc": "2.0", "id": 1, "result": {}},
        {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "Invalid Request"}},
        {"jsonrpc": "2.0", "id": "x", "error": {"code": -32602, "message": "Invalid params", "data": {"any": 1}}},
        {"id": 1.5, "result": {"ping": "pong"}, "error": None},
        {"id": "", "result": None, "error": {"code": -1, "message": "Missing message"}},
        [{"jsonrpc": "2.0", "id": 1, "result": {}}, {"id": 2, "result": {}, "error": None}],
    ],
)
def test_answers_of_both_forms_fit(answer: object) -> None:
    assert fits("RpcAnswer", answer)


@pytest.mark.parametrize(
    "answer",
    [
        {"jsonrpc": "2.0", "id": 1, "result": {}, "error": None},
        {"jsonrpc": "2.0", "id": 1, "result": {}, "error": {"code": -1, "message": "x"}},
        {"jsonrpc": "2.0", "id": 1},
        {"jsonrpc": "1.0", "id": 1, "result": {}},
        {"jsonrpc": "2.0", "result": {}},
        {"jsonrpc": "2.0", "id": True, "result": {}},
        {"jsonrpc": "2.0", "id": [1], "result": {}},
        {"jsonrpc": "2.0", "id": 1, "result": []},
        {"jsonrpc": "2.0", "id": 1, "result": None},
        {"jsonrpc": "2.0", "id": 1, "error": {"code": -2, "message": "x"}},
        {"jsonrpc": "2.0", "id": 1, "error": {"code": "-1", "message": "x"}},
        {"jsonrpc": "2.0", "id": 1, "error": "x"},
        {"id": 1, "result": {}},
        {"id": 1, "error": {"code": -1, "message": "x"}},
        {"id": 1, "result": {}, "error": {"code": -1, "message": "x"}},
        {"id": 1, "result": None, "error": None},
        [],
        [1],
    ],
)
def test_answers_of_neither_form_do_not_fit(answer: object) -> None:
    assert not fits("RpcAnswer", answer)


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_is_of_exactly_one_type(name: str) -> None:
    kinds = [kind for kind in names_of(SCHEMAS["Message"]["oneOf"]) if fits(kind, MESSAGES[name])]

    assert 1 == len(kinds)


@pytest.mark.parametrize(
    "value",
    [
        message("nvsd", flags=None),
        message("nvsd", name="My newsletter"),
        message("nSRA", delay_hours=None),
        message("nSRA", delay_hours=None, at_hour=23),
        message("nSRA", autoresponder_name="x"),
        message("91k", content_types=["plain", "html"]),
    ],
)
def test_optional_members_are_optional(value: object) -> None:
    assert fits("Message", value)


@pytest.mark.parametrize(
    "value",
    [
        message("nvsd", send_on=None),
        message("nvsd", send_on="2010-01-01"),
        message("nvsd", created_on="2010-13-01 00:00:00"),
        message("nvsd", day_of_cycle=1),
        message("nvsd", flags=["unknown"]),
        message("nSRA", at_hour=1),
        message("nSRA", delay_hours=None, at_hour=24),
        message("nSRA", day_of_cycle="8"),
        message("nSRA", day_of_cycle=10001),
        message("nSRA", based_on="action"),
        message("nSRA", send_on="2010-01-01 00:00:00"),
        message("BNJ9", action=None),
        message("BNJ9", day_of_cycle=8),
        message("TbGs", ab_test=None),
        message("91k", send_on="2010-01-01 00:00:00"),
        message("91k", type="newsletter"),
    ],
)
def test_a_message_has_the_members_of_its_type_and_no_others(value: object) -> None:
    assert not fits("Message", value)


ACTIONS: dict[str, dict[str, Any]] = {
    "contact_subscribed": {"day_of_cycle": 0},
    "mail_opened": {"message": "nvsd", "recurrent": "yes"},
    "link_clicked": {"link": "91L", "recurrent": "no"},
    "goal_reached": {"goal": "G0l", "recurrent": "no"},
    "custom_changed": {"custom": "7CT", "recurrent": "no"},
    "autoresponder_action_happened": {"recurrent": "no"},
    "birthday": {"custom": "b1D"},
}


@pytest.mark.parametrize("event", ACTIONS)
def test_an_action_has_the_members_of_its_event(event: str) -> None:
    members = ACTIONS[event]

    assert fits("Action", {"event": event, **members})
    for name in members:
        assert not fits("Action", {"event": event, **{other: members[other] for other in members if other != name}})
    assert not fits("Action", {"event": event, **members, "further": "x"})


def test_the_value_of_a_custom_field_is_optional() -> None:
    assert fits("Action", {"event": "custom_changed", "custom": "7CT", "value": "New value", "recurrent": "no"})


def test_the_conditions_of_the_vendors_sample_fit() -> None:
    conditions = {"get_campaigns": {"CONTAINS": "my_campaign_%"}, "campaigns": ["CAMPAIGN", "CAMPAIGN"]}

    assert fits("GetMessagesConditions", conditions)
