"""`mailproof lint`: tells what is wrong with a contract, before any server is asked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailproof import contract as load_contract
from mailproof import providers
from mailproof.bundle import bundle
from mailproof.parts import read_merged
from mailproof.promises import ContractError
from mailproof.vintage import as_of, vintages
from mailproof_conformance.laws import laws_of
from mailproof_conformance.lint.clauses import clauses, traceability
from mailproof_conformance.lint.conventions import conventions
from mailproof_conformance.lint.examples import examples
from mailproof_conformance.lint.finding import Finding
from mailproof_conformance.lint.fixtures import fixtures, shipped
from mailproof_conformance.lint.front_door import front_door
from mailproof_conformance.lint.handlers import handlers
from mailproof_conformance.lint.handlers import shipped as shipped_handlers
from mailproof_conformance.lint.methods import methods
from mailproof_conformance.lint.openapi import openapi
from mailproof_conformance.lint.reach import reach

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mailproof.promises import Contract
    from mailproof_conformance.lint.examples import Wrong

_CLEAN, _FOUND = 0, 1


@click.command()
@click.argument("specs", metavar="[SPEC]...", nargs=-1)
@click.option(
    "--fixtures",
    "fixtures_file",
    type=click.Path(path_type=Path),
    help="Sandbox rows to hold against the one SPEC.",
)
def lint(specs: tuple[str, ...], fixtures_file: Path | None) -> None:
    """Tell what is wrong with contracts.

    SPEC is a provider's name or an OpenAPI file; none means all that are shipped. A file that has neither
    `x-front` nor `x-problems` is held to the rules of OpenAPI alone: a valid document, examples and defaults
    that fit. A finding is `file:pointer: rule: message`.

    Exit code: 0 nothing found, 1 something found, 2 wrong usage.
    """
    chosen = specs or providers()
    if fixtures_file is not None and len(chosen) != 1:
        raise click.UsageError("--fixtures needs exactly one SPEC to hold them against")
    found = [finding for spec in chosen for finding in check_spec(spec, fixtures_file)]
    for finding in found:
        click.echo(str(finding))
    click.echo(f"{len(found)} finding{'s' * (len(found) != 1)} in {', '.join(chosen)}", err=True)
    sys.exit(_FOUND if found else _CLEAN)


def check_spec(spec: str, fixtures_file: Path | None = None) -> Iterator[Finding]:
    """What is wrong with one contract. Raises UsageError for one that cannot be read at all."""
    try:
        path = load_contract(spec).path if spec in providers() else Path(spec)
        document = bundle(path)
    except ContractError as error:
        raise click.UsageError(str(error)) from None
    file = _shown(path)
    found = [Finding(file, *wrong) for wrong in _document(document)]
    try:
        older = vintages(document)[:-1]
    except ContractError as error:
        yield from (*found, Finding(file, "/", "vintage", str(error)))
        return
    own = spec in providers() or "x-front" in document or "x-problems" in document
    if own:
        found.extend(_own(spec, path, fixtures_file))
    yield from found
    known = {(finding.pointer, finding.rule, finding.message) for finding in found}
    for vintage in older:
        for wrong in _older(spec, document, vintage, own=own):
            if wrong not in known:
                pointer, rule, message = wrong
                yield Finding(file, pointer, rule, f"as of {vintage}: {message}")


def _older(spec: str, document: Mapping[str, Any], vintage: str, *, own: bool) -> Iterator[Wrong]:
    """What is wrong with a contract as of an older vintage."""
    try:
        yield from _document(as_of(document, vintage))
    except ContractError as error:
        yield "/", "vintage", str(error)
        return
    if own:
        yield from _promises(spec, vintage)


def _document(document: Mapping[str, Any]) -> Iterator[Wrong]:
    """The rules of OpenAPI."""
    yield from ((pointer, "openapi", message) for pointer, message in openapi(document))
    yield from map(_local, examples(document))


def _promises(spec: str, vintage: str | None) -> Iterator[Wrong]:
    """The rules of this project for a contract, without what stands beside it."""
    try:
        contract = load_contract(spec, vintage)
        for rule in (conventions, front_door, methods, reach):
            yield from map(_local, rule(contract))
    except ContractError as error:
        yield "/", "contract", str(error)
    except (LookupError, TypeError, AttributeError) as error:
        # The document is not OpenAPI, and the rule `openapi` has said so.
        yield "/", "contract", f"does not hold together: {type(error).__name__}: {error}"


def _own(spec: str, path: Path, fixtures_file: Path | None) -> Iterator[Finding]:
    """The rules for contracts of this project's kind."""
    broken = False
    for wrong in _promises(spec, None):
        broken = broken or wrong[1] == "contract"
        yield Finding(_shown(path), *wrong)
    if broken:
        return
    contract = load_contract(spec)
    yield from (_beside(contract, wrong) for wrong in clauses(contract))
    folder = _folder(path)
    if folder is None:
        rows = fixtures_file
    else:
        yield from (_beside(contract, wrong) for wrong in traceability(contract, laws_of(folder)))
        rows = fixtures_file or shipped(folder)
        functions = shipped_handlers(folder)
        if functions is not None:
            found = handlers(contract, functions)
            yield from (Finding(_shown(Path(path)), name, "handler", text) for path, name, text in found)
    if rows is not None:
        yield from _fixtures(contract, rows)


def _beside(contract: Contract, wrong: Wrong) -> Finding:
    """A finding about a clause, at the file that it is written in."""
    clause = contract.clauses.get(wrong[0])
    return Finding(_shown(contract.path.with_name("clauses.yaml") if clause is None else clause.file), *wrong)


def _fixtures(contract: Contract, path: Path) -> Iterator[Finding]:
    try:
        document = read_merged(path)
    except ContractError as error:
        raise click.UsageError(str(error)) from None
    found: Iterable[tuple[str, str]] = fixtures(contract, document)
    yield from (Finding(_shown(path), pointer.removeprefix("#"), "fixture", message) for pointer, message in found)


def _folder(path: Path) -> str | None:
    """The provider whose shipped contract a file is, or None for any other file."""
    name = path.resolve().parent.name
    is_shipped = name in providers() and load_contract(name).path.resolve() == path.resolve()
    return name if is_shipped else None


def _local(wrong: Wrong) -> Wrong:
    pointer, rule, message = wrong
    return pointer.removeprefix("#") or "/", rule, message


def _shown(path: Path) -> str:
    """The path as the user would write it: relative to the working directory where it lies below it."""
    absolute = path.resolve()
    here = Path.cwd()
    return str(absolute.relative_to(here)) if absolute.is_relative_to(here) else str(path)
