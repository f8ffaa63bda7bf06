"""`mailproof seed`: a database gets more contacts than anyone would write down, the same ones each time."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailproof import providers
from mailproof.parts import read_merged
from mailproof.pointers import members
from mailproof.promises import ContractError
from mailproof_mock.options import data_option, database_option, fixture_files, fixtures_option, only_one, opened
from mailproof_mock.rows import StoreFailed
from mailproof_mock.sandbox import open_sandbox
from mailproof_mock.seeds import MOST
from mailproof_mock.store import store_in

if TYPE_CHECKING:
    from mailproof_mock.sandbox import Sandbox
    from mailproof_mock.seeds import Seed
    from mailproof_mock.store import Store

_THING = "contacts"
_AT_ONCE = 10_000  # contacts of one transaction


@click.command()
@click.argument("provider")
@click.option("--contacts", required=True, type=click.IntRange(1, MOST), help="How many contacts to add.")
@data_option("Add them to the state in this file; no mock may be serving it.")
@database_option("Add them to the state in a PostgreSQL database, which mocks may be serving")
@fixtures_option
def seed(provider: str, contacts: int, data: Path | None, database: str | None, fixtures: tuple[str, ...]) -> None:
    """Add contacts to the state that a mock keeps in a file or database, to see how it does with many.

    The same commands on an empty file make the same contacts; run again, it adds more. An account that is not there yet
    is made as the fixtures have it.
    """
    place = only_one(data, database)
    if place is None:
        raise click.UsageError("say where the state lies: --data FILE or --database URL")
    own = fixture_files(fixtures)
    for name in own:
        if name != provider:
            raise click.UsageError(f"--fixtures {name}...: {name} is not seeded; write {provider}=FILE")
    if provider not in providers():
        raise click.UsageError(f"no provider {provider!r}; {_who_has()}")
    sandbox = open_sandbox(provider, alone=True, fixtures=own.get(provider))
    sown = sandbox.fixtures.seeds.get(_THING)
    if sown is None:
        raise ContractError(f"{sandbox.fixtures.path}: {provider} has no seeds of {_THING}; {_who_has()}")
    store = store_in(place)
    where = f"{sown.account}{f' ({sown.place})' if sown.place else ''} in {_shown(place)}"
    adding = _Adding(contacts)
    try:
        with suppress(KeyboardInterrupt):
            asyncio.run(adding.run(store, sandbox, sown))
    except StoreFailed as failure:
        raise ContractError(f"{failure}; {adding.done} {_THING} were added before that") from None
    click.echo(f"{provider}: added {adding.done} {_THING} to {where}")
    if adding.done < contacts:
        raise click.Abort


class _Adding:
    """The work, and how far it has come."""

    def __init__(self, count: int) -> None:
        self.done = 0
        self._count = count
        self._told = sys.stderr.isatty()

    async def run(self, store: Store, sandbox: Sandbox, sown: Seed) -> None:
        """Adds the contacts, ten thousand in a transaction, so that what was counted is there whatever follows."""
        owner, kinds = f"{sandbox.provider}/{sown.account}", sandbox.fixtures.kinds
        async with opened(store, [sandbox]):
            try:
                while self.done < self._count:
                    some = min(_AT_ONCE, self._count - self.done)
                    async with store.transaction(owner, write=True) as rows:
                        await sown.prepare(rows, owner, kinds)
                        await sown.add(rows, owner, kinds, some)
                    self.done += some
                    self._tell(f"{self.done} of {self._count} {_THING}")
            finally:
                self._tell("")

    def _tell(self, text: str) -> None:
        """Shows how far it is on a terminal, in a line of its own."""
        if self._told:
            click.echo(f"\r\033[K{text}", nl=False, err=True)


def _shown(place: Path | str) -> str:
    """A database as people may see it: without the credentials in it."""
    if isinstance(place, Path):
        return str(place)
    from mailproof_mock.postgres_store import place_of  # noqa: PLC0415 - only who asks for it needs the driver

    return place_of(place)


def _who_has() -> str:
    """Which providers have such seeds in the fixtures that come with this package."""
    having = [
        name
        for name in providers()
        if _THING in members(read_merged(Path(str(files("mailproof_mock") / name / "fixtures.yaml"))), "seeds")
    ]
    return f"{' and '.join(having)} have"
