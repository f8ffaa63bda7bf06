"""`mailproof mock`: the sandbox on the command line."""

from __future__ import annotations

import logging
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailproof import providers
from mailproof.promises import ContractError
from mailproof_mock.announce import describe_sandbox, ready_document, write_ready_file
from mailproof_mock.app import create_app
from mailproof_mock.fitness import fitness
from mailproof_mock.options import data_option, database_option, fixture_files, fixtures_option, only_one, opened
from mailproof_mock.sandbox import Sandbox, open_sandbox
from mailproof_mock.serve import listen, run, serve, url_of
from mailproof_mock.store import store_in
from mailproof_mock.workers import serve_in_workers

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

_LEVELS = ["debug", "info", "warning", "error"]


@click.command()
@click.argument("specs", nargs=-1, metavar="[PROVIDER | SPEC]...")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8410,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 takes a free one.",
)
@data_option("Keep the state in this file; without it, in memory.")
@database_option("Keep the state in a PostgreSQL database")
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Serve from this many processes; more than one need --database.",
)
@click.option(
    "--ready-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write address, credentials and samples here, as JSON, once the port answers.",
)
@fixtures_option
@click.option(
    "--vintage",
    "vintages",
    multiple=True,
    metavar="PROVIDER=VINTAGE",
    help="Serve an API as it was, such as which50=2024; without it, as it is in the newest vintage of its contract.",
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="PROVIDER.NAME=VALUE",
    help="Choose a setting, such as which50.import-polls=3; the pages in docs/providers list them.",
)
@click.option(
    "--log-level",
    type=click.Choice(_LEVELS),
    default="info",
    show_default=True,
    help="info tells of sends, debug of every request.",
)
def mock(  # noqa: PLR0913 - the options of the command
    specs: tuple[str, ...],
    host: str,
    port: int,
    data: Path | None,
    database: str | None,
    workers: int,
    ready_file: Path | None,
    fixtures: tuple[str, ...],
    vintages: tuple[str, ...],
    settings: tuple[str, ...],
    log_level: str,
) -> None:
    """Serve the sandbox: every provider on one port, or only the named ones.

    A single provider is served at the path of the vendor's own server, several each below a prefix. An OpenAPI
    file of your own is answered from its examples.
    """
    logging.basicConfig(level=log_level.upper(), format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("connexion").setLevel(
        logging.ERROR
    )  # it warns of credential functions that the front does not need
    place = only_one(data, database)
    if workers > 1 and database is None:
        raise click.UsageError(f"--workers {workers}: needs --database; without it the state belongs to one process")
    sandboxes = _open(specs, _Choices(fixture_files(fixtures), _vintages(vintages), _settings(settings)))
    with listen(host, port) as listening, _only_while_serving(ready_file):
        url, store = url_of(listening), store_in(place)
        with fitness(", ".join(str(sandbox.fixtures.path) for sandbox in sandboxes)):
            told, ready = list(describe_sandbox(url, sandboxes)), ready_document(url, sandboxes)

        def tell() -> None:
            with suppress(OSError):  # nobody may be reading
                for line in told:
                    click.echo(line)
            if ready_file is not None:
                write_ready_file(ready_file, ready)

        app = create_app(sandboxes, store)
        level = "error" if log_level == "error" else "warning"

        async def prepare() -> None:
            async with opened(store, sandboxes):
                pass

        async def work(on_ready: Callable[[], None], until_end_of: int | None = None) -> None:
            async with opened(store, sandboxes if workers == 1 else ()):
                await serve(app, listening, on_ready, level, until_end_of)

        if workers == 1:
            run(work(tell))
        else:
            run(prepare())
            serve_in_workers(workers, lambda on_ready, until_end_of: run(work(on_ready, until_end_of)), tell)


@contextmanager
def _only_while_serving(file: Path | None) -> Generator[None]:
    """Removes a ready file before and after: it would send programs to a port where nobody is."""
    if file is None:
        yield
        return
    if file.exists() and not file.is_file():
        raise ContractError(f"--ready-file {file}: is not a file; name one that the mock may replace")
    try:
        file.unlink(missing_ok=True)
        with tempfile.TemporaryFile(dir=file.parent):  # said now, not when the port answers
            pass
    except OSError as error:
        raise ContractError(f"--ready-file {file}: cannot be written: {error.strerror}") from None
    try:
        yield
    finally:
        with suppress(OSError):
            file.unlink()


@dataclass(frozen=True, slots=True)
class _Choices:
    """What the options say of some of the providers, by name."""

    fixtures: dict[str, Path]
    vintages: dict[str, str]
    settings: dict[str, dict[str, str]]


def _open(specs: tuple[str, ...], chosen: _Choices) -> list[Sandbox]:
    names = list(dict.fromkeys(specs)) or list(providers())
    for option, of in (("fixtures", chosen.fixtures), ("vintage", chosen.vintages), ("set", chosen.settings)):
        for name in of:
            if name not in names:
                raise click.UsageError(f"--{option} {name}...: {name} is not served; served are {', '.join(names)}")
    sandboxes = [
        open_sandbox(
            name,
            alone=len(names) == 1,
            fixtures=chosen.fixtures.get(name),
            vintage=chosen.vintages.get(name),
            settings=chosen.settings.get(name),
        )
        for name in names
    ]
    mounts: dict[str, str] = {}
    for sandbox in sandboxes:
        if sandbox.mount in mounts:
            first, path = mounts[sandbox.mount], sandbox.mount or "/"
            raise ContractError(f"{sandbox.provider} and {first} both want the path {path}; serve them alone")
        mounts[sandbox.mount] = sandbox.provider
    return sandboxes


def _vintages(options: tuple[str, ...]) -> dict[str, str]:
    vintages: dict[str, str] = {}
    for option in options:
        name, _, vintage = option.rpartition("=")
        if not name or not vintage:
            raise click.UsageError(f"--vintage {option}: write PROVIDER=VINTAGE")
        vintages[name] = vintage
    return vintages


def _settings(options: tuple[str, ...]) -> dict[str, dict[str, str]]:
    settings: dict[str, dict[str, str]] = {}
    for option in options:
        place, separator, value = option.partition("=")
        provider, _, name = place.partition(".")
        if not separator or not provider or not name:
            raise click.UsageError(f"--set {option}: write PROVIDER.NAME=VALUE")
        settings.setdefault(provider, {})[name] = value
    return settings
