"""What is broken, each defect once: the cases that saw the same thing, brought together under one title."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mailproof_conformance.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mailproof.promises import Contract
    from mailproof_conformance.exchange import Request
    from mailproof_conformance.places import Places
    from mailproof_conformance.redaction import Redactor
    from mailproof_conformance.runner import Outcome

BROKEN = frozenset({Verdict.FAIL, Verdict.ERROR})
_CONTRACT_RULES = ("server-error", "status", "outcome", "media-type", "header", "body", "schema", "problem")
"""Rules of the contract itself (`expectation.Finding.rule`): whichever case sees one broken sees the same defect."""
_ANYWHERE = frozenset({"header", "problem", "authentication", "verbs", "media-types", "not-found"})
"""What the front door of an API does for all of its operations: one defect there, however many operations show it."""
_OF_THE_ANSWER = frozenset({"media-type", "header", "body", "schema", "problem"})
"""Rules that an answer breaks whatever was varied in the request."""
_LEVELS = ("core", "extended", "assumed")
_VERDICTS = ("fail", "error", "note")
_SHORT = 80
_FEW = 2

_AT = re.compile(r" at (?P<place>/.*?): (?P<message>.*)", re.DOTALL)
_DETAIL = re.compile(r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)\.?$")
_ANSWERED: Mapping[str, str] = {
    "the request is refused": "answered with {} to a request that has to be refused",
    "the request is taken": "answered with {} to a request that has to be taken",
    "the call is refused": "answered with a result to a call that has to be refused",
}
"""What cases of several kinds look at, and how the server answered instead."""
_VARYING = (
    (re.compile(r"\"[^\"]*\"|'[^']*'"), "*"),
    (re.compile(r"(?<=/)\d+(?=[/ :]|$)"), "*"),
    (re.compile(r"\b(?=\w*\d)(?=\w*[A-Za-z])\w{6,}\b"), "*"),
    (re.compile(r"\d{4,}"), "*"),
)
"""What differs from one sighting of a defect to the next: quoted values, places in lists, ids, long numbers."""


@dataclass(frozen=True, slots=True)
class _Sighting:
    outcome: Outcome
    rule: str
    operations: tuple[str, ...]
    reason: str

    @property
    def word(self) -> str:
        return "note" if self.outcome.note else self.outcome.verdict.value

    @property
    def counts(self) -> bool:
        return not self.outcome.known

    @property
    def size(self) -> tuple[int, int]:
        """How much there is to read: exchanges, and bytes of the last request."""
        exchanges = self.outcome.exchanges
        last = exchanges[-1].request if exchanges else None
        return len(exchanges), len(last.target) + len(last.body) if last else 0


def findings(
    contract: Contract,
    outcomes: Iterable[Outcome],
    places: Places,
    redactor: Redactor,
    operation_of: Callable[[Request], str | None],
) -> list[dict[str, Any]]:
    """The `findings` of a report, most severe first. `operation_of` tells which operation a request was for."""
    groups: dict[tuple[str, ...], list[_Sighting]] = {}
    for outcome in outcomes:
        if outcome.verdict in BROKEN:
            sighting = _sighting(outcome, operation_of)
            groups.setdefault(_key(sighting), []).append(sighting)
    found = [_finding(contract, key, group, places, redactor) for key, group in groups.items()]
    return sorted(found, key=_severity)


def _severity(finding: Mapping[str, Any]) -> tuple[object, ...]:
    return (
        finding["known"] is not None,
        _VERDICTS.index(finding["verdict"]),
        finding["rule"] != "server-error",
        _LEVELS.index(finding["level"]),
        -finding["count"],
    )


def _sighting(outcome: Outcome, operation_of: Callable[[Request], str | None]) -> _Sighting:
    case = outcome.case
    start, _, rest = outcome.reason.partition(": ")
    if outcome.verdict is Verdict.ERROR:
        return _Sighting(outcome, "error", case.operations, outcome.reason)
    if start in _CONTRACT_RULES:
        asked = operation_of(outcome.exchanges[-1].request) if outcome.exchanges else None
        return _Sighting(outcome, start, case.operations if asked is None else (asked,), rest)
    return _Sighting(outcome, case.clause or case.kind, case.operations, outcome.reason)


def _key(sighting: _Sighting) -> tuple[str, ...]:
    """What makes two sightings one defect; no value in it varies from run to run."""
    rule, outcome = sighting.rule, sighting.outcome
    where = () if rule in _ANYWHERE else sighting.operations
    if outcome.case.clause == rule:
        return rule, *where
    if rule == "schema":
        match = _AT.search(sighting.reason)
        place = f"{sighting.reason[: match.start()]} {match['place']}" if match else sighting.reason
        return rule, *where, _steady(place), _steady(json.dumps(outcome.expected, default=str, sort_keys=True))
    return rule, *where, _steady(sighting.reason)


def _steady(text: str) -> str:
    for pattern, replacement in _VARYING:
        text = pattern.sub(replacement, text)
    return text


def _finding(
    contract: Contract, key: tuple[str, ...], group: Sequence[_Sighting], places: Places, redactor: Redactor
) -> dict[str, Any]:
    """One defect. What counts is told first, and of that what is short to read."""
    ranked = sorted(group, key=lambda item: (not item.counts, _VERDICTS.index(item.word), item.size))
    first = ranked[0]
    gravest = [item for item in ranked if (item.word, item.counts) == (first.word, first.counts)]
    operations = list(dict.fromkeys(name for item in group for name in item.operations))
    case = first.outcome.case
    own = operations[0] if operations else None
    if case.clause == first.rule:
        place = places.clause(first.rule)
    else:
        place = places.start if own is None else places.operation(own)
    return {
        "id": hashlib.sha256("\n".join(key).encode("utf-8", "backslashreplace")).hexdigest()[:12],
        "title": _clipped(redactor.text(_title(contract, ranked, operations)), 300),
        "verdict": first.word,
        "operations": operations,
        "rule": first.rule,
        "level": min((item.outcome.level or item.outcome.case.level for item in gravest), key=_LEVELS.index),
        "known": redactor.text(first.outcome.known) if first.outcome.known else None,
        "place": place,
        "case": case.id,
        "cases": [item.outcome.case.id for item in ranked],
        "count": len(group),
    }


def _title(contract: Contract, group: Sequence[_Sighting], operations: Sequence[str]) -> str:
    """What is wrong, in words: where, and what the server does there."""
    first = group[0]
    where = _where(contract, operations)
    if first.rule == "error":
        return f"The suite itself broke, so nothing is known of {where}: {first.reason}"
    if first.outcome.case.clause == first.rule:
        return f"Not kept: {first.outcome.case.promise}"
    tried = "" if first.rule in _OF_THE_ANSWER else _tried(group)
    return f"{where}: {_told(first)}{tried}"


def _told(sighting: _Sighting) -> str:
    """What the server does, where the operation is named already."""
    reason, expected, came = sighting.reason, _short(sighting.outcome.expected), _short(sighting.outcome.actual)
    status = came.partition(" ")[0]
    told = f"{reason}: promised {expected}, came {came}"
    match sighting.rule, reason:
        case "server-error", _:
            told = f"the server fails with {status}"
        case "status", _:
            told = f"answered with {status}, a status that the contract does not have there"
        case "media-type" | "outcome", _:
            told = f"answered {'in' if sighting.rule == 'media-type' else 'with'} {came}, promised is {expected}"
        case "header", _ if came == "absent":
            told = f"answered without {reason}"
        case "schema", _:
            match = _AT.search(reason)
            what = f"{match['place']} in {reason[: match.start()]}: {match['message']}" if match else reason
            told = f"answered with what the schema does not allow: {what}"
        case "body", _ if reason.startswith("the body is "):
            told = f"answered with a body that cannot be read as {reason.removeprefix('the body is ')}: {came}"
        case "problem", _ if reason.startswith("the status of "):
            told = f"answered with {status}, promised is {reason.removeprefix('the status of ')} ({expected})"
        case _ if reason in _ANSWERED:
            told = _ANSWERED[reason].format(status)
        case _:
            pass
    return told


def _tried(group: Sequence[_Sighting]) -> str:
    """What was varied in the requests, as the promises of their cases say it in brackets."""
    details = [match[1] for item in group if (match := _DETAIL.search(item.outcome.case.promise))]
    different = list(dict.fromkeys(details))
    if not different:
        return ""
    return f" ({different[0]})" if len(different) == 1 else f" ({different[0]}, and {len(different) - 1} more ways)"


def _where(contract: Contract, operations: Sequence[str]) -> str:
    """Operations as a reader knows them: by verb and path, JSON-RPC methods by name; many of them by their number."""
    known = {item.id: f"{item.method.upper()} {item.path}" for item in contract.operations}
    names = [known.get(name, name) for name in operations]
    if not names:
        return "The API"
    if len(names) <= _FEW:
        return " and ".join(names)
    return f"{names[0]} and {len(names) - 1} more operations"


def _short(value: object) -> str:
    text = "nothing" if value is None else value if isinstance(value, str) else json.dumps(value, default=repr)
    return _clipped(" ".join(text.split()), _SHORT)


def _clipped(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}..."
