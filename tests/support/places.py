"""Which operation, or which JSON-RPC methods, a request asks."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from mailproof.promises import Contract, Operation
    from mailproof_conformance.exchange import Request


class Places:
    """The paths of a contract, as a request finds them."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        server = (contract.document.get("servers") or [{"url": ""}])[0]["url"]
        self._mount = urlsplit(server).path.rstrip("/")
        self._patterns = [(operation, self._pattern(operation)) for operation in contract.operations]

    def names(self, request: Request) -> set[str]:
        """The operation at a request's path and verb; for a JSON-RPC endpoint the methods that are called too."""
        operation = self.operation(request)
        if operation is None:
            return set()
        return {operation.id, *methods(request)} if self.contract.rpc_methods else {operation.id}

    def operation(self, request: Request) -> Operation | None:
        """The operation at a request's path and verb; None where there is none."""
        found = self.at(request)
        return next((operation for operation in found if operation.method.upper() == request.method), None)

    def at(self, request: Request) -> list[Operation]:
        """The operations at a request's path, a path without parameters before any with."""
        path = request.target.partition("?")[0]
        found = [operation for operation, pattern in self._patterns if pattern.fullmatch(path)]
        fewest = min((operation.path.count("{") for operation in found), default=0)
        return [operation for operation in found if operation.path.count("{") == fewest]

    def _pattern(self, operation: Operation) -> re.Pattern[str]:
        mount = self._mount.rpartition("/")[0] if operation.at_root else self._mount
        parts = re.split(r"\{[^}]*\}", operation.path)
        return re.compile(re.escape(mount) + "[^/]+".join(map(re.escape, parts)) + "/?", re.IGNORECASE)


def calls(request: Request) -> list[dict[str, Any]]:
    """The JSON-RPC calls in a body: one, those of a batch, or none."""
    try:
        body: Any = json.loads(request.body)
    except (ValueError, RecursionError):
        return []
    items = cast("list[Any]", body) if isinstance(body, list) else [body]
    return [cast("dict[str, Any]", item) for item in items if isinstance(item, dict)]


def methods(request: Request) -> set[str]:
    """The names of the methods that a body calls."""
    return {name for call in calls(request) if isinstance(name := call.get("method"), str)}
