"""A broken case of a report in the few lines that a reader needs, without colours or a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_MOST_SHOWN = 20
_LONGEST = 200
"""Letters of a value: two lines of a terminal."""


def story(case: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The rows of the story, each with its name: what was promised and where, what came instead, how to see it again.

    `case` is a failed case as a report has it.
    """
    return [
        ("promise", case["promise"]),
        ("read in", case["source"]),
        ("broken", case["reason"]),
        ("expected", _short(case["expected"])),
        ("came", _short(case["actual"])),
        ("again", case["replay"]),
    ]


def block(case: Mapping[str, Any]) -> str:
    """The story as text, with the request that showed it as a line for a shell."""
    rows = story(case)
    curl = next((item["curl"] for item in reversed(case["exchanges"]) if item["curl"]), None)
    if curl is not None:
        rows.insert(-1, ("curl", curl))
    lines = [f"{_word(case)} {case['id']}", *(f"     {name:<8} {text}" for name, text in rows)]
    return "\n".join(lines)


def blocks(cases: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The stories of the first of some broken cases, and how many more there are."""
    for case in cases[:_MOST_SHOWN]:
        yield block(case)
    if len(cases) > _MOST_SHOWN:
        yield f"... and {len(cases) - _MOST_SHOWN} more; the report has them all"


def told(report: Mapping[str, Any]) -> str:
    """What a report says: each broken case, and a last line with the totals."""
    broken = [case for case in report["cases"] if case["verdict"] in {"fail", "error"} and not case["note"]]
    return "\n".join([*blocks(broken), verdict(report)])


def verdict(report: Mapping[str, Any]) -> str:
    """The one line that says how a run ended."""
    result = "conforms" if report["conforms"] else "does not conform"
    totals = ", ".join(f"{count} {name}" for name, count in report["totals"].items() if count)
    made = f"{report['requests']} requests, seed {report['seed']}"
    return f"{report['provider']} {result}: {totals or 'no case'} ({made})"


def _word(case: Mapping[str, Any]) -> str:
    return "note" if case["note"] else str(case["verdict"])


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."
