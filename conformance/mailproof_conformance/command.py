"""`mailproof check`: tells whether a server keeps the contract of a provider."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, cast

import click

from mailproof_conformance.console import Meter, console, summary
from mailproof_conformance.describing import described, from_variables, load
from mailproof_conformance.dry_run import rehearse
from mailproof_conformance.options import Options
from mailproof_conformance.plan import plan
from mailproof_conformance.preflight import NotTestable
from mailproof_conformance.run import judge
from mailproof_conformance.safety_options import bounded, configuration_of, configured, safety_options
from mailproof_conformance.write import write_report

if TYPE_CHECKING:
    from mailproof.promises import Contract
    from mailproof_conformance.case import Case
    from mailproof_conformance.options import Profile
    from mailproof_conformance.target import Target

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
@click.option("--strict", is_flag=True, help="Count broken assumptions of this project as failures too.")
@click.option("--only", metavar="ID-GLOB", multiple=True, help="Run only the cases whose id fits, such as 'verbs/*'.")
@click.option("--list", "listing", is_flag=True, help="Print the cases and run none.")
@safety_options
def check(  # noqa: PLR0913 - one argument for each option
    provider: str,
    url: str | None,
    ready_file: Path | None,
    auth_file: Path | None,
    vintage: str | None,
    profile: str,
    seed: int,
    report: Path | None,
    only: tuple[str, ...],
    config: Path | None,
    allow: tuple[str, ...],
    mail_to: tuple[str, ...],
    rate: float | None,
    budget: int | None,
    prefix: str | None,
    *,
    strict: bool,
    listing: bool,
    dry_run: bool,
) -> None:
    """Tell whether a server keeps the contract of PROVIDER.

    Credentials and sample values come from --ready-file or --auth-file, else from the environment:
    MAILPROOF_<PROVIDER>_AUTHORIZATION, _API_KEY, _HEADERS, _SAMPLES (the last two JSON objects).

    Exit code: 0 it does, 1 it does not, 2 wrong usage, 3 it could not be tested.
    """
    options = Options(
        profile=cast("Profile", profile),
        seed=seed,
        strict=strict,
        only=only,
    )
    contract = load(provider, vintage)
    target = described(contract.provider, url, ready_file, auth_file)
    configuration = configuration_of(config)
    if configuration is not None:
        target = configured(configuration, contract, url, target)
    if vintage is None and target is not None:
        contract = load(provider, target.vintage)
    cases = plan(contract, options.profile, options.only)
    if not cases:
        raise click.UsageError(f"no case fits --only {' '.join(only)}; `--list` prints their ids")
    if listing:
        _print_cases(cases)
        return
    target = target or from_variables(contract, url)
    options = bounded(options, configuration, target, allow, mail_to, rate, budget, prefix)
    if dry_run:
        for line in rehearse(contract, target, cases, options):
            click.echo(line)
        return
    sys.exit(_run(contract, target, cases, options, report))


def _run(contract: Contract, target: Target, cases: tuple[Case, ...], options: Options, folder: Path | None) -> int:
    if folder is not None:
        _prepare(folder)
    try:
        with Meter(len(cases), console(errors=True)) as meter:
            result = judge(contract, target, cases, options, on_outcome=meter.advance)
    except NotTestable as reason:
        _give_up(str(reason))
    if folder is not None:
        write_report(result.report, folder)
    output = console()
    summary(result.report, output)
    if folder is not None:
        output.print(f"report: {folder / 'report.html'}", highlight=False, soft_wrap=True)
    if not result.tried:
        _give_up("every case was skipped or disabled; see the reasons in the report")
    return CONFORMS if result.conforms else BROKEN


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
