"""What a run is about, from the words of its user, files and the environment: the contract, and the target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mailproof import contract as load_contract
from mailproof_conformance import wire
from mailproof_conformance.target import (
    Target,
    TargetError,
    from_auth_file,
    from_environment,
    from_mapping,
    from_ready_file,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mailproof.promises import Contract
    from mailproof_conformance.configuration import Configuration


@dataclass(frozen=True, slots=True)
class Subject:
    """A contract, and what is known so far of the server that is to keep it."""

    contract: Contract
    url: str | None
    """As the user gave it."""
    described: Target | None
    """The target, where a file or a mapping describes it."""

    def target(self) -> Target:
        """The target: as described, else from the URL and the environment.

        Raises TargetError where there is nothing to test, or no credentials for what needs some.
        """
        return self.described or _from_environment(self.contract, self.url)


def find(  # noqa: PLR0913 - each is a word of the user's
    provider: str,
    *,
    url: str | None = None,
    ready_file: Path | None = None,
    auth_file: Path | None = None,
    entry: Mapping[str, Any] | None = None,
    configuration: Configuration | None = None,
    vintage: str | None = None,
) -> Subject:
    """The subject of a run on a provider, or on the contract at a path.

    `entry` holds what an auth file holds; what a configuration says goes over either. The vintage is the one that is
    named, else that of the description, else the newest. Raises ContractError where there is no such contract or
    vintage, TargetError for a wrong description.
    """
    contract = load_contract(provider, vintage)
    described = _described(contract.provider, url, ready_file, auth_file, entry)
    if configuration is not None:
        described = _configured(configuration, contract, url, described)
    if vintage is None and described is not None:
        contract = load_contract(provider, described.vintage)
    return Subject(contract, url, described)


def _described(
    provider: str, url: str | None, ready_file: Path | None, auth_file: Path | None, entry: Mapping[str, Any] | None
) -> Target | None:
    if ready_file is not None and auth_file is not None:
        raise TargetError("--ready-file and --auth-file exclude each other; give one of them")
    if ready_file is not None:
        return from_ready_file(ready_file, provider, url)
    if auth_file is not None:
        return from_auth_file(auth_file, provider, url)
    return None if entry is None else from_mapping(entry, provider, url)


def _configured(
    configuration: Configuration, contract: Contract, url: str | None, described: Target | None
) -> Target | None:
    """The target by the configuration, over another description of it, or over the environment.

    None where nothing names a base URL.
    """
    known = url or configuration.base_url
    base = described or (from_environment(contract.provider, known) if known is not None else None)
    target = configuration.target(contract.provider, url, base)
    return None if target is None else _credentialed(contract, target)


def _from_environment(contract: Contract, url: str | None) -> Target:
    if url is None:
        raise TargetError("nothing to test: give --url URL, or --ready-file FILE of a running mock")
    return _credentialed(contract, from_environment(contract.provider, url))


def _credentialed(contract: Contract, target: Target) -> Target:
    """The target. Raises TargetError where it has no credentials and the contract asks for some."""
    needed = bool(contract.rpc_methods) or any(wire.needs_credentials(item) for item in contract.operations)
    if needed and target.credential.empty:
        names = f"MAILPROOF_{contract.provider.upper()}_{'API_KEY' if contract.rpc_methods else 'AUTHORIZATION'}"
        raise TargetError(f"no credentials: give --ready-file, --auth-file or the environment variable {names}")
    return target
