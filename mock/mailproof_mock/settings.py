"""The settings of a sandbox: declared in its fixtures, chosen with `mailproof mock --set`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from mailproof.pointers import mapping
from mailproof.promises import ContractError

if TYPE_CHECKING:
    from collections.abc import Mapping

Value = str | bool | int
_KINDS = {bool: "true or false", int: "a whole number", str: "a text"}
_WHOLE = re.compile(r"-?[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing about a sandbox that its user may choose. A chosen value is of the type of the default one."""

    name: str
    value: Value
    description: str
    minimum: int | None = None
    """The smallest number that it may be, where it is one."""


def read_settings(entries: object, where: str, shipped: Mapping[str, Setting] | None = None) -> dict[str, Setting]:
    """The settings that fixtures declare: `{name: {value, description, minimum}}`.

    With `shipped` they are those, with the values that the entries (`{name: {value}}`) give to some. Raises
    ContractError, one line, for an entry that is none, a name that is not known, or a value that does not fit.
    """
    declared = mapping(entries)
    if entries not in (None, declared):
        raise ContractError(f"{where}: must be an object of settings, each with a value and a description")
    given = {name: mapping(entry) for name, entry in declared.items()}
    if shipped is None:
        return {name: _setting(name, entry, f"{where}/{name}") for name, entry in given.items()}
    _require_known(shipped, given, where)
    values = {name: _checked(shipped[name], entry.get("value"), f"{where}/{name}") for name, entry in given.items()}
    return {name: replace(setting, value=values.get(name, setting.value)) for name, setting in shipped.items()}


def choose(known: Mapping[str, Setting], texts: Mapping[str, str], provider: str) -> dict[str, Value]:
    """The value of each setting, with what the command line chooses for some.

    Raises ContractError, one line that names what there is, for a name that is not known or a value that does not fit.
    """
    _require_known(known, texts, f"--set {provider}")
    chosen = {
        name: _checked(known[name], _typed(known[name].value, text), f"--set {provider}.{name}={text[:40]}")
        for name, text in texts.items()
    }
    return {name: chosen.get(name, setting.value) for name, setting in known.items()}


def _setting(name: str, entry: Mapping[str, Any], where: str) -> Setting:
    value, description, minimum = entry.get("value"), entry.get("description"), entry.get("minimum")
    if not isinstance(value, str | int) or not isinstance(description, str):
        kinds = ", ".join(_KINDS.values())
        raise ContractError(f"{where}: needs a value, which is {kinds}, and a description")
    if not isinstance(minimum, int | None) or (minimum is not None and type(value) is not int):
        raise ContractError(f"{where}: minimum: is {minimum!r}; it is a whole number, beside a value that is one")
    setting = Setting(name, value, description, minimum)
    _checked(setting, value, where)
    return setting


def _require_known(known: Mapping[str, Setting], names: Mapping[str, object], where: str) -> None:
    for name in names:
        if name not in known:
            there_are = f"there are {', '.join(sorted(known))}" if known else "there are none"
            raise ContractError(f"{where}: no setting {name[:40]!r}; {there_are}")


def _typed(default: Value, text: str) -> Value:
    """The text as a value of the default's type; the text itself where it is none."""
    if isinstance(default, bool):
        return {"true": True, "false": False}.get(text.lower(), text)
    return int(text) if isinstance(default, int) and _WHOLE.fullmatch(text) else text


def _checked(setting: Setting, value: object, where: str) -> Value:
    least = "" if setting.minimum is None else f" of at least {setting.minimum}"
    fits = type(value) is type(setting.value) and value != ""
    if not fits or (isinstance(value, int) and setting.minimum is not None and value < setting.minimum):
        raise ContractError(f"{where}: must be {_KINDS[type(setting.value)]}{least}, such as {_shown(setting.value)}")
    return cast("Value", value)


def _shown(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
