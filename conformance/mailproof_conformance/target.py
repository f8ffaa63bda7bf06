"""What is tested: a base URL, the credentials for it, and the sample values it is known to hold."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from mailproof.bundle import read_yaml
from mailproof.pointers import mapping
from mailproof.promises import ContractError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


_MEMBERS = frozenset({"base_url", "headers", "api_key", "samples", "others", "vintage", "strict"})


class TargetError(Exception):
    """The target is described wrongly; the text is one line that says what, and what would be right."""


@dataclass(frozen=True, slots=True)
class Credential:
    """One caller: headers to send, or the API key of a JSON-RPC API."""

    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    api_key: str | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it."""
        return not self.headers and self.api_key is None


@dataclass(frozen=True, slots=True)
class Target:
    """A server under test."""

    provider: str
    base_url: str
    """Without a slash at the end."""
    credential: Credential
    samples: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Values that exist there, by the parameter's name or by a role (`contacts.opted_out`)."""
    others: Mapping[str, Credential] = field(default_factory=dict[str, Credential])
    """Further callers by name."""
    vintage: str | None = None
    """The vintage of its contract that it keeps, where its description says so."""
    strict: bool = False
    """Whether it is said to keep the assumptions of this project too."""

    @property
    def prefix(self) -> str:
        """The path of the base URL, without a slash at the end; empty for a server at the root."""
        return urlsplit(self.base_url).path.rstrip("/")

    @property
    def root_prefix(self) -> str:
        """The path one level above the base URL, where a contract's `x-root` paths are served."""
        return self.prefix.rpartition("/")[0]

    def credentials(self) -> tuple[Credential, ...]:
        """Every caller that is known to be right or at least meant: the default first."""
        return (self.credential, *self.others.values())


def from_ready_file(path: Path, provider: str, url: str | None) -> Target:
    """The provider's entry of a file that `mailproof mock --ready-file` wrote.

    `url`, if given, takes precedence.
    """
    document = _read(path)
    entries = mapping(document.get("providers"))
    if provider not in entries:
        known = ", ".join(sorted(entries)) or "none"
        raise TargetError(f"{path}: has no entry providers.{provider}; there are: {known}")
    root = str(document.get("url", "")).rstrip("/")
    chosen = None if url is not None and url.rstrip("/") == root else url
    return _target(entries[provider], provider, chosen, f"{path}: providers.{provider}")


def from_auth_file(path: Path, provider: str, url: str | None) -> Target:
    """A YAML or JSON file that holds one provider entry.

    `base_url`, `headers` or `api_key`, `samples`, `others`, `vintage`, `strict`.
    """
    return _target(_read(path), provider, url, str(path))


def from_mapping(entry: Mapping[str, Any], provider: str, url: str | None) -> Target:
    """A provider entry as an auth file holds it."""
    return _target(dict(entry), provider, url, "target")


def from_environment(provider: str, url: str, environment: Mapping[str, str] | None = None) -> Target:
    """The entry in the variables MAILPROOF_<PROVIDER>_AUTHORIZATION, _API_KEY, _HEADERS, _SAMPLES, _OTHERS.

    The last three hold JSON objects; AUTHORIZATION is the whole value of that header.
    """
    variables = os.environ if environment is None else environment
    start = f"MAILPROOF_{provider.upper()}_"
    entry: dict[str, Any] = {"headers": {}}
    for name in ("headers", "samples", "others"):
        text = variables.get(start + name.upper())
        if text:
            entry[name] = _json(text, start + name.upper())
    if start + "AUTHORIZATION" in variables and isinstance(entry["headers"], dict):
        entry["headers"]["Authorization"] = variables[start + "AUTHORIZATION"]
    if start + "API_KEY" in variables:
        entry["api_key"] = variables[start + "API_KEY"]
    return _target(entry, provider, url, f"environment {start}*")


def _target(entry: object, provider: str, url: str | None, where: str) -> Target:
    fields = _object(entry, where)
    unknown = set(fields) - _MEMBERS
    if unknown:
        raise TargetError(f"{where}: unknown {', '.join(sorted(unknown))}; there are {', '.join(sorted(_MEMBERS))}")
    base_url = url or fields.get("base_url")
    if not isinstance(base_url, str):
        raise TargetError(f"{where}: has no base_url; give --url")
    others = _object(fields.get("others") or {}, f"{where}.others")
    vintage = fields.get("vintage")
    if not isinstance(vintage, str | None):
        raise TargetError(f"{where}.vintage: must be a text; put quotes around it")
    strict = fields.get("strict", False)
    if not isinstance(strict, bool):
        raise TargetError(f"{where}.strict: must be true or false")
    return Target(
        provider=provider,
        base_url=checked_url(base_url),
        credential=_credential(fields, where),
        samples=_object(fields.get("samples") or {}, f"{where}.samples"),
        others={name: _credential(_object(value, f"{where}.others.{name}"), where) for name, value in others.items()},
        vintage=vintage,
        strict=strict,
    )


def _credential(fields: Mapping[str, Any], where: str) -> Credential:
    headers = checked_headers(_object(fields.get("headers") or {}, f"{where}.headers"), where)
    api_key = fields.get("api_key")
    if api_key is not None and not isinstance(api_key, str):
        raise TargetError(f"{where}.api_key: must be a text; put quotes around it")
    return Credential(headers=headers, api_key=api_key)


def checked_headers(headers: Mapping[str, Any], where: str) -> Mapping[str, str]:
    """The headers. Raises TargetError unless each value is a text of printable ASCII."""
    for name, value in headers.items():
        if not isinstance(value, str) or not (value.isprintable() and value.isascii()):
            raise TargetError(f"{where}.headers.{name}: must be a text of printable ASCII")
    return headers


def checked_url(url: str) -> str:
    """The URL without a slash at the end.

    Raises TargetError unless it is an http(s) URL with a host and nothing extra.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise TargetError(f"{url}: not a URL: {error}") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise TargetError(f"{url}: not a base URL; it looks like http://127.0.0.1:8080/which50")
    if parts.username is not None or parts.query or parts.fragment:
        raise TargetError(f"{parts.scheme}://{parts.hostname}: a base URL has no user, query or fragment")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise TargetError("the base URL must be printable ASCII; percent-encode the rest")
    return url.rstrip("/")


def _read(path: Path) -> dict[str, Any]:
    try:
        document = read_yaml(path)
    except ContractError as error:
        raise TargetError(str(error)) from None
    return _object(document, str(path))


def _json(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise TargetError(f"{where}: is not JSON") from None


def _object(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TargetError(f"{where}: must be an object")
    return cast("dict[str, Any]", value)
