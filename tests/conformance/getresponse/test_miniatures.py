"""For each clause a server that breaks just that promise, and the law that notices it."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, TypeGuard, cast

import pytest

from mailproof import contract
from mailproof_conformance.exchange import Response
from mailproof_mock.getresponse import messages, text_conditions, time_conditions

if TYPE_CHECKING:
    from collections.abc import Callable

    from in_process import BrokenCases, Forward, Mangle

    from mailproof_conformance.exchange import Request

    Patch = Callable[[pytest.MonkeyPatch], None]
    Call = dict[str, Any]
    Condition = dict[str, Any]

KEY = "0123456789abcdef0123456789abcdef"
METHODS = set(contract("getresponse").rpc_methods)
TYPES = ("newsletter", "autoresponder", "ab_test", "draft")
NOTHING: dict[str, Any] = {}


# What a server may do to a request or an answer


def answered(status: int, body: object = None) -> Response:
    """An answer with that status and JSON, or without a body."""
    return Response(status, {"content-type": "application/json"}, b"" if body is None else json.dumps(body).encode())


def is_object(value: object) -> TypeGuard[Call]:
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def read(body: bytes) -> Any:
    """A body as JSON; None for what is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def ask(change: Callable[[Call], Call]) -> Mangle:
    """A server that takes a call for another, alone or in a batch."""

    def mangle(request: Request, forward: Forward) -> Response:
        asked = read(request.body)
        if is_array(asked):
            calls = asked
            return forward(with_body(request, [change(call) if is_object(call) else call for call in calls]))
        return forward(with_body(request, change(asked)) if is_object(asked) else request)

    return mangle


def batch(change: Callable[[list[Any]], list[Any]]) -> Mangle:
    """A server that takes a batch for another."""

    def mangle(request: Request, forward: Forward) -> Response:
        asked = read(request.body)
        return forward(with_body(request, change(asked)) if is_array(asked) else request)

    return mangle


def with_body(request: Request, body: object) -> Request:
    return replace(request, body=json.dumps(body).encode())


def when(test: Callable[[Request], object], answer: Response) -> Mangle:
    """A server that answers some requests in its own way."""
    return lambda request, forward: answer if test(request) else forward(request)


def tell(change: Callable[[Any], Any]) -> Mangle:
    """A server that answers something else."""

    def mangle(request: Request, forward: Forward) -> Response:
        response = forward(request)
        said = read(response.content) if response.body else None
        return response if said is None else replace(answered(200, change(said)), headers=plain(response))

    return mangle


def plain(response: Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name != "content-encoding"}


def call(**members: Any) -> Mangle:
    """A server that reads members of a call into other values; a function is given the sent one, if there is one."""

    def change(sent: Call) -> Call:
        made = {
            name: value(sent[name]) if callable(value) else value for name, value in members.items() if name in sent
        }
        return {**sent, **made}

    return ask(change)


def params(change: Callable[[Any], Any]) -> Mangle:
    """A server that takes arguments for others."""
    return call(params=change)


def keyed(change: Callable[[Any], Any]) -> Mangle:
    """A server that takes a key for another."""
    return params(lambda sent: [change(sent[0]), *sent[1:]] if is_array(sent) and sent else sent)


def conditions(change: Callable[[Condition], Condition], *methods: str) -> Mangle:
    """A server that takes conditions of some methods, or of all, for others."""

    def changed(sent: Call) -> Call:
        arguments = sent.get("params")
        if methods and sent.get("method") not in methods:
            return sent
        if not is_array(arguments) or len(arguments) != 2 or not is_object(arguments[1]):
            return sent
        return {**sent, "params": [arguments[0], change(arguments[1])]}

    return ask(changed)


def texts(change: Callable[[Condition], Condition]) -> Mangle:
    """A server that takes text operators for others, wherever they stand."""

    def changed(sent: Condition) -> Condition:
        made = dict(sent)
        for name in ("subject", "name"):
            if is_object(sent.get(name)):
                made[name] = change(sent[name])
        return made

    return conditions(changed)


def operators(**changes: Callable[[str], tuple[str, str]]) -> Mangle:
    """A server that takes an operator and its operand for others."""

    def changed(sent: Condition) -> Condition:
        return dict(
            changes[name](operand) if name in changes and isinstance(operand, str) else (name, operand)
            for name, operand in sent.items()
        )

    return texts(changed)


