"""The registry of laws: a law is a clause of a contract as a function that a server can break."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailproof_conformance.check import Check

_PACKAGE = __name__.rpartition(".")[0]
_HOME = str(Path(__file__).parent)


@dataclass(frozen=True, slots=True)
class Law:
    """One executable case of one clause."""

    clause: str
    """Id of the clause that the case pins."""
    name: str
    """Name of the function; `clause/name` is the case's id."""
    function: Callable[[Check], None]
    module: str

    @property
    def id(self) -> str:
        """The id of the case, written once: `WC-unknown-query-ignored/misspelt_names_change_nothing`."""
        return f"{self.clause}/{self.name}"


_registry: dict[str, dict[str, Law]] = {}


def law(clause: str) -> Callable[[Callable[[Check], None]], Callable[[Check], None]]:
    """Registers a function as a case of the clause of that id; several functions may pin one clause."""

    def register(function: Callable[[Check], None]) -> Callable[[Check], None]:
        entry = Law(clause=clause, name=function.__name__, function=function, module=function.__module__)
        laws = _registry.setdefault(entry.module, {})
        known = laws.get(entry.id)
        if known is not None and known.function.__code__.co_firstlineno != function.__code__.co_firstlineno:
            raise ValueError(f"{entry.module}: two cases are called {entry.id}")
        laws[entry.id] = entry
        return function

    return register


def laws_of(provider: str) -> tuple[Law, ...]:
    """Every law of a provider, by module name and then as written.

    None for a provider without a folder here.
    """
    if provider not in {entry.name for entry in pkgutil.iter_modules([_HOME]) if entry.ispkg}:
        return ()  # a contract of one's own may be called as a module here is
    name = f"{_PACKAGE}.{provider}"
    package = importlib.import_module(name)
    modules = sorted(f"{name}.{entry.name}" for entry in pkgutil.iter_modules(package.__path__))
    for module in modules:
        importlib.import_module(module)
    return tuple(entry for module in modules for entry in _registry.get(module, {}).values())
