"""The sandbox of WhatCounts has everything that the provider's README asks of a server to be checked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mailproof import contract
from mailproof_mock.sandbox import open_sandbox

FIXTURES = open_sandbox("whatcounts", alone=False).fixtures
README = Path(contract("whatcounts").path).with_name("README.md").read_text(encoding="utf-8")
SAMPLES = README.partition("## Samples that a check")[2].partition("\n## ")[0]
NAMED = set(re.findall(r"`([A-Za-z_.]+\*?)`", SAMPLES))


@pytest.mark.parametrize("name", sorted(FIXTURES.samples))
def test_a_sample_is_explained(name: str) -> None:
    assert name in NAMED or f"{name.rpartition('.')[0]}.*" in NAMED


@pytest.mark.parametrize("name", sorted(FIXTURES.others))
def test_further_credentials_are_explained(name: str) -> None:
    assert name in NAMED


@pytest.mark.parametrize("account", sorted(FIXTURES.credentials))
def test_a_realm_has_a_name_that_the_vendor_allows(account: str) -> None:
    names = [item.secret["username"] for item in FIXTURES.credentials[account] if "username" in item.secret]

    assert all(re.fullmatch(r"[A-Za-z0-9]{1,12}", name) for name in names)


def test_the_realm_of_the_samples_is_the_one_of_the_vendors_pages() -> None:
    assert FIXTURES.login is not None
    assert {"username": "myAccount", "password": "xyzpwd123"} == FIXTURES.login.secret
