"""What a contract is made of: operations, clauses, and the contract that holds them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Effect = Literal["read", "write", "send"]
Level = Literal["core", "extended", "assumed"]
Standing = Literal["seed", "docs", "client", "inferred"]


class ContractError(Exception):
    """A contract, or the question for one, is wrong; the text is one line: what, where, and what fits."""


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One operation of a contract; what follows from it alone can be kept by it, as it is equal to itself only.

    `definition` is the OpenAPI operation object with the parameters of its path item merged in and every
    parameter, response and request body reference resolved one level; schemas inside keep their references.
    """

    id: str
    path: str
    method: str
    definition: Mapping[str, Any]
    effect: Effect
    standing: Standing
    at_root: bool = False
    """True where the path is served beside the API's base path, not below it (`x-root` on the path item)."""

    @property
    def tag(self) -> str:
        """The resource that the operation belongs to: its first tag, or an empty text."""
        tags = self.definition.get("tags") or [""]
        return str(tags[0])

    @property
    def pointer(self) -> str:
        """JSON pointer of the operation inside the bundled document."""
        return f"#/paths/{self.path.replace('~', '~0').replace('/', '~1')}/{self.method}"


@dataclass(frozen=True, slots=True)
class Clause:
    """One promise that a schema cannot say. `id` is written once and never counted."""

    id: str
    sentence: str
    level: Level
    source: str
    operations: tuple[str, ...]
    file: Path
    """Where it is written."""
    vintage: str | None = None
    """The vintage of the contract that it is there from; None: every one."""


@dataclass(frozen=True, eq=False)
class Contract:
    """One API: its bundled OpenAPI document, its operations and its clauses.

    What follows from it alone can be kept by it, as it is equal to itself only.
    """

    provider: str
    path: Path
    document: Mapping[str, Any]
    operations: tuple[Operation, ...]
    clauses: Mapping[str, Clause]
    digest: str
    """SHA-256 (hex) of the bundled document as canonical JSON."""
    vintage: str | None = None
    """Which vintage of the API this is; None for a contract that does not tell vintages apart."""
    later_clauses: frozenset[str] = frozenset()
    """The ids of the clauses that only a later vintage has."""

    _by_id: dict[str, Operation] = field(init=False, repr=False, compare=False, default_factory=dict[str, Operation])

    def __post_init__(self) -> None:
        self._by_id.update({operation.id: operation for operation in self.operations})

    def operation(self, operation_id: str) -> Operation:
        """The operation of that id. Raises ContractError when there is none."""
        try:
            return self._by_id[operation_id]
        except KeyError:
            known = ", ".join(sorted(self._by_id))
            message = f"{self.provider}: no operation {operation_id!r}; the contract has {known}"
            raise ContractError(message) from None

    @cached_property
    def rpc_methods(self) -> Mapping[str, Mapping[str, Any]]:
        """The methods behind the JSON-RPC operation by name (`x-rpc-methods`); empty for a REST API."""
        for operation in self.operations:
            methods = operation.definition.get("x-rpc-methods")
            if methods:
                return dict(methods)
        return {}
