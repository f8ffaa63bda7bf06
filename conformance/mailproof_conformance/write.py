"""Writes the files of a report."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mailproof_conformance.badge import badge
from mailproof_conformance.html import html
from mailproof_conformance.junit import junit
from mailproof_conformance.markdown import markdown
from mailproof_conformance.sarif import sarif

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Artefact:
    """One form of a report."""

    file: str
    """Its name in the folder of a report."""
    made: Callable[[Mapping[str, Any]], bytes]
    """Makes it from the report document, and from nothing else."""


def _json(report: Mapping[str, Any]) -> bytes:
    """The document; each case that passed is one line of it, so that thousands of them stay quick to read and write."""
    rest = {name: value for name, value in report.items() if name != "cases"}
    head = json.dumps(rest, indent=2, ensure_ascii=False).removesuffix("\n}")
    cases = ",".join(f"\n    {_case(case)}" for case in report["cases"])
    return f'{head},\n  "cases": [{cases}\n  ]\n}}\n'.encode("utf-8", "backslashreplace")


def _case(case: Mapping[str, Any]) -> str:
    text = json.dumps(case, indent=None if case["verdict"] == "pass" else 2, ensure_ascii=False)
    return text.replace("\n", "\n    ")  # a line end inside a string is escaped


def _html(report: Mapping[str, Any]) -> bytes:
    return html(report).encode("utf-8", "backslashreplace")


ARTEFACTS: Mapping[str, Artefact] = {
    "json": Artefact("report.json", _json),
    "html": Artefact("report.html", _html),
    "junit": Artefact("junit.xml", junit),
    "sarif": Artefact("report.sarif", sarif),
    "markdown": Artefact("summary.md", markdown),
    "badge": Artefact("badge.svg", badge),
}
"""Every form of a report by the name that `mailproof report --format` knows it by."""


def write_report(report: Mapping[str, Any], folder: Path) -> None:
    """Writes every artefact into a folder that exists; older ones are replaced."""
    for artefact in ARTEFACTS.values():
        (folder / artefact.file).write_bytes(artefact.made(report))
