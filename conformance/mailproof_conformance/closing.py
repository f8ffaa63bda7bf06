"""What is said at the end of a run beside its result: known failures out of date, and that it did not end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ADVICE = {
    "passes": "is on the list and passes; take it off",
    "expired": "was known until a day that has passed, and is still broken",
    "no such case": "is on the list, and the contract has no such case",
}


def closing(report: Mapping[str, Any]) -> Iterator[str]:
    """The lines, none for a run that ended and has no list of known failures. They are plain text of one line each."""
    stale = [item for item in report["known_failures"]["stale"] if item["why"] in _ADVICE]
    for item in stale:
        yield f"stale known failure {item['id']}: it {_ADVICE[item['why']]} ({item['reason']})"
    if stale:
        yield f"{report['known_failures']['file']}: {len(stale)} stale, which makes the run red"
    if report["unfinished"] is not None:
        idle = sum(case["verdict"] == "disabled" and case["reason"] == report["unfinished"] for case in report["cases"])
        yield f"not finished: {idle} of {len(report['cases'])} cases were not run, for {report['unfinished']}"
