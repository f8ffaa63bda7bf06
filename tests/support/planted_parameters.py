"""Faults in what is asked with: parameters, conditions and members of a body that are ignored or read wrongly."""

# JSON of any shape passes through here, and mypy sees to the rest.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl, quote, unquote, urlencode

from spots import EACH, Spot, changed, some, spots
from subjects import Subject, subjects

from mailproof.pointers import mapping, sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from in_process import Plant
    from planting import Fault

    from mailproof_conformance.exchange import Request

    Pairs = list[tuple[str, str]]

_KINDS = ("laws", "corpus", "bad-input", "agreement")
_TEXT_OPERATORS = ("EQUALS", "NOT_EQUALS", "CONTAINS", "NOT_CONTAINS")
_TIME_OPERATORS = ("FROM", "TO", "AT")


def faults(provider: str) -> Iterator[Fault]:
    """For each operation with a query or a body, and each method with conditions."""
    for subject in subjects(provider):
        if subject.is_method:
            yield from _conditions(subject)
        else:
            yield from _query(subject)
            yield from _body(subject)
            yield from _path(subject)
            yield from _elsewhere(subject)


def _query(subject: Subject) -> Iterator[Fault]:
    for item in subject.operation.definition["parameters"]:
        if item["in"] != "query" or item["schema"].get("type") == "object":
            continue
        name = item["name"]
        known = partial(_named, name)

        def fault(words: str, change: Callable[[Pairs], Pairs], name: str = name) -> Fault:
            return subject.fault(words, lambda: subject.heard(lambda r: _with_query(r, change)), *_KINDS, name=name)

        yield fault("filter or parameter ignored", lambda pairs, known=known: [p for p in pairs if not known(p)])  # type: ignore[misc]
        yield (
            fault(
                "the first word of a parameter only",
                lambda pairs, known=known: [  # type: ignore[misc]
                    (n, v.partition(",")[0].partition(" and ")[0]) if known((n, v)) else (n, v) for n, v in pairs
                ],
            )
            if name in {"match", "$filter", "$orderby", "$select", "customevents"}
            else fault(
                "a parameter read with a blank at its end",
                lambda pairs, known=known: [(n, f"{v} ") if known((n, v)) else (n, v) for n, v in pairs],  # type: ignore[misc]
            )
        )
        if item["schema"].get("type") == "integer":
            yield fault(
                "a number read one too high",
                lambda pairs, known=known: [  # type: ignore[misc]
                    (n, str(int(v) + 1)) if known((n, v)) and v.isdigit() else (n, v) for n, v in pairs
                ],
            )


def _named(name: str, pair: tuple[str, str]) -> bool:
    return pair[0].lower() == name.lower()


def _with_query(request: Request, change: Callable[[Pairs], Pairs]) -> Request:
    path, mark, query = request.target.partition("?")
    if not mark or "%ff" in query.lower():
        return request
    pairs = parse_qsl(query, keep_blank_values=True)
    new = change(pairs)
    if new == pairs:
        return request
    return replace(request, target=f"{path}?{urlencode(new, quote_via=quote)}" if new else path)


def _path(subject: Subject) -> Iterator[Fault]:
    """Only where a text is the name of a thing: another letter case is another thing."""
    for item in subject.operation.definition["parameters"]:
        if item["in"] == "path" and item["schema"].get("type") == "string" and not item["schema"].get("enum"):
            plant = lambda: subject.heard(lambda r: _lower_last(subject, r))  # noqa: E731
            yield subject.fault("names folded to small letters", plant, "laws", name=item["name"])


def _elsewhere(subject: Subject) -> Iterator[Fault]:
    """A server that looks for a name in the query first, as frameworks do that put all parameters together."""
    parameters = subject.operation.definition["parameters"]
    queries = {item["name"].lower() for item in parameters if item["in"] == "query"}
    shape = subject.operation.path.strip("/").split("/")
    for item in parameters:
        name = item["name"]
        if item["in"] == "path" and name.lower() not in queries and subject.operation.method != "delete":
            at = shape.index(f"{{{name}}}") - len(shape)
            plant = partial(subject.heard, partial(_from_query, name, at))
            yield subject.fault("a name of the path taken from the query", plant, "not-found", name=name)


def _from_query(name: str, at: int, request: Request) -> Request:
    path, _, query = request.target.partition("?")
    given = dict(parse_qsl(query)).get(name)
    if given is None:
        return request
    parts = path.split("/")
    parts[at] = quote(given, safe="")
    return replace(request, target=f"{'/'.join(parts)}?{query}")


def _lower_last(subject: Subject, request: Request) -> Request:
    """The segments that are parameters in small letters, where that makes another one of them."""
    path, mark, query = request.target.partition("?")
    parts = path.split("/")
    shape = subject.operation.path.strip("/").split("/")
    tail = len(shape)
    if len(parts) < tail:
        return request
    new = [
        quote(unquote(own).lower(), safe="") if form.startswith("{") and "%" not in own.replace("%20", "") else own
        for own, form in zip(parts[-tail:], shape, strict=True)
    ]
    return replace(request, target="/".join([*parts[:-tail], *new]) + mark + query)


