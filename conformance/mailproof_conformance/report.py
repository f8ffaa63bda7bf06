"""The report of a run as one JSON document; every other output is made from it."""

from __future__ import annotations

import glob
import json
import shlex
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from mailproof import providers
from mailproof_conformance.calls import called
from mailproof_conformance.case import KINDS
from mailproof_conformance.coverage import coverage
from mailproof_conformance.curl import curl_line
from mailproof_conformance.effects import Effects
from mailproof_conformance.exchange import printable
from mailproof_conformance.exercised import Exercised
from mailproof_conformance.findings import BROKEN, findings
from mailproof_conformance.known_failures import told
from mailproof_conformance.places import Places, shown
from mailproof_conformance.report_options import chosen, options_line, quoted, replay_line
from mailproof_conformance.sources import sources_of
from mailproof_conformance.target import Credential, Target
from mailproof_conformance.verdicts import Verdict, worst

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mailproof.promises import Clause, Contract
    from mailproof_conformance.exchange import Exchange, Request
    from mailproof_conformance.known_failures import Stale
    from mailproof_conformance.options import Options
    from mailproof_conformance.redaction import Redactor
    from mailproof_conformance.runner import Outcome

FORMAT = 2
_TEXT_LIMIT = 4_000
_TOLD_IN_FULL = 20
"""Cases of one finding with all of their exchanges; of the others the last one is kept."""


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
    unfinished: str | None = None
    """Why not every case was run."""
    stale: tuple[Stale, ...] = ()
    """Known failures that the run does not bear out."""
    exercised: Exercised = field(default_factory=Exercised)
    safety: Mapping[str, Any] | None = None
    """What the guard allowed and refused, as the report shows it."""


