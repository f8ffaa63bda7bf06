"""A server for each law of the contacts and of the front door, with just its promise broken."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from faults import (
    answered,
    asks_for,
    backwards,
    each,
    everywhere,
    has,
    header,
    heard,
    indented,
    members,
    no,
    of,
    says,
    serves_unknown,
    status,
    told,
    with_header,
    with_target,
    writes,
)

if TYPE_CHECKING:
    from in_process import Forward, Mangle

    from mailproof_conformance.exchange import Request, Response

SAMPLE, EMPTY, NUMBER = "kD3vR8sXw2LqTn5YbC7mZg", "xG8qCv5RnM1eSk4WdJ7tLy", "4101"
OTHER_USER = "Basic YXBpQGZlcnJ5LW9mZmljZS5leGFtcGxlOlNsYWNrLVdhdGVyLTIy"
OUR_USER = "Basic YXBpQGhhcmJvdXItc3RvcmUuZXhhbXBsZTpUcjR3bGVyLUJhc2tldA=="
W50 = b"http://schemas.datacontract.org/2004/07/W50API.Models.DTO"


def drifts() -> Mangle:
    """A server that adds one more e-mail with every answer."""
    asked: list[int] = []

    def change(rows: list[Any]) -> list[Any]:
        asked.append(1)
        return rows + rows[:1] * len(asked)

    return says(change, of("/emails"))


def oldest_ten(request: Request, forward: Forward) -> Response:
    """A summary with the wrong end of the list of e-mails."""
    response = forward(request)
    if response.status != 200 or not of("/summary")(request):
        return response
    whole = forward(replace(request, target=request.target.replace("/summary", "/emails"))).json()
    return replace(response, body=json.dumps({**response.json(), "Emails": whole[-10:]}).encode())


def creates_on_read() -> Mangle:
    """A server in which a contact that was asked for twice comes into being."""
    seen: set[str] = set()

    def mangle(request: Request, forward: Forward) -> Response:
        response = forward(request)
        if response.status == 404 and request.target in seen:
            return answered(200, [])(response)
        seen.add(request.target)
        return response

    return mangle


def first_range_only(request: Request) -> Request:
    return with_header("Accept", (request.header("accept") or "*/*").partition(";")[0])(request)


def anything_goes(request: Request) -> bool:
    return request.header("authorization") not in (None, OUR_USER, OTHER_USER) and no("x-api-key")(request) is True


def mixed_case(request: Request) -> bool:
    path = request.target.removeprefix("/Which50API")
    return any(part != part.lower() and len(part) < 20 for part in path.split("/"))  # ids are longer


OPENED = {"Open": 0, "Read": 1}
DATE = (
    rb'<(\w+) xmlns:d(\d)p1="http://schemas.datacontract.org/2004/07/System"><d\dp1:DateTime>([^<]+)</d\dp1:DateTime>'
    rb"<d\dp1:OffsetMinutes>-?\d+</d\dp1:OffsetMinutes></\1>"
)

MINIATURES: dict[str, Mangle] = {
    # media types
    "each_media_type_is_given_when_asked_for": heard(with_header("Accept", "application/json"), asks_for("text/json")),
    "json_is_the_same_under_every_name": says(
        lambda value: value[1:], lambda r: asks_for("csp")(r) and of("/emails")(r)
    ),
    "xml_is_the_same_under_both_names": writes(b"Ada", b"Eve", asks_for("text/xml")),
    "json_comes_unasked": heard(with_header("Accept", "text/xml"), lambda r: r.header("accept") in (None, "*/*")),
    "unknown_media_types_fall_back": told(status(406, 200), asks_for("image/")),
    "the_highest_weight_wins": heard(first_range_only),
    "csp_report_has_no_space_between_tokens": told(indented, asks_for("csp")),
    "members_stand_as_declared": says(everywhere(lambda item: dict(sorted(item.items())))),
    # dates
    "offsets_are_irish": told(lambda r: replace(r, body=r.body.replace(b'+01:00"', b'+00:00"'))),
    "dates_are_two_elements": writes(DATE, rb"<\1>\3</\1>"),
    "both_forms_name_one_instant": writes(rb"(:OffsetMinutes>)60<", rb"\g<1>0<"),
    # XML
    "both_carry_the_same_values": writes(b"Spring", b"Autumn"),
    "members_are_in_ordinal_order": told(backwards, of("/communications")),
    "members_of_a_contact_are_in_ordinal_order": told(backwards, of(SAMPLE.lower())),
    "members_of_all_else_are_in_ordinal_order": told(backwards, of("/webforms")),
    "interactions_are_in_their_namespace": writes(W50 + rb"\.Contacts", W50, of("/communications")),
    "channels_are_in_their_namespace": writes(W50 + rb"\.Contacts", W50, of("/webforms")),
    "all_else_is_in_its_namespace": writes(W50 + rb"\.Contacts", W50, of("/emails")),
    "a_contact_is_in_two_namespaces": writes(rb"W50Common\.Model\.DTO", b"W50API.Models.DTO"),
    "values_are_keys_and_values": writes(b"KeyValueOfstringanyType", b"KeyValuePairOfstringanyType"),
    "every_value_has_a_type": writes(rb' i:type="[^"]*"', b""),
    "null_is_nil": writes(rb'<(\w+) i:nil="true"([^>]*) />', rb"<\1\2></\1>"),
    "empty_is_not_nil": writes(rb"<(\w+)((?: xmlns(?::\w+)?=\S+)*) />", rb'<\1 i:nil="true"\2 />'),
    "xml_can_always_be_parsed": writes(b"&amp;", b"&"),
    # callers
    "every_read_asks_for_credentials": heard(with_header("Authorization", OUR_USER), no("authorization")),
    "unreadable_credentials_are_refused": heard(
        with_header("Authorization", OUR_USER), has("authorization", "^Bearer")
    ),
    "made_up_credentials_are_refused": heard(with_header("Authorization", OUR_USER), anything_goes),
    "a_known_user_needs_the_password": heard(with_header("Authorization", OTHER_USER), anything_goes),
    "a_refusal_names_the_realm": told(header("www-authenticate", "Basic")),
    "the_key_shows_what_its_user_sees": told(answered(401, {}), has("x-api-key")),
    "a_user_without_the_permission_is_refused": told(status(200, 403)),
    "an_unknown_contact_is_not_told_to_strangers": told(status(404, 401)),
    "an_unknown_contact_is_not_told_without_permission": told(status(404, 403)),
    "a_bad_journey_id_comes_after_the_caller": told(status(400, 401), of("/soon")),
    "contacts_of_others_do_not_exist": heard(
        with_header("Authorization", OTHER_USER), lambda r: "mE5jUs8DkQ2wYt6RzG3nXb" in r.target
    ),
    # addresses
    "made_up_ids_are_unknown": told(serves_unknown),
    "an_unknown_journey_is_missed": told(serves_unknown, of("/2147483647")),
    "a_journey_id_is_a_number": told(status(404, 400)),
    "a_contact_bears_the_id_it_was_asked_by": says(lambda value: {**value, "EncContactId": "q7Zk"}, of(SAMPLE.lower())),
    "encrypted_ids_need_no_escape": says(lambda value: {**value, "EncContactId": NUMBER}, of(SAMPLE.lower())),
    "json_hides_the_number": says(lambda value: {**value, "Id": 4101}, of(SAMPLE.lower())),
    "the_number_leads_nowhere": heard(with_target(NUMBER, SAMPLE)),
    "literal_segments_in_any_case": told(status(404, 200), mixed_case),
    "an_escape_is_its_character": told(answered(404, {}), lambda r: "%" in r.target),
    "one_slash_at_the_end_changes_nothing": told(answered(404, {}), of("/")),
    "queries_change_nothing": says(lambda value: value[:1], lambda r: "top=1" in r.target and "/emails" in r.target),
    "other_verbs_are_refused": told(header("allow", None)),
    "broken_paths_find_nothing": told(status(500, 400)),
    "json_errors_have_a_message": told(answered(401, {"error": "no"}), no("authorization")),
    "errors_are_negotiated": told(header("content-type", "application/json"), no("authorization")),
    # contacts
    "a_second_round_of_reads_is_the_same": drifts(),
    "reads_in_any_order_and_form_agree": creates_on_read(),
    "lists_are_newest_first": says(lambda value: value[::-1], of("/landingpages")),
    "journeys_are_newest_first": says(lambda value: value[::-1], of("/journeys")),
    "the_summary_has_the_newest_ten": says(members(lambda rows: rows + rows[:1]), of("/summary")),
    "the_summary_has_events_and_competitions": says(
        lambda value: {**value, "RSVPEvents": value["Competitions"]}, of("/summary")
    ),
    "communications_hold_every_channel": says(lambda rows: rows[:-1], of("/textmessages")),
    "activities_are_the_communications_of_a_journey": heard(
        lambda r: replace(r, target=re.sub(r"journeyactivities/\d+", "communications", r.target))
    ),
    "a_journey_can_be_without_interactions": told(status(404, 200), of("/503")),
    "every_journey_met_is_listed": says(lambda rows: rows[1:], of("/journeys")),
    "interactions_name_their_journey": says(
        each(lambda row: {**row, "CampaignName": row["CampaignName"] and "?"}), of("/communications")
    ),
    "no_journey_has_no_name": says(each(lambda row: {**row, "CampaignName": "?"}), of("/communications")),
    "reading_implies_opening": says(each(lambda row: {**row, **OPENED}), of("/emails")),
    "nothing_is_an_empty_list": told(answered(404, {}), lambda r: EMPTY in r.target),
}

FURTHER: dict[str, tuple[str, Mangle]] = {
    "a path that is decoded twice": ("W50-path-escapes", heard(with_target("%25", "%"))),
    "a journey in another namespace": ("W50-xml-further-namespaces", writes(W50 + b'"', W50 + b'.X"', of("/journeys"))),
    "a summary out of order": ("W50-xml-further-member-order", told(backwards, of("/summary"))),
    "a summary of nine": ("W50-summary-newest-ten", says(members(lambda rows: rows[:9]), of("/summary"))),
    "a summary of the oldest": ("W50-summary-newest-ten", oldest_ten),
    "a text message of another contact": (
        "W50-communications-cover-channels",
        says(each(lambda row: {**row, "Name": "Not yours"}), of("/textmessages")),
    ),
    "the seventh digit is dropped": ("W50-xml-date-same-instant", writes(rb"(\.\d{6})\d(Z)", rb"\1\2")),
    "a local time with a Z": ("W50-xml-date-same-instant", writes(rb"T20:50:00Z", b"T21:50:00Z")),
    "no Z": ("W50-xml-date-in-two-parts", writes(rb"(DateTime>[^<Z]+)Z<", rb"\1<")),
    "parts of a date the wrong way round": ("W50-xml-date-in-two-parts", told(backwards)),
    "a null that is left out": ("W50-xml-nil", writes(rb'<(\w+) i:nil="true"[^>]* />', b"")),
    "a null that is the text null": (
        "W50-xml-nil",
        writes(rb'<(\w+) i:nil="true"([^>]*) />', rb'<\1 i:nil="true"\2>null</\1>'),
    ),
    "a value of another type": (
        "W50-xml-says-what-json-says",
        writes(rb'i:type="(\w+):(?:int|long|boolean|double)"', rb'i:type="\1:string"'),
    ),
    "an encrypted id that needs an escape": (
        "W50-encrypted-id-opaque",
        says(lambda value: {**value, "EncContactId": "q7/Zk+="}, of(SAMPLE.lower())),
    ),
    "an XML error in a namespace": (
        "W50-error-in-media-type-asked-for",
        writes(rb"<Error>", b'<Error xmlns="' + W50 + b'">'),
    ),
}
