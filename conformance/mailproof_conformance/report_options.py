"""What a run was made with, as its report tells it and as a command line says it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mailproof_conformance.options import Options

FILE = "report.json"
"""The name of a saved report."""


def chosen(options: Options) -> dict[str, Any]:
    """The member `options` of a report."""
    return {
        "profile": options.profile,
        "seed": options.seed,
        "strict": options.strict,
        "examples": options.examples,
        "time_budget": options.time_budget,
        "only": list(options.only),
        "allow": sorted(options.allow),
    }


def options_line(options: Options) -> str:
    """The options on which the requests of a case depend, with a blank before each."""
    examples = "" if options.examples is None else f" --examples {options.examples}"
    return f" --profile {options.profile} --seed {options.seed}{examples}"


def quoted(text: str) -> str:
    """A text as one word of a POSIX shell, always between quotes: ids look alike in a report."""
    return "'" + text.replace("'", "'\\''") + "'"


def replay_line(case_id: str, file: str = FILE) -> str:
    """The command line that repeats a case of a saved report."""
    return f"mailproof check --replay {quoted(f'{file}#{case_id}')}"


def in_folder(report: Mapping[str, Any], folder: Path | None) -> dict[str, Any]:
    """The report as a terminal tells it: with replay lines that name the saved file from where the user stands."""
    if folder is None:
        return dict(report)
    cases = [
        {**case, "replay": replay_line(case["id"], str(folder / FILE))} if "replay" in case else case
        for case in report["cases"]
    ]
    return {**report, "cases": cases}
