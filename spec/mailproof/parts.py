"""Reads a YAML file that may be split: `name.yaml`, and beside it the files of a folder `name`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from mailproof.bundle import read_yaml
from mailproof.promises import ContractError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def parts_of(path: Path) -> Iterator[Path]:
    """The files that stand for `name.yaml`: itself, then those of the folder `name` in alphabetical order.

    Nothing where there is neither.
    """
    if path.is_file():
        yield path
    yield from sorted(path.with_suffix("").glob("*.yaml"))


def read_merged(path: Path) -> Any:
    """The mapping in `name.yaml` with the mappings of its folder merged in: lists are appended to lists.

    Raises ContractError, one line, where a part cannot be read, is no mapping, or says again what another says.
    """
    document = read_yaml(path)
    for part in parts_of(path):
        if part == path:
            continue
        further = read_yaml(part)
        if not isinstance(document, dict) or not isinstance(further, dict):
            raise ContractError(f"{part if isinstance(document, dict) else path}: must be an object")
        document = _merged(cast("dict[str, Any]", document), cast("dict[str, Any]", further), f"{part}: ")
    return document


def _merged(whole: dict[str, Any], further: dict[str, Any], where: str) -> dict[str, Any]:
    merged = dict(whole)
    for name, value in further.items():
        known = merged.get(name)
        if name not in merged:
            merged[name] = value
        elif isinstance(known, dict) and isinstance(value, dict):
            merged[name] = _merged(cast("dict[str, Any]", known), cast("dict[str, Any]", value), f"{where}{name}/")
        elif isinstance(known, list) and isinstance(value, list):
            merged[name] = [*cast("list[Any]", known), *cast("list[Any]", value)]
        else:
            raise ContractError(f"{where}{name}: is said in another part already")
    return merged
