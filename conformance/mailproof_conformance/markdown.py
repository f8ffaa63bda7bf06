"""The report as a summary in Markdown, for the page of a CI job."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from mailproof_conformance.telling import WORDS, alike, by_id, facts, many, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LARGEST = 60_000  # bytes; a CI server cuts a summary off at 1 MiB, and nobody reads that much
_MOST_ROWS = 50
_MOST_TOLD = 10
_MOST_REASONS = 10
_PUNCTUATION = re.compile(r"([!-+.:-@\[-`{-~])")
_CODE = frozenset({"asked", "expected", "came", "case"})
_COMMANDS = ("curl", "smallest", "again")
_SIGNS = {"fail": "❌", "error": "💥", "note": "🟡", "known": "🔕"}


def markdown(report: Mapping[str, Any]) -> bytes:
    """The summary: verdict, totals, the findings as a table, the first of them told; of at most 60 KB."""
    parts: list[str] = []
    size = 0
    for part in _parts(report):
        size += len(part.encode("utf-8", "backslashreplace")) + 2
        if size > _LARGEST:
            parts.append("*There is more in the report.*")
            break
        parts.append(part)
    return ("\n\n".join(parts) + "\n").encode("utf-8", "backslashreplace")


def _parts(report: Mapping[str, Any]) -> Iterator[str]:
    """The blocks of the page, the most important first."""
    head, reason = verdict(report)
    yield f"## {'✅' if report['conforms'] else '❌'} {_plain(report['contract']['title'])}: {_plain(head)}"
    yield f"{_plain(reason)} Profile {report['profile']}, seed {report['seed']}, {many(report['requests'], 'request')}."
    named = [name for name in WORDS if report["totals"][name]]
    if named:
        cells = [f"{report['totals'][name]:,}" for name in named]
        yield f"| {' | '.join(named)} |\n|{' ---: |' * len(named)}\n| {' | '.join(cells)} |"
    if report["findings"]:
        yield "### Findings"
        yield _table(report)
        cases = by_id(report)
        repeated = {item["id"] for others in alike(report).values() for item in others}
        told = [item for item in report["findings"] if item["id"] not in repeated]
        for finding in told[:_MOST_TOLD]:
            yield _told(report, cases[finding["case"]], finding)
    stale = report["known_failures"]["stale"]
    if stale:
        rows = [f"* {_plain(item['why'])}: {_code(item['id'])} ({_plain(item['reason'])})" for item in stale]
        yield "### Known failures out of date\n\n" + "\n".join(rows[:_MOST_ROWS])
    yield _coverage(report)
    reasons = Counter(
        (case["verdict"], case["reason"]) for case in report["cases"] if case["verdict"] in {"skip", "disabled"}
    )
    if reasons:
        rows = [
            f"* {many(count, 'case')}, {name}: {_plain(why)}"
            for (name, why), count in reasons.most_common(_MOST_REASONS)
        ]
        yield "### Not tried\n\n" + "\n".join(rows)


def _table(report: Mapping[str, Any]) -> str:
    rows = ["| | finding | standing | cases |", "| --- | --- | --- | ---: |"]
    for item in report["findings"][:_MOST_ROWS]:
        name = "known" if item["known"] is not None else item["verdict"]
        rows.append(f"| {_SIGNS[name]} {name} | {_plain(item['title'])} | {item['level']} | {item['count']:,} |")
    more = len(report["findings"]) - _MOST_ROWS
    return "\n".join(rows) + (f"\n\nand {many(more, 'more finding')} in the report" if more > 0 else "")


def _told(report: Mapping[str, Any], case: Mapping[str, Any], finding: Mapping[str, Any]) -> str:
    told = dict(facts(report, case, finding))
    lines = [f"<details><summary>{_html(finding['title'])}</summary>", ""]
    lines += [
        f"* {name}: {_code(text) if name in _CODE else _plain(text)}"
        for name, text in told.items()
        if name not in _COMMANDS
    ]
    others = alike(report).get(finding["id"], [])
    if others:
        names = ", ".join(_code(str(item["rule"])) for item in others[:_MOST_ROWS])
        lines.append(f"* also: the same is seen by {many(len(others), 'other clause')}: {names}")
    lines.append("")
    lines += [_block(told[name]) for name in _COMMANDS if name in told]
    return "\n".join([*lines, "", "</details>"])


def _coverage(report: Mapping[str, Any]) -> str:
    shares = [
        f"{share['exercised']} of {share['of']} {name.replace('_', ' ')}"
        for name, share in report["coverage"]["totals"].items()
    ]
    return f"Exercised: {', '.join(shares)}."


def _plain(text: str) -> str:
    """A text that Markdown and HTML show as it is, in one line."""
    return _PUNCTUATION.sub(r"\\\1", _line(text))


def _code(text: str) -> str:
    """A text as inline code, in one line, whatever backticks are in it."""
    line = _line(text)
    fence = "`" * (max((len(run) for run in re.findall("`+", line)), default=0) + 1)
    return f"{fence} {line} {fence}"


def _block(text: str) -> str:
    fence = "`" * max(3, max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    shown = "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text)
    return f"{fence}sh\n{shown}\n{fence}"


def _html(text: str) -> str:
    """A text inside an HTML element, where Markdown is read no more but HTML is."""
    return "".join(letter if letter.isalnum() or letter in " ,;/-" else f"&#{ord(letter)};" for letter in _line(text))


def _line(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()
