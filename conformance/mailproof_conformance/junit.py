"""The report as JUnit XML: one testcase for each case, skips told as skips."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Mapping

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Mapping[str, Any]) -> bytes:
    """The document: one suite for each kind of case.

    A note is a skipped testcase, so that no gate counts it.
    """
    attributes = {"name": f"mailproof check {report['provider']}", **_numbers(report["cases"])}
    root = ET.Element("testsuites", attributes)
    for kind in dict.fromkeys(case["kind"] for case in report["cases"]):
        cases = [case for case in report["cases"] if case["kind"] == kind]
        suite = ET.SubElement(root, "testsuite", {"name": kind, "timestamp": report["started"], **_numbers(cases)})
        for case in cases:
            _testcase(suite, report["provider"], case)
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _numbers(cases: list[dict[str, Any]]) -> dict[str, str]:
    verdicts = ["skip" if case["note"] else case["verdict"] for case in cases]
    return {
        "tests": str(len(cases)),
        "failures": str(verdicts.count("fail")),
        "errors": str(verdicts.count("error")),
        "skipped": str(verdicts.count("skip") + verdicts.count("disabled")),
        "time": f"{sum(case['seconds'] for case in cases):.3f}",
    }


def _testcase(suite: ET.Element, provider: str, case: Mapping[str, Any]) -> None:
    name = f"{provider}.{case['kind']}"
    element = ET.SubElement(suite, "testcase", classname=name, name=_clean(case["id"]), time=f"{case['seconds']:.3f}")
    verdict = case["verdict"]
    if case["note"]:
        ET.SubElement(element, "skipped", message=_clean(f"note, an assumption is broken: {case['reason']}"))
        ET.SubElement(element, "system-out").text = _clean(_story(case))
    elif verdict in {"skip", "disabled"}:
        ET.SubElement(element, "skipped", message=_clean(f"{verdict}: {case['reason']}"))
    elif verdict in {"fail", "error"}:
        tag = "failure" if verdict == "fail" else "error"
        inner = ET.SubElement(element, tag, message=_clean(f"{case['promise']} {case['reason']}"), type=case["level"])
        inner.text = _clean(_story(case))


def _story(case: Mapping[str, Any]) -> str:
    lines = [
        f"promise:  {case['promise']}",
        f"source:   {case['source']}",
        f"broken:   {case['reason']}",
        f"expected: {json.dumps(case['expected'], ensure_ascii=False)}",
        f"actual:   {json.dumps(case['actual'], ensure_ascii=False)}",
        *case["remarks"],
        *(item["curl"] for item in case["exchanges"] if item["curl"]),
        f"replay:   {case['replay']}",
    ]
    return "\n".join(lines)


def _clean(text: str) -> str:
    """The text without the characters that XML 1.0 cannot hold."""
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
