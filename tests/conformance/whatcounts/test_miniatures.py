"""For each clause a server that breaks just that promise, and the law that notices it."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

import pytest

from mailproof import contract
from mailproof_conformance.laws import laws_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from in_process import BrokenCases, Forward, Mangle

    from mailproof_conformance.exchange import Request, Response

    Pairs = list[tuple[str, str]]

LISTING = "/rest/subscribers/availableimagessenttocustomerkey"
SENDING = "/rest/msg/sendWithCustomerKey"
SHORT = "/rest/msg"
OURS = "Basic " + base64.b64encode(b"myAccount:xyzpwd123").decode()
THEIRS = "Basic " + base64.b64encode(b"noSnapshots:nosnappwd123").decode()
WITHOUT_KEYS = "Basic " + base64.b64encode(b"noKeys:nokeypwd123").decode()
OPTIONS = ("format", "campaignName", "respectOptout", "snapshot")
OPTED_OUT = ("/5609", "/5610", "/5611")


def ask(change: Callable[[Request], Request]) -> Mangle:
    """A server that takes a request for another."""
    return lambda request, forward: forward(change(request))


def tell(change: Callable[[Response], Response], when: Callable[[Request], object] = bool) -> Mangle:
    """A server that answers something else to some requests."""

    def mangle(request: Request, forward: Forward) -> Response:
        response = forward(request)
        return change(response) if when(request) else response

    return mangle


def asked_with(header: str, pattern: str = "") -> Callable[[Request], object]:
    return lambda request: (value := request.header(header)) is not None and re.search(pattern, value)


def asked_without(header: str) -> Callable[[Request], bool]:
    return lambda request: request.header(header) is None


def asked_for(text: str) -> Callable[[Request], bool]:
    return lambda request: text in request.target


def ends_in(*tails: str) -> Callable[[Request], bool]:
    return lambda request: request.target.partition("?")[0].endswith(tails)


def lists(request: Request) -> bool:
    return request.target.startswith(LISTING)


def sends(request: Request) -> bool:
    return request.target.startswith(SENDING)


def with_header(name: str, value: str | None) -> Callable[[Request], Request]:
    def change(request: Request) -> Request:
        kept = tuple(pair for pair in request.headers if pair[0].lower() != name.lower())
        return replace(request, headers=kept if value is None else (*kept, (name, value)))

    return change


def with_path(change: Callable[[str], str]) -> Callable[[Request], Request]:
    def changed(request: Request) -> Request:
        path, mark, query = request.target.partition("?")
        return replace(request, target=change(path) + mark + query)

    return changed


def with_query(
    change: Callable[[Pairs], Pairs], when: Callable[[Request], object] = sends
) -> Callable[[Request], Request]:
    def changed(request: Request) -> Request:
        if not when(request):
            return request
        path, _, query = request.target.partition("?")
        pairs = change(parse_qsl(query, keep_blank_values=True))
        return replace(request, target=f"{path}?{urlencode(pairs, quote_via=quote)}")

    return changed


def without(name: str) -> Callable[[Pairs], Pairs]:
    return lambda pairs: [pair for pair in pairs if pair[0] != name]


def and_always(name: str, value: str) -> Callable[[Pairs], Pairs]:
    return lambda pairs: [*without(name)(pairs), (name, value)]


def unless_given(name: str, value: str) -> Callable[[Pairs], Pairs]:
    return lambda pairs: pairs if any(pair[0] == name for pair in pairs) else [*pairs, (name, value)]


def answered(status: int, value: object = None) -> Callable[[Response], Response]:
    return lambda response: replace(response, status=status, body=json.dumps(value).encode())


def header(name: str, value: str | None) -> Callable[[Response], Response]:
    def change(response: Response) -> Response:
        kept = {key: text for key, text in response.headers.items() if key != name}
        return replace(response, headers=kept if value is None else {**kept, name: value})

    return change


def of_status(status: int, change: Callable[[Response], Response]) -> Callable[[Response], Response]:
    return lambda response: change(response) if response.status == status else response


def of_error(text: str, change: Callable[[Response], Response]) -> Callable[[Response], Response]:
    return lambda response: change(response) if f'"error":"{text}"'.encode() in response.body else response


def body(change: Callable[[Any], Any]) -> Callable[[Response], Response]:
    return lambda response: replace(response, body=json.dumps(change(response.json())).encode())


def listed(change: Callable[[list[Any]], Any]) -> Mangle:
    """A server whose list is another."""
    return tell(of_status(200, body(change)), lists)


def listed_text(pattern: str, replacement: str, times: int = 0) -> Mangle:
    """A server in whose list some text is another."""

    def change(response: Response) -> Response:
        return replace(response, body=re.sub(pattern, replacement, response.text, count=times).encode())

    return tell(change, lists)


def known_login(request: Request, forward: Forward) -> Response:
    """Compares credentials without regard to case."""
    response = forward(request)
    if response.status != 401 or request.header("authorization") is None:
        return response
    shown = base64.b64decode(str(request.header("authorization")).partition(" ")[2]).decode("utf-8", "replace")
    same = shown.lower() == base64.b64decode(THEIRS.partition(" ")[2]).decode().lower()
    return forward(with_header("Authorization", THEIRS)(request)) if same else response


def routes_first(request: Request, forward: Forward) -> Response:
    """Looks at the path before the credentials."""
    response = forward(request)
    other = forward(with_header("Authorization", OURS)(request)) if response.status == 401 else response
    return other if other.status in (404, 405) else response


def delivers_all_the_same(status: int, change: Callable[[Request], Request]) -> Mangle:
    """Refuses a send, and delivers it."""

    def mangle(request: Request, forward: Forward) -> Response:
        response = forward(request)
        if response.status == status and sends(request):
            forward(change(request))
        return response

    return mangle


def forgets_every_other_list() -> Mangle:
    calls = count()
    return listed(lambda entries: entries if next(calls) % 2 else entries[1:])


def sends_once() -> Mangle:
    """Takes a send that was seen before for a repetition."""
    seen: set[str] = set()

    def mangle(request: Request, forward: Forward) -> Response:
        if sends(request) and request.target in seen:
            return forward(with_query(without("snapshot"))(request))
        seen.add(request.target)
        return forward(request)

    return mangle


def sends_twice(request: Request, forward: Forward) -> Response:
    if sends(request):
        forward(request)
    return forward(request)


def template_first(request: Request, forward: Forward) -> Response:
    """Looks for the template before the list."""
    response = forward(request)
    if b"List Not Found" not in response.body:
        return response
    parts = request.target.split("/")
    other = forward(replace(request, target="/".join([*parts[:4], "My%20List", *parts[5:]])))
    return other if b"Template Not Found" in other.body else response


def known_names(path: str) -> str:
    """Compares names without regard to case."""
    for name in ("My%20List", "My%20Template"):
        path = re.sub(re.escape(name), name, path, flags=re.IGNORECASE)
    return path


def fixed_segments(path: str) -> str:
    for segment in ("availableimagessenttocustomerkey", "sendWithCustomerKey"):
        path = re.sub(segment, segment, path, flags=re.IGNORECASE)
    return path


def known_options(pairs: Pairs) -> Pairs:
    return [(next((name for name in OPTIONS if name.lower() == key.lower()), key), value) for key, value in pairs]


def names_every_message() -> Mangle:
    """Starts a campaign for each message on the sticky list."""
    numbers = count()

    def change(request: Request) -> Request:
        return with_query(unless_given("campaignName", f"auto {next(numbers)}"), asked_for("Sticky"))(request)

    return ask(change)


def texts_only(request: Request) -> Request:
    """Knows no numbers and booleans in a body."""
    if not request.target.startswith(SHORT) or sends(request):
        return request
    value = {key: item for key, item in json.loads(request.body).items() if isinstance(item, str)}
    return replace(request, body=json.dumps(value).encode())


def knows_its_members(request: Request, forward: Forward) -> Response:
    """Refuses unknown members of a body."""
    response = forward(request)
    if (
        response.status == 200
        and request.body
        and set(json.loads(request.body)) - {*OPTIONS, "listName", "templateName", "customerKey"}
    ):
        return answered(400)(response)
    return response


ZERO = answered(200, 0)
EMPTY = answered(200, [])
NOBODY = answered(404, {"error": "Subscriber Not Found", "status": "Not Found", "statusCode": 404})
UNNAMED = unless_given("campaignName", "all of them")


def sends_before_it_looks(request: Request, forward: Forward) -> Response:
    """A server that sends first, and then refuses an Accept that it does not know."""
    accept = request.header("accept")
    if request.target.startswith(SENDING) and accept is not None and "-v2+" in accept:
        forward(with_header("Accept", None)(request))
    return forward(request)


MINIATURES: dict[str, Mangle] = {
    # credentials
    "WC-credentials-required": lambda r, f: f(
        r if r.header("authorization") else with_header("Authorization", OURS)(r)
    ),
    "WC-wrong-credentials-refused": lambda r, f: (
        f(with_header("Authorization", OURS)(r)) if r.header("authorization") and f(r).status == 401 else f(r)
    ),
    "WC-unauthorized-body": tell(of_status(401, body(lambda error: {**error, "error": "Denied"}))),
    "WC-challenge": tell(header("www-authenticate", None)),
    "WC-credentials-exact": known_login,
    "WC-credentials-first": routes_first,
    "WC-refused-send-sends-nothing": delivers_all_the_same(401, with_header("Authorization", OURS)),
    "WC-inactive-realm-refused": tell(of_status(401, EMPTY), asked_with("authorization")),
    "WC-api-client-optional": tell(answered(401), asked_with("x-api-key")),
    "WC-wrong-api-client-refused": ask(with_header("x-api-key", None)),
    "WC-api-client-alone-refused": lambda r, f: f(
        with_header("Authorization", OURS)(r) if r.header("x-api-key") else r
    ),
    # transport
    "WC-vendor-media-type": tell(answered(406), asked_with("accept", "vnd")),
    "WC-plain-json-answers": tell(header("content-type", "application/json; charset=utf-8")),
    "WC-plain-json-errors": tell(of_status(404, header("content-type", "application/json; charset=utf-8"))),
    "WC-accept-optional": tell(answered(406), asked_without("accept")),
    "WC-unknown-version-refused": lambda r, f: f(
        with_header("Accept", re.sub(r"v\d+", "v1", r.header("accept") or "*/*"))(r)
    ),
    "WC-refused-accept-sends-nothing": delivers_all_the_same(406, with_header("Accept", "*/*")),
    "WC-content-type-without-body": tell(answered(415), asked_with("content-type", "json")),
    "WC-any-content-type-without-body": tell(answered(415), asked_with("content-type", "text/plain")),
    "WC-date-header": tell(header("date", None)),
    "WC-error-envelope": tell(of_status(404, body(lambda error: dict(reversed(error.items()))))),
    "WC-error-code-is-status": tell(of_status(404, body(lambda error: {**error, "statusCode": 400}))),
    "WC-unknown-path": tell(of_error("Not Found", answered(404, {}))),
    "WC-path-case": ask(with_path(fixed_segments)),
    "WC-trailing-slash": tell(answered(404), ends_in("/")),
    "WC-wrong-verb": tell(header("allow", None)),
    "WC-head": tell(header("link", None), lambda request: request.method == "HEAD"),
    "WC-options": tell(header("allow", None)),
    "WC-undecodable-path": tell(of_status(400, lambda response: replace(response, status=500))),
    "WC-large-body": lambda r, f: f(replace(r, body=r.body[:100])),
    "WC-long-url": lambda r, f: f(replace(r, target=r.target[:1000])),
    # the list
    "WC-list-is-array": listed(lambda entries: entries[0] if len(entries) == 1 else entries),
    "WC-list-echoes-key": listed_text('"customerKey":"([0-9]+)"', r'"customerKey":\1'),
    "WC-list-one-realm": listed_text('"realmId":1', '"realmId":2', 1),
    "WC-list-link": tell(header("link", "<http://testserver/rest/subscribers/5606>;")),
    "WC-list-all-campaigns": listed(lambda entries: entries[:1]),
    "WC-list-newest-first": listed(lambda entries: entries[::-1]),
    "WC-list-created-date": listed_text(r'(created_date":"[^"]*\.\d)\d*', r"\g<1>0"),
    "WC-list-empty": tell(lambda response: NOBODY(response) if response.body == b"[]" else response, lists),
    "WC-list-unknown-key": tell(of_status(404, EMPTY), lists),
    "WC-list-other-realm": tell(of_status(404, EMPTY), lists),
    "WC-list-realm-without-keys": tell(of_status(404, EMPTY), lists),
    "WC-list-realm-without-snapshots": tell(NOBODY, asked_with("authorization", re.escape(THEIRS))),
    "WC-list-key-exact": ask(with_path(lambda path: path.replace("CK10", "ck10"))),
    "WC-list-empty-key": tell(of_error("Not Found", answered(400)), lists),
    "WC-list-queries-ignored": tell(EMPTY, lambda request: lists(request) and "?" in request.target),
    "WC-list-body-ignored": tell(EMPTY, lambda request: lists(request) and request.body),
    "WC-list-changes-nothing": forgets_every_other_list(),
    "WC-list-is-history": sends_twice,
    # the files
    "WC-file-name": listed_text(r'("image_file_name":"\d+)_1_', r"\1_9_"),
    "WC-file-name-one-contact": listed_text(r'"image_file_name":"\d+', '"image_file_name":"42', 1),
    "WC-file-name-date": listed_text(r'("image_file_name":"[^"]*)\d\.html', r"\1.html"),
    "WC-file-names-differ": listed_text(r'"image_file_name":"[^"]*"', '"image_file_name":"1_1_1_1_1.html"'),
    "WC-file-download": tell(header("content-type", "text/plain"), ends_in(".html")),
    "WC-file-url-names-file": listed_text("http://testserver", ""),
    "WC-file-open": tell(
        answered(401), lambda request: ends_in(".html")(request) and request.header("authorization") is None
    ),
    "WC-file-png": ask(with_path(lambda path: path.replace(".png", ".html"))),
    "WC-file-unknown": tell(of_status(404, EMPTY), asked_for("/snapshots/")),
    # a send
    "WC-send-zero": tell(of_status(200, answered(200, {"result": 0})), sends),
    "WC-send-length-one": tell(header("content-length", None)),
    "WC-send-no-link": tell(header("link", "<http://testserver/rest/subscribers>;")),
    "WC-send-missing-is-error": tell(of_status(404, ZERO)),
    "WC-error-sends-nothing": sends_before_it_looks,
    "WC-send-unknown-list": tell(of_error("List Not Found", NOBODY)),
    "WC-send-unknown-template": tell(of_error("Template Not Found", NOBODY)),
    "WC-send-unknown-contact": tell(of_error("Subscriber Not Found", answered(404, {"error": "Contact Not Found"}))),
    "WC-send-check-order": template_first,
    "WC-send-not-subscribed": tell(ZERO, lambda request: sends(request) and ends_in("/5608")(request)),
    "WC-send-deleted-template": ask(with_path(lambda path: path.replace("Retired", "My"))),
    "WC-send-template-tie": listed_text("_45_", "_46_"),
    "WC-send-names-exact": ask(with_path(known_names)),
    "WC-send-space-escape": tell(answered(404), asked_for("%20")),
    "WC-send-slash-escape": ask(with_path(unquote)),
    "WC-send-empty-segment": tell(of_error("Not Found", answered(400)), sends),
    "WC-send-own-realm": ask(with_header("Authorization", OURS)),
    "WC-send-realm-without-keys": tell(ZERO, asked_with("authorization", re.escape(WITHOUT_KEYS))),
    "WC-send-body-ignored": tell(answered(400), lambda request: sends(request) and request.body),
    "WC-send-repeats": sends_once(),
    "WC-snapshot-on-request": ask(with_query(and_always("snapshot", "1"))),
    "WC-snapshot-at-once": listed(lambda entries: entries[1:]),
    "WC-snapshot-names-template": listed_text("Twin Template", "My Template"),
    "WC-snapshot-realm-without-feature": tell(
        answered(400), lambda request: sends(request) and "snapshot" in request.target
    ),
    "WC-snapshot-of-one-contact": ask(with_path(lambda path: path.replace("ck11", "5606"))),
    # opt-outs
    "WC-opt-out-not-delivered": ask(with_query(and_always("respectOptout", "false"))),
    "WC-opt-out-answers-zero": tell(NOBODY, lambda request: sends(request) and ends_in(*OPTED_OUT)(request)),
    "WC-opt-out-levels": ask(with_query(and_always("respectOptout", "false"), ends_in("/5611"))),
    "WC-opt-out-of-other-list": ask(with_path(lambda path: path.replace("Second%20List", "My%20List"))),
    "WC-opt-out-override": ask(with_query(without("respectOptout"))),
    "WC-opt-out-override-needs-contact": tell(ZERO, asked_for("respectOptout=false")),
    # queries
    "WC-query-names-exact": ask(with_query(known_options)),
    "WC-unknown-query-ignored": tell(
        answered(400),
        lambda request: sends(request) and {n for n, _ in parse_qsl(request.target.partition("?")[2])} - set(OPTIONS),
    ),
    "WC-wrong-query-value-ignored": ask(
        with_query(lambda pairs: [(n, "1" if n == "snapshot" and v != "0" else v) for n, v in pairs])
    ),
    "WC-query-without-text-ignored": tell(answered(400), lambda request: "%ff" in request.target),
    "WC-empty-query-ignored": ask(with_query(lambda pairs: [(n, v or "1") for n, v in pairs])),
    "WC-first-query-wins": ask(with_query(lambda pairs: pairs[::-1])),
    "WC-format-default": ask(with_query(unless_given("format", "2"))),
    "WC-format-values": tell(answered(400), lambda request: sends(request) and "format=99" in request.target),
    "WC-format-text": tell(
        lambda response: replace(response, body=response.body.replace(b"&amp;", b"&")), asked_for("/snapshots/")
    ),
    "WC-format-html": ask(with_query(lambda pairs: [(n, "1" if v == "99" else v) for n, v in pairs])),
    # campaigns
    "WC-campaign-name-groups": ask(with_query(without("campaignName"))),
    "WC-campaign-names-differ": ask(with_query(and_always("campaignName", "same"))),
    "WC-campaign-names-exact": ask(
        with_query(lambda pairs: [(n, v.lower() if n == "campaignName" else v) for n, v in pairs])
    ),
    "WC-campaign-per-message": ask(with_query(UNNAMED)),
    "WC-campaign-sticky-list": names_every_message(),
    "WC-campaign-name-over-sticky": ask(with_query(without("campaignName"), asked_for("Sticky"))),
    "WC-campaign-name-per-list": ask(with_path(lambda path: path.replace("Second%20List", "My%20List"))),
    "WC-campaign-name-limit": ask(
        with_query(lambda pairs: [(n, v[:100] if n == "campaignName" else v) for n, v in pairs])
    ),
    # the short send
    "WC-short-send-zero": tell(of_status(200, answered(200, 1)), lambda request: request.target == SHORT),
    "WC-short-send-same-errors": tell(of_status(404, answered(400))),
    "WC-short-send-options": ask(texts_only),
    "WC-short-send-wrong-options-ignored": knows_its_members,
    "WC-short-send-needs-names": tell(of_status(400, ZERO)),
    "WC-short-send-json-only": ask(with_header("Content-Type", "application/json")),
}


def test_there_is_a_miniature_for_each_clause() -> None:
    assert sorted(contract("whatcounts").clauses) == sorted(MINIATURES)


def test_each_clause_has_a_law_and_each_law_a_clause() -> None:
    assert set(contract("whatcounts").clauses) == {law.clause for law in laws_of("whatcounts")}


@pytest.mark.parametrize("clause", MINIATURES)
def test_a_broken_promise_is_noticed(clause: str, broken_cases: BrokenCases) -> None:
    assert [] != broken_cases(MINIATURES[clause], clause)


def test_the_whole_mock_breaks_none(broken_cases: BrokenCases) -> None:
    assert [] == broken_cases(None, None)
