"""The report of a run as one JSON document; every other output is made from it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from mailproof_conformance.case import KINDS
from mailproof_conformance.curl import curl_line
from mailproof_conformance.exchange import printable
from mailproof_conformance.verdicts import Verdict, worst

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mailproof.promises import Clause, Contract
    from mailproof_conformance.exchange import Exchange
    from mailproof_conformance.options import Options
    from mailproof_conformance.redaction import Redactor
    from mailproof_conformance.runner import Outcome

FORMAT = 1
_TEXT_LIMIT = 4_000
_MOST_EXCHANGES = 5


@dataclass(frozen=True, slots=True)
class Run:
    """What a report tells of a run beside its outcomes."""

    contract: Contract
    base_url: str
    origin: str
    """Scheme and authority of the server."""
    options: Options
    started: str
    """ISO 8601, UTC."""
    seconds: float
    safety: Mapping[str, Any] | None = None
    """What the guard allowed and refused, as the report shows it."""


def schema() -> dict[str, Any]:
    """The JSON Schema of a report."""
    text = files(__package__ or "").joinpath("report.schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def build(run: Run, outcomes: Sequence[Outcome], redactor: Redactor) -> dict[str, Any]:
    """The report. Nothing in it depends on the clock but `started` and the members called `seconds`."""
    return {
        "format": FORMAT,
        "mailproof": version("mailproof"),
        "provider": run.contract.provider,
        "contract": {
            "title": run.contract.document["info"]["title"],
            "version": run.contract.document["info"]["version"],
            "vintage": run.contract.vintage,
            "digest": run.contract.digest,
        },
        "target": {"base_url": redactor.text(run.base_url)},
        "profile": run.options.profile,
        "seed": run.options.seed,
        "strict": run.options.strict,
        "started": run.started,
        "seconds": round(run.seconds, 3),
        "conforms": conforms(outcomes),
        "requests": sum(outcome.requests for outcome in outcomes),
        "totals": totals(outcomes),
        "safety": None if run.safety is None else redactor.value(run.safety),
        "clauses": _clauses(run.contract, outcomes),
        "matrix": _matrix(run.contract, outcomes),
        "cases": [_case(run, outcome, redactor) for outcome in outcomes],
    }


def conforms(outcomes: Iterable[Outcome]) -> bool:
    """Whether no promise was found broken and no case of ours broke."""
    return not any(outcome.counts or outcome.verdict is Verdict.ERROR for outcome in outcomes)


def totals(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """How many cases ended how; a note is counted as such and not as a failure."""
    counted = {verdict.value: 0 for verdict in reversed(Verdict)} | {"note": 0}
    for outcome in outcomes:
        counted["note" if outcome.note else outcome.verdict.value] += 1
    return counted


def word(outcome: Outcome) -> str:
    """The verdict as a reader sees it: its name, or `note`."""
    return "note" if outcome.note else outcome.verdict.value


def _clauses(contract: Contract, outcomes: Iterable[Outcome]) -> list[dict[str, Any]]:
    by_clause: dict[str | None, list[Outcome]] = {}
    for outcome in outcomes:
        by_clause.setdefault(outcome.case.clause, []).append(outcome)
    return [_clause(clause, by_clause.get(clause.id, [])) for clause in contract.clauses.values()]


def _clause(clause: Clause, own: Sequence[Outcome]) -> dict[str, Any]:
    return {
        "id": clause.id,
        "sentence": clause.sentence,
        "level": clause.level,
        "source": clause.source,
        "operations": list(clause.operations),
        "verdict": _summary(own),
        "cases": [outcome.case.id for outcome in own],
    }


def _matrix(contract: Contract, outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """One row for each operation (or JSON-RPC method) and one for what concerns the whole API."""
    rpc = {item.id for item in contract.operations if "x-rpc-methods" in item.definition}
    names = [*(item.id for item in contract.operations if item.id not in rpc), *contract.rpc_methods, *rpc]
    by_name: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        for name in outcome.case.operations or ("",):
            by_name.setdefault(name, []).append(outcome)
    rows: list[dict[str, Any]] = []
    for name in [*names, ""]:
        own = by_name.get(name)
        if own:
            cells = {kind: _cell([item for item in own if item.case.kind == kind]) for kind in KINDS}
            rows.append({"operation": name, "cells": {kind: cell for kind, cell in cells.items() if cell}})
    return rows


def _cell(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    if not outcomes:
        return {}
    return {
        "verdict": _summary(outcomes),
        "counts": {key: count for key, count in totals(outcomes).items() if count},
    }


def _summary(outcomes: Sequence[Outcome]) -> str:
    """The gravest verdict; notes weigh less than a failure and more than a pass."""
    verdict = worst(*(item.verdict for item in outcomes if not item.note))
    noted = any(item.note for item in outcomes)
    return "note" if noted and verdict not in {Verdict.FAIL, Verdict.ERROR} else verdict.value


def _case(run: Run, outcome: Outcome, redactor: Redactor) -> dict[str, Any]:
    case = outcome.case
    entry: dict[str, Any] = {
        "id": case.id,
        "kind": case.kind,
        "operations": list(case.operations),
        "clause": case.clause,
        "level": case.level,
        "promise": redactor.text(case.promise),
        "source": case.source,
        "verdict": outcome.verdict.value,
        "note": outcome.note,
        "requests": outcome.requests,
        "seconds": round(outcome.seconds, 3),
    }
    if outcome.verdict is not Verdict.PASS:
        entry["reason"] = redactor.text(outcome.reason)
    if outcome.verdict in {Verdict.FAIL, Verdict.ERROR}:
        entry |= {
            "expected": _told(outcome.expected, redactor),
            "actual": _told(outcome.actual, redactor),
            "remarks": [_clipped(redactor.text(remark)) for remark in outcome.remarks],
            "exchanges": [_exchange(run, item, redactor) for item in outcome.exchanges[-_MOST_EXCHANGES:]],
            "replay": f"mailproof check {run.contract.provider} --url {redactor.text(run.base_url)}"
            f"{_vintage(run.contract)} --profile {run.options.profile} --seed {run.options.seed} --only '{case.id}'",
        }
    return entry


def _vintage(contract: Contract) -> str:
    return "" if contract.vintage is None else f" --vintage {contract.vintage}"


def _exchange(run: Run, exchange: Exchange, redactor: Redactor) -> dict[str, Any]:
    request, response = exchange.request, exchange.response
    entry: dict[str, Any] = {
        "request": {
            "method": request.method,
            "target": _clipped(redactor.text(request.target)),
            "headers": [[name, _clipped(redactor.text(value))] for name, value in request.headers],
            "body": _clipped(redactor.text(printable(request.body))),
        },
        "response": None,
        "trouble": exchange.trouble,
        "curl": curl_line(request, run.origin, redactor),
    }
    if response is not None:
        entry["response"] = {
            "status": response.status,
            "headers": [[name, redactor.text(value)] for name, value in response.headers.items() if name != "date"],
            "body": _clipped(redactor.text(printable(response.body))),
        }
    return entry


def _told(value: object, redactor: Redactor) -> Any:
    shown = redactor.value(value)
    text = json.dumps(shown, ensure_ascii=False)
    return shown if len(text) <= _TEXT_LIMIT else _clipped(text)


def _clipped(text: str) -> str:
    """The text, its tail left out when it is long.

    Lone surrogates shown as escapes, since a file cannot hold them.
    """
    safe = text.encode("utf-8", "backslashreplace").decode()
    if len(safe) <= _TEXT_LIMIT:
        return safe
    return f"{safe[:_TEXT_LIMIT]}... ({len(safe) - _TEXT_LIMIT} more characters)"