def patterns(change: Callable[[str], str]) -> Mangle:
    """A server that takes the patterns of both operators for others."""
    return operators(
        CONTAINS=lambda operand: ("CONTAINS", change(operand)),
        NOT_CONTAINS=lambda operand: ("NOT_CONTAINS", change(operand)),
    )


def days(change: Callable[[Condition], Condition]) -> Mangle:
    """A server that takes time operators for others."""

    def changed(sent: Condition) -> Condition:
        made = {name: change(sent[name]) for name in ("send_on", "created_on") if is_object(sent.get(name))}
        return {**sent, **made}

    return conditions(changed)


def without(*names: str) -> Callable[[Condition], Condition]:
    return lambda sent: {name: value for name, value in sent.items() if name not in names}


def having(**members: object) -> Callable[[Condition], Condition]:
    return lambda sent: {**sent, **members}


def result(change: Callable[[Any], Any], *methods: str) -> Mangle:
    """A server that gives other results."""

    def mangle(request: Request, forward: Forward) -> Response:
        asked: Any = read(request.body)
        response = forward(request)
        said: Any = read(response.content) if response.body else None
        if not is_object(asked) or asked.get("method") not in methods or "result" not in said:
            return response
        if said["result"] is None:
            return response
        return replace(answered(200, {**said, "result": change(said["result"])}), headers=plain(response))

    return mangle


def failure(change: Callable[[Condition], Condition | None], *methods: str) -> Mangle:
    """A server that gives other errors; None turns one into an empty result."""

    def mangle(request: Request, forward: Forward) -> Response:
        asked: Any = read(request.body)
        response = forward(request)
        said: Any = read(response.content) if response.body else None
        if not is_object(said) or not said.get("error"):
            return response
        if methods and asked["method"] not in methods:
            return response
        error = change(said["error"])
        kept = without("error", "result")(said)
        return answered(200, {**kept, "result": {}} if error is None else {**said, "error": error})

    return mangle


def code(old: int, new: int) -> Mangle:
    return failure(lambda error: {**error, "code": new} if error["code"] == old else error)


def rows(change: Callable[[Condition], Condition]) -> Callable[[Any], Any]:
    return lambda found: {name: change(row) for name, row in found.items()}


def missing(found: Any) -> Any:
    """An unknown ID as what the method makes of it; anything else as it is."""
    return found or {"x": 1}


# Faults that take more than a line


def first_try(change: Callable[[Call], Call]) -> Mangle:
    """A server that looks at the changed call first, and answers with its error if there is one."""

    def mangle(request: Request, forward: Forward) -> Response:
        asked: Any = read(request.body)
        if is_object(asked):
            response = forward(with_body(request, change(asked)))
            if response.body and response.json().get("error"):
                return response
        return forward(request)

    return mangle


def notifications_that_fail(request: Request, forward: Forward) -> Response:
    response = forward(request)
    asked: Any = read(request.body)
    if response.status != 204 or not is_object(asked):
        return response
    told = forward(with_body(request, {**asked, "id": None}))
    return told if told.json().get("error") else response


def structured_ids(request: Request, forward: Forward) -> Response:
    asked: Any = read(request.body)
    if not is_object(asked) or not isinstance(asked.get("id"), dict | list | bool):
        return forward(request)
    return answered(200, {**forward(with_body(request, {**asked, "id": 1})).json(), "id": asked["id"]})


def lenient_json(request: Request, forward: Forward) -> Response:
    try:
        value = json.loads(
            request.body.decode("utf-16" if request.body[:2] == b"\xff\xfe" else "utf-8", "replace"), strict=False
        )
    except (ValueError, RecursionError):
        return forward(request)
    return forward(with_body(request, json.loads(json.dumps(value).replace("NaN", "0").replace("Infinity", "0"))))


def ids(change: Callable[[Any], Any]) -> Mangle:
    """A server that changes ids on their way back."""
    return tell(lambda said: {**said, "id": change(said["id"])} if is_object(said) and "id" in said else said)


def packed(request: Request, forward: Forward) -> Response:
    """Compresses for everybody."""
    response = forward(request)
    if response.headers.get("content-encoding") or not response.body:
        return response
    return replace(
        response, headers={**response.headers, "content-encoding": "gzip"}, body=gzip.compress(response.body)
    )