def schema() -> dict[str, Any]:
    """The JSON Schema of a report."""
    text = files(__package__ or "").joinpath("report.schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def build(run: Run, outcomes: Sequence[Outcome], redactor: Redactor) -> dict[str, Any]:
    """The report. Nothing in it depends on the clock but `started` and the members called `seconds`."""
    contract = run.contract
    places = Places(contract)
    found = findings(contract, outcomes, places, redactor, _asked(run))
    entries = [_case(run, outcome, redactor) for outcome in outcomes]
    _join(entries, found)
    return {
        "format": FORMAT,
        "mailproof": version("mailproof"),
        "provider": run.contract.provider,
        "contract": {
            "title": run.contract.document["info"]["title"],
            "version": run.contract.document["info"]["version"],
            "vintage": run.contract.vintage,
            "digest": run.contract.digest,
            "place": places.start,
        },
        "target": {"base_url": redactor.text(run.base_url)},
        "profile": run.options.profile,
        "seed": run.options.seed,
        "strict": run.options.strict,
        "started": run.started,
        "seconds": round(run.seconds, 3),
        "options": chosen(run.options),
        "unfinished": run.unfinished,
        "conforms": conforms(outcomes) and run.unfinished is None and not any(item.counts for item in run.stale),
        "requests": sum(outcome.requests for outcome in outcomes),
        "totals": totals(outcomes),
        "findings": found,
        "known_failures": redactor.value(told(run.options.known_failures, run.stale)),
        "safety": None if run.safety is None else redactor.value(run.safety),
        "clauses": _clauses(contract, outcomes, places),
        "sources": sources_of(contract, (outcome.case.source for outcome in outcomes)),
        "matrix": _matrix(contract, outcomes),
        "coverage": coverage(contract, run.exercised, outcomes, places, redactor),
        "cases": entries,
    }


def conforms(outcomes: Iterable[Outcome]) -> bool:
    """Whether no promise was found broken and no case of ours broke, but for what is known."""
    return not any(outcome.counts for outcome in outcomes)


def _asked(run: Run) -> Callable[[Request], str | None]:
    """Tells the operation, or the JSON-RPC method, that a request was for."""
    contract = run.contract
    effects = Effects(contract, Target(contract.provider, run.base_url, Credential()))

    def asked(request: Request) -> str | None:
        operation = effects.operation(request)
        if operation is None or "x-rpc-methods" not in operation.definition:
            return None if operation is None else operation.id
        return next((name for name in called(request) if name in contract.rpc_methods), None)

    return asked


def _join(entries: Sequence[dict[str, Any]], found: Sequence[Mapping[str, Any]]) -> None:
    """Names the finding of each broken case, and keeps a report small in which one defect is seen a thousand times."""
    by_id = {entry["id"]: entry for entry in entries}
    for finding in found:
        for number, name in enumerate(finding["cases"]):
            entry = by_id[name]
            entry["finding"] = finding["id"]
            if number >= _TOLD_IN_FULL:
                entry["exchanges"] = entry["exchanges"][-1:]


def totals(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """How many cases ended how; a note and a known failure are counted as such and not as failures."""
    counted = {verdict.value: 0 for verdict in reversed(Verdict)} | {"note": 0, "known": 0}
    for outcome in outcomes:
        counted[word(outcome)] += 1
    return counted


def word(outcome: Outcome) -> str:
    """The verdict as a reader sees it: its name, or `note`, or `known`."""
    if outcome.known:
        return "known"
    return "note" if outcome.note else outcome.verdict.value


def _clauses(contract: Contract, outcomes: Iterable[Outcome], places: Places) -> list[dict[str, Any]]:
    by_clause: dict[str | None, list[Outcome]] = {}
    for outcome in outcomes:
        by_clause.setdefault(outcome.case.clause, []).append(outcome)
    return [
        {**_clause(clause, by_clause.get(clause.id, [])), "place": places.clause(clause.id)}
        for clause in contract.clauses.values()
    ]


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
    """The gravest verdict; known failures and notes weigh less than a failure and more than a pass."""
    words = {word(item) for item in outcomes}
    verdict = worst(*(item.verdict for item in outcomes if word(item) == item.verdict.value))
    if verdict in BROKEN:
        return verdict.value
    return next((name for name in ("known", "note") if name in words), verdict.value)


def _case(run: Run, outcome: Outcome, redactor: Redactor) -> dict[str, Any]:
    case = outcome.case
    entry: dict[str, Any] = {
        "id": case.id,
        "kind": case.kind,
        "operations": list(case.operations),
        "clause": case.clause,
        "level": outcome.level or case.level,
        "promise": redactor.text(case.promise),
        "source": case.source,
        "verdict": outcome.verdict.value,
        "note": outcome.note,
        "known": redactor.text(outcome.known) or None,
        "requests": outcome.requests,
        "seconds": round(outcome.seconds, 3),
    }
    if outcome.verdict is not Verdict.PASS:
        entry["reason"] = redactor.text(outcome.reason)
    if outcome.verdict in BROKEN:
        entry |= {
            "expected": _told(outcome.expected, redactor),
            "actual": _told(outcome.actual, redactor),
            "remarks": [_clipped(redactor.text(remark)) for remark in outcome.remarks],
            "exchanges": [_exchange(run, item, redactor) for item in outcome.exchanges],
            "replay": _again(run, case.id, redactor),
        }
        if outcome.smallest is not None:
            smallest = entry["smallest"] = _exchange(run, outcome.smallest, redactor)
            again = smallest["curl"] or f"{smallest['request']['method']} {smallest['request']['target']}"
            entry["remarks"].append(f"the smallest request that still breaks it: {again}")
    return entry


def _again(run: Run, case_id: str, redactor: Redactor) -> str:
    """The command line that shows a failure again; where the report is saved, as it is said in its folder."""
    if run.options.saved:
        return replay_line(case_id)
    words = [_contract_name(run.contract), "--url", shlex.quote(redactor.text(run.base_url))]
    words += [] if run.contract.vintage is None else ["--vintage", run.contract.vintage]
    return f"mailproof check {' '.join(words)}{options_line(run.options)} --only {quoted(glob.escape(case_id))}"


def _contract_name(contract: Contract) -> str:
    """How `mailproof check` is told the contract: by the provider's name, or by the file of a contract of one's own."""
    return contract.provider if contract.provider in providers() else shlex.quote(shown(contract.path))


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
