"""A server for each law of contact lists and of the writes to them, with just its promise broken."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from faults import (
    answered,
    backwards,
    each,
    has,
    heard,
    no,
    says,
    serves_unknown,
    status,
    told,
    with_header,
    with_target,
    writes,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from faults import Change, When
    from in_process import Forward, Mangle

    from mailproof_conformance.exchange import Request, Response


def user(text: str) -> str:
    return f"Basic {base64.b64encode(text.encode()).decode()}"


OUR_USER = user("api@harbour-store.example:Tr4wler-Basket")
OTHER_USER = user("api@ferry-office.example:Slack-Water-22")
READER = user("lists@harbour-store.example:Capstan-17")
SPARE, CUSTOMERS = "/34/", "/31/"
FIELDS = {"Email", "Mobile", "FirstName", "LastName", "ReferanceAccountId", "Visits"}
FORM = "/contactform"


def at(pattern: str, *methods: str) -> When:
    """A request whose path ends as the pattern says, in lower case, by one of some verbs."""
    return lambda request: (
        re.search(f"(?:{pattern})$", request.target.partition("?")[0].lower())
        and (not methods or request.method in methods)
    )


def patches_whom_it_saved() -> Mangle:
    """A server that takes every patch for one of the contact that it saved last, and forgets to write."""
    saved: list[Response] = []

    def mangle(request: Request, forward: Forward) -> Response:
        if request.method == "PATCH" and saved:
            return replace(saved[0], body=b"[" + saved[0].body + b"]")
        response = forward(request)
        if request.method == "POST" and response.status == 200:
            saved[:] = [response]
        return response

    return mangle


def asked(pattern: str) -> When:
    """A request whose address holds a pattern."""
    return lambda request: re.search(pattern, request.target)


posted, patched = at("/contact", "POST"), at("/contact", "PATCH")


def sets(**values: Any) -> Change:
    return lambda row: {**row, **values}


def without(name: str) -> Callable[[Request], Request]:
    """A server that does not know a query parameter."""
    return lambda request: replace(request, target=re.sub(rf"(?<=[?&]){re.escape(name)}=[^&]*&?", "", request.target))


def rewritten(pattern: str, new: str) -> Callable[[Request], Request]:
    return lambda request: replace(request, target=re.sub(pattern, new, request.target))


def takes(change: Change, when: When = posted) -> Mangle:
    """A server that takes the JSON of some bodies for something else."""

    def changed(request: Request) -> Request:
        if "json" not in (request.header("content-type") or "") or not request.body:
            return request
        try:
            value = json.loads(request.body)
        except ValueError:
            return request
        return replace(request, body=json.dumps(change(value)).encode()) if isinstance(value, dict) else request

    return heard(changed, when)


def of_values(change: Change) -> Change:
    """The same change to the Values of a contact."""
    return lambda contact: {**contact, "Values": change(contact.get("Values") or {})}


def drops(*names: str) -> Change:
    return lambda row: {name: value for name, value in row.items() if name not in names}


def without_nulls(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def only(names: set[str]) -> Change:
    return lambda row: {name: value for name, value in row.items() if name in names}


def reads_as(old: bytes, new: bytes, when: When) -> Mangle:
    """A server that misreads the bytes of some bodies."""
    return heard(lambda request: replace(request, body=request.body.replace(old, new)), when)


def and_then(follow: Callable[[Request, Response], Request | None], when: When) -> Mangle:
    """A server that does one more thing after some requests."""

    def mangle(request: Request, forward: Forward) -> Response:
        response = forward(request)
        further = follow(request, response) if when(request) else None
        if further is not None:
            forward(further)
        return response

    return mangle


def bare(request: Request) -> Request:
    return replace(request, target=request.target.partition("?")[0])


def written_anyway(request: Request, response: Response) -> Request | None:
    return bare(request) if response.status == 417 else None


def written_whole(request: Request, response: Response) -> Request | None:
    """What matched is written too."""
    if response.status != 200 or "match=" not in request.target:
        return None
    contact = {**json.loads(request.body), "EncContactId": response.json()["EncContactId"]}
    return replace(bare(request), body=json.dumps(contact).encode())


def created_anyway(request: Request, response: Response) -> Request | None:
    return replace(bare(request), method="POST") if response.status == 200 and response.json() == [] else None


def elsewhere_too(request: Request, response: Response) -> Request | None:
    return replace(request, target=request.target.replace(SPARE, CUSTOMERS)) if response.status == 200 else None


def reader(request: Request) -> bool:
    return request.header("authorization") == READER


def reader_who_posts(request: Request) -> bool:
    return reader(request) and request.method == "POST"


def clock_runs_back() -> Mangle:
    asked_for: list[int] = []

    def change(text: str) -> str:
        asked_for.append(1)
        return f"{2030 - len(asked_for)}{text[4:]}"

    return says(change, at("/servertime"))


MINIATURES: dict[str, Mangle] = {
    # lists, fields, journeys and contacts
    "a_list_is_what_the_list_of_lists_shows": says(sets(Name="?"), at(r"/contactlists/\d+")),
    "a_list_counts_its_contacts": says(each(lambda row: {**row, "Count": row["Count"] + 1}), at("/contactlists")),
    "a_list_can_be_empty": told(status(404, 200), at("/33/contacts")),
    "contacts_bear_the_id_of_their_list": says(each(sets(ListId=31)), at("/contacts")),
    "contacts_of_a_list_are_shown_whole": says(each(sets(ValidationWarnings=["?"])), at(r"/\d+/contacts")),
    "contacts_come_by_their_numbers": heard(rewritten("$", "?$orderby=FirstName"), at("/32/contacts")),
    "a_field_is_what_the_list_of_fields_shows": says(sets(Name="?"), at(r"/fields/\d+")),
    "fields_stand_by_position": says(lambda rows: rows[::-1], at("/fields")),
    "no_two_fields_share_a_name": says(each(sets(Name="Email")), at("/fields")),
    "values_belong_to_fields": says(lambda rows: rows[1:], at("/fields")),
    "a_field_belongs_to_one_list": told(serves_unknown, at(r"/fields/\d+")),
    "a_list_knows_the_journeys_that_use_it": says(lambda rows: rows[:1], at(r"/\d+/journeys")),
    # the time of the server, and the forms of all answers
    "the_server_tells_one_time_in_every_form": writes(rb"(OffsetMinutes>)0<", rb"\g<1>60<"),
    "the_time_never_goes_backwards": clock_runs_back(),
    "a_literal_segment_is_no_list": told(status(400, 405)),
    "paths_of_lists_in_any_case": told(status(404, 200), asked("/CONTACTLISTS")),
    "lists_are_in_data_contract_form": told(backwards, at("/contactlists")),
    "lists_say_the_same_in_every_form": writes(b"Dublin", b"Cork"),
    # who asks, and what comes first
    "lists_are_not_for_strangers": heard(with_header("Authorization", OUR_USER), no("authorization")),
    "lists_need_their_own_permission": told(status(404, 403), asked("2147483647")),
    "a_reader_sees_what_others_see": says(lambda rows: rows[1:], lambda r: reader(r) and at("/fields")(r)),
    "a_reader_writes_nothing": heard(with_header("Authorization", OUR_USER), reader_who_posts),
    "lists_of_others_do_not_exist": heard(with_header("Authorization", OTHER_USER), asked("/61")),
    "a_list_nobody_has_is_unknown": told(serves_unknown),
    "a_field_nobody_has_is_unknown": told(serves_unknown),
    "ids_of_lists_are_integers": told(status(404, 400)),
    "an_unknown_list_comes_before_all_else": told(status(400, 404), asked(r"\?")),
    "a_body_that_cannot_be_read_is_refused": told(status(200, 400)),
    # what the query may ask of the contacts of a list
    "a_filter_gives_whom_it_names": heard(without("$filter")),
    "comparisons_are_joined_by_and": heard(rewritten("%20and%20.*", "")),
    "letter_case_is_nothing_to_a_filter": heard(without("$FILTER")),
    "numbers_and_truths_are_compared": told(answered(200, []), asked(r"eq%20'\d+'")),
    "the_empty_text_is_a_value": heard(with_target("eq%20''", "eq%20null")),
    "near_texts_are_other_texts": heard(rewritten("%20and%20.*", "")),
    "near_texts_match_nobody": patches_whom_it_saved(),
    "long_texts_match_to_their_last_character": patches_whom_it_saved(),
    "null_is_no_value": says(lambda rows: rows[:1], asked("eq%20null")),
    "a_text_in_a_filter_is_a_text": told(status(400, 200), asked("''")),
    "contacts_are_sorted_by_a_field": heard(with_target("%20desc", "")),
    "a_part_is_a_part_of_the_whole": heard(without("$skip")),
    "a_part_is_taken_last": heard(without("$filter"), asked(r"\$top")),
    "an_option_that_cannot_be_read_is_refused": told(status(200, 400)),
    # a contact that is posted
    "a_new_contact_is_in_the_list": says(lambda rows: rows[:-1], at("/34/contacts")),
    "a_new_contact_has_an_opaque_id": says(lambda row: {**row, "EncContactId": row["EncContactId"] + "/="}, posted),
    "the_count_follows_writes": says(sets(Count=5), at("/contactlists/34")),
    "a_contact_is_found_again_by_its_address": reads_as(b"READER", b"X", posted),
    "without_an_address_a_contact_is_new": takes(
        of_values(lambda values: {**values, "Email": values.get("Email") or "nobody@example.com"})
    ),
    "a_contact_is_found_by_its_encrypted_id": takes(drops("EncContactId")),
    "an_unknown_contact_is_not_created": takes(drops("EncContactId")),
    "what_is_not_given_stays": takes(of_values(lambda values: {"FirstName": None, **values})),
    "null_replaces_a_value": takes(of_values(without_nulls)),
    "defaults_fill_what_is_not_given": says(of_values(drops("Language")), posted),
    "names_of_fields_in_any_case": takes(of_values(only(FIELDS))),
    "names_of_members_in_any_case": takes(only({"Values", "EncContactId"})),
    "the_path_names_the_list": heard(with_target("/34/", "/33/"), lambda r: b'"ListId": 33' in r.body),
    "members_of_answers_are_ignored": takes(lambda body: {**body, "Values": 5} if "Further" in body else body),
    "every_binding_leaves_the_same_contact": reads_as(b"plain", b"Plain", has("content-type", "xml")),
    "an_unknown_field_is_warned_of": says(sets(ValidationWarnings=[]), posted),
    "a_malformed_address_is_warned_of_and_kept": says(sets(ValidationWarnings=[]), posted),
    "nothing_wrong_no_warnings": says(sets(ValidationWarnings=None), posted),
    "what_is_refused_is_not_done": and_then(written_anyway, posted),
    # which contacts a write is for
    "a_contact_is_found_by_one_field": heard(without("match"), posted),
    "several_fields_must_all_match": heard(rewritten("(match=[^&,]*),[^&]*", r"\1"), posted),
    "all_that_match_are_updated": says(lambda rows: rows[:1], patched),
    "letter_case_is_nothing_to_a_match": told(status(417, 200), asked("match=%20")),
    "a_number_is_its_digits": told(answered(200, []), asked(r"&FirstName=\d+")),
    "values_that_matched_are_not_written": and_then(written_whole, posted),
    "a_post_that_matches_nobody_creates": heard(without("match"), posted),
    "a_patch_that_matches_nobody_does_nothing": and_then(created_anyway, patched),
    "a_patch_writes_what_the_body_says": takes(of_values(drops("FirstName")), patched),
    "other_lists_are_left_alone": and_then(elsewhere_too, at("/34/contact", "POST", "PATCH")),
    "only_names_of_fields_can_match": told(status(200, 417)),
    "each_name_needs_a_value": told(status(200, 417)),
    "a_patch_says_what_it_matches": told(status(200, 417)),
    "names_of_the_query_in_any_case": heard(without("MATCH")),
    "writes_in_any_order_leave_what_they_say": takes(of_values(drops("ReferanceAccountId"))),
    # forms, devices and custom events
    "a_form_is_a_contact": reads_as(b"plain", b"Plain", has("content-type", "multipart")),
    "a_form_is_answered_with_nothing": told(answered(200, {}), at(FORM)),
    "a_form_without_a_list_is_refused": told(status(200, 417)),
    "reserved_keys_are_no_fields": reads_as(b"match=", b"Nickname=", at(FORM)),
    "a_file_is_no_value": told(status(200, 417)),
    "a_form_is_nothing_else": told(status(200, 415)),
    "a_device_comes_with_its_contact": heard(without("match"), at("/registerdevice")),
    "a_device_has_an_id": told(status(200, 400)),
    "an_event_reaches_whom_it_should": heard(without("customevents"), patched),
    "an_unknown_event_is_refused": told(status(200, 417)),
}


FURTHER: dict[str, tuple[str, Mangle]] = {
    "a contact that two lists have": (
        "W50-list-contacts-name-their-list",
        says(lambda rows: [*rows, *rows[:1]], at("/31/contacts")),
    ),
    "a field that is not listed": ("W50-values-are-of-fields", says(lambda rows: rows[:-1], at("/32/fields"))),
    "a journey of another list": (
        "W50-journeys-of-list",
        heard(with_target("/contactLists/33/journeys", "/contactLists/31/journeys")),
    ),
    "journeys with the oldest first": ("W50-journeys-of-list", says(lambda rows: rows[::-1], at(r"/\d+/journeys"))),
    "a time without its offset": ("W50-server-time-forms", says(lambda text: text[:-6] + "Z", at("/servertime"))),
    "a time in an element of another name": ("W50-lists-xml-form", writes(b"DateTimeOffset", b"dateTime")),
    "a list that a stranger finds": ("W50-lists-credentials-required", told(status(404, 401), asked("2147483647"))),
    "a filter that heeds letter case": ("W50-filter-in-any-case", told(answered(200, []), asked("%20eq%20'[A-Z]+'"))),
    "a filter that takes the first of its comparisons": (
        "W50-filter-null",
        heard(rewritten("%20and%20.*", ""), asked("eq%20null")),
    ),
    "a top before the skip": ("W50-top-and-skip", says(lambda rows: rows[1:], asked("skip=[1-9].*top="))),
    "a part before the filter": ("W50-options-in-turn", says(lambda rows: rows[:2], asked("filter.*top="))),
    "an empty filter that is refused": (
        "W50-options-malformed",
        told(answered(400, {"Message": "no"}), asked(r"\$filter=$")),
    ),
    "a default that an update writes": (
        "W50-default-on-create",
        takes(of_values(lambda values: {"Language": "en", **values})),
    ),
    "a contact that is only in the answer": (
        "W50-post-creates",
        told(answered(404, {"Message": "no"}), at(r"/contacts/[\w-]+")),
    ),
    "a warning about something good": ("W50-no-warnings", says(sets(ValidationWarnings=["?"]), posted)),
    "a malformed number that is left out": ("W50-warning-malformed-address", takes(of_values(drops("Mobile")))),
    "a warning that names nothing": (
        "W50-warning-unknown-field",
        says(lambda row: {**row, "ValidationWarnings": ["?" for _ in row["ValidationWarnings"]]}, posted),
    ),
    "a patch that updates the first alone": (
        "W50-match-updates-every",
        heard(rewritten(r"match=(\w+)", r"match=\1,Email"), patched),
    ),
    "a match that heeds letter case": ("W50-match-in-any-case", told(answered(200, []), asked("&FIRSTNAME="))),
    "an empty value that matches": (
        "W50-match-missing-value",
        told(answered(200, []), lambda r: r.method == "PATCH" and r.target.endswith("FirstName=")),
    ),
    "a form that answers what it stored": ("W50-form-answers-nothing", told(answered(200, None), at(FORM))),
    "a form that is read in part": ("W50-form-media-types", told(status(200, 400))),
    "an event for a contact without one": (
        "W50-customevents-run",
        heard(
            lambda request: replace(request, target=f"{request.target}?customevents=SendWelcomeEmail"),
            lambda request: posted(request) and "?" not in request.target,
        ),
    ),
    "an event that is run twice": ("W50-customevents-run", and_then(lambda request, _: request, asked("customevents"))),
    "a number that leads to a contact": (
        "W50-new-id-opaque",
        told(answered(200, {}), at(r"/contacts/\d+")),
    ),
    "an encrypted id that changes": (
        "W50-new-id-opaque",
        takes(of_values(lambda values: {**values, "Email": "x" + values["Email"]} if len(values) > 1 else values)),
    ),
}
