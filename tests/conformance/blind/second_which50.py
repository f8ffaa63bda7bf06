"""Further faults of a Which50 server by a second author, each with the promise that it breaks."""

from __future__ import annotations

import base64
import html
import json
import re
import struct
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, unquote_plus, urlencode

from moves import (
    Remembering,
    answers,
    as_user,
    asks,
    body,
    both,
    data,
    does,
    each,
    header,
    is_array,
    is_object,
    like,
    path,
    path_of,
    query_of,
    raw,
    texts,
    with_body,
    with_header,
    xml,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from moves import Change, Forward, Mangle, Rewrite

    from mailproof_conformance.exchange import Request, Response

    Pair = tuple[str, str]

LOGIN = ("api@harbour-store.example", "Tr4wler-Basket")
API_KEY = "hs-7d1f0c52b9e84a6f"
NO_PERMISSION = "Basic dmlzaXRvckBoYXJib3VyLXN0b3JlLmV4YW1wbGU6S2VkZ2U6QW5jaG9yLTk="
CONTACT = "/contacts/[^/]+/?"
LIST_CONTACTS = r"/contactLists/[^/]+/contacts/?"
WRITE = r"/contactLists/\d+/contact/?"
FORM = "/contactLists/contactForm/?"
IMPORT = r"/contactLists/\d+/import"
RECORDS = r"/contactLists/[^/]+/linkeddata/\d+/records/?"
FILES = "/files/?"
SEND = "/journeys/send(Email|TextMessage)/?"
_SAFE = 1 << 53


def _dumped(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _login(request: Request) -> Pair | None:
    scheme, _, text = (request.header("authorization") or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(text, validate=True).decode().partition(":")
    except ValueError:
        return None
    return (user, password) if colon else None


def _to(request: Request, target: str, method: str | None = None, body: bytes | None = None) -> Request:
    """The request at another address below the base, with its headers."""
    base = request.target[: len("/Which50API")] if request.target.lower().startswith("/which50api") else ""
    return replace(
        request,
        method=method or request.method,
        target=base + target,
        body=request.body if body is None else body,
    )


def _is_json(request: Request) -> bool:
    return (request.header("content-type") or "").partition(";")[0].strip().lower() in {"application/json", "text/json"}


def _accept(request: Request) -> str:
    return (request.header("accept") or "").strip().lower()


def _bad_request(request: Request, forward: Forward) -> Response:
    """The 400 of an id that is no number, from the server itself."""
    return forward(_to(request, "/contactLists/x", "GET", b""))


def _not_found(request: Request, forward: Forward) -> Response:
    return forward(_to(request, "/contactLists/2000000000", "GET", b""))


# --- lists ---


def _listed(function: Callable[[list[Any]], list[Any]]) -> Change:
    """Answers that are a list with other items: objects in JSON, in XML the text of each element as it is."""

    def change(_: Request, answer: Response) -> Response:
        if answer.body[:1] == b"[":
            value = answer.json()
            items = function(value)
            return answer if items == value else with_body(answer, _dumped(items))
        found = re.fullmatch(r"(<ArrayOf(\w+) [^>]*[^/])>(.*)</ArrayOf\2>", answer.body.decode(), re.DOTALL)
        if found is None:
            return answer
        head, name, inner = found.groups()
        kept = "".join(function(re.findall(rf"<{name}>.*?</{name}>", inner, re.DOTALL)))
        return with_body(answer, (f"{head}>{kept}</ArrayOf{name}>" if kept else f"{head} />").encode())

    return change


def _member(item: Any, name: str) -> str | None:
    if is_object(item):
        return item.get(name)
    found = re.search(rf"<{name}\b[^>]*>([^<]*)</", item)
    return None if found is None else found[1]


# --- queries ---


def _options(request: Request) -> list[Pair]:
    """The query, names decoded and in lower case, values decoded."""
    parts = [part.partition("=") for part in query_of(request).split("&") if part]
    return [(unquote_plus(name).lower(), unquote_plus(value)) for name, _, value in parts]


def _option(request: Request, name: str) -> str | None:
    return next((value for key, value in _options(request) if key == name), None)


def _with_options(request: Request, pairs: list[Pair]) -> Request:
    where = request.target.partition("?")[0]
    text = "&".join(f"{quote(name, safe='$')}={quote(value, safe='')}" for name, value in pairs)
    return replace(request, target=f"{where}?{text}" if text else where)


def _without_options(request: Request, *names: str) -> Request:
    return _with_options(request, [pair for pair in _options(request) if pair[0] not in names])


def _set_option(name: str, function: Callable[[str], str | None]) -> Rewrite:
    """A request with another value of an option, or without it."""

    def rewrite(request: Request) -> Request:
        value = _option(request, name)
        changed = None if value is None else function(value)
        if changed == value:
            return request
        others = [pair for pair in _options(request) if pair[0] != name]
        return _with_options(request, others if changed is None else [*others, (name, changed)])

    return rewrite


def _two_conditions(value: str) -> str:
    parts = re.split(r"\s+and\s+(?=(?:[^']*'[^']*')*[^']*$)", value, flags=re.IGNORECASE)
    return value if len(parts) <= 2 else " and ".join(parts[:2])


def _empty_is_null(request: Request, forward: Forward) -> Response:
    answer = forward(request)
    field = re.fullmatch(r"\s*(\w+)\s+eq\s+''\s*", _option(request, "$filter") or "", re.IGNORECASE)
    if field is None or answer.status != 200 or answer.body[:1] != b"[":
        return answer
    if {name for name, _ in _options(request)} & {"$top", "$skip", "$orderby"}:
        return answer

    def holds(contact: Any) -> bool:
        known = contact["Values"]
        values = {name.lower(): value for name, value in known.items()} if is_object(known) else {}
        return values.get(field[1].lower()) in {None, ""}

    every = forward(_without_options(request, "$filter"))
    return with_body(answer, _dumped([one for one in every.json() if holds(one)]))


def _page_before_filter(request: Request, forward: Forward) -> Response:
    answer = forward(request)
    names = {name for name, _ in _options(request)}
    if answer.status != 200 or "$filter" not in names or not names & {"$top", "$skip"}:
        return answer
    page: list[str | None] = []

    def look(contacts: list[Any]) -> list[Any]:
        page.extend(_member(one, "EncContactId") for one in contacts)
        return contacts

    _listed(look)(request, forward(_without_options(request, "$filter")))
    found = forward(_without_options(request, "$top", "$skip"))
    return _listed(lambda v: [one for one in v if _member(one, "EncContactId") in page])(request, found)


def _nothing_is_not_found(request: Request, forward: Forward) -> Response:
    answer = forward(request)
    skip = _option(request, "$skip") or ""
    if answer.status == 200 and answer.body == b"[]" and re.fullmatch(r"\d+", skip) and int(skip):
        return _not_found(request, forward)
    return answer


def _names_as_asked(request: Request, answer: Response) -> Response:
    asked = {name.strip().lower(): name.strip() for name in (_option(request, "$select") or "").split(",")}
    return data(lambda v: [{asked.get(n.lower(), n): x for n, x in one.items()} for one in v])(request, answer)


def _numbers_as_texts(request: Request, answer: Response) -> Response:
    order = re.fullmatch(r"\s*(\w+)(\s+asc)?\s*", _option(request, "$orderby") or "", re.IGNORECASE)
    if order is None or {name for name, _ in _options(request)} & {"$top", "$skip"} or answer.body[:1] != b"[":
        return answer
    records: list[dict[str, Any]] = answer.json()
    name = next((n for one in records[:1] for n in one if n.lower() == order[1].lower()), None)
    if name is None or not any(isinstance(one[name], (int, float)) for one in records):
        return answer
    return with_body(answer, _dumped(sorted(records, key=lambda o: (o[name] is not None, str(o[name])))))


def _wide_id(request: Request) -> Request:
    def wrapped(found: re.Match[str]) -> str:
        return f"/contactLists/{int(found[1]) % (1 << 32)}"

    where, mark, text = request.target.partition("?")
    return replace(
        request, target=re.sub(r"/contactLists/(\d{10,})", wrapped, where, flags=re.IGNORECASE) + mark + text
    )


# --- what answers say ---


def _landing_pages_once(value: Any) -> None:
    newest: dict[Any, Any] = {}
    for one in value["LandingPages"]:
        newest.setdefault(one["Id"], one)
    value["LandingPages"] = list(newest.values())


def _rounded(value: Any) -> Any:
    return texts(
        value,
        lambda one: int(float(one)) if isinstance(one, int) and not isinstance(one, bool) and one > _SAFE else one,
    )


def _warnings_last(value: Any) -> Any:
    return [
        {
            **{n: x for n, x in one.items() if n != "ValidationWarnings"},
            "ValidationWarnings": one.get("ValidationWarnings"),
        }
        for one in value
    ]


def _late_change(one: Any) -> Any:
    if not isinstance(one, str) or (found := re.fullmatch(r"2024-10-27T0(\d)(:.*)\+00:00", one)) is None:
        return one
    return f"2024-10-27T0{int(found[1]) + 1}{found[2]}+01:00"


_LATE_CHANGE: Change = both(
    data(lambda v: texts(v, _late_change)),
    xml(lambda t: re.sub(r"(DateTime>2024-10-27T0[1-8][^<]*Z</\w+:DateTime><\w+:OffsetMinutes>)0<", r"\g<1>60<", t)),
)


def _as_double(text: str) -> str:
    def wider(found: re.Match[str]) -> str:
        value = int(found[3])
        return f'{found[1]}double"{found[2]}{float(value):.0f}<' if abs(value) > _SAFE else found[0]

    return re.sub(r'(i:type="\w+:)long"([^>]*>)(-?\d+)<', wider, text)


def _spaced(request: Request, answer: Response) -> Response:
    del request
    return with_body(answer, json.dumps(answer.json(), ensure_ascii=False).encode())


def _is_csp(request: Request) -> bool:
    return _accept(request) == "application/csp-report"


def _cached(key: Callable[[Request], object | None], method: str, where: str) -> Mangle:
    """Answers from a cache that nobody empties: `key` says which are the same, None which are not kept."""

    def make() -> Mangle:
        known: dict[object, Response] = {}

        def mangle(request: Request, forward: Forward) -> Response:
            answer = forward(request)
            name = key(request)
            return answer if name is None or answer.status != 200 else known.setdefault(name, answer)

        return does(method, where, mangle)

    return Remembering(make)


def _who(request: Request) -> tuple[str | None, str | None]:
    return request.header("authorization"), request.header("x-api-key")


# --- what is written ---


def _values(function: Callable[[Any], Any], where: str = WRITE) -> Mangle:
    """A contact in JSON that is stored with other values; those to match in a query are not touched."""

    def change(value: Any) -> Any:
        if not is_object(value):
            return None
        return {
            name: {key: function(inner) for key, inner in known.items()}
            if name.lower() == "values" and is_object(known)
            else known
            for name, known in value.items()
        }

    return asks("POST", where, body(change), when=_is_json)


def _text(function: Callable[[str], str], where: str = WRITE) -> Mangle:
    return _values(lambda value: function(value) if isinstance(value, str) else value, where)


def _float32(value: Any) -> Any:
    least, most = 1 << 24, 1 << 40
    if not isinstance(value, int) or isinstance(value, bool) or not least < abs(value) < most:
        return value
    return int(struct.unpack("f", struct.pack("f", value))[0])


def _single_quotes(request: Request) -> Request:
    text = request.body.decode("utf-8", "replace")
    if '"' in text or "'" not in text:
        return request
    try:
        json.loads(text.replace("'", '"'))
    except (ValueError, RecursionError):
        return request
    return replace(request, body=request.body.replace(b"'", b'"'))


def _latin_form(request: Request) -> Request:
    def twice(found: re.Match[bytes]) -> bytes:
        return quote(bytes([int(found[1], 16)]).decode("latin-1").encode()).encode()

    return replace(request, body=re.sub(rb"%([89a-fA-F][0-9a-fA-F])", twice, request.body))


def _is_urlencoded(request: Request) -> bool:
    return (request.header("content-type") or "").lower().startswith("application/x-www-form-urlencoded")


def _events_twice(request: Request, forward: Forward) -> Response:
    answer = forward(request)
    names = [name.strip().lower() for name in (_option(request, "customevents") or "").split(",")]
    again = sorted({name for name in names if names.count(name) > 1 and name})
    if answer.status != 200 or not again or not _is_json(request) or b'"EncContactId"' not in answer.body:
        return answer
    contact: dict[str, Any] = {"EncContactId": answer.json()["EncContactId"], "Values": {}}
    target = path_of(request) + "?" + urlencode({"customevents": ",".join(again)})
    forward(like(request, "POST", target, contact))
    return answer


def _events_before_the_unknown(request: Request, forward: Forward) -> Response:
    answer = forward(request)
    events = _option(request, "customevents")
    if answer.status != 417 or not events or b"customevents" not in answer.body:
        return answer
    first = [name for name in events.split(",") if name.strip()][:-1]
    if first:
        others = [pair for pair in _options(request) if pair[0] != "customevents"]
        forward(_with_options(request, [*others, ("customevents", ",".join(first))]))
    return answer


def _stored_all_the_same(request: Request, forward: Forward) -> Response:
    answer = forward(request)
    if answer.status != 417 or b"has no value" not in answer.body or not _is_json(request):
        return answer
    value = json.loads(request.body)
    contact = next((inner for name, inner in value.items() if name.lower() == "contact"), None)
    number = next((v for n, v in contact.items() if n.lower() == "listid"), None) if is_object(contact) else None
    if isinstance(number, int):
        forward(like(request, "POST", f"/contactLists/{number}/contact", contact))
    return answer


def _only_what_was_sent(request: Request, answer: Response) -> Response:
    try:
        value = json.loads(request.body)
    except (ValueError, RecursionError):
        return answer
    contact = next((v for n, v in value.items() if n.lower() == "contact"), None) if is_object(value) else None
    given = next((v for n, v in contact.items() if n.lower() == "values"), None) if is_object(contact) else None
    if not is_object(given):
        return answer
    names = {name.lower() for name in given}
    return data(each("Values", lambda one: one.update(Values=_some(one["Values"], names))))(request, answer)


def _some(values: Any, names: set[str]) -> Any:
    return {n: v for n, v in values.items() if n.lower() in names} if is_object(values) else values


def _puts_once() -> Mangle:
    known: dict[object, Response] = {}

    def mangle(request: Request, forward: Forward) -> Response:
        name = (request.target.lower(), request.body, _accept(request), _who(request))
        if name in known:
            return known[name]
        answer = forward(request)
        if answer.status == 200:
            known[name] = answer
        return answer

    return does("PUT", SEND, mangle)


# --- imports ---


def _second_batch_lost() -> Mangle:
    loaded: set[str] = set()

    def mangle(request: Request, forward: Forward) -> Response:
        job = path_of(request).rstrip("/").lower()
        if job not in loaded or not _is_json(request):
            answer = forward(request)
            if answer.status == 200 and request.body.strip() != b"[]":
                loaded.add(job)
            return answer
        answer = forward(replace(request, body=b"[]"))
        return answer if answer.status == 200 and _is_batch(request) else forward(request)

    return does("POST", rf"{IMPORT}/\d+/?", mangle)


def _is_batch(request: Request) -> bool:
    try:
        value = json.loads(request.body)
    except (ValueError, RecursionError):
        return False
    most = 100
    return is_array(value) and len(value) <= most and all(is_object(one) and "EncContactId" not in one for one in value)


def _names_of_batch_exact() -> Mangle:
    fields: dict[str, set[str]] = {}

    def mangle(request: Request, forward: Forward) -> Response:
        where = path_of(request).rstrip("/").lower()
        if re.fullmatch(IMPORT.lower(), where):
            answer = forward(request)
            if answer.status == 200 and answer.body[:1] == b"{" and _is_json(request):
                asked: dict[str, list[str]] = json.loads(request.body)
                names = next(v for n, v in asked.items() if n.lower() == "fieldnames")
                fields[f"{where}/{answer.json()['Id']}"] = set(names)
            return answer
        known = fields.get(where)
        if known is None or not _is_json(request) or not _is_batch(request):
            return forward(request)
        lower = {name.lower() for name in known}
        return forward(
            body(
                lambda v: [
                    {
                        name: {k: x for k, x in inner.items() if k in known or k.lower() not in lower}
                        if name.lower() == "values" and is_object(inner)
                        else inner
                        for name, inner in one.items()
                    }
                    for one in v
                ]
            )(request)
        )

    return does("POST", rf"{IMPORT}(/\d+)?/?", mangle)


def _finish_moves() -> Mangle:
    polls: dict[str, int] = {}

    def mangle(request: Request, forward: Forward) -> Response:
        answer = forward(request)
        where = path_of(request)
        seen = polls[where] = polls.get(where, -1) + 1

        def later(found: re.Match[str]) -> str:
            return f"{found[1]}{min(int(found[2]) + seen, 59):02d}"

        def change(value: Any) -> None:
            if value.get("FinishDate"):
                value["FinishDate"] = re.sub(r"(T\d\d:\d\d:)(\d\d)", later, value["FinishDate"])

        return data(change)(request, answer) if answer.status == 200 else answer

    return does("GET", rf"{IMPORT}/\d+/?", mangle)


def _run_again(request: Request, forward: Forward) -> Response:
    answer = forward(request)
    if answer.status != 417:
        return answer
    job = forward(_to(request, re.sub("/run/?$", "", path_of(request)), "GET", b""))
    return job if b"Finished" in job.body else answer


# --- files ---


def _is_text(request: Request) -> bool:
    return (_option(request, "filepath") or "").lower().endswith((".txt", ".csv"))


def _file_path(function: Callable[[str], str]) -> Rewrite:
    def rewrite(request: Request) -> Request:
        value = next((v for n, v in _options(request) if n == "filepath"), None)
        if value is None or function(value) == value:
            return request
        return _with_options(request, [(n, function(v) if n == "filepath" else v) for n, v in _options(request)])

    return rewrite


def _ascii_ending(request: Request, answer: Response) -> Response:
    ending = (_option(request, "filepath") or "").rpartition(".")[2]
    capital = ending.isupper() and ending.isascii()
    return with_header(answer, "content-type", "application/octet-stream") if capital else answer


def _latin_name(_: Request, answer: Response) -> Response:
    value = answer.headers.get("content-disposition", "")
    found = re.search(r"filename\*=UTF-8''(\S+)", value)
    if found is None:
        return answer
    name = quote(unquote(found[1]).encode("latin-1", "replace"))
    return with_header(answer, "content-disposition", value[: found.start()] + f"filename*=ISO-8859-1''{name}")


def _first_of_several(request: Request, forward: Forward) -> Response:
    answer = forward(request)
    boundary = re.search(r'boundary="?([^";]+)', request.header("content-type") or "")
    if answer.status != 417 or boundary is None or request.body.count(b"filename=") != 2:
        return answer
    mark = b"--" + boundary[1].encode()
    parts = request.body.split(mark)
    first = next(part for part in parts if b"filename=" in part)
    forward(replace(request, body=mark + first + mark + b"--\r\n"))
    return answer


def _decoded_again(value: str) -> str:
    again = unquote(value)
    return again if re.fullmatch(r"[\w .%/-]+", again) and ".." not in again else value


def _broken_authorization(request: Request) -> bool:
    return request.header("authorization") is not None and _login(request) is None


BLIND: dict[str, tuple[str, Mangle]] = {
    # --- media types ---
    "csp-report-of-records-with-blanks": (
        "W50-further-csp-report-on-one-line: without spaces (here: of records there are some).",
        answers("GET", RECORDS, _spaced, when=_is_csp),
    ),
    "text-xml-of-web-forms-by-another-name": (
        "W50-five-media-types: the Content-Type names what was asked for (here: text/xml is application/xml).",
        answers(
            "GET",
            "/contacts/[^/]+/webforms/?",
            lambda _, a: with_header(
                a, "content-type", a.headers["content-type"].replace("text/xml", "application/xml")
            ),
        ),
    ),
    "weights-of-one-digit": (
        "W50-accept-weights (here: of a weight the first digit alone counts).",
        asks(
            "GET",
            "/contacts/.*",
            lambda r: header("accept", re.sub(r"(q=0\.\d)\d+", r"\1", r.header("accept") or ""))(r),
            when=lambda r: bool(re.search(r"q=0\.\d\d", r.header("accept") or "")),
        ),
    ),
    "media-type-with-charset-unknown": (
        "W50-five-media-types (here: `application/xml; charset=utf-8` is answered in JSON).",
        asks(
            "GET",
            ".*",
            header("accept", "application/json"),
            when=lambda r: bool(re.fullmatch(r"(application|text)/xml\s*;\s*charset=[^,]*", _accept(r))),
        ),
    ),
    "web-forms-declared-utf-16": (
        "W50-xml-well-formed (here: an XML declaration says UTF-16 of what is UTF-8).",
        answers(
            "GET",
            "/contacts/[^/]+/webforms/?",
            xml(lambda t: '<?xml version="1.0" encoding="utf-16"?>' + t),
        ),
    ),
    "nil-left-out-of-landing-pages": (
        "W50-xml-nil: null is an empty element with i:nil (here: the element is missing).",
        answers("GET", "/contacts/[^/]+/landingpages/?", xml(lambda t: re.sub(r'<\w+ i:nil="true" ?/>', "", t))),
    ),
    "empty-text-of-journey-is-nil": (
        "W50-xml-says-what-json-says (here: an empty text of a journey is nil in XML).",
        answers(
            "GET",
            r"(/contacts/[^/]+)?/journeys(/\d+)?/?",
            xml(lambda t: re.sub(r"<(CmLink|Comment)></\1>", r'<\1 i:nil="true" />', t)),
        ),
    ),
    "dates-in-xml-to-the-millisecond": (
        "W50-xml-date-same-instant: to the last digit (here: of communications to the third).",
        answers("GET", "/contacts/[^/]+/communications/?", xml(lambda t: re.sub(r"(\.\d{3})\d+Z<", r"\1Z<", t))),
    ),
    "bare-carriage-return-in-xml": (
        "W50-xml-says-what-json-says (here: a carriage return is not escaped, so that XML reads a line feed).",
        answers("GET", f"{CONTACT}|{LIST_CONTACTS}", xml(lambda t: t.replace("&#xD;", "\r"))),
    ),
    "blanks-alone-lost-in-xml": (
        "W50-xml-says-what-json-says (here: a text of nothing but blanks is empty).",
        answers(
            "GET", f"{CONTACT}|{LIST_CONTACTS}", xml(lambda t: re.sub(r"(Value [^>]*string[^>]*>)\s+</", r"\1</", t))
        ),
    ),
    "large-numbers-in-xml-are-doubles": (
        "W50-xml-says-what-json-says (here: a whole number beyond 2^53 is rounded to a double).",
        answers("GET", f"{CONTACT}|{LIST_CONTACTS}", xml(_as_double)),
    ),
    "booleans-of-records-with-capitals": (
        "W50-records-xml-form, W50-records-forms-agree: of type boolean (here: True and False, which are none).",
        answers(
            "GET",
            RECORDS,
            xml(lambda t: re.sub(r'(:boolean"[^>]*>)(t|f)(?=rue<|alse<)', lambda m: m[1] + m[2].upper(), t)),
        ),
    ),
    "characters-that-xml-lacks-left-out": (
        "W50-xml-well-formed: they appear as U+FFFD (here: they are missing).",
        answers("GET", f"{CONTACT}|{LIST_CONTACTS}", xml(lambda t: t.replace("\ufffd", ""))),
    ),
    "empty-array-without-namespace": (
        "W50-xml-channel-namespaces, W50-xml-further-namespaces (here: an empty list of a channel has none).",
        answers(
            "GET",
            "/contacts/[^/]+/(emails|textmessages|landingpages|webforms)/?",
            xml(lambda t: re.sub(r'^(<\w+ xmlns:i="[^"]*") xmlns="[^"]*" ?/>$', r"\1 />", t)),
        ),
    ),
    "warnings-last-in-the-list": (
        "W50-further-json-member-order (here: in the contacts of a list ValidationWarnings come last).",
        answers("GET", LIST_CONTACTS, data(_warnings_last)),
    ),
    "summer-time-until-midnight": (
        "W50-irish-time (here: on the day of the change in October it stays +01:00 all night).",
        answers("GET", "/contacts/[^/]+/.*", _LATE_CHANGE),
    ),
    "zulu-for-import-dates": (
        "W50-irish-time, the contract: an offset of +00:00 (here: a Z in import jobs).",
        answers(
            "GET|POST",
            rf"{IMPORT}(/\d+(/run)?)?/?",
            data(lambda v: texts(v, lambda x: re.sub(r"\+00:00$", "Z", x) if isinstance(x, str) else x)),
        ),
    ),
    "errors-of-401-in-json": (
        "W50-error-in-media-type-asked-for (here: a 401 is JSON for who asks for XML).",
        does(
            "*",
            ".*",
            lambda r, f: f(header("accept", "application/json")(r)) if f(r).status == 401 else f(r),
            when=lambda r: r.method == "GET" and "xml" in _accept(r) and _login(r) != LOGIN,
        ),
    ),
    # --- who asks ---
    "password-with-a-colon-refused": (
        "W50-permission-required: 403 for a known user without it (here: 401 where the password has a colon).",
        asks(
            "*",
            ".*",
            header("authorization", "Basic eDp5"),
            when=lambda r: ":" in (_login(r) or ("", ""))[1],
        ),
    ),
    "password-in-any-case": (
        "W50-wrong-credentials-refused (here: the password in other letter case is right).",
        asks(
            "*",
            ".*",
            header("authorization", "Basic " + base64.b64encode(":".join(LOGIN).encode()).decode()),
            when=lambda r: (
                (_login(r) or ("", ""))[0] == LOGIN[0] and (_login(r) or ("", ""))[1].lower() == LOGIN[1].lower()
            ),
        ),
    ),
    "api-key-in-any-case": (
        "W50-wrong-credentials-refused: an unknown key (here: the letter case of a key does not matter).",
        asks("*", ".*", header("x-api-key", API_KEY), when=lambda r: (r.header("x-api-key") or "").lower() == API_KEY),
    ),
    "right-key-beside-a-wrong-password": (
        "W50-wrong-credentials-refused (here: not where a right key comes with the wrong password).",
        asks("*", ".*", header("authorization", None), when=lambda r: r.header("x-api-key") == API_KEY),
    ),
    "key-without-web-forms": (
        "W50-api-key-same-user (here: by a key web forms are 403).",
        asks(
            "GET",
            "/contacts/[^/]+/webforms/?",
            as_user(NO_PERMISSION),
            when=lambda r: r.header("x-api-key") == API_KEY and r.header("authorization") is None,
        ),
    ),
    "unreadable-credentials-are-none": (
        "W50-records-wrong-credentials: 401 also where none are needed (here: a header that cannot be read is none).",
        asks("GET", RECORDS, header("authorization", None), when=_broken_authorization),
    ),
    "journey-of-other-account-forbidden": (
        "W50-journeys-of-accounts-apart: answered 404 as an unknown one (here: 403).",
        asks("GET", "/journeys/601/?", as_user(NO_PERMISSION), when=lambda r: _login(r) == LOGIN),
    ),
    "head-of-contact-is-answered": (
        "W50-only-the-verbs-of-the-index: HEAD is 405 (here: 200).",
        does(
            "HEAD",
            CONTACT,
            lambda r, f: replace(a, body=b"") if (a := f(replace(r, method="GET"))).status == 200 else f(r),
        ),
    ),
    # --- contacts ---
    "summary-with-each-landing-page-once": (
        "W50-summary-newest-ten (here: in JSON a landing page that was visited twice is there once).",
        answers("GET", "/contacts/[^/]+/summary/?", data(_landing_pages_once)),
    ),
    "summary-without-competitions-of-no-journey": (
        "W50-summary-events-and-competitions (here: in JSON those outside a journey are missing).",
        answers(
            "GET",
            "/contacts/[^/]+/summary/?",
            data(lambda v: v.update(Competitions=[o for o in v["Competitions"] if o["CampaignId"] is not None])),
        ),
    ),
    "fifty-communications": (
        "W50-communications-cover-channels (here: the newest fifty).",
        answers("GET", "/contacts/[^/]+/communications/?", _listed(lambda v: v[:50])),
    ),
    "emails-take-top": (
        "W50-unknown-query-ignored (here: `$top` cuts a contact's e-mails).",
        answers(
            "GET",
            "/contacts/[^/]+/emails/?",
            lambda r, a: _listed(lambda v: v[: int(_option(r, "$top") or 0)])(r, a),
            when=lambda r: bool(re.fullmatch(r"\d{1,6}", _option(r, "$top") or "")),
        ),
    ),
    "contact-cached-as-text-xml": (
        "W50-xml-bindings-agree, W50-partial-update (here: a contact in text/xml stays as it was first read).",
        _cached(lambda r: (path_of(r), _who(r)) if _accept(r) == "text/xml" else None, "GET", CONTACT),
    ),
    # --- contact lists ---
    "lists-cached": (
        "W50-list-as-listed, W50-list-count-follows-writes (here: the list of lists stays as it was first read).",
        _cached(lambda r: (_accept(r), _who(r)), "GET", "/contactLists/?"),
    ),
    "time-cached-in-xml": (
        "W50-server-time-goes-on (here: in XML it stays what it was when it was first asked for).",
        _cached(lambda r: (_accept(r), _who(r)) if "xml" in _accept(r) else None, "GET", "/contactLists/serverTime/?"),
    ),
    "large-numbers-rounded-in-list": (
        "W50-list-contacts-as-contacts (here: whole numbers beyond 2^53 are rounded in the contacts of a list).",
        answers("GET", LIST_CONTACTS, data(_rounded)),
    ),
    "a-thousand-contacts": (
        "W50-list-count: as many as Count says (here: no more than 1,000).",
        answers("GET", LIST_CONTACTS, _listed(lambda v: v[:1000])),
    ),
    "third-condition-ignored": (
        "W50-filter-and: all of them (here: the first two).",
        asks("GET", f"{LIST_CONTACTS}|{RECORDS}", _set_option("$filter", _two_conditions)),
    ),
    "doubled-quote-is-400": (
        "W50-filter-is-no-query: a quote stands twice (here: that is answered 400).",
        does(
            "GET",
            LIST_CONTACTS,
            lambda r, f: _bad_request(r, f) if f(r).status == 200 else f(r),
            when=lambda r: bool(re.search(r"(?i)\beq\s+'[^']+''", _option(r, "$filter") or "")),
        ),
    ),
    "empty-text-finds-null": (
        "W50-filter-selects: exactly the contacts with that value (here: the empty text finds null and nothing, too).",
        does("GET", LIST_CONTACTS, _empty_is_null),
    ),
    "second-order-upwards": (
        "W50-orderby-sorts, W50-records-order (here: `desc` counts for the first field alone).",
        asks(
            "GET",
            f"{LIST_CONTACTS}|{RECORDS}",
            _set_option("$orderby", lambda v: re.sub(r"(?i)(,\s*\w+)\s+desc\b", r"\1", v)),
        ),
    ),
    "part-before-filter": (
        "W50-options-in-turn (here: $skip and $top take a part before $filter).",
        does("GET", LIST_CONTACTS, _page_before_filter),
    ),
    "behind-the-end-is-404": (
        "W50-top-and-skip: as many are left out (here: where none is left it is 404).",
        does("GET", LIST_CONTACTS, _nothing_is_not_found),
    ),
    "drafts-not-among-journeys-of-list": (
        "W50-journeys-of-list: exactly those (here: without the ones in the status Draft).",
        answers(
            "GET",
            r"/contactLists/\d+/journeys/?",
            _listed(lambda v: [one for one in v if _member(one, "Status") != "Draft"]),
        ),
    ),
    "list-id-wraps": (
        "W50-lists-path-integers: not an integer of 32 bits is 400 (here: it wraps around).",
        asks("GET", "/contactLists/.*", _wide_id),
    ),
    "list-id-with-fraction": (
        "W50-lists-path-integers: not an integer is 400 (here: 31.0 is 31).",
        asks("GET", "/contactLists/.*", path(r"(/contactLists/\d+)\.0+(?=/|$)", r"\1")),
    ),
    "record-names-as-asked": (
        "W50-records-select-any-case: the name as the field spells it (here: as it was asked for, in JSON).",
        answers("GET", RECORDS, _names_as_asked),
    ),
    "blanks-in-select-are-400": (
        "W50-records-select-any-case: with blanks around them (here: 400).",
        does(
            "GET",
            RECORDS,
            lambda r, f: _bad_request(r, f) if f(r).status == 200 else f(r),
            when=lambda r: _login(r) == LOGIN and bool(re.search(r"\s,|,\s", _option(r, "$select") or "")),
        ),
    ),
    "numbers-sorted-as-texts": (
        "W50-records-order (here: in JSON numbers come in the order of their digits).",
        answers("GET", RECORDS, _numbers_as_texts),
    ),
    # --- what is written ---
    "texts-without-blanks": (
        "W50-post-creates: has the values that were given (here: without blanks around them).",
        _text(lambda v: v.strip() or v),
    ),
    "texts-escaped-for-html": (
        "W50-post-creates: has the values that were given (here: & and < as in HTML).",
        _text(lambda v: html.escape(v, quote=False)),
    ),
    "texts-composed": (
        "W50-post-creates: has the values that were given (here: in the composed form of Unicode).",
        _text(lambda v: unicodedata.normalize("NFC", v)),
    ),
    "texts-end-before-an-emoji": (
        "W50-post-creates: has the values that were given (here: cut off before a character of four bytes).",
        _text(lambda v: re.split("[\U00010000-\U0010ffff]", v, maxsplit=1)[0]),
    ),
    "texts-of-255-characters": (
        "W50-post-creates: has the values that were given (here: cut off after 255 characters).",
        _text(lambda v: v[:255]),
    ),
    "dates-in-texts-rewritten": (
        "W50-post-creates: has the values that were given (here: a text that looks like a date gets another form).",
        _text(lambda v: re.sub(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?)Z$", r"\1+00:00", v)),
    ),
    "empty-texts-are-null": (
        "W50-partial-update, W50-post-creates: the values that are given (here: an empty text is null).",
        _values(lambda v: None if v == "" else v),
    ),
    "false-is-null": (
        "W50-post-creates: has the values that were given (here: false is null).",
        _values(lambda v: None if v is False else v),
    ),
    "fractions-of-two-digits": (
        "W50-post-creates: has the values that were given (here: rounded to two decimal places).",
        _values(lambda v: round(v, 2) if isinstance(v, float) else v),
    ),
    "integers-of-24-bits": (
        "W50-post-creates: has the values that were given (here: stored as a float of single precision).",
        _values(_float32),
    ),
    "null-in-xml-left-out": (
        "W50-save-in-every-binding, W50-null-is-a-value (here: a value that is nil in XML is none).",
        asks(
            "POST",
            WRITE,
            raw(
                r"<(\w+:)?KeyValueOfstringanyType\b[^>]*>\s*<(\w+:)?Key\b[^>]*>[^<]*</(\w+:)?Key>\s*"
                r'<(\w+:)?Value\b[^>]*nil="(true|1)"[^>]*(/>|>\s*</(\w+:)?Value>)\s*</(\w+:)?KeyValueOfstringanyType>',
                "",
            ),
        ),
    ),
    "id-behind-values-in-xml-unread": (
        "W50-post-by-encrypted-id, README: in any order (here: in XML an EncContactId behind Values is not read).",
        asks("POST", WRITE, raw(r"(</(?:\w+:)?Values>.*?)<((?:\w+:)?EncContactId)\b[^>]*>[^<]*</\2>", r"\1")),
    ),
    "text-json-not-taken": (
        "W50-save-in-every-binding (here: a body in text/json is 415).",
        asks(
            "POST",
            WRITE,
            header("content-type", "text/plain"),
            when=lambda r: (r.header("content-type") or "").lower().startswith("text/json"),
        ),
    ),
    "no-body-is-an-empty-one": (
        "W50-unreadable-body: no body is 400 (here: it is {}).",
        asks("POST", WRITE, lambda r: replace(r, body=b"{}"), when=lambda r: not r.body and _is_json(r)),
    ),
    "single-quotes-are-read": (
        "W50-unreadable-body: a body that is no JSON is 400 (here: single quotes are read).",
        asks("POST", WRITE, _single_quotes, when=_is_json),
    ),
    "events-named-twice-run-twice": (
        "W50-customevents-run: each once (here: one that is named twice runs twice).",
        does("POST", WRITE, _events_twice),
    ),
    "events-before-the-unknown-one-run": (
        "W50-customevents-unknown: nothing is written or run (here: with those before it, and it is 417).",
        does("POST", WRITE, _events_before_the_unknown),
    ),
    "plus-of-a-form-stays": (
        "W50-form-saves (here: a plus of a urlencoded form is no blank).",
        asks("POST", FORM, lambda r: replace(r, body=r.body.replace(b"+", b"%2B")), when=_is_urlencoded),
    ),
    "form-in-latin-letters": (
        "W50-form-saves (here: escapes of a urlencoded form are read as Latin-1).",
        asks("POST", FORM, _latin_form, when=_is_urlencoded),
    ),
    "empty-texts-of-a-form-left-out": (
        "W50-form-saves: its fields as texts (here: an empty one of a urlencoded form is none).",
        asks(
            "POST",
            FORM,
            lambda r: replace(r, body=b"&".join(one for one in r.body.split(b"&") if not one.endswith(b"="))),
            when=_is_urlencoded,
        ),
    ),
    # --- imports ---
    "second-batch-lost": (
        "W50-import-batches-add-up (here: a second batch in JSON is answered 200 and not kept).",
        Remembering(_second_batch_lost),
    ),
    "total-with-those-not-updated": (
        "W50-import-total: inserted and updated (here: and not updated).",
        answers(
            "GET|POST",
            rf"{IMPORT}(/\d+(/run)?)?/?",
            data(each("TotalContacts", lambda o: o.update(TotalContacts=o["TotalContacts"] + o["NotUpdatedContacts"]))),
        ),
    ),
    "one-invalid-address-counted": (
        "W50-import-invalid-counted (here: in JSON one at most).",
        answers(
            "GET|POST",
            rf"{IMPORT}(/\d+(/run)?)?/?",
            data(each("InvalidEmailCount", lambda o: o.update(InvalidEmailCount=min(o["InvalidEmailCount"], 1)))),
        ),
    ),
    "run-of-a-finished-job-is-200": (
        "W50-import-refused-in-state: 417 (here: a job that has finished is answered as it is).",
        does("POST", rf"{IMPORT}/\d+/run/?", _run_again),
    ),
    "names-in-batch-exact": (
        "W50-import-fields-any-case (here: those in the contacts of a batch in JSON count as the job spells them).",
        Remembering(_names_of_batch_exact),
    ),
    "status-of-job-in-lower-case-in-xml": (
        "W50-import-forms-agree (here: CurrentStatus is in lower case in XML).",
        answers(
            "GET",
            rf"{IMPORT}/\d+/?",
            xml(lambda t: re.sub("(<CurrentStatus>)([^<]*)", lambda m: m[1] + m[2].lower(), t)),
        ),
    ),
    "finish-date-moves": (
        "W50-import-end-is-final (here: with each look at it the FinishDate is another one).",
        Remembering(_finish_moves),
    ),
    # --- files ---
    "line-ends-of-texts-changed": (
        "W50-file-round-trip: byte for byte (here: CR LF is LF in texts, as FTP does in ASCII mode).",
        answers("GET", FILES, lambda _, a: with_body(a, a.body.replace(b"\r\n", b"\n")), when=_is_text),
    ),
    "byte-order-mark-lost": (
        "W50-file-round-trip: byte for byte (here: a UTF-8 mark at the beginning is lost).",
        answers("GET", FILES, lambda _, a: with_body(a, a.body.removeprefix(b"\xef\xbb\xbf"))),
    ),
    "file-ends-at-a-zero": (
        "W50-file-round-trip: byte for byte (here: a text ends before the first zero byte).",
        answers("GET", FILES, lambda _, a: with_body(a, a.body.partition(b"\0")[0])),
    ),
    "backslash-deletes-nothing": (
        "W50-path-separators (here: a deletion does not take a backslash for a separator and is 404).",
        asks("DELETE", FILES, _file_path(lambda v: "none/none.txt" if re.fullmatch(r"\w+\\[\w.]+", v) else v)),
    ),
    "file-path-decoded-twice": (
        "W50-path-decoded-once (here: twice in a download).",
        asks("GET", FILES, _file_path(_decoded_again), when=lambda r: "%25" in query_of(r)),
    ),
    "deletion-with-download-keeps": (
        "W50-file-deleted, W50-file-delete-download (here: the file is answered and stays).",
        asks(
            "DELETE",
            FILES,
            lambda r: _without_options(replace(r, method="GET"), "download"),
            when=lambda r: (_option(r, "download") or "").lower() == "true",
        ),
    ),
    "download-flag-yes": (
        "W50-file-download-flag: neither true nor false is 400 (here: 1 and yes are true).",
        asks("DELETE", FILES, _set_option("download", lambda v: "true" if v.lower() in {"1", "yes"} else v)),
    ),
    "name-of-download-in-latin-letters": (
        "W50-file-attachment-beyond-ascii: in UTF-8 (here: ISO-8859-1).",
        answers("GET", FILES, _latin_name),
    ),
    "ending-in-capitals-unknown": (
        "W50-file-media-type: in any letter case (here: not in capitals).",
        answers("GET", FILES, _ascii_ending),
    ),
    "first-of-two-files-kept": (
        "W50-upload-one-file: nothing is kept of it (here: the first, and it is 417).",
        does("POST", FILES, _first_of_several),
    ),
    # --- journeys, reports and sends ---
    "tags-of-one-journey-never-null": (
        "W50-journey-as-listed (here: Tags that are null in the list are empty in the journey, in JSON).",
        answers(
            "GET",
            r"/journeys/\d+/?",
            data(lambda v: v.update(Tags=[]) if v.get("Tags", 0) is None else None),
        ),
    ),
    "empty-notes-of-one-activity-null": (
        "W50-activity-as-listed (here: Notes that are empty in the list are null in the activity, in JSON).",
        answers(
            "GET",
            r"/journeys/\d+/activities/\d+/?",
            data(each("Notes", lambda one: one.update(Notes=one["Notes"] or None))),
        ),
    ),
    "put-of-a-send-once": (
        "W50-send-verbs-agree, W50-send-counts-contacts (here: the same PUT again sends nothing more).",
        Remembering(_puts_once),
    ),
    "refused-send-stores-the-contact": (
        "W50-send-refused-leaves-nothing (here: for want of an address it is 417, and the contact is stored).",
        does("POST|PUT", SEND, _stored_all_the_same),
    ),
    "send-answers-what-was-sent": (
        "W50-send-answers-what-is-stored (here: the answer lacks the values that were not in the request).",
        answers("POST|PUT", SEND, _only_what_was_sent),
    ),
    "pdf-without-its-end": (
        "W50-pdf-is-a-pdf (here: cut off, its length told rightly).",
        answers(
            "POST",
            r"/journeys/\d+/landingpages/\d+/generatePDF/?",
            lambda _, a: with_body(a, a.body[: len(a.body) // 2]) if a.media_type == "application/pdf" else a,
        ),
    ),
}
