"""A server for each law of sends and PDFs, with just its promise broken."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from faults import answered, each, has, header, heard, of, says, status, told, with_header, with_target

from mailproof_conformance.exchange import Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from in_process import Forward, Mangle

    from mailproof_conformance.exchange import Request

OUR_USER = "Basic YXBpQGhhcmJvdXItc3RvcmUuZXhhbXBsZTpUcjR3bGVyLUJhc2tldA=="
SENDS = of("/sendemail", "/sendtextmessage")
PDFS = of("/generatepdf")
WRITES = of("/sendemail", "/sendtextmessage", "/generatepdf", "/contact", "/contactform", "/registerdevice")


def by(verb: str, *endings: str) -> Callable[[Request], bool]:
    """Requests of a verb to some addresses."""
    return lambda request: request.method == verb and bool(of(*endings)(request))


def asks(text: str) -> Callable[[Request], bool]:
    return lambda request: text in request.target


def counting(counted: Callable[[Request], object], where: Callable[[Request], object], member: str) -> Mangle:
    """A server that adds the number of some requests to a member of what it says elsewhere."""
    seen: list[str] = []

    def mangle(request: Request, forward: Forward) -> Response:
        if counted(request):
            seen.append(request.target)

        more = each(lambda row: {**row, member: row[member] + len(seen)})
        return says(more, where)(request, forward)

    return mangle


def stores_first(request: Request, forward: Forward) -> Response:
    """A server that stores the contact of what it refuses."""
    response = forward(request)
    if response.status in {404, 417} and WRITES(request) and request.body.startswith(b"{"):
        body: dict[str, Any] = json.loads(request.body)
        contact: dict[str, Any] = body.get("Contact", body) or {}
        target = re.sub(r"(?i)/(journeys|contactlists)/.*", "/contactLists/31/contact", request.target)
        values = {**contact.get("Values", {}), "LastName": "changed"}
        stored = replace(request, method="POST", target=target, body=json.dumps({"Values": values}).encode())
        forward(stored)
    return response


def first_of(option: str) -> Callable[[Request], Request]:
    """The first of several names in the query."""
    return lambda request: replace(request, target=re.sub(rf"({option}=[^&,]*),[^&]*", r"\1", request.target))


def first_again(when: Callable[[Request], object]) -> Mangle:
    """A server that answers some requests with the first answer of its kind, and does nothing more for them."""
    made: list[Response] = []

    def mangle(request: Request, forward: Forward) -> Response:
        if not when(request):
            return forward(request)
        response = made[0] if made else forward(request)
        if response.status == 200 and not made:
            made.append(response)
        return response

    return mangle


def visited() -> Mangle:
    """A server that takes everybody for a visitor of a landing page."""
    row = {"Id": 9001, "Name": "x", "Date": None, "Link": None, "Submission": None}
    made: list[str] = []

    def mangle(request: Request, forward: Forward) -> Response:
        if PDFS(request):
            made.append(request.target)
        return says(lambda rows: rows + [row] * len(made), of("/landingpages"))(request, forward)

    return mangle


def idle(when: Callable[[Request], object], code: int = 200) -> Mangle:
    """A server that says of some requests that they are done and does nothing."""
    return lambda request, forward: Response(code, {}, b"") if when(request) else forward(request)


def stale(when: Callable[[Request], object]) -> Mangle:
    """A server that goes on giving the first answer that it gave at an address."""
    given: dict[str, Response] = {}

    def mangle(request: Request, forward: Forward) -> Response:
        if not when(request):
            return forward(request)
        response = forward(request)
        return given.setdefault(request.target, response) if response.status == 200 else response

    return mangle


def answers_nobody(response: Response) -> Response:
    return answered(404, {})(response) if response.body == b"[]" else response


def fails_on_control(request: Request, forward: Forward) -> Response:
    broken = PDFS(request) and (b"\\u0007" in request.body or b"\x07" in request.body or len(request.body) > 100_000)
    return replace(forward(request), status=500) if broken else forward(request)


def one_page(request: Request) -> Request:
    return replace(request, target=re.sub(r"(?i)landingpages/\d+/", "landingpages/9001/", request.target))


def without(member: str) -> Callable[[Request], Request]:
    """Requests in which a member of the contact is not seen."""

    def changed(request: Request) -> Request:
        if not request.body.startswith(b"{"):
            written = rb"<(\w+:)?%b[ >].*?</(\w+:)?%b>" % (member.encode(), member.encode())
            return replace(request, body=re.sub(written, b"", request.body, flags=re.DOTALL))
        body: dict[str, Any] = json.loads(request.body)
        contact: dict[str, Any] | None = body.get("Contact", body)
        if contact is not None:
            contact.pop(member, None)
        return replace(request, body=json.dumps(body).encode())

    return changed


MINIATURES: dict[str, Mangle] = {
    # what is left behind
    "the_newest_communication_is_what_was_sent": says(
        each(lambda row: {**row, "Interaction": "Email"}), of("/communications")
    ),
    "the_channel_lists_what_was_sent": says(each(lambda row: {**row, "Open": 1}), of("/emails")),
    "the_summary_begins_with_what_was_sent": says(lambda value: {**value, "TextMessages": []}, of("/summary")),
    "the_journey_is_one_of_the_contact": says(lambda rows: rows[:-1], of("/journeys")),
    "a_send_is_dated_by_the_server": says(
        each(lambda row: {**row, "Occurred": "2020-01-06T09:00:00+00:00"}), of("/communications")
    ),
    "the_journey_reached_whom_was_sent_to": says(lambda value: {**value, "Reach": 3}, of("/journeys/501")),
    "counters_grow_with_each_contact": says(each(lambda row: {**row, "Delivered": 1}), of("/reports/textmessages")),
    "a_send_is_in_two_states": says(lambda rows: rows[:-1], of("/delivered")),
    "a_second_send_counts_nobody": counting(SENDS, of("/reports/emails"), "Sent"),
    "nothing_else_changes": counting(SENDS, of("/contactlists"), "Count"),
    # its contact
    "the_answer_is_the_contact": says(lambda value: {**value, "Values": {}}, by("POST", "/sendemail")),
    "a_send_creates_its_contact": says(lambda value: {**value, "Count": 4}, of("/contactlists/31")),
    "a_send_finds_its_contact_again": heard(without("EncContactId"), SENDS),
    "the_list_is_that_of_the_contact": says(lambda value: {**value, "ListId": 32}, by("PUT", "/sendtextmessage")),
    "all_that_match_the_body_are_updated": heard(with_target("match=", "Match2="), by("POST", "/sendemail")),
    "one_of_those_that_match_is_sent_to": says(lambda rows: rows or [{}], of("/communications")),
    "put_does_what_post_does": says(
        lambda value: {**value, "Values": {**value["Values"], "By": "PUT"}}, by("PUT", "/sendemail")
    ),
    "custom_events_mean_nothing": told(answered(417, {}), asks("customevents=")),
    "xml_sends_as_json_does": told(answered(400, {}), lambda r: SENDS(r) and has("content-type", "text/xml")(r)),
    # those that match
    "everybody_who_matches_is_sent_to": says(lambda rows: rows[:1], by("PATCH", "/sendtextmessage")),
    "nobody_else_is_sent_to": heard(with_target(",LastName", ""), SENDS),
    "nobody_matches": told(answers_nobody, by("PATCH", "/sendemail", "/sendtextmessage")),
    # addresses
    "without_an_address_nothing_is_sent": told(status(200, 417), by("PATCH", "/sendtextmessage")),
    "what_is_no_address_bounces": says(each(lambda row: {**row, "HardBounced": 0}), of("/reports/emails")),
    "what_is_no_number_fails": says(each(lambda row: {**row, "Delivered": 1}), of("/textmessages")),
    # refusals
    "an_unknown_item_is_missed": told(status(417, 404), by("PATCH", "/sendtextmessage")),
    "an_unknown_list_is_missed": told(status(417, 404), by("PUT", "/sendemail")),
    "an_unknown_contact_is_missed": heard(without("EncContactId"), SENDS),
    "a_send_without_a_part_is_refused": told(status(400, 417), SENDS),
    "a_match_that_cannot_be_met_is_refused": told(status(400, 417), by("PATCH", "/sendemail")),
    "a_refused_send_never_was": stores_first,
    "readers_send_nothing": heard(with_header("Authorization", OUR_USER), PDFS),
    "the_first_thing_wrong_is_answered": told(status(417, 404), SENDS),
    "sends_take_three_verbs": told(header("allow", "GET"), of("/sendemail")),
    # PDFs
    "a_landing_page_is_a_pdf": told(header("content-type", "application/octet-stream"), PDFS),
    "a_pdf_is_of_its_contact": first_again(PDFS),
    "a_pdf_is_of_its_landing_page": heard(one_page),
    "any_value_makes_a_pdf": fails_on_control,
    "a_pdf_creates_its_contact": says(lambda value: {**value, "Count": 4}, of("/contactlists/31")),
    "a_pdf_finds_its_contact_again": heard(with_target("match=", "Match2="), PDFS),
    "custom_events_run_with_a_pdf": heard(with_target("customevents=", "events="), PDFS),
    "a_pdf_counts_nowhere": visited(),
    "an_unknown_landing_page_is_missed": told(status(417, 404), PDFS),
    "a_match_of_a_pdf_that_cannot_be_met_is_refused": told(status(400, 417), PDFS),
    "a_refused_pdf_never_was": stores_first,
    "errors_of_a_pdf_are_negotiated": told(header("content-type", "application/json"), PDFS),
    # everything at once
    "all_views_agree_after_any_writes": says(lambda value: {**value, "Count": 4}, of("/contactlists/31")),
    "all_views_agree_after_each_kind_of_write": says(lambda value: {**value, "Count": 4}, of("/contactlists/31")),
}

VIEWS = "W50-views-agree"


def loses_last(request: Request) -> Request:
    """A batch without its last contact."""
    if not request.body.startswith(b"["):
        return request
    return replace(request, body=json.dumps(json.loads(request.body)[:-1]).encode())


def one_more(member: str) -> Callable[[Any], Any]:
    return lambda value: {**value, member: value[member] + 1}


def every_hour_counts(value: Any) -> Any:
    return {**value, "Reach": value["Interactions"]}


FURTHER: dict[str, tuple[str, Mangle]] = {
    "a list that is short of one contact": (VIEWS, says(lambda rows: rows[:-1], of("/contactlists/31/contacts"))),
    "a form that is not stored": (VIEWS, idle(of("/contactform"))),
    "a device whose contact is not stored": (VIEWS, heard(without("Values"), of("/registerdevice"))),
    "a contact that is not stored with its PDF": (VIEWS, first_again(PDFS)),
    "values that a contact had before": (VIEWS, stale(lambda r: r.method == "GET" and "/contacts/" in r.target)),
    "a write that answers one of those that match": (VIEWS, says(lambda rows: rows[:1], by("PATCH", "/contact"))),
    "a send that answers one of those that match": (VIEWS, says(lambda rows: rows[:1], by("PATCH", "/sendemail"))),
    "a job that counts one too many": (VIEWS, says(one_more("InsertedContacts"), lambda r: "/import/" in r.target)),
    "a job that counts what did not change": (
        VIEWS,
        says(one_more("UpdatedContacts"), lambda r: "/import/" in r.target),
    ),
    "a job that loses a contact": (VIEWS, heard(loses_last, lambda r: r.method == "POST" and "/import/" in r.target)),
    "an upload that is not kept": (VIEWS, idle(by("POST", "/files"))),
    "a deletion that keeps the file": (VIEWS, idle(by("DELETE", "/files"))),
    "a report of yesterday": (VIEWS, stale(of("/reports"))),
    "a state that lacks who was sent to": (VIEWS, says(lambda rows: rows[:-1], of("/contacts/sent"))),
    "a state that holds who did nothing": (VIEWS, stale(of("/contacts/hardbounced"))),
    "a journey that counts interactions for contacts": (VIEWS, says(every_hour_counts, of("/journeys/501"))),
    "communications without text messages": (
        VIEWS,
        says(lambda rows: [row for row in rows if row["Interaction"] != "SMS"], of("/communications")),
    ),
    "a send by PUT that is none": (VIEWS, first_again(by("PUT", "/sendemail"))),
    "what is refused is stored": (VIEWS, stores_first),
    "a match that is not heard": (VIEWS, heard(with_target("match=", "Match2="), by("POST", "/contact"))),
    "a second send that is none": ("W50-send-in-communications", first_again(by("POST", "/sendtextmessage"))),
    "a bounce that was delivered": (
        "W50-email-to-malformed-address-bounces",
        says(lambda rows: rows[:0], of("/contacts/hardbounced")),
    ),
    "a bare text for a PDF": ("W50-pdf-is-a-pdf", told(lambda r: replace(r, body=b"Spring offers"), PDFS)),
    "a PDF that breaks off": ("W50-pdf-is-a-pdf", told(lambda r: replace(r, body=r.body[:2000]), PDFS)),
    "a PDF that is matched by the first field alone": ("W50-pdf-updates-contact", heard(first_of("match"), PDFS)),
    "a PDF with the first of its events alone": ("W50-pdf-custom-events", heard(first_of("customevents"), PDFS)),
    "a PDF of everybody": ("W50-pdf-of-contact", heard(without("Values"), PDFS)),
}
