"""`mailproof check`: tells whether a server keeps the contract of a provider."""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, NoReturn, cast

import click

from mailproof import contract as load_contract
from mailproof.promises import ContractError
from mailproof_conformance import cache, wire
from mailproof_conformance.client import Client
from mailproof_conformance.console import Meter, console, summary
from mailproof_conformance.guard import Guard, pin
from mailproof_conformance.plan import plan
from mailproof_conformance.preflight import NotTestable, examine
from mailproof_conformance.redaction import Redactor
from mailproof_conformance.report import Run, build
from mailproof_conformance.runner import run_cases
from mailproof_conformance.session import Session
from mailproof_conformance.target import (
    Target,
    TargetError,
    from_auth_file,
    from_environment,
    from_ready_file,
)
from mailproof_conformance.verdicts import Verdict
from mailproof_conformance.write import write_report

if TYPE_CHECKING:
    from mailproof.promises import Contract
    from mailproof_conformance.case import Case
    from mailproof_conformance.guard import Permission
    from mailproof_conformance.session import Profile

CONFORMS, BROKEN, NOT_TESTED = 0, 1, 3
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("provider")
@click.option("--url", metavar="URL", help="Base URL of the API under test.")
@click.option("--ready-file", type=_FILE, help="File that `mailproof mock --ready-file` wrote.")
@click.option("--auth-file", type=_FILE, help="YAML or JSON: base_url, headers or api_key, samples, others, vintage.")
@click.option("--vintage", help="The contract as it was, such as 2024; else the file says it, or it is the newest.")
@click.option(
    "--profile",
    type=click.Choice(["quick", "standard", "deep"]),
    default="standard",
    show_default=True,
    help="quick: what is allowed, and the laws; standard: and what is not; deep: and random requests.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed makes the same requests.")
@click.option(
    "--report",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for report.json, .html, junit.xml.",
)
@click.option(
    "--allow",
    type=click.Choice(["write", "send", "credentials"]),
    multiple=True,
    help="What may be done to a server that is not on this machine: write, send, or try wrong credentials.",
)
@click.option("--strict", is_flag=True, help="Count broken assumptions of this project as failures too.")
@click.option("--only", metavar="ID-GLOB", multiple=True, help="Run only the cases whose id fits, such as 'verbs/*'.")
@click.option("--list", "listing", is_flag=True, help="Print the cases and run none.")
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="Requests in a second; 5 off this machine.")
@click.option("--budget", type=click.IntRange(min=1), help="Requests in all; 5000 off this machine.")
def check(  # noqa: PLR0913 - one argument for each option
    provider: str,
    url: str | None,
    ready_file: Path | None,
    auth_file: Path | None,
    vintage: str | None,
    profile: str,
    seed: int,
    report: Path | None,
    allow: tuple[str, ...],
    only: tuple[str, ...],
    rate: float | None,
    budget: int | None,
    *,
    strict: bool,
    listing: bool,
) -> None:
    """Tell whether a server keeps the contract of PROVIDER.

    Credentials and sample values come from --ready-file or --auth-file, else from the environment:
    MAILPROOF_<PROVIDER>_AUTHORIZATION, _API_KEY, _HEADERS, _SAMPLES (the last two JSON objects).

    Exit code: 0 it does, 1 it does not, 2 wrong usage, 3 it could not be tested.
    """
    cache.settle_hypothesis()
    contract = _contract(provider, vintage)
    target = _described(contract.provider, url, ready_file, auth_file)
    if vintage is None and target is not None:
        contract = _contract(provider, target.vintage)
    cases = plan(contract, cast("Profile", profile), only)
    if not cases:
        raise click.UsageError(f"no case fits --only {' '.join(only)}; `--list` prints their ids")
    if listing:
        _print_cases(cases)
        return
    target = target or _from_environment(contract, url)
    permissions = cast("frozenset[Permission]", frozenset(allow))
    session = _session(contract, target, permissions, cast("Profile", profile), seed, rate, budget)
    with closing(session.client):
        sys.exit(_run(session, cases, strict=strict, folder=report))


