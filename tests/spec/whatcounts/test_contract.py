"""The WhatCounts contract holds the values of the vendor's pages, and its files agree with each other."""

from __future__ import annotations

import re
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from mailproof import contract

WHATCOUNTS = contract("whatcounts")
DOCUMENT: Any = WHATCOUNTS.document
README = Path(WHATCOUNTS.path).with_name("README.md").read_text(encoding="utf-8")


def example(name: str) -> Any:
    return DOCUMENT["components"]["examples"][name]["value"]


def test_the_operations_are_those_of_the_two_pages_and_what_belongs_to_them() -> None:
    expected = {
        "list_snapshot_images_by_customer_key": ("get", "read", "seed"),
        "get_snapshot_file": ("get", "read", "inferred"),
        "send_message_with_customer_key": ("post", "send", "seed"),
        "send_message": ("post", "send", "inferred"),
    }

    actual = {item.id: (item.method, item.effect, item.standing) for item in WHATCOUNTS.operations}

    assert expected == actual


def test_the_example_of_the_list_has_the_values_of_the_page() -> None:
    first, second = example("TwoSnapshots")

    assert ("5606", 1) == (first["customerKey"], first["realmId"])
    assert ("2020Jan Newsletter", "2020-01-13 08:46:48.11") == (
        first["content"]["template_name"],
        first["content"]["created_date"],
    )
    assert ("2019Jan Newsletter", "2019-01-13 08:46:48.11") == (
        second["content"]["template_name"],
        second["content"]["created_date"],
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Unauthorized", {"error": "Unauthorized", "status": "Unauthorized", "statusCode": 401}),
        ("UnknownSubscriber", {"error": "Subscriber Not Found", "status": "Not Found", "statusCode": 404}),
    ],
)
def test_the_errors_of_the_pages_are_there_member_by_member(name: str, expected: dict[str, object]) -> None:
    assert list(expected.items()) == list(example(name).items())


@pytest.mark.parametrize("name", sorted(DOCUMENT["x-problems"]))
def test_an_error_says_the_status_that_it_comes_with(name: str) -> None:
    problem = DOCUMENT["x-problems"][name]
    value = example(problem["example"].rpartition("/")[2])

    assert problem["status"] == value["statusCode"]
    if problem["status"] not in (413, 414):  # their phrases changed with the editions of HTTP
        assert HTTPStatus(problem["status"]).phrase == value["status"]


def test_wrong_values_of_queries_are_not_declared_as_refused() -> None:
    queries = [
        parameter
        for parameter in WHATCOUNTS.operation("send_message_with_customer_key").definition["parameters"]
        if parameter["in"] == "query"
    ]

    assert ["format", "campaignName", "respectOptout", "snapshot"] == [query["name"] for query in queries]
    for query in queries:
        assert ["description"] == list(query["schema"]["anyOf"][-1])


def test_the_body_of_the_short_send_has_the_defaults_of_the_queries() -> None:
    queries = WHATCOUNTS.operation("send_message_with_customer_key").definition["parameters"]
    members = DOCUMENT["components"]["schemas"]["Message"]["properties"]

    for query in queries:
        if query["in"] == "query":
            assert query["schema"].get("default") == members[query["name"]].get("default")


def test_the_readme_explains_every_source() -> None:
    explained = set(re.findall(r"^\| ([A-Z][A-Za-z0-9-]*) \|", README, flags=re.MULTILINE))
    used = {code.strip() for clause in WHATCOUNTS.clauses.values() for code in clause.source.split(",")}

    assert set() == used - explained


def test_assumptions_name_their_decision_and_nothing_else_does() -> None:
    for clause in WHATCOUNTS.clauses.values():
        if clause.level != "assumed":
            assert "A-" not in clause.source, clause.id
        else:
            assert re.search("A-", clause.source), clause.id
