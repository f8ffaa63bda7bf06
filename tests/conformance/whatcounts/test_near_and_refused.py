"""For each law about near misses, refused sends and fresh lists a server that breaks it where samples do not look."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from moves import answers, asks, body, does, header, is_object, path, path_of, query, query_of, with_body, with_header

if TYPE_CHECKING:
    from collections.abc import Callable

    from in_process import BrokenCases
    from moves import Forward, Mangle

    from mailproof_conformance.exchange import Request, Response

SHOW = "/subscribers/availableimagessenttocustomerkey/.*"
SENDING = "/msg/sendWithCustomerKey/.*"
SHORT = "/msg"
OURS = "Basic " + base64.b64encode(b"myAccount:xyzpwd123").decode()
FILE = r"(/whatcounts)?/snapshots/.*"


def sent_all_the_same(request: Request, forward: Forward) -> Response:
    """A server that complains, and sends."""
    forward(header("x-api-key", None)(header("authorization", OURS)(request)))
    return forward(request)


def sent_whatever_is_accepted(request: Request, forward: Forward) -> Response:
    forward(header("accept", "application/json")(request))
    return forward(request)


def with_campaign(function: Callable[[str], str]) -> Mangle:
    def rewrite(request: Request) -> Request:
        found = re.search(r"campaignName=([^&]*)", request.target)
        return request if found is None else query(r"campaignName=[^&]*", f"campaignName={function(found[1])}")(request)

    return asks("POST", SENDING, rewrite)


def remembers_by_path() -> Mangle:
    known: dict[str, Response] = {}

    def mangle(request: Request, forward: Forward) -> Response:
        asked = request.target if request.target.endswith("/") else None
        answer = forward(request)
        return known.setdefault(asked, answer) if asked is not None and answer.status == 200 else answer

    return does("GET", SHOW, mangle)


def opted_out_first(request: Request, forward: Forward) -> Response:
    answer = forward(request)
    if answer.status != 404 or b"Template Not Found" not in answer.body:
        return answer
    return forward(path(r"/[^/]+(/[^/]+)$", r"/My%20Template\1")(request))


def names_of_the_query(request: Request) -> Request:
    given = {name: unquote(value) for name, _, value in (part.partition("=") for part in query_of(request).split("&"))}
    given.pop("", None)
    return body(lambda value: {**given, **value} if is_object(value) else None)(request)


FAULTS: dict[str, Mangle] = {
    "WC-list-key-exact/near_keys_are_unknown": asks("GET", SHOW, path(r"/0+(\d+)$", r"/\1")),
    "WC-campaign-names-differ/near_names_are_other_campaigns": with_campaign(lambda name: name.replace("%20", "")),
    "WC-campaign-names-differ/names_differ_to_their_last_character": with_campaign(lambda name: name[:64]),
    "WC-campaign-sticky-list/another_template_stays_in_the_sticky_campaign": asks(
        "POST",
        "/msg/sendWithCustomerKey/Sticky List/Twin Template/.*",
        lambda r: replace(r, target=r.target + "&campaignName=twin"),
        when=lambda r: "campaignName" not in r.target and "?" in r.target,
    ),
    "WC-first-query-wins/the_first_campaign_name_counts": asks(
        "POST", SENDING, query(r"campaignName=([^&]*)&campaignName=", r"campaignName=\1%2C")
    ),
    "WC-unknown-query-ignored/near_names_of_queries_are_unknown": asks(
        "POST", SENDING, query(r"(^|&)snapshot(%20|%5B%5D|\[\])=", r"\1snapshot=")
    ),
    "WC-unknown-query-ignored/an_ampersand_alone_parts_queries": asks("POST", SENDING, query(";", "&")),
    "WC-wrong-query-value-ignored/near_values_are_wrong": asks("POST", SENDING, query("snapshot=1%20", "snapshot=1")),
    "WC-short-send-same-errors/near_names_in_a_body_are_unknown": asks(
        "POST", SHORT, body(lambda v: {**v, "listName": v["listName"].rstrip()} if "listName" in v else None)
    ),
    "WC-send-slash-escape/a_bare_slash_parts_segments": asks("POST", SENDING, path("News/Weekly", "News%2FWeekly")),
    "WC-refused-send-sends-nothing/strangers_send_nothing": does(
        "POST", SENDING, sent_all_the_same, when=lambda r: r.header("x-api-key") not in {None, "c2hvcDpzaG9wa2V5MQ=="}
    ),
    "WC-error-sends-nothing/mistakes_send_nothing": does(
        "POST", SHORT, sent_whatever_is_accepted, when=lambda r: "-v2+" in (r.header("accept") or "")
    ),
    "WC-send-check-order/the_contact_is_looked_at_last": does(
        "POST", SENDING, opted_out_first, when=lambda r: path_of(r).endswith(("/5610", "/5611"))
    ),
    "WC-short-send-same-errors/the_contact_of_a_body_is_looked_at_last": answers(
        "POST",
        SHORT,
        lambda _, a: with_body(a, a.body.replace(b"Template", b"Subscriber")),
        status=404,
        when=lambda r: b'"5611"' in r.body,
    ),
    "WC-unauthorized-body/credentials_come_before_everything_else": does(
        "POST",
        SHORT,
        lambda r, f: f(header("authorization", OURS)(r)),
        when=lambda r: (r.header("content-type") or "").startswith("text/") and r.header("authorization") is None,
    ),
    "WC-short-send-needs-names/names_are_read_from_the_body_alone": asks("POST", SHORT, names_of_the_query),
    "WC-snapshot-at-once/every_way_to_ask_shows_it": remembers_by_path(),
    "WC-plain-json-answers/whatever_is_in_the_list_it_is_declared_alike": answers(
        "GET",
        SHOW,
        lambda _, a: with_header(a, "content-type", "application/json; charset=utf-8") if a.body == b"[]" else a,
    ),
    "WC-date-header/each_kind_of_answer_is_dated": answers(
        "*", ".*", lambda _, a: with_header(a, "date", a.headers["date"].replace("GMT", "+0000")), status=404
    ),
    "WC-file-png/every_page_has_a_picture": answers(
        "GET", FILE, lambda _, a: with_body(a, a.body[:-12]) if a.media_type == "image/png" else a
    ),
    "WC-file-open/files_are_the_same_for_every_caller": asks(
        "GET", FILE, path("/[^/]+$", "/none.html"), when=lambda r: (r.header("authorization") or OURS) != OURS
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_the_law_notices(case: str, broken_cases: BrokenCases) -> None:
    assert case in broken_cases(FAULTS[case], case.partition("/")[0])
