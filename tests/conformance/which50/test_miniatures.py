"""For each law a server that breaks just its promise, and the law that notices it.

The faults stand in `faults_<area>.py` beside this file: `MINIATURES` by the name of the law, `FURTHER` with a clause.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mailproof import contract
from mailproof_conformance.laws import laws_of

if TYPE_CHECKING:
    from in_process import BrokenCases, Mangle

CLAUSES = contract("which50").clauses
LAWS = laws_of("which50")
MINIATURES: dict[str, Mangle] = {}
FURTHER: dict[str, tuple[str, Mangle]] = {}


def _gather() -> None:
    for path in sorted(Path(__file__).parent.glob("faults_*.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for whole, part in ((MINIATURES, module.MINIATURES), (FURTHER, getattr(module, "FURTHER", {}))):
            assert not set(whole) & set(part), f"{path.name} names again what another has"
            whole.update(part)


_gather()


def _law_names() -> list[str]:
    return sorted(law.name for law in LAWS)


def test_there_is_a_miniature_for_each_law() -> None:
    assert _law_names() == sorted(MINIATURES)


def test_each_clause_has_a_law_and_each_law_a_clause() -> None:
    assert sorted(CLAUSES) == sorted({law.clause for law in LAWS})


def test_the_mock_keeps_every_promise(broken_cases: BrokenCases) -> None:
    assert [] == broken_cases(None, None)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_the_law_notices(law: Any, broken_cases: BrokenCases) -> None:
    assert law.id in broken_cases(MINIATURES[law.name], law.clause)


@pytest.mark.parametrize("fault", FURTHER)
def test_the_clause_notices(fault: str, broken_cases: BrokenCases) -> None:
    clause, mangle = FURTHER[fault]
    assert [] != broken_cases(mangle, clause)
