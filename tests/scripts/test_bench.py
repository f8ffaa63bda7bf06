"""The bench: its server keeps its contract, each of its switches breaks something, and the page is written."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bench_runs import CHECKS, run_on_news
from bench_tables import page_with
from news_faults import FAULTS
from news_server import AUTHORIZATION, Asked, Newsletters
from page_tables import PageError

PAGE = """a
<!-- bench-check: machine -->
old
<!-- /bench-check -->
b
<!-- bench-check: bench -->
known before
<!-- /bench-check -->
<!-- bench-check: faults -->
<!-- /bench-check -->
<!-- bench-check: providers -->
<!-- /bench-check -->
"""
RIGHT = {"authorization": AUTHORIZATION, "content-type": "application/json"}
SECOND = {**RIGHT, "accept": "application/vnd.news+json"}
LONGEST = {"name": "n" * 60, "note": "m" * 200, "status": "closed"}
PROBES: tuple[tuple[str, str, dict[str, str], Any], ...] = (
    ("GET", "/lists", RIGHT, None),
    ("GET", "/lists?page=-1", RIGHT, None),
    ("GET", "/lists?page=2&perPage=2", RIGHT, None),
    ("GET", "/lists?status=active", RIGHT, None),
    ("GET", "/lists?sort=-name", RIGHT, None),
    ("GET", "/lists/1", SECOND, None),
    ("GET", "/lists/99", RIGHT, None),
    ("GET", "/lists/1/contacts?status=subscribed", RIGHT, None),
    ("GET", "/lists/1/contacts", {}, None),
    ("GET", "/lists", {"authorization": "Basic eDp5"}, None),
    ("POST", "/lists", RIGHT, {"name": "n" * 61}),
    ("POST", "/lists", RIGHT, {"name": "n" * 60}),
    ("POST", "/lists", RIGHT, {**LONGEST, "name": "A"}),
    ("POST", "/lists", RIGHT, {"name": "A"}),
    ("POST", "/lists", RIGHT, {"name": "day", "startsOn": "2024-02-30"}),
    ("POST", "/lists", RIGHT, {"name": "twice", "tags": ["a", "b", "a"]}),
    ("POST", "/lists", RIGHT, {"name": "\U0001f600 smile"}),
    ("POST", "/lists", RIGHT, {"name": "nothing", "note": None}),
    ("GET", "/lists/6", RIGHT, None),
    ("GET", "/lists?perPage=100", RIGHT, None),
    ("PATCH", "/lists/1", RIGHT, {"name": "Another"}),
    ("GET", "/lists/1", RIGHT, None),
    ("PUT", "/lists/2", RIGHT, {"name": "Put"}),
    ("DELETE", "/lists/4", RIGHT, None),
    ("GET", "/lists/4", RIGHT, None),
    ("DELETE", "/lists", RIGHT, None),
    ("POST", "/lists/1/imports", RIGHT, [{"address": "one"}]),
)


def answers(fault: str | None) -> list[Any]:
    news = Newsletters(fault)
    found: list[Any] = []
    for method, target, headers, body in PROBES:
        path, _, query = target.partition("?")
        content = b"" if body is None else json.dumps(body).encode()
        answer = news(Asked(method, f"/news{path}", query, headers, content))
        found.append((answer.status, answer.media_type, json.dumps(answer.headers), repr(answer.body)))
    return found


@pytest.mark.parametrize("fault", FAULTS)
def test_each_switch_breaks_something(fault: str) -> None:
    assert answers(None) != answers(fault)


def test_a_server_that_is_started_again_says_the_same() -> None:
    assert answers(None) == answers(None)


@pytest.mark.parametrize("tool", [check for check in CHECKS if not check.stock], ids=lambda tool: tool.name)
def test_the_suite_has_nothing_against_the_unbroken_server(tool: Any) -> None:
    cost = run_on_news(tool)
    assert 0 == cost.exit_code
    assert cost.cases <= cost.requests
    assert 0 < cost.cpu
    assert 0 < cost.startup < cost.wall


def test_the_suite_finds_a_lost_write_without_a_clause() -> None:
    assert 1 == run_on_news(CHECKS[0], fault="lost-write").exit_code


def test_the_page_gets_the_tables_that_were_measured_and_keeps_the_rest() -> None:
    machine = {"cores": 2, "model": "M", "python": "3.11", "load": "idle before"}
    runs = [
        {"fault": "lost-write", "tool": "quick", "exit_code": 1},
        {"fault": "lost-write", "tool": "st", "exit_code": 0},
        {"fault": "any-password", "tool": "quick", "exit_code": 2},
        {"fault": "any-password", "tool": "st", "exit_code": 1},
    ]
    written = page_with(PAGE, {"machine": machine, "faults": runs})
    assert "Measured on 2 cores (M), Python 3.11, idle before." in written
    assert "| **found** | **1 of 2** | **1 of 2** |" in written
    assert f"| {FAULTS['lost-write']} | yes |  |" in written
    assert "old" not in written
    assert "<!-- bench-check: bench -->\nknown before\n<!-- /bench-check -->" in written
    assert written == page_with(written, {"machine": machine, "faults": runs})


def test_a_page_without_a_place_for_a_table_is_said_to_be_one() -> None:
    with pytest.raises(
        PageError, match="the page has the regions machine, bench, faults from <!-- bench-check: NAME -->"
    ):
        page_with(PAGE.replace("bench-check: providers", "something else"), {"providers": []})
