"""The file of known failures: read with one line for each mistake, and written from a report."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, cast

import yaml

from mailproof.bundle import read_yaml
from mailproof.promises import ContractError
from mailproof_conformance.known_failures import KnownFailure, KnownFailures

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_MEMBERS = ("id", "reason", "expires")
_LONGEST = 2_000
"""Letters of an id or a reason; a longer one is an accident."""
_SHOWN = 300
"""Letters of what was found that a written reason repeats."""


class KnownFailuresError(Exception):
    """The file is wrong; the text is one line that names file and entry, and says what would be right."""


def read(path: Path) -> KnownFailures:
    """The list in a YAML or JSON file. Raises KnownFailuresError."""
    return KnownFailures(str(path), tuple(_entries(path)))


def write(path: Path, report: Mapping[str, Any]) -> int:
    """Adds the failures of a report that are not known yet; gives how many.

    What stands in the file stays as it is, comments too. Raises KnownFailuresError where the file cannot be read
    or written.
    """
    there = tuple(_entries(path)) if path.exists() else ()
    broken = [case for case in report["cases"] if case["verdict"] in {"fail", "error"} and not case["note"]]
    new = [
        {"id": case["id"], "reason": case["known"] or f"not looked into yet: {_short(case['reason'])}"}
        for case in broken
        if not any(entry.id == case["id"] or entry.fits(case["id"]) for entry in there)
    ]
    text = _text(path, [_plain(entry) for entry in there], new)
    temporary = path.with_name(path.name + ".new")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        raise KnownFailuresError(f"{path}: cannot be written: {error.strerror}") from None
    return len(new)


def _text(path: Path, there: list[dict[str, Any]], new: list[dict[str, Any]]) -> str:
    """The file with the new entries after the old text, or written anew where that makes no list."""
    everything = [*there, *new]
    if path.suffix == ".json":
        return json.dumps(everything, indent=2, ensure_ascii=False, default=str) + "\n"
    added = _dumped(new) if new else ""
    before = path.read_text(encoding="utf-8") if there else ""
    joined = before + ("" if before.endswith("\n") or not before else "\n") + added
    if not joined:
        return "[]\n"
    with suppress(yaml.YAMLError, KnownFailuresError):
        if _listed(yaml.safe_load(joined), path) == _listed(everything, path):
            return joined
    return _dumped(everything)


def _dumped(entries: list[dict[str, Any]]) -> str:
    return str(yaml.safe_dump(entries, sort_keys=False, allow_unicode=True, width=110))


def _plain(entry: KnownFailure) -> dict[str, Any]:
    plain: dict[str, Any] = {"id": entry.id, "reason": entry.reason}
    return plain if entry.expires is None else {**plain, "expires": entry.expires}


def _short(text: str) -> str:
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line if len(line) <= _SHOWN else line[:_SHOWN] + "..."


def _entries(path: Path) -> list[KnownFailure]:
    try:
        return _listed(read_yaml(path), path)
    except ContractError as error:
        raise KnownFailuresError(" ".join(str(error).split())) from None


def _listed(document: object, path: Path) -> list[KnownFailure]:
    if document is None:
        return []
    if not isinstance(document, list):
        raise KnownFailuresError(f"{path}: must be a list of entries with id, reason and perhaps expires")
    read = [
        _entry(item, f"{path}: entry {number}") for number, item in enumerate(cast("list[object]", document), start=1)
    ]
    seen: set[str] = set()
    for number, entry in enumerate(read, start=1):
        if entry.id in seen:
            raise KnownFailuresError(f"{path}: entry {number}: {entry.id!r} is there twice; keep one of them")
        seen.add(entry.id)
    return read


def _entry(item: object, where: str) -> KnownFailure:
    if not isinstance(item, dict):
        raise KnownFailuresError(f"{where}: must be an object with id, reason and perhaps expires")
    members = cast("dict[object, object]", item)
    unknown = sorted(str(name)[:_SHOWN] for name in members if name not in _MEMBERS)
    if unknown:
        raise KnownFailuresError(f"{where}: unknown {_short(', '.join(unknown))}; there are {', '.join(_MEMBERS)}")
    return KnownFailure(
        id=_line(members, "id", where, "the id of a case as `--list` prints it, or a glob"),
        reason=_line(members, "reason", where, "why the failure is known and who looks after it"),
        expires=_day(members.get("expires"), where),
    )


def _line(members: Mapping[object, object], name: str, where: str, right: str) -> str:
    value = members.get(name)
    if not isinstance(value, str) or not value.strip():
        raise KnownFailuresError(f"{where}: {name} is missing; it is {right}")
    if len(value) > _LONGEST:
        raise KnownFailuresError(f"{where}: {name} is longer than {_LONGEST} letters")
    return value


def _day(value: object, where: str) -> date | None:
    if value is None:
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value  # as PyYAML reads a day that is not between quotes
    if isinstance(value, str):
        with suppress(ValueError):
            return date.fromisoformat(value)
    raise KnownFailuresError(f"{where}: expires must be a day such as 2027-01-31, not {_short(str(value))!r}")
