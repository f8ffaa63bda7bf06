"""Which operations of a contract a request may lead to, and what stands in its path for them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

from mailproof_conformance.path_forms import readings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.exchange import Request
    from mailproof_conformance.target import Target

_OVERRIDES = frozenset({"x-http-method-override", "x-http-method", "x-method-override", "x-original-method"})
"""Headers by which frameworks let a request ask for another verb than its own; query names too."""
_FORM_OVERRIDE = "_method"


class Routes:
    """The paths of one contract at one target."""

    def __init__(self, contract: Contract, target: Target) -> None:
        self._target = target
        self._paths = [(self._pattern(operation), operation) for operation in contract.operations]
        self._by_depth: dict[int, list[tuple[re.Pattern[str], Operation]]] = {}
        for pattern, operation in self._paths:  # no parameter holds a slash
            self._by_depth.setdefault(self._path(operation).count("/"), []).append((pattern, operation))
        self.leads_to = lru_cache(maxsize=4096)(self._leads_to)

    def _leads_to(self, path: str) -> tuple[Operation, ...]:
        """Every operation that some server could reach by a path."""
        forms = readings(path)
        found = {
            item.id
            for form in forms
            for pattern, item in self._by_depth.get(form.count("/"), ())
            if pattern.fullmatch(form)
        }
        return tuple(item for _, item in self._paths if item.id in found) if found else ()

    def values(self, operation: Operation, path: str) -> Mapping[str, str] | None:
        """The parameters of a plain path, decoded; None where the path is not that of the operation."""
        pattern = next(pattern for pattern, item in self._paths if item is operation)
        found = pattern.fullmatch(path.rstrip("/"))
        names = re.findall(r"\{([^}]*)\}", operation.path)
        return None if found is None else dict(zip(names, map(unquote, found.groups()), strict=True))

    def _pattern(self, operation: Operation) -> re.Pattern[str]:
        parts = re.split(r"(\{[^}]*\})", self._path(operation))
        text = "".join("([^/]*)" if part.startswith("{") else re.escape(part) for part in parts)
        return re.compile(text, re.IGNORECASE)

    def _path(self, operation: Operation) -> str:
        """The operation's whole path with its parameters in braces."""
        prefix = self._target.root_prefix if operation.at_root else self._target.prefix
        return (prefix + operation.path).rstrip("/")


def overrides(request: Request) -> tuple[str, ...]:
    """The verbs, in capitals, that a request asks for beside its own."""
    found = [value for name, value in request.headers if _is_override(name)]
    query = request.target.partition("?")[2]
    if "%" in query or "method" in query.lower():  # every one of these names has that word in it
        for name, value in parse_qsl(query.replace(";", "&"), keep_blank_values=True):
            if name.lower() == _FORM_OVERRIDE or name.lower().replace("_", "-") in _OVERRIDES:
                found.append(value)
    return tuple(value.strip().upper() for value in found)


@lru_cache(maxsize=1024)
def _is_override(name: str) -> bool:
    return name.strip().lower().replace("_", "-") in _OVERRIDES
