"""`mailproof report` from the outside: every form of a report from its JSON, and one line for a mistake."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from mailproof_conformance.write import ARTEFACTS, write_report

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Command = Callable[..., tuple[int, str, str]]
    ReportOf = Callable[..., dict[str, Any]]


@pytest.fixture
def folder(report_of: ReportOf, things: Callable[..., Any], tmp_path: Path) -> Path:
    """The folder of a report as `mailproof check --report` leaves it."""
    write_report(report_of(things("forgets"), "MIN-*"), tmp_path)
    return tmp_path


@pytest.mark.parametrize("form", [name for name in ARTEFACTS if name != "json"])
def test_what_is_made_later_is_what_the_check_wrote(command: Command, folder: Path, form: str) -> None:
    made = folder / "made"
    code, output, errors = command("report", str(folder / "report.json"), "--format", form, "-o", str(made))
    assert (0, "", "") == (code, output, errors)
    assert (folder / ARTEFACTS[form].file).read_bytes() == made.read_bytes()


def test_without_a_file_it_goes_to_standard_output(command: Command, folder: Path) -> None:
    code, output, _ = command("report", str(folder / "report.json"), "--format", "junit")
    assert 0 == code
    assert "testsuites" == ET.fromstring(output).tag  # noqa: S314 - our own text


def test_the_schema_is_printed(command: Command) -> None:
    code, output, _ = command("report", "--schema")
    assert 0 == code
    assert 2 == json.loads(output)["properties"]["format"]["const"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "is not JSON"),
        (b"\xff\xfe\x00", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "is not an object"),
        (b"{}", "a report of format null, and this program reads format 2"),
        (b'{"format": 1}', "a report of format 1"),
        (b'{"format": 2}', "is not what `mailproof report --schema` describes"),
        (b'{"format": ["' + b"x" * 5_000 + b'"]}', "a report of format"),
    ],
)
def test_what_is_no_report_is_one_line(command: Command, tmp_path: Path, text: bytes, said: str) -> None:
    (tmp_path / "report.json").write_bytes(text)
    code, output, errors = command("report", str(tmp_path / "report.json"))
    assert 2 == code
    assert said in errors
    assert 1 == errors.count("\n")
    assert len(errors) < 600
    assert "" == output


def test_a_report_that_was_cut_off_or_tampered_with_is_one_line(command: Command, folder: Path) -> None:
    file = folder / "report.json"
    whole = file.read_text()
    document = json.loads(whole)
    first, second = document["cases"]
    [finding] = document["findings"]
    tampered = [
        {**document, "findings": [{**finding, "case": "nobody"}]},
        {**document, "findings": [{**finding, "cases": [*finding["cases"], second["id"]]}]},
        {**document, "cases": [{name: item for name, item in first.items() if name != "exchanges"}, second]},
        {**document, "cases": [{**first, "verdict": "excellent"}, second]},
        {**document, "surprise": 1},
        {**document, "seed": "\ud800"},
    ]
    for text in (whole[: len(whole) // 2], *map(json.dumps, tampered)):
        file.write_text(text)
        code, _, errors = command("report", str(file))
        assert 2 == code, text[:200]
        assert 1 == errors.count("\n")
        assert "Traceback" not in errors


@pytest.mark.parametrize("form", [name for name in ARTEFACTS if name != "json"])
def test_odd_texts_in_a_valid_report_do_no_harm(command: Command, folder: Path, form: str) -> None:
    file = folder / "report.json"
    document = json.loads(file.read_text())
    document["cases"][0] |= {"reason": "\ud800\x00\u202e", "actual": {"\udfff": "\ud800"}, "promise": "", "source": ","}
    document |= {"started": "2024-06-01T09:00:00Z", "seconds": 1e308}
    file.write_text(json.dumps(document))
    code, _, errors = command("report", str(file), "--format", form, "-o", str(folder / "made"))
    assert (0, "") == (code, errors)
    (folder / "made").read_bytes().decode()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "nothing to read: give the report.json of a run, or --schema"),
        (["/nowhere/report.json"], "/nowhere/report.json: cannot be read: No such file or directory"),
        (["--format", "pdf"], "Invalid value for '--format'"),
        (["."], "is a directory"),
    ],
)
def test_a_mistake_is_one_line_and_exit_2(command: Command, words: list[str], said: str) -> None:
    code, output, errors = command("report", *words)
    assert (2, "") == (code, output)
    assert said in errors
    assert 1 == errors.count("\n")


def test_an_output_that_cannot_be_written_is_a_mistake(command: Command, folder: Path) -> None:
    code, _, errors = command("report", str(folder / "report.json"), "-o", str(folder / "no" / "such" / "place"))
    assert 2 == code
    assert "cannot be written: No such file or directory" in errors


def test_a_pipe_is_read_too(command: Command, folder: Path) -> None:
    read, write = os.pipe()
    with os.fdopen(write, "wb") as end:
        end.write((folder / "report.json").read_bytes()[:60_000])
    code, _, errors = command("report", f"/dev/fd/{read}", "--format", "badge")
    os.close(read)
    assert code in {0, 2}
    assert "Traceback" not in errors
