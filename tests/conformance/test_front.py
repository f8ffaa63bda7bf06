"""The level of a case follows from the weakest thing that it leans on."""

from __future__ import annotations

import pytest

from mailproof import contract
from mailproof_conformance.front import answer_level
from mailproof_conformance.plan import plan


@pytest.mark.parametrize(
    ("operation", "level"),
    [
        ("list_contact_communications", "core"),
        ("get_contact", "extended"),
        ("get_contact_summary", "assumed"),
        ("list_contact_journeys", "assumed"),
    ],
)
def test_an_answer_that_is_assumed_makes_no_core_promise(operation: str, level: str) -> None:
    shipped = contract("which50")
    assert level == answer_level(shipped.operation(operation))
    corpus = [case for case in plan(shipped, "quick", (f"corpus/{operation}/*",)) if case.operations == (operation,)]
    assert corpus
    assert level in {case.level for case in corpus}
