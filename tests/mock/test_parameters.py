"""Which of several values in a query counts."""

from __future__ import annotations

from typing import Any

import pytest

from mailproof import contract
from mailproof_mock.call import Problem
from mailproof_mock.parameters import Parameters
from mailproof_mock.validate import Validators

WHICH50 = contract("which50")


def query(operation: str, raw: str) -> dict[str, Any]:
    validators = Validators(WHICH50.document, "request")
    return dict(Parameters(WHICH50.operation(operation), validators, heed_case=False).query(raw.encode()))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("$top=1&$top=2", {"$top": 1}),
        ("$top=&$TOP=2", {"$top": 2}),
        ("$top=&$top=", {}),
        ("$top=1&$top=", {"$top": 1}),
    ],
)
def test_the_first_that_is_not_empty_counts(raw: str, expected: dict[str, Any]) -> None:
    assert expected == query("list_contact_list_contacts", raw)


def test_an_empty_one_counts_where_it_is_a_value() -> None:
    assert {"filePath": ""} == query("get_file", "filePath=&filePath=a.txt")
    assert {"matched": {"Email": ""}} == query("update_matching_contacts", "Email=&Email=a@b.c")


def test_an_empty_one_hides_no_wrong_one() -> None:
    with pytest.raises(Problem, match="bad-request"):
        query("list_contact_list_contacts", "$skip=&$skip=true")
