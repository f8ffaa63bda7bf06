"""Tells people and programs how to reach the sandbox: addresses, credentials, sample ids, and curl lines that work."""

from __future__ import annotations

import base64
import json
import os
import tempfile
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any
from urllib.parse import quote as percent

from mailproof.promises import ContractError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mailproof.promises import Operation
    from mailproof_mock.fixtures import Credential
    from mailproof_mock.sandbox import Sandbox

_CURL_LINES = 3  # for each provider; the contract names the rest


def ready_document(url: str, sandboxes: Sequence[Sandbox]) -> dict[str, Any]:
    """What a program needs to use the sandbox.

    `{"url", "providers": {name: {"base_url", "vintage", "headers" or "api_key", "samples", "others", "strict"}}}`;
    `vintage` only where the contract tells vintages apart. `strict`: the sandbox keeps the assumed clauses too, and
    may be judged by them.
    """
    return {"url": url, "providers": {sandbox.provider: _entry(url, sandbox) for sandbox in sandboxes}}


def write_ready_file(path: Path, document: Mapping[str, Any]) -> None:
    """Writes the document so that a reader sees all of it or nothing.

    Raises ContractError when the place is not writable.
    """
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(document, file, indent=2, ensure_ascii=False)
            file.write("\n")
        Path(temporary).replace(path)
    except OSError as error:
        raise ContractError(f"--ready-file {path}: cannot be written: {error.strerror}") from None


def describe_sandbox(url: str, sandboxes: Sequence[Sandbox]) -> Iterator[str]:
    """The same for a person, line by line."""
    yield f"mailproof mock: {url}  (nothing that is sent leaves this machine; outbox: {url}/_mailproof/outbox)"
    for sandbox in sandboxes:
        entry = _entry(url, sandbox)
        yield ""
        vintage = f"  (vintage {entry['vintage']})" if "vintage" in entry else ""
        yield f"{sandbox.provider}  {entry['base_url'] or url}{vintage}"
        for name, value in entry.get("headers", {}).items():
            yield f"  {name}: {value}"
        if "api_key" in entry:
            yield f"  API key: {entry['api_key']}"
        plain = {
            name: value
            for name, value in entry["samples"].items()
            if "." not in name and not isinstance(value, (dict, list))
        }
        if plain:
            yield f"  samples: {json.dumps(plain, ensure_ascii=False)}"
        for line in list(_curl_lines(sandbox, entry))[:_CURL_LINES]:
            yield f"  {line}"


def _entry(url: str, sandbox: Sandbox) -> dict[str, Any]:
    fixtures = sandbox.fixtures
    entry: dict[str, Any] = {"base_url": url + sandbox.mount}
    if sandbox.contract.vintage is not None:
        entry["vintage"] = sandbox.contract.vintage
    if fixtures.login is not None:
        entry.update(_sent_as(sandbox, fixtures.login))
    entry["samples"] = fixtures.samples
    entry["others"] = {name: _sent_as(sandbox, credential) for name, credential in fixtures.others.items()}
    entry["strict"] = True
    return entry


def _sent_as(sandbox: Sandbox, credential: Credential) -> dict[str, Any]:
    """A credential as it travels: request headers, or the key of a JSON-RPC API."""
    scheme = sandbox.contract.document.get("components", {}).get("securitySchemes", {}).get(credential.scheme)
    if scheme is None:
        return {"api_key": credential.secret["key"]}
    if scheme["type"] == "http":
        text = f"{credential.secret['username']}:{credential.secret['password']}"
        return {"headers": {"Authorization": f"Basic {base64.b64encode(text.encode()).decode()}"}}
    return {"headers": {scheme["name"]: credential.secret["key"]}}


def _curl_lines(sandbox: Sandbox, entry: Mapping[str, Any]) -> Iterator[str]:
    for name, method in sandbox.contract.rpc_methods.items():
        if method.get("required", 1) == 1:
            call = {"jsonrpc": "2.0", "id": 1, "method": name, "params": [entry.get("api_key", "")]}
            url = quote(entry["base_url"] + "/")
            yield f"curl -s -H 'Content-Type: application/json' -d {quote(json.dumps(call))} {url}"
    if sandbox.contract.rpc_methods:
        return
    headers = "".join(f" -H {quote(f'{name}: {value}')}" for name, value in entry.get("headers", {}).items())
    for operation in sandbox.contract.operations:
        path = _filled(operation, entry["samples"])
        if path is not None and not operation.at_root and "requestBody" not in operation.definition:
            verb = "" if operation.method == "get" else f" -X {operation.method.upper()}"
            yield f"curl -s{verb}{headers} {quote(entry['base_url'] + path)}"


def _filled(operation: Operation, samples: Mapping[str, Any]) -> str | None:
    """The operation's path with samples in it; None where the sandbox has no sample for a parameter."""
    path = operation.path
    for parameter in operation.definition["parameters"]:
        if parameter["in"] != "path":
            continue
        if parameter["name"] not in samples:
            return None
        path = path.replace(f"{{{parameter['name']}}}", percent(str(samples[parameter["name"]]), safe=""))
    return path
