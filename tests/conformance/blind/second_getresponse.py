"""Further faults of a GetResponse server by a second author, each with the promise that it breaks."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re
import unicodedata
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from moves import (
    Remembering,
    answer_of,
    answers,
    asks,
    body,
    data,
    does,
    is_array,
    is_object,
    texts,
    with_body,
    with_header,
)

from mailproof_conformance.exchange import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from moves import Forward, Mangle, Rewrite

    Object = dict[str, Any]
    Asked = Callable[[Object], None]
    Given = Callable[[Object, Any], Any]

KEY = "0123456789abcdef0123456789abcdef"
OTHER_KEY = "fedcba9876543210fedcba9876543210"
UNTRUSTED = "0123456789abcdef0123456789abc360"
LISTS = ("get_messages", "get_campaigns", "get_ab_tests")


def _dumped(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _parsed(request: Request) -> Any:
    try:
        value = json.loads(request.body)
        _dumped(value)
    except (ValueError, RecursionError):
        return None
    return value


def _is_answered(call: Any) -> bool:
    known = is_object(call) and isinstance(call.get("method"), str) and call.get("jsonrpc", "2.0") == "2.0"
    return not known or "id" in call


def _conditions(call: Object) -> Object:
    """The second argument of a call where it is an object; else an object of its own, which nobody reads."""
    arguments = call.get("params")
    if is_array(arguments) and len(arguments) > 1 and is_object(arguments[1]):
        return arguments[1]
    return {}


def _procedures(methods: str, asked: Asked | None = None, given: Given | None = None) -> Mangle:
    """A fault of procedures, alone and in a batch: what they are asked (in place), and what they give as a result."""
    pattern = re.compile(methods)

    def is_meant(call: Any) -> bool:
        return is_object(call) and isinstance(call.get("method"), str) and bool(pattern.fullmatch(call["method"]))

    def mangle(request: Request, forward: Forward) -> Response:
        value = _parsed(request)
        old: list[Any] = value if is_array(value) else [value]
        if not any(map(is_meant, old)):
            return forward(request)
        new = deepcopy(old)
        for call in filter(is_meant, new):
            if asked is not None:
                asked(call)
        if new != old:
            request = replace(request, body=_dumped(new if is_array(value) else new[0]))
        answer = forward(request)
        return answer if given is None else _given(given, [c for c in old if _is_answered(c)], is_meant, answer)

    return does("POST", ".*", mangle)


def _given(given: Given, calls: list[Any], is_meant: Callable[[Any], bool], answer: Response) -> Response:
    if answer.status != 200 or not answer.body:
        return answer
    value = answer.json()
    told: list[Any] = value if is_array(value) else [value]
    before = _dumped(value)
    if len(told) == len(calls):
        for call, one in zip(calls, told, strict=True):
            if is_meant(call) and one.get("result") is not None:
                one["result"] = given(call, one["result"])
    after = _dumped(value)
    return answer if after == before else with_body(answer, after)


def _envelopes(change: Callable[[Object], Object | None]) -> Mangle:
    """Each answer, alone and in a batch, with another envelope: what `change` gives, or what it did in place."""

    def changed(one: Any) -> Any:
        return (change(one) or one) if is_object(one) else one

    return answers("POST", ".*", data(lambda v: [changed(one) for one in v] if is_array(v) else changed(v)))


def _requests(change: Callable[[Object], Object | None]) -> Mangle:
    """Each request that is an object, alone and in a batch, taken for another one."""

    def changed(one: Any) -> Any:
        return (change(one) or one) if is_object(one) else one

    return asks("POST", ".*", body(lambda v: [changed(one) for one in v] if is_array(v) else changed(v)))


def _own(
    member: str, operator: str, holds: Callable[[str | None, str], bool], methods: str = "|".join(LISTS)
) -> Mangle:
    """An operator of a member that the fault works out itself, on what is found without it."""

    def asked(call: Object) -> None:
        operators = _conditions(call).get(member)
        if is_object(operators) and _is_taken(operator, operators.get(operator)):
            del operators[operator]
            if not operators:
                del _conditions(call)[member]

    def given(call: Object, result: Any) -> Any:
        operators = _conditions(call).get(member)
        if not is_object(operators) or not _is_taken(operator, operators.get(operator)) or not is_object(result):
            return result
        return {name: one for name, one in result.items() if holds(one.get(member), operators[operator])}

    return _procedures(methods, asked, given)


def _is_taken(operator: str, value: object) -> bool:
    return isinstance(value, str) and (operator != "AT" or _is_day(value))


def _is_day(text: str) -> bool:
    return re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None and _rolled_over(text) == text


def _pattern(text: str, percent: str = ".*", underscore: str = ".", flags: int = re.DOTALL) -> re.Pattern[str]:
    known = {"%": percent, "_": underscore}
    return re.compile("".join(known.get(one, re.escape(one.lower())) for one in text), flags)


def _like(value: str | None, pattern: re.Pattern[str]) -> bool:
    return value is not None and pattern.fullmatch(value.lower()) is not None


def _units(text: str) -> str:
    """A text with two characters for one beyond the basic plane, as UTF-16 has them."""
    return "".join(one if ord(one) <= 0xFFFF else one + "\udc00" for one in text)


def _plain(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(one))


def _operators(call: Object) -> list[Object]:
    """The operator objects of a call, those inside `get_campaigns` included."""
    conditions = _conditions(call)
    inner = conditions.get("get_campaigns")
    found = [conditions.get(name) for name in ("subject", "name", "created_on", "send_on")]
    found += [inner, inner.get("name")] if is_object(inner) else []
    return [one for one in found if is_object(one)]


def _dates(function: Callable[[str], str], methods: str = "get_messages|get_ab_tests") -> Mangle:
    """The dates of time operators taken for others."""

    def asked(call: Object) -> None:
        for name in ("created_on", "send_on"):
            operators = _conditions(call).get(name)
            if is_object(operators):
                for operator in ("FROM", "TO", "AT"):
                    if isinstance(operators.get(operator), str):
                        operators[operator] = function(operators[operator])

    return _procedures(methods, asked)


def _rolled_over(text: str) -> str:
    if (found := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", text)) is None:
        return text
    year, month, day = (int(part) for part in found.groups())
    if not (year and 1 <= month <= 12 and 1 <= day <= 31):
        return text
    return (dt.date(year, month, 1) + dt.timedelta(days=day - 1)).isoformat()


def _padded(text: str) -> str:
    found = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text)
    return text if found is None else f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}"


def _leap_days_refused(call: Object) -> None:
    for operators in _operators(call):
        for operator, value in operators.items():
            if operator in {"FROM", "TO", "AT"} and re.fullmatch(r"\d{4}-02-29", str(value)):
                operators[operator] = "2000-02-30"


def _no_single_day(call: Object, result: Any) -> Any:
    operators = _conditions(call).get("created_on")
    if is_object(operators) and "FROM" in operators and operators["FROM"] == operators.get("TO"):
        return {}
    return result


def _first_operator(call: Object) -> None:
    operators = _conditions(call).get("name")
    if is_object(operators) and len(operators) > 1:
        first = next(iter(operators))
        for operator in [one for one in operators if one != first]:
            if operator in {"EQUALS", "NOT_EQUALS", "CONTAINS", "NOT_CONTAINS"} and isinstance(
                operators[operator], str
            ):
                del operators[operator]


def _only_sent_day(call: Object, result: Any) -> Any:
    operators = _conditions(call).get("send_on")
    if not is_object(operators) or not isinstance(operators.get("AT"), str):
        return result
    return {name: one for name, one in result.items() if one["send_on"][:10] == operators["AT"]}


def _cut(most: int) -> Given:
    return lambda _, result: dict(list(result.items())[:most])


def _each(function: Callable[[Object], None]) -> Given:
    """A result that is a map of objects, each changed in place."""

    def given(_: Object, result: Any) -> Any:
        for one in result.values():
            function(one)
        return result

    return given


def _drop(name: str, value: object) -> Callable[[Any], None]:
    def drop(one: Any) -> None:
        if is_object(one):
            if name in one and one[name] == value:
                del one[name]
            for inner in list(one.values()):
                drop(inner)

    return drop


def _empty_as_array(call: Object, result: Any) -> Any:
    del call
    for one in result.values():
        if one.get("candidates") == {}:
            one["candidates"] = []
    return result


def _monthly_uniques(call: Object, result: Any) -> Any:
    if _conditions(call).get("grouping") == "monthly":
        for counters in result.values():
            counters["unique_opened"] = max(counters["unique_opened"] - 1, min(counters["unique_opened"], 1))
    return result


def _short_hours(call: Object, result: Any) -> Any:
    if _conditions(call).get("grouping") != "hourly":
        return result
    return {re.sub(r" 0(\d)$", r" \1", name): counters for name, counters in result.items()}


def _days_an_hour_early(request: Request, forward: Forward) -> Response:
    """Counters by day, worked out from those by hour of a clock that is an hour behind."""
    call = _parsed(request)
    if not is_object(call) or call.get("method") != "get_message_stats":
        return forward(request)
    if not _conditions(call) or _conditions(call).get("grouping", "daily") != "daily":
        return forward(request)
    answer = forward(request)
    hourly = deepcopy(call)
    _conditions(hourly)["grouping"] = "hourly"
    told = forward(replace(request, body=_dumped(hourly)))
    if answer.status != 200 or not answer.body or not is_object(answer.json()) or not answer.json().get("result"):
        return answer
    days: dict[str, Object] = {}
    for name, counters in told.json()["result"].items():
        moment = dt.datetime.fromisoformat(name + ":00:00") - dt.timedelta(hours=1)
        known = days.setdefault(moment.date().isoformat(), dict.fromkeys(counters, 0))
        known.update({key: known[key] + count for key, count in counters.items()})
    value = answer.json()
    if value["result"] == days:
        return answer
    return with_body(answer, _dumped({**value, "result": days}))


def _account_forgets() -> Mangle:
    calls: list[str] = []

    def given(call: Object, result: Any) -> Any:
        calls.append(call["method"])
        return result if len(calls) % 2 else {**result, "created_ip": "198.51.100.7"}

    return _procedures("get_account_info", None, given)


def _of_any_account(request: Request, forward: Forward) -> Response:
    answer = forward(request)
    call = _parsed(request)
    if not is_object(call) or call.get("method") != "get_message_contents" or b"Missing message" not in answer.body:
        return answer
    arguments = call["params"]
    other = OTHER_KEY if arguments[0] == KEY else KEY
    again = forward(replace(request, body=_dumped({**call, "params": [other, *arguments[1:]]})))
    return again if b'"result":{' in again.body else answer


def _at_of_second_day(call: Object, result: Any) -> Any:
    conditions = _conditions(call)
    if (
        conditions.get("send_on") == {"AT": "2012-05-02"}
        and set(conditions) == {"send_on"}
        and call["params"][0] == KEY
    ):
        return {**result, "tt00": _MIDNIGHT}
    return result


_MIDNIGHT = {
    "campaign": "b35f2b",
    "type": "newsletter",
    "subject": "Good night, wherever you are",
    "name": "Round the world at midnight",
    "flags": [],
    "send_on": "2012-05-01 00:00:00",
    "content_types": ["plain"],
    "created_on": "2012-04-30 09:00:00",
}


# --- what is taken for JSON ---


def _lenient(function: Callable[[str], str]) -> Rewrite:
    """A body that is no JSON, taken for one once `function` has had its text."""

    def rewrite(request: Request) -> Request:
        try:
            text = request.body.decode()
            changed = function(text)
            if changed != text:
                json.loads(changed)
        except (ValueError, RecursionError):
            return request
        return request if changed == text else replace(request, body=changed.encode())

    return rewrite


def _without_trailing_commas(text: str) -> str:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return re.sub(r",(\s*[\]}])", r"\1", text)
    return text


def _latin(request: Request) -> Request:
    try:
        request.body.decode()
    except UnicodeDecodeError:
        return replace(request, body=request.body.decode("latin-1").encode())
    return request


def _last_of_repeated(request: Request) -> Request:
    """A member that is written twice below the envelope: its last value counts."""

    def depth_of_repeats(pairs: list[tuple[str, Any]]) -> Object:
        names = [name for name, _ in pairs]
        if len(set(names)) != len(names):
            repeated.append("method" in names or "params" in names)
        return dict(pairs)

    repeated: list[bool] = []
    try:
        value = json.loads(request.body, object_pairs_hook=depth_of_repeats)
    except (ValueError, RecursionError):
        return request
    return replace(request, body=_dumped(value)) if repeated and not any(repeated) else request


# --- batches ---


def _key_of_first(request: Request) -> Request:
    value = _parsed(request)
    if not is_array(value):
        return request
    keys = [call["params"][0] for call in value if is_object(call) and is_array(call.get("params")) and call["params"]]
    if not keys or not isinstance(keys[0], str) or all(key == keys[0] for key in keys):
        return request
    for call in value:
        if is_object(call) and is_array(call.get("params")) and call["params"]:
            call["params"][0] = keys[0]
    return replace(request, body=_dumped(value))


def _once_for_each_id(_: Request, answer: Response) -> Response:
    value = answer.json() if answer.body else None
    if not is_array(value):
        return answer
    known = {_dumped(one.get("id")): one for one in value if one.get("id") is not None}
    kept = [one for one in value if one.get("id") is None or known[_dumped(one["id"])] is one]
    return answer if len(kept) == len(value) else with_body(answer, _dumped(kept))


def _failed_notifications_told(request: Request, forward: Forward) -> Response:
    answer = forward(request)
    value = _parsed(request)
    if not is_array(value):
        return answer
    silent = [call for call in value if not _is_answered(call)]
    failed = [
        json.loads(told.body)
        for call in silent
        if b'"error":{' in (told := forward(replace(request, body=_dumped({**call, "id": None})))).body
    ]
    if not failed:
        return answer
    if answer.status != 200:
        return answer_of(200, failed)
    return with_body(answer, _dumped([*answer.json(), *failed]))


def _batch_limit(request: Request, forward: Forward) -> Response:
    value = _parsed(request)
    if is_array(value) and len(value) > 50:
        error = {"code": -32600, "message": "Invalid Request", "data": "Batch too large"}
        return _in_place_of(forward(replace(request, body=b"[]")), {"jsonrpc": "2.0", "id": None, "error": error})
    return forward(request)


def _in_place_of(answer: Response, value: object) -> Response:
    return with_body(answer, _dumped(value))


def _flattened(value: Any) -> Any:
    if not is_array(value):
        return None
    return [inner for one in value for inner in (one if is_array(one) and one else [one])]


# --- ids ---


def _id(function: Callable[[Any], Any]) -> Mangle:
    """Every answer with another id."""

    def change(one: Object) -> Object | None:
        return {**one, "id": function(one["id"])} if "id" in one else None

    return _envelopes(change)


def _wrapped(value: Any) -> Any:
    whole = 1 << 32
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    low = value % whole
    return low - whole if low >= whole // 2 else low


def _is_digits(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"0|[1-9]\d{0,8}", value) is not None


def _zero_is_none(one: Object) -> Object | None:
    if one.get("id") == 0 and isinstance(one.get("method"), str) and not isinstance(one["id"], bool):
        return {name: value for name, value in one.items() if name != "id"}
    return None


def _without_null_id(one: Object) -> Object | None:
    if "id" in one and one["id"] is None and "jsonrpc" not in one and isinstance(one.get("method"), str):
        return {name: value for name, value in one.items() if name != "id"}
    return None


# --- arguments ---


def _arguments(function: Callable[[list[Any]], list[Any]], methods: str = ".*") -> Mangle:
    """Calls whose arguments are taken for others."""

    def asked(call: Object) -> None:
        if is_array(call.get("params")):
            call["params"] = function(call["params"])

    return _procedures(methods, asked)


def _numbered(one: Object) -> Object | None:
    arguments = one.get("params")
    if is_object(arguments) and arguments and list(arguments) == [str(n) for n in range(len(arguments))]:
        return {**one, "params": list(arguments.values())}
    return None


def _keyed(function: Callable[[str], str], methods: str = ".*") -> Mangle:
    return _arguments(lambda a: [function(a[0]), *a[1:]] if a and isinstance(a[0], str) else a, methods)


def _without_null_conditions(call: Object) -> None:
    conditions = _conditions(call)
    known = {"campaigns", "get_campaigns", "type", "subject", "name", "send_on", "created_on", "message", "campaign"}
    for name in [name for name, value in conditions.items() if value is None and name not in {*known, "ab_test"}]:
        del conditions[name]


def _lower_case_inside(call: Object) -> None:
    inner = _conditions(call).get("get_campaigns")
    if is_object(inner):
        for one in (inner, inner.get("name")):
            if is_object(one):
                upper = {n.upper() if n in _LOWER else n: value for n, value in one.items()}
                one.clear()
                one.update(upper)


_LOWER = {"equals", "not_equals", "contains", "not_contains"}


def _not_negated_inside(call: Object) -> None:
    inner = _conditions(call).get("get_campaigns")
    for one in (inner, inner.get("name")) if is_object(inner) else ():
        if is_object(one) and isinstance(one.get("NOT_CONTAINS"), str):
            one["NOT_CONTAINS"] = ""


def _type_in_lower_case(call: Object) -> None:
    if isinstance(_conditions(call).get("type"), str):
        _conditions(call)["type"] = _conditions(call)["type"].lower()


def _drafts_of_all_days(call: Object) -> None:
    conditions = _conditions(call)
    operators = conditions.get("created_on")
    if conditions.get("type") == "draft" and is_object(operators) and operators:
        conditions["created_on"] = {"FROM": "0001-01-01"} if _are_dates(operators) else operators


def _are_dates(operators: Object) -> bool:
    return all(
        name in {"FROM", "TO", "AT"} and isinstance(value, str) and _is_day(value) for name, value in operators.items()
    )


def _created_alone(call: Object) -> None:
    conditions = _conditions(call)
    operators, created = conditions.get("name"), conditions.get("created_on")
    if is_object(operators) and is_object(created) and created:
        known = {"EQUALS", "NOT_EQUALS", "CONTAINS", "NOT_CONTAINS"}
        if operators and all(name in known and isinstance(value, str) for name, value in operators.items()):
            del conditions["name"]


def _no_operators(call: Object) -> None:
    if _conditions(call).get("name") == {}:
        del _conditions(call)["name"]


def _campaign_in_any_case(call: Object) -> None:
    wanted = _conditions(call).get("campaign")
    known = {name.lower(): name for name in ("4b1b5", "b35f2b", "md1", "071ec79")}
    if isinstance(wanted, str):
        _conditions(call)["campaign"] = known.get(wanted.lower(), wanted)


def _error_data_in_message(one: Object) -> Object | None:
    error = one.get("error")
    if is_object(error) and error.get("data") == "Attribute params must be reference to hash":
        return {**one, "error": {"code": error["code"], "message": error["data"]}}
    return None


def _id_lost(one: Object) -> Object | None:
    error = one.get("error")
    return {**one, "id": None} if is_object(error) and error.get("message") == "API client IP not allowed" else None


def _compressed_all_the_same(_: Request, answer: Response) -> Response:
    least = 1024
    if len(answer.body) <= least or "content-encoding" in answer.headers:
        return answer
    packed = gzip.compress(answer.body, mtime=0)
    headers = {**answer.headers, "content-encoding": "gzip", "content-length": str(len(packed))}
    return Response(answer.status, headers, packed)


def _is_refused_encoding(request: Request) -> bool:
    return bool(re.search(r"gzip\s*;\s*q=0(\.0*)?\s*(,|$)", (request.header("accept-encoding") or "").lower()))


def _too_large(request: Request, forward: Forward) -> Response:
    return forward(replace(request, body=b" " * 1_048_577))


def _decomposed(value: Any) -> Any:
    return texts(value, lambda one: unicodedata.normalize("NFD", one) if isinstance(one, str) else one)


def _three_bytes(value: Any) -> Any:
    return texts(value, lambda one: re.sub("[\U00010000-\U0010ffff]", "?", one) if isinstance(one, str) else one)


def _html_for_browsers(_: Request, answer: Response) -> Response:
    return with_header(answer, "content-type", "text/html; charset=utf-8") if answer.body else answer


def _parse_error(request: Request, forward: Forward) -> Response:
    return forward(replace(request, body=b""))


BLIND: dict[str, tuple[str, Mangle]] = {
    # --- transport ---
    "form-type-is-read-as-a-form": (
        "GR-content-type-ignored (here: what is declared as a form is no JSON).",
        does(
            "POST",
            ".*",
            _parse_error,
            when=lambda r: "form-urlencoded" in (r.header("content-type") or "").lower(),
        ),
    ),
    "html-for-browsers": (
        "GR-answer-is-json, GR-accept-ignored (here: who accepts text/html gets the JSON declared as HTML).",
        answers("POST", ".*", _html_for_browsers, when=lambda r: "text/html" in (r.header("accept") or "")),
    ),
    "asked-type-is-answered": (
        "GR-answer-is-json: application/json (here: application/json-rpc where the request is declared so).",
        answers(
            "POST",
            ".*",
            lambda _, a: with_header(a, "content-type", "application/json-rpc"),
            when=lambda r: "application/json-rpc" in (r.header("content-type") or "").lower(),
        ),
    ),
    "status-400-for-what-is-no-request": (
        "GR-errors-have-status-200 (here: -32600 alone comes with 400).",
        answers(
            "POST",
            ".*",
            lambda _, a: replace(a, status=400) if a.body[:1] == b"{" and b'"code":-32600' in a.body else a,
        ),
    ),
    "compressed-for-who-refuses-it": (
        "GR-gzip-on-request: for a client that accepts it and for no other (here: `gzip;q=0` accepts it).",
        answers("POST", ".*", _compressed_all_the_same, when=_is_refused_encoding),
    ),
    "errors-closed-to-other-origins": (
        "GR-other-origins-allowed: the page can read the answer (here: not where it is an error).",
        answers(
            "POST",
            ".*",
            lambda _, a: with_header(a, "access-control-allow-origin", None) if b'"error":{' in a.body else a,
        ),
    ),
    "preflight-allows-no-header": (
        "GR-other-origins-allowed (here: the preflight does not allow the Content-Type that JSON needs).",
        answers("OPTIONS", ".*", lambda _, a: with_header(a, "access-control-allow-headers", "accept"), status=204),
    ),
    "head-is-answered": (
        "GR-only-post: every other verb is 405 (here: HEAD is 200).",
        answers(
            "HEAD",
            ".*",
            lambda _, a: with_header(with_header(replace(a, status=200), "allow", None), "content-length", None),
            status=405,
        ),
    ),
    "a-million-bytes-at-most": (
        "GR-one-megabyte-taken: 1,048,576 bytes (here: 1,000,000).",
        does("POST", ".*", _too_large, when=lambda r: 1_000_000 < len(r.body) <= 1_048_576),
    ),
    "texts-decomposed": (
        "GR-utf-8-both-ways, GR-name-condition: a name as it is shown finds its message (here: shown decomposed).",
        _procedures("get_messages", None, lambda _, result: _decomposed(result)),
    ),
    "texts-of-three-bytes": (
        "GR-utf-8-both-ways, GR-subject-condition: a subject as it is shown finds its message (here: emoji are `?`).",
        _procedures("get_messages|get_message", None, lambda _, result: _three_bytes(result)),
    ),
    # --- the envelope ---
    "id-without-fraction": (
        "GR-id-echoed: unchanged (here: a fraction is cut off).",
        _id(lambda v: int(v) if isinstance(v, float) and abs(v) < 1e9 else v),
    ),
    "id-of-32-bits": (
        "GR-id-echoed (here: an integer beyond 32 bits is wrapped).",
        _id(_wrapped),
    ),
    "id-zero-is-none": (
        "GR-id-echoed, GR-missing-id-not-answered (here: id 0 is taken for a missing one).",
        _requests(_zero_is_none),
    ),
    "id-of-digits-is-a-number": (
        "GR-id-echoed: with the same JSON type (here: a text of digits comes back as a number).",
        _id(lambda v: int(v) if _is_digits(v) else v),
    ),
    "id-composed": (
        "GR-id-echoed: unchanged (here: in the composed form of Unicode).",
        _id(lambda v: unicodedata.normalize("NFC", v) if isinstance(v, str) else v),
    ),
    "id-escaped-for-html": (
        "GR-id-echoed: unchanged (here: `&` and `<` as in HTML).",
        _id(lambda v: v.replace("&", "&amp;").replace("<", "&lt;") if isinstance(v, str) else v),
    ),
    "id-lost-for-untrusted-address": (
        "GR-id-echoed (here: null with `API client IP not allowed`).",
        _envelopes(_id_lost),
    ),
    "null-id-in-old-form-not-answered": (
        "GR-null-id-answered: in both forms (here: in the 1.0 form it is a notification).",
        _requests(_without_null_id),
    ),
    "version-as-a-number": (
        'GR-unknown-version-refused: other than the text "2.0" (here: the number 2.0 or 2 will do).',
        _requests(
            lambda one: (
                {**one, "jsonrpc": "2.0"}
                if isinstance(one.get("jsonrpc"), (int, float)) and float(one["jsonrpc"]) == 2
                else None
            )
        ),
    ),
    "version-null-is-none": (
        "GR-unknown-version-refused (here: `jsonrpc` null is the 1.0 form).",
        _requests(
            lambda one: {n: v for n, v in one.items() if n != "jsonrpc"} if one.get("jsonrpc", "") is None else None
        ),
    ),
    "method-without-blanks": (
        "GR-unknown-method (here: blanks around the name are dropped).",
        _requests(lambda one: {**one, "method": one["method"].strip()} if isinstance(one.get("method"), str) else None),
    ),
    "last-of-a-repeated-condition": (
        "GR-repeated-member: makes the body no JSON (here: below the envelope the last one counts).",
        asks("POST", ".*", _last_of_repeated),
    ),
    "not-a-number-is-null": (
        "GR-strict-json: NaN is no JSON (here: it is null).",
        asks("POST", ".*", _lenient(lambda t: re.sub(r"(?<=[:,\[\s])NaN(?=\s*[,\]}])", "null", t))),
    ),
    "comma-at-the-end": (
        "GR-not-json (here: a comma after the last item or member is read over).",
        asks("POST", ".*", _lenient(_without_trailing_commas)),
    ),
    "half-a-pair-is-replaced": (
        "GR-strict-json: a lone surrogate is no JSON (here: it is U+FFFD).",
        asks(
            "POST",
            ".*",
            _lenient(
                lambda t: re.sub(r"(?<!\\)\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])", lambda _: "\\ufffd", t)
            ),
        ),
    ),
    "latin-letters-are-read": (
        "GR-strict-json: bytes that are not UTF-8 are no JSON (here: they are Latin-1).",
        asks("POST", ".*", _latin),
    ),
    "numbered-arguments": (
        'GR-named-params-refused (here: an object with the names "0" and "1" is a list, as PHP has it).',
        _requests(_numbered),
    ),
    "third-argument-null": (
        "GR-third-param-refused (here: a third one that is null does not count).",
        _arguments(lambda a: a[:2] if len(a) == 3 and a[2] is None else a),
    ),
    "empty-array-as-conditions": (
        "GR-conditions-not-an-object, by every method (here: get_account_info and ping take [] for {}, as PHP does).",
        _arguments(lambda a: [a[0], {}] if len(a) == 2 and a[1] == [] else a, "get_account_info|ping"),
    ),
    "null-as-conditions": (
        "GR-conditions-not-an-object, by every method (here: get_campaigns takes null for {}).",
        _arguments(lambda a: [a[0], {}] if len(a) == 2 and a[1] is None else a, "get_campaigns"),
    ),
    "reason-as-message": (
        "GR-conditions-reason: in `data` (here: it stands in `message`).",
        _envelopes(_error_data_in_message),
    ),
    "further-object-refused": (
        "GR-other-members-ignored (here: a further member that is an object makes the request none).",
        _requests(
            lambda one: (
                {"jsonrpc": "2.0", "id": None}
                if any(is_object(v) and n not in {"params", "id", "method", "jsonrpc"} for n, v in one.items())
                else None
            )
        ),
    ),
    # --- batches ---
    "batch-with-the-first-key": (
        "GR-batch-answers-as-alone (here: the key of the first call is that of all).",
        asks("POST", ".*", _key_of_first),
    ),
    "batch-with-each-id-once": (
        "GR-batch-answers-each-call (here: of calls with the same id the last alone is answered).",
        answers("POST", ".*", _once_for_each_id),
    ),
    "batch-in-a-batch": (
        "GR-batch-junk: an array in a batch is -32600 (here: its calls are answered).",
        asks("POST", ".*", body(_flattened)),
    ),
    "batch-of-fifty": (
        "GR-batch-answers-each-call (here: a batch of more than 50 is refused as a whole).",
        does("POST", ".*", _batch_limit),
    ),
    "batch-tells-of-failed-notifications": (
        "GR-batch-leaves-out-notifications (here: one that fails leaves an error).",
        does("POST", ".*", _failed_notifications_told),
    ),
    # --- keys ---
    "key-in-capitals": (
        "GR-malformed-key: lowercase digits (here: capitals are taken for them).",
        _keyed(lambda key: key.lower() if re.fullmatch("[0-9a-fA-F]{32}", key) else key),
    ),
    "key-without-blanks": (
        "GR-malformed-key (here: blanks and line breaks around it are dropped).",
        _keyed(str.strip),
    ),
    "untrusted-address-sees-the-account": (
        "GR-untrusted-address, by every method (here: not by get_account_info).",
        _keyed(lambda key: KEY if key == UNTRUSTED else key, "get_account_info"),
    ),
    "any-key-pings": (
        "GR-unknown-key, by every method (here: ping asks for the shape of the key alone).",
        _keyed(lambda key: KEY if re.fullmatch("[0-9a-f]{32}", key) and key != UNTRUSTED else key, "ping"),
    ),
    "contents-of-any-account": (
        "GR-key-is-one-account, GR-contents-of-unknown-message (here: a message of another account is shown).",
        does("POST", ".*", _of_any_account),
    ),
    # --- text operators ---
    "question-mark-for-one-character": (
        "GR-pattern-is-no-regex: stands for itself (here: `?` in CONTAINS on a subject is any character).",
        _own(
            "subject",
            "CONTAINS",
            lambda v, p: _like(v, re.compile(_pattern(p).pattern.replace(r"\?", "."), re.DOTALL)),
        ),
    ),
    "percent-not-empty": (
        "GR-percent-any-run: also an empty one (here: at least one character, in a name).",
        _own("name", "CONTAINS", lambda v, p: _like(v, _pattern(p, percent=".+"))),
    ),
    "underscore-is-half-an-emoji": (
        "GR-underscore-one-character (here: a character beyond the basic plane counts as two).",
        _own("subject", "CONTAINS", lambda v, p: v is not None and _like(_units(v), _pattern(_units(p)))),
    ),
    "underscore-not-a-line-break": (
        "GR-percent-spans-lines: `_` stands for line breaks too (here: `%` alone does).",
        _own("name", "CONTAINS", lambda v, p: _like(v, _pattern(p, underscore="[^\\r\\n]"))),
    ),
    "underscore-itself-when-negated": (
        "GR-not-contains-complement (here: in NOT_CONTAINS `_` stands for itself).",
        _own("name", "NOT_CONTAINS", lambda v, p: v is not None and not _like(v, _pattern(p, underscore="_"))),
    ),
    "blanks-at-the-end-do-not-count": (
        "GR-equals-whole-value (here: blanks at the end do not count, as in MySQL).",
        _own("name", "EQUALS", lambda v, p: v is not None and v.lower().rstrip(" ") == p.lower().rstrip(" ")),
    ),
    "accents-do-not-count": (
        "GR-equals-whole-value (here: EQUALS on a subject disregards accents, as a collation of MySQL).",
        _own("subject", "EQUALS", lambda v, p: v is not None and _plain(v) == _plain(p)),
    ),
    "null-not-like-anything": (
        "GR-null-never-matches (here: NOT_CONTAINS finds names that are null).",
        _own("name", "NOT_CONTAINS", lambda v, p: not _like(v, _pattern(p))),
    ),
    "null-equals-the-empty-text": (
        "GR-null-never-matches, GR-equals-whole-value (here: the empty text finds names that are null).",
        _own("name", "EQUALS", lambda v, p: (v or "").lower() == p.lower()),
    ),
    "first-operator-alone": (
        "GR-text-operators-and (here: of several on the name of a campaign the first alone counts).",
        _procedures("get_campaigns", _first_operator),
    ),
    "lower-case-operators-inside": (
        "GR-operators-uppercase (here: inside get_campaigns lowercase will do).",
        _procedures("get_messages", _lower_case_inside),
    ),
    "no-operator-at-all": (
        "GR-empty-operators-refused (here: get_ab_tests takes an empty object on the name for no condition).",
        _procedures("get_ab_tests", _no_operators),
    ),
    # --- time operators ---
    "impossible-days-roll-over": (
        "GR-calendar-days-only (here: 30 February is 2 March or 1 March).",
        _dates(_rolled_over),
    ),
    "days-without-zeros": (
        "GR-calendar-days-only: written YYYY-MM-DD (here: 2010-1-1 will do).",
        _dates(_padded),
    ),
    "leap-days-refused": (
        "GR-calendar-days-only, GR-at-whole-day: 29 February of a leap year is in the calendar (here: refused).",
        _procedures("get_messages|get_ab_tests", _leap_days_refused),
    ),
    "range-of-one-day-is-empty": (
        "GR-from-whole-day, GR-to-whole-day (here: FROM and TO of one day find nothing).",
        _procedures("get_messages", None, _no_single_day),
    ),
    "midnight-is-of-no-day": (
        "GR-at-whole-day: from the first second (here: AT leaves out what was created at 00:00:00).",
        _own(
            "created_on",
            "AT",
            lambda v, p: v is not None and v[:10] == p and v[11:] != "00:00:00",
            "get_messages|get_ab_tests",
        ),
    ),
    "second-day-of-time-travel-unknown-to-at": (
        "GR-time-travel-two-days (here: AT finds the first day alone).",
        _procedures("get_messages", None, _only_sent_day),
    ),
    "time-travel-from-midnight-on-two-days": (
        "GR-time-travel-window: one day when it begins at midnight (here: the next one, too).",
        _procedures("get_messages", None, _at_of_second_day),
    ),
    "drafts-of-all-days": (
        "GR-created-on-condition: for every type (here: not for drafts).",
        _procedures("get_messages", _drafts_of_all_days),
    ),
    # --- conditions and results ---
    "type-in-any-case": (
        "GR-unknown-type-refused: one of four words (here: in any letter case).",
        _procedures("get_messages", _type_in_lower_case),
    ),
    "unknown-condition-null": (
        "GR-unknown-condition-refused (here: not where its value is null).",
        _procedures("get_.*", _without_null_conditions),
    ),
    "name-ignored-beside-creation": (
        "GR-ab-tests-by-name (here: not compared where `created_on` is given as well).",
        _procedures("get_ab_tests", _created_alone),
    ),
    "campaigns-not-negated": (
        "GR-found-campaigns (here: NOT_CONTAINS inside get_campaigns finds all that have a name).",
        _procedures("get_messages", _not_negated_inside),
    ),
    "campaign-id-in-any-case": (
        "GR-ids-letter-case (here: not by get_campaign).",
        _procedures("get_campaign", _campaign_in_any_case),
    ),
    "fifteen-messages-at-most": (
        "GR-default-types, GR-all-campaigns (here: the first fifteen).",
        _procedures("get_messages", None, _cut(15)),
    ),
    "day-zero-left-out": (
        "Contract: day_of_cycle is required where an autoresponder has one (here: missing where it is 0).",
        _procedures("get_messages|get_message", None, _each(_drop("day_of_cycle", 0))),
    ),
    "time-travel-as-boolean": (
        'Contract: time_travel is "yes" or "no" (here: a boolean for what an action sets off).',
        _procedures(
            "get_messages|get_message",
            None,
            _each(
                lambda one: (
                    one.update(time_travel=one["time_travel"] == "yes") if one.get("based_on") == "action" else None
                )
            ),
        ),
    ),
    "empty-name-is-null": (
        "GR-null-never-matches, GR-empty-pattern (here: the name that the empty text finds is shown as null).",
        _procedures(
            "get_messages|get_message",
            None,
            _each(lambda one: one.update(name=None) if one.get("name") == "" else None),
        ),
    ),
    "flags-null-where-none": (
        "Contract: flags is an array (here: null for a draft without any).",
        _procedures(
            "get_messages|get_message",
            None,
            _each(lambda one: one.update(flags=None) if one["type"] == "draft" and one.get("flags") == [] else None),
        ),
    ),
    "empty-part-left-out": (
        "GR-contents-as-announced (here: a part that is the empty text is missing).",
        _procedures("get_message_contents", None, lambda _, result: {n: v for n, v in result.items() if v}),
    ),
    "no-candidates-as-array": (
        "Contract: candidates is an object (here: an empty one is [], as PHP writes it).",
        _procedures("get_ab_tests|get_ab_test", None, _empty_as_array),
    ),
    "unknown-campaign-as-array": (
        "GR-unknown-campaign-id: an empty object (here: [], as PHP writes it).",
        _procedures("get_campaign", None, lambda _, result: result or []),
    ),
    "uniques-by-month": (
        "GR-stats-groupings-agree: sums (here: of a month the unique openings are one fewer).",
        _procedures("get_message_stats", None, _monthly_uniques),
    ),
    "hours-without-zero": (
        "GR-stats-period-form: `2010-01-01 00` (here: hours of one digit).",
        _procedures("get_message_stats", None, _short_hours),
    ),
    "days-of-another-zone": (
        "GR-stats-groupings-agree (here: the days begin an hour later than the hours say).",
        does("POST", ".*", _days_an_hour_early),
    ),
    "account-of-two-registrations": (
        "GR-account-unchanging (here: created_ip is another one in every second answer).",
        Remembering(_account_forgets),
    ),
    "description-not-null-alone": (
        "GR-campaign-as-listed (here: what get_campaigns shows as null is empty in get_campaign).",
        _procedures(
            "get_campaign",
            None,
            _each(lambda one: one.update(description="") if one.get("description", "") is None else None),
        ),
    ),
    "sampling-time-in-minutes": (
        "GR-ab-test-as-listed and the contract: seconds (here: minutes in the list).",
        _procedures("get_ab_tests", None, _each(lambda one: one.update(sampling_time=one["sampling_time"] // 60))),
    ),
    "merge-words-in-the-old-form": (
        "GR-dynamic-content-in-subject, GR-message-as-listed (here: get_message shows `[[firstname]]`).",
        _procedures(
            "get_message",
            None,
            _each(
                lambda one: one.update(
                    subject=one["subject"].replace('{{CONTACT "subscriber_first_name"}}', "[[firstname]]")
                )
            ),
        ),
    ),
}
