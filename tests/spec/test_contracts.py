"""The shipped contracts, walked whole: what must hold of each of them."""

from __future__ import annotations

import re
from typing import Any, cast

import jsonschema_rs
import pytest
from openapi_spec_validator import validate

from mailproof import contract, providers
from mailproof.json_schema import as_json_schema
from mailproof.pointers import members
from mailproof.promises import ContractError


def test_the_three_providers_are_found() -> None:
    assert ("getresponse", "whatcounts", "which50") == providers()


@pytest.mark.parametrize("name", providers())
def test_a_contract_is_valid_openapi(name: str) -> None:
    document = dict(contract(name).document)
    validate(document)
    assert str(document["openapi"]).startswith("3.0.")


@pytest.mark.parametrize("name", providers())
def test_every_reference_is_local(name: str) -> None:
    found: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, list):
            for item in cast("list[Any]", node):
                walk(item)
        for key, value in members(node).items():
            walk(value)
            if key == "$ref" and isinstance(value, str):
                found.append(value)

    walk(contract(name).document)
    assert found
    assert [] == [reference for reference in found if not reference.startswith("#/")]


@pytest.mark.parametrize("name", providers())
def test_every_operation_says_what_it_does_to_the_world(name: str) -> None:
    for operation in contract(name).operations:
        assert operation.definition["x-effect"] in ("read", "write", "send")
        assert re.fullmatch(r"[a-z][a-z0-9_]*", operation.id)
        assert operation.tag


@pytest.mark.parametrize("name", providers())
def test_clauses_are_whole_and_name_what_exists(name: str) -> None:
    shipped = contract(name)
    known = {operation.id for operation in shipped.operations} | set(shipped.rpc_methods)
    prefix = {"getresponse": "GR-", "whatcounts": "WC-", "which50": "W50-"}[name]
    for clause in shipped.clauses.values():
        assert clause.id.startswith(prefix)
        assert clause.sentence.endswith(".")
        assert set(clause.operations) <= known, clause.id


def test_there_are_more_than_eighty_clauses() -> None:
    assert sum(len(contract(name).clauses) for name in providers()) > 80


def test_a_digest_is_of_the_content() -> None:
    digests = {contract(name).digest for name in providers()}
    assert len(providers()) == len(digests)
    assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in digests)


def test_an_unknown_operation_names_the_known_ones() -> None:
    with pytest.raises(ContractError, match="send_message_with_customer_key"):
        contract("whatcounts").operation("send")


def test_the_json_schema_form_of_every_schema_compiles() -> None:
    for name in providers():
        document = as_json_schema(contract(name).document, "response")
        registry = jsonschema_rs.Registry(resources=[("urn:test", document)], draft=jsonschema_rs.Draft202012)
        for schema in document["components"]["schemas"]:
            reference = {"$ref": f"urn:test#/components/schemas/{schema}"}
            jsonschema_rs.Draft202012Validator(reference, registry=registry)
