"""The `mailproof` command: finds its sub-commands by entry point, imports one only when asked for it."""

from __future__ import annotations

import gc
import sys
from importlib.metadata import EntryPoint, entry_points
from typing import cast

import click

from mailproof.promises import ContractError

_GROUP = "mailproof.commands"
_GARBAGE = (20_000, 20, 20)
"""When garbage is looked for: what a command makes at first is a contract and its modules, and all of it stays."""
_EXTRAS = {
    "mock": "mock",
    "seed": "mock",
    "check": "conformance",
    "sweep": "conformance",
    "lint": "conformance",
    "report": "conformance",
}


class _Commands(click.Group):
    """A group whose commands are the entry points of `mailproof.commands`, loaded on first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return sorted(_entry_points())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        entry = _entry_points().get(cmd_name)
        if entry is None:
            return None
        try:
            return cast("click.Command", entry.load())
        except ModuleNotFoundError as error:
            extra = _EXTRAS.get(cmd_name, "all")
            text = f"`mailproof {cmd_name}` needs the package {error.name}: pip install 'mailproof[{extra}]'"
            return _unavailable(cmd_name, text)


def _unavailable(name: str, reason: str) -> click.Command:
    """A command that only says, in one line, what has to be installed for it."""

    def refuse(arguments: tuple[str, ...]) -> None:
        del arguments
        raise click.UsageError(reason)

    anything = click.Argument(["arguments"], nargs=-1, type=click.UNPROCESSED)
    settings: dict[str, object] = {"ignore_unknown_options": True, "help_option_names": []}
    return click.Command(name, callback=refuse, params=[anything], short_help=reason, context_settings=settings)


def _entry_points() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=_GROUP)}


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="mailproof", message="mailproof %(version)s")
def mailproof() -> None:
    """Contracts, a stateful mock and a conformance suite for three e-mail-marketing APIs."""


def main() -> None:
    """Runs the command line. A mistake of the user ends in one line on standard error and exit code 2."""
    gc.set_threshold(*_GARBAGE)
    try:
        code = mailproof.main(standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        sys.exit(2)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        name = context.command_path if context is not None else "mailproof"
        click.echo(f"{name}: {' '.join(error.format_message().split())} (see `{name} --help`)", err=True)
        sys.exit(2)
    except ContractError as error:
        click.echo(f"mailproof: {' '.join(str(error).split())}", err=True)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(141)
    except OSError as error:
        click.echo(f"mailproof: cannot write the output: {error.strerror}", err=True)
        sys.exit(2)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
