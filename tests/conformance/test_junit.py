"""JUnit XML: what CI servers read, held to the rules that their schemas have in common."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from mailproof_conformance.junit import junit

if TYPE_CHECKING:
    from collections.abc import Callable

    ReportOf = Callable[..., dict[str, Any]]

COUNTS = ("tests", "failures", "errors", "skipped")
ATTRIBUTES = {
    "testsuites": {"name", "time", *COUNTS},
    "testsuite": {"name", "timestamp", "time", *COUNTS},
    "testcase": {"classname", "name", "time"},
    "skipped": {"message"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "system-out": set[str](),
}
CHILDREN = {
    "testsuites": ["testsuite"],
    "testsuite": ["testcase"],
    "testcase": ["skipped", "failure", "error", "system-out"],
}


def violations(root: ET.Element) -> list[str]:
    """Where a document breaks the rules that the JUnit schemas of Jenkins, Ant and Surefire share."""
    found = [] if root.tag == "testsuites" else [f"the root is {root.tag}"]
    for element in root.iter():
        allowed = CHILDREN.get(element.tag, [])
        found += [f"{child.tag} in {element.tag}" for child in element if child.tag not in allowed]
        if set(element.attrib) != ATTRIBUTES.get(element.tag):
            found.append(f"{element.tag} has {sorted(element.attrib)}")
        found += [f"{name} is {element.get(name)}" for name in COUNTS if not (element.get(name) or "0").isdecimal()]
        if element.tag == "testcase" and len([child for child in element if child.tag != "system-out"]) > 1:
            found.append(f"{element.get('name')} ended twice")
        if "time" in element.attrib and not re.fullmatch(r"\d+\.\d{3}", element.attrib["time"]):
            found.append(f"time is {element.get('time')}")
        if "timestamp" in element.attrib and not re.fullmatch(r"[\d-]{10}T[\d:]{8}", element.attrib["timestamp"]):
            found.append(f"timestamp is {element.get('timestamp')}")
    for suite in (root, *root.iter("testsuite")):
        for name, tag in zip(COUNTS, ("testcase", "failure", "error", "skipped"), strict=True):
            if int(suite.get(name, -1)) != len(list(suite.iter(tag))):
                found.append(f"{suite.get('name')} counts {suite.get(name)} {name}")
    return found


def read(report: dict[str, Any]) -> ET.Element:
    root = ET.fromstring(junit(report))  # noqa: S314 - our own text
    assert [] == violations(root)
    return root


@pytest.mark.parametrize("fault", [None, "wrong-type", "any-password", "crash-on-astral", "names-in-capitals"])
def test_every_case_is_one_testcase(report_of: ReportOf, things: Callable[..., Any], fault: str | None) -> None:
    report = report_of(things(fault))
    root = read(report)
    assert [case["id"] for case in report["cases"]] == [element.get("name") for element in root.iter("testcase")]
    assert str(report["totals"]["fail"]) == root.get("failures")


def test_what_does_not_count_is_skipped_and_the_message_says_which(
    report_of: ReportOf, things: Callable[..., Any]
) -> None:
    report = report_of(things("names-in-capitals"), known={"MIN-added-is-read/added_is_read": ""})
    idle = {"verdict": "skip", "reason": "no sample"}, {"verdict": "disabled", "reason": "writes are not allowed"}
    for case, change in zip(report["cases"], idle, strict=False):
        case.update(change)
    known = report_of(things("forgets"), "MIN-*", known={"MIN-added-is-read/added_is_read": "ticket 12"})
    messages = [element.get("message") for element in read(report).iter("skipped")]
    assert ["skip: no sample", "disabled: writes are not allowed"] == messages[:2]
    assert ["note, an assumption is broken and does not count: the name of the thing"] == messages[2:]
    [skipped] = read(known).iter("skipped")
    assert "known failure: ticket 12 (the thing read back)" == skipped.get("message")
    assert "0" == read(known).get("failures")


def test_a_failure_tells_its_story(report_of: ReportOf, things: Callable[..., Any]) -> None:
    root = read(report_of(things("crash-on-astral"), "text/get_thing/*"))
    [failure] = root.iter("failure")
    assert "GET /things/{thingId}: the server fails with 500 (astral)" == failure.get("message", "")
    told = dict(re.findall(r"^([a-z ]+): +(.*)$", failure.text or "", re.MULTILINE))
    facts = ["asked", "looked at", "expected", "came", "promise", "standing", "read in", "tried", "smallest", "case"]
    assert [*facts, "again", "finding"] == list(told)[: len(facts) + 2]
    assert ("a status below 500", "no request makes the server fail") == (told["expected"], told["looked at"])


def test_an_error_of_the_suite_is_an_error(report_of: ReportOf, things: Callable[..., Any]) -> None:
    report = report_of(things("forgets"), "MIN-*")
    report["cases"][0]["verdict"] = "error"
    assert ("1", "0") == (read(report).get("errors"), read(report).get("failures"))


def test_characters_that_xml_does_not_have_are_replaced(report_of: ReportOf, things: Callable[..., Any]) -> None:
    report = report_of(things("forgets"), "MIN-added*")
    report["findings"][0]["title"] = "\x01\ud800\ufffe]]></failure>"
    report["cases"][0] |= {"reason": "\x01\ud800\ufffe]]></failure>", "actual": "<&\0>"}
    [failure] = read(report).iter("failure")
    assert "\ufffd\ufffd\ufffd]]></failure>" in failure.get("message", "")


def test_the_rules_find_a_wrong_document() -> None:
    wrong = '<testsuites name="a" time="0.000" tests="2" failures="0" errors="0" skipped="0"><testcase/></testsuites>'
    assert 3 == len(violations(ET.fromstring(wrong)))  # noqa: S314 - our own text
