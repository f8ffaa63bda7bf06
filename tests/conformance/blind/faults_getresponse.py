"""Faults of a GetResponse server, each with the promise that it breaks, written before the suite was read."""

from __future__ import annotations

import contextlib
import gzip
import json
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from moves import (
    Remembering,
    answer_of,
    answers,
    asks,
    does,
    each,
    header,
    is_array,
    is_object,
    raw,
    renamed,
    texts,
    with_body,
    with_header,
)
from tampering_proxy import HangUp

from mailproof_conformance.exchange import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from moves import Forward, Mangle

KEY = "0123456789abcdef0123456789abcdef"
OTHER_KEY = "fedcba9876543210fedcba9876543210"
INVALID = {"code": -32602, "message": "Invalid params"}


def _parsed(text: bytes) -> Any:
    """JSON in UTF-8, or None."""
    try:
        return json.loads(text.decode())
    except (ValueError, RecursionError):
        return None


def _plain(answer: Response) -> Response:
    """The answer without compression."""
    return with_body(with_header(answer, "content-encoding", None), answer.content)


def _dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def envelopes(function: Callable[[dict[str, Any], dict[str, Any]], dict[str, Any] | None]) -> Mangle:
    """A fault of each answer, alone or in a batch: `function` gets the call and the answer."""

    def mangle(request: Request, forward: Forward) -> Response:
        answer = forward(request)
        asked, told = _parsed(request.body), _parsed(answer.content)
        before = None if told is None else _dumped(told)
        if is_object(asked) and is_object(told):
            changed = function(asked, told)
            after = _dumped(told if changed is None else changed)
            return answer if after == before else with_body(answer, after)
        if is_array(asked) and is_array(told):
            calls = {_key(one.get("id")): one for one in asked if is_object(one)}
            out: list[Any] = []
            for one in told:
                call = calls.get(_key(one.get("id")))
                changed = None if call is None else function(call, one)
                out.append(one if changed is None else changed)
            return answer if _dumped(out) == before else with_body(answer, _dumped(out))
        return answer

    return mangle


def _key(value: object) -> str:
    return json.dumps(value)


def results(method: str, function: Callable[[Any, dict[str, Any]], Any]) -> Mangle:
    """A fault of the results of these methods: `function` gets the result and the conditions."""

    def change(call: dict[str, Any], told: dict[str, Any]) -> None:
        if re.fullmatch(method, str(call.get("method"))) and told.get("result") is not None:
            changed = function(told["result"], _conditions(call))
            if changed is not None:
                told["result"] = changed

    return envelopes(change)


def _conditions(call: dict[str, Any]) -> dict[str, Any]:
    params = call.get("params")
    found: object = params[1] if is_array(params) and len(params) > 1 else {}
    return found if is_object(found) else {}


def _created_on(call: dict[str, Any]) -> dict[str, Any]:
    found: object = _conditions(call).get("created_on")
    return found if is_object(found) else {}


def calls(function: Callable[[dict[str, Any]], None]) -> Mangle:
    """A fault of what each call is taken for."""

    def rewrite(request: Request) -> Request:
        value = _parsed(request.body)
        before = _dumped(value)
        for one in value if is_array(value) else [value]:
            if is_object(one):
                function(one)
        return request if _dumped(value) == before else replace(request, body=_dumped(value))

    return asks("POST", ".*", rewrite)


def conditions(method: str, function: Callable[[dict[str, Any]], None]) -> Mangle:
    """A fault of what the conditions of these methods are taken for."""

    def change(call: dict[str, Any]) -> None:
        if re.fullmatch(method, str(call.get("method"))):
            function(_conditions(call))

    return calls(change)


