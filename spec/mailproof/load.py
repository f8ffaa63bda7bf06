"""Finds the contracts: one folder with an `openapi.yaml` is one provider."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

from mailproof.bundle import bundle, read_yaml
from mailproof.parts import parts_of
from mailproof.pointers import dereference, mapping
from mailproof.promises import Clause, Contract, ContractError, Effect, Level, Operation, Standing
from mailproof.vintage import as_of, vintages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_HOME = Path(__file__).parent
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@cache
def providers() -> tuple[str, ...]:
    """The names of the providers that this package has a contract for, in alphabetical order."""
    return tuple(sorted(entry.parent.name for entry in _HOME.glob("*/openapi.yaml")))


def contract(name: str | Path, vintage: str | None = None) -> Contract:
    """The contract of a provider, or the one in an OpenAPI file of one's own (named by its path).

    `vintage` gives it as it was in one of its `x-vintages`; the newest is the default. Raises ContractError, one
    line, for an unknown name or vintage, a file that cannot be read, or a document that does not hold together
    (broken reference, missing or double operationId, malformed clause).
    """
    text = str(name)
    if text in providers():
        return _in_vintage(_HOME / text / "openapi.yaml", text, vintage)
    path = Path(text)
    if path.suffix in {".yaml", ".yml", ".json"} or _is_file(path):
        return _in_vintage(path, path.stem, vintage)
    raise ContractError(
        f"no provider {text!r}; there are {', '.join(providers())}, or name an OpenAPI file (.yaml, .json)"
    )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long for one
        return False


def _in_vintage(path: Path, provider: str, vintage: str | None) -> Contract:
    newest = _load(path, provider)
    return newest if vintage in {None, newest.vintage} else _load_as_of(path, provider, str(vintage))


@cache
def _load(path: Path, provider: str) -> Contract:
    document = bundle(path)
    version = str(document["openapi"])
    if not version.startswith("3.0."):
        raise ContractError(f"{path}: openapi is {version[:20]!r}; mailproof reads OpenAPI 3.0, such as 3.0.3")
    try:
        known = vintages(document)
    except ContractError as error:
        raise ContractError(f"{path}: {error}") from None
    return Contract(
        provider=provider,
        path=path,
        document=document,
        operations=tuple(_operations(document, path)),
        clauses=_clauses(path.with_name("clauses.yaml"), known),
        digest=_digest(document),
        vintage=known[-1] if known else None,
    )


@cache
def _load_as_of(path: Path, provider: str, vintage: str) -> Contract:
    newest = _load(path, provider)
    try:
        document = as_of(newest.document, vintage)
    except ContractError as error:
        raise ContractError(f"{provider}: {error}") from None
    operations = tuple(_operations(document, path))
    gone = {item.id for item in newest.operations} - {item.id for item in operations}
    clauses = _clauses_as_of(newest.clauses, vintages(document), gone)
    return Contract(
        provider=provider,
        path=path,
        document=document,
        operations=operations,
        clauses=clauses,
        digest=_digest(document),
        vintage=vintage,
        later_clauses=frozenset(newest.clauses.keys() - clauses.keys()),
    )


def _digest(document: Mapping[str, Any]) -> str:
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _operations(document: Mapping[str, Any], path: Path) -> Iterator[Operation]:
    paths = document.get("paths")
    if not isinstance(paths, dict):
        raise ContractError(f"{path}: /paths: must be an object")
    seen: dict[str, str] = {}
    for template, item in cast("dict[str, Any]", paths).items():
        for method in _METHODS:
            if method not in mapping(item):
                continue
            where = f"{method.upper()} {template}"
            try:
                definition = _resolved(document, item, method)
            except (LookupError, TypeError, AttributeError, ValueError) as error:
                raise ContractError(f"{path}: {where}: is no OpenAPI operation: {error}") from None
            operation_id = definition.get("operationId")
            if not isinstance(operation_id, str):
                raise ContractError(f"{path}: {where}: has no operationId; every operation needs one")
            if operation_id in seen:
                raise ContractError(
                    f"{path}: {where}: operationId {operation_id!r} is already used by {seen[operation_id]}"
                )
            seen[operation_id] = where
            yield Operation(
                id=operation_id,
                path=template,
                method=method,
                definition=definition,
                effect=_mark(
                    definition,
                    "x-effect",
                    get_args(Effect),
                    "read" if method in {"get", "head"} else "write",
                    where,
                ),
                standing=_mark(definition, "x-standing", get_args(Standing), "seed", where),
                at_root=item.get("x-root") is True,
            )


def _mark(definition: Mapping[str, Any], name: str, allowed: tuple[str, ...], default: str, where: str) -> Any:
    value = definition.get(name, default)
    if value not in allowed:
        raise ContractError(f"{where}: {name} is {value!r}; it is one of {', '.join(allowed)}")
    return value


def _resolved(document: Mapping[str, Any], item: Mapping[str, Any], method: str) -> dict[str, Any]:
    definition = dict(item[method])
    own = [dereference(document, parameter) for parameter in definition.get("parameters", [])]
    names = {(parameter["name"], parameter["in"]) for parameter in own}
    shared = [dereference(document, parameter) for parameter in item.get("parameters", [])]
    definition["parameters"] = [p for p in shared if (p["name"], p["in"]) not in names] + own
    if "requestBody" in definition:
        definition["requestBody"] = dereference(document, definition["requestBody"])
    responses = definition.get("responses", {})
    definition["responses"] = {str(status): dereference(document, answer) for status, answer in responses.items()}
    definition.setdefault("security", document.get("security", []))
    return definition


def _clauses(path: Path, known: tuple[str, ...]) -> Mapping[str, Clause]:
    clauses: dict[str, Clause] = {}
    for part in parts_of(path):
        _add_clauses(clauses, part, known)
    return clauses


def _clauses_as_of(clauses: Mapping[str, Clause], known: tuple[str, ...], gone: set[str]) -> Mapping[str, Clause]:
    """The clauses of some vintages, about the operations that those have."""
    kept: dict[str, Clause] = {}
    for name, clause in clauses.items():
        operations = tuple(operation for operation in clause.operations if operation not in gone)
        if clause.vintage in (None, *known) and bool(operations) == bool(clause.operations):
            kept[name] = replace(clause, operations=operations)
    return kept


def _add_clauses(clauses: dict[str, Clause], path: Path, known: tuple[str, ...]) -> None:
    entries: list[dict[str, Any]] = read_yaml(path) or []
    for number, entry in enumerate(entries):
        missing = {"id", "sentence", "level", "source"} - set(entry)
        if missing:
            raise ContractError(f"{path}: clause {number}: has no {', '.join(sorted(missing))}")
        if entry["level"] not in get_args(Level):
            levels = ", ".join(get_args(Level))
            raise ContractError(f"{path}: {entry['id']}: level is {entry['level']!r}; it is one of {levels}")
        if entry.get("vintage") not in (None, *known):
            fit = f"it is one of {', '.join(map(repr, known))}" if known else "the contract has no x-vintages"
            raise ContractError(f"{path}: {entry['id']}: vintage is {entry['vintage']!r}; {fit}")
        if entry["id"] in clauses:
            raise ContractError(f"{path}: {entry['id']}: is there twice; an id is written once")
        clauses[entry["id"]] = Clause(
            id=entry["id"],
            sentence=" ".join(entry["sentence"].split()),
            level=entry["level"],
            source=str(entry["source"]),
            operations=tuple(entry.get("operations", ())),
            file=path,
            vintage=entry.get("vintage"),
        )
