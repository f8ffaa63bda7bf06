"""The configuration file of a live account (TOML): what is tested, by whom, what is the user's own, and limits."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from mailproof.bounded_text import read_text
from mailproof_conformance.own import Own, is_prefix, is_recipient
from mailproof_conformance.target import Credential, Target, TargetError, checked_headers, checked_url

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_MOST_BYTES = 1_048_576
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,199}")
_MEMBERS: Mapping[str, frozenset[str] | None] = {
    "target": frozenset({"base_url", "vintage"}),
    "credentials": frozenset({"authorization", "api_key", "headers", "others"}),
    "samples": None,
    "pool": None,
    "fields": None,
    "mail": frozenset({"to"}),
    "limits": frozenset({"rate", "budget"}),
    "run": frozenset({"prefix"}),
}
"""The tables of the file and their members; None where the names are those of the contract."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a configuration file says."""

    base_url: str | None = None
    vintage: str | None = None
    credential: Credential = field(default_factory=Credential)
    others: Mapping[str, Credential] = field(default_factory=dict[str, Credential])
    samples: Mapping[str, Any] = field(default_factory=dict[str, Any])
    own: Own = field(default_factory=Own)
    rate: float | None = None
    budget: int | None = None
    prefix: str | None = None

    def target(self, provider: str, url: str | None, base: Target | None) -> Target | None:
        """The target that the file describes, over what other sources say; the URL given stands above all.

        None where neither names a base URL.
        """
        base_url = url or self.base_url or (base.base_url if base is not None else None)
        if base_url is None:
            return None
        known = base or Target(provider, base_url, Credential())
        return replace(
            known,
            base_url=checked_url(base_url),
            credential=known.credential if self.credential.empty else self.credential,
            samples={**known.samples, **self.samples},
            others={**known.others, **self.others},
            vintage=self.vintage or known.vintage,
        )


def read_configuration(path: Path, environment: Mapping[str, str] | None = None) -> Configuration:
    """What a file says. Raises TargetError, one line, for one that is missing, too large, no TOML, or wrong.

    Secrets stand in environment variables; the file names them.
    """
    document = _document(path)
    for name, value in document.items():
        if name not in _MEMBERS:
            raise TargetError(f"{path}: unknown table [{name[:60]}]; there are {', '.join(_MEMBERS)}")
        members = _MEMBERS[name]
        unknown = set(_table(value, f"{path}: {name}")) - members if members is not None else set[str]()
        if unknown:
            fit = f"there are {', '.join(sorted(members or ()))}"
            more = "; a permission is said on the command line only (--allow)" if "allow" in unknown else ""
            raise TargetError(f"{path}: {name}: unknown {', '.join(sorted(unknown))[:60]}; {fit}{more}")
    variables = os.environ if environment is None else environment
    tables = {name: _table(document.get(name, {}), f"{path}: {name}") for name in _MEMBERS}
    target, limits = tables["target"], tables["limits"]
    base_url = _text(target.get("base_url"), f"{path}: target.base_url")
    prefix = _text(tables["run"].get("prefix"), f"{path}: run.prefix")
    if prefix is not None and not is_prefix(prefix):
        raise TargetError(f"{path}: run.prefix: must be 6 to 40 letters, digits and hyphens, such as 'mailproof-'")
    return Configuration(
        base_url=None if base_url is None else checked_url(base_url),
        vintage=_text(target.get("vintage"), f"{path}: target.vintage"),
        credential=_credential(tables["credentials"], f"{path}: credentials", variables),
        others=_others(tables["credentials"].get("others", {}), f"{path}: credentials.others", variables),
        samples=cast("dict[str, Any]", _json(tables["samples"], f"{path}: samples")),
        own=Own(
            pools=_lists(tables["pool"], f"{path}: pool", _is_id, "an array of ids (texts or integers)"),
            recipients=_recipients(tables["mail"].get("to", []), f"{path}: mail.to"),
            fields=_lists(tables["fields"], f"{path}: fields", _is_text, "an array of field names"),
        ),
        rate=_number(limits.get("rate"), f"{path}: limits.rate", float),
        budget=_number(limits.get("budget"), f"{path}: limits.budget", int),
        prefix=prefix,
    )


