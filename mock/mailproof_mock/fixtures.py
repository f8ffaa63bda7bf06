"""The sandbox worlds: reads a provider's `fixtures.yaml`, holds it against the contract, and puts it into the store."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from mailproof.parts import read_merged
from mailproof.pointers import members
from mailproof.promises import Contract, ContractError
from mailproof_mock.call import Login
from mailproof_mock.fixture_rows import written_out
from mailproof_mock.kinds import Kind
from mailproof_mock.rows import CLOCK
from mailproof_mock.seeds import Seed, read_seed
from mailproof_mock.settings import Setting, read_settings
from mailproof_mock.validate import Validators
from mailproof_mock.world import World, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mailproof_mock.rows import Rows


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential of the sandbox: its security scheme, the login it stands for, and its secret members."""

    scheme: str
    login: Login
    secret: Mapping[str, str]
    """`username` and `password` for HTTP Basic, `key` for everything else."""


@dataclass(frozen=True, slots=True)
class Fixtures:
    """The sandbox of one provider."""

    path: Path | None
    mount: str
    """Where the API is served when it shares a port with others."""
    epoch: datetime
    kinds: Mapping[str, Kind]
    rows: Mapping[str, Mapping[str, list[dict[str, Any]]]]
    """Account -> kind -> rows."""
    blobs: Mapping[str, Mapping[str, bytes]]
    """Account -> name -> content."""
    credentials: Mapping[str, tuple[Credential, ...]]
    """Account -> its credentials."""
    samples: Mapping[str, Any]
    login: Credential | None
    others: Mapping[str, Credential]
    settings: Mapping[str, Setting] = field(default_factory=dict[str, "Setting"])
    seeds: Mapping[str, Seed] = field(default_factory=dict[str, "Seed"])
    """By what they add, such as `contacts`."""

    def every_credential(self) -> Iterator[Credential]:
        """The credentials of all accounts."""
        for credentials in self.credentials.values():
            yield from credentials

    async def install(self, rows: Rows, provider: str) -> None:
        """Puts every account that the store does not hold yet into it, as the fixtures have it."""
        for account in self.rows:
            if not await rows.holds(f"{provider}/{account}"):
                await self._install(rows, provider, account)

    async def restore(self, rows: Rows, provider: str) -> None:
        """Puts every account back to what the fixtures have, its clock, counters and outbox included.

        Where no account of the provider was ever written to, there is nothing to do.
        """
        if not any([await rows.counter(f"{provider}/{account}", CLOCK) for account in self.rows]):
            return
        for account in self.rows:
            await rows.forget(f"{provider}/{account}")
            await self._install(rows, provider, account)

    async def _install(self, rows: Rows, provider: str, account: str) -> None:
        owner = f"{provider}/{account}"
        for name, content in self.blobs[account].items():
            await rows.keep(owner, name, content)
        for kind, docs in self.rows[account].items():
            description = self.kinds[kind]
            await rows.put_all(owner, description, docs)
            numbers = [doc[description.number] for doc in docs if isinstance(doc.get(description.number), int)]
            if numbers:
                await rows.raise_to(owner, f"id:{kind}", max(numbers))

    def world(self, rows: Rows, provider: str, account: str) -> World:
        """The world of an account at its clock's tick."""
        return World(rows, provider, account, self.kinds, self.epoch, self.rows)


def no_fixtures(mount: str) -> Fixtures:
    """An empty sandbox, for a contract of the user's own."""
    return Fixtures(None, mount, datetime(2024, 1, 1, tzinfo=UTC), {}, {}, {}, {}, {}, None, {})


