"""When two JSON values are the same."""

from __future__ import annotations

from typing import Any, cast


def same(left: object, right: object) -> bool:
    """Whether two JSON values are the same: 1 is 1.0 and is not true, the order of members is irrelevant."""
    kind = type(left)
    if kind is not type(right):
        return bool not in {kind, type(right)} and left == right
    if kind is dict:
        ours, theirs = cast("dict[str, Any]", left), cast("dict[str, Any]", right)
        return ours.keys() == theirs.keys() and all(same(value, theirs[name]) for name, value in ours.items())
    if kind is list:
        mine, others = cast("list[Any]", left), cast("list[Any]", right)
        return len(mine) == len(others) and all(map(same, mine, others))
    return left == right
