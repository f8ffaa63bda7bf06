"""Shares: what is tried alike with each of many operations `quick` tries with some of them, in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailproof.promises import Contract

_FEW = 15
"""Operations of an API that is small enough for `quick` to try everything with each."""


def in_share(contract: Contract, operation: int, number: int, every: int) -> bool:
    """Whether `quick` tries the thing of a number with the operation of a number, both counted from 0.

    Each operation has one in `every` things, and each thing one in `every` operations.
    """
    return len(contract.operations) <= _FEW or (number - operation) % every == 0
