"""Text operators as a function of a value."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailproof_mock.getresponse.text_conditions import fold, text_test

TEXTS = st.text("abAB%_\n.ßİ", max_size=8)


def meets(value: str | None, **condition: str) -> bool:
    """Whether a value meets a condition."""
    return text_test(condition)(value)


@given(value=TEXTS, pattern=TEXTS)
@example(value="aab", pattern="%ab")
@example(value="ab", pattern="a%ab")
@example(value="a\nb", pattern="a%b")
@example(value="", pattern="%%")
def test_contains_means_what_the_same_regular_expression_means(value: str, pattern: str) -> None:
    parts = ["(?s:.*)" if char == "%" else "(?s:.)" if char == "_" else re.escape(char) for char in fold(pattern)]

    assert (re.fullmatch("".join(parts), fold(value)) is not None) == meets(value, CONTAINS=pattern)


@given(value=TEXTS, operand=TEXTS)
def test_a_negated_operator_finds_what_the_other_does_not(value: str, operand: str) -> None:
    assert meets(value, EQUALS=operand) != meets(value, NOT_EQUALS=operand)
    assert meets(value, CONTAINS=operand) != meets(value, NOT_CONTAINS=operand)


@given(text=st.text(max_size=30))
def test_folding_keeps_the_length_and_is_done_once(text: str) -> None:
    assert len(text) == len(fold(text))
    assert fold(text) == fold(fold(text))


@pytest.mark.parametrize(("one", "other"), [("STRAẞE", "straße"), ("ÉCOLE", "école"), ("ŁÓDŹ", "łódź"), ("ΣΑΣ", "σας")])
def test_letters_of_both_cases_are_the_same(one: str, other: str) -> None:
    assert meets(one, EQUALS=other)
    assert meets(other, CONTAINS=f"{one[0]}%{one[-1]}")


@pytest.mark.parametrize(
    ("value", "pattern"), [("50%", r"50\%"), ("a_b", r"a\_b"), ("a\\b", r"a\\b"), ("a\\b", r"a\b"), ("a\\", "a\\")]
)
def test_a_backslash_takes_a_wildcard_or_a_backslash_literally(value: str, pattern: str) -> None:
    assert meets(value, CONTAINS=pattern)


@pytest.mark.parametrize(("value", "pattern"), [("50x", r"50\%"), ("axb", r"a\_b"), ("ab", r"a\\b"), ("ab", r"a\b")])
def test_an_escaped_wildcard_is_no_wildcard(value: str, pattern: str) -> None:
    assert not meets(value, CONTAINS=pattern)


@pytest.mark.parametrize("operator", ["EQUALS", "NOT_EQUALS", "CONTAINS", "NOT_CONTAINS"])
@pytest.mark.parametrize("operand", ["", "%", "null"])
def test_null_meets_no_operator(operator: str, operand: str) -> None:
    assert not text_test({operator: operand})(None)


def test_without_a_condition_everything_passes() -> None:
    assert all(text_test(None)(value) for value in ("", "x", None))


def test_a_hostile_pattern_ends() -> None:
    assert not meets("a" * 500, CONTAINS="%a" * 200 + "%b")
    assert not meets("a" * 500, CONTAINS="%_a" * 300_000)
