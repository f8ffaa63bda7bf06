"""Deterministic cases that follow from the contract alone: one module for each thing that is varied.

A module has `cases(contract)`; the folder is the registry.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mailproof.promises import Contract
    from mailproof_conformance.case import Case


def cases(contract: Contract) -> Iterator[Case]:
    """The cases of every matrix for a contract."""
    for entry in sorted(pkgutil.iter_modules(__path__), key=lambda item: item.name):
        module = importlib.import_module(f"{__name__}.{entry.name}")
        make = cast("Callable[[Contract], Iterable[Case]]", module.cases)
        yield from make(contract)
