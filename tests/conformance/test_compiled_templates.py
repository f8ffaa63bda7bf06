"""The page is the same whatever lies in the cache folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mailproof_conformance.html import html

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder in which a compiled template is kept."""
    monkeypatch.setenv("MAILPROOF_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "templates"


def test_the_template_is_kept_and_taken_again(report_of: Any, things: Any, kept: Path) -> None:
    report = report_of(things("wrong-type"), "verbs/*")
    page = html(report)
    (file,) = kept.iterdir()
    before = file.stat().st_mtime_ns
    assert page == html(report)
    assert before == file.stat().st_mtime_ns


@pytest.mark.parametrize("cut", [0, 1, 40, 400])
def test_a_file_that_is_cut_off_is_made_anew(report_of: Any, things: Any, kept: Path, cut: int) -> None:
    report = report_of(things("wrong-type"), "verbs/*")
    page = html(report)
    (file,) = kept.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:cut])
    assert page == html(report)
    assert whole == file.read_bytes()


def test_a_folder_to_which_others_may_write_is_left_alone(report_of: Any, things: Any, kept: Path) -> None:
    kept.mkdir(parents=True)
    kept.chmod(0o777)
    html(report_of(things("wrong-type"), "verbs/*"))
    assert [] == list(kept.iterdir())


def test_a_cache_that_is_no_folder_changes_nothing(
    report_of: Any, things: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    report = report_of(things("wrong-type"), "verbs/*")
    page = html(report)
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("MAILPROOF_CACHE", str(tmp_path / "file"))
    assert page == html(report)
