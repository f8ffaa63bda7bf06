"""The suite as a plugin of pytest: its options, and nothing that is loaded before `--mailproof` asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    import pytest


class Setting(NamedTuple):
    """One choice of the user: `--mailproof-NAME` on the command line, `mailproof_NAME` in pytest's configuration."""

    name: str
    help: str
    metavar: str = "TEXT"
    kind: Literal["string", "bool", "linelist"] = "string"
    """As pytest names the types of its configuration; of a `linelist` the option may be given again and again."""

    @property
    def option(self) -> str:
        """Its name on the command line."""
        return f"--mailproof-{self.name}" if self.name else "--mailproof"

    @property
    def key(self) -> str:
        """Its name in the configuration."""
        return self.option.removeprefix("--").replace("-", "_")


SETTINGS = (
    Setting("", "Judge a server by the contract of this provider (or by the contract at this path).", "PROVIDER"),
    Setting("url", "Base URL of the API under test.", "URL"),
    Setting("ready-file", "File that `mailproof mock --ready-file` wrote.", "FILE"),
    Setting("auth-file", "YAML or JSON: base_url, headers or api_key, samples, others, vintage.", "FILE"),
    Setting("vintage", "The contract as it was, such as 2024.", "VINTAGE"),
    Setting("profile", "quick, standard (the default) or deep.", "PROFILE"),
    Setting("seed", "The same seed makes the same requests; 0 unless given.", "NUMBER"),
    Setting("examples", "How many values each property draws; otherwise the profile says it.", "NUMBER"),
    Setting("known-failures", "YAML or JSON: failures that do not count, each with a reason.", "FILE"),
    Setting("config", "TOML: target, credentials by variable, own ids, recipients, limits.", "FILE"),
    Setting(
        "strict",
        "Broken assumptions of this project fail too; the target's description says it otherwise.",
        kind="bool",
    ),
    Setting("only", "Run only the cases whose id fits, such as 'verbs/*'.", "ID-GLOB", "linelist"),
    Setting("allow", "What may be done to a server elsewhere: write, send, credentials.", "EFFECT", "linelist"),
    Setting("rate", "Requests in a second, of all workers together; 5 off this machine.", "NUMBER"),
    Setting("budget", "Requests in all, of all workers together; 5000 off this machine.", "NUMBER"),
    Setting("report", "Folder for report.json, report.html and the rest.", "DIR"),
)

MARKS = (
    "mailproof: an item of the conformance suite.",
    "core: a promise that every server keeps.",
    "extended: a promise of a part that a server may lack.",
    "assumed: an assumption of mailproof's own; where it is broken, that is a note.",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declares every setting twice: as an option, and for the configuration."""
    group = parser.getgroup("mailproof", "conformance of a server (mailproof)")
    for setting in SETTINGS:
        if setting.kind == "bool":
            group.addoption(setting.option, action="store_true", default=None, help=setting.help)
        else:
            action = "append" if setting.kind == "linelist" else "store"
            group.addoption(setting.option, action=action, metavar=setting.metavar, default=None, help=setting.help)
        parser.addini(setting.key, f"As {setting.option}.", type=setting.kind, default=None)


def pytest_configure(config: pytest.Config) -> None:
    """Brings the suite in, if the user asks for it. Raises pytest.UsageError where its packages are not installed."""
    if config.getoption("mailproof") is None and not config.getini("mailproof"):
        return
    for mark in MARKS:
        config.addinivalue_line("markers", mark)
    try:
        from mailproof_conformance.pytest_suite import Hooks  # noqa: PLC0415 - every run of pytest passes here
    except ModuleNotFoundError as error:
        raise _lacking(error.name) from None
    config.pluginmanager.register(Hooks(config), "mailproof-suite")


def _lacking(package: str | None) -> Exception:
    import pytest  # noqa: PLC0415 - only a mistake needs it

    return pytest.UsageError(f"--mailproof needs the package {package}: pip install 'mailproof[pytest]'")
