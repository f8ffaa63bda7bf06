"""How the vendor's front door behaves: the contract's `x-front`, read and checked."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, cast

from mailproof.promises import ContractError

if TYPE_CHECKING:
    from collections.abc import Mapping

_CHOICES = {
    "trailing_slash": ("same", "distinct"),
    "authenticate": ("before-routing", "after-routing", "in-body"),
    "unknown_accept": ("refuse", "default"),
    "content_type": ("enforce", "ignore"),
    "head": ("as-get", "refuse"),
    "options": ("allow", "refuse"),
    "cors": ("any", "none"),
    "query_case": ("heed", "ignore"),
    "member_case": ("heed", "ignore"),
    "binding": ("first", "with-the-action"),
}


_KINDS = {
    "case_sensitive": "true or false",
    "accept_alias": "an object",
    "body_limit": "a number of bytes",
    "url_limit": "a number of bytes",
    "server": "a text of printable ASCII",
}


@dataclass(frozen=True, slots=True)
class FrontDoor:
    """What happens to a request before an operation sees it. The defaults serve a contract without `x-front`."""

    case_sensitive: bool = True
    trailing_slash: str = "distinct"
    authenticate: str = "after-routing"
    unknown_accept: str = "refuse"
    accept_alias: Mapping[str, str] | None = None
    content_type: str = "enforce"
    head: str = "as-get"
    options: str = "allow"
    cors: str = "none"
    query_case: str = "heed"
    """Whether the letter case of query names matters."""
    member_case: str = "heed"
    """Whether the letter case of the members of a body matters."""
    binding: str = "first"
    """When a value that cannot be read is complained of: before the operation looks for anything, or as it asks."""
    body_limit: int = 1_048_576
    """Bytes."""
    url_limit: int = 16_384
    """Bytes of path and query."""
    server: str = "mailproof"


def front_door(document: Mapping[str, Any], where: str) -> FrontDoor:
    """The front door of a contract. Raises ContractError for a name or value that is not known."""
    declared: object = document.get("x-front") or {}
    if not isinstance(declared, dict):
        raise ContractError(f"{where}: x-front: must be an object")
    marks = cast("dict[str, Any]", declared)
    values = {name.replace("-", "_"): value for name, value in marks.items() if name != "x-standing"}
    known = {field.name for field in fields(FrontDoor)}
    for name, value in values.items():
        if name not in known:
            names = ", ".join(sorted(known)).replace("_", "-")
            raise ContractError(f"{where}: x-front: unknown member {name.replace('_', '-')!r}; it has {names}")
        if name in _KINDS and not _fits(value, _KINDS[name]):
            raise ContractError(f"{where}: x-front: {name.replace('_', '-')} is {value!r}; it is {_KINDS[name]}")
        if value not in _CHOICES.get(name, (value,)):
            raise ContractError(
                f"{where}: x-front: {name.replace('_', '-')} is {value!r}; it is one of {', '.join(_CHOICES[name])}"
            )
    return FrontDoor(**values)


def _fits(value: object, kind: str) -> bool:
    if kind == "true or false":
        return isinstance(value, bool)
    if kind == "an object":
        return isinstance(value, dict)
    if kind == "a number of bytes":
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return isinstance(value, str) and value.isascii() and value.isprintable()
