"""Cases that try near misses and what goes with them: each holds for the mock, and notices a server with its fault."""

from __future__ import annotations

import base64
import json
import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote_plus

import pytest
from in_process import Wire, in_process
from moves import (
    answer_of,
    answers,
    asks,
    body,
    data,
    does,
    header,
    is_array,
    is_object,
    path,
    query,
    with_header,
)

from mailproof import contract
from mailproof_conformance.plan import plan
from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from moves import Forward, Mangle, Rewrite

    from mailproof_conformance.exchange import Request, Response

LOGINS = {"whatcounts": ("myAccount", "xyzpwd123"), "which50": ("api@harbour-store.example", "Tr4wler-Basket")}
LIST = "list_snapshot_images_by_customer_key"


def basic(login: tuple[str, str]) -> str:
    return "Basic " + base64.b64encode(":".join(login).encode()).decode()


def lax(provider: str, change: Callable[[str, str], tuple[str, str]], scheme: str = "basic") -> Mangle:
    """A server that changes a user and password before it looks at them."""

    def rewrite(request: Request) -> Request:
        name, _, token = (request.header("authorization") or "").partition(" ")
        try:
            user, _, password = base64.b64decode(token, validate=True).decode().partition(":")
        except ValueError:
            return request
        if name.lower() != scheme or change(user, password) != LOGINS[provider]:
            return request
        return header("authorization", basic(LOGINS[provider]))(request)

    return asks("*", ".*", rewrite)


def misplaced(request: Request) -> Request:
    value = request.header("proxy-authorization")
    return request if value is None else header("authorization", value)(request)


def up_to_its_end(request: Request) -> Request:
    """The first JSON value of a body, whatever comes behind it."""
    try:
        _, end = json.JSONDecoder().raw_decode(request.body.decode())
    except ValueError:
        return request
    return replace(request, body=request.body.decode()[:end].encode())


def filled_from_the_query(request: Request) -> Request:
    found = re.search("listName=([^&]*)", request.target)
    fill = body(lambda value: {"listName": found[1].replace("%20", " "), **value} if found else None)
    return fill(request)


def key_of_the_query(request: Request) -> Request:
    """The last name of the path is that of the query, where it has one."""
    found = re.search("[?&]customerKey=([^&]*)", request.target)
    return request if found is None else path("[^/]+$", found[1])(request)


def empty_in_chunks(request: Request) -> Request:
    return request if request.header("transfer-encoding") is None else replace(request, body=b"")


def short_in_chunks(request: Request) -> Request:
    return request if request.header("transfer-encoding") is None else replace(request, body=request.body[:1000])


def client_in_any_case(request: Request) -> Request:
    client = request.header("x-api-key")
    right = "c2hvcDpzaG9wa2V5MQ=="
    return header("x-api-key", right)(request) if client and client.lower() == right.lower() else request


def stale_in_xml() -> Mangle:
    known: dict[str, Response] = {}

    def mangle(request: Request, forward: Forward) -> Response:
        answer = forward(request)
        if "xml" not in (request.header("accept") or "") or answer.status != 200:
            return answer
        return known.setdefault(request.target, answer)

    return does("GET", "/contactLists/[^/]+/contacts", mangle)


def written_all_the_same(request: Request, forward: Forward) -> Response:
    forward(header("authorization", basic(LOGINS["which50"]))(request))
    return forward(request)


def calls(change: Callable[[dict[str, Any]], None]) -> Mangle:
    """A server that changes a call before it looks at it."""

    def changed(value: Any) -> None:
        if isinstance(value, dict) and isinstance(cast("dict[str, Any]", value).get("params"), list):
            change(cast("dict[str, Any]", value))

    return asks("POST", ".*", body(changed))


def key_in_small_letters(call: dict[str, Any]) -> None:
    if call["params"] and isinstance(call["params"][0], str):
        call["params"][0] = call["params"][0].lower()


def ids_without_blanks(call: dict[str, Any]) -> None:
    for item in call["params"][1:]:
        item.update({name: value.strip() for name, value in item.items() if isinstance(value, str)})


def equals_without_blanks(call: dict[str, Any]) -> None:
    for item in call["params"][1:]:
        for condition in item.values():
            if is_object(condition) and isinstance(condition.get("EQUALS"), str):
                condition["EQUALS"] = condition["EQUALS"].strip()


def ids_composed(value: Any) -> None:
    for answer in value if is_array(value) else []:
        if isinstance(answer.get("id"), str):
            answer["id"] = unicodedata.normalize("NFC", answer["id"])


def thirtieth_of_february(call: dict[str, Any]) -> None:
    """A calendar that goes on behind the end of a month."""
    if call["method"] == "get_message_stats":
        days: Any = call["params"][1].get("created_on") if is_object(call["params"][-1]) else None
        for operator in list(days) if is_object(days) else []:
            days[operator] = "2010-03-02" if days[operator] == "2010-02-30" else days[operator]