def mixed_up_batch(calls: list[Any]) -> list[Any]:
    """Everybody's key is the first one's."""
    keys = [sent["params"][0] for sent in calls if is_object(sent) and sent.get("params")]
    return [
        {**sent, "params": [keys[0], *sent["params"][1:]]} if is_object(sent) and sent.get("params") else sent
        for sent in calls
    ]


def in_batches(change: Callable[[list[Any]], Any]) -> Mangle:
    """A server that gives other answers to batches."""
    return tell(lambda said: change(said) if is_array(said) else said)


def turned_round(sent: Condition) -> Condition:
    if {"FROM", "TO"} <= set(sent) and sent["FROM"] > sent["TO"]:
        return {**sent, "FROM": sent["TO"], "TO": sent["FROM"]}
    return sent


def any_day(sent: Condition) -> Condition:
    whole = re.compile(r"\d{4}-\d\d-\d\d")
    return {name: day if isinstance(day, str) and whole.fullmatch(day) else "2010-01-01" for name, day in sent.items()}


def as_regex(operand: str) -> Callable[[str], bool]:
    try:
        pattern = re.compile(operand.lower().replace("%", ".*").replace("_", "."), re.DOTALL)
    except re.error:
        return lambda _value: False
    return lambda value: pattern.fullmatch(value) is not None


def on_one_line(operand: str) -> Callable[[str], bool]:
    test = text_conditions.contains(operand)
    return lambda value: "\n" not in value and test(value)


def contains(build: Callable[[str], Callable[[str], bool]]) -> Patch:
    """A sandbox with another notion of CONTAINS."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        known = text_conditions.OPERATORS
        changed = {**known, "CONTAINS": build, "NOT_CONTAINS": text_conditions.opposite(build)}
        monkeypatch.setattr(text_conditions, "OPERATORS", changed)

    return patch


def fold_ascii(text: str) -> str:
    return "".join(character.lower() if character.isascii() else character for character in text)


def days_before(timestamp: str) -> tuple[str, str]:
    day = date.fromisoformat(timestamp[:10])
    return ((day - timedelta(days=1)).isoformat(), day.isoformat())


def null_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    def test_of(condition: Condition | None) -> Callable[[str | None], bool]:
        test = text_conditions.text_test(condition)
        return lambda value: test("" if value is None and condition else value)

    monkeypatch.setattr(messages, "text_test", test_of)


def day_test(operator: str, test: Callable[[str, str], bool]) -> Patch:
    """A sandbox with another notion of a time operator."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(time_conditions, "OPERATORS", {**time_conditions.OPERATORS, operator: test})

    return patch


def set_in(module: object, name: str, value: object) -> Patch:
    return lambda monkeypatch: monkeypatch.setattr(module, name, value)


def one_condition(sent: Condition) -> Condition:
    kept = next((name for name in sent if name != "type"), None)
    return {name: value for name, value in sent.items() if name in {"type", kept}}


def bare_is_everything(sent: Condition) -> Condition:
    inner = sent.get("get_campaigns")
    return {**sent, "get_campaigns": {}} if is_object(inner) and "name" not in inner else sent


def with_empty_period(found: Any) -> Any:
    first = next(iter(found), None)
    return found if first is None else {**found, "1999-01-01 00"[: len(first)]: dict.fromkeys(found[first], 0)}


def more_sent_by_month(found: Any) -> Any:
    return {name: {**row, "sent": row["sent"] + (len(name) == 7)} for name, row in found.items()}


def lower(name: object) -> object:
    return name.lower() if isinstance(name, str) else name


NUMBERS = count()

