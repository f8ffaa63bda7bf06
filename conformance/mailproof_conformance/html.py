"""The report as one HTML page that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from mailproof_conformance.case import KINDS
from mailproof_conformance.compiled_templates import CompiledTemplates
from mailproof_conformance.pretty import body_lines, place_of, versus
from mailproof_conformance.telling import (
    STANDING,
    WORDS,
    alike,
    by_id,
    curl_of,
    many,
    promise,
    read_in,
    value,
    verdict,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof_conformance.pretty import Line

_TOLD_IN_FULL = 60
"""Findings with their requests and answers; the page of a server on which everything is broken stays readable."""
_MOST_CASES = 200
"""Cases that are named on the card of one finding."""
_NAMED = re.compile(r"`([\w.$-]+)`|\((?:[\w$ >.-]*> )?([\w$]+): ")
_PARTS = (
    ("statuses", "status {status}"),
    ("request_media_types", "request in {media_type}"),
    ("answer_media_types", "answer in {media_type}"),
    ("parameters", "{in} {name}"),
)
_COVERAGE = (
    ("operations", "operations"),
    ("methods", "methods"),
    ("statuses", "documented statuses"),
    ("request_media_types", "media types of requests"),
    ("answer_media_types", "media types of answers"),
    ("parameters", "parameters"),
    ("errors", "JSON-RPC errors"),
)


def html(report: Mapping[str, Any]) -> str:
    """The page: verdict, findings, notes, matrix, clauses, what was not tried, coverage, the run, every case."""
    environment = Environment(
        loader=PackageLoader(__package__ or "", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=CompiledTemplates(),
    )
    style, script = _asset("report.css"), _asset("report.js")
    cases = by_id(report)
    same = alike(report)
    cards = [
        _card(report, cases, item, same.get(item["id"], []), full=number < _TOLD_IN_FULL)
        for number, item in enumerate(report["findings"])
    ]
    used = {kind for row in report["matrix"] for kind in row["cells"]}
    return environment.get_template("report.html.j2").render(
        report=report,
        many=many,
        word=word,
        standing=STANDING,
        style=Markup(style),  # noqa: S704 - a file of this package
        script=Markup(script),  # noqa: S704 - likewise
        policy=f"default-src 'none'; img-src data:; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'",
        verdict=verdict(report),
        words=[name for name in WORDS if report["totals"][name] or name in {"pass", "fail"}],
        broken=[card for card in cards if card["known"] is None and card["verdict"] != "note"],
        notes=[card for card in cards if card["known"] is None and card["verdict"] == "note"],
        known=[card for card in cards if card["known"] is not None],
        kinds=[kind for kind in KINDS if kind in used],
        operations={item["operation"]: f"{item['method']} {item['path']}" for item in report["coverage"]["operations"]},
        clauses=[_clause(report, cases, item) for item in report["clauses"]],
        idle=_idle(report),
        coverage=[
            (report["coverage"]["totals"][key], told) for key, told in _COVERAGE if key in report["coverage"]["totals"]
        ],
        missed=_missed(report),
    )


def _asset(name: str) -> str:
    return files(__package__ or "").joinpath("templates", name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """A text as the page's own policy names it: what is not this very text does not run."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _card(
    report: Mapping[str, Any],
    cases: Mapping[str, Any],
    finding: Mapping[str, Any],
    also: list[Mapping[str, Any]],
    *,
    full: bool,
) -> dict[str, Any]:
    case = cases[finding["case"]]
    expected, actual = versus(value(case["expected"], finding["rule"]), value(case["actual"], finding["rule"]))
    exchanges = [_exchange(case, item) for item in case["exchanges"]] if full else []
    return {
        **finding,
        "told": case,
        "word": "known" if finding["known"] is not None else finding["verdict"],
        "read_in": read_in(report, case, finding),
        "promise": promise(case, finding),
        "looked_at": str(case["reason"]).removeprefix(f"{finding['rule']}: "),
        "also": also,
        "expected": expected,
        "actual": actual,
        "exchanges": exchanges,
        "curl": curl_of(case),
        "seen": [cases[name] for name in finding["cases"][:_MOST_CASES]],
    }


def _exchange(case: Mapping[str, Any], exchange: Mapping[str, Any]) -> dict[str, Any]:
    """A request and its answer, with what the case varied marked in the one and the broken place in the other."""
    names = frozenset(name for match in _NAMED.finditer(case["promise"]) for name in match.groups() if name)
    request, response = exchange["request"], exchange["response"]
    return {
        **exchange,
        "target": _target(request["target"], names),
        "sent": body_lines(request["body"], names=names) if request["body"] else [],
        "came": body_lines(response["body"], _place(case, response["body"])) if response and response["body"] else [],
    }


def _place(case: Mapping[str, Any], body: str) -> tuple[str, ...] | None:
    """The place in an answer that the case's reason names; in a JSON-RPC answer it is counted from the result."""
    place = place_of(case["reason"])
    return ("result", *place) if place and " the result of " in case["reason"] and '"result"' in body else place


def _target(target: str, names: frozenset[str]) -> Line:
    """The path and query, with the queries of some names marked."""
    path, mark, query = target.partition("?")
    pieces: Line = [(path + mark, False)]
    for number, pair in enumerate(query.split("&") if query else ()):
        pieces += [("&" if number else "", False), (pair, pair.partition("=")[0] in names)]
    return [piece for piece in pieces if piece[0]]


def _clause(report: Mapping[str, Any], cases: Mapping[str, Any], clause: Mapping[str, Any]) -> dict[str, Any]:
    own = [cases[name] for name in clause["cases"] if name in cases]
    counts = {name: count for name in WORDS if (count := sum(1 for case in own if word(case) == name))}
    findings = list(dict.fromkeys(case["finding"] for case in own if "finding" in case))
    source = ", ".join(report["sources"].get(code.strip(), code.strip()) for code in clause["source"].split(","))
    return {**clause, "counts": counts, "findings": findings, "told": source}


def _idle(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What was skipped or disabled, by verdict and reason."""
    groups: dict[tuple[str, str], list[str]] = {}
    for case in report["cases"]:
        if case["verdict"] in {"skip", "disabled"}:
            groups.setdefault((case["verdict"], case["reason"]), []).append(case["id"])
    return [{"word": name, "reason": reason, "cases": ids} for (name, reason), ids in groups.items()]


def _missed(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What of the contract was not exercised, with why, one entry for each operation and reason."""
    groups: dict[tuple[str, str], list[str]] = {}
    for name, part, why in _unexercised(report["coverage"]):
        groups.setdefault((name, why), []).append(part)
    return [{"operation": name, "why": why, "parts": parts} for (name, why), parts in groups.items()]


def _unexercised(coverage: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Operation, part of it, and why it was not exercised."""
    for item in coverage["operations"]:
        if item["why"]:
            yield item["operation"], "the operation", item["why"]
            continue
        for member, label in _PARTS:
            for entry in item[member]:
                if entry["why"]:
                    yield item["operation"], label.format_map(entry), entry["why"]
    for item in coverage["methods"]:
        if item["why"]:
            yield item["method"], "the method", item["why"]
    for item in coverage["errors"]:
        if item["why"]:
            yield "(whole API)", f"error {item['code']} ({', '.join(item['names'])})", item["why"]
