"""The main facts of a report in words: the verdict, what a level means, and where a promise was read."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Any, cast

from mailproof.pointers import mapping, sequence

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
    "outcome": "A call is answered with a result, or with an error that the contract has for the method.",
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
OF_THE_CONTRACT = frozenset({"server-error", "status", "outcome", "media-type", "header", "body", "schema", "problem"})
"""Rules of the contract itself: a case may meet one of them broken whatever it is about."""
_ANSWERS = frozenset({"server-error", "status", "media-type", "header", "body", "problem", "error"})
"""Rules whose `expected` and `actual` are words about an answer; those of others are values."""
NOTHING = "nothing, or null"
"""What stands for a value of a body that is not there, or is null: a report does not tell them apart."""
_READS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_LONGEST_SOURCE = 160
_LONGEST_WRITTEN = 300
_LONGEST_COMPARED = 20_000
_BEFORE = 40  # characters that two values have in common and that are shown before they differ
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


def promise(case: Mapping[str, Any], finding: Mapping[str, Any]) -> str:
    """The promise that is broken: that of the contract, or else that of the case."""
    rule = str(finding["rule"])
    return RULES[rule] if rule in OF_THE_CONTRACT else str(case["promise"])


def read_in(report: Mapping[str, Any], case: Mapping[str, Any], finding: Mapping[str, Any], most: int = 0) -> str:
    """Where the promise was read: the source in words, and file and line of what says it here.

    With `most` no source takes more characters than that.
    """
    source, place = str(case["source"]), finding["place"]
    where = f"{place['file']}, line {place['line']}"
    if source.startswith("#/") or finding["rule"] in OF_THE_CONTRACT:
        return f"the contract ({where})"
    told = [
        f"{code}: {_ended(report['sources'][code], most)}" if code in report["sources"] else code
        for code in (part.strip() for part in source.split(","))
    ]
    return f"{'; '.join(told)} ({where})"


def _ended(text: str, most: int) -> str:
    return text if not most or len(text) <= most else f"{text[:most].rstrip()}..."


def facts(report: Mapping[str, Any], case: Mapping[str, Any], finding: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a stranger needs to know what to fix, and to see a case of a finding again: each fact with its name."""
    rule = finding["rule"]
    last = case["exchanges"][-1]["request"] if case["exchanges"] else None
    asked = f"{last['method']} {last['target']}{_called(report, last)}" if last else "nothing"
    if len(case["exchanges"]) > 1:
        asked += f", after {many(len(case['exchanges']) - 1, 'other request')}"
    yield "asked", asked
    yield from _written(report, case)
    if rule == "error":
        yield "broken", str(case["reason"]).removeprefix(f"{rule}: ")
        yield from _again(case)
        return
    yield "looked at", str(case["reason"]).removeprefix(f"{rule}: ")
    yield from zip(("expected", "came"), _apart(case["expected"], case["actual"], rule), strict=True)
    yield "promise", promise(case, finding)
    yield "standing", STANDING[case["level"]]
    yield "read in", read_in(report, case, finding, _LONGEST_SOURCE)
    if rule in OF_THE_CONTRACT:
        yield "tried", str(case["promise"])
    yield from _again(case)


def _written(report: Mapping[str, Any], case: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What was written last, where the answer to a read is what is wrong: the fault may lie in either of the two."""
    requests = [item["request"] for item in case["exchanges"]]
    if report["coverage"]["methods"] or not requests or requests[-1]["method"] not in _READS:
        return
    last = next((item for item in reversed(requests) if item["method"] not in _READS), None)
    if last is not None:
        line = f"{last['method']} {last['target']} {' '.join(last['body'].split())}"
        yield "written", _ended(line.rstrip(), _LONGEST_WRITTEN)


def _again(case: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """How to see it again: the last request alone, or a smaller one that does it too, and the whole case."""
    curl = curl_of(case)
    if curl is not None:
        yield "smallest" if curl == mapping(case.get("smallest")).get("curl") else "curl", curl
    yield "case", str(case["id"])
    yield "again", str(case["replay"])


def _called(report: Mapping[str, Any], request: Mapping[str, Any]) -> str:
    """Which method a JSON-RPC request calls, as all have one URL, and with what conditions."""
    if not report["coverage"]["methods"]:
        return ""
    try:
        call = json.loads(request["body"])
    except (ValueError, RecursionError):
        return ""
    if isinstance(call, list):
        return f" ({many(len(cast('list[Any]', call)), 'call')} in a batch)"
    method, params = mapping(call).get("method"), sequence(mapping(call).get("params"))
    if not isinstance(method, str):
        return ""
    words = [method, *(json.dumps(item, ensure_ascii=False) for item in params[1:])]
    return f" ({_ended(' '.join(words), _LONGEST_WRITTEN)})"


def _apart(expected: object, actual: object, rule: str, most: int = 300) -> tuple[str, str]:
    """Two values in a line each; where both are long and begin alike, from shortly before they differ.

    Values that look the same to a reader and are not have their characters beyond ASCII written as escapes.
    """
    texts = brief(expected, rule, _LONGEST_COMPARED), brief(actual, rule, _LONGEST_COMPARED)
    alike = next((n for n, (one, two) in enumerate(zip(*texts, strict=False)) if one != two), min(map(len, texts)))
    start = alike - _BEFORE if max(map(len, texts)) > most and alike > most // 2 else 0
    one, two = (_window(text, start, most) for text in texts)
    if one != two and _as_seen(one) == _as_seen(two):
        one, two = (text.encode("ascii", "backslashreplace").decode() for text in (one, two))
    return one, two


def _as_seen(text: str) -> str:
    """A text as an eye takes it: composed, and without characters that show nothing."""
    return "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf")


def _window(text: str, start: int, most: int) -> str:
    shown = f"({start} characters alike)... {text[start:]}" if start > 0 else text
    return _ended(shown, most)


def alike(report: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    """Findings that are most likely one defect: by the id of the first those after it that saw the very same.

    Those are clauses that lean on one answer: what was looked at, expected and came is the same for each.
    """
    cases = by_id(report)
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for finding in report["findings"]:
        case = cases[finding["case"]]
        if case["clause"] == finding["rule"] and case["exchanges"]:
            last = case["exchanges"][-1]["request"]
            seen = [case["reason"], case["expected"], case["actual"], last["method"], last["target"].partition("?")[0]]
            key = json.dumps([finding["verdict"], finding["known"], *seen], sort_keys=True)
            groups.setdefault(key, []).append(finding)
    return {first["id"]: others for first, *others in groups.values() if others}


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
    absent = "nothing" if rule in _ANSWERS else NOTHING
    text = absent if made is None else made if isinstance(made, str) else json.dumps(made, ensure_ascii=False)
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most]}..."


def curl_of(case: Mapping[str, Any]) -> str | None:
    """The curl line to try first: that of the smallest request that is still answered wrongly, else of the last one.

    None where neither has one: an earlier request is not what was answered wrongly.
    """
    asked = [*case["exchanges"][-1:], *([case["smallest"]] if "smallest" in case else [])]
    return next((item["curl"] for item in reversed(asked) if item["curl"]), None)


def by_id(report: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The cases of a report by their ids."""
    return {case["id"]: case for case in report["cases"]}
