"""What a run asked for and what came back, counted by the words of the contract: the raw side of its coverage."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from mailproof.pointers import mapping

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailproof.promises import Operation
    from mailproof_conformance.exchange import Request, Response

_MOST_NAMES = 1_000
"""Query names that are remembered for one operation; random requests make up names without end."""


@dataclass(slots=True)
class Asked:
    """What became of the requests to one operation."""

    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter[int])
    request_types: Counter[str] = field(default_factory=Counter[str])
    """By the media type of a body that was sent."""
    answer_types: Counter[tuple[int, str]] = field(default_factory=Counter[tuple[int, str]])
    """By status and media type of a body that came."""
    queries: Counter[str] = field(default_factory=Counter[str])
    headers: Counter[str] = field(default_factory=Counter[str])
    """By the header's name in lower case."""


@dataclass(slots=True)
class Called:
    """What became of the calls of one JSON-RPC method."""

    requests: int = 0
    results: int = 0
    errors: Counter[int] = field(default_factory=Counter[int])
    """By the error's code."""


class Exercised:
    """Counts every exchange of a run; a few microseconds for each."""

    def __init__(self) -> None:
        self.operations: dict[str, Asked] = {}
        self.methods: dict[str, Called] = {}

    def exchanged(self, operation: Operation | None, request: Request, response: Response) -> None:
        """One more answer. A request that no operation is declared for covers nothing."""
        if operation is None:
            return
        asked = self.operations.get(operation.id)
        if asked is None:
            asked = self.operations[operation.id] = Asked()
        asked.requests += 1
        asked.statuses[response.status] += 1
        if response.body:
            asked.answer_types[response.status, response.media_type] += 1
        for name, value in request.headers:
            lower = name.lower()
            asked.headers[lower] += 1
            if request.body and lower == "content-type":
                asked.request_types[value.partition(";")[0].strip().lower()] += 1
        for name in _query_names(request.target.partition("?")[2]):
            if name in asked.queries or len(asked.queries) < _MOST_NAMES:
                asked.queries[name] += 1

    def add(self, other: Exercised) -> None:
        """What another process exercised of the same target, on top."""
        for name, theirs in other.operations.items():
            asked = self.operations.setdefault(name, Asked())
            asked.requests += theirs.requests
            asked.statuses += theirs.statuses
            asked.request_types += theirs.request_types
            asked.answer_types += theirs.answer_types
            asked.queries += theirs.queries
            asked.headers += theirs.headers
        for name, answers in other.methods.items():
            called = self.methods.setdefault(name, Called())
            called.requests += answers.requests
            called.results += answers.results
            called.errors += answers.errors

    def called(self, method: str, envelope: Mapping[str, Any]) -> None:
        """One more answer to a JSON-RPC call."""
        called = self.methods.setdefault(method, Called())
        called.requests += 1
        code = mapping(envelope.get("error")).get("code")
        if isinstance(code, int):
            called.errors[code] += 1
        elif "result" in envelope:
            called.results += 1


@lru_cache(maxsize=2048)
def _query_names(query: str) -> frozenset[str]:
    return frozenset(unquote_plus(pair.partition("=")[0]) for pair in query.split("&") if pair)
