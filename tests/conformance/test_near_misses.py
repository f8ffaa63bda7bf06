"""The table of near misses, and what reads dates and pictures to their ends."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import pytest

from mailproof_conformance.http_date import is_http_date
from mailproof_conformance.near_misses import alike_at_first, near_misses
from mailproof_conformance.pictures import whole_png
from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from collections.abc import Callable

SAME: dict[str, Callable[[str], str]] = {
    "a server that trims": lambda text: text.strip(),
    "a server that folds letters": lambda text: text.casefold(),
    "a server that looks at eight characters": lambda text: text[:8],
    "a server that cuts at a semicolon": lambda text: text.partition(";")[0],
    "a server that cuts at an at sign": lambda text: text.partition("@")[0],
    "a server that ends at a NUL": lambda text: text.partition("\0")[0],
    "a server that drops a slash at the end": lambda text: text.rstrip("/"),
    "a server that drops a dot at the end": lambda text: text.rstrip("."),
}


@pytest.mark.parametrize("text", ["5606", "xyzpwd123", "Ärger", "My List", "a", "é", "0", "日本"])
def test_every_near_miss_is_another_text_that_can_be_sent(text: str) -> None:
    found = near_misses(text)
    assert text not in found.values()
    assert "" not in found.values()
    assert all(other.encode() for other in found.values())


@pytest.mark.parametrize("server", SAME)
def test_each_kind_of_lax_comparison_takes_one_for_the_text(server: str) -> None:
    text = "Secret-Word-17"
    assert any(SAME[server](other) == SAME[server](text) for other in near_misses(text).values())


@pytest.mark.parametrize("other", ["05606", "+5606", "5606.0", "5606e0", "0x15e6", "560_", "560%", "5606;x", "%35606"])
def test_a_number_has_near_misses_in_other_forms(other: str) -> None:
    assert other in near_misses("5606").values()


def test_accents_are_added_left_out_and_written_apart() -> None:
    assert {"Große", "Gro\u0308ße"} <= set(near_misses("Größe").values())
    assert {"\u00e1b", "a\u0301b"} <= set(near_misses("ab").values())


@pytest.mark.parametrize("cut", [8, 16, 32, 64])
def test_long_pairs_differ_behind_the_cut_and_no_sooner(cut: int) -> None:
    one, two = alike_at_first("c", 100)[cut]
    assert one != two
    assert one[:cut] == two[:cut]
    assert len(one) == cut + 1


def test_long_pairs_stay_within_a_limit() -> None:
    assert [8, 16, 32, 64] == list(alike_at_first("c", 100))
    assert [16, 32, 64, 255] == list(alike_at_first("c" * 9))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", True),
        ("Sun, 06 Nov 1994 08:49:37 +0000", False),
        ("Sun, 6 Nov 1994 08:49:37 GMT", False),
        ("Sunday, 06-Nov-94 08:49:37 GMT", False),
        ("Sun, 31 Feb 1994 08:49:37 GMT", False),
        ("1994-11-06T08:49:37Z", False),
        ("", False),
    ],
)
def test_a_date_is_written_as_http_has_it(text: str, *, expected: bool) -> None:
    assert expected is is_http_date(text)


def chunk(name: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEAD, PIXELS, END = chunk(b"IHDR", b"\0" * 13), chunk(b"IDAT", b"x"), chunk(b"IEND")


def test_a_whole_picture_is_taken() -> None:
    whole_png(SIGNATURE + HEAD + PIXELS + END, "a picture")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        SIGNATURE,
        SIGNATURE + HEAD + PIXELS,
        SIGNATURE + HEAD + END,
        SIGNATURE + PIXELS + END,
        SIGNATURE + HEAD + PIXELS + END[:-1],
        SIGNATURE + HEAD + PIXELS + END + b"x",
        SIGNATURE + HEAD + PIXELS[:-1] + b"\0" + END,
        SIGNATURE + HEAD + b"\xff\xff\xff\xffIDAT",
    ],
)
def test_a_picture_that_is_not_whole_is_refused(data: bytes) -> None:
    with pytest.raises(Broken):
        whole_png(data, "a picture")
