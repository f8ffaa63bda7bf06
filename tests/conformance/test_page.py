"""The page of a report, as text: complete, self-contained, and hostile texts shown as texts."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from mailproof_conformance.html import html
from mailproof_conformance.pretty import body_lines, place_of, versus

if TYPE_CHECKING:
    from collections.abc import Callable

    ReportOf = Callable[..., dict[str, Any]]

HOSTILE = "</pre></script><script>alert(1)</script><img src=x onerror=alert(2)>\"'`{{7*7}}${x}<!--]]>"

DIFFERENCES: list[tuple[object, object, tuple[list[str], list[str]]]] = [
    ({"a": 1, "b": 2}, {"a": 1, "b": 3}, (["2"], ["3"])),
    ("Alpha", "ALPHA", (["lpha"], ["LPHA"])),
    ({"type": ["integer"]}, '"3"', ([], [])),
    ([1, 2], [1, 2], ([], [])),
    ({"a": 1}, {"a": 1, "b": 2}, (['"a": 1'], ['"a": 1,', '"b": 2'])),
    (None, "x", ([], [])),
]
"""Two values, and what of each is marked."""


class Elements(HTMLParser):
    """Collects the elements and their attributes, and the text between them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def hostile(report: dict[str, Any]) -> dict[str, Any]:
    """The report as it would be had the server and the contract said the worst."""
    for case in report["cases"]:
        case |= {"promise": HOSTILE, "source": HOSTILE}
        if "reason" in case:
            case |= {"reason": HOSTILE, "expected": {HOSTILE: HOSTILE}, "actual": HOSTILE, "remarks": [HOSTILE]}
            for item in case["exchanges"]:
                item["request"] |= {"body": HOSTILE, "target": HOSTILE, "headers": [[HOSTILE, HOSTILE]]}
                item["curl"] = HOSTILE
                if item["response"]:
                    item["response"] |= {"body": HOSTILE, "headers": [[HOSTILE, HOSTILE]]}
    for finding in report["findings"]:
        finding |= {"title": HOSTILE, "place": {"file": HOSTILE, "line": 1}}
    report["contract"] |= {"title": HOSTILE, "version": HOSTILE}
    report["known_failures"] = {"file": HOSTILE, "stale": [{"id": HOSTILE, "reason": HOSTILE, "why": "passes"}]}
    report["sources"] = {HOSTILE: HOSTILE}
    return report


def test_each_failure_shows_promise_source_expected_and_actual(report_of: ReportOf, things: Callable[..., Any]) -> None:
    page = html(report_of(things("forgets"), "MIN-*"))
    text = re.sub(r"\s+", " ", " ".join(Elements(page).texts))
    assert "The server does not conform. 1 finding, seen by 1 case: 2 cases tried." in text
    for told in (
        "Not kept: A thing that was added is read back as it was added.",
        "a promise of the vendor (core)",
        "M1 (tests/conformance/miniature/clauses.yaml, line 1)",
        '"text": "Nothing here"',
        "--only 'MIN-added-is-read/added_is_read'",
        "curl -i --globoff --path-as-is -X GET",
    ):
        assert told in text


def test_the_page_needs_nothing_else_and_lets_nothing_else_run(report_of: ReportOf, things: Callable[..., Any]) -> None:
    page = html(report_of(things("wrong-type")))
    elements = Elements(page).found
    links = [value for _, attrs in elements for name, value in attrs.items() if name in {"src", "href", "action"}]
    assert {"#", "d"} == {str(link)[0] for link in links}
    assert ["data:,"] == [link for link in links if str(link).startswith("d")]
    policy = next(attrs["content"] for _, attrs in elements if attrs.get("http-equiv") == "Content-Security-Policy")
    assert str(policy).startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    assert "unsafe" not in str(policy)
    assert "url(" not in page
    assert [] == [attrs for _, attrs in elements for name in attrs if name == "style" or name.startswith("on")]


