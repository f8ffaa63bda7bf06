"""The small values of the WhatCounts sandbox: moments, options and pictures."""

from __future__ import annotations

import doctest
import struct
import zlib
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from mailproof_mock.whatcounts import dates
from mailproof_mock.whatcounts.dates import entity_date, file_stamp, timestamp
from mailproof_mock.whatcounts.options import Options, options_of
from mailproof_mock.whatcounts.pictures import page_of_text, wire_frame


def test_the_examples_of_the_three_forms_are_true() -> None:
    assert (0, 6) == tuple(doctest.testmod(dates))


@pytest.mark.parametrize(
    ("moment", "stamp", "name", "date"),
    [
        ("2020-01-13T08:46:48.110000", "2020-01-13 08:46:48.11", "20200113084648", "Jan 13, 2020 8:46:48 AM"),
        ("2012-05-21T09:14:16", "2012-05-21 09:14:16.0", "20120521091416", "May 21, 2012 9:14:16 AM"),
        (
            "2024-12-31T00:00:00.000001",
            "2024-12-31 00:00:00.000001",
            "20241231000000",
            "Dec 31, 2024 12:00:00 AM",
        ),
        ("2024-02-29T12:05:00.500000", "2024-02-29 12:05:00.5", "20240229120500", "Feb 29, 2024 12:05:00 PM"),
    ],
)
def test_a_moment_has_three_forms(moment: str, stamp: str, name: str, date: str) -> None:
    then = datetime.fromisoformat(moment)

    assert (stamp, name, date) == (timestamp(then), file_stamp(then), entity_date(then))


DEFAULT = Options(format="1", campaign_name=None, respect_optout=True, snapshot=False)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"format": "3", "respectOptout": "no", "snapshot": "true", "campaignName": ""},
        {"format": True, "snapshot": True, "respectOptout": 0, "campaignName": 7},
        {"format": 1.0, "snapshot": 1.0, "respectOptout": None, "campaignName": "x" * 101},
        {"format": [1], "snapshot": {"1": 1}, "respectOptout": "False", "campaignName": ["x"]},
    ],
)
def test_what_is_not_offered_is_ignored(values: dict[str, Any]) -> None:
    assert DEFAULT == options_of(values)


@pytest.mark.parametrize(
    "values",
    [
        {"format": "99", "campaignName": "June", "respectOptout": "false", "snapshot": "1"},
        {"format": 99, "campaignName": "June", "respectOptout": False, "snapshot": 1},
    ],
)
def test_options_are_texts_or_the_json_values_that_say_the_same(values: dict[str, Any]) -> None:
    assert Options("99", "June", respect_optout=False, snapshot=True) == options_of(values)


def test_a_hundred_characters_are_a_campaign_name() -> None:
    assert "ü" * 100 == options_of({"campaignName": "ü" * 100}).campaign_name


def test_the_page_of_a_text_shows_its_signs() -> None:
    assert "<html><body><pre>a &lt; b &amp; c</pre></body></html>" == page_of_text("a < b & c")


def bars(png: bytes) -> list[int]:
    """The lengths in pixels of the bars of a wire frame, from top to bottom."""
    width, height, depth, colour = struct.unpack(">IIBB", png[16:26])
    assert (8, 0) == (depth, colour)
    (length,) = struct.unpack(">I", png[33:37])
    pixels = zlib.decompress(png[41 : 41 + length])
    rows = [pixels[start + 1 : start + 1 + width] for start in range(0, len(pixels), width + 1)]
    assert height == len(rows)
    inked = [len(row) - row.count(b"\xff") for row in rows]
    return [now for before, now in pairwise(inked) if now and not before]


def test_a_wire_frame_has_a_bar_for_each_line_of_text() -> None:
    head, body = (
        "<head><title>unseen</title></head>",
        "<body><h1>1234</h1><p>12 345678<br>&lt;&gt;</p></body>",
    )

    assert [16, 36, 8] == bars(wire_frame(head + body))


def test_a_wire_frame_breaks_long_lines_and_ends_after_eighty() -> None:
    assert [256, 256, 8] == bars(wire_frame("x" * 130))
    assert 80 == len(bars(wire_frame("<br>".join("x" * 200))))


@pytest.mark.parametrize("page", ["", "<html></html>", "</title></p><script>x</script>", "<<<>>>&&;"])
def test_a_wire_frame_of_hardly_anything_is_still_a_picture(page: str) -> None:
    assert wire_frame(page) == wire_frame(page)
    assert b"\x89PNG\r\n\x1a\n" == wire_frame(page)[:8]
