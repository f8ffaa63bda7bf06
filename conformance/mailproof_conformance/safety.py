"""What the guard of a run allowed and refused, for the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mailproof_conformance.guard import Guard
    from mailproof_conformance.own import Own

_MOST_LEFT = 10_000


def safety_of(guard: Guard, own: Own, prefix: str) -> dict[str, Any]:
    """The member `safety` of the report: the permissions and limits, what was refused, and what is left behind.

    What a run leaves is noted only off this machine; the first ten thousand things are named.
    """
    left = guard.bounds.left if guard.bounds is not None else ()
    return {
        "allow": sorted(guard.allow),
        "recipients": len(own.recipients),
        "prefix": prefix,
        "rate": guard.rate,
        "budget": guard.budget,
        "refused": guard.refused.total(),
        "reasons": dict(sorted(guard.refused.items())),
        "waited": round(guard.waited, 3),
        "left": [
            {"names": item.pool, "id": item.id, "operation": item.operation, "removable": item.removable}
            for item in left[:_MOST_LEFT]
        ],
    }
