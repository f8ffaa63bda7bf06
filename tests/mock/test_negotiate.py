"""The media type of an answer, by the Accept header."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproof_mock.negotiate import Negotiator

OFFERED = ("application/json", "text/json", "application/xml", "text/xml")


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/xml", "text/xml"),
        ("text/*", "text/json"),
        ("application/xml;q=0.9, application/json;q=0.8", "application/xml"),
        ("application/xml;q=0.5, */*;q=0.1", "application/xml"),
        ("text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", "application/xml"),
        ("APPLICATION/XML", "application/xml"),
        ("application/xml; charset=utf-8", "application/xml"),
        ("*/*, application/json;q=0", "text/json"),
        ("image/png", None),
        ("*/*;q=0", None),
        ("nonsense", None),
    ],
)
def test_the_preferred_offer_is_chosen(accept: str, chosen: str | None) -> None:
    assert chosen == Negotiator(OFFERED, {}).choose(accept)


def test_an_alias_stands_for_an_offer() -> None:
    negotiator = Negotiator(("application/json",), {"application/vnd.x-v1+json": "application/json"})
    assert "application/json" == negotiator.choose("application/vnd.x-v1+json")
    assert negotiator.choose("application/vnd.x-v2+json") is None


@given(accept=st.text(alphabet="*/;,=q0.19 appliction/jsonxm", max_size=60))
def test_whatever_is_chosen_was_offered(accept: str) -> None:
    assert Negotiator(OFFERED, {}).choose(accept) in (*OFFERED, None)
