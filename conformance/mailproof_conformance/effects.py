"""What a request could do to the world, judged from the request itself, not from what a case says."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, cast, get_args
from urllib.parse import parse_qsl, unquote

from mailproof.pointers import mapping, resolve, token
from mailproof.promises import Effect
from mailproof_conformance.calls import called, keys_shown
from mailproof_conformance.lenient import lenient_text
from mailproof_conformance.routes import Routes, overrides

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.exchange import Request
    from mailproof_conformance.target import Target

_ORDER = cast("tuple[Effect, ...]", get_args(Effect))
_RANK: dict[str, int] = {effect: rank for rank, effect in enumerate(_ORDER)}
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_CREDENTIAL_HEADERS = frozenset({"authorization", "proxy-authorization"})


def gravest(effects: Iterable[str]) -> Effect:
    """The strongest of some effects; `read` for none."""
    return cast("Effect", max(effects, key=_RANK.__getitem__, default="read"))


class Effects:
    """Judges requests to one target by its contract."""

    def __init__(self, contract: Contract, target: Target) -> None:
        self._contract = contract
        self._routes = Routes(contract, target)
        self._rpc = {name: cast("Effect", entry.get("effect", "write")) for name, entry in contract.rpc_methods.items()}
        schemes = contract.document.get("components", {}).get("securitySchemes", {}).values()
        names = {
            scheme["name"].lower()
            for scheme in schemes
            if scheme.get("type") == "apiKey" and scheme.get("in") == "header"
        }
        self._secret_headers = _CREDENTIAL_HEADERS | names
        self._queries = {operation.id: _marked_queries(operation) for operation in contract.operations}
        self._members = {operation.id: dict(_marked_members(contract, operation)) for operation in contract.operations}
        known = target.credentials()
        self._right = {value for credential in known for value in credential.headers.values()}
        self._keys = frozenset(credential.api_key for credential in known if credential.api_key is not None)
        self._moving = {operation.id for operation in contract.operations if _goes_on(contract, operation)}
        self._meant = lru_cache(maxsize=4096)(self._meant_by)
        self._asked = lru_cache(maxsize=4096)(self._asked_by)

    def of(self, request: Request) -> Effect:
        """The gravest thing that the request could do, whichever way a server reads it.

        A verb that nothing declares counts as the gravest with that verb.
        """
        path = request.target.partition("?")[0]
        own = self._of_verb(request.method.upper(), path, request)
        others = overrides(request)
        return gravest((own, *(self._of_verb(verb, path, request) for verb in others))) if others else own

    def _of_verb(self, verb: str, path: str, request: Request) -> Effect:
        least, telling = self._meant(verb, path)
        return gravest((least, *(self._effect(operation, request) for operation in telling))) if telling else least

    def _meant_by(self, verb: str, path: str) -> tuple[Effect, tuple[Operation, ...]]:
        """What a verb on a path does whatever else the request holds, and the operations of which the rest tells more.

        A call counts whatever verb brings it: some servers take one with a GET.
        """
        asked = "GET" if verb == "HEAD" else verb
        hits = self._routes.leads_to(path)
        exact = [operation for operation in hits if operation.method.upper() == asked]
        calls = [operation for operation in hits if "x-rpc-methods" in operation.definition]
        plain = [operation for operation in exact if "x-rpc-methods" not in operation.definition]
        least = [operation.effect for operation in plain]
        if not exact and asked not in _SAFE_METHODS:
            least += ["write", *(item.effect for item in self._contract.operations if item.method.upper() == asked)]
        marked = (operation for operation in plain if self._queries[operation.id] or self._members[operation.id])
        return gravest(least), (*calls, *marked)

    def goes_on(self, request: Request) -> bool:
        """Whether the request may look at what goes on by itself when it is looked at, such as a job."""
        if not self._moving:
            return False
        hits = self._routes.leads_to(request.target.partition("?")[0])
        return any(operation.id in self._moving for operation in hits)

    def operation(self, request: Request) -> Operation | None:
        """The operation that the request is for, by its verb and path; None where none is declared for them."""
        return self._asked(request.method.upper(), request.target.partition("?")[0])

    def _asked_by(self, verb: str, path: str) -> Operation | None:
        exact = [operation for operation in self._routes.leads_to(path) if operation.method.upper() == verb]
        return min(exact, key=lambda item: item.path.count("{"), default=None)

    def wrong_credentials(self, request: Request) -> bool:
        """Whether the request carries credentials that are not among the target's."""
        shown = [value for name, value in request.headers if name.strip().lower() in self._secret_headers]
        if any(value not in self._right for value in shown):
            return True
        return bool(self._rpc) and any(key not in self._keys for key in keys_shown(request, self._keys))

    def _effect(self, operation: Operation, request: Request) -> Effect:
        if "x-rpc-methods" not in operation.definition:
            return gravest(self._values(operation, request))
        # What the contract does not list may be anything that the server offers.
        return gravest(self._rpc.get(name, "send") for name in called(request))

    def _values(self, operation: Operation, request: Request) -> Iterator[str]:
        """The effects of the marked values that the request holds."""
        queries, members = self._queries[operation.id], self._members[operation.id]
        if queries:
            given = set(_query_names(request))
            yield from (effect for name, effect in queries.items() if name in given)
        if members:
            text = lenient_text(request)
            yield from (effect for name, effect in members.items() if text is None or name in text)


def _goes_on(contract: Contract, operation: Operation) -> bool:
    """Whether the operation reads a thing that has a life of its own (`x-life-cycle` at a member of its answer)."""
    if operation.effect != "read":
        return False
    for status, answer in operation.definition["responses"].items():
        for media_type in mapping(mapping(answer).get("content")) if status.startswith("2") else ():
            place = f"{operation.pointer}/responses/{status}/content/{token(media_type)}/schema"
            with suppress(LookupError):
                schema, found = resolve(contract.document, place)
                if "items" in schema:
                    schema, _ = resolve(contract.document, f"{found}/items")
                if any("x-life-cycle" in mapping(member) for member in mapping(schema.get("properties")).values()):
                    return True
    return False


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


def _query_names(request: Request) -> Iterator[str]:
    """The names in a query that have a value, in lower case, as the most generous server reads them."""
    query = request.target.partition("?")[2]
    for text in (query, unquote(query)):
        for name, value in parse_qsl(text.replace(";", "&").replace("?", "&")):
            if value:
                yield re.split(r"[\[.\x00]", name.strip().lower())[0]
