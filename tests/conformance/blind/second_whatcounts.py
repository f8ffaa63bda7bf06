"""Further faults of a WhatCounts server by a second author, each with the promise that it breaks."""

from __future__ import annotations

import base64
import json
import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from moves import (
    Remembering,
    answers,
    asks,
    body,
    data,
    does,
    header,
    is_array,
    is_object,
    like,
    path,
    path_of,
    query_of,
    with_body,
    with_header,
)

from mailproof_conformance.exchange import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from moves import Forward, Mangle, Rewrite, When

    Pair = tuple[str, str]

REALMS = {"myAccount": "xyzpwd123", "noSnapshots": "nosnappwd123", "noKeys": "nokeypwd123"}
"""The active realms of the sandbox and their API passwords."""
KEYS = ("5606", "5607", "5608", "5609", "5610", "5611", "ck10", "ck11")
"""The customer keys of the first realm."""
SHOW = "/subscribers/availableimagessenttocustomerkey/[^/]+/?"
LONG = "/msg/sendWithCustomerKey/.+"
SHORT = "/msg/?"
SENDS = f"{LONG}|{SHORT}"
FILE = r"(/whatcounts)?/snapshots/[^/]+"
_DIGITS = re.compile(r"\s*[+]?0*(\d+)")


def _basic(realm: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{realm}:{password}".encode()).decode()


def _login(request: Request, *schemes: str) -> Pair | None:
    scheme, _, text = (request.header("authorization") or "").partition(" ")
    if scheme.lower() not in (schemes or ("basic",)):
        return None
    try:
        realm, colon, password = base64.b64decode(text, validate=True).decode().partition(":")
    except ValueError:
        return None
    return (realm, password) if colon else None


def _is_right(login: Pair | None) -> bool:
    return login is not None and login in REALMS.items()


def _lax(same: Callable[[Pair, Pair], bool], method: str = "*", where: str = ".*", *schemes: str) -> Mangle:
    """Credentials that are the same as those of a realm by `same` are taken for these."""

    def rewrite(request: Request) -> Request:
        login = _login(request, *schemes)
        known = next((pair for pair in REALMS.items() if login is not None and same(login, pair)), None)
        return request if known is None else header("authorization", _basic(*known))(request)

    return asks(method, where, rewrite)


def _refusal(request: Request, forward: Forward, status: int, error: str, phrase: str) -> Response:
    """An error in the vendor's envelope, with the headers that every answer of this server has."""
    probe = forward(like(request, "GET", "/nothing"))
    text = json.dumps({"error": error, "status": phrase, "statusCode": status}, separators=(",", ":")).encode()
    kept = {name: value for name, value in probe.headers.items() if name in {"date", "server"}}
    return Response(status, {**kept, "content-type": "application/json", "content-length": str(len(text))}, text)


def _broken(method: str, where: str, when: When) -> Mangle:
    """A 500 in place of whatever the server answers to such a request."""
    return does(
        method,
        where,
        lambda r, f: _refusal(r, f, 500, "Internal Server Error", "Internal Server Error"),
        when=lambda r: _is_right(_login(r)) and when(r),
    )


def _last_segment(request: Request) -> str:
    return unquote(request.target.partition("?")[0].rstrip("/").rpartition("/")[2])


def _segment(request: Request, index: int) -> str:
    """A decoded segment of the long path: 0 the list, 1 the template, 2 the key; empty where there is none."""
    parts = request.target.partition("?")[0].rpartition("/sendWithCustomerKey/")[2].split("/")
    return unquote(parts[index]) if index < len(parts) else ""


def _pairs(request: Request) -> list[Pair]:
    parts = [part.partition("=") for part in query_of(request).split("&") if part]
    return [(name, value) for name, _, value in parts]


def _with_pairs(request: Request, pairs: list[Pair]) -> Request:
    where = request.target.partition("?")[0]
    text = "&".join(f"{name}={value}" for name, value in pairs)
    return replace(request, target=f"{where}?{text}" if text else where)


def _value(name: str, function: Callable[[str], str]) -> Rewrite:
    """A request with another value of a query, told by its exact name."""

    def rewrite(request: Request) -> Request:
        pairs = _pairs(request)
        changed = [
            (key, quote(function(unquote(value)), safe="") if key == name and _differs(value, function) else value)
            for key, value in pairs
        ]
        return request if changed == pairs else _with_pairs(request, changed)

    return rewrite


def _differs(value: str, function: Callable[[str], str]) -> bool:
    text = unquote(value)
    return "\ufffd" not in text and function(text) != text


def _first(request: Request, name: str) -> str:
    return next((unquote(value) for key, value in _pairs(request) if key == name), "")


def _contents(function: Callable[[dict[str, Any]], None], when: When | None = None) -> Mangle:
    """The `content` of each entry of a list, changed in place."""

    def change(value: Any) -> None:
        for entry in value:
            function(entry["content"])

    return answers("GET", SHOW, data(change), when=when)


def _members(function: Callable[[dict[str, Any]], Any]) -> Rewrite:
    """A send by body with other members."""
    return body(lambda value: function(value) if is_object(value) else None)


def _is_list_empty(answer: Response) -> bool:
    return answer.body.strip() == b"[]"


def _shortened_password(login: Pair, known: Pair) -> bool:
    significant = 8  # characters that the old crypt() looks at
    return login[0] == known[0] and login[1][:significant] == known[1][:significant]


def _logins_by_realm() -> Mangle:
    seen: set[str] = set()

    def mangle(request: Request, forward: Forward) -> Response:
        login = _login(request)
        if login is not None and login[0] in seen:
            request = header("authorization", _basic(login[0], REALMS[login[0]]))(request)
        answer = forward(request)
        if _is_right(login) and answer.status == 200 and login is not None:
            seen.add(login[0])
        return answer

    return does("*", f"{SHOW}|{SENDS}", mangle)


def _like_pattern(request: Request) -> Request:
    key = _last_segment(request)
    if not {"_", "%"} & set(key):
        return request
    pattern = "".join({"%": ".*", "_": "."}.get(one, re.escape(one)) for one in key)
    found = next((known for known in KEYS if re.fullmatch(pattern, known)), None)
    return request if found is None else path(r"/[^/]+/?$", f"/{found}")(request)


def _key(function: Callable[[str], str], method: str = "*", where: str = SHOW) -> Mangle:
    """The last segment of a path is taken for another key."""

    def rewrite(request: Request) -> Request:
        key = _last_segment(request)
        changed = function(key)
        return request if changed == key else path(r"/[^/]+/?$", "/" + quote(changed, safe=""))(request)

    return asks(method, where, rewrite)


def _without_port(content: dict[str, Any]) -> None:
    content["image"] = re.sub(r"^(https?://[^/:]+):\d+/", r"\1/", content["image"])


def _summer_hour(content: dict[str, Any]) -> None:
    april, october = 4, 10
    day, hour, rest = re.fullmatch(r"(\S+) (\d\d)(.*)", content["created_date"]).groups()  # type: ignore[union-attr]
    if april <= int(day[5:7]) <= october:
        content["created_date"] = f"{day} {(int(hour) + 1) % 24:02d}{rest}"


def _pages_by_template() -> Mangle:
    known: dict[str, bytes] = {}

    def mangle(request: Request, forward: Forward) -> Response:
        answer = forward(request)
        name = re.fullmatch(r"\d+_(\d+_\d+)_.*\.html", _last_segment(request))
        if name is None or answer.status != 200:
            return answer
        return with_body(answer, known.setdefault(name[1], answer.body))

    return does("GET", FILE, mangle)


def _stale_for_vendor_type() -> Mangle:
    known: dict[tuple[str, str | None], Response] = {}

    def mangle(request: Request, forward: Forward) -> Response:
        answer = forward(request)
        if "vnd.whatcounts-v1" not in (request.header("accept") or "") or answer.status != 200:
            return answer
        return known.setdefault((path_of(request), request.header("authorization")), answer)

    return does("GET", SHOW, mangle)


def _repeats_of_named_campaigns() -> Mangle:
    last: list[tuple[str, str | None]] = []

    def mangle(request: Request, forward: Forward) -> Response:
        asked = (request.target, request.header("authorization"))
        if _first(request, "campaignName") and last == [asked]:
            without = [pair for pair in _pairs(request) if pair[0] != "snapshot"]
            return forward(_with_pairs(request, without))
        last[:] = [asked]
        return forward(request)

    return does("POST", LONG, mangle)


def _overrides_stay() -> Mangle:
    heard: set[str] = set()

    def mangle(request: Request, forward: Forward) -> Response:
        key = _segment(request, 2)
        if _first(request, "respectOptout") == "false":
            answer = forward(request)
            if answer.status == 200:
                heard.add(key)
            return answer
        if key in heard and not _first(request, "respectOptout"):
            return forward(_with_pairs(request, [("respectOptout", "false"), *_pairs(request)]))
        return forward(request)

    return does("POST", LONG, mangle)


def _campaign_of_template(request: Request) -> Request:
    template = _segment(request, 1)
    function: Callable[[str], str] = lambda name: (  # noqa: E731 - the name is what makes it readable
        f"{name}/{template}" if name and len(name) + len(template) < 100 else name
    )
    return _value("campaignName", function)(request)


def _sticky_by_template(request: Request) -> Request:
    if _segment(request, 0) != "Sticky List" or any(name == "campaignName" for name, _ in _pairs(request)):
        return request
    return _with_pairs(request, [*_pairs(request), ("campaignName", quote(f"sticky {_segment(request, 1)}"))])


def _joined_campaigns(request: Request) -> Request:
    names = [value for name, value in _pairs(request) if name == "campaignName"]
    if len(names) <= 1:
        return request
    others = [pair for pair in _pairs(request) if pair[0] != "campaignName"]
    return _with_pairs(request, [*others, ("campaignName", "%2C".join(names))])


def _folded(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))


