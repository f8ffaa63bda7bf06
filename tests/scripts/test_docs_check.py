"""The documentation check finds what a page says wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docs_names import check_page
from docs_pages import generated_pages, with_regions
from docs_samples import check_samples, write_samples
from docs_text import ROOT, Page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docs_text import Problem


def page(text: str) -> Page:
    return Page(ROOT / "docs" / "page.md", text)


def texts(problems: Iterable[Problem]) -> list[str]:
    return [problem.text for problem in problems]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[here](nowhere.md)", "the link nowhere.md leads nowhere"),
        ("[here](contracts.md#nothing)", "contracts.md has no heading #nothing"),
        ("`spec/mailproof/nothing.py`", "there is no spec/mailproof/nothing.py"),
        ("`make nothing`", "the Makefile has no target nothing"),
        ("`mailproof nothing`", "there is no command `mailproof nothing`"),
        ("`mailproof mock --nothing`", "`mailproof mock` has no option --nothing"),
        ("WC-nothing-of-the-kind", "no contract has a clause WC-nothing-of-the-kind"),
    ],
)
def test_a_name_that_nothing_bears_is_found(text: str, problem: str) -> None:
    assert [problem] == texts(check_page(page(text)))


@pytest.mark.parametrize(
    "text",
    [
        "[here](contracts.md#the-front-door) and [there](https://example.com/)",
        "`spec/mailproof/<provider>/openapi.yaml`",
        "`make demo`",
        "`mailproof mock --port 0 which50`",
        "```text\n[not a link](nowhere.md)\n```",
    ],
)
def test_a_name_that_something_bears_is_let_through(text: str) -> None:
    assert [] == texts(check_page(page(text)))


def test_a_sample_that_shows_what_is_printed_is_let_through() -> None:
    assert [] == texts(check_samples(page("<!-- checked -->\n```console\n$ echo it took 3 s\nit took 5 s\n```\n")))


def test_a_stale_sample_is_found_and_written_anew() -> None:
    stale = page("<!-- checked -->\n```console\n$ echo one \\\n  two\nthree\n```\nafter\n")
    assert 1 == len(texts(check_samples(stale)))
    assert "<!-- checked -->\n```console\n$ echo one \\\n  two\none two\n```\nafter\n" == write_samples(stale)


def test_a_block_without_the_mark_is_not_run() -> None:
    text = "```console\n$ exit 1\nnothing\n```\n"
    assert text == write_samples(page(text))


def test_a_stale_doctest_is_found() -> None:
    assert 1 == len(texts(check_samples(page("<!-- checked -->\n```pycon\n>>> 1 + 1\n3\n```\n"))))


def test_an_unknown_region_is_refused() -> None:
    with pytest.raises(KeyError, match="nothing"):
        with_regions("<!-- generated: nothing -->\n<!-- /generated -->\n")


def test_the_page_of_a_provider_tells_its_vintages_and_settings() -> None:
    told = {path.stem: text for path, text in generated_pages()}
    assert "| 2025 | " in told["which50"]
    assert "`Contact.ValidationWarnings`" in told["which50"]
    assert "`match` of `run_import_job`" in told["which50"]
    assert "| `import-polls` | `1` |" in told["which50"]
    assert "## Vintages" not in told["whatcounts"]
    assert "## Settings" not in told["whatcounts"]


def test_the_page_of_a_provider_draws_its_life_cycles() -> None:
    told = {path.stem: text for path, text in generated_pages()}
    assert "## Life cycle of ImportJob\n" in told["which50"]
    assert "    Loading --> Running: run_import_job\n" in told["which50"]
    assert "    Finished --> [*]\n" in told["which50"]
    assert "| `add_import_batch` | `Running`, `Finished`, `Failed` | HTTP 417, " in told["which50"]
    assert "Life cycle" not in told["whatcounts"]
