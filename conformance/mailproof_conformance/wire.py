"""From an operation and its values to the request on the wire."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from mailproof.pointers import sequence
from mailproof_conformance.exchange import Request

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mailproof.promises import Operation
    from mailproof_conformance.target import Target

_TEXT_QUERY = "-._~!$'()*,;:@/?"
"""What a query may hold as it is, beside letters and digits.

`+` is not in it because many servers read a space.
"""


class Encoded(str):
    """The value of a path parameter that is percent-encoded already, or wrongly so on purpose."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class File:
    """A file as the value of a field of a multipart form."""

    filename: str
    data: bytes
    content_type: str | None = "application/octet-stream"
    """None leaves the header out."""


def path_of(target: Target, operation: Operation, values: Mapping[str, Any], template: str | None = None) -> str:
    """The operation's whole path with its parameters filled in, each percent-encoded.

    Raises KeyError for a missing one.
    """
    path = template or operation.path
    for name in path_parameters(operation):
        path = path.replace(f"{{{name}}}", _segment(values[name]))
    return (target.root_prefix if operation.at_root else target.prefix) + path


def _segment(value: object) -> str:
    return str(value) if isinstance(value, Encoded) else _quoted(text_of(value), "")


@lru_cache(maxsize=4096)
def _quoted(text: str, safe: str) -> str:
    return quote(text, safe=safe)


@lru_cache(maxsize=1024)
def path_parameters(operation: Operation) -> tuple[str, ...]:
    """The names of the operation's path parameters, as declared."""
    return tuple(item["name"] for item in operation.definition["parameters"] if item["in"] == "path")


def query_of(query: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> str:
    """A query string with its `?`, or nothing; a list is sent as a repeated name."""
    pairs = cast("Iterable[tuple[str, Any]]", query.items() if isinstance(query, Mapping) else query)
    flat = [(name, item) for name, value in pairs for item in _values(value)]
    text = "&".join(f"{_query_text(name)}={_query_text(item)}" for name, item in flat)
    return f"?{text}" if text else ""


def _values(value: object) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else [value]


def _query_text(value: object) -> str:
    return _quoted(text_of(value), _TEXT_QUERY)


def text_of(value: object) -> str:
    """A value as a parameter carries it: `true`, `null`, a number as JSON writes it, a text as it is."""
    return value if isinstance(value, str) else json.dumps(value)


def body_of(body: object) -> bytes:
    """A body's bytes: bytes as they are, None as nothing, anything else as JSON."""
    if body is None:
        return b""
    return body if isinstance(body, bytes) else json_of(body)


def json_of(value: object) -> bytes:
    """A value as JSON in UTF-8; None is null."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


@lru_cache(maxsize=1024)
def request_types(operation: Operation) -> tuple[str, ...]:
    """The media types of the operation's request body, as declared; none for an operation without one."""
    return tuple(operation.definition.get("requestBody", {}).get("content", {}))


@lru_cache(maxsize=1024)
def success_types(operation: Operation) -> tuple[str, ...]:
    """The media types of the operation's successful answers, as declared."""
    responses = operation.definition["responses"]
    return tuple(
        dict.fromkeys(
            name for status in sorted(responses) if status[:1] == "2" for name in responses[status].get("content", {})
        )
    )


@lru_cache(maxsize=1024)
def takes_credentials(operation: Operation) -> bool:
    """Whether credentials outside the body mean something to the operation, be they needed or not."""
    return any(sequence(operation.definition.get("security")))


def needs_credentials(operation: Operation) -> bool:
    """Whether the contract asks for credentials outside the body."""
    return takes_credentials(operation) and {} not in sequence(operation.definition.get("security"))


def request(method: str, target: str, headers: Mapping[str, str | None], body: bytes = b"") -> Request:
    """A request.

    A header that is None is left out, a later name replaces an earlier one whatever its letter case.
    """
    merged: dict[str, tuple[str, str | None]] = {}
    for name, value in headers.items():
        merged[name.lower()] = (name, value)
    kept = tuple((name, value) for name, value in merged.values() if value is not None)
    return Request(method=method, target=target, headers=kept, body=body)
