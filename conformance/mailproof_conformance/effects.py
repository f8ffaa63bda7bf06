"""What a request could do to the world, judged from the request itself, not from what a case says."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast, get_args
from urllib.parse import parse_qsl, unquote, unquote_plus

from mailproof.pointers import mapping, resolve, token
from mailproof.promises import Effect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.exchange import Request
    from mailproof_conformance.target import Credential, Target

_ORDER = cast("tuple[Effect, ...]", get_args(Effect))
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_LARGE = 1_048_576
"""Bytes of a body that is not searched: it counts as one that holds every name."""
_CREDENTIAL_HEADERS = frozenset({"authorization", "proxy-authorization"})


def gravest(effects: Iterable[str]) -> Effect:
    """The strongest of some effects; `read` for none."""
    return cast("Effect", max(effects, key=_ORDER.index, default="read"))


class Effects:
    """Judges requests to one target by its contract."""

    def __init__(self, contract: Contract, target: Target) -> None:
        self._contract = contract
        self._target = target
        self._paths = [(self._pattern(operation), operation) for operation in contract.operations]
        self._rpc = {name: cast("Effect", entry.get("effect", "write")) for name, entry in contract.rpc_methods.items()}
        schemes = contract.document.get("components", {}).get("securitySchemes", {}).values()
        names = {
            scheme["name"].lower()
            for scheme in schemes
            if scheme.get("type") == "apiKey" and scheme.get("in") == "header"
        }
        self._secret_headers = _CREDENTIAL_HEADERS | names
        self._hits = lru_cache(maxsize=4096)(self._at)
        self._queries = {operation.id: _marked_queries(operation) for operation in contract.operations}
        self._members = {operation.id: dict(_marked_members(contract, operation)) for operation in contract.operations}

    def of(self, request: Request) -> Effect:
        """The gravest thing that the request could do.

        A verb that nothing declares counts as the gravest with that verb.
        """
        asked = "GET" if request.method.upper() == "HEAD" else request.method.upper()
        hits = self._hits(request.target.partition("?")[0])
        exact = [operation for operation in hits if operation.method.upper() == asked]
        if exact:
            return gravest(self._effect(operation, request) for operation in exact)
        if asked in _SAFE_METHODS:
            return "read"
        return gravest(("write", *(item.effect for item in self._contract.operations if item.method.upper() == asked)))

    def _at(self, path: str) -> list[Operation]:
        """The operations that a path may lead to."""
        forms = {form.rstrip("/").lower() for form in (path, unquote(path))}
        return [operation for pattern, operation in self._paths if any(pattern.fullmatch(form) for form in forms)]

    def operation(self, request: Request) -> Operation | None:
        """The operation that the request is for, by its verb and path; None where none is declared for them."""
        hits = self._hits(request.target.partition("?")[0])
        exact = [operation for operation in hits if operation.method.upper() == request.method.upper()]
        return min(exact, key=lambda item: item.path.count("{"), default=None)

    def wrong_credentials(self, request: Request) -> bool:
        """Whether the request carries credentials that are not among the target's."""
        known = self._target.credentials()
        right = {value for credential in known for value in credential.headers.values()}
        shown = [value for name, value in request.headers if name.lower() in self._secret_headers]
        if any(value not in right for value in shown):
            return True
        keys = {credential.api_key for credential in known}
        return bool(self._rpc) and any(key not in keys for key in _rpc_keys(request.body))

    def _effect(self, operation: Operation, request: Request) -> Effect:
        if "x-rpc-methods" not in operation.definition:
            return gravest((operation.effect, *self._values(operation, request)))
        return gravest(self._rpc.get(name, "read") for name in rpc_names(request.body))

    def _values(self, operation: Operation, request: Request) -> Iterator[str]:
        """The effects of the marked values that the request holds."""
        queries, members = self._queries[operation.id], self._members[operation.id]
        if queries:
            given = {name.lower() for name, value in parse_qsl(request.target.partition("?")[2]) if value}
            yield from (effect for name, effect in queries.items() if name in given)
        if members:
            large = len(request.body) > _LARGE
            body = "" if large else unquote_plus(request.body.decode("latin-1")).lower()
            yield from (effect for name, effect in members.items() if large or name in body)

    def _pattern(self, operation: Operation) -> re.Pattern[str]:
        prefix = self._target.root_prefix if operation.at_root else self._target.prefix
        path = (prefix + operation.path).rstrip("/").lower()
        return re.compile(
            "".join("[^/]*" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]*\})", path))
        )


def _marked_queries(operation: Operation) -> dict[str, str]:
    """The query parameters that have an effect of their own (`x-effect`), by their names in lower case.

    No server that minds the letter case is asked for more by another.
    """
    declared = operation.definition["parameters"]
    return {item["name"].lower(): item["x-effect"] for item in declared if "x-effect" in item}


def _marked_members(contract: Contract, operation: Operation) -> Iterator[tuple[str, str]]:
    """The members of a body that have an effect of their own, likewise."""
    for media_type in mapping(mapping(operation.definition.get("requestBody")).get("content")):
        place = f"{operation.pointer}/requestBody/content/{token(media_type)}/schema"
        with suppress(LookupError):
            for name, member in mapping(resolve(contract.document, place)[0].get("properties")).items():
                if "x-effect" in mapping(member):
                    yield name.lower(), member["x-effect"]


def secret_values(credentials: Iterable[Credential]) -> set[str]:
    """Every header value and key of some credentials."""
    return {value for item in credentials for value in (*item.headers.values(), item.api_key) if value}


def _calls(body: bytes) -> Iterator[dict[str, Any]]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return
    for call in cast("list[Any]", document) if isinstance(document, list) else [document]:
        if isinstance(call, dict):
            yield cast("dict[str, Any]", call)


def rpc_names(body: bytes) -> Iterator[str]:
    """The JSON-RPC methods that a body calls."""
    return (call["method"] for call in _calls(body) if isinstance(call.get("method"), str))


def _rpc_keys(body: bytes) -> Iterator[str]:
    for call in _calls(body):
        params = call.get("params")
        if isinstance(params, list) and params and isinstance(params[0], str):
            yield params[0]
