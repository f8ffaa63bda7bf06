"""Faults of a WhatCounts server, each with the promise that it breaks, written before the suite was read."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from moves import (
    Remembering,
    answer_of,
    answers,
    as_user,
    asks,
    body,
    data,
    does,
    each,
    header,
    is_object,
    path,
    path_of,
    query,
    query_of,
    with_body,
    with_header,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from moves import Forward, Mangle

    from mailproof_conformance.exchange import Request, Response

MAIN = "Basic " + base64.b64encode(b"myAccount:xyzpwd123").decode()
OTHER = "Basic bm9TbmFwc2hvdHM6bm9zbmFwcHdkMTIz"
SHOW = "/subscribers/availableimagessenttocustomerkey/[^/]+/?"
LONG = "/msg/sendWithCustomerKey/[^/]+/[^/]+/[^/]+/?"
SHORT = "/msg/?"
SENDS = f"{LONG}|{SHORT}"
FILE = r"(/whatcounts)?/snapshots/[^/]+"


def _error(status: int, text: str, phrase: str = "Not Found") -> Response:
    return answer_of(status, {"error": text, "status": phrase, "statusCode": status})


def _entries(function: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> Mangle:
    return answers("GET", SHOW, data(function))


def _contents(**changes: Callable[[str], Any]) -> Mangle:
    def change(one: dict[str, Any]) -> None:
        for name, function in changes.items():
            one[name] = function(one[name])

    return answers("GET", SHOW, data(each("template_name", change)))


def _stale_once() -> Mangle:
    def make() -> Mangle:
        known: dict[str, Response] = {}

        def mangle(request: Request, forward: Forward) -> Response:
            if request.method != "GET" or not re.fullmatch(SHOW, path_of(request)):
                return forward(request)
            answer = forward(request)
            if answer.status != 200:
                return answer
            key = f"{request.target} {request.header('authorization')}"
            before = known.get(key)
            known[key] = answer
            return answer if before is None else before

        return mangle

    return Remembering(make)


def _once_only() -> Mangle:
    def make() -> Mangle:
        last: list[Any] = [None]

        def mangle(request: Request, forward: Forward) -> Response:
            if request.method != "POST" or not re.fullmatch(SENDS, path_of(request)):
                return forward(request)
            key = (request.target, request.body)
            if last[0] == key:
                return answer_of(200, 0)
            answer = forward(request)
            last[0] = key if answer.status == 200 else None
            return answer

        return mangle

    return Remembering(make)


def _copied_to_bystander(request: Request, forward: Forward) -> Response:
    answer = forward(request)
    if answer.status == 200 and "snapshot=1" in request.target:
        forward(path(r"/5606(?=\?|$)", "/ck11")(request))
    return answer


def _template_first(request: Request, forward: Forward) -> Response:
    answer = forward(request)
    if answer.status != 404 or b"List Not Found" not in answer.body:
        return answer
    again = forward(path(r"(sendWithCustomerKey)/[^/]+", r"\1/My%20List")(request))
    return again if b"Template Not Found" in again.body else answer


def _password_in_any_case(request: Request) -> Request:
    try:
        text = base64.b64decode((request.header("authorization") or "").removeprefix("Basic ")).decode()
    except ValueError:
        return request
    return as_user(MAIN)(request) if text.lower() == "myaccount:xyzpwd123" and text.startswith("myAccount") else request


def _lower_names(request: Request) -> Request:
    where, mark, text = request.target.partition("?")
    known = {
        "format": "format",
        "campaignname": "campaignName",
        "respectoptout": "respectOptout",
        "snapshot": "snapshot",
    }
    parts = [part.partition("=") for part in text.split("&")]
    return replace(
        request,
        target=where + mark + "&".join(known.get(name.lower(), name) + is_ + value for name, is_, value in parts),
    )


def _last_wins(request: Request) -> Request:
    where, mark, text = request.target.partition("?")
    return replace(request, target=where + mark + "&".join(reversed(text.split("&"))))


def _name_of_hundred(request: Request) -> Request:
    found = re.search(r"campaignName=([^&]*)", request.target)
    if found is None or len(unquote(found[1])) < 100:
        return request
    return query(r"campaignName=[^&]*&?", "")(request)


def _lower_campaign(request: Request) -> Request:
    where, mark, text = request.target.partition("?")
    return replace(
        request, target=where + mark + re.sub(r"(?<=campaignName=)[^&]*", lambda m: quote(unquote(m[0]).lower()), text)
    )


def _number_options_lost(value: Any) -> Any:
    return {key: one for key, one in value.items() if not isinstance(one, int)} if is_object(value) else value


def _query_into_body(request: Request) -> Request:
    known = dict(re.findall(r"(format|campaignName|respectOptout|snapshot)=([^&]+)", query_of(request)))
    return body(lambda value: {**known, **value} if is_object(value) else value)(request)


def _across_realms(request: Request, forward: Forward) -> Response:
    answer = forward(request)
    return forward(as_user(OTHER)(request)) if answer.status == 404 else answer


def _declared(request: Request) -> Request:
    return header("Content-Type", "application/json")(header("content-type", None)(request))


def _one_per_template(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({one["content"]["template_name"]: one for one in reversed(found)}.values())[::-1]


def _head_with_body(request: Request, forward: Forward) -> Response:
    return forward(replace(request, method="GET"))


def _is_key(key: str) -> Callable[[Request], bool]:
    return lambda request: unquote(request.target.partition("?")[0]).rstrip("/").endswith("/" + key)


BLIND: dict[str, tuple[str, Mangle]] = {
    "oldest-first-beyond-two": (
        "WC-list-newest-first: falling order of created_date.",
        _entries(lambda v: v[::-1] if len(v) > 2 else v),
    ),
    "key-as-number": (
        "WC-list-echoes-key, contract: a string.",
        answers(
            "GET",
            SHOW,
            data(
                each(
                    "customerKey",
                    lambda one: (
                        one.update(customerKey=int(one["customerKey"])) if one["customerKey"].isdigit() else None
                    ),
                )
            ),
        ),
    ),
    "realm-of-older-entries": (
        "WC-list-one-realm: every entry carries the id of the calling realm.",
        _entries(lambda v: [*v[:1], *({**one, "realmId": one["realmId"] + 1} for one in v[1:])]),
    ),
    "image-relative": (
        "WC-file-url-names-file: absolute.",
        _contents(image=lambda t: re.sub(r"^https?://[^/]+", "", t)),
    ),
    "image-of-newest-for-all": (
        "WC-file-download: the HTML file of that entry.",
        _entries(lambda v: [{**one, "content": {**one["content"], "image": v[0]["content"]["image"]}} for one in v]),
    ),
    "fraction-padded": (
        "WC-list-created-date: a fraction that does not end in a padded zero.",
        _contents(created_date=lambda t: re.sub(r"\.(\d{1,2})$", lambda m: "." + m[1].ljust(3, "0"), t)),
    ),
    "date-with-t": (
        "Contract: created_date has a space between date and time.",
        _contents(created_date=lambda t: t.replace(" ", "T")),
    ),
    "date-without-fraction-on-the-second": (
        "Contract, WC-list-created-date: a fraction is always there.",
        _contents(created_date=lambda t: t.removesuffix(".0")),
    ),
    "file-name-to-the-minute": (
        "WC-file-name-date: to the second.",
        _contents(image_file_name=lambda t: re.sub(r"\d\d(?=\.html$)", "00", t)),
    ),
    "link-without-semicolon": (
        "WC-list-link: in angle brackets and a semicolon.",
        answers("GET", SHOW, lambda _, a: with_header(a, "link", a.headers["link"].rstrip(";"))),
    ),
    "link-of-the-request": (
        "WC-list-link: the URL of the subscribers collection.",
        answers(
            "GET",
            SHOW,
            lambda q, a: with_header(a, "link", a.headers["link"].replace("/subscribers>", path_of(q) + ">")),
        ),
    ),
    "no-link-when-empty": (
        "WC-list-link (of an empty list).",
        answers("GET", SHOW, lambda _, a: with_header(a, "link", None) if a.body == b"[]" else a),
    ),
    "list-one-request-behind": ("WC-snapshot-at-once: in the list as soon as the send is answered.", _stale_once()),
    "mime-is-stored-as-text": (
        "WC-format-html: that with format=99 holds the HTML as well.",
        asks("POST", LONG, query(r"format=99(?=&|$)", "format=1")),
    ),
    "campaign-name-stores-snapshot": (
        "WC-snapshot-on-request: none without it.",
        asks(
            "POST",
            LONG,
            lambda r: (
                replace(r, target=r.target + "&snapshot=1")
                if "campaignName=" in r.target and "snapshot" not in r.target
                else r
            ),
        ),
    ),
    "text-not-stored": (
        "WC-snapshot-on-request: a send stores a snapshot with snapshot=1 (also in plain text).",
        asks("POST", LONG, query(r"snapshot=1", "snapshot=0"), when=lambda r: "format=1" in r.target),
    ),
    "list-opt-out-ignored": (
        "WC-opt-out-levels: each keeps a message back.",
        asks(
            "POST",
            LONG,
            lambda r: replace(r, target=r.target + ("&" if "?" in r.target else "?") + "respectOptout=false"),
            when=_is_key("5609"),
        ),
    ),
    "opted-out-of-system-is-404": (
        "WC-opt-out-answers-zero: 200 with 0.",
        answers(
            "POST",
            LONG,
            lambda _, __: _error(404, "Subscriber Not Found"),
            when=lambda r: _is_key("5611")(r) and "respectOptout=false" not in r.target,
        ),
    ),
    "override-not-for-realm": (
        "WC-opt-out-override: is sent the message.",
        asks("POST", LONG, query(r"respectOptout=false", "respectOptout=true"), when=_is_key("5610")),
    ),
    "query-names-in-any-case": (
        "WC-query-names-exact: other letter case has no effect.",
        asks("POST", LONG, _lower_names),
    ),
    "last-query-wins": ("WC-first-query-wins.", asks("POST", LONG, _last_wins)),
    "name-of-hundred-ignored": (
        "WC-campaign-name-limit: a name of 100 characters counts.",
        asks("POST", LONG, _name_of_hundred),
    ),
    "campaign-names-in-any-case": ("WC-campaign-names-exact.", asks("POST", LONG, _lower_campaign)),
    "sticky-over-name": (
        "WC-campaign-name-over-sticky: a campaign name decides.",
        asks("POST", LONG, query(r"campaignName=[^&]*&?", ""), when=lambda r: "Sticky" in r.target),
    ),
    "plus-in-path-is-space": (
        "WC-send-names-exact: a plus in a path is no space.",
        asks("POST", LONG, path(r"\+", "%20")),
    ),
    "template-missing-in-other-words": (
        "WC-send-unknown-template: `Template Not Found`.",
        answers(
            "POST",
            SENDS,
            lambda _, a: with_body(a, a.body.replace(b"Template Not Found", b"Subscriber Not Found")),
            status=404,
        ),
    ),
    "deleted-template-sent": (
        "WC-send-deleted-template: as an unknown one.",
        asks("POST", LONG, path("Retired%20Template", "My%20Template")),
    ),
    "template-before-list": ("WC-send-check-order: the list is reported first.", does("POST", LONG, _template_first)),
    "status-code-as-text": (
        "WC-error-code-is-status, contract: an integer (here: of a file).",
        answers("GET", FILE, data(lambda v: {**v, "statusCode": "404"}), status=404),
    ),
    "401-members-in-other-order": (
        "WC-error-envelope: in this order.",
        answers("*", ".*", data(lambda v: dict(sorted(v.items(), reverse=True))), status=401),
    ),
    "phrase-with-number": (
        "WC-error-code-is-status: the reason phrase.",
        answers("POST", ".*", data(lambda v: {**v, "status": f"{v['statusCode']} {v['status']}"}), status=404),
    ),
    "405-in-other-dialect": (
        "WC-error-envelope: three members.",
        answers("*", ".*", lambda _, a: with_body(a, b'{"message":"Method Not Allowed"}'), status=405),
    ),
    "no-challenge-on-short-send": (
        "WC-challenge: a 401 carries a Basic challenge.",
        answers("POST", SHORT, lambda _, a: with_header(a, "www-authenticate", None), status=401),
    ),
    "password-in-any-case": ("WC-credentials-exact.", asks("*", ".*", _password_in_any_case)),
    "send-ignores-api-client": ("WC-wrong-api-client-refused.", asks("POST", LONG, header("x-api-key", None))),
    "inactive-realm-reads": (
        "WC-inactive-realm-refused: 401.",
        asks(
            "GET",
            SHOW,
            lambda r: as_user(MAIN)(r) if "ZG9ybWFudDpkb3JtYW50cHdkMTI=" in (r.header("authorization") or "") else r,
        ),
    ),
    "zero-with-newline": (
        "WC-send-zero: the single character 0.",
        answers("POST", SHORT, lambda _, a: with_body(a, b"0\n")),
    ),
    "zero-as-text": (
        "WC-send-zero, WC-send-length-one.",
        answers("POST", LONG, lambda _, a: with_body(a, b'"0"'), when=lambda r: "format=99" in r.target),
    ),
    "send-with-link": (
        "WC-send-no-link.",
        answers("POST", LONG, lambda q, a: with_header(a, "link", f"<http://{q.header('host')}/msg>;")),
    ),
    "charset-in-content-type": (
        "WC-plain-json-answers: without a parameter.",
        answers("GET", SHOW, lambda _, a: with_header(a, "content-type", "application/json;charset=UTF-8")),
    ),
    "version-2-served": (
        "WC-unknown-version-refused: 406.",
        asks(
            "GET",
            SHOW,
            lambda r: header("Accept", "*/*")(header("accept", None)(r)) if "v2" in (r.header("accept") or "") else r,
        ),
    ),
    "head-with-body": ("WC-head: without the body.", does("HEAD", SHOW, _head_with_body)),
    "options-without-head": (
        "WC-options: the verbs of the path in Allow.",
        answers("OPTIONS", SHOW, lambda _, a: with_header(a, "allow", "GET, OPTIONS"), status=None),
    ),
    "allow-of-405-is-short": (
        "WC-wrong-verb: names those it has.",
        answers("*", SHOW, lambda _, a: with_header(a, "allow", "GET"), status=405),
    ),
    "404-without-date": (
        "WC-date-header: every answer.",
        answers("*", ".*", lambda _, a: with_header(a, "date", None), status=404),
    ),
    "png-called-html": (
        "WC-file-png: answers with a PNG.",
        answers(
            "GET", FILE, lambda _, a: with_header(a, "content-type", "text/html") if a.media_type == "image/png" else a
        ),
    ),
    "file-wants-login": (
        "WC-file-open: served with no credentials.",
        does(
            "GET",
            FILE,
            lambda r, f: (
                f(r)
                if r.header("authorization")
                else with_header(
                    _error(401, "Unauthorized", "Unauthorized"), "www-authenticate", 'Basic realm="WhatCounts"'
                )
            ),
        ),
    ),
    "file-refuses-wrong-login": (
        "WC-file-open: wrong ones do not matter.",
        does(
            "GET",
            FILE,
            lambda r, f: (
                f(r) if (r.header("authorization") or MAIN) == MAIN else _error(401, "Unauthorized", "Unauthorized")
            ),
        ),
    ),
    "unknown-file-as-html": (
        "WC-file-unknown: 404 `Not Found` in JSON.",
        answers(
            "GET",
            FILE,
            lambda _, a: with_header(with_body(a, b"<h1>Not Found</h1>"), "content-type", "text/html"),
            status=404,
        ),
    ),
    "slash-after-short-send": ("WC-trailing-slash.", does("POST", "/msg/", lambda _, __: _error(404, "Not Found"))),
    "path-in-any-case": (
        "WC-path-case: other letter case names no resource.",
        asks("POST", "/msg/sendwithcustomerkey/.*", path("sendwithcustomerkey", "sendWithCustomerKey")),
    ),
    "numbers-in-short-send-ignored": (
        "WC-short-send-options: as text and as JSON numbers and booleans.",
        asks("POST", SHORT, body(_number_options_lost)),
    ),
    "short-send-without-key-is-404": (
        "WC-short-send-needs-names: 400.",
        answers("POST", SHORT, lambda _, __: _error(404, "Subscriber Not Found"), status=400),
    ),
    "short-send-reads-query": (
        "WC-short-send-wrong-options-ignored: every query has no effect.",
        asks("POST", SHORT, _query_into_body),
    ),
    "short-send-takes-any-type": ("WC-short-send-json-only: 415.", asks("POST", SHORT, _declared)),
    "same-send-once": ("WC-send-repeats: two messages.", _once_only()),
    "body-of-long-send-needs-json": (
        "WC-send-body-ignored: whatever it is.",
        does(
            "POST",
            LONG,
            lambda r, f: (
                _error(415, "Unsupported Media Type", "Unsupported Media Type")
                if r.body and "json" not in (r.header("content-type") or "json")
                else f(r)
            ),
        ),
    ),
    "list-key-in-any-case": (
        "WC-list-key-exact: letter case included.",
        asks("GET", SHOW, path(r"/CK10(?=/|$)", "/ck10")),
    ),
    "path-decoded-twice": ("WC-list-key-exact: decoded once.", asks("GET", SHOW, path("%25", "%"))),
    "other-realms-contact": ("WC-list-other-realm: as an unknown one.", does("GET", SHOW, _across_realms)),
    "empty-list-is-404": (
        "WC-list-empty: the empty list.",
        answers("GET", SHOW, lambda _, a: _error(404, "Subscriber Not Found") if a.body == b"[]" else a),
    ),
    "astral-campaign-is-500": (
        "Contract: campaignName is any string of at most 100 characters.",
        does(
            "POST",
            LONG,
            lambda r, f: (
                _error(500, "Internal Server Error", "Internal Server Error")
                if re.search(r"campaignName=[^&]*%F0", r.target, re.IGNORECASE)
                else f(r)
            ),
        ),
    ),
    "umlauts-of-files-broken": (
        "WC-format-html: holds the HTML of the template.",
        answers(
            "GET",
            FILE,
            lambda _, a: with_body(a, a.body.decode().encode("ascii", "replace")) if a.media_type == "text/html" else a,
        ),
    ),
    "snapshot-also-of-bystander": (
        "WC-snapshot-of-one-contact: in the list of its contact and in no other.",
        does("POST", LONG, _copied_to_bystander),
    ),
    "one-entry-per-template": (
        "WC-list-all-campaigns, WC-list-is-history: one entry more for each send.",
        _entries(_one_per_template),
    ),
    "list-of-ten-at-most": (
        "WC-list-is-history: the list before it with one entry more; no paging.",
        _entries(lambda v: v[:10]),
    ),
    "long-url-is-500": (
        "WC-long-url: 414.",
        answers("*", ".*", lambda _, __: _error(500, "Internal Server Error", "Internal Server Error"), status=414),
    ),
    "snapshot-on-second-contact-lost": (
        "WC-snapshot-on-request: a send stores a snapshot (for each contact).",
        asks("POST", LONG, query("snapshot=1", "snapshot=0"), when=_is_key("ck10")),
    ),
    "send-by-put": ("WC-wrong-verb: 405.", asks("PUT", LONG, lambda r: replace(r, method="POST"))),
    "empty-value-is-not-none": (
        "WC-empty-query-ignored, contract: an empty campaignName is none.",
        asks("POST", LONG, query(r"campaignName=(?=&|$)", "campaignName=none")),
    ),
    "html-of-other-template": (
        "WC-format-html: the HTML of the template (here: of a tied name the one with the lowest id).",
        asks("POST", LONG, path("Twin%20Template", "My%20Template")),
    ),
    "refused-login-sends": (
        "WC-refused-send-sends-nothing.",
        does("POST", LONG, lambda r, f: (f(as_user(MAIN)(r)), f(r))[1] if r.header("authorization") is None else f(r)),
    ),
    "json-body-not-utf-8-is-500": (
        "WC-short-send-needs-names: a body that is no JSON object is 400.",
        does(
            "POST",
            SHORT,
            lambda r, f: (
                _error(500, "Internal Server Error", "Internal Server Error") if not _is_text(r.body) else f(r)
            ),
        ),
    ),
    "entry-without-template": (
        "Contract: template_name is required (here: deep in the second entry).",
        _entries(
            lambda v: [
                {**one, "content": {k: x for k, x in one["content"].items() if k != "template_name" or i == 0}}
                for i, one in enumerate(v)
            ]
        ),
    ),
    "list-with-unknown-query-is-400": (
        "WC-list-queries-ignored.",
        answers("GET", SHOW, lambda _, __: _error(400, "Bad Request", "Bad Request"), when=lambda r: bool(query_of(r))),
    ),
}


def _is_text(text: bytes) -> bool:
    try:
        json.dumps(text.decode())
    except UnicodeDecodeError:
        return False
    return True
