"""The page of a report in a real browser: it reads, filters and copies, and asks the network for nothing."""

from __future__ import annotations

import os
import re
import shutil
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect, sync_playwright

from mailproof_conformance.html import html

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    ReportOf = Callable[..., dict[str, Any]]

CHROMIUM = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
NARROW = {"width": 400, "height": 800}
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium; `make browser` installs it"),
    pytest.mark.xdist_group("browser"),
]
HOSTILE = "<img src=http://127.0.0.1:9/x onerror=document.title='taken'><script>document.title='taken'</script>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # As root, as in a container, chromium's own sandbox cannot be had.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield started
        started.close()


class Opened:
    """A page from a file, and what it asked for and complained of."""

    def __init__(self, page: Page, file: Path) -> None:
        self.page = page
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(file.as_uri())
        self.own = file.as_uri()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Opens the page of a report."""
    contexts: list[Any] = []

    def open_page(report: dict[str, Any], **options: Any) -> Opened:
        file = tmp_path / "report.html"
        file.write_text(html(report), encoding="utf-8")
        contexts.append(browser.new_context(**options))
        made = Opened(contexts[-1].new_page(), file)
        contexts[-1].set_default_timeout(20_000)
        return made

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_quiet_and_asks_for_nothing(
    opened: Callable[..., Opened], report_of: ReportOf, things: Callable[..., Any], scheme: str
) -> None:
    made = opened(report_of(things("wrong-type")), color_scheme=scheme)
    expect(made.page.locator("html")).to_have_class("js")
    assert ([made.own], []) == (made.asked, made.complaints)
    background = made.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert {"light": "rgb(244, 246, 249)", "dark": "rgb(15, 19, 25)"}[scheme] == background
    # A blank page of this size is a picture of a few KB.
    assert len(made.page.screenshot()) > 20_000


def test_each_finding_shows_what_a_reader_needs(
    opened: Callable[..., Opened], report_of: ReportOf, things: Callable[..., Any]
) -> None:
    report = report_of(things("wrong-type"))
    page = opened(report).page
    assert "The server does not conform." == page.inner_text("#verdict")
    cards = page.locator("article.card")
    assert len(report["findings"]) == cards.count()
    for number, finding in enumerate(report["findings"]):
        text = cards.nth(number).inner_text()
        assert finding["title"] in text
        for label in ("Promise", "Standing", "Read in", "Expected", "Came", "Ask it yourself", "See the case again"):
            assert label in text
        assert cards.nth(number).locator("figure.came pre").inner_text().strip()
    assert '"size": "3"' in [mark.strip() for mark in page.locator("article mark").all_inner_texts()]


def test_the_filter_narrows_the_cases(
    opened: Callable[..., Opened], report_of: ReportOf, things: Callable[..., Any]
) -> None:
    report = report_of(things("wrong-type"))
    page = opened(report).page
    failed = [case["id"] for case in report["cases"] if case["verdict"] == "fail" and not case["note"]]
    page.select_option("#filter select[name=verdict]", "fail")
    expect(page.locator("#count")).to_have_text(re.compile(f"^{len(failed)} "))
    assert failed == page.locator("#case-list li:visible code").all_text_contents()
    page.fill("#filter input[name=text]", "MIN-added")
    expect(page.locator("#count")).to_have_text(re.compile("^1 "))
    page.click("#filter button[type=reset]")
    expect(page.locator("#count")).to_have_text(re.compile(f"^{len(report['cases'])} "))
    assert 50 == page.locator("#case-list li:visible").count()
    page.click("#more")
    assert len(report["cases"]) == page.locator("#case-list li:visible").count()


def test_a_cell_of_the_matrix_shows_its_cases_by_keyboard(
    opened: Callable[..., Opened], report_of: ReportOf, things: Callable[..., Any]
) -> None:
    report = report_of(things("takes-anything"))
    page = opened(report).page
    cell = page.locator("a[data-kind=corpus][data-operation=add_thing]")
    assert "add_thing, corpus: 18 fail" in " ".join(str(cell.get_attribute("aria-label")).split())[:40]
    cell.focus()
    page.keyboard.press("Enter")
    own = [case for case in report["cases"] if case["kind"] == "corpus" and case["operations"] == ["add_thing"]]
    expect(page.locator("#count")).to_have_text(re.compile(f"^{len(own)} "))
    assert "corpus" == page.input_value("#filter select[name=kind]")


def test_the_copy_buttons_copy(opened: Callable[..., Opened], report_of: ReportOf, things: Callable[..., Any]) -> None:
    report = report_of(things("forgets"), "MIN-*")
    made = opened(report, permissions=["clipboard-read", "clipboard-write"])
    page = made.page
    buttons = page.locator("button.copy:visible")
    expected = [report["cases"][0]["exchanges"][-1]["curl"], report["cases"][0]["replay"]]
    assert len(expected) == buttons.count()
    for number, text in enumerate(expected):
        buttons.nth(number).click()
        # The page's policy lets nobody evaluate a text, so what waits for a change is `expect` and no function.
        expect(page.locator("#said")).to_have_text("Copied to the clipboard.")
        assert text == page.evaluate("navigator.clipboard.readText()")
        page.evaluate("document.getElementById('said').textContent = ''")


def test_nothing_overflows_a_narrow_screen(
    opened: Callable[..., Opened], report_of: ReportOf, things: Callable[..., Any]
) -> None:
    report = report_of(things("wrong-type"))
    report["findings"][0]["title"] = "unbroken" * 60
    page = opened(report, viewport=NARROW).page
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    assert 400 == page.evaluate("document.documentElement.scrollWidth")


def test_hostile_texts_do_nothing(
    opened: Callable[..., Opened], report_of: ReportOf, things: Callable[..., Any]
) -> None:
    report = report_of(things("forgets"))
    for case in report["cases"]:
        case["promise"] = HOSTILE
        if "reason" in case:
            case |= {"reason": HOSTILE, "actual": HOSTILE, "expected": {HOSTILE: [HOSTILE]}}
    report["findings"][0]["title"] = HOSTILE
    made = opened(report)
    page = made.page
    expect(page.locator("html")).to_have_class("js")
    assert "openapi: does not conform - mailproof" == page.title()
    assert ([made.own], []) == (made.asked, made.complaints)
    assert HOSTILE in page.inner_text("article.card h3")


def test_without_scripts_everything_is_there(
    opened: Callable[..., Opened], report_of: ReportOf, things: Callable[..., Any]
) -> None:
    report = report_of(things("forgets"))
    page = opened(report, java_script_enabled=False).page
    assert len(report["cases"]) == page.locator("#case-list li").count()
    assert "Nothing here" in "".join(page.locator("article.card figure.came pre").all_inner_texts())
    assert 0 == page.locator("button.copy:visible").count()


def test_a_screen_reader_finds_its_way(
    opened: Callable[..., Opened], report_of: ReportOf, things: Callable[..., Any]
) -> None:
    page = opened(report_of(things("wrong-type"))).page
    page.keyboard.press("Tab")
    assert "to the findings" == page.evaluate("document.activeElement.textContent")
    nameless = page.evaluate(
        "[...document.querySelectorAll('input, select, button, progress, section, table td a')]"
        ".filter(item => !(item.labels?.length || item.getAttribute('aria-label')"
        " || item.getAttribute('aria-labelledby') || item.textContent.trim())).map(item => item.outerHTML)"
    )
    assert [] == nameless
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3')].map(item => Number(item.tagName[1]))")
    assert 1 == levels[0] == levels.count(1)
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_six_thousand_cases_are_fast(
    opened: Callable[..., Opened], report_of: ReportOf, things: Callable[..., Any]
) -> None:
    report = report_of(things("forgets"))
    case = next(item for item in report["cases"] if item["verdict"] == "pass")
    report["cases"] += [{**case, "id": f"{case['id']}-{number}"} for number in range(6_500)]
    page = opened(report).page
    # The script's own time, without the waiting that a busy machine adds.
    page.fill("#filter input[name=text]", "-6499")
    expect(page.locator("#count")).to_have_text(re.compile("^1 "))
    spent = page.evaluate(
        "() => { const field = document.querySelector('#filter [name=text]'); const start = performance.now();"
        " field.value = ''; document.querySelector('#more').click(); return performance.now() - start; }"
    )
    assert spent < 2_000
