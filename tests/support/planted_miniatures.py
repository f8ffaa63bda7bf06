"""The miniatures of the clauses as faults of the registry: they stand with the tests of each provider."""

from __future__ import annotations

import importlib.util
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from in_process import Plant
from planting import Fault, Owner

from mailproof_conformance.laws import laws_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

_TESTS = Path(__file__).parents[1] / "conformance"
_KIND = "clause"
_TABLES = ("MINIATURES", "FAULTS", "FURTHER")
"""Names under which a module has miniatures: by clause or by the name of a law, or with a clause beside each."""


def faults(provider: str) -> Iterator[Fault]:
    """Each miniature of a provider."""
    laws = {law.name: law for law in laws_of(provider)}
    for path in _modules(provider):
        module = _fresh(path)
        for table in _TABLES:
            for name, entry in getattr(module, table, {}).items():
                plant = partial(_plant, path, table, name)
                if table == "FURTHER":
                    owner = Owner(clause=entry[0])
                elif name in laws:
                    owner = Owner(clause=laws[name].clause, case=laws[name].id)
                else:
                    owner = Owner(clause=name)
                yield Fault(f"{provider}/{_KIND}/{owner.clause}/{name}", provider, _KIND, owner, plant)


def _modules(provider: str) -> list[Path]:
    """The modules that have miniatures of a provider, and no other tests."""
    folder = _TESTS / provider
    apart = sorted(folder.glob("faults_*.py"))
    return apart or [folder / "test_miniatures.py"]


@cache
def _code(path: Path) -> CodeType:
    return compile(path.read_bytes(), str(path), "exec")


def _fresh(path: Path) -> Any:
    """The module, executed anew: what its faults remember of earlier requests is forgotten."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None:
        raise ImportError(f"{path}: is no module")
    module = importlib.util.module_from_spec(spec)
    exec(_code(path), module.__dict__)  # noqa: S102 - as its loader does, but compiled once
    return module


def _plant(path: Path, table: str, name: str) -> Plant:
    module = _fresh(path)
    entry = getattr(module, table)[name]
    if table == "FURTHER":
        entry = entry[1]
    return Plant(patch=entry) if name in getattr(module, "PATCHES", ()) else Plant(entry)
