"""The main facts of a report in words: the verdict, what a level means, and where a promise was read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WORDS = ("fail", "error", "note", "known", "skip", "disabled", "pass")
"""What a case can have come to, as a reader sees it, from what to read first to what to read last."""
STANDING: Mapping[str, str] = {
    "core": "a promise of the vendor",
    "extended": "a promise of the vendor, on one of its further pages",
    "assumed": "an assumption of this project, not a promise of the vendor",
}
RULES: Mapping[str, str] = {
    "server-error": "No request makes the server fail: an answer has a status below 500.",
    "status": "The status of an answer is one that the contract has for the operation.",
    "media-type": "An answer comes in a media type that the contract has for its status.",
    "header": "An answer has the headers that the contract says it has.",
    "body": "The body of an answer can be read as what its media type says.",
    "schema": "The body of an answer fits the schema of the contract.",
    "problem": "An error is answered as the contract says that errors are.",
    "error": "The suite itself does not break.",
    "corpus": "Requests that follow from the contract, right and wrong ones, are answered as it says.",
    "authentication": "Credentials are asked for where the contract says so, and wrong ones are refused.",
    "verbs": "A path takes the verbs of the contract and no other.",
    "media-types": "Answers come in the media types that are asked for, and bodies are taken in those of the contract.",
    "not-found": "What does not exist is answered as such.",
    "bad-input": "What is malformed is refused by a client error.",
    "text": "Texts of every kind are taken where the contract takes a text.",
    "agreement": "The media types of an operation say the same.",
    "laws": "The clauses of the contract are kept.",
    "fuzz": "Random requests are answered as the contract says.",
}
"""What the rules of findings ask for that are no clauses: those of the contract itself, and the kinds of cases."""
_ANSWERS = frozenset({"server-error", "status", "media-type", "header", "body", "problem", "error"})
"""Rules whose `expected` and `actual` are words about an answer; those of others are values."""
_RED = frozenset({"passes", "expired", "no such case"})


def word(case: Mapping[str, Any]) -> str:
    """What a case of a report came to: its verdict, or `known`, or `note`."""
    if case["known"] is not None:
        return "known"
    return "note" if case["note"] else str(case["verdict"])


def many(count: int, thing: str, things: str = "") -> str:
    """A number of things: `1 case`, `2,300 cases`."""
    return f"{count:,} {thing if count == 1 else things or thing + 's'}"


def verdict(report: Mapping[str, Any]) -> tuple[str, str]:
    """Whether the server conforms, and why, as two sentences."""
    totals, cases = report["totals"], report["cases"]
    tried = len(cases) - totals["skip"] - totals["disabled"]
    of = f"{many(tried, 'case')} tried" if tried == len(cases) else f"{tried:,} of {many(len(cases), 'case')} tried"
    if report["conforms"]:
        return "The server conforms.", f"No promise was found broken: {of}."
    return "The server does not conform.", f"{_capital('; '.join(_reasons(report)))}: {of}."


def _reasons(report: Mapping[str, Any]) -> Iterator[str]:
    """What a run is red for."""
    broken = [item for item in report["findings"] if item["known"] is None and item["verdict"] == "fail"]
    if broken:
        yield f"{many(len(broken), 'finding')}, seen by {many(report['totals']['fail'], 'case')}"
    if report["totals"]["error"]:
        yield f"{many(report['totals']['error'], 'case')} in which the suite itself broke"
    if report["unfinished"]:
        yield str(report["unfinished"])
    stale = [entry for entry in report["known_failures"]["stale"] if entry["why"] in _RED]
    if stale:
        yield many(len(stale), "entry of the known failures out of date", "entries of the known failures out of date")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def read_in(report: Mapping[str, Any], case: Mapping[str, Any], place: Mapping[str, Any]) -> str:
    """Where the promise of a case was read: the source in words, and file and line of what says it here."""
    source = str(case["source"])
    where = f"{place['file']}, line {place['line']}"
    if source.startswith("#/"):
        return f"the contract ({where})"
    told = [
        f"{code}: {report['sources'][code]}" if code in report["sources"] else code
        for code in (part.strip() for part in source.split(","))
    ]
    return f"{'; '.join(told)} ({where})"


def value(shown: object, rule: str) -> object:
    """A value of a finding for a reader: a text that could be taken for another value stands in quotes."""
    if not isinstance(shown, str) or rule in _ANSWERS:
        return shown
    try:
        json.loads(shown)
    except ValueError:
        return shown if shown.strip() == shown != "" else json.dumps(shown, ensure_ascii=False)
    return json.dumps(shown, ensure_ascii=False)


def brief(shown: object, rule: str, most: int = 300) -> str:
    """The same in one line of at most so many characters."""
    made = value(shown, rule)
    text = "nothing" if made is None else made if isinstance(made, str) else json.dumps(made, ensure_ascii=False)
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most]}..."


def curl_of(case: Mapping[str, Any]) -> str | None:
    """The curl line to try first: that of the smallest request that is still answered wrongly, else of the last one."""
    asked = [*case["exchanges"], case["smallest"]] if "smallest" in case else case["exchanges"]
    return next((item["curl"] for item in reversed(asked) if item["curl"]), None)


def by_id(report: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The cases of a report by their ids."""
    return {case["id"]: case for case in report["cases"]}
