"""The report as one HTML page that needs nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from mailproof_conformance.case import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

_ORDER = ("fail", "error", "note", "skip", "disabled")


def html(report: Mapping[str, Any]) -> str:
    """The page: result, matrix of operations and kinds, what is broken, clauses, what was not run."""
    environment = Environment(
        loader=PackageLoader(__package__ or "", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["pretty"] = _pretty
    told = [{**case, "word": "note" if case["note"] else case["verdict"]} for case in report["cases"]]
    used = {kind for row in report["matrix"] for kind in row["cells"]}
    broken = [case for word in ("fail", "error", "note") for case in told if case["word"] == word]
    return environment.get_template("report.html.j2").render(
        report=report,
        kinds=[kind for kind in KINDS if kind in used],
        broken=broken,
        idle=[case for case in told if case["word"] in {"skip", "disabled"}],
        order=_ORDER,
    )


def _pretty(value: object) -> str:
    """A value as a reader wants it: a text as it is, anything else as indented JSON."""
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
