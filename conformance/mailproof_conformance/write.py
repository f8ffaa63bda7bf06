"""Writes the files of a report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mailproof_conformance.html import html
from mailproof_conformance.junit import junit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def write_report(report: Mapping[str, Any], folder: Path) -> None:
    """Writes report.json, junit.xml and report.html into a folder that exists; older ones are replaced."""
    text = json.dumps(report, indent=2, ensure_ascii=False)
    (folder / "report.json").write_text(text + "\n", encoding="utf-8")
    (folder / "junit.xml").write_bytes(junit(report))
    (folder / "report.html").write_text(html(report), encoding="utf-8")