def _form_as_query(request: Request) -> Request:
    if not (request.header("content-type") or "").lower().startswith("application/x-www-form-urlencoded"):
        return request
    text = request.body.decode("latin-1")
    mark = "&" if "?" in request.target else "?"
    return replace(request, target=request.target + mark + text) if re.fullmatch(r"[\w%=&+.*-]+", text) else request


def _lower_members(value: dict[str, Any]) -> dict[str, Any]:
    names = {name.lower(): name for name in ("listName", "templateName", "customerKey", *_OPTIONS)}
    return {names.get(name.lower(), name): inner for name, inner in value.items()}


def _garbage_cut(request: Request) -> Request:
    try:
        text = request.body.decode()
        _, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return request
    return replace(request, body=text[:end].encode())


def _from_query(request: Request) -> Request:
    given = {name: unquote(value) for name, value in _pairs(request)}

    def fill(value: Any) -> Any:
        if is_object(value):
            return {**{n: given[n] for n in ("listName", "templateName", "customerKey") if n in given}, **value}
        return None

    return body(fill)(request)


_OPTIONS = ("format", "campaignName", "respectOptout", "snapshot")


def _has_option(request: Request, kinds: tuple[type, ...]) -> bool:
    try:
        value: Any = json.loads(request.body)
    except (ValueError, RecursionError):
        return False
    names = ("listName", "templateName", "customerKey")
    if not is_object(value) or not all(isinstance(value.get(name), str) for name in names):
        return False
    return any(isinstance(value[name], kinds) for name in _OPTIONS if name in value)


