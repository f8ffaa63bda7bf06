"""The mock of this provider in the test's own process, for the miniatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from in_process import BrokenCases, Wire, in_process

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def wire() -> Iterator[Wire]:
    yield from in_process("getresponse")


@pytest.fixture
def broken_cases(wire: Wire) -> BrokenCases:
    return wire.broken_cases
