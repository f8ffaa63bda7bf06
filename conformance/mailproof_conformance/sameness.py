"""When two JSON values are the same."""

from __future__ import annotations

from typing import Any, cast


def same(left: object, right: object) -> bool:
    """Whether two JSON values are the same: 1 is 1.0 and is not true, the order of members is irrelevant."""
    # Python's own comparison is quick and says too rarely that values differ: it takes 1 for True.
    return left == right and _alike(left, right)


def _alike(left: object, right: object) -> bool:
    """Whether values that are equal have their booleans in the same places."""
    kind = type(left)
    if kind is dict:
        ours, theirs = cast("dict[str, Any]", left), cast("dict[str, Any]", right)
        for name, value in ours.items():
            other = theirs[name]
            if value is not other and not _alike(value, other):
                return False
        return True
    if kind is list:
        for value, other in zip(cast("list[Any]", left), cast("list[Any]", right), strict=True):
            if value is not other and not _alike(value, other):
                return False
        return True
    return (kind is bool) is (type(right) is bool)
