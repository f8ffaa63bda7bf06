"""What is told of a finding: the same facts in every form, and one defect once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mailproof_conformance.story import apart, blocks, rows
from mailproof_conformance.telling import alike, facts

if TYPE_CHECKING:
    from collections.abc import Callable

    ReportOf = Callable[..., dict[str, Any]]


def told(report: dict[str, Any], **changes: Any) -> dict[str, str]:
    """The facts of the first finding, whose case has some members changed."""
    finding = report["findings"][0]
    [case] = [case for case in report["cases"] if case["id"] == finding["case"]]
    return dict(facts(report, case | changes, finding))


@pytest.fixture
def broken(report_of: ReportOf, things: Callable[..., Any]) -> dict[str, Any]:
    """The report of a server on which a law is broken."""
    return report_of(things("forgets"), "MIN-added*")


def test_long_values_are_told_from_where_they_differ(broken: dict[str, Any]) -> None:
    long = list(range(500))
    facts_ = told(broken, expected=long, actual=[*long[:-1], 7])
    assert facts_["expected"].endswith("498, 499]")
    assert facts_["came"].endswith("498, 7]")
    assert all("characters alike)... " in facts_[name] for name in ("expected", "came"))
    short = told(broken, expected=[1, 2], actual=[1, 3])
    assert ("[1, 2]", "[1, 3]") == (short["expected"], short["came"])
    other = told(broken, expected="a" * 900, actual="b")
    assert ("a" * 300 + "...", "b") == (other["expected"], other["came"])


@pytest.mark.parametrize(
    ("expected", "actual", "seen"),
    [
        ("caf\u00e9", "cafe\u0301", ("caf\\xe9", "cafe\\u0301")),
        (["a\u200db"], ["ab"], ('["a\\u200db"]', '["ab"]')),
        ("\uff41", "a", ("\\uff41", "a")),
        ("caf\u00e9", "cafe", ("caf\u00e9", "cafe")),
    ],
)
def test_values_that_look_the_same_are_told_in_escapes(
    broken: dict[str, Any], expected: object, actual: object, seen: tuple[str, str]
) -> None:
    facts_ = told(broken, expected=expected, actual=actual)
    assert seen == (facts_["expected"], facts_["came"])


def test_a_call_is_told_by_its_method(broken: dict[str, Any]) -> None:
    request: dict[str, Any] = {"method": "POST", "target": "/", "headers": [], "body": "", "curl": None}

    def asked(body: object) -> str:
        text = body if isinstance(body, str) else json.dumps(body)
        exchange: dict[str, Any] = {
            "request": request | {"body": text},
            "response": None,
            "trouble": None,
            "curl": None,
        }
        return told(broken, exchanges=[exchange])["asked"]

    assert "POST /" == asked({"method": "ping"})
    broken["coverage"]["methods"] = [{"method": "ping"}]
    assert "POST / (ping)" == asked({"method": "ping"})
    assert 'POST / (ping {"a": "\u00e9"})' == asked({"method": "ping", "params": ["${KEY}", {"a": "\u00e9"}]})
    assert "POST / (3 calls in a batch)" == asked([1, 2, 3])
    assert ["POST /"] * 4 == [asked(body) for body in ("{", "[" * 100_000, {"method": 7}, 7)]


def exchanged(method: str, curl: str | None, body: str = "") -> dict[str, Any]:
    request: dict[str, Any] = {"method": method, "target": "/things", "headers": [], "body": body, "curl": curl}
    return {"request": request, "response": None, "trouble": None, "curl": curl}


def test_a_read_that_is_wrong_says_what_was_written_before_it(broken: dict[str, Any]) -> None:
    exchanges = [exchanged("PUT", None, "first"), exchanged("POST", None, '{"a":\n 1}'), exchanged("GET", None)]
    assert 'POST /things {"a": 1}' == told(broken, exchanges=exchanges)["written"]
    assert "written" not in told(broken, exchanges=exchanges[:2])
    assert "written" not in told(broken, exchanges=exchanges[2:])
    long = [exchanged("POST", None, "x" * 900), exchanged("GET", None)]
    assert told(broken, exchanges=long)["written"].endswith("xxx...")


def test_no_line_is_given_for_a_request_that_was_answered_rightly(broken: dict[str, Any]) -> None:
    exchanges = [exchanged("GET", "curl one"), exchanged("POST", None)]
    assert "curl" not in told(broken, exchanges=exchanges)
    assert "curl one" == told(broken, exchanges=exchanges[:1])["curl"]
    smaller = told(broken, exchanges=exchanges, smallest=exchanged("GET", "curl less"))
    assert ("curl less", False) == (smaller["smallest"], "curl" in smaller)


def test_clauses_that_saw_the_very_same_are_told_as_one(broken: dict[str, Any]) -> None:
    first = broken["findings"][0]
    case = next(case for case in broken["cases"] if case["id"] == first["case"])
    for name in ("MIN-one", "MIN-two"):
        broken["cases"].append(case | {"id": f"{name}/case", "clause": name})
        broken["findings"].append(first | {"id": name, "rule": name, "case": f"{name}/case"})
    broken["cases"].append(case | {"id": "MIN-other/case", "clause": "MIN-other", "actual": "something else"})
    broken["findings"].append(first | {"id": "other", "rule": "MIN-other", "case": "MIN-other/case"})
    assert {first["id"]: ["MIN-one", "MIN-two"]} == {k: [one["id"] for one in v] for k, v in alike(broken).items()}
    assert [first["id"], "other"] == [item["id"] for item in apart(broken)]
    assert 2 == len(list(blocks(broken)))
    assert "the same is seen by 2 other clauses: MIN-one, MIN-two" == dict(rows(broken, first))["also"]


def test_a_rule_of_the_contract_is_promised_by_the_contract(report_of: ReportOf, things: Callable[..., Any]) -> None:
    report = report_of(things("wrong-type"))
    finding = next(item for item in report["findings"] if item["rule"] == "schema")
    shown = dict(rows(report, finding))
    assert "The body of an answer fits the schema of the contract." == shown["promise"]
    assert shown["read in"].startswith("the contract (")
    assert {"expected": "of type integer"}.items() <= shown.items()
    assert shown["tried"] != shown["promise"]
