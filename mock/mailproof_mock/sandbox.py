"""One provider as the mock serves it: its contract, its handlers and its fixtures, found in their folders."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mailproof import contract as load_contract
from mailproof import providers
from mailproof.parts import read_merged
from mailproof.pointers import mapping
from mailproof.promises import Contract, ContractError
from mailproof_mock.examples import example_handlers
from mailproof_mock.fitness import fitness
from mailproof_mock.fixtures import Fixtures, load_fixtures, no_fixtures
from mailproof_mock.settings import choose, read_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailproof_mock.call import Handler

_PACKAGE = "mailproof_mock"


@dataclass(frozen=True, slots=True)
class Sandbox:
    """What is served for one API."""

    contract: Contract
    handlers: Mapping[str, Handler]
    """By operationId, or by method name for a JSON-RPC API."""
    fixtures: Fixtures
    mount: str
    """Path of the API's root, without a slash at the end; empty for the root of the server."""
    root: str
    """Path below which the contract's `x-root` paths lie."""
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """The settings of the fixtures, as chosen."""

    @property
    def provider(self) -> str:
        """The provider's name."""
        return self.contract.provider


def open_sandbox(
    name: str,
    *,
    alone: bool,
    fixtures: Path | None = None,
    vintage: str | None = None,
    settings: Mapping[str, str] | None = None,
) -> Sandbox:
    """The sandbox of a shipped provider, or of an OpenAPI file of the user's own, which is answered from its examples.

    `alone` serves it at the path of the vendor's own server instead of below the provider's prefix; `vintage` chooses
    one of the contract's, `settings` (texts by name) other values than the fixtures have. Raises ContractError, one
    line, for whatever does not hold together.
    """
    contract = load_contract(name, vintage)
    with fitness(str(contract.path)):
        own_path = urlsplit(str((contract.document.get("servers") or [{"url": ""}])[0].get("url", ""))).path.rstrip("/")
        if name not in providers():
            handlers = example_handlers(contract)
            from mailproof_mock.loadable import require_loadable  # noqa: PLC0415 - Connexion takes 0.4 s and 25 MB

            require_loadable(contract)
            chosen = choose({}, settings or {}, name)
            return Sandbox(contract, handlers, no_fixtures(own_path), own_path, own_path, chosen)
    handlers = _handlers(name, contract)
    loaded = _fixtures(name, fixtures)
    mount = own_path if alone else loaded.mount
    chosen = choose(loaded.settings, settings or {}, name)
    return Sandbox(contract, handlers, loaded, mount, mount.rpartition("/")[0], chosen)


def _fixtures(name: str, own: Path | None) -> Fixtures:
    """The shipped fixtures, or the user's own. They show what the newest vintage has; an older one withholds it."""
    path, newest = Path(str(files(_PACKAGE) / name / "fixtures.yaml")), load_contract(name)
    if own is None:
        with fitness(str(path)):
            return load_fixtures(path, newest)
    declared = read_settings(mapping(read_merged(path)).get("settings"), f"{path}: settings")
    with fitness(str(own)):
        return load_fixtures(own, newest, declared)


def _handlers(name: str, contract: Contract) -> dict[str, Handler]:
    """The functions of the provider's modules whose names are operations; every operation must have exactly one."""
    package = importlib.import_module(f"{_PACKAGE}.{name}")
    wanted = (
        {operation.id for operation in contract.operations} if not contract.rpc_methods else set(contract.rpc_methods)
    )
    found: dict[str, Any] = {}
    for module_info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{module_info.name}")
        functions = inspect.getmembers(module, inspect.iscoroutinefunction)
        own = [(key, function) for key, function in functions if function.__module__ == module.__name__]
        found |= {key: function for key, function in own if key in wanted}
    missing = sorted(wanted - set(found))
    if missing:
        raise ContractError(f"{name}: no handler for {', '.join(missing)} in {package.__name__}")
    return found
