"""`mailproof sweep`: lists what earlier runs left on a live account, and removes it where the API can."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from mailproof.promises import ContractError
from mailproof_conformance.client import NoAnswer
from mailproof_conformance.options import Options
from mailproof_conformance.own import DEFAULT_PREFIX
from mailproof_conformance.plain import plain
from mailproof_conformance.preflight import NotTestable, examine
from mailproof_conformance.run import open_session
from mailproof_conformance.safety_options import BUDGET, CONFIG, PREFIX, RATE, bounded, configuration_of
from mailproof_conformance.subject import find
from mailproof_conformance.sweep import Leftover, Sweep, from_report
from mailproof_conformance.target import TargetError
from mailproof_conformance.verdicts import Broken, Disabled

if TYPE_CHECKING:
    from mailproof_conformance.session import Session

REMOVED, LEFT, NOT_REACHED = 0, 1, 3
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("provider")
@click.option("--url", metavar="URL", help="Base URL of the API.")
@click.option("--ready-file", type=_FILE, help="File that `mailproof mock --ready-file` wrote.")
@click.option("--auth-file", type=_FILE, help="YAML or JSON: base_url, headers or api_key, samples, others, vintage.")
@CONFIG
@click.option("--from", "report", type=_FILE, help="A report.json: what its run left behind is swept too.")
@PREFIX
@RATE
@BUDGET
@click.option("--yes", is_flag=True, help="Remove what can be removed; without it everything is only listed.")
def sweep(  # noqa: PLR0913 - one argument for each option
    provider: str,
    url: str | None,
    ready_file: Path | None,
    auth_file: Path | None,
    config: Path | None,
    report: Path | None,
    prefix: str | None,
    rate: float | None,
    budget: int | None,
    *,
    yes: bool,
) -> None:
    """List what earlier runs of `mailproof check` left at PROVIDER's API, and remove it with --yes.

    What is looked for carries the prefix of the runs, by default that of all of them. It is found by the operations
    that list things, for the ids in `[pool]` of the configuration, and in the report of a run.

    Exit code: 0 listed, or all removed that can be; 1 something could not be removed; 2 wrong usage; 3 not reachable.
    """
    configuration = configuration_of(config)
    try:
        subject = find(provider, url=url, ready_file=ready_file, auth_file=auth_file, configuration=configuration)
        contract, target = subject.contract, subject.target()
    except (ContractError, TargetError) as error:
        raise click.UsageError(str(error)) from None
    start = prefix or (configuration.prefix if configuration else None) or DEFAULT_PREFIX
    permitted = ("write",) if yes else ()
    options = bounded(Options(), configuration, target, permitted, (), rate, budget, start)
    try:
        known = [] if report is None else from_report(report, contract.provider)
        session = open_session(contract, target, options)
        with closing(session.client):
            examine(session)
            sys.exit(_sweep(Sweep(session, options.own, start), session, known, start, yes=yes))
    except TargetError as error:
        raise click.UsageError(str(error)) from None
    except (NotTestable, NoAnswer) as reason:
        _fail(str(reason))


def _sweep(sweeper: Sweep, session: Session, known: list[Leftover], prefix: str, *, yes: bool) -> int:
    try:
        found = [*known, *sweeper.find()]
    except (Broken, Disabled) as reason:
        if isinstance(reason, NoAnswer):
            raise
        _fail(f"the lists cannot be read: {reason}")
    unique = list({(item.names, str(item.id)): item for item in found}.values())
    lists = ", ".join(dict.fromkeys(sweeper.asked)) or "no list: [pool] has no ids that a list could be asked for by"
    click.echo(f"looked for {prefix}* in {lists}")
    removable = [item for item in unique if sweeper.can_remove(item)]
    for item in unique:
        if not sweeper.can_remove(item):
            click.echo(f"stays: {item}: {session.contract.provider} has no operation that deletes it")
    failed = 0
    for item in removable:
        failed += _removed(sweeper, item) if yes else _listed(item)
    told = f"{len(removable) - failed} removed, {failed} could not be" if yes else f"{len(removable)} can be removed"
    more = "; --yes removes them" if removable and not yes else ""
    click.echo(f"{len(unique)} found: {told}, {len(unique) - len(removable)} stay{more}")
    return LEFT if failed else REMOVED


def _listed(item: Leftover) -> int:
    click.echo(f"would remove: {item}")
    return 0


def _removed(sweeper: Sweep, item: Leftover) -> int:
    """1 where it could not be removed."""
    try:
        trouble = sweeper.remove(item)
    except (Broken, Disabled) as reason:
        trouble = str(reason)
    click.echo(f"removed: {item}" if trouble is None else f"not removed: {item}: {trouble}")
    return 0 if trouble is None else 1


def _fail(reason: str) -> NoReturn:
    line = plain(reason)
    click.echo(f"mailproof sweep: {line}", err=True)
    sys.exit(NOT_REACHED)
