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
    return (json.dumps(report, indent=2, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


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
