"""What the user of the pytest plugin chose, on the command line or in pytest's configuration, as options of a run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

import pytest

from mailproof_conformance.guard import Permission
from mailproof_conformance.options import Options, Profile

if TYPE_CHECKING:
    from collections.abc import Callable

MISTAKES = re.compile(r"--(?=[a-z])")


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
        return Options(
            profile=cast("Profile", self._one_of("profile", get_args(Profile), self.text("profile") or "standard")),
            seed=self._number("seed", int) or 0,
            strict=bool(self._said("strict")[0]),
            only=tuple(self._list("only")),
            allow=frozenset(
                cast("Permission", self._one_of("allow", get_args(Permission), word)) for word in self._list("allow")
            ),
            rate=self._positive("rate", self._number("rate", float)),
            budget=self._positive("budget", self._number("budget", int)),
        )

    def _said(self, name: str) -> tuple[Any, Path]:
        key = f"mailproof_{name.replace('-', '_')}" if name else "mailproof"
        value = self._config.getoption(key)
        if value is not None:
            return value, Path(self._config.invocation_params.dir)
        ini = self._config.inipath
        return self._config.getini(key), self._config.rootpath if ini is None else ini.parent

    def _list(self, name: str) -> list[str]:
        return list(self._said(name)[0] or ())

    def _one_of(self, name: str, words: tuple[str, ...], word: str) -> str:
        if word not in words:
            raise pytest.UsageError(f"--mailproof-{name} {word!r}: must be one of {', '.join(words)}")
        return word

    def _number(self, name: str, kind: Callable[[str], Any]) -> Any:
        text = self.text(name)
        try:
            return None if text is None else kind(text)
        except ValueError:
            wanted = "a whole number" if kind is int else "a number"
            raise pytest.UsageError(f"--mailproof-{name} {text[:40]!r}: must be {wanted}") from None

    def _positive(self, name: str, number: Any) -> Any:
        if number is not None and not 0 < number < float("inf"):
            raise pytest.UsageError(f"--mailproof-{name} {number}: must be more than 0")
        return number


def mistake(error: Exception) -> pytest.UsageError:
    """A mistake that the suite found in the user's words, with options as this plugin spells them."""
    return pytest.UsageError(MISTAKES.sub("--mailproof-", " ".join(str(error).split())))
