"""What an answer shows of a row: the members of a schema of the contract, in the order in which it declares them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from mailproof import contract
from mailproof.pointers import members

if TYPE_CHECKING:
    from collections.abc import Mapping


def as_declared(schema: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """The members of the schema of that name with their values. Raises KeyError where one is not known."""
    return {name: known[name] for name in _members(schema)}


@cache
def _members(schema: str) -> tuple[str, ...]:
    return tuple(members(contract("which50").document, "components", "schemas", schema, "properties"))
