"""What a case is: an id that is written once, the promise it pins, and the check that tries it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailproof.promises import Level
    from mailproof_conformance.check import Check

KINDS = (
    "corpus",
    "authentication",
    "verbs",
    "media-types",
    "not-found",
    "bad-input",
    "text",
    "agreement",
    "laws",
    "fuzz",
)
"""Where cases come from, in the order in which they run and stand in a report."""


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that is tried."""

    id: str
    """Written once and never counted: it survives every insertion of another case."""
    kind: str
    operations: tuple[str, ...]
    """The operations (or JSON-RPC methods) it is about; none for a rule about the whole API."""
    promise: str
    """The promise in one sentence."""
    source: str
    """Where the promise was read: the code of a source, or a pointer into the contract."""
    level: Level
    run: Callable[[Check], None]
    clause: str | None = None
    in_quick: bool = True
    """Whether the profile `quick` has it: some of what is tried alike with each operation goes there by turns."""