def _operators(name: str, function: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
    def change(found: dict[str, Any]) -> None:
        if is_object(found.get(name)):
            function(found[name])

    return change


def _shifted(operator: str, days: int) -> Callable[[dict[str, Any]], None]:
    def change(operators: dict[str, Any]) -> None:
        with contextlib.suppress(KeyError, ValueError, TypeError, OverflowError):
            operators[operator] = str(date.fromisoformat(operators[operator]) + timedelta(days=days))

    return change


def _wrapped(operators: dict[str, Any]) -> None:
    text = operators.get("CONTAINS")
    if isinstance(text, str) and "%" not in text:
        operators["CONTAINS"] = f"%{text}%"


def _escaped(operators: dict[str, Any]) -> None:
    if isinstance(operators.get("CONTAINS"), str):
        operators["CONTAINS"] = operators["CONTAINS"].replace("_", "\\_")


def _pattern(operators: dict[str, Any]) -> None:
    if isinstance(operators.get("EQUALS"), str) and "CONTAINS" not in operators:
        operators["CONTAINS"] = operators.pop("EQUALS")


def _ask(request: Request, forward: Forward, method: str, found: dict[str, Any], key: str = KEY) -> Any:
    text = {"jsonrpc": "2.0", "id": 1, "method": method, "params": [key, found]}
    headers = tuple(one for one in request.headers if one[0].lower() == "host")
    return _parsed(forward(Request("POST", request.target, headers, _dumped(text))).content).get("result") or {}


def alone(method: str, function: Callable[[Request, Forward, dict[str, Any], Any], Any]) -> Mangle:
    """A fault of a single call of a method: `function` gets the conditions and the result, and may ask for more."""

    def mangle(request: Request, forward: Forward) -> Response:
        answer = forward(request)
        asked, told = _parsed(request.body), _parsed(answer.content)
        if not is_object(asked) or not is_object(told) or asked.get("method") != method:
            return answer
        if told.get("result") is None or (asked.get("params") or [None])[0] != KEY:
            return answer
        before = _dumped(told)
        told["result"] = function(request, forward, _conditions(asked), told["result"])
        return answer if _dumped(told) == before else with_body(answer, _dumped(told))

    return mangle


def _intersection(request: Request, forward: Forward, found: dict[str, Any], result: Any) -> Any:
    if not {"campaigns", "get_campaigns"} <= set(found):
        return result
    parts = [{k: v for k, v in found.items() if k != left} for left in ("campaigns", "get_campaigns")]
    first, second = (_ask(request, forward, "get_messages", part) for part in parts)
    return {key: known for key, known in first.items() if key in second}


def _with_drafts(request: Request, forward: Forward, found: dict[str, Any], result: Any) -> Any:
    if "type" in found or "send_on" in found:
        return result
    return {**result, **_ask(request, forward, "get_messages", {**found, "type": "draft"})}


def _with_nulls(request: Request, forward: Forward, found: dict[str, Any], result: Any) -> Any:
    if not is_object(found.get("name")) or "NOT_CONTAINS" not in found["name"]:
        return result
    rest = _ask(request, forward, "get_messages", {key: known for key, known in found.items() if key != "name"})
    return {**result, **{key: known for key, known in rest.items() if known["name"] is None}}


def _exactly(result: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    for name in ("subject", "name"):
        operators: dict[str, Any] = found.get(name) or {}
        wanted = operators.get("EQUALS")
        if isinstance(wanted, str) and not wanted.isascii():
            result = {key: known for key, known in result.items() if known[name] == wanted}
    return result


def _one_answer_less(request: Request, forward: Forward) -> Response:
    answer = forward(request)
    told = _parsed(answer.content)
    return with_body(answer, _dumped(told[:-1])) if is_array(told) and len(told) > 2 else answer


def _batch_of_one(request: Request, forward: Forward) -> Response:
    answer = forward(request)
    told = _parsed(answer.content)
    return with_body(answer, _dumped(told[0])) if is_array(told) and len(told) == 1 else answer


def _notifications_answered(request: Request, forward: Forward) -> Response:
    answer = forward(request)
    asked, told = _parsed(request.body), _parsed(answer.content)
    if not is_array(asked) or not is_array(told):
        return answer
    silent = [one for one in asked if is_object(one) and "method" in one and "id" not in one]
    return with_body(answer, _dumped(told + [{"jsonrpc": "2.0", "id": None, "result": {}} for _ in silent]))


def _is_empty_batch(request: Request) -> bool:
    return request.body.strip() == b"[]"


def _account_drifts() -> Mangle:
    def make() -> Mangle:
        count = [0]

        def change(result: Any, _: dict[str, Any]) -> Any:
            count[0] += 1
            return {**result, "city": result["city"] if count[0] < 3 else "Sopot"}

        return results("get_account_info", change)

    return Remembering(make)


def _cut_gzip(request: Request, forward: Forward) -> Response:
    answer = forward(request)
    if answer.headers.get("content-encoding") != "gzip":
        return answer
    headers = {**answer.headers, "content-length": str(len(answer.body) - 8)}
    return Response(answer.status, headers, answer.body[:-8])


def _always_gzip(request: Request, forward: Forward) -> Response:
    answer = forward(request)
    if len(answer.body) <= 1024 or "content-encoding" in answer.headers:
        return answer
    return with_header(with_body(answer, gzip.compress(answer.body)), "content-encoding", "gzip")


def _first_two(call: dict[str, Any]) -> None:
    if is_array(call.get("params")):
        call["params"] = call["params"][:2]


def _null_is_none(call: dict[str, Any]) -> None:
    if is_array(call.get("params")) and call["params"][1:] == [None]:
        call["params"] = call["params"][:1]


def _lower_key(call: dict[str, Any]) -> None:
    params = call.get("params")
    if is_array(params) and params and isinstance(params[0], str):
        params[0] = params[0].lower()


def _lower_method(call: dict[str, Any]) -> None:
    if isinstance(call.get("method"), str):
        call["method"] = call["method"].lower()


def _other_message(method: str, code: int, message: str) -> Mangle:
    def change(call: dict[str, Any], told: dict[str, Any]) -> None:
        error = told.get("error")
        if error and error["code"] == code and re.fullmatch(method, str(call.get("method"))):
            error["message"] = message

    return envelopes(change)


def _trusted_for_ping(call: dict[str, Any]) -> None:
    if (
        call.get("method") == "ping"
        and is_array(call.get("params"))
        and call["params"][:1] == ["0123456789abcdef0123456789abc360"]
    ):
        call["params"][0] = KEY


def _key_of_main(call: dict[str, Any]) -> None:
    if call.get("method") == "get_ab_test" and is_array(call.get("params")) and call["params"][:1] == [OTHER_KEY]:
        call["params"][0] = KEY


def _lenient_date(operators: dict[str, Any]) -> None:
    for name, text in operators.items():
        found = re.fullmatch(r"(\d{4})-(\d\d)-(29|30|31)", str(text))
        if found:
            try:
                date.fromisoformat(text)
            except ValueError:
                operators[name] = f"{found[1]}-{found[2]}-28"


def _known_only(found: dict[str, Any]) -> None:
    for name in [*found]:
        if name not in {"campaigns", "get_campaigns", "type", "subject", "name", "send_on", "created_on"}:
            del found[name]


def _form_of_two(call: dict[str, Any], told: dict[str, Any]) -> dict[str, Any] | None:
    if "jsonrpc" in call or "jsonrpc" in told:
        return None
    kept = {key: known for key, known in told.items() if known is not None or key == "id"}
    return {"jsonrpc": "2.0", **kept}


def _in_batches(mangle: Mangle) -> Mangle:
    return lambda request, forward: mangle(request, forward) if is_array(_parsed(request.body)) else forward(request)


def _id(function: Callable[[Any], Any], *, form: str = "any") -> Mangle:
    def change(call: dict[str, Any], told: dict[str, Any]) -> None:
        if form == "any" or (form == "1.0") == ("jsonrpc" not in call):
            told["id"] = function(told.get("id"))

    return envelopes(change)


def _both_members(call: dict[str, Any], told: dict[str, Any]) -> None:
    if "jsonrpc" in told and "error" in told and call.get("method") == "get_message_contents":
        told["result"] = None


def _message_of_draft(result: Any, _: dict[str, Any]) -> Any:
    return {key: known for key, known in result.items() if known["type"] != "draft"}


def _leap_day(result: Any, found: dict[str, Any]) -> Any:
    return {} if "2012-02-29" in json.dumps(found.get("created_on")) else result


def _second_day_lost(result: Any, found: dict[str, Any]) -> Any:
    if is_object(found.get("send_on")) and found["send_on"].get("AT") == "2012-04-01":
        result.pop("tt18", None)
    return result


def _daily(found: dict[str, Any]) -> None:
    if found.get("grouping") == "yearly":
        found["grouping"] = "monthly"


def _repeats(request: Request) -> bool:
    """Whether an object in the body has a member twice."""
    repeated: list[bool] = []

    def pairs(found: list[tuple[str, Any]]) -> None:
        repeated.append(len({name for name, _ in found}) < len(found))

    try:
        json.loads(request.body.decode(), object_pairs_hook=pairs)
    except (ValueError, RecursionError):
        return False
    return any(repeated)


def _bool(value: object) -> bool:
    return isinstance(value, bool)


BLIND: dict[str, tuple[str, Mangle]] = {
    "contains-is-substring": (
        "GR-contains-whole-pattern: a part without % finds nothing.",
        conditions("get_messages", _operators("subject", _wrapped)),
    ),
    "underscore-is-literal-in-names": (
        "GR-underscore-one-character: exactly one character.",
        conditions("get_messages", _operators("name", _escaped)),
    ),
    "underscore-is-literal-in-campaigns": (
        "GR-underscore-one-character (in get_campaigns alone).",
        conditions("get_campaigns", _operators("name", _escaped)),
    ),
    "equals-regards-case-beyond-ascii": ("GR-text-ignores-case-beyond-ascii.", results("get_messages", _exactly)),
    "not-contains-finds-null": ("GR-null-never-matches: negated or not.", alone("get_messages", _with_nulls)),
    "equals-is-a-pattern": (
        "GR-equals-is-literal: % and _ stand for themselves.",
        conditions("get_messages", _operators("name", _pattern)),
    ),
    "equals-is-a-pattern-in-tests": (
        "GR-equals-is-literal (in get_ab_tests alone).",
        conditions("get_ab_tests", _operators("name", _pattern)),
    ),
    "to-excludes-its-day": (
        "GR-to-whole-day: up to the last second of its day.",
        conditions("get_messages", _operators("created_on", _shifted("TO", -1))),
    ),
    "from-excludes-its-day": (
        "GR-from-whole-day: on its day and after.",
        conditions("get_messages", _operators("send_on", _shifted("FROM", 1))),
    ),
    "leap-day-finds-nothing": ("GR-at-whole-day: the moments of its day.", results("get_messages", _leap_day)),
    "tests-ignore-to": (
        "GR-time-operators-and, GR-ab-tests-by-creation.",
        conditions("get_ab_tests", _operators("created_on", lambda o: o.pop("TO", None) if "FROM" in o else None)),
    ),
    "campaigns-intersect": ("GR-campaigns-union: found by either.", alone("get_messages", _intersection)),
    "bare-operator-refused": (
        "GR-found-campaigns-bare-operator: a condition on the name.",
        envelopes(
            lambda c, t: (
                {**{k: v for k, v in t.items() if k != "result"}, "error": INVALID}
                if "CONTAINS" in (_conditions(c).get("get_campaigns") or {})
                else None
            )
        ),
    ),
    "empty-campaigns-are-all": (
        "GR-empty-campaigns: finds nothing.",
        conditions("get_messages", lambda f: f.pop("campaigns") if f.get("campaigns") == [] else None),
    ),
    "drafts-by-default": ("GR-default-types: newsletters and autoresponders.", alone("get_messages", _with_drafts)),
    "inactive-autoresponders-left-out": (
        "GR-type-narrows: the messages of that type.",
        results(
            "get_messages",
            lambda r, f: (
                {k: m for k, m in r.items() if m.get("status") != "inactive"} if f.get("type") == "autoresponder" else r
            ),
        ),
    ),
    "inactive-autoresponders-always-left-out": (
        "GR-message-as-listed, GR-found by the action of an other.",
        results("get_messages", lambda r, _: {k: m for k, m in r.items() if m.get("status") != "inactive"}),
    ),
    "unknown-condition-ignored": ("GR-unknown-condition-refused: -32602.", conditions("get_messages", _known_only)),
    "time-travel-one-day": (
        "GR-time-travel-two-days: found under two different days.",
        results("get_messages", _second_day_lost),
    ),
    "number-id-as-text-in-1.0": (
        "GR-id-echoed: with the same JSON type (here: in the 1.0 form).",
        _id(lambda i: str(i) if isinstance(i, int) and not _bool(i) else i, form="1.0"),
    ),
    "fraction-of-id-lost": ("GR-id-echoed: unchanged.", _id(lambda i: int(i) if isinstance(i, float) else i)),
    "empty-id-is-null": ("GR-id-echoed: with the same JSON type.", _id(lambda i: None if i == "" else i)),
    "zero-id-is-null": (
        "GR-id-echoed: with the same JSON type.",
        _id(lambda i: None if i == 0 and not _bool(i) else i),
    ),
    "large-id-rounded": (
        "GR-large-id-echoed: digit for digit.",
        _id(lambda i: int(float(i)) if isinstance(i, int) and not _bool(i) and abs(i) > 2**53 else i),
    ),
    "no-error-member-in-1.0": (
        "GR-form-follows-request: the 1.0 form has result and error.",
        envelopes(
            lambda c, t: (
                {k: v for k, v in t.items() if k != "error"} if "jsonrpc" not in c and t.get("error") is None else None
            )
        ),
    ),
    "result-beside-error": ("Contract: in the 2.0 form an error has no result member.", envelopes(_both_members)),
    "notification-in-batch-answered": ("GR-batch-leaves-out-notifications.", _notifications_answered),
    "batch-of-one-as-object": ("GR-batch-of-one: an array of one.", _batch_of_one),
    "last-of-a-batch-missing": ("GR-batch-answers-each-call: exactly one answer for each call.", _one_answer_less),
    "empty-batch-is-empty": (
        "GR-empty-batch: one -32600, not an array.",
        answers("POST", ".*", lambda _, a: with_body(a, b"[]"), when=_is_empty_batch),
    ),
    "batch-of-notifications-is-empty-array": (
        "GR-batch-of-notifications: 204 and an empty body.",
        answers("POST", ".*", lambda _, __: answer_of(200, []), status=204, when=lambda r: is_array(_parsed(r.body))),
    ),
    "notification-answered-200": (
        "GR-missing-id-not-answered: 204.",
        answers("POST", ".*", lambda _, __: Response(200, {"content-length": "0"}, b""), status=204),
    ),
    "failed-notification-answered": (
        "GR-failed-notification-not-answered: 204 and an empty body.",
        does(
            "POST",
            ".*",
            lambda r, f: (
                answer_of(200, {"jsonrpc": "2.0", "id": None, "error": {"code": -32601, "message": "Method not found"}})
                if f(r).status == 204 and b"get_mes" not in r.body and b"ping" not in r.body and b"get_" not in r.body
                else f(r)
            ),
        ),
    ),
    "method-not-found-in-other-words": (
        "Contract: -32601 has the message `Method not found`.",
        _other_message(".*", -32601, "Procedure not found."),
    ),
    "wrong-key-in-other-words": (
        "GR-unknown-key: -1 `API key verification failed`, by every method.",
        _other_message("get_account_info", -1, "Invalid API key"),
    ),
    "missing-message-in-other-words": (
        "GR-stats-of-unknown-message: -1 `Missing message`.",
        _other_message("get_message_stats", -1, "Message not found"),
    ),
    "capital-key-accepted": ("GR-malformed-key: not 32 lowercase digits is -32602.", calls(_lower_key)),
    "test-of-other-account": (
        "GR-key-is-one-account: a key shows its own account's objects only.",
        calls(_key_of_main),
    ),
    "address-not-checked-for-ping": ("GR-untrusted-address: by every method.", calls(_trusted_for_ping)),
    "never-compressed": (
        "GR-gzip-on-request: an answer above 1 KB is compressed.",
        does("*", ".*", lambda r, f: _plain(f(r))),
    ),
    "gzip-cut-off": ("GR-gzip-on-request: gzip, whole.", _cut_gzip),
    "gzip-without-asking": ("GR-gzip-on-request: and for no other client.", _always_gzip),
    "preflight-without-headers": (
        "GR-other-origins-allowed: a browser's preflight is answered.",
        answers("OPTIONS", ".*", lambda _, a: with_header(a, "access-control-allow-headers", None), status=None),
    ),
    "origin-not-allowed-on-answers": (
        "GR-other-origins-allowed: lets the page read the answer.",
        answers("POST", ".*", lambda _, a: with_header(a, "access-control-allow-origin", None), status=None),
    ),
    "limit-one-byte-short": (
        "GR-one-megabyte-taken: 1,048,576 bytes are answered.",
        does(
            "POST", ".*", lambda r, f: Response(413, {"content-length": "0"}, b"") if len(r.body) == 1_048_576 else f(r)
        ),
    ),
    "larger-is-answered": (
        "GR-larger-refused: 413.",
        answers(
            "POST",
            ".*",
            lambda _, __: answer_of(
                200, {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "Invalid Request"}}
            ),
            status=413,
        ),
    ),
    "errors-as-html": (
        "GR-answer-is-json: application/json.",
        answers(
            "POST", ".*", lambda _, a: with_header(a, "content-type", "text/html") if b'"error":{' in a.body else a
        ),
    ),
    "parse-error-without-id": (
        "GR-not-json: with a null id.",
        answers(
            "POST", ".*", lambda _, a: with_body(a, a.body.replace(b'"id":null,', b"")) if b"-32700" in a.body else a
        ),
    ),
    "nan-is-json": ("GR-strict-json: NaN is not JSON.", asks("POST", ".*", raw(r"\b(NaN|Infinity)\b", "1"))),
    "last-of-repeated-members": (
        "GR-repeated-member: makes the body no JSON.",
        asks("POST", ".*", lambda r: replace(r, body=_dumped(_parsed(r.body))), when=_repeats),
    ),
    "yearly-is-monthly": (
        "GR-stats-period-form: the key is written to the year.",
        conditions("get_message_stats", _daily),
    ),
    "last-hour-lost": (
        "GR-stats-groupings-agree: the counters of a longer period are the sums.",
        results(
            "get_message_stats",
            lambda r, f: dict([*r.items()][:-1]) if f.get("grouping") == "hourly" and len(r) > 1 else r,
        ),
    ),
    "zero-counters-as-text": (
        "Contract: counters are integers.",
        results("get_message_stats", lambda r, _: texts(r, lambda v: "0" if v == 0 else v)),
    ),
    "stats-ignore-to": (
        "GR-stats-created-on: the days that meet its operators.",
        conditions("get_message_stats", _operators("created_on", lambda o: o.pop("TO", None) if "FROM" in o else None)),
    ),
    "drafts-have-no-page": ("GR-message-as-listed: a message of any type.", results("get_message", _message_of_draft)),
    "first-day-of-cycle-as-text": (
        "Contract: day_of_cycle is an integer.",
        results(
            "get_messages?",
            lambda r, _: each("day_of_cycle", lambda m: m.update(day_of_cycle="0") if m["day_of_cycle"] == 0 else None)(
                r
            ),
        ),
    ),
    "birthday-without-custom": (
        "Contract: an action of the event birthday has custom.",
        results(
            "get_messages?",
            lambda r, _: each("event", lambda a: a.pop("custom", None) if a["event"] == "birthday" else None)(r),
        ),
    ),
    "recurrent-is-boolean": (
        "Contract: recurrent is yes or no.",
        results(
            "get_messages?", lambda r, _: each("recurrent", lambda a: a.update(recurrent=a["recurrent"] == "yes"))(r)
        ),
    ),
    "action-message-renamed": (
        "Contract: an action of the event mail_opened has message.",
        results("get_messages?", lambda r, _: each("event", lambda a: renamed(a, "message", "message_id"))(r)),
    ),
    "contents-with-empty-html": (
        "GR-contents-as-announced: the parts that content_types name.",
        results("get_message_contents", lambda r, _: {**r, "html": r.get("html", "")} if r else r),
    ),
    "blank-description-is-null": (
        "GR-campaign-as-listed: as get_campaigns does.",
        results(
            "get_campaign",
            lambda r, _: each("description", lambda c: c.update(description=c["description"] or None))(r),
        ),
    ),
    "unknown-campaign-is-error": (
        "GR-unknown-campaign-id: an empty object.",
        envelopes(
            lambda c, t: (
                {**{k: v for k, v in t.items() if k != "result"}, "error": {"code": -1, "message": "Missing campaign"}}
                if c.get("method") == "get_campaign" and t.get("result") == {}
                else None
            )
        ),
    ),
    "account-drifts": ("GR-account-unchanging: the same account on every call.", _account_drifts()),
    "method-in-any-case": ("GR-method-name-exact.", calls(_lower_method)),
    "405-without-allow": (
        "GR-only-post: 405 with `Allow: POST`.",
        answers("*", ".*", lambda _, a: with_header(a, "allow", None), status=405),
    ),
    "invalid-request-is-http-400": (
        "GR-errors-have-status-200.",
        answers(
            "POST", ".*", lambda _, a: replace(a, status=400) if a.body.startswith(b"{") and b"-32600" in a.body else a
        ),
    ),
    "astral-condition-is-internal-error": (
        "GR-utf-8-both-ways: text outside ASCII is understood in conditions.",
        envelopes(
            lambda c, t: (
                {
                    **{k: v for k, v in t.items() if k != "result"},
                    "error": {"code": -32603, "message": "Internal error"},
                }
                if re.search("[\U00010000-\U0010ffff]", json.dumps(_conditions(c), ensure_ascii=False))
                else None
            )
        ),
    ),
    "no-answer-to-deep-json": (
        "GR-hostile-json: gets a JSON-RPC error.",
        does("POST", ".*", lambda r, f: _raise() if r.body.count(b"[") > 900 or r.body.count(b"{") > 900 else f(r)),
    ),
    "third-param-ignored": ("GR-third-param-refused: -32602.", calls(_first_two)),
    "null-conditions-ignored": ("GR-conditions-not-an-object: -32602.", calls(_null_is_none)),
    "from-after-to-is-error": (
        "GR-from-after-to: finds nothing and is no error.",
        envelopes(
            lambda c, t: (
                {**{k: v for k, v in t.items() if k != "result"}, "error": INVALID}
                if _created_on(c).get("FROM", "") > _created_on(c).get("TO", "9")
                else None
            )
        ),
    ),
    "impossible-days-taken": (
        "GR-calendar-days-only: -32602.",
        conditions("get_messages", _operators("created_on", _lenient_date)),
    ),
    "candidate-missing": (
        "GR-ab-test-candidates: the A/B test messages that name it.",
        results(
            "get_ab_tests?",
            lambda r, _: each("candidates", lambda t: t["candidates"].popitem() if len(t["candidates"]) > 1 else None)(
                r
            ),
        ),
    ),
    "xml-not-accepted": (
        "GR-accept-ignored: what a client accepts makes no difference.",
        does(
            "POST",
            ".*",
            lambda r, f: (
                Response(406, {"content-length": "0"}, b"")
                if (r.header("accept") or "*/*").startswith(("text/", "application/xml"))
                else f(r)
            ),
        ),
    ),
    "batch-all-in-2.0": (
        "GR-batch-own-form: each call is answered in its own form.",
        _in_batches(envelopes(_form_of_two)),
    ),
    "no-content-type-no-answer": (
        "GR-content-type-ignored: its absence makes no difference.",
        does(
            "POST", ".*", lambda r, f: f(r) if r.header("content-type") else Response(415, {"content-length": "0"}, b"")
        ),
    ),
    "accept-encoding-any-q": (
        "GR-gzip-on-request: for a client that accepts it, and for no other (q=0).",
        asks(
            "POST",
            ".*",
            lambda r: (
                header("Accept-Encoding", "gzip")(header("accept-encoding", None)(r))
                if "gzip;q=0" in (r.header("accept-encoding") or "").replace(" ", "")
                else r
            ),
        ),
    ),
}


def _raise() -> Response:
    raise HangUp
