"""`mailproof check`: tells whether a server keeps the contract of a provider."""

from __future__ import annotations

import gc
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar, cast

import click

from mailproof.promises import ContractError
from mailproof_conformance.closing import closing
from mailproof_conformance.console import Meter, console, summary
from mailproof_conformance.dry_run import rehearse
from mailproof_conformance.known_failures import NONE_KNOWN, KnownFailures
from mailproof_conformance.known_failures_file import KnownFailuresError, read, write
from mailproof_conformance.options import Options
from mailproof_conformance.plain import plain
from mailproof_conformance.plan import plan
from mailproof_conformance.preflight import NotTestable
from mailproof_conformance.replay_command import case_of, contract_of, exit_code, replayed_of, told, url_of
from mailproof_conformance.report_options import in_folder
from mailproof_conformance.run import judge
from mailproof_conformance.run_options import run_options
from mailproof_conformance.safety_options import bounded, configuration_of, safety_options
from mailproof_conformance.subject import find
from mailproof_conformance.target import TargetError
from mailproof_conformance.write import write_report

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailproof.promises import Contract
    from mailproof_conformance.case import Case
    from mailproof_conformance.options import Profile
    from mailproof_conformance.replay import Replayed
    from mailproof_conformance.run import Result
    from mailproof_conformance.target import Target

CONFORMS, BROKEN, NOT_TESTED, UNFINISHED, INTERRUPTED = 0, 1, 3, 4, 130
_Found = TypeVar("_Found")
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("provider", required=False)
@click.option("--url", metavar="URL", help="Base URL of the API under test.")
@click.option("--ready-file", type=_FILE, help="File that `mailproof mock --ready-file` wrote.")
@click.option("--auth-file", type=_FILE, help="YAML or JSON: base_url, headers or api_key, samples, others, vintage.")
@click.option("--vintage", help="The contract as it was, such as 2024; else the file says it, or it is the newest.")
@run_options
@click.option(
    "--report",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for report.json and every form of it.",
)
@click.option(
    "--strict/--no-strict",
    default=None,
    help="Count broken assumptions of this project as failures too; otherwise the description of the target says it, "
    "and that of the sandbox says yes.",
)
@click.option("--only", metavar="ID-GLOB", multiple=True, help="Run only the cases whose id fits, such as 'verbs/*'.")
@click.option("--list", "listing", is_flag=True, help="Print the cases and run none.")
@safety_options
def check(  # noqa: PLR0913 - one argument for each option
    provider: str | None,
    url: str | None,
    ready_file: Path | None,
    auth_file: Path | None,
    vintage: str | None,
    profile: str,
    seed: int,
    examples: int | None,
    time_budget: float | None,
    known_failures: Path | None,
    write_known_failures: Path | None,
    replay: str | None,
    report: Path | None,
    only: tuple[str, ...],
    config: Path | None,
    allow: tuple[str, ...],
    mail_to: tuple[str, ...],
    rate: float | None,
    budget: int | None,
    prefix: str | None,
    *,
    strict: bool | None,
    listing: bool,
    dry_run: bool,
) -> None:
    """Tell whether a server keeps the contract of PROVIDER.

    Credentials and sample values come from --ready-file or --auth-file, else from the environment:
    MAILPROOF_<PROVIDER>_AUTHORIZATION, _API_KEY, _HEADERS, _SAMPLES (the last two JSON objects).

    Exit code: 0 it does, 1 it does not, 2 wrong usage, 3 it could not be tested, 4 the time was up before the end.
    """
    replayed = None if replay is None else replayed_of(replay, click.get_current_context())
    options = Options(
        profile=cast("Profile", profile),
        seed=seed,
        examples=examples,
        time_budget=time_budget,
        strict=strict,
        only=only,
        known_failures=_known(known_failures),
        saved=report is not None,
    )
    if replayed is not None:
        chosen = replayed.options
        options = replace(
            options, profile=chosen.profile, seed=chosen.seed, examples=chosen.examples, strict=chosen.strict
        )
        provider = provider or contract_of(replayed)
        vintage = vintage or replayed.vintage
        url = url_of(replayed) if (url, ready_file, auth_file, config) == (None, None, None, None) else url
    if provider is None:
        raise click.UsageError("nothing to judge by: name a PROVIDER, or give --replay report.json#CASE")
    _examine(write_known_failures)
    configuration = configuration_of(config)
    named = provider
    subject = _in_order(
        lambda: find(
            named,
            url=url,
            ready_file=ready_file,
            auth_file=auth_file,
            configuration=configuration,
            vintage=vintage,
        )
    )
    contract = subject.contract
    cases = plan(contract, options.profile, options.only)
    if not cases:
        raise click.UsageError(f"no case fits --only {' '.join(only)}; `--list` prints their ids")
    if listing:
        _print_cases(cases)
        return
    target = _in_order(subject.target)
    options = bounded(options, configuration, target, allow, mail_to, rate, budget, prefix)
    if replayed is not None:
        cases = case_of(replayed, contract, plan(contract, "deep"))
        sys.exit(_replay(contract, target, cases, options, replayed, report))
    if dry_run:
        for text in rehearse(contract, target, cases, options):
            click.echo(text)
        return
    sys.exit(_run(contract, target, cases, options, report, write_known_failures))


