"""The smallest request that still breaks: what is left out, in which order, and when nothing is tried."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mailproof_conformance.exchange import Request
from mailproof_conformance.guard import Address
from mailproof_conformance.plan import plan
from mailproof_conformance.runner import run_cases
from mailproof_conformance.smaller_requests import smaller

if TYPE_CHECKING:
    from collections.abc import Callable

JSON = ("Content-Type", "application/json")


def targets(request: Request) -> list[str]:
    return [item.target for item in smaller(request) if item.target != request.target]


def bodies(request: Request) -> list[Any]:
    return [json.loads(item.body) for item in smaller(request) if item.body and item.body != request.body]


def test_fields_of_the_query_are_left_out_the_most_first_and_then_made_shorter() -> None:
    request = Request("GET", "/a?x=1&y=long&x=%C3%A9%C3%A9")
    assert [
        "/a",
        "/a?y=long&x=%C3%A9%C3%A9",
        "/a?x=1&x=%C3%A9%C3%A9",
        "/a?x=1&y=long",
        "/a?x=1&y=lo&x=%C3%A9%C3%A9",
        "/a?x=1&y=long&x=%C3%A9",
    ] == targets(request)


def test_parts_of_the_path_are_made_shorter_and_never_left_out() -> None:
    assert ["/thi/alpha", "/things/al"] == targets(Request("GET", "/things/alpha"))
    assert ["/a/%F0%9F%98%80"] == targets(Request("GET", "/a/%F0%9F%98%80%F0%9F%98%80"))
    assert [] == targets(Request("GET", "/a/%ff"))


def test_members_and_items_of_a_body_are_left_out_at_every_depth() -> None:
    body = json.dumps({"a": [1, 2], "b": {"c": "text"}}).encode()
    assert [
        {},
        {"b": {"c": "text"}},
        {"a": [1, 2]},
        {"a": [], "b": {"c": "text"}},
        {"a": [2], "b": {"c": "text"}},
        {"a": [1], "b": {"c": "text"}},
        {"a": [1, 2], "b": {}},
        {"a": [1, 2], "b": {"c": "te"}},
    ] == bodies(Request("POST", "/a", (JSON,), body))


def test_halves_of_many_members_are_left_out_at_once() -> None:
    body = json.dumps(dict.fromkeys("abcdef", 1)).encode()
    assert [{}, dict.fromkeys("abc", 1), dict.fromkeys("def", 1)] == bodies(Request("POST", "/a", (JSON,), body))[:3]


def test_fields_of_a_form_are_left_out() -> None:
    request = Request("POST", "/a", (("Content-Type", "application/x-www-form-urlencoded"),), b"x=1&y=22")
    assert [b"", b"y=22", b"x=1", b"x=1&y=2"] == [item.body for item in smaller(request) if item.body != request.body][
        1:
    ]


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 5000, b"<a/>"])
def test_a_body_that_cannot_be_read_is_left_out_whole_or_not_at_all(body: bytes) -> None:
    assert [b""] == [item.body for item in smaller(Request("POST", "/a", (JSON,), body)) if item.body != body]


def test_headers_are_left_out_but_for_those_that_say_who_asks_and_what() -> None:
    headers = (("Authorization", "x"), JSON, ("Accept", "a/b"), ("X-Odd", "1"))
    left = [item.headers for item in smaller(Request("GET", "/", headers)) if item.headers != headers]
    assert [(*headers[:2], headers[3]), headers[:3]] == left


def test_a_failure_comes_with_the_smallest_request_that_breaks_in_the_same_way(bench: Any, things: Any) -> None:
    outcomes = bench(things("crash-on-astral")).run("text/get_thing*", profile="standard")
    smallest = [outcome.smallest for outcome in outcomes if outcome.smallest is not None]
    assert 1 == len(smallest)
    [found] = smallest
    failed = next(outcome for outcome in outcomes if outcome.smallest is found)
    assert 500 == found.response.status
    assert len(found.request.target) < len(failed.exchanges[-1].request.target)
    assert failed.requests <= 31 + len(failed.exchanges)


def test_the_same_request_is_found_each_time(bench: Any, things: Any) -> None:
    found = [
        [outcome.smallest for outcome in bench(things("crash-on-astral")).run("text/get_thing*")] for _ in range(2)
    ]
    assert found[0] == found[1]


def test_a_break_that_is_the_cases_own_is_not_made_smaller(bench: Any, things: Any) -> None:
    outcomes = bench(things("takes-anything")).run("corpus/*")
    assert {"the request is refused"} == {outcome.reason for outcome in outcomes if outcome.counts}
    assert {None} == {outcome.smallest for outcome in outcomes}


def test_nothing_more_is_sent_to_another_machine(bench: Any, things: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = bench(things("crash-on-astral"))
    monkeypatch.setattr(Address, "loopback", property(lambda _: False))
    session = made.session()
    outcomes = run_cases(session, plan(made.contract, "standard", ("text/get_thing*",)))
    assert [outcome for outcome in outcomes if outcome.counts]
    assert {None} == {outcome.smallest for outcome in outcomes}


def test_a_report_tells_both_requests(
    command: Callable[..., tuple[int, str, str]], bench: Any, things: Any, tmp_path: Any
) -> None:
    made = bench(things("crash-on-astral"))
    auth = {"base_url": made.target.base_url, "headers": dict(made.target.credential.headers)}
    (tmp_path / "auth.json").write_text(json.dumps({**auth, "samples": dict(made.target.samples)}), encoding="utf-8")
    contract = str(made.contract.path)
    words = ["--auth-file", str(tmp_path / "auth.json"), "--only", "text/get_thing*", "--report", str(tmp_path)]
    command("check", contract, *words)
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    case = next(case for case in report["cases"] if "smallest" in case)
    assert case["smallest"]["response"]["status"] == case["exchanges"][-1]["response"]["status"] == 500
    assert case["smallest"]["request"]["target"] != case["exchanges"][-1]["request"]["target"]
    assert case["smallest"]["curl"].startswith("curl ")
    assert "the smallest request that still breaks it: curl " in case["remarks"][-1]