def _contract(provider: str, vintage: str | None) -> Contract:
    try:
        return load_contract(provider, vintage)
    except ContractError as error:
        raise click.UsageError(str(error)) from None


def _described(provider: str, url: str | None, ready_file: Path | None, auth_file: Path | None) -> Target | None:
    """The target that a file describes; None without a file."""
    if ready_file is not None and auth_file is not None:
        raise click.UsageError("--ready-file and --auth-file exclude each other; give one of them")
    try:
        if ready_file is not None:
            return from_ready_file(ready_file, provider, url)
        return None if auth_file is None else from_auth_file(auth_file, provider, url)
    except TargetError as error:
        raise click.UsageError(str(error)) from None


def _from_environment(contract: Contract, url: str | None) -> Target:
    provider = contract.provider
    if url is None:
        raise click.UsageError("nothing to test: give --url URL, or --ready-file FILE of a running mock")
    try:
        target = from_environment(provider, url)
    except TargetError as error:
        raise click.UsageError(str(error)) from None
    needed = bool(contract.rpc_methods) or any(wire.needs_credentials(item) for item in contract.operations)
    if needed and target.credential.empty:
        names = f"MAILPROOF_{provider.upper()}_{'API_KEY' if contract.rpc_methods else 'AUTHORIZATION'}"
        raise click.UsageError(f"no credentials: give --ready-file, --auth-file or the environment variable {names}")
    return target


def _session(  # noqa: PLR0913 - what a session is made from
    contract: Contract,
    target: Target,
    allow: frozenset[Permission],
    profile: Profile,
    seed: int,
    rate: float | None,
    budget: int | None,
) -> Session:
    try:
        address = pin(target.base_url)
    except (OSError, UnicodeError) as error:  # UnicodeError: a host name that is none (RFC 3490)
        _give_up(f"{target.base_url} cannot be reached: {getattr(error, 'strerror', None) or error}")
    client = Client(Guard(address, allow=allow, rate=rate, budget=budget))
    return Session(contract, target, client, profile=profile, seed=seed)


def _run(session: Session, cases: tuple[Case, ...], *, strict: bool, folder: Path | None) -> int:
    errors = console(errors=True)
    if folder is not None:
        _prepare(folder)
    try:
        examine(session)
    except NotTestable as reason:
        _give_up(str(reason))
    started, start = datetime.now(UTC), monotonic()
    with Meter(len(cases), errors) as meter:
        outcomes = run_cases(session, cases, strict=strict, on_outcome=meter.advance)
    address = session.client.address
    run = Run(
        contract=session.contract,
        base_url=session.target.base_url,
        origin=f"{address.scheme}://{address.authority}",
        profile=session.profile,
        seed=session.seed,
        strict=strict,
        started=started.isoformat(timespec="seconds"),
        seconds=monotonic() - start,
    )
    document = build(run, outcomes, Redactor(session.target))
    if folder is not None:
        write_report(document, folder)
    output = console()
    summary(document, output)
    if folder is not None:
        output.print(f"report: {folder / 'report.html'}", highlight=False, soft_wrap=True)
    if all(outcome.verdict in {Verdict.SKIP, Verdict.DISABLED} for outcome in outcomes):
        _give_up("every case was skipped or disabled; see the reasons in the report")
    return CONFORMS if document["conforms"] else BROKEN


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.UsageError(f"--report {folder}: cannot be made: {error.strerror}") from None


def _give_up(reason: str) -> NoReturn:
    line = "".join(letter if letter.isprintable() else "?" for letter in reason)  # a server may have had its say in it
    click.echo(f"mailproof check: could not be tested: {line}", err=True)
    sys.exit(NOT_TESTED)


def _print_cases(cases: tuple[Case, ...]) -> None:
    for case in cases:
        click.echo(f"{case.id}  [{case.level}] {case.promise}")