def _known(file: Path | None) -> KnownFailures:
    try:
        return NONE_KNOWN if file is None else read(file)
    except KnownFailuresError as error:
        raise click.UsageError(str(error)) from None


def _examine(file: Path | None) -> None:
    """Raises click.UsageError where known failures could not be written there after the run."""
    if file is not None and file.exists():
        _known(file)
    elif file is not None and not file.parent.is_dir():
        raise click.UsageError(f"--write-known-failures {file}: there is no folder {file.parent}")


def _in_order(find: Callable[[], _Found]) -> _Found:
    """What is found; a mistake in its description is a mistake of the user."""
    try:
        return find()
    except (ContractError, TargetError) as error:
        raise click.UsageError(str(error)) from None


def _run(  # noqa: PLR0913 - what is run, and what is written of it
    contract: Contract,
    target: Target,
    cases: tuple[Case, ...],
    options: Options,
    folder: Path | None,
    known: Path | None,
) -> int:
    result = _judged(contract, target, cases, options, folder)
    output = console()
    summary(in_folder(result.report, folder), output)
    for line in closing(result.report):
        output.print(line, highlight=False, markup=False, soft_wrap=True)
    if folder is not None:
        output.print(f"report: {folder / 'report.html'}", highlight=False, soft_wrap=True)
    if known is not None:
        added = _written(known, result)
        output.print(f"known failures: {known} ({added} added)", highlight=False, markup=False, soft_wrap=True)
    return _exit_code(result)


def _written(known: Path, result: Result) -> int:
    try:
        return write(known, result.report)
    except KnownFailuresError as error:
        raise click.UsageError(str(error)) from None


def _exit_code(result: Result) -> int:
    if result.interrupted:
        return INTERRUPTED
    if result.red:
        return BROKEN
    if result.unfinished is not None:
        return UNFINISHED
    if not result.tried:
        _give_up("every case was skipped or disabled; see the reasons in the report")
    return CONFORMS


def _replay(  # noqa: PLR0913 - what is run, and what it is held against
    contract: Contract,
    target: Target,
    cases: tuple[Case, ...],
    options: Options,
    replayed: Replayed,
    folder: Path | None,
) -> int:
    result = _judged(contract, target, cases, options, folder)
    for line in told(replayed, result.report):
        click.echo(line)
    return INTERRUPTED if result.interrupted else exit_code(replayed, result.report)


def _judged(
    contract: Contract, target: Target, cases: tuple[Case, ...], options: Options, folder: Path | None
) -> Result:
    """The result of the run, its report written."""
    if folder is not None:
        _prepare(folder)
    gc.collect()
    gc.freeze()  # contract, cases and modules stay to the end: nobody has to look through them again and again
    try:
        with Meter(len(cases), console(errors=True)) as meter:
            result = judge(contract, target, cases, options, on_outcome=meter.advance)
    except NotTestable as reason:
        _give_up(str(reason))
    if folder is not None:
        write_report(result.report, folder)
    return result


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.UsageError(f"--report {folder}: cannot be made: {error.strerror}") from None


def _give_up(reason: str) -> NoReturn:
    line = plain(reason)  # a server may have had its say in it
    click.echo(f"mailproof check: could not be tested: {line}", err=True)
    sys.exit(NOT_TESTED)


def _print_cases(cases: tuple[Case, ...]) -> None:
    for case in cases:
        click.echo(f"{case.id}  [{case.level}] {case.promise}")
