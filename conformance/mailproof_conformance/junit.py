"""The report as JUnit XML: one testcase for each case; what does not count is told as skipped, and why."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from mailproof_conformance.telling import facts, many, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAGS = {"fail": "failure", "error": "error"}


def junit(report: Mapping[str, Any]) -> bytes:
    """The document: one suite for each kind of case.

    A note and a known failure are skipped testcases, so that no gate counts them.
    """
    found = {item["id"]: item for item in report["findings"]}
    attributes = {"name": f"mailproof check {report['provider']}", **_numbers(report["cases"])}
    root = ET.Element("testsuites", attributes)
    started = str(report["started"])[:19]  # the common schemas know no time zone; it is UTC
    for kind in dict.fromkeys(case["kind"] for case in report["cases"]):
        cases = [case for case in report["cases"] if case["kind"] == kind]
        suite = ET.SubElement(root, "testsuite", {"name": _clean(kind), "timestamp": started, **_numbers(cases)})
        for case in cases:
            _testcase(suite, report, case, found.get(case.get("finding"), {}))
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _numbers(cases: list[dict[str, Any]]) -> dict[str, str]:
    words = [word(case) for case in cases]
    counted = {"failures": words.count("fail"), "errors": words.count("error")}
    idle = len(words) - words.count("pass") - sum(counted.values())
    return {
        "tests": str(len(cases)),
        **{name: str(count) for name, count in counted.items()},
        "skipped": str(idle),
        "time": f"{sum(case['seconds'] for case in cases):.3f}",
    }


def _testcase(
    suite: ET.Element, report: Mapping[str, Any], case: Mapping[str, Any], finding: Mapping[str, Any]
) -> None:
    story = "\n".join(_story(report, case, finding)) if finding else ""
    name = _clean(f"{report['provider']}.{case['kind']}")
    element = ET.SubElement(suite, "testcase", classname=name, name=_clean(case["id"]), time=f"{case['seconds']:.3f}")
    match word(case):
        case "pass":
            return
        case "skip" | "disabled" as told:
            ET.SubElement(element, "skipped", message=_clean(f"{told}: {case['reason']}"))
        case "note":
            message = f"note, an assumption is broken and does not count: {case['reason']}"
            ET.SubElement(element, "skipped", message=_clean(message))
            ET.SubElement(element, "system-out").text = _clean(story)
        case "known":
            ET.SubElement(element, "skipped", message=_clean(f"known failure: {case['known']} ({case['reason']})"))
            ET.SubElement(element, "system-out").text = _clean(story)
        case told:
            message = _clean(str(finding["title"]))
            ET.SubElement(element, _TAGS[told], message=message, type=case["level"]).text = _clean(story)


def _story(report: Mapping[str, Any], case: Mapping[str, Any], finding: Mapping[str, Any]) -> Iterator[str]:
    for name, text in facts(report, case, finding):
        yield f"{name + ':':<10} {text}"
    yield f"{'finding:':<10} {finding['id']}, seen by {many(finding['count'], 'case')}"
    yield from case["remarks"]


def _clean(text: str) -> str:
    """The text without the characters that XML 1.0 cannot hold."""
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
