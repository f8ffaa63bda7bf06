"""The options of `mailproof check` and `sweep` that say what may be done to a live account."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import click

from mailproof_conformance.configuration import Configuration, checked_recipients, read_configuration
from mailproof_conformance.dry_run import offline_address
from mailproof_conformance.own import NOTHING, Own, is_prefix
from mailproof_conformance.target import TargetError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailproof_conformance.guard import Permission
    from mailproof_conformance.options import Options
    from mailproof_conformance.target import Target

_FILE = click.Path(path_type=Path, dir_okay=False)


def _prefix(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    del context, parameter
    if value is not None and not is_prefix(value):
        raise click.BadParameter("it is 6 to 40 letters, digits and hyphens, such as mailproof-")
    return value


def _recipients(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    del context, parameter
    try:
        return checked_recipients(values, "one value")
    except TargetError as error:
        raise click.BadParameter(str(error)) from None


CONFIG = click.option(
    "--config", "config", type=_FILE, help="TOML: target, credentials by variable, own ids, recipients, limits."
)
PREFIX = click.option(
    "--prefix", callback=_prefix, help="What the names begin with that a run gives; mailproof- and a mark of the seed."
)
RATE = click.option(
    "--rate", type=click.FloatRange(0, 1e9, min_open=True), help="Requests in a second; 5 off this machine."
)
BUDGET = click.option("--budget", type=click.IntRange(min=1), help="Requests in all; 5000 off this machine.")

_OPTIONS = (
    CONFIG,
    click.option(
        "--allow",
        type=click.Choice(["write", "send", "credentials"]),
        multiple=True,
        help="What may be done to a server that is not on this machine: write, send, or try wrong credentials.",
    ),
    click.option(
        "--mail-to",
        metavar="ADDRESS",
        multiple=True,
        callback=_recipients,
        help="An e-mail address or phone number that --allow send may send to; repeatable.",
    ),
    RATE,
    BUDGET,
    PREFIX,
    click.option("--dry-run", is_flag=True, help="Print what would be sent, and what would not; nothing leaves."),
)


def safety_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options, in this order, to a command."""
    return reduce(lambda decorated, option: option(decorated), reversed(_OPTIONS), function)


def configuration_of(path: Path | None) -> Configuration | None:
    """What the file says; None without one. Raises click.UsageError for a file that says it wrongly."""
    try:
        return None if path is None else read_configuration(path)
    except TargetError as error:
        raise click.UsageError(str(error)) from None


def own_of(configuration: Configuration | None, mail_to: tuple[str, ...]) -> Own:
    """What is the user's own, by the file and by the command line."""
    known = NOTHING if configuration is None else configuration.own
    recipients = tuple(dict.fromkeys((*known.recipients, *mail_to)))
    return Own(pools=known.pools, recipients=recipients, fields=known.fields)


def bounded(  # noqa: PLR0913 - the values of the options
    options: Options,
    configuration: Configuration | None,
    target: Target,
    allow: tuple[str, ...],
    mail_to: tuple[str, ...],
    rate: float | None,
    budget: int | None,
    prefix: str | None,
) -> Options:
    """The options with the limits of the command line, else of the file.

    Raises click.UsageError where a far server may be made to send, and nobody may be sent to.
    """
    known = configuration or Configuration()
    own = own_of(configuration, mail_to)
    if "send" in allow and not own.recipients and not own.pools and not offline_address(target.base_url).loopback:
        host = urlsplit(target.base_url).hostname
        raise click.UsageError(
            f"--allow send to {host} needs to know who may be sent to: give --mail-to ADDRESS, or [mail] to in --config"
        )
    return replace(
        options,
        allow=cast("frozenset[Permission]", frozenset(allow)),
        own=own,
        rate=rate or known.rate,
        budget=budget or known.budget,
        prefix=prefix or known.prefix,
    )
