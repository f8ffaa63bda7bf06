"""Reads a report that an earlier run wrote, and trusts nothing in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import jsonschema_rs

from mailproof_conformance.plain import plain
from mailproof_conformance.report import FORMAT, schema

if TYPE_CHECKING:
    from pathlib import Path

_LARGEST = 256 * 1024 * 1024  # bytes


class ReportError(Exception):
    """A file is no report; the text is one line that says what is wrong, and what would be right."""


def read_report(path: Path) -> dict[str, Any]:
    """The report in a file, as report.schema.json describes it. Raises ReportError for anything else."""
    document = load_report(path)
    try:
        error = next(jsonschema_rs.Draft202012Validator(schema()).iter_errors(document), None)
    except ValueError as problem:  # a number or a text that is none of JSON
        raise ReportError(f"{path}: is no JSON that can be checked: {_line(str(problem))}") from None
    if error is not None:
        place = "/".join(str(part) for part in error.instance_path)
        raise ReportError(
            f"{path}: is not what `mailproof report --schema` describes: /{place}: {_line(error.message)}"
        )
    _check_names(path, document)
    return document


def load_report(path: Path) -> dict[str, Any]:
    """A JSON object that says that it is a report of this format; nothing else of it is looked at.

    Raises ReportError.
    """
    document = _document(path)
    if document.get("format") != FORMAT:
        found = json.dumps(document.get("format"))[:40]
        raise ReportError(
            f"{path}: a report of format {found}, and this program reads format {FORMAT}; run the check anew"
        )
    return document


def _document(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise ReportError(f"{path}: cannot be read: {error.strerror}") from None
    if len(data) > _LARGEST:
        raise ReportError(f"{path}: is larger than {_LARGEST} bytes, and no report is")
    try:
        document: object = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ReportError(
            f"{path}: is not JSON, as report.json of `mailproof check --report` is: {_line(str(error))}"
        ) from None
    if not isinstance(document, dict):
        raise ReportError(f"{path}: is not an object, as report.json of `mailproof check --report` is")
    return cast("dict[str, Any]", document)


def _check_names(path: Path, document: dict[str, Any]) -> None:
    """What a schema cannot say: that a finding's cases are there, and broken, and that theirs is it."""
    findings = {case["id"]: case.get("finding") for case in document["cases"]}
    for finding in document["findings"]:
        for name in (finding["case"], *finding["cases"]):
            if findings.get(name) != finding["id"]:
                raise ReportError(
                    f"{path}: the finding {finding['id']} names a case that is not one of it: {_line(name)}"
                )


def _line(text: str) -> str:
    line = plain(text)
    return line if len(line) <= 200 else f"{line[:200]}..."  # noqa: PLR2004 - two lines of a terminal
