"""The order of verdicts."""

from __future__ import annotations

import pytest

from mailproof_conformance.verdicts import Verdict, worst


def test_a_worse_verdict_is_never_overwritten_by_a_better_one() -> None:
    ordered = [Verdict.DISABLED, Verdict.SKIP, Verdict.PASS, Verdict.FAIL, Verdict.ERROR]
    for number, grave in enumerate(ordered):
        for light in ordered[: number + 1]:
            assert grave is worst(light, grave)
            assert grave is worst(grave, light)


def test_of_nothing_nothing_was_tried() -> None:
    assert worst() is Verdict.DISABLED


@pytest.mark.parametrize("verdict", Verdict)
def test_a_verdict_alone_is_itself(verdict: Verdict) -> None:
    assert verdict is worst(verdict)