def test_every_link_inside_the_page_leads_somewhere(report_of: ReportOf, things: Callable[..., Any]) -> None:
    for fault in ("wrong-type", "names-in-capitals", "forgets"):
        elements = Elements(html(report_of(things(fault)))).found
        ids = [attrs["id"] for _, attrs in elements if "id" in attrs]
        assert len(ids) == len(set(ids))
        targets = {str(attrs["href"])[1:] for tag, attrs in elements if tag == "a"}
        assert set() == targets - set(ids)


def test_hostile_texts_are_texts(report_of: ReportOf, things: Callable[..., Any]) -> None:
    clean, dirty = report_of(things("forgets")), hostile(report_of(things("forgets")))
    page = html(dirty)
    tags = [tag for tag, _ in Elements(page).found]
    assert "img" not in tags
    assert 1 == tags.count("script")
    assert HOSTILE in "".join(Elements(page).texts)
    assert {tag for tag, _ in Elements(html(clean)).found} >= set(tags) - {"table", "thead"}


def test_notes_and_known_failures_stand_apart(report_of: ReportOf, things: Callable[..., Any]) -> None:
    page = html(report_of(things("names-in-capitals")))
    assert "The server conforms." in page
    assert page.index("Nothing is broken.") < page.index('<h2 id="notes">') < page.index("The name of a thing keeps")
    known = html(report_of(things("forgets"), "MIN-*", known={"MIN-added-is-read/added_is_read": "ticket 12"}))
    assert "The server conforms." in known
    assert known.index('<h2 id="known">') < known.index("ticket 12")


def test_what_was_not_tried_and_not_exercised_is_told_with_the_reason(
    report_of: ReportOf, things: Callable[..., Any]
) -> None:
    report = report_of(things(), "verbs/GET /things")
    report["cases"][0] |= {"verdict": "skip", "reason": "no sample of a thing"}
    page = html(report)
    assert "1 case: no sample of a thing" in page
    assert "no case of this run is for it" in page


def test_six_thousand_cases_stay_small(report_of: ReportOf, things: Callable[..., Any]) -> None:
    report = report_of(things("any-password"))
    case = next(item for item in report["cases"] if item["verdict"] == "pass")
    report["cases"] += [{**case, "id": f"{case['id']}-{number}"} for number in range(6_500)]
    assert len(html(report).encode()) < 5_000_000


def test_a_page_of_a_server_on_which_everything_is_broken_stays_small(
    report_of: ReportOf, things: Callable[..., Any]
) -> None:
    report = report_of(things("wrong-type"))
    finding = report["findings"][0]
    report["findings"] = [{**finding, "id": f"{number:012x}"} for number in range(500)]
    assert len(html(report).encode()) < 5_000_000


@pytest.mark.parametrize(("expected", "actual", "marked"), DIFFERENCES)
def test_what_differs_is_marked(expected: object, actual: object, marked: tuple[list[str], list[str]]) -> None:
    sides = versus(expected, actual)
    assert marked == tuple([text for line in side for text, on in line if on] for side in sides)


def test_the_broken_place_of_a_body_is_marked() -> None:
    place = place_of("schema: the body of a 200 at /items/1/size: 3 is not of type")
    assert ("items", "1", "size") == place
    lines = body_lines('{"items": [{"size": 1}, {"size": "x"}], "size": 2}', place)
    assert ['"size": "x"'] == [text for line in lines for text, on in line if on]
    xml = body_lines("<Items><Item><Size>1</Size></Item></Items>", ("Size",))
    assert ["<Size>1</Size>"] == [text for line in xml for text, on in line if on]
    assert 5 == len(xml)


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE a [<!ENTITY b "cccc">]><a>&b;</a>',
        '{"a": ',
        "[" * 100_000,
        "<a",
        "plain",
        "<a xmlns:x='&#0;'/>",
        "",
    ],
)
def test_a_body_that_is_neither_json_nor_xml_is_shown_as_it_is(body: str) -> None:
    assert body == "\n".join("".join(text for text, _ in line) for line in body_lines(body))


def test_a_long_body_is_cut() -> None:
    lines = body_lines(str(list(range(1_000))))
    assert 201 == len(lines)
    assert "... (802 more lines)" == lines[-1][0][0]
