"""`mailproof report`: makes any form of a report from the report.json of an earlier run."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from mailproof_conformance.report import schema
from mailproof_conformance.report_file import ReportError, read_report
from mailproof_conformance.write import ARTEFACTS

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("file", type=_FILE, required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice([name for name in ARTEFACTS if name != "json"]),
    default="html",
    show_default=True,
    help="What to make of it.",
)
@click.option("-o", "--output", type=_FILE, help="Where to write it; else it goes to standard output.")
@click.option("--schema", "wants_schema", is_flag=True, help="Print the JSON Schema of report.json, and read no file.")
def report(file: Path | None, form: str, output: Path | None, *, wants_schema: bool) -> None:
    """Make a page, a JUnit, SARIF or Markdown file, or a badge from FILE, the report.json of an earlier run.

    Exit code: 0 it was made, 2 wrong usage, or no report.
    """
    if wants_schema:
        _write(f"{json.dumps(schema(), indent=2)}\n".encode(), output)
        return
    if file is None:
        raise click.UsageError("nothing to read: give the report.json of a run, or --schema")
    try:
        document = read_report(file)
    except ReportError as error:
        raise click.UsageError(str(error)) from None
    _write(ARTEFACTS[form].made(document), output)


def _write(data: bytes, output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        output.write_bytes(data)
    except OSError as error:
        raise click.UsageError(f"--output {output}: cannot be written: {error.strerror}") from None
