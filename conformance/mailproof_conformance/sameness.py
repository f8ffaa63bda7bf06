"""When two JSON values are the same."""

from __future__ import annotations

from typing import Any, cast


def same(left: object, right: object) -> bool:
    """Whether two JSON values are the same: 1 is 1.0 and is not true, the order of members is irrelevant."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        ours, theirs = cast("dict[str, Any]", left), cast("dict[str, Any]", right)
        return ours.keys() == theirs.keys() and all(same(value, theirs[name]) for name, value in ours.items())
    if isinstance(left, list) and isinstance(right, list):
        mine, others = cast("list[Any]", left), cast("list[Any]", right)
        return len(mine) == len(others) and all(map(same, mine, others))
    return left == right
