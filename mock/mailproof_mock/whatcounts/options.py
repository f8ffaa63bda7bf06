"""The options of a send, from queries or from a body: what the contract does not offer is ignored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mailproof import contract

if TYPE_CHECKING:
    from collections.abc import Mapping

_OFFERED = contract("whatcounts").document["components"]["schemas"]["Message"]["properties"]


@dataclass(frozen=True, slots=True)
class Options:
    """What a send was asked for, defaults filled in."""

    format: str
    """`1` plain text, `2` HTML, `99` MIME with both."""
    campaign_name: str | None
    respect_optout: bool
    snapshot: bool


def options_of(values: Mapping[str, Any]) -> Options:
    """The options among some values, each as text or as the JSON value that says the same."""
    return Options(
        format=str(_effective(values, "format")),
        campaign_name=_effective(values, "campaignName"),
        respect_optout=_effective(values, "respectOptout") in ("true", True),
        snapshot=_effective(values, "snapshot") in ("1", 1),
    )


def _effective(values: Mapping[str, Any], name: str) -> Any:
    schema = _OFFERED[name]
    value = values.get(name)
    return value if _is_offered(value, schema["anyOf"][0]) else schema.get("default")


def _is_offered(value: object, branch: Mapping[str, Any]) -> bool:
    if "enum" in branch:
        # Python holds 1, 1.0 and True for equal; JSON does not, and neither does the contract.
        return any(type(value) is type(offered) and value == offered for offered in branch["enum"])
    return isinstance(value, str) and branch["minLength"] <= len(value) <= branch["maxLength"]
