"""What of a contract a run exercised, and what it did not and why: operations, statuses, media types, parameters."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from mailproof.pointers import mapping, sequence
from mailproof_conformance.exercised import Asked, Called
from mailproof_conformance.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.exercised import Exercised
    from mailproof_conformance.places import Places
    from mailproof_conformance.redaction import Redactor
    from mailproof_conformance.runner import Outcome

_SERVER_ERROR = 500
_PARTS = ("statuses", "request_media_types", "answer_media_types", "parameters")
_IDLE = frozenset({Verdict.SKIP, Verdict.DISABLED})


def coverage(
    contract: Contract, exercised: Exercised, outcomes: Sequence[Outcome], places: Places, redactor: Redactor
) -> dict[str, Any]:
    """The `coverage` of a report."""
    reasons = _reasons(outcomes, redactor)
    operations: list[dict[str, Any]] = [
        _operation(item, exercised.operations.get(item.id, Asked()), reasons.get(item.id, ""))
        | {"place": places.operation(item.id)}
        for item in contract.operations
    ]
    methods: list[dict[str, Any]] = [
        _method(name, entry, exercised.methods.get(name, Called()), reasons.get(name, ""))
        | {"place": places.operation(name)}
        for name, entry in contract.rpc_methods.items()
    ]
    errors = list(_rpc_errors(contract, exercised)) if contract.rpc_methods else []
    lists: dict[str, list[dict[str, Any]]] = {
        part: [entry for item in operations for entry in item[part]] for part in _PARTS
    }
    counted: dict[str, list[dict[str, Any]]] = {"operations": operations, **lists, "methods": methods, "errors": errors}
    totals = {name: _share(entries) for name, entries in counted.items() if entries}
    return {"totals": totals, "operations": operations, "methods": methods, "errors": errors}


def _share(entries: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    return {"exercised": sum(1 for entry in entries if entry["requests"]), "of": len(entries)}


def _reasons(outcomes: Iterable[Outcome], redactor: Redactor) -> dict[str, str]:
    """Why cases of an operation were not tried, by operation: the reason that most of them give."""
    counted: dict[str, Counter[str]] = {}
    for outcome in outcomes:
        for name in outcome.case.operations if outcome.verdict in _IDLE else ():
            counted.setdefault(name, Counter())[redactor.text(outcome.reason)] += 1
    return {name: reasons.most_common(1)[0][0] for name, reasons in counted.items()}


def _operation(operation: Operation, asked: Asked, reason: str) -> dict[str, Any]:
    responses = operation.definition["responses"]
    body = mapping(mapping(operation.definition.get("requestBody")).get("content"))
    answers = dict.fromkeys(
        _bare(name) for node in responses.values() for name in mapping(mapping(node).get("content"))
    )
    types: Counter[str] = Counter()
    for (_, name), count in asked.answer_types.items():
        types[name] += count
    declared = {str(name) for name in responses}
    parameters = [_parameter(item, asked) for item in sequence(operation.definition.get("parameters"))]
    return {
        "operation": operation.id,
        "method": operation.method.upper(),
        "path": operation.path,
        "effect": operation.effect,
        "requests": asked.requests,
        "why": None if asked.requests else reason or "no case of this run is for it",
        "statuses": [
            _entry("status", str(name), _of_status(str(name), declared, asked), _why_no_status(str(name), reason))
            for name in responses
        ],
        "undocumented": [
            {"status": str(status), "requests": count}
            for status, count in sorted(asked.statuses.items())
            if not declared & {str(status), f"{status // 100}XX", "default"}
        ],
        "request_media_types": [
            _entry("media_type", name, _of_type(name, asked.request_types), reason or "no case sends it")
            for name in dict.fromkeys(map(_bare, body))
        ],
        "answer_media_types": [
            _entry("media_type", name, _of_type(name, types), reason or "no answer came in it") for name in answers
        ],
        "parameters": [
            {**entry, "why": None if entry["requests"] else reason or "no case sends it"} for entry in parameters
        ],
    }


def _entry(label: str, name: str, requests: int, why: str) -> dict[str, Any]:
    return {label: name, "requests": requests, "why": None if requests else why}


def _of_status(name: str, declared: set[str], asked: Asked) -> int:
    """How many answers had the status, or one of the range that no status of its own stands for."""
    if name.isdecimal():
        return asked.statuses[int(name)]
    others = {status: count for status, count in asked.statuses.items() if str(status) not in declared}
    if name == "default":
        return sum(count for status, count in others.items() if f"{status // 100}XX" not in declared)
    return sum(count for status, count in others.items() if str(status)[0] == name[0])


def _why_no_status(name: str, reason: str) -> str:
    if name[:1].isdecimal() and int(name[0]) * 100 >= _SERVER_ERROR:
        return "the suite does not try to make a server fail"
    return reason or "no request of this run was answered with it"


def _of_type(name: str, counted: Mapping[str, int]) -> int:
    """How often a media type came, or one of the range that it is."""
    start = name.removesuffix("*") if name.endswith("/*") else None
    if name == "*/*":
        return sum(counted.values())
    return sum(count for other, count in counted.items() if other == name or (start and other.startswith(start)))


def _parameter(item: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    """A parameter of the path is sent with each request, one that is an object under the names of its members."""
    name, place = str(item["name"]), str(item["in"])
    members = list(mapping(mapping(item.get("schema")).get("properties")))
    counts = {"path": asked.requests, "header": asked.headers[name.lower()]}
    counts["query"] = sum(asked.queries[other] for other in [name, f"{name}[]", *members])
    return {"name": name, "in": place, "requests": counts.get(place, 0)}


def _method(name: str, entry: Mapping[str, Any], called: Called, reason: str) -> dict[str, Any]:
    return {
        "method": name,
        "effect": str(entry.get("effect", "write")),
        "requests": called.requests,
        "results": called.results,
        "errors": [{"code": code, "requests": count} for code, count in sorted(called.errors.items())],
        "why": None if called.requests else reason or "no case of this run calls it",
    }


def _rpc_errors(contract: Contract, exercised: Exercised) -> Iterator[dict[str, Any]]:
    """The codes of the contract's JSON-RPC errors; several errors may share one."""
    came: Counter[int] = Counter()
    for called in exercised.methods.values():
        came.update(called.errors)
    names: dict[int, list[str]] = {}
    for name, error in mapping(contract.document.get("x-rpc-errors")).items():
        names.setdefault(int(error["code"]), []).append(name)
    for code, known in names.items():
        why = None if came[code] else "no call of this run was answered with it"
        yield {"code": code, "names": known, "requests": came[code], "why": why}


def _bare(name: str) -> str:
    return name.partition(";")[0].strip().lower()