FAULTS: dict[str, Mangle | Patch] = {
    # Transport
    "GR-one-url": when(lambda request: not request.target.endswith("/"), answered(404)),
    "GR-only-post": when(lambda request: request.method == "GET", answered(200, {})),
    "GR-errors-have-status-200": lambda request, forward: (
        replace(response, status=400) if b'"error":{' in (response := forward(request)).body else response
    ),
    "GR-content-type-ignored": when(lambda request: request.header("content-type") == "text/plain", answered(415)),
    "GR-accept-ignored": when(lambda request: request.header("accept") == "text/html", answered(406)),
    "GR-answer-is-json": lambda request, forward: replace(forward(request), headers={"content-type": "text/html"}),
    "GR-one-megabyte-taken": when(lambda request: len(request.body) > 1_000_000, answered(413)),
    "GR-larger-refused": lambda request, forward: forward(replace(request, body=request.body.strip())),
    "GR-gzip-on-request": packed,
    "GR-other-origins-allowed": when(lambda request: request.method == "OPTIONS", answered(405)),
    "GR-utf-8-both-ways": lambda request, forward: forward(
        replace(request, body=request.body.decode("latin-1").encode())
    ),
    # Envelope
    "GR-form-follows-request": ask(lambda sent: {"jsonrpc": "2.0", **sent}),
    "GR-id-echoed": ids(lambda value: value if value is None else str(value)),
    "GR-large-id-echoed": ids(lambda value: float(value) if isinstance(value, int) and abs(value) > 2**53 else value),
    "GR-null-id-answered": ask(lambda sent: without("id")(sent) if sent.get("id") is None else sent),
    "GR-missing-id-not-answered": ask(lambda sent: {"id": None, **sent}),
    "GR-failed-notification-not-answered": notifications_that_fail,
    "GR-structured-id-refused": structured_ids,
    "GR-not-json": code(-32700, -32600),
    "GR-strict-json": lenient_json,
    "GR-hostile-json": when(lambda request: 4_000 < len(request.body) < 100_000, answered(500)),
    "GR-repeated-member": ask(lambda sent: sent),
    "GR-not-a-request": code(-32600, -32700),
    "GR-unknown-version-refused": call(jsonrpc="2.0"),
    "GR-unknown-method": code(-32601, -32600),
    "GR-method-name-exact": call(method=lower),
    "GR-method-before-key": first_try(
        lambda sent: sent if sent.get("method") in METHODS else {**sent, "method": "ping"}
    ),
    "GR-named-params-refused": params(lambda sent: list(sent.values()) if is_object(sent) else sent),
    "GR-third-param-refused": params(lambda sent: sent[:2] if is_array(sent) else sent),
    "GR-conditions-not-an-object": params(lambda sent: [sent[0]] if is_array(sent) and sent[1:] == [[]] else sent),
    "GR-conditions-reason": failure(without("data")),
    "GR-conditions-may-be-missing": params(lambda sent: [*sent, None] if is_array(sent) and len(sent) == 1 else sent),
    "GR-other-members-ignored": ask(
        lambda sent: sent if set(sent) <= {"jsonrpc", "method", "params", "id"} else NOTHING
    ),
    "GR-business-errors-are-minus-one": failure(lambda error: {**error, "code": -2}, "get_message_contents"),
    # Batch
    "GR-batch-answers-each-call": in_batches(lambda said: said[:-1] if len(said) > 1 else said),
    "GR-batch-leaves-out-notifications": batch(
        lambda calls: [{"id": None, **sent} if is_object(sent) else sent for sent in calls]
    ),
    "GR-batch-of-notifications": lambda request, forward: (
        answered(200, []) if (response := forward(request)).status == 204 and request.body[:1] == b"[" else response
    ),
    "GR-batch-answers-as-alone": batch(mixed_up_batch),
    "GR-empty-batch": when(lambda request: read(request.body) == [], answered(200, [])),
    "GR-batch-junk": batch(lambda calls: [sent for sent in calls if is_object(sent)]),
    "GR-batch-own-form": batch(
        lambda calls: [{"jsonrpc": "2.0", **sent} if is_object(sent) else sent for sent in calls]
    ),
    "GR-batch-of-one": in_batches(lambda said: said[0] if len(said) == 1 else said),
    # Key
    "GR-unknown-key": keyed(lambda key: KEY if isinstance(key, str) and re.fullmatch("[0-9a-f]{32}", key) else key),
    "GR-malformed-key": keyed(lambda key: key.strip().lower() if isinstance(key, str) else key),
    "GR-untrusted-address": keyed(lambda key: KEY if isinstance(key, str) and key.endswith("360") else key),
    "GR-key-is-one-account": keyed(lambda key: KEY if isinstance(key, str) and key.startswith("fed") else key),
    "GR-arguments-before-key": first_try(
        lambda sent: {**sent, "params": sent["params"][:2]} if is_array(sent.get("params")) else sent
    ),
    "GR-key-before-conditions": first_try(lambda sent: {**sent, "params": [KEY, *sent["params"][1:]]}),
    # Text operators
    "GR-equals-whole-value": operators(EQUALS=lambda text: ("CONTAINS", f"{text}%")),
    "GR-equals-is-literal": operators(EQUALS=lambda text: ("CONTAINS", text)),
    "GR-text-ignores-case": set_in(text_conditions, "fold", str),
    "GR-text-ignores-case-beyond-ascii": set_in(text_conditions, "fold", fold_ascii),
    "GR-not-equals-complement": operators(NOT_EQUALS=lambda _: ("CONTAINS", "%")),
    "GR-contains-whole-pattern": patterns(lambda text: f"%{text}%"),
    "GR-percent-any-run": patterns(lambda text: text.replace("%", "_%")),
    "GR-percent-spans-lines": contains(on_one_line),
    "GR-underscore-one-character": patterns(lambda text: text.replace("_", "%")),
    "GR-pattern-is-no-regex": contains(as_regex),
    "GR-not-contains-complement": operators(NOT_CONTAINS=lambda _: ("CONTAINS", "%")),
    "GR-null-never-matches": null_is_empty,
    "GR-empty-pattern": patterns(lambda text: text or "%"),
    "GR-text-operators-and": texts(lambda sent: dict([next(iter(sent.items()))]) if sent else sent),
    "GR-operators-uppercase": texts(lambda sent: {name.upper(): text for name, text in sent.items()}),
    "GR-no-regular-expressions": operators(MATCHES=lambda text: ("CONTAINS", text)),
    "GR-empty-operators-refused": conditions(lambda sent: {name: value for name, value in sent.items() if value != {}}),
    # Time operators
    "GR-from-whole-day": day_test("FROM", lambda day, bound: day > bound),
    "GR-to-whole-day": day_test("TO", lambda day, bound: day < bound),
    "GR-at-whole-day": day_test("AT", lambda day, bound: day[:7] == bound[:7]),
    "GR-time-operators-and": days(lambda sent: dict([next(iter(sent.items()))]) if sent else sent),
    "GR-from-after-to": days(turned_round),
    "GR-calendar-days-only": days(any_day),
    # get_messages
    "GR-default-types": set_in(messages, "_TYPES_BY_DEFAULT", set(TYPES)),
    "GR-type-narrows": conditions(without("type")),
    "GR-unknown-type-refused": conditions(lambda sent: sent if sent.get("type") in TYPES else without("type")(sent)),
    "GR-all-campaigns": conditions(lambda sent: {"campaigns": ["4b1b5"], **sent}, "get_messages"),
    "GR-campaigns-or": conditions(
        lambda sent: {**sent, "campaigns": sent["campaigns"][:1]} if sent.get("campaigns") else sent
    ),
    "GR-empty-campaigns": conditions(lambda sent: without("campaigns")(sent) if sent.get("campaigns") == [] else sent),
    "GR-unknown-campaign": conditions(
        lambda sent: without("campaigns")(sent) if sent.get("campaigns") == ["no campaign"] else sent
    ),
    "GR-found-campaigns": conditions(without("get_campaigns")),
    "GR-found-campaigns-bare-operator": conditions(bare_is_everything),
    "GR-found-campaigns-empty": conditions(
        lambda sent: {"campaigns": [], **without("get_campaigns")(sent)} if sent.get("get_campaigns") == {} else sent
    ),
    "GR-campaigns-union": conditions(lambda sent: without("campaigns")(sent) if "get_campaigns" in sent else sent),
    "GR-swapped-campaigns-refused": conditions(
        lambda sent: without("campaigns")(sent) if is_object(sent.get("campaigns")) else sent
    ),
    "GR-conditions-and": conditions(one_condition, "get_messages"),
    "GR-subject-condition": conditions(without("subject")),
    "GR-subject-as-returned": texts(
        lambda sent: {name: text.replace("{{", "[[") if isinstance(text, str) else text for name, text in sent.items()}
    ),
    "GR-name-condition": conditions(without("name"), "get_messages"),
    "GR-created-on-condition": conditions(without("created_on"), "get_messages"),
    "GR-send-on-condition": conditions(without("send_on")),
    "GR-send-on-newsletters-only": conditions(
        lambda sent: sent if sent.get("type") == "newsletter" else without("send_on")(sent)
    ),
    "GR-time-travel-two-days": set_in(messages, "days_of_travel", time_conditions.day_of),
    "GR-time-travel-window": set_in(messages, "days_of_travel", days_before),
    "GR-time-travel-range": day_test("TO", lambda day, bound: day[:7] <= bound[:7]),
    "GR-unknown-condition-refused": conditions(without("no_such_condition", "TYPE", "Type", "$where")),
    "GR-dynamic-content-in-subject": result(
        rows(lambda row: {**row, "subject": row["subject"].replace("{{", "[[")}), "get_messages"
    ),
    "GR-answers-repeat": result(lambda found: {**found, f"new{next(NUMBERS)}": {}}, "get_campaigns"),
    "GR-id-characters": result(lambda found: {f"{name}-": row for name, row in found.items()}, "get_campaigns"),
    "GR-message-in-known-campaign": result(lambda found: dict(list(found.items())[1:]), "get_campaigns"),
    "GR-action-message-exists": result(lambda _: {}, "get_message"),
    "GR-ab-test-of-message": result(lambda _: {}, "get_ab_test"),
    # Other methods
    "GR-message-as-listed": result(rows(without("flags")), "get_message"),
    "GR-unknown-message": result(missing, "get_message"),
    "GR-ids-letter-case": conditions(
        lambda sent: {**sent, "message": "Mx9"} if str(sent.get("message")).lower() == "mx9" else sent
    ),
    "GR-wanted-id-required": conditions(lambda sent: {"message": "nvsd", **sent}, "get_message"),
    "GR-contents-of-unknown-message": failure(
        lambda error: None if error["code"] == -1 else error, "get_message_contents"
    ),
    "GR-contents-as-announced": result(without("html"), "get_message_contents"),
    "GR-stats-of-unknown-message": failure(lambda error: None if error["code"] == -1 else error, "get_message_stats"),
    "GR-stats-daily": conditions(lambda sent: {"grouping": "hourly", **sent}, "get_message_stats"),
    "GR-stats-period-form": result(
        lambda found: {name.replace("-", "/"): row for name, row in found.items()}, "get_message_stats"
    ),
    "GR-stats-groupings-agree": result(more_sent_by_month, "get_message_stats"),
    "GR-stats-no-empty-period": result(with_empty_period, "get_message_stats"),
    "GR-stats-created-on": conditions(without("created_on"), "get_message_stats"),
    "GR-openings-counted": result(rows(having(opened=1)), "get_message_stats"),
    "GR-clicks-counted": result(rows(having(clicked=1)), "get_message_stats"),
    "GR-campaign-as-listed": result(rows(without("is_default")), "get_campaign"),
    "GR-unknown-campaign-id": result(missing, "get_campaign"),
    "GR-campaign-by-name": operators(EQUALS=lambda text: ("CONTAINS", f"{text[:-1]}%")),
    "GR-ab-test-as-listed": result(rows(having(candidates={})), "get_ab_test"),
    "GR-unknown-ab-test": result(missing, "get_ab_test"),
    "GR-ab-tests-by-name": conditions(without("name"), "get_ab_tests"),
    "GR-ab-tests-by-creation": conditions(without("created_on"), "get_ab_tests"),
    "GR-ab-test-candidates": result(rows(having(candidates={})), "get_ab_tests"),
    "GR-account-unchanging": result(lambda found: {**found, "phone": str(next(NUMBERS))}, "get_account_info"),
}
PATCHES = {
    "GR-text-ignores-case",
    "GR-text-ignores-case-beyond-ascii",
    "GR-percent-spans-lines",
    "GR-pattern-is-no-regex",
    "GR-null-never-matches",
    "GR-from-whole-day",
    "GR-to-whole-day",
    "GR-at-whole-day",
    "GR-default-types",
    "GR-time-travel-two-days",
    "GR-time-travel-window",
    "GR-time-travel-range",
}
"""Faults inside the sandbox; the others stand between it and the client."""


def test_every_clause_has_a_miniature() -> None:
    assert set(contract("getresponse").clauses) == set(FAULTS)


@pytest.mark.parametrize("clause", FAULTS)
def test_a_broken_promise_is_noticed(clause: str, broken_cases: BrokenCases, monkeypatch: pytest.MonkeyPatch) -> None:
    if clause in PATCHES:
        cast("Patch", FAULTS[clause])(monkeypatch)
        assert broken_cases(None, clause)
    else:
        assert broken_cases(cast("Mangle", FAULTS[clause]), clause)


def test_a_server_that_keeps_every_promise_breaks_no_law(broken_cases: BrokenCases) -> None:
    assert [] == broken_cases(None, None)
