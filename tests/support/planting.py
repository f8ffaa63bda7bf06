"""The registry of named faults: each the mock with one promise broken, and who has to notice it."""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from in_process import Plant

    from mailproof_conformance.case import Case

_SOURCES = (
    "planted_miniatures",
    "planted_answers",
    "planted_front",
    "planted_inputs",
    "planted_parameters",
    "planted_state",
    "planted_calls",
)
"""The modules that have faults: each has `faults(provider)`."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who has to notice a fault: the cases of a clause, or those of some kinds of check on an operation."""

    clause: str | None = None
    case: str | None = None
    """The one case of the clause that has to notice; any of them where it is None."""
    kinds: frozenset[str] = field(default_factory=frozenset[str])
    operation: str | None = None
    """None for whichever operation."""

    def owns(self, case: Case) -> bool:
        """Whether a case is one of the owner's."""
        if self.case is not None:
            return case.id == self.case
        if self.clause is not None:
            return case.clause == self.clause
        return case.kind in self.kinds and (self.operation is None or self.operation in case.operations)

    @property
    def text(self) -> str:
        """The owner in a few words."""
        if self.clause is not None:
            return self.clause
        return f"{', '.join(sorted(self.kinds))} of {self.operation or 'the whole API'}"


@dataclass(frozen=True, slots=True)
class Fault:
    """One promise that the mock breaks."""

    name: str
    """Written once: `which50/get_contact/required member missing/ListId`."""
    provider: str
    kind: str
    """The kind of fault, as the table has it."""
    owner: Owner
    plant: Callable[[], Plant]
    """What is planted; made anew each time, so that what a fault remembers is forgotten."""
    touches: frozenset[str] | None = None
    """The operations whose exchanges it can change; None where that has to be found out."""
    shown: Callable[[], bool] | None = None
    """Whether it has changed an answer since it was first planted; None where that is not known.

    A member that no answer shows, whatever is asked, cannot be told wrongly.
    """


def faults(provider: str) -> tuple[Fault, ...]:
    """Every fault of a provider, in a fixed order. Raises ValueError where two have one name."""
    found = tuple(fault for source in _SOURCES for fault in _of(source, provider))
    names = [fault.name for fault in found]
    twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if twice:
        raise ValueError(f"two faults are called {', '.join(twice)}")
    return found


def _of(source: str, provider: str) -> Iterator[Fault]:
    module = importlib.import_module(source)
    yield from cast("Iterator[Fault]", module.faults(provider))
