"""What the user of the pytest plugin chose, on the command line or in pytest's configuration, as options of a run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from mailproof_conformance.known_failures import NONE_KNOWN
from mailproof_conformance.known_failures_file import KnownFailuresError, read
from mailproof_conformance.options import Options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailproof_conformance.guard import Permission
    from mailproof_conformance.options import Profile

_WANTED: Mapping[type[int | float], str] = {int: "a whole number", float: "a number"}
MISTAKES = re.compile(r"(?<!\S)--(?=[a-z])")


class Words:
    """The settings of one run of pytest; what the command line says goes before the configuration."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    @property
    def provider(self) -> str:
        """Whose contract it is."""
        return self.text("") or ""

    def text(self, name: str) -> str | None:
        """A word, or None where nothing was said."""
        value, _ = self._said(name)
        return None if value in (None, "") else str(value)

    def path(self, name: str) -> Path | None:
        """A path: below the folder of the command, or of the configuration file, whichever names it."""
        value, folder = self._said(name)
        return None if value in (None, "") else folder / str(value)

    def options(self) -> Options:
        """How the run is made. Raises pytest.UsageError for a value that is none."""
        listed = self.path("known-failures")
        try:
            return Options(
                examples=self._number("examples", int),
                known_failures=NONE_KNOWN if listed is None else read(listed),
                profile=cast("Profile", self.text("profile") or "standard"),
                seed=self._number("seed", int) or 0,
                strict=bool(self._said("strict")[0]) or None,
                only=tuple(self._list("only")),
                allow=cast("frozenset[Permission]", frozenset(self._list("allow"))),
                rate=self._number("rate", float),
                budget=self._number("budget", int),
            )
        except ValueError as error:
            raise pytest.UsageError(f"--mailproof-{error}") from None
        except KnownFailuresError as error:
            raise pytest.UsageError(f"--mailproof-known-failures: {error}") from None

    def _said(self, name: str) -> tuple[Any, Path]:
        key = f"mailproof_{name.replace('-', '_')}" if name else "mailproof"
        value = self._config.getoption(key)
        if value is not None:
            return value, Path(self._config.invocation_params.dir)
        ini = self._config.inipath
        return self._config.getini(key), self._config.rootpath if ini is None else ini.parent

    def _list(self, name: str) -> list[str]:
        return list(self._said(name)[0] or ())

    def _number(self, name: str, kind: type[int | float]) -> Any:
        text = self.text(name)
        if text is None:
            return None
        try:
            return kind(text)
        except ValueError:
            raise ValueError(f"{name} {text[:40]!r}: must be {_WANTED[kind]}") from None


def mistake(error: Exception) -> pytest.UsageError:
    """A mistake that the suite found in the user's words, with options as this plugin spells them."""
    return pytest.UsageError(MISTAKES.sub("--mailproof-", " ".join(str(error).split())))
