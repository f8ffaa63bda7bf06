"""Laws that look where a fault shows in rare conditions only: each holds for the mock, and notices such a server."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import pytest
from in_process import Wire, in_process
from moves import answer_of, asks, body, does, is_array, is_object, query, query_of

from mailproof_conformance.getresponse.questions import UNKNOWN_ID as UNKNOWN
from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from moves import Forward, Mangle

    from mailproof_conformance.exchange import Request, Response

SEND = "/msg/sendWithCustomerKey/.*"
STICKY = "/msg/sendWithCustomerKey/Sticky List/.*"
LONGEST = 100
INVALID = {"jsonrpc": "2.0", "id": 1, "error": {"code": -32602, "message": "Invalid params", "data": None}}


def named(path: str, change: Callable[[str], str]) -> Mangle:
    """A server that changes the name of a campaign before it looks at it."""

    def rewrite(request: Request) -> Request:
        pairs = [part.partition("=") for part in query_of(request).split("&")]
        changed = [
            name + mark + (quote(change(unquote(value))) if name == "campaignName" else value)
            for name, mark, value in pairs
        ]
        return replace(request, target=request.target.partition("?")[0] + "?" + "&".join(changed))

    return asks("POST", path, rewrite, when=lambda request: "campaignName=" in query_of(request))


def as_text(value: Any) -> Any:
    number = value.get("campaignName") if is_object(value) else None
    return {**value, "campaignName": str(number)} if isinstance(number, int | float) else None


def read_once(request: Request) -> Request:
    """The last of two members counts, where the name of one is escaped."""
    return replace(request, body=json.dumps(json.loads(request.body)).encode())


def objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if is_object(item)] if is_array(value) else []


def conditions(change: Callable[[dict[str, Any]], None]) -> Mangle:
    """A server that changes the operators of a condition before it looks at them."""

    def changed(value: Any) -> Any:
        for condition in objects(value.get("params")) if is_object(value) else []:
            for operators in objects(list(condition.values())):
                change(operators)
        return value

    return asks("POST", ".*", body(changed))


def without_second_negation(operators: dict[str, Any]) -> None:
    if "NOT_EQUALS" in operators:
        operators.pop("NOT_CONTAINS", None)


def day_alone(operators: dict[str, Any]) -> None:
    if "AT" in operators:
        operators.pop("FROM", None)


def wraps(operators: dict[str, Any]) -> None:
    """Seconds of 32 bits."""
    for name, day in operators.items():
        if name in {"FROM", "TO", "AT"} and isinstance(day, str) and "2038-01-19" < day < "2106":
            operators[name] = "1901-12-14"


def known_until_an_unknown_one(value: Any) -> Any:
    for condition in objects(value.get("params")) if is_object(value) else []:
        listed = condition.get("campaigns")
        if is_array(listed) and UNKNOWN in listed:
            condition["campaigns"] = listed[: listed.index(UNKNOWN)]
    return value


def address_after_conditions(request: Request, forward: Forward) -> Response:
    answer = forward(request)
    wrong = b'"get_message_stats"' in request.body and b'"nvsd"' not in request.body
    return answer_of(200, INVALID) if wrong and b"IP not allowed" in answer.body else answer


def plain_percent(operators: dict[str, Any]) -> None:
    if operators.get("NOT_CONTAINS") == "%":
        operators["NOT_CONTAINS"] = "a percent sign"


FAULTS: tuple[tuple[str, str, Mangle], ...] = (
    (
        "whatcounts",
        "WC-campaign-names-exact/two_letter_cases_are_two_campaigns",
        named(SEND, lambda name: "".join(one if one.isascii() else one.lower() for one in name)),
    ),
    (
        "whatcounts",
        "WC-campaign-sticky-list/a_sticky_list_groups",
        asks("POST", STICKY, query("format=2", "format=2&campaignName=pages")),
    ),
    (
        "whatcounts",
        "WC-campaign-name-limit/longer_names_leave_the_sticky_campaign_to_its_list",
        named(STICKY, lambda name: name[:LONGEST]),
    ),
    (
        "whatcounts",
        "WC-query-without-text-ignored/bytes_that_are_no_text_change_nothing",
        asks("POST", SEND, query("(campaignName=[^&]*)%ff", r"\1%EF%BF%BD")),
    ),
    (
        "whatcounts",
        "WC-short-send-wrong-options-ignored/a_campaign_that_is_no_text_is_none",
        asks("POST", "/msg", body(as_text)),
    ),
    (
        "getresponse",
        "GR-repeated-member/a_repeated_member_is_a_parse_error",
        asks("POST", ".*", read_once, when=lambda request: rb"\u00" in request.body),
    ),
    ("getresponse", "GR-percent-spans-lines/wildcards_stand_for_line_breaks", conditions(plain_percent)),
    ("getresponse", "GR-time-operators-and/operators_together_find_what_each_finds", conditions(day_alone)),
    ("getresponse", "GR-from-whole-day/from_takes_its_day_in", conditions(wraps)),
    ("getresponse", "GR-to-whole-day/to_takes_its_day_in", conditions(wraps)),
    (
        "getresponse",
        "GR-unknown-campaign/unknown_campaigns_add_nothing",
        asks("POST", ".*", body(known_until_an_unknown_one)),
    ),
    (
        "getresponse",
        "GR-key-before-conditions/an_untrusted_address_is_told_before_wrong_conditions",
        does("POST", ".*", address_after_conditions),
    ),
    ("getresponse", "GR-text-operators-and/several_operators_hold_together", conditions(without_second_negation)),
)


@pytest.fixture(scope="module", params=["whatcounts", "getresponse"])
def wire(request: pytest.FixtureRequest) -> Iterator[Wire]:
    yield from in_process(request.param)


def test_a_law_holds_and_notices_its_fault(wire: Wire) -> None:
    passed_over: list[str] = []
    for provider, case_id, mangle in FAULTS:
        if provider == wire.target.provider:
            wire.judge(case_id, None)
            try:
                wire.judge(case_id, mangle)
            except Broken:
                continue
            passed_over.append(case_id)
    assert [] == passed_over
