"""`mailproof check --replay`: what it takes from the report and what from the user, and what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from mailproof import providers
from mailproof_conformance.replay import Replayed, ReplayError, ending, find, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from mailproof.promises import Contract
    from mailproof_conformance.case import Case

NO_LONGER, BROKEN, NOT_TRIED = 0, 1, 3
_SAID_BY_THE_REPORT = (
    ("profile", "--profile"),
    ("seed", "--seed"),
    ("examples", "--examples"),
    ("strict", "--strict and --no-strict"),
    ("only", "--only"),
    ("listing", "--list"),
    ("time_budget", "--time-budget"),
    ("known_failures", "--known-failures"),
    ("write_known_failures", "--write-known-failures"),
)


def replayed_of(words: str, context: click.Context) -> Replayed:
    """What is to be replayed. Raises click.UsageError, also where an option would make it another case."""
    for name, option in _SAID_BY_THE_REPORT:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--replay repeats a case as its report says; leave out {option}")
    try:
        return find(words)
    except ReplayError as error:
        raise click.UsageError(f"--replay: {error}") from None


def contract_of(replayed: Replayed) -> str:
    """The provider that the report names. Raises click.UsageError for one that this installation does not have."""
    if replayed.provider not in providers():
        name = one_line(replayed.provider)
        raise click.UsageError(f"--replay: the report is of {name!r}, a contract of one's own; name its file")
    return replayed.provider


def url_of(replayed: Replayed) -> str:
    """The address in the report, where it is this machine.

    Credentials of the environment go to no other on the word of a file. Raises click.UsageError.
    """
    if not replayed.here:
        url = one_line(replayed.base_url)
        raise click.UsageError(f"--replay: the report is of {url}, not this machine; say where to with --url URL")
    return replayed.base_url


def case_of(replayed: Replayed, contract: Contract, cases: tuple[Case, ...]) -> tuple[Case, ...]:
    """The one case to run. Raises click.UsageError where the contract has it no more, or is another's."""
    if contract.provider != replayed.provider:
        name = one_line(replayed.provider)
        raise click.UsageError(f"--replay: the report is of {name!r} and not of {contract.provider!r}")
    chosen = tuple(case for case in cases if case.id == replayed.id)
    if not chosen:
        raise click.UsageError(f"--replay: the contract has no case {one_line(replayed.id)!r} any more")
    return chosen


def told(replayed: Replayed, report: Mapping[str, Any]) -> Iterator[str]:
    """The lines that say what came of it."""
    [now] = report["cases"]
    options, url = replayed.options, report["target"]["base_url"]
    examples = "" if options.examples is None else f", {options.examples} examples"
    yield f"{one_line(replayed.id)}  ({options.profile}, seed {options.seed}{examples})"
    if url != replayed.base_url:
        yield f"     at       {one_line(url)}; the report is of {one_line(replayed.base_url)}"
    if report["contract"]["digest"] != replayed.digest:
        yield "     contract it has changed since the report was made"
    yield f"     before   {replayed.case['verdict']} {one_line(replayed.case['reason'])}"
    yield f"     now      {now['verdict']} {one_line(now.get('reason', ''))}"
    if "expected" in now:
        yield f"     expected {one_line(now['expected'])}"
        yield f"     came     {one_line(now['actual'])}"
    yield ending(replayed.case, now)


def exit_code(replayed: Replayed, report: Mapping[str, Any]) -> int:
    """0 where it is broken no longer, 1 where it still is, in whatever way, 3 where it could not be tried."""
    codes = {"no longer broken": NO_LONGER, "not tried": NOT_TRIED}
    return codes.get(ending(replayed.case, report["cases"][0]), BROKEN)