def load_fixtures(path: Path, contract: Contract, shipped: Mapping[str, Setting] | None = None) -> Fixtures:
    """The fixtures in a file; of the user's own, they may give other values to the `shipped` settings, and no others.

    Raises ContractError, one line, where they do not hold together or do not fit the contract.
    """
    document = read_merged(path)
    if not isinstance(document, dict):
        raise ContractError(f"{path}: must be an object with epoch, kinds and accounts")
    data = cast("dict[str, Any]", document)
    _require(data, ("mount", "epoch", "kinds", "accounts"), str(path))
    try:
        epoch = datetime.fromisoformat(data["epoch"])
    except (TypeError, ValueError):
        raise ContractError(f"{path}: epoch: {data['epoch']!r} is not an ISO 8601 date-time") from None
    if epoch.tzinfo is None:
        raise ContractError(f"{path}: epoch: {data['epoch']!r} has no offset; write it in UTC with a Z")
    kinds = _kinds(data["kinds"], path)
    accounts = cast("dict[str, dict[str, Any]]", data["accounts"])
    validators = Validators(contract.document, "response")
    worlds: dict[str, dict[str, list[dict[str, Any]]]] = {name: {} for name in accounts}
    for name, account in accounts.items():
        for kind, rows in members(account, "rows").items():
            where = f"{path}: accounts/{name}/rows/{kind}"
            worlds[name][kind] = list(written_out(rows, name, kind, where))
            _check_rows(where, worlds[name][kind], data["kinds"], kind, validators)
    seeds = {
        name: read_seed(entry, worlds, data["kinds"], f"{path}: seeds/{name}")
        for name, entry in members(data, "seeds").items()
    }
    for name, seed in seeds.items():
        for kind, rows in seed.examples().items():
            _check_rows(f"{path}: seeds/{name}/{kind}", rows, data["kinds"], kind, validators)
    credentials = {name: _credentials(name, account, contract, path) for name, account in accounts.items()}
    return Fixtures(
        path=path,
        mount=data["mount"],
        epoch=epoch.astimezone(UTC),
        kinds=kinds,
        rows=worlds,
        blobs={name: _blobs(account, f"{path}: accounts/{name}/blobs") for name, account in accounts.items()},
        credentials=credentials,
        samples=data.get("samples") or {},
        login=_pick(data["login"], credentials, f"{path}: login") if "login" in data else None,
        others={
            name: _pick(entry, credentials, f"{path}: others/{name}") for name, entry in members(data, "others").items()
        },
        seeds=seeds,
        settings=read_settings(data.get("settings"), f"{path}: settings", shipped),
    )


def _blobs(account: Mapping[str, Any], where: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for name, entry in members(account, "blobs").items():
        try:
            found[name] = entry["text"].encode() if "text" in entry else b64decode(entry["base64"], validate=True)
        except (LookupError, TypeError, ValueError, AttributeError):
            raise ContractError(f"{where}/{name}: needs its content as text or as base64") from None
    return found


def _kinds(entries: Mapping[str, Mapping[str, Any]], path: Path) -> dict[str, Kind]:
    for name, entry in entries.items():
        _require(entry, ("id",), f"{path}: kinds/{name}")
    return {
        name: Kind(
            name,
            entry["id"],
            tuple(entry.get("keys", ())),
            entry.get("number", entry["id"]),
            tuple(entry.get("counted", ())),
        )
        for name, entry in entries.items()
    }


def _check_rows(
    where: str, rows: list[dict[str, Any]], kinds: Mapping[str, Any], kind: str, validators: Validators
) -> None:
    if kind not in kinds:
        raise ContractError(f"{where}: there is no kind {kind!r}; there are {', '.join(sorted(kinds))}")
    entry = kinds[kind]
    pointer = entry.get("schema")
    seen: set[Any] = set()
    for number, row in enumerate(rows):
        _require(row, (entry["id"],), f"{where}/{number}")
        if row[entry["id"]] in seen:
            raise ContractError(f"{where}/{number}: a second row with {entry['id']} {row[entry['id']]!r}")
        seen.add(row[entry["id"]])
        wrong = validators.first_error(pointer, visible(row)) if pointer is not None else None
        if wrong is not None:
            raise ContractError(f"{where}/{number}: does not fit {pointer}: {wrong}")


def _credentials(name: str, account: Mapping[str, Any], contract: Contract, path: Path) -> tuple[Credential, ...]:
    schemes = members(contract.document, "components", "securitySchemes")
    found: list[Credential] = []
    for number, entry in enumerate(account.get("credentials") or ()):
        where = f"{path}: accounts/{name}/credentials/{number}"
        _require(entry, ("scheme",), where)
        scheme = schemes.get(entry["scheme"])
        if scheme is None and not contract.rpc_methods:
            raise ContractError(
                f"{where}: the contract has no security scheme {entry['scheme']!r}; it has {', '.join(schemes)}"
            )
        names = ("username", "password") if scheme is not None and scheme["type"] == "http" else ("key",)
        _require(entry, names, where)
        login = Login(name, entry.get("caller") or {})
        found.append(Credential(entry["scheme"], login, {member: str(entry[member]) for member in names}))
    return tuple(found)


def _pick(entry: Mapping[str, Any], credentials: Mapping[str, tuple[Credential, ...]], where: str) -> Credential:
    _require(entry, ("account", "credential"), where)
    try:
        return credentials[str(entry["account"])][int(entry["credential"])]
    except (LookupError, TypeError, ValueError):
        raise ContractError(
            f"{where}: there is no credential {entry['credential']!r} of account {entry['account']!r}"
        ) from None


def _require(entry: Mapping[str, Any], names: tuple[str, ...], where: str) -> None:
    missing = [name for name in names if name not in entry]
    if missing:
        raise ContractError(f"{where}: has no {', '.join(missing)}")
