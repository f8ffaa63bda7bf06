"""Regions of a page: each is written in its place, and a page that has others than are known is refused."""

from __future__ import annotations

import pytest

from page_tables import PageError, rewritten, table

PAGE = """# Page
<!-- speed: one -->
1
<!-- /speed -->
between
<!-- speed: two -->
<!-- /speed -->
<!-- other: one -->
kept
<!-- /other -->
"""


def test_a_region_is_written_in_its_place_and_the_rest_stays() -> None:
    written = rewritten(PAGE, "speed", ("two", "one"), {"one": "first", "two": r"a \\1 b"}.get)
    assert PAGE.replace("\n1\n", "\nfirst\n").replace("two -->\n", "two -->\na \\\\1 b\n") == written


def test_a_region_without_a_table_stays_as_it_is() -> None:
    assert PAGE == rewritten(PAGE, "speed", ("one", "two"), lambda _: None)


@pytest.mark.parametrize(
    ("page", "there"),
    [
        ("", "none"),
        (PAGE.replace("speed: two", "speed: three"), "one, three"),
        (PAGE.replace("speed: two", "speed: one"), "one, one"),
        (PAGE + "<!-- speed: two -->\n<!-- /speed -->\n", "one, two, two"),
        (PAGE.replace("1\n<!-- /speed -->\n", "1\n"), "one"),
        (PAGE.replace("two -->\n<!-- /speed -->", "two -->"), "one"),
    ],
)
def test_a_page_with_other_regions_is_refused(page: str, there: str) -> None:
    said = f"the page has the regions {there} from <!-- speed: NAME --> to <!-- /speed -->; it needs one, two"
    with pytest.raises(PageError, match=f"^{said}$"):
        rewritten(page, "speed", ("one", "two"), str.upper)


def test_a_table_is_lines_of_cells() -> None:
    assert "| a | b |\n| --- | --- |\n| 1 | 2 |" == table(("a", "b"), [("1", "2")])
