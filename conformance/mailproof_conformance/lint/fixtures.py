"""Rule `fixture`: a sandbox's rows, credentials and samples fit the contract they are for."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from mailproof.pointers import mapping, resolve, sequence
from mailproof_conformance.expectation import Expectations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof.promises import Contract

_SERVER = "mailproof_mock"


def shipped(provider: str) -> Path | None:
    """The fixtures of the sandbox for a provider, if a server that has some is installed."""
    try:
        path = Path(str(files(_SERVER).joinpath(provider, "fixtures.yaml")))
    except ModuleNotFoundError:
        return None
    return path if path.is_file() else None


def fixtures(contract: Contract, document: Any) -> Iterator[tuple[str, str]]:
    """Pointer and message of every breach."""
    if not isinstance(document, dict):
        yield "#", "must be an object with epoch, kinds, accounts, samples and login"
        return
    data = cast("dict[str, Any]", document)
    for name in ("epoch", "kinds", "accounts"):
        if name not in data:
            yield "#", f"has no {name}"
    kinds = mapping(data.get("kinds"))
    for name, account in mapping(data.get("accounts")).items():
        place = f"#/accounts/{name}"
        yield from _credentials(contract, account, place)
        for kind, rows in mapping(account.get("rows")).items():
            if kind not in kinds:
                yield (
                    f"{place}/rows/{kind}",
                    f"there is no kind {kind!r}; there are {', '.join(sorted(kinds))}",
                )
            else:
                yield from _rows(contract, kinds[kind], rows, f"{place}/rows/{kind}")
    for name, entry in mapping(data.get("settings")).items():
        if mapping(entry).get("value") is None or not mapping(entry).get("description"):
            yield f"#/settings/{name}", "needs a value and a description"
    yield from _samples(contract, data)


def _credentials(contract: Contract, account: Mapping[str, Any], place: str) -> Iterator[tuple[str, str]]:
    schemes = mapping(contract.document.get("components", {}).get("securitySchemes"))
    if contract.rpc_methods and not schemes:
        return
    for number, entry in enumerate(sequence(account.get("credentials"))):
        if entry.get("scheme") not in schemes:
            message = f"is for the security scheme {entry.get('scheme')!r}; the contract has {', '.join(schemes)}"
            yield f"{place}/credentials/{number}", message


def _rows(contract: Contract, kind: Mapping[str, Any], rows: Any, place: str) -> Iterator[tuple[str, str]]:
    pointer = kind.get("schema")
    if pointer is not None:
        try:
            resolve(contract.document, pointer)
        except (LookupError, ValueError):
            yield place, f"its kind refers to the schema {pointer}, which is not there"
            pointer = None
    judge = Expectations(contract)
    seen: set[str] = set()
    for number, row in enumerate(sequence(rows)):
        where = f"{place}/{number}"
        if "_generate" in row:  # a template: the server judges the rows that it writes out
            continue
        identity = repr(row.get(kind.get("id", "")))
        if kind.get("id") not in row:
            yield where, f"has no {kind.get('id')}, which is the id of its kind"
        elif identity in seen:
            yield where, f"has the {kind['id']} {identity} of an earlier row"
        seen.add(identity)
        if pointer is not None:
            visible = {name: value for name, value in row.items() if not name.startswith("_")}
            for finding in judge.judge_value(pointer, visible, "the row"):
                yield where, f"does not fit {pointer}: {finding.about}"


def _samples(contract: Contract, data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    samples = mapping(data.get("samples"))
    for operation in contract.operations:
        free = [item for item in operation.definition["parameters"] if "enum" not in mapping(item.get("schema"))]
        for name in [item["name"] for item in free if item["in"] == "path"]:
            if name not in samples:
                yield "#/samples", f"has no {name}, which {operation.id} needs"
    accounts = mapping(data.get("accounts"))
    others = {f"others/{name}": entry for name, entry in mapping(data.get("others")).items()}
    for name, entry in {"login": data.get("login", {}), **others}.items():
        chosen = mapping(entry)
        account, number = chosen.get("account"), chosen.get("credential")
        known = sequence(mapping(accounts.get(str(account))).get("credentials"))
        if chosen and not (isinstance(number, int) and 0 <= number < len(known)):
            yield f"#/{name}", f"there is no credential {number!r} of account {account!r}"
