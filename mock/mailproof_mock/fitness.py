"""Turns whatever compiling an unfit contract trips over into one line that names the contract."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from mailproof.promises import ContractError

if TYPE_CHECKING:
    from collections.abc import Generator

_STUMBLES = (LookupError, TypeError, AttributeError, ValueError, ArithmeticError, RecursionError, MemoryError)
"""What reading a document raises that is not what OpenAPI says it is."""
_LONGEST = 200  # characters of a reason, which may echo a value of any size


@contextmanager
def fitness(where: str) -> Generator[None]:
    """Raises ContractError, one line, where the code inside trips over a document that is no fit OpenAPI 3.0."""
    try:
        yield
    except ContractError:
        raise
    except _STUMBLES as error:
        raise ContractError(f"{where}: cannot be served: {type(error).__name__}: {one_line(str(error))}") from None


def one_line(text: str) -> str:
    """A reason in one line of bearable length."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."