def _body(subject: Subject) -> Iterator[Fault]:
    if subject.body is None:
        return
    declared = spots(subject.contract.document, subject.body)
    found = [spot for spot in declared if not spot.required and spot.way[-1] not in _passed_over(subject, declared)]
    for spot in some([s for s in found if not s.schema.get("readOnly") and s.way[-1] != "ListId"], 3, subject.id):
        yield subject.fault(
            "member of a body ignored",
            partial(_in_body, subject, spot, lambda h, n: {k: v for k, v in h.items() if k != n}),
            *_KINDS,
            name=spot.name,
        )


def _passed_over(subject: Subject, declared: list[Spot]) -> set[str]:
    """The members that name a record, where the query says which records are meant: they mean nothing there."""
    if not any("x-record" in item for item in subject.operation.definition["parameters"] if item["in"] == "query"):
        return set()
    return {str(mapping(spot.schema.get("x-record")).get("id")) for spot in declared if "x-record" in spot.schema}


def _in_body(subject: Subject, spot: Spot, change: Any) -> Plant:
    def heard(request: Request) -> Request:
        if "json" not in (request.header("content-type") or ""):
            return request
        try:
            value: Any = json.loads(request.body)
        except (ValueError, RecursionError):
            return request
        new = changed(value, spot.way, change)
        return request if new == value else replace(request, body=json.dumps(new).encode())

    return subject.heard(heard)


def _conditions(subject: Subject) -> Iterator[Fault]:
    if subject.body is None:
        return
    found = spots(subject.contract.document, subject.body)
    for spot in found:
        if len(spot.way) == 1 and not spot.required:
            yield subject.fault(
                "filter or parameter ignored", partial(_asked, subject, spot.way, _dropped), *_KINDS, name=spot.name
            )
    holders = {spot.way[:-1]: spot for spot in found if spot.way[-1] in {*_TEXT_OPERATORS, *_TIME_OPERATORS}}
    for way in holders:
        if not way or EACH in way:
            continue
        name = ".".join(way)
        operators = {spot.way[-1] for spot in found if spot.way[:-1] == way}
        changes: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {}
        if "CONTAINS" in operators:
            changes["wildcard treated as substring"] = lambda c: _operand(c, "CONTAINS", lambda t: f"%{t}%")
            changes["wildcard taken literally"] = lambda c: (
                {"EQUALS": c["CONTAINS"], **{k: v for k, v in c.items() if k not in {"CONTAINS", "EQUALS"}}}
                if "CONTAINS" in c
                else c
            )
            changes["negation ignored"] = lambda c: (
                {**{k: v for k, v in c.items() if k != "NOT_EQUALS"}, "EQUALS": c["NOT_EQUALS"]}
                if "NOT_EQUALS" in c
                else c
            )
            changes["union instead of intersection"] = _first_only
            changes["case-sensitive where insensitive"] = _shouted
        if "FROM" in operators:
            changes["off-by-one date window (from)"] = lambda c: _operand(c, "FROM", _next_day)
            changes["off-by-one date window (to)"] = lambda c: _operand(c, "TO", _day_before)
            changes["off-by-one date window (at)"] = lambda c: _operand(c, "AT", _next_day)
        for words, change in changes.items():
            plant = partial(_asked, subject, way, lambda h, n, change=change: {**h, n: change(mapping(h[n]))})
            yield subject.fault(words, plant, "laws", name=name)


def _dropped(holder: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: item for key, item in holder.items() if key != name}


def _first_only(condition: dict[str, Any]) -> dict[str, Any]:
    return dict(list(condition.items())[:1])


def _shouted(condition: dict[str, Any]) -> dict[str, Any]:
    """An operand in another letter case than the sandbox's values have finds nothing."""
    return {
        name: f"{text}\U0001f4a9" if isinstance(text, str) and text != text.lower() and text == text.upper() else text
        for name, text in condition.items()
    }


def _operand(condition: dict[str, Any], name: str, change: Callable[[str], str]) -> dict[str, Any]:
    text = condition.get(name)
    return {**condition, name: change(text)} if isinstance(text, str) else condition


def _next_day(text: str) -> str:
    return _moved(text, 1)


def _day_before(text: str) -> str:
    return _moved(text, -1)


def _moved(text: str, days: int) -> str:
    from datetime import date, timedelta  # noqa: PLC0415 - only here

    try:
        return (date.fromisoformat(text) + timedelta(days=days)).isoformat()
    except (ValueError, OverflowError):
        return text


def _asked(subject: Subject, way: tuple[str, ...], change: Any) -> Plant:
    """A server that reads the conditions of a method into others, alone or in a batch."""

    def of(call: Any) -> Any:
        params = sequence(mapping(call).get("params"))
        if mapping(call).get("method") != subject.id or len(params) != 2 or not isinstance(params[1], dict):
            return call
        return {**call, "params": [params[0], changed(params[1], way, _only_objects(change))]}

    def heard(request: Request) -> Request:
        try:
            value: Any = json.loads(request.body)
        except (ValueError, RecursionError):
            return request
        items = cast("list[Any]", value) if isinstance(value, list) else None
        new = [of(item) for item in items] if items is not None else of(value)
        return request if new == value else replace(request, body=json.dumps(new).encode())

    return subject.heard(heard)


def _only_objects(change: Any) -> Any:
    return lambda holder, name: change(holder, name) if isinstance(holder[name], dict) or change is _dropped else holder