def _opted_out_first(request: Request, forward: Forward) -> Response:
    answer = forward(request)
    if answer.status != 404 or answer.json().get("error") != "Template Not Found":
        return answer
    parts = request.target.partition("?")[0].split("/")
    known = [*parts[:-2], quote("My Template"), parts[-1]] if parts[-1] else parts
    return forward(replace(request, target="/".join(known)))


def _spring(request: Request, answer: Response) -> Response:
    value = {"timestamp": 1717232400000, "status": 404, "error": "Not Found", "path": path_of(request)}
    return with_body(answer, json.dumps(value).encode()) if answer.json().get("error") == "Not Found" else answer


def _other_words(request: Request, answer: Response) -> Response:
    known = _last_segment(request) in {"8001", "7001"}
    return (
        with_body(answer, answer.body.replace(b"Subscriber Not Found", b"Subscriber Of Other Realm"))
        if (known)
        else answer
    )


def _zero_or(text: bytes) -> Callable[[Request, Response], Response]:
    return lambda _, answer: with_body(answer, text) if answer.body == b"0" else answer


def _is_json_with_charset(request: Request) -> bool:
    kind = (request.header("content-type") or "").lower()
    return kind.startswith("application/json") and "charset" in kind


BLIND: dict[str, tuple[str, Mangle]] = {
    # --- who may call ---
    "password-of-eight-characters": (
        "WC-wrong-credentials-refused (here: only the first eight characters of the password are compared).",
        _lax(_shortened_password),
    ),
    "password-without-blanks-at-the-end": (
        "WC-wrong-credentials-refused (here: blanks at the end of the password are dropped).",
        _lax(lambda login, known: (login[0], login[1].rstrip()) == known and login != known),
    ),
    "empty-password-lists": (
        "WC-wrong-credentials-refused (here: an empty password opens the list).",
        _lax(lambda login, known: login == (known[0], ""), "GET", SHOW),
    ),
    "realm-before-the-at-sign": (
        "WC-wrong-credentials-refused (here: what follows an @ in the realm name is dropped).",
        _lax(lambda login, known: "@" in login[0] and (login[0].partition("@")[0], login[1]) == known),
    ),
    "realm-name-in-any-case": (
        "WC-credentials-exact (here: the name, not the password).",
        _lax(lambda login, known: (login[0].lower(), login[1]) == (known[0].lower(), known[1])),
    ),
    "any-scheme-is-basic": (
        "WC-credentials-required: without Basic credentials it is 401 (here: they come under the scheme Bearer).",
        _lax(lambda login, known: login == known, "*", ".*", "bearer", "token", "digest"),
    ),
    "password-known-once-known-for-all": (
        "WC-wrong-credentials-refused (here: who called rightly once is remembered by name alone).",
        Remembering(_logins_by_realm),
    ),
    "api-client-alone-sends": (
        "WC-credentials-required: an x-api-key in place of Basic credentials is 401 for a send.",
        asks(
            "POST",
            SENDS,
            header("authorization", _basic("myAccount", REALMS["myAccount"])),
            when=lambda r: r.header("authorization") is None and r.header("x-api-key") == "c2hvcDpzaG9wa2V5MQ==",
        ),
    ),
    "wrong-api-client-sends-all-the-same": (
        "WC-refused-send-sends-nothing (here: with a wrong x-api-key it is 401, and sent).",
        does(
            "POST",
            LONG,
            lambda r, f: (f(header("x-api-key", None)(r)), f(r))[1],
            when=lambda r: (r.header("x-api-key") or "c2hvcDpzaG9wa2V5MQ==") != "c2hvcDpzaG9wa2V5MQ==",
        ),
    ),
    "inactive-realm-knows-nobody": (
        "WC-inactive-realm-refused: 401, not a 404.",
        does(
            "GET",
            SHOW,
            lambda r, f: _refusal(r, f, 404, "Subscriber Not Found", "Not Found"),
            when=lambda r: _login(r) == ("dormant", "dormantpwd12"),
        ),
    ),
    "no-challenge-to-wrong-credentials": (
        "WC-challenge: a 401 carries a Basic challenge (here: only where no credentials came).",
        answers(
            "*",
            ".*",
            lambda _, a: with_header(a, "www-authenticate", None),
            status=401,
            when=lambda r: r.header("authorization") is not None,
        ),
    ),
    "verb-before-credentials-at-short-path": (
        "WC-credentials-first: without credentials a wrong verb is 401.",
        does(
            "PUT|PATCH|DELETE",
            SHORT,
            lambda r, f: f(header("authorization", _basic("myAccount", REALMS["myAccount"]))(r)),
            when=lambda r: r.header("authorization") is None,
        ),
    ),
    # --- how requests and answers look ---
    "charset-on-the-empty-list": (
        "WC-plain-json-answers: no parameter (here: where the list is empty).",
        answers(
            "GET",
            SHOW,
            lambda _, a: with_header(a, "content-type", "application/json;charset=UTF-8") if _is_list_empty(a) else a,
        ),
    ),
    "empty-list-without-link": (
        "WC-list-link and the contract: the Link header is required with the list (here: missing where it is empty).",
        answers("GET", SHOW, lambda _, a: with_header(a, "link", None) if _is_list_empty(a) else a),
    ),
    "date-with-an-offset-in-errors": (
        "WC-date-header: an HTTP date, which ends in GMT (here: of a 404 it ends in +0000).",
        answers(
            "*",
            f"{SHOW}|{SENDS}",
            lambda _, a: with_header(a, "date", a.headers["date"].replace("GMT", "+0000")),
            status=404,
        ),
    ),
    "version-by-prefix": (
        "WC-unknown-version-refused (here: v10 and v1.2 are taken for v1).",
        asks(
            "*",
            f"{SHOW}|{SENDS}",
            header("accept", "application/json"),
            when=lambda r: bool(re.search(r"whatcounts-v1[\d.]", r.header("accept") or "")),
        ),
    ),
    "weight-of-anything-not-understood": (
        "WC-accept-optional: a request that accepts anything is served (here: `*/*;q=0.8` is refused).",
        does(
            "GET|POST",
            f"{SHOW}|{LONG}",
            lambda r, f: _refusal(r, f, 406, "Not Acceptable", "Not Acceptable"),
            when=lambda r: (
                _is_right(_login(r))
                and bool(re.search(r"\*/\*\s*;\s*q=", r.header("accept") or ""))
                and "json" not in (r.header("accept") or "")
            ),
        ),
    ),
    "form-type-refused-at-long-path": (
        "WC-any-content-type-without-body: the Content-Type has no effect (here: that of a form is 415).",
        does(
            "POST",
            LONG,
            lambda r, f: _refusal(r, f, 415, "Unsupported Media Type", "Unsupported Media Type"),
            when=lambda r: _is_right(_login(r)) and "form-urlencoded" in (r.header("content-type") or "").lower(),
        ),
    ),
    "head-of-list-says-length-zero": (
        "WC-head: HEAD is the GET without the body, so it tells the length of the GET (here: 0).",
        answers("HEAD", SHOW, lambda _, a: with_header(a, "content-length", "0")),
    ),
    "options-of-long-path-boast": (
        "WC-options: the verbs of the path in Allow (here: GET and DELETE are named, which it does not have).",
        answers("OPTIONS", LONG, lambda _, a: with_header(a, "allow", "GET, POST, DELETE, OPTIONS"), status=204),
    ),
    "put-sends": (
        "WC-wrong-verb: a verb that the long path does not have is 405 (here: PUT sends).",
        asks("PUT", LONG, lambda r: replace(r, method="POST")),
    ),
    "unknown-path-in-words-of-the-framework": (
        "WC-error-envelope: three members and no others (here: of an unknown path below /msg other ones).",
        answers("*", "/msg/.+", _spring, status=404),
    ),
    "code-as-text-for-unknown-template": (
        "WC-error-code-is-status: statusCode is the number of the HTTP status (here: as text).",
        answers(
            "POST",
            SENDS,
            data(lambda v: {**v, "statusCode": "404"} if v.get("error") == "Template Not Found" else None),
            status=404,
        ),
    ),
    "slash-at-the-end-of-a-send-redirects": (
        "WC-trailing-slash: the path without it (here: a send with it is answered 307).",
        does(
            "POST",
            LONG,
            lambda r, f: with_header(
                _refusal(r, f, 307, "Temporary Redirect", "Temporary Redirect"),
                "location",
                r.target.partition("?")[0].rstrip("/") + "?" + query_of(r),
            ),
            when=lambda r: _is_right(_login(r)) and r.target.partition("?")[0].endswith("/"),
        ),
    ),
    # --- the list ---
    "list-of-ten": (
        "WC-list-is-history, WC-list-all-campaigns: every snapshot (here: the newest ten).",
        answers("GET", SHOW, data(lambda v: v[:10])),
    ),
    "list-sorted-by-file-name": (
        "WC-list-newest-first (here: in falling order of the names as text, in which template and campaign count).",
        answers("GET", SHOW, data(lambda v: sorted(v, key=lambda e: e["content"]["image_file_name"], reverse=True))),
    ),
    "list-stale-for-the-vendors-type": (
        "WC-snapshot-at-once (here: what accepts the vendor's media type is answered from a cache).",
        Remembering(_stale_for_vendor_type),
    ),
    "key-decoded-twice": (
        "WC-list-key-exact: percent-decoded once.",
        _key(lambda key: unquote(key) if "%" in key else key),
    ),
    "key-without-blanks": (
        "WC-list-key-exact: compared exactly (here: blanks around it are dropped).",
        _key(lambda key: key.strip() or key),
    ),
    "key-as-a-number": (
        "WC-list-key-exact: compared exactly (here: leading zeros do not count).",
        _key(lambda key: key.lstrip("0") if re.fullmatch(r"0+[1-9]\d*", key) else key),
    ),
    "key-up-to-the-semicolon": (
        "WC-list-key-exact: compared exactly (here: a path parameter is cut off, as servlets do).",
        _key(lambda key: key.partition(";")[0] or key),
    ),
    "key-with-wildcards": (
        "WC-list-key-exact: compared exactly (here: % and _ are the wildcards of SQL).",
        asks("GET", SHOW, _like_pattern),
    ),
    "unknown-number-has-an-empty-list": (
        "WC-list-unknown-key (here: an unknown key of digits has an empty list, one with letters is 404).",
        does(
            "GET",
            SHOW,
            lambda r, f: answer if (answer := f(r)).status != 404 else f(path(r"/[^/]+/?$", "/5607")(r)),
            when=lambda r: (
                bool(re.fullmatch("[0-9]+", _last_segment(r))) and _login(r) == ("myAccount", REALMS["myAccount"])
            ),
        ),
    ),
    "other-realms-key-in-other-words": (
        "WC-list-other-realm: answered like an unknown one (here: its error has a text of its own).",
        answers("GET", SHOW, _other_words, status=404, when=lambda r: _login(r) == ("myAccount", REALMS["myAccount"])),
    ),
    "zero-character-in-key-is-500": (
        "Contract: a key that cannot be is 400 or 404 (here: one with a zero character is a server error).",
        _broken("GET", SHOW, lambda r: "\0" in _last_segment(r)),
    ),
    "key-of-more-than-255-is-500": (
        "WC-list-unknown-key: 404 (here: a key of more than 255 characters is a server error).",
        _broken("GET", SHOW, lambda r: 255 < len(_last_segment(r)) < 8000),
    ),
    "quote-in-template-is-500": (
        "WC-send-unknown-template: 404 (here: a name with an apostrophe is a server error).",
        _broken("POST", LONG, lambda r: "'" in _segment(r, 1)),
    ),
    "emoji-in-list-is-500": (
        "WC-send-unknown-list: 404 (here: a name beyond the basic plane of Unicode is a server error).",
        _broken("POST", LONG, lambda r: any(ord(one) > 0xFFFF for one in _segment(r, 0))),
    ),
    # --- what an entry says ---
    "created-date-of-summer-an-hour-late": (
        "WC-file-name-date: the created_date is the date of the file name (here: from April to October an hour later).",
        _contents(_summer_hour),
    ),
    "whole-second-without-fraction": (
        "Contract and WC-list-created-date: created_date has a fraction (here: none where it is zero).",
        _contents(lambda c: c.update(created_date=c["created_date"].removesuffix(".0"))),
    ),
    "template-name-with-hard-spaces": (
        "WC-snapshot-names-template: the name of the template (here: with no-break spaces).",
        _contents(
            lambda c: c.update(template_name=c["template_name"].replace(" ", "\u00a0")),
        ),
    ),
    "image-url-without-port": (
        "WC-file-download: the URL answers with the file (here: the port of the server is missing in it).",
        _contents(_without_port),
    ),
    # --- the files ---
    "one-page-for-each-template": (
        "WC-format-html: the file of a message (here: the first one that was fetched of its template, by a cache).",
        Remembering(_pages_by_template),
    ),
    "file-name-in-any-case": (
        "WC-file-unknown: a name that no snapshot has is 404 (here: an ending in capitals is served).",
        asks("GET|HEAD", FILE, path(r"\.html$", ".html"), when=lambda r: r.target.endswith(".HTML")),
    ),
    "file-closed-to-other-realms": (
        "WC-file-open: credentials do not matter (here: right ones of another realm are 404).",
        does(
            "GET",
            FILE,
            lambda r, f: f(path(r"/[^/]+$", "/none.html")(header("authorization", None)(r))),
            when=lambda r: (_login(r) or ("", ""))[0] in {"noSnapshots", "noKeys"},
        ),
    ),
    "unknown-file-has-an-error-page": (
        "WC-file-unknown and the contract: 404 in JSON (here: a page in HTML).",
        answers(
            "GET",
            FILE,
            lambda _, a: with_header(with_body(a, b"<h1>Not Found</h1>"), "content-type", "text/html"),
            status=404,
        ),
    ),
    "picture-cut-off": (
        "WC-file-png: answers with a PNG (here: without its last chunk, its length told rightly).",
        answers("GET", FILE, lambda _, a: with_body(a, a.body[:-12]) if a.media_type == "image/png" else a),
    ),
    # --- a send ---
    "plus-in-path-is-a-space": (
        "WC-send-unknown-list, WC-send-unknown-template: a plus in a path is a plus (here: My+List is My List).",
        asks("POST", LONG, path(r"\+", "%20")),
    ),
    "template-name-without-blanks": (
        "WC-send-unknown-template (here: blanks at the end of the name are dropped).",
        asks("POST", LONG, path(r"(/sendWithCustomerKey/[^/]+/[^/]+?)(%20|\+)+(?=/)", r"\1")),
    ),
    "bare-slash-in-list-name": (
        "WC-send-slash-escape, WC-unknown-path: a slash that is no %2F parts segments (here: it need not be escaped).",
        asks("POST", LONG, path("/News/Weekly/", "/News%2FWeekly/")),
    ),
    "subscription-before-template": (
        "WC-send-check-order (here: who is not subscribed is reported before an unknown template).",
        answers(
            "POST",
            LONG,
            data(lambda v: {**v, "error": "Subscriber Not Found"} if v.get("error") == "Template Not Found" else None),
            status=404,
            when=lambda r: _segment(r, 2) == "5608",
        ),
    ),
    "opt-out-before-template": (
        "WC-send-check-order, WC-send-missing-is-error (here: opted out, so 0, whatever the template).",
        does(
            "POST",
            LONG,
            _opted_out_first,
            when=lambda r: _segment(r, 2) in {"5610", "5611"} and _first(r, "respectOptout") != "false",
        ),
    ),
    "line-break-after-the-zero-of-the-opted-out": (
        "WC-send-zero, WC-send-length-one (here: two bytes where the contact has opted out of everything).",
        answers("POST", LONG, _zero_or(b"0\n"), when=lambda r: _segment(r, 2) in {"5610", "5611"}),
    ),
    "zero-as-text-for-mime": (
        "WC-send-zero: the single character 0 (here: quoted with format=99).",
        answers("POST", LONG, _zero_or(b'"0"'), when=lambda r: _first(r, "format") == "99"),
    ),
    "repeat-in-a-named-campaign-left-out": (
        "WC-send-repeats (here: the same send again, with a campaignName, at once, leaves no second snapshot).",
        Remembering(_repeats_of_named_campaigns),
    ),
    "form-body-counts-as-query": (
        "WC-send-body-ignored (here: a urlencoded body adds queries, as servlets do).",
        asks("POST", LONG, _form_as_query),
    ),
    # --- queries ---
    "snapshot-as-yes-or-no": (
        "WC-wrong-query-value-ignored (here: snapshot=true, yes and on are 1).",
        asks("POST", LONG, _value("snapshot", lambda v: "1" if v.lower() in {"true", "yes", "on"} else v)),
    ),
    "format-by-its-digits": (
        "WC-wrong-query-value-ignored (here: format=02 and 2abc are 2).",
        asks("POST", LONG, _value("format", lambda v: found[1] if (found := _DIGITS.match(v)) is not None else v)),
    ),
    "override-in-any-spelling": (
        "WC-wrong-query-value-ignored: only `false` overrides (here: False, FALSE, 0 and no do, too).",
        asks("POST", LONG, _value("respectOptout", lambda v: "false" if v.lower() in {"false", "0", "no"} else v)),
    ),
    "override-not-for-the-whole-system": (
        "WC-opt-out-override (here: an opt-out from the whole system cannot be overridden).",
        asks("POST", LONG, _value("respectOptout", lambda _: "true"), when=lambda r: _segment(r, 2) == "5611"),
    ),
    "override-opts-in-for-good": (
        "WC-opt-out-not-delivered (here: once overridden, an opt-out is forgotten).",
        Remembering(_overrides_stay),
    ),
    "semicolon-parts-queries": (
        "WC-unknown-query-ignored: `x=1;snapshot=1` is one unknown query (here: two).",
        asks(
            "POST",
            LONG,
            lambda r: replace(r, target=r.target.partition("?")[0] + "?" + query_of(r).replace(";", "&")),
            when=lambda r: ";" in query_of(r),
        ),
    ),
    # --- campaigns ---
    "campaign-name-without-blanks": (
        "WC-campaign-names-differ (here: blanks around a name do not count).",
        asks("POST", LONG, _value("campaignName", lambda v: v.strip() or v)),
    ),
    "campaign-name-without-accents": (
        "WC-campaign-names-differ (here: names that differ in their accents are one campaign).",
        asks("POST", LONG, _value("campaignName", _folded)),
    ),
    "campaign-name-of-100-bytes": (
        "WC-campaign-name-limit: 100 characters (here: 100 bytes in UTF-8).",
        asks("POST", LONG, _value("campaignName", lambda v: "" if len(v.encode()) > 100 >= len(v) else v)),
    ),
    "campaign-name-cut-at-64": (
        "WC-campaign-names-differ (here: names that agree in their first 64 characters are one campaign).",
        asks("POST", LONG, _value("campaignName", lambda v: v[:64] if len(v) <= 100 else v)),
    ),
    "campaign-for-each-template": (
        "WC-campaign-name-groups (here: one name with two templates is two campaigns).",
        asks("POST", LONG, _campaign_of_template),
    ),
    "sticky-campaign-for-each-template": (
        "WC-campaign-sticky-list (here: two templates on a sticky list are two campaigns).",
        asks("POST", LONG, _sticky_by_template),
    ),
    "campaign-names-joined": (
        "WC-first-query-wins (here: two campaignName are one, joined by a comma).",
        asks("POST", LONG, _joined_campaigns),
    ),
    # --- the send by body ---
    "short-send-false-is-no-text": (
        "WC-short-send-options: options may be JSON booleans (here: `respectOptout` has to be a text).",
        asks(
            "POST",
            SHORT,
            _members(lambda v: {k: x for k, x in v.items() if k != "respectOptout" or not isinstance(x, bool)}),
        ),
    ),
    "short-send-null-option-is-400": (
        "WC-short-send-wrong-options-ignored (here: an option that is null is 400).",
        does(
            "POST",
            SHORT,
            lambda r, f: _refusal(r, f, 400, "Bad Request", "Bad Request"),
            when=lambda r: _is_right(_login(r)) and _has_option(r, (type(None),)),
        ),
    ),
    "short-send-nested-option-is-500": (
        "WC-short-send-wrong-options-ignored (here: an option that is an object or an array is a server error).",
        _broken("POST", SHORT, lambda r: _has_option(r, (dict, list))),
    ),
    "short-send-names-from-the-query": (
        "WC-short-send-needs-names, WC-short-send-wrong-options-ignored (here: the query fills in for the body).",
        asks("POST", SHORT, _from_query),
    ),
    "short-send-members-in-any-case": (
        "WC-short-send-needs-names, WC-short-send-wrong-options-ignored (here: `LISTNAME` is `listName`).",
        asks("POST", SHORT, _members(_lower_members)),
    ),
    "short-send-with-more-behind": (
        "WC-short-send-needs-names: what is not a JSON object is 400 (here: what follows the object is left unread).",
        asks("POST", SHORT, _garbage_cut),
    ),
    "short-send-in-an-array": (
        "WC-short-send-needs-names: what is not a JSON object is 400 (here: an array of one is unwrapped).",
        asks("POST", SHORT, body(lambda v: v[0] if is_array(v) and len(v) == 1 else None)),
    ),
    "short-send-with-charset-is-415": (
        "WC-short-send-json-only: only what is not JSON is 415 (here: `application/json; charset=utf-8`, too).",
        does(
            "POST",
            SHORT,
            lambda r, f: _refusal(r, f, 415, "Unsupported Media Type", "Unsupported Media Type"),
            when=lambda r: _is_right(_login(r)) and _is_json_with_charset(r),
        ),
    ),
}
