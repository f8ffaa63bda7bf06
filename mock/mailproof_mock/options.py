"""What several commands ask for in the same words: where the state lies, and fixtures of the user's own."""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mailproof.promises import ContractError
from mailproof_mock.fitness import fitness
from mailproof_mock.rows import StoreFailed

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterable, Sequence

    from mailproof_mock.sandbox import Sandbox
    from mailproof_mock.store import Store


def data_option(told: str) -> Callable[[_Command], _Command]:
    """The option `--data`, with its line of help."""
    return click.option("--data", type=click.Path(path_type=Path, dir_okay=False), help=told)


def database_option(told: str) -> Callable[[_Command], _Command]:
    """The option `--database`, with its line of help."""
    return click.option(
        "--database", envvar="MAILPROOF_DATABASE", metavar="URL", help=f"{told}: postgresql://USER@HOST:PORT/NAME."
    )


_Command = TypeVar("_Command", bound="Callable[..., Any]")

fixtures_option = click.option(
    "--fixtures", multiple=True, metavar="PROVIDER=FILE", help="Fixtures of your own for a provider."
)


def only_one(data: Path | None, database: str | None) -> Path | str | None:
    """Where the state lies, by the two options. Raises UsageError where both are given."""
    if data is not None and database is not None:
        raise click.UsageError("--data and --database: the state lies in one place; choose one of them")
    return data if database is None else database


def fixture_files(options: Iterable[str]) -> dict[str, Path]:
    """The fixtures of the user's own by provider. Raises UsageError for what is not written PROVIDER=FILE."""
    files: dict[str, Path] = {}
    for option in options:
        name, separator, path = option.partition("=")
        if not separator or not path:
            raise click.UsageError(f"--fixtures {option}: write PROVIDER=FILE")
        files[name] = Path(path)
    return files


@asynccontextmanager
async def opened(store: Store, sandboxes: Sequence[Sandbox]) -> AsyncGenerator[None]:
    """Opens a store, and closes it however the block ends; accounts that it does not hold yet are installed first."""
    try:
        await store.open()
        if sandboxes:
            await _install(store, sandboxes)
        yield
    finally:
        await store.close()


async def _install(store: Store, sandboxes: Sequence[Sandbox]) -> None:
    try:
        async with store.alone() as rows:
            for sandbox in sandboxes:
                with fitness(str(sandbox.fixtures.path)):
                    await sandbox.fixtures.install(rows, sandbox.provider)
    except StoreFailed as failure:
        raise ContractError(str(failure)) from None
