"""Reads the objects inside a contract's document, where a member may be missing or null."""

from __future__ import annotations

from typing import Any, cast


def members(node: Any, *names: str) -> dict[str, Any]:
    """The object found by going down the named members; an empty one where the way ends early or at something else."""
    for name in names:
        node = cast("dict[str, Any]", node).get(name) if isinstance(node, dict) else None
    return cast("dict[str, Any]", node) if isinstance(node, dict) else {}
