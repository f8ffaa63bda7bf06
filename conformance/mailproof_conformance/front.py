"""What the contract says of the API's front door (`x-front`) and of its error answers (`x-problems`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mailproof.pointers import mapping, members, resolve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailproof.promises import Contract, Level, Operation

FRAMEWORK_PROBLEMS = (
    "bad-request",
    "unauthorized",
    "unknown-path",
    "wrong-verb",
    "not-acceptable",
    "too-large",
    "url-too-long",
    "unsupported-media-type",
    "internal-error",
)
"""The names that every contract with an `x-front` has."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One error answer by its name."""

    name: str
    status: int
    body: Any = None
    """The example body, or None where the answer has no body."""
    schema: str | None = None
    """Pointer of the body's schema."""
    detail: str | None = None
    """The member of the body that takes the specific text."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    level: Level = "core"


@dataclass(frozen=True, slots=True)
class Front:
    """The front door's rules; the names are those of `x-front`."""

    case_sensitive: bool
    trailing_slash: str
    authenticate: str
    unknown_accept: str
    accept_alias: Mapping[str, str]
    content_type: str
    head: str
    options: str
    body_limit: int
    url_limit: int


FRONT_KEYS: Mapping[str, tuple[object, ...]] = {
    "case-sensitive": (True, False),
    "trailing-slash": ("same", "distinct"),
    "authenticate": ("before-routing", "after-routing", "in-body"),
    "unknown-accept": ("refuse", "default"),
    "content-type": ("enforce", "ignore"),
    "head": ("as-get", "refuse"),
    "options": ("allow", "refuse"),
    "cors": ("any", "none"),
    "query-case": ("heed", "ignore"),
    "member-case": ("heed", "ignore"),
    "binding": ("first", "with-the-action"),
    "accept-alias": (),
    "body-limit": (),
    "url-limit": (),
    "server": (),
}
"""Every key of `x-front` with its values; none where the value is free."""


def level_of(*standings: str | None) -> Level:
    """The weakest level that some standings allow.

    `inferred` is assumed, further sources extended, the seeds core.
    """
    if "inferred" in standings:
        return "assumed"
    return "extended" if {"docs", "client"} & set(standings) else "core"


def answer_level(operation: Operation, *standings: str | None) -> Level:
    """The weakest level of an operation, of its answer when all is well, and of what else a case leans on.

    The operation may stand in a vendor's index while the form of its answer is our assumption.
    """
    responses = mapping(operation.definition.get("responses"))
    good = min((status for status in responses if status.startswith("2")), default="")
    return level_of(operation.standing, members(responses, good).get("x-standing"), *standings)


def front_of(contract: Contract) -> Front | None:
    """The contract's front door, or None for a contract that says nothing of it."""
    rules = mapping(contract.document.get("x-front"))
    if not rules:
        return None
    return Front(
        case_sensitive=rules.get("case-sensitive", True),
        trailing_slash=rules.get("trailing-slash", "distinct"),
        authenticate=rules.get("authenticate", "after-routing"),
        unknown_accept=rules.get("unknown-accept", "default"),
        accept_alias=rules.get("accept-alias") or {},
        content_type=rules.get("content-type", "enforce"),
        head=rules.get("head", "refuse"),
        options=rules.get("options", "refuse"),
        body_limit=rules.get("body-limit", 1_048_576),
        url_limit=rules.get("url-limit", 16_384),
    )


def problems_of(contract: Contract) -> dict[str, Problem]:
    """The contract's error answers by name."""
    entries = mapping(contract.document.get("x-problems"))
    return {name: _problem(contract, name, entry) for name, entry in entries.items()}


@lru_cache(maxsize=256)
def problem_of(contract: Contract, name: str) -> Problem | None:
    """The contract's error answer of that name, or None where it has none."""
    entry = mapping(contract.document.get("x-problems")).get(name)
    return None if entry is None else _problem(contract, name, entry)


def _problem(contract: Contract, name: str, entry: Mapping[str, Any]) -> Problem:
    body = None
    if "example" in entry:
        body = resolve(contract.document, entry["example"])[0]["value"]
    return Problem(
        name=name,
        status=int(entry["status"]),
        body=body,
        schema=entry.get("schema"),
        detail=entry.get("detail"),
        headers={name.lower(): str(value) for name, value in mapping(entry.get("headers")).items()},
        level=level_of(entry.get("x-standing")),
    )
