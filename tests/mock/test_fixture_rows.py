"""Templates of fixtures are written out, the same rows each time."""

from __future__ import annotations

import re
from typing import Any

import pytest

from mailproof.promises import ContractError
from mailproof_mock.fixture_rows import opaque_id, written_out


def rows(*templates: dict[str, Any]) -> list[dict[str, Any]]:
    return list(written_out(templates, "account", "contact", "fixtures"))


def test_a_plain_row_stays_as_it_is() -> None:
    assert [{"Id": 1, "Text": "{n}", "Values": {"a": [1]}}] == rows({"Id": 1, "Text": "{n}", "Values": {"a": [1]}})


def test_a_template_becomes_as_many_rows_as_it_says() -> None:
    template = {
        "_generate": {"count": 3, "from": 9},
        "Id": {"_number": 6000},
        "Email": "resident{n:03d}@example.com",
        "Name": {"_cycle": ["Ada", "Bea"]},
        "Tags": ["n{n}", {"deep": "{hash:contact}"}],
        "Enc": "{hash}",
    }
    found = rows(template)
    assert [6009, 6010, 6011] == [row["Id"] for row in found]
    assert ["resident009@example.com", "resident010@example.com", "resident011@example.com"] == [
        row["Email"] for row in found
    ]
    assert ["Bea", "Ada", "Bea"] == [row["Name"] for row in found]
    assert [["n9", {"deep": opaque_id("account", "contact", 9)}]] == [row["Tags"] for row in found[:1]]
    assert found == rows(template)


def test_opaque_ids_are_url_safe_and_differ() -> None:
    ids = {opaque_id(account, "contact", number) for account in ("a", "b") for number in range(1_000)}
    assert 2_000 == len(ids)
    assert all(re.fullmatch(r"[\w-]{22}", found) for found in ids)


@pytest.mark.parametrize(
    "extent", [None, {}, {"count": -1}, {"count": "3"}, {"count": 3, "from": "1"}, {"count": 10**9}]
)
def test_an_extent_that_cannot_be_is_refused(extent: object) -> None:
    with pytest.raises(ContractError, match=r"fixtures/0: _generate needs a count"):
        rows({"_generate": extent, "Id": "{n}"})


def test_a_number_format_that_cannot_be_is_refused() -> None:
    with pytest.raises(ContractError, match=r"fixtures/0: \{n:zz\} cannot be written"):
        rows({"_generate": {"count": 1}, "Id": "{n:zz}"})
