"""From the words of a command line to the contract and the target; a user's mistake is a click.UsageError."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mailproof import contract as load_contract
from mailproof.promises import ContractError
from mailproof_conformance import wire
from mailproof_conformance.target import Target, TargetError, from_auth_file, from_environment, from_ready_file

if TYPE_CHECKING:
    from pathlib import Path

    from mailproof.promises import Contract


def load(provider: str, vintage: str | None) -> Contract:
    """The contract of a provider, or the one at a path."""
    try:
        return load_contract(provider, vintage)
    except ContractError as error:
        raise click.UsageError(str(error)) from None


def described(provider: str, url: str | None, ready_file: Path | None, auth_file: Path | None) -> Target | None:
    """The target that a file describes; None without a file."""
    if ready_file is not None and auth_file is not None:
        raise click.UsageError("--ready-file and --auth-file exclude each other; give one of them")
    try:
        if ready_file is not None:
            return from_ready_file(ready_file, provider, url)
        return None if auth_file is None else from_auth_file(auth_file, provider, url)
    except TargetError as error:
        raise click.UsageError(str(error)) from None


def from_variables(contract: Contract, url: str | None) -> Target:
    """The target that the environment describes."""
    if url is None:
        raise click.UsageError("nothing to test: give --url URL, or --ready-file FILE of a running mock")
    try:
        target = from_environment(contract.provider, url)
    except TargetError as error:
        raise click.UsageError(str(error)) from None
    return credentialed(contract, target)


def credentialed(contract: Contract, target: Target) -> Target:
    """The target, which has credentials where the contract asks for some."""
    needed = bool(contract.rpc_methods) or any(wire.needs_credentials(item) for item in contract.operations)
    if needed and target.credential.empty:
        names = f"MAILPROOF_{contract.provider.upper()}_{'API_KEY' if contract.rpc_methods else 'AUTHORIZATION'}"
        raise click.UsageError(f"no credentials: give --ready-file, --auth-file or the environment variable {names}")
    return target