def bare_errors(value: Any) -> None:
    if is_object(value) and "jsonrpc" not in value and is_object(value.get("error")):
        value["error"].pop("data", None)


def unpacked_below(size: int) -> Callable[[Request, Response], Response]:
    def told(_: Request, answer: Response) -> Response:
        if answer.headers.get("content-encoding") != "gzip" or len(answer.content) > size:
            return answer
        headers = {name: text for name, text in answer.headers.items() if name != "content-encoding"}
        return replace(answer, headers=headers, body=answer.content)

    return told


def as_form(request: Request) -> Request:
    if "urlencoded" not in (request.header("content-type") or ""):
        return request
    return replace(request, body=unquote_plus(request.body.decode()).encode())


def as_latin(request: Request) -> Request:
    if "iso-8859-1" not in (request.header("content-type") or ""):
        return request
    return replace(request, body=request.body.decode("latin-1").encode())


def within(limit: int) -> Rewrite:
    """A server that holds the characters of a body against its limit."""

    def shorter(request: Request) -> Request:
        if len(request.body) <= limit or len(request.body.decode("utf-8", "replace")) > limit:
            return request
        return replace(request, body=re.sub(rb',? ?"aside": ?"[^"]*"', b"", request.body))

    return shorter


def campaigns_in_small_letters(call: dict[str, Any]) -> None:
    for item in call["params"][1:]:
        if is_object(item) and is_array(item.get("campaigns")):
            item["campaigns"] = [one.lower() if isinstance(one, str) else one for one in item["campaigns"]]


INVALID = {"jsonrpc": "2.0", "id": 1, "error": {"code": -32602, "message": "Invalid params"}}
UNAUTHORIZED = {"error": "Unauthorized", "status": "Unauthorized", "statusCode": 401}
CHALLENGE = {"www-authenticate": 'Basic realm="WhatCounts"'}