def checked_recipients(values: tuple[str, ...], where: str) -> tuple[str, ...]:
    """The values. Raises TargetError unless each is one e-mail address or one phone number."""
    for value in values:
        if not is_recipient(value):
            shown = value if len(value) <= 60 else value[:60] + "..."  # noqa: PLR2004 - enough to find it
            raise TargetError(f"{where}: {shown!r} is neither one e-mail address nor one phone number")
    return values


def _document(path: Path) -> dict[str, Any]:
    try:
        text = read_text(path, _MOST_BYTES)
    except ValueError as error:
        raise TargetError(f"{path}: cannot be read: {error}") from None
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else " ".join(str(error).split())[:200]
        raise TargetError(f"{path}: not TOML: {reason}") from None


def _credential(fields: Mapping[str, Any], where: str, variables: Mapping[str, str]) -> Credential:
    headers = {
        name: _secret(value, f"{where}.headers.{name}", variables)
        for name, value in _table(fields.get("headers", {}), f"{where}.headers").items()
    }
    if "authorization" in fields:
        headers["Authorization"] = _secret(fields["authorization"], f"{where}.authorization", variables)
    key = fields.get("api_key")
    return Credential(
        headers=checked_headers(headers, where),
        api_key=None if key is None else _secret(key, f"{where}.api_key", variables),
    )


def _others(value: object, where: str, variables: Mapping[str, str]) -> dict[str, Credential]:
    found: dict[str, Credential] = {}
    for name, entry in _table(value, where).items():
        fields = _table(entry, f"{where}.{name}")
        unknown = set(fields) - {"authorization", "api_key", "headers"}
        if unknown:
            raise TargetError(f"{where}.{name}: unknown {', '.join(sorted(unknown))[:60]}")
        found[name] = _credential(fields, f"{where}.{name}", variables)
    return found


def _secret(value: object, where: str, variables: Mapping[str, str]) -> str:
    """The value of the environment variable of that name; what does not look like a name is not shown."""
    if not isinstance(value, str) or not _VARIABLE.fullmatch(value):
        raise TargetError(f"{where}: must be the name of an environment variable, never the secret itself")
    if not variables.get(value):
        raise TargetError(f"{where}: the environment variable {value} is not set")
    return variables[value]


def _recipients(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in cast("list[Any]", value)):
        raise TargetError(f"{where}: must be an array of e-mail addresses and phone numbers")
    return checked_recipients(tuple(cast("list[str]", value)), where)


def _lists(
    table: Mapping[str, Any], where: str, fits: Callable[[Any], bool], wanted: str
) -> dict[str, tuple[Any, ...]]:
    for name, values in table.items():
        if not isinstance(values, list) or not all(fits(value) for value in cast("list[Any]", values)):
            raise TargetError(f"{where}.{name}: must be {wanted}")
    return {name: tuple(values) for name, values in table.items()}


def _is_id(value: Any) -> bool:
    return _is_text(value) or (isinstance(value, int) and not isinstance(value, bool))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _json(value: Any, where: str) -> Any:
    """The value. Raises TargetError for a date, which JSON does not have."""
    if isinstance(value, dict):
        return {name: _json(item, f"{where}.{name}") for name, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_json(item, where) for item in cast("list[Any]", value)]
    if not isinstance(value, str | int | float | bool):
        raise TargetError(f"{where}: is a date or a time; put quotes around it")
    return value


def _number(value: Any, where: str, kind: type) -> Any:
    if value is None:
        return None
    fits = isinstance(value, int) or (kind is float and isinstance(value, float))
    if not fits or isinstance(value, bool) or not 0 < value < 1e9:  # noqa: PLR2004 - beyond every use, and no infinity
        raise TargetError(f"{where}: must be {'a number' if kind is float else 'an integer'} above 0")
    return kind(value)


def _text(value: object, where: str) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TargetError(f"{where}: must be a text; put quotes around it")
    return value


def _table(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TargetError(f"{where}: must be a table")
    return cast("dict[str, Any]", value)
