"""The job summary and the badge: short, and safe whatever a server says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from mailproof_conformance.badge import badge
from mailproof_conformance.known_failures import KnownFailure, Stale
from mailproof_conformance.markdown import markdown

if TYPE_CHECKING:
    from collections.abc import Callable

    ReportOf = Callable[..., dict[str, Any]]

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = (
    "`` | <img src=x> [a](https://evil.example) ![b](c) @you #1 **x** www.evil.example"
    "\n\n# head\n```\n</details>\x1b[31m"
)


def test_the_summary_says_what_a_reader_needs_first(report_of: ReportOf, things: Callable[..., Any]) -> None:
    text = markdown(report_of(things("forgets"), "MIN-*")).decode()
    assert text.startswith("## ❌ Miniature: The server does not conform")
    assert "| fail | pass |\n| ---: | ---: |\n| 1 | 1 |" in text
    assert r"| ❌ fail | Not kept\: A thing that was added is read back as it was added\. | core | 1 |" in text
    assert '* came: ` {"text": "Nothing here"} `' in text
    assert "```sh\ncurl -i --globoff" in text
    assert "Exercised: 2 of 2 operations" in text


def test_a_summary_of_a_conforming_server_is_short(report_of: ReportOf, things: Callable[..., Any]) -> None:
    text = markdown(report_of(things())).decode()
    assert text.startswith("## ✅ Miniature: The server conforms")
    assert "###" not in text


def test_a_summary_tells_what_was_not_tried_and_what_is_out_of_date(
    report_of: ReportOf, things: Callable[..., Any]
) -> None:
    report = report_of(things(), "MIN-*", stale=(Stale(KnownFailure("a|b", "ticket"), "passes"),))
    report["cases"][0] |= {"verdict": "skip", "reason": "no sample"}
    text = markdown(report).decode()
    assert "* passes: ` a|b ` (ticket)" in text
    assert "* 1 case, skip: no sample" in text


def test_hostile_texts_are_no_markdown_and_no_html(report_of: ReportOf, things: Callable[..., Any]) -> None:
    report = report_of(things("forgets"), "MIN-*")
    report["cases"][0] |= {"promise": HOSTILE, "expected": HOSTILE, "actual": {HOSTILE: HOSTILE}, "source": HOSTILE}
    report["cases"][0]["exchanges"][-1]["curl"] = HOSTILE
    report["findings"][0]["title"] = HOSTILE
    report["contract"]["title"] = HOSTILE
    text = markdown(report).decode()
    outside = re.sub(r"(`{3,})sh\n.*?\n\1(?=\n)", "", text, flags=re.DOTALL)
    outside = re.sub(r"(?<![\\`])(`+) .*? \1(?!`)", "", outside)
    bare = re.sub(r"\\.", "", outside)
    assert {"details", "/details", "summary", "/summary"} == set(re.findall(r"<([^>]*)>", bare))
    for sign in ("[", "]", "@", "www.", "://", "**", "\x1b"):
        assert sign not in bare
    assert ["## ", "### "] == [match[0] for match in re.finditer("^#+ ", bare, re.MULTILINE)]
    rows = [line for line in outside.splitlines() if line.startswith("|") and "Not" not in line]
    assert {5} == {len(re.findall(r"(?<!\\)\|", row)) for row in rows[3:]}


def test_a_summary_never_grows_large(report_of: ReportOf, things: Callable[..., Any]) -> None:
    report = report_of(things("wrong-type"))
    report["findings"] = [{**report["findings"][0], "title": "é" * 300} for _ in range(500)]
    for case in report["cases"]:
        for item in case.get("exchanges", []):
            item["curl"] = "x" * 9_000
    data = markdown(report)
    assert 10_000 < len(data) <= 61_000
    assert data.decode().endswith("There is more in the report.*\n")


@pytest.mark.parametrize(
    ("fault", "said", "colour"),
    [(None, "conforms 2/2", "#1a7f4b"), ("forgets", "does not conform 1/2", "#b3261e")],
)
def test_a_badge_shows_the_verdict(
    report_of: ReportOf, things: Callable[..., Any], fault: str | None, said: str, colour: str
) -> None:
    root = ET.fromstring(badge(report_of(things(fault), "MIN-*")))  # noqa: S314 - our own text
    assert f"openapi: {said}" == root.findtext(f"{SVG}title") == root.get("aria-label")
    assert "img" == root.get("role")
    assert colour in [rect.get("fill") for rect in root.iter(f"{SVG}rect")]
    assert ["openapi", said] == [text.text for text in root.iter(f"{SVG}text")]


def test_a_badge_of_nothing_tried_and_of_an_odd_name(report_of: ReportOf, things: Callable[..., Any]) -> None:
    report = report_of(things(), "MIN-*")
    report["totals"] = {**dict.fromkeys(report["totals"], 0), "skip": 2}
    report["provider"] = '<script>"&\x00' + "x" * 100
    root = ET.fromstring(badge(report))  # noqa: S314 - our own text
    assert (root.get("aria-label") or "").endswith(": not tried")
    assert int(root.get("width", 0)) < 400