FAULTS: tuple[tuple[str, str, Mangle], ...] = (
    ("whatcounts", "authentication/send_message/near-password", lax("whatcounts", lambda u, p: (u, p.rstrip()))),
    ("whatcounts", "authentication/send_message/near-password", lax("whatcounts", lambda u, p: (u, p[:8] + "3"))),
    ("whatcounts", f"authentication/{LIST}/near-user", lax("whatcounts", lambda u, p: (u.partition("@")[0], p))),
    ("whatcounts", f"authentication/{LIST}/near-scheme", lax("whatcounts", lambda u, p: (u, p), "bearer")),
    ("whatcounts", f"authentication/{LIST}/near-header", asks("*", ".*", misplaced)),
    (
        "whatcounts",
        "authentication/get_snapshot_file/near-open",
        does(
            "GET",
            ".*/snapshots/.*",
            lambda _, __: answer_of(401, UNAUTHORIZED, CHALLENGE),
            when=lambda r: r.header("authorization") is not None,
        ),
    ),
    (
        "whatcounts",
        "authentication/send_message/near-mistakes",
        does(
            "POST",
            "/msg",
            lambda r, f: f(header("authorization", basic(LOGINS["whatcounts"]))(r)),
            when=lambda r: r.body == b"",
        ),
    ),
    ("whatcounts", f"not-found/{LIST}/near-customerKey", asks("GET", ".*", path(r"560[_%]$|560%(5F|25)$", "5606"))),
    ("whatcounts", "bad-input/send_message/body more-behind", asks("POST", "/msg", up_to_its_end)),
    ("whatcounts", "bad-input/send_message/body listName-in-the-query", asks("POST", "/msg", filled_from_the_query)),
    ("whatcounts", f"not-found/{LIST}/near-customerKey in the query", asks("GET", ".*", key_of_the_query)),
    (
        "whatcounts",
        "not-found/send_message_with_customer_key/near-customerKey in the query",
        asks("*", ".*", key_of_the_query),
    ),
    ("getresponse", "agreement/call/near-body in chunks", asks("POST", ".*", empty_in_chunks)),
    ("getresponse", "bad-input/call/near-body too large in chunks", asks("POST", ".*", short_in_chunks)),
    ("whatcounts", "agreement/send_message/near-body in chunks", asks("POST", "/msg", empty_in_chunks)),
    ("whatcounts", "bad-input/send_message/near-body too large in chunks", asks("POST", "/msg", short_in_chunks)),
    ("whatcounts", "WC-wrong-api-client-refused/a_near_client_is_refused", asks("*", ".*", client_in_any_case)),
    (
        "whatcounts",
        "WC-head/head_of_a_file_is_get_without_the_body",
        does("HEAD", ".*[.]png", lambda _, __: answer_of(404, {"error": "Not Found"})),
    ),
    (
        "which50",
        "authentication/get_contact_summary/near-x-api-key",
        asks("*", ".*", lambda r: header("x-api-key", (r.header("x-api-key") or "").removesuffix("x") or None)(r)),
    ),
    ("which50", "authentication/get_contact_summary/near-user", lax("which50", lambda u, p: (u.lower(), p))),
    ("which50", "not-found/get_contact_summary/near-contactId", asks("GET", ".*", path(r"(%20|\.)(?=/)", ""))),
    ("which50", "not-found/get_journey/near-journeyId", asks("GET", ".*", path("(?<=/)4294967797$", "501"))),
    (
        "which50",
        "not-found/generate_pdf/near-letter case",
        does(
            "POST",
            ".*",
            lambda _, __: answer_of(404, {"Message": "No resource matches this address."}),
            when=lambda r: r.target.partition("?")[0].endswith("GENERATEpdf"),
        ),
    ),
    (
        "which50",
        "bad-input/list_contact_list_contacts/query other-marks",
        asks("GET", "/contactLists/[^/]+/contacts", query(";", "&")),
    ),
    (
        "which50",
        "agreement/save_contact/near-writes",
        does(
            "POST",
            "/contactLists/31/contact",
            written_all_the_same,
            when=lambda r: r.header("authorization") not in {None, basic(LOGINS["which50"])},
        ),
    ),
    ("which50", "agreement/near-reads follow writes", stale_in_xml()),
    (
        "which50",
        "W50-filter-selects/near_texts_are_other_texts",
        asks("GET", "/contactLists/[^/]+/contacts", query("7%20'", "7'")),
    ),
    (
        "which50",
        "W50-match-one-field/near_texts_match_nobody",
        asks("PATCH", "/contactLists/[^/]+/contacts?", query("7%20$", "7")),
    ),
    (
        "which50",
        "W50-match-one-field/long_texts_match_to_their_last_character",
        asks("PATCH", "/contactLists/[^/]+/contacts?", query("n2$", "n1")),
    ),
    (
        "getresponse",
        "GR-method-name-exact/near_names_are_no_methods",
        calls(lambda call: call.update(method=call["method"].strip())),
    ),
    ("getresponse", "GR-equals-whole-value/near_names_are_not_equal", calls(equals_without_blanks)),
    ("getresponse", "GR-batch-answers-each-call/near_ids_are_told_apart", answers("POST", ".*", data(ids_composed))),
    (
        "getresponse",
        "GR-calendar-days-only/what_is_no_day_is_refused_of_statistics",
        calls(thirtieth_of_february),
    ),
    (
        "getresponse",
        "GR-form-follows-request/an_error_is_the_same_in_each_form",
        answers("POST", ".*", data(bare_errors)),
    ),
    ("getresponse", "GR-gzip-on-request/the_size_decides", answers("POST", ".*", unpacked_below(1400))),
    (
        "getresponse",
        "GR-other-origins-allowed/a_page_of_another_origin_may_call",
        answers(
            "OPTIONS",
            ".*",
            lambda _, answer: with_header(answer, "access-control-allow-headers", "Content-Type"),
            status=204,
        ),
    ),
    ("getresponse", "GR-content-type-ignored/any_content_type_is_taken", asks("POST", ".*", as_form)),
    ("getresponse", "GR-content-type-ignored/any_content_type_is_taken", asks("POST", ".*", as_latin)),
    ("getresponse", "GR-larger-refused/a_body_over_the_limit_is_refused", asks("POST", ".*", within(1_048_576))),
    ("getresponse", "GR-unknown-campaign/near_ids_are_no_campaigns", calls(campaigns_in_small_letters)),
    (
        "getresponse",
        "GR-key-before-conditions/each_method_looks_at_the_key_first",
        does("POST", ".*", lambda _, __: answer_of(200, INVALID), when=lambda r: b'"get_message_stats"' in r.body),
    ),
    ("whatcounts", "WC-large-body/two_mebibytes_are_too_many", asks("POST", "/msg", within(1_048_576))),
    ("getresponse", "authentication/ping/near-key", calls(key_in_small_letters)),
    ("getresponse", "not-found/get_campaign/near-ids", calls(ids_without_blanks)),
)


@pytest.fixture(scope="module", params=["whatcounts", "which50", "getresponse"])
def wire(request: pytest.FixtureRequest) -> Iterator[Wire]:
    yield from in_process(request.param)


def notices(wire: Wire, case_id: str, mangle: Mangle) -> bool:
    try:
        wire.judge(case_id, mangle)
    except Broken:
        return True
    return False


def test_a_case_holds_and_notices_its_fault(wire: Wire) -> None:
    passed_over: list[str] = []
    for provider, case_id, mangle in FAULTS:
        if provider == wire.target.provider:
            wire.judge(case_id, None)
            passed_over += [] if notices(wire, case_id, mangle) else [case_id]
    assert [] == passed_over


def test_near_misses_are_not_quick() -> None:
    promises = contract("which50")
    assert [] == [case.id for case in plan(promises, "quick") if "/near-" in case.id]
