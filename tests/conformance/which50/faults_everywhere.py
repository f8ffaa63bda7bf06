"""A server for each law that tries every operation, every way to write or every text, with one of them broken."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from moves import answer_of, answers, asks, body, data, does, is_array, is_object, query, raw, with_body, xml

if TYPE_CHECKING:
    from moves import Forward, Mangle, Rewrite

    from mailproof_conformance.exchange import Request, Response

LIST = r"/contactLists/\d+"
SEND = r"/journeys/send(Email|TextMessage)"
REPORTS = r"/journeys/\d+/reports/emails"


def spaced(_: Request, answer: Response) -> Response:
    """JSON with a space after each comma, in one of the media types."""
    if answer.media_type != "application/csp-report":
        return answer
    return with_body(answer, json.dumps(answer.json(), ensure_ascii=False).encode())


def cut_at(most: int) -> Rewrite:
    """A server that keeps so many characters of a value."""

    def cut(value: Any) -> Any:
        contact = value.get("Contact", value)
        contact["Values"] = {k: v[:most] if isinstance(v, str) else v for k, v in contact["Values"].items()}
        return value

    return body(cut)


def empties_the_number(request: Request, forward: Forward) -> Response:
    """A device takes the mobile number of its contact with it, unless it is given."""
    found = json.loads(request.body)["Contact"]["Values"]
    if "Mobile" in found:
        return forward(request)
    value = {"DeviceId": "x", "Contact": {"Values": {**found, "Mobile": None}}}
    return forward(replace(request, body=json.dumps(value).encode()))


def without(*names: str) -> Rewrite:
    """A server that does not know these spellings of members, however deep."""

    def known(value: Any) -> Any:
        if is_array(value):
            return [known(item) for item in value]
        if is_object(value):
            return {name: known(item) for name, item in value.items() if name not in names}
        return value

    return body(known)


def capitals_only(request: Request, forward: Forward) -> Response:
    """A form whose key for the list is written in small letters has none."""
    if re.search(rb"(^|&|\")listid(=|\")", request.body):
        return answer_of(417, {"Message": "The parameters of the request are invalid."})
    return forward(request)


def asks_for_csp(request: Request) -> bool:
    return request.header("accept") == "application/csp-report"


MINIATURES: dict[str, Mangle] = {
    "no_answer_has_space_between_tokens": answers("GET", f"{LIST}/fields", spaced, when=asks_for_csp),
    "all_members_stand_as_declared": answers("GET", REPORTS, data(lambda v: [dict(sorted(one.items())) for one in v])),
    "any_text_is_kept_to_the_letter": asks("POST", f"{LIST}/registerDevice", cut_at(255)),
    "any_text_of_a_send_is_kept_to_the_letter": asks("PUT", SEND, cut_at(4_000)),
    "a_match_takes_a_text_to_the_letter": asks("PATCH", f"{LIST}/contact", query("%2B", "%20")),
    "a_filter_takes_a_text_to_the_letter": asks("GET", f"{LIST}/contacts", query("%2B", "%20")),
    "every_way_of_updating_leaves_the_rest": does("POST", f"{LIST}/registerDevice", empties_the_number),
    "every_event_of_every_way_is_run": asks("POST", f"{LIST}/registerDevice", query("customevents=[^&]*", "")),
    "members_of_every_body_in_any_case": asks("PATCH", f"{LIST}/contact", without("values")),
    "members_of_a_send_in_any_case": asks("PUT", SEND, without("VALUES")),
    "a_job_in_each_state_is_the_same_in_every_form": answers(
        "GET", f"{LIST}/import/\\d+", xml(lambda text: re.sub(r"<FinishDate i:nil=[^>]*/>", "<FinishDate />", text))
    ),
    "several_fields_of_a_send_must_all_match": asks("PUT", SEND, query(r"(match=[^&,%]*)(,|%2C)[^&]*", r"\1")),
    "reserved_keys_in_each_spelling": does("POST", "/contactLists/contactForm", capitals_only),
}

FURTHER: dict[str, tuple[str, Mangle]] = {
    "a batch in XML that keeps its first contact": (
        "W50-import-batch-in-any-media-type",
        asks("POST", f"{LIST}/import/\\d+", raw(r"(</(?:\w+:)?Contact>).*(</(?:\w+:)?ArrayOfContact>)", r"\1\2")),
    ),
    "the second of two events": (
        "W50-customevents-run",
        asks("PATCH", f"{LIST}/contact", query(r"(customevents=[^&,%]*)(,|%2C)[^&]*", r"\1")),
    ),
    "a filter that finds parts": (
        "W50-records-filter",
        asks("GET", f"{LIST}/linkeddata/\\d+/records", query(r"(%27|')(Dubli|ublin)(%27|')", "'Dublin'")),
    ),
    "a composed form": (
        "W50-post-creates",
        asks("POST", f"{LIST}/contact", body(lambda v: json.loads(json.dumps(v).replace("e\\u0301", "\\u00e9")))),
    ),
}
