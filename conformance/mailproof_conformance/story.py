"""A finding of a report in the few lines that a reader needs, without colours or a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_conformance.plain import plain
from mailproof_conformance.telling import alike, by_id, facts, many

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MOST_SHOWN = 20
_MOST_NAMED = 8
_LONGEST = 300
_WIDEST = 1_500
"""Characters of a row: a curl line is to be run, so it ends later than what is only read."""


def counted(report: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The findings that make a run red, the gravest first."""
    return [item for item in report["findings"] if item["known"] is None and item["verdict"] != "note"]


def apart(report: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The same without those that the row `also` of another one names."""
    repeated = {item["id"] for others in alike(report).values() for item in others}
    return [item for item in counted(report) if item["id"] not in repeated]


def title(finding: Mapping[str, Any]) -> str:
    """What is broken, and how many cases saw it."""
    seen = "" if finding["count"] == 1 else f" ({many(finding['count'], 'case')})"
    return line(finding["title"]) + seen


def rows(report: Mapping[str, Any], finding: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The facts of a finding, each in one line, with its name."""
    case = by_id(report)[finding["case"]]
    # The title of a clause is its promise.
    told = [
        (name, line(text, _WIDEST))
        for name, text in facts(report, case, finding)
        if text and not (name == "promise" and text in finding["title"])
    ]
    others = alike(report).get(finding["id"])
    if others:
        names = ", ".join(str(item["rule"]) for item in others[:_MOST_NAMED])
        more = f" and {len(others) - _MOST_NAMED} more" if len(others) > _MOST_NAMED else ""
        told.append(("also", f"the same is seen by {many(len(others), 'other clause')}: {line(names)}{more}"))
    return iter(told)


def blocks(report: Mapping[str, Any]) -> Iterator[str]:
    """The stories of the first findings that count, and how many more there are."""
    found = apart(report)
    for finding in found[:_MOST_SHOWN]:
        lines = (f"     {name:<9} {text}" for name, text in rows(report, finding))
        yield "\n".join([f"{finding['verdict']} {title(finding)}", *lines])
    if len(found) > _MOST_SHOWN:
        yield f"... and {many(len(found) - _MOST_SHOWN, 'more finding')}; the report has them all"


def told(report: Mapping[str, Any]) -> str:
    """What a report says: each finding that counts, and a last line with the totals."""
    return "\n".join([*blocks(report), result_line(report)])


def result_line(report: Mapping[str, Any]) -> str:
    """The one line that says how a run ended."""
    result = "conforms" if report["conforms"] else "does not conform"
    totals = ", ".join(f"{count} {name}" for name, count in report["totals"].items() if count)
    made = f"{report['requests']} requests, seed {report['seed']}"
    return f"{report['provider']} {result}: {totals or 'no case'} ({made})"


def line(text: str, most: int = _LONGEST) -> str:
    """A text that a terminal shows as it is, in one line."""
    shown = plain(" ".join(text.split()))
    return shown if len(shown) <= most else f"{shown[:most]}..."
