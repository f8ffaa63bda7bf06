"""The options of `mailproof check` that say how a run goes, and what it does with failures that are known."""

from __future__ import annotations

from functools import reduce
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailproof_conformance.options import MOST_EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable

_FILE = click.Path(path_type=Path, dir_okay=False)
_LONGEST = 7 * 24 * 3600
"""Seconds of a time budget: a week."""


class _Seconds(click.FloatRange):
    """A number of seconds; `nan` is none, though it lies outside no range."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number. Raises click.BadParameter."""
        seconds = float(super().convert(value, param, ctx))
        if isnan(seconds):
            self.fail(f"{value!r} is not a number of seconds.", param, ctx)
        return seconds


_OPTIONS = (
    click.option(
        "--profile",
        type=click.Choice(["quick", "standard", "deep"]),
        default="standard",
        show_default=True,
        help="quick: what is allowed, and the laws; standard: and what is not; deep: and random requests.",
    ),
    click.option("--seed", type=int, default=0, show_default=True, help="The same seed makes the same requests."),
    click.option(
        "--examples",
        type=click.IntRange(1, MOST_EXAMPLES),
        help="How many values each property draws; the profile says it otherwise. State machines scale with it.",
    ),
    click.option(
        "--time-budget",
        type=_Seconds(0, _LONGEST, min_open=True),
        metavar="SECONDS",
        help="Begin no further case after that time; the rest is disabled, and the exit code is 4.",
    ),
    click.option("--known-failures", type=_FILE, help="YAML or JSON: failures that do not count, each with a reason."),
    click.option(
        "--write-known-failures", type=_FILE, help="Add this run's failures to such a file, or make it; for a start."
    ),
    click.option(
        "--replay",
        metavar="REPORT#CASE",
        help="Repeat one case of a report.json as it was run, by its id or its finding's; PROVIDER may be left out.",
    ),
)


def run_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options, in this order, to a command."""
    return reduce(lambda decorated, option: option(decorated), reversed(_OPTIONS), function)
