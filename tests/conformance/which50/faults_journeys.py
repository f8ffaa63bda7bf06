"""A server for each law of journeys, their activities and reports, with just its promise broken."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from faults import (
    answered,
    backwards,
    each,
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
    from in_process import Mangle

    from mailproof_conformance.exchange import Request

OTHER_USER = "Basic YXBpQGZlcnJ5LW9mZmljZS5leGFtcGxlOlNsYWNrLVdhdGVyLTIy"
OUR_USER = "Basic YXBpQGhhcmJvdXItc3RvcmUuZXhhbXBsZTpUcjR3bGVyLUJhc2tldA=="


def at(pattern: str) -> When:
    """A request whose path ends as the pattern says, in lower case."""
    return lambda request: re.search(f"(?:{pattern})$", request.target.partition("?")[0].lower())


def sets(**values: Any) -> Change:
    return lambda row: {**row, **values}


def alters(**changes: Callable[[dict[str, Any]], Any]) -> Change:
    return lambda row: {**row, **{name: change(row) for name, change in changes.items()}}


def one_more(counter: str) -> Change:
    return lambda row: {**row, counter: row[counter] + 1}


def of_target(change: Change) -> Change:
    return each(lambda activity: {**activity, "Target": change(activity["Target"])})


def reported(member: str, change: Change) -> Mangle:
    """A server that reports something else of the items of a channel."""
    return says(lambda report: {**report, member: [change(row) for row in report[member]]}, at("/reports"))


def spelt_otherwise(request: Request) -> bool:
    last = request.target.rpartition("/")[2]
    return (
        "/reports/" in request.target and last.isalpha() and last != "contacts" and last in {last.lower(), last.upper()}
    )


LIST = at("50api/journeys")
JOURNEY_CONTACTS = at(r"/journeys/\d+/contacts")
ACTIVITIES = at("/activities")
ANY_ITEM = at(r"/reports/\w+/\d+/contacts")
ANY_STATE = at(r"/reports/\w+/\d+/contacts/\w+")

MINIATURES: dict[str, Mangle] = {
    # journeys
    "all_journeys_are_newest_first": says(lambda rows: rows[::-1], LIST),
    "a_journey_is_what_the_list_shows": says(one_more("Interactions"), at(r"/journeys/\d+")),
    "a_contact_has_the_same_journeys": says(each(sets(Comment="?")), at("/contacts/[^/]+/journeys")),
    "contacts_and_journeys_know_each_other": says(lambda rows: rows[1:], JOURNEY_CONTACTS),
    "the_reach_is_the_number_of_contacts": says(each(one_more("Reach")), LIST),
    "interactions_are_those_of_its_contacts": says(each(one_more("Interactions")), LIST),
    "every_contact_has_an_interaction": says(lambda _: [], at(r"/journeyactivities/\d+")),
    "unsubscribes_are_those_of_its_emails": says(each(alters(Unsubscribes=lambda row: row["Reach"])), LIST),
    "items_are_those_of_the_reports": says(each(alters(Emails=lambda row: row["Emails"][::-1])), LIST),
    "channels_are_those_with_items": says(each(sets(Channels="Email,TextMessage")), LIST),
    "the_list_of_a_journey_is_known": told(answered(404, {}), at(r"/contactlists/\d+")),
    "nobody_reached_is_nothing_counted": says(sets(Reach=1), at("/journeys/503")),
    "contacts_are_shown_as_contacts": says(each(sets(ValidationWarnings=None)), at("/activities/3101/contacts")),
    "no_contact_is_listed_twice": says(lambda rows: rows + rows[:1], at("/textmessages/8001/contacts")),
    # activities
    "an_activity_is_what_the_list_shows": says(sets(Name="?"), at(r"/activities/\d+")),
    "an_activity_names_its_journey": says(each(sets(CampaignId=1)), ACTIVITIES),
    "a_target_is_in_the_list_of_the_journey": says(of_target(one_more("ContactListId")), ACTIVITIES),
    "contacts_of_a_target_are_in_its_list": says(each(sets(ListId=1)), at(r"/activities/\d+/contacts")),
    "a_target_counts_its_contacts": says(of_target(one_more("ContactsCount")), ACTIVITIES),
    "no_size_exceeds_the_next": says(
        of_target(alters(ContactsCountEmail=lambda target: target["ContactsCount"] + 1)), ACTIVITIES
    ),
    "email_sizes_follow_the_addresses": says(
        of_target(alters(ContactsCountEmail=lambda target: target["ContactsCountEmailWithDuplicates"])), ACTIVITIES
    ),
    "sms_sizes_follow_the_numbers": says(
        of_target(alters(ContactsCountSms=lambda target: target["ContactsCountSmsWithDuplicates"])), ACTIVITIES
    ),
    # who asks, and for what
    "journeys_are_not_for_strangers": heard(with_header("Authorization", OUR_USER), no("authorization")),
    "journeys_need_their_own_permission": told(status(404, 403), at("/2147483647")),
    "the_permission_for_journeys_is_enough": told(
        answered(403, {}), lambda r: r.header("authorization") != OUR_USER and at("/activities")(r)
    ),
    "journeys_of_others_do_not_exist": heard(
        with_header("Authorization", OTHER_USER), lambda r: "/journeys/601" in r.target
    ),
    "a_journey_nobody_has_is_unknown": told(serves_unknown, at("/2147483647/activities")),
    "an_item_nobody_has_is_unknown": told(serves_unknown, at("/landingpages/2147483647/contacts/[a-z]+")),
    "a_text_message_nobody_has_is_unknown": told(serves_unknown, at("/textmessages/2147483647/contacts")),
    "an_item_belongs_to_one_journey": told(serves_unknown, at(r"/landingpages/\d+/contacts")),
    "an_activity_belongs_to_one_journey": told(serves_unknown, at(r"/activities/\d+")),
    "ids_of_journeys_are_integers": told(status(404, 400), at("/activities/1.5")),
    "what_is_unknown_comes_before_what_does_not_bind": told(status(400, 404), at("/soon/contacts")),
    # forms
    "journeys_are_in_data_contract_form": told(backwards, ACTIVITIES),
    "journeys_say_the_same_in_both_forms": writes(b"Spring", b"Autumn", at("/journeys/501")),
    # counters
    "all_reports_are_those_of_the_channels": says(sets(LandingPages=[]), at("/reports")),
    "email_counters_are_listings": reported("Emails", one_more("Opened")),
    "text_message_counters_are_listings": reported("TextMessages", one_more("Failed")),
    "landing_page_counters_are_listings": reported("LandingPages", one_more("WebformSubmits")),
    "totals_are_at_least_what_is_known": reported("LandingPages", sets(TotalClicks=0)),
    "totals_list_the_known_contacts": says(lambda rows: rows[1:], at("/totalsubmits")),
    "nobody_acts_without_a_visit": reported(
        "LandingPages", alters(TotalSubmits=lambda report: report["TotalVisits"] + 1)
    ),
    "only_what_arrived_is_unsubscribed_from": reported(
        "Emails", alters(Unsubscribes=lambda report: report["Delivered"] + 1)
    ),
    # listings
    "readers_opened_and_openers_got_it": heard(with_target("/Opened", "/Clicked")),
    "who_clicked_had_got_it": heard(with_target("/Clicked", "/SoftBounced"), at("/emails/7021/contacts/clicked")),
    "what_arrives_or_comes_back_was_sent": heard(with_target("/Sent", "/Delivered"), at("/emails/.*")),
    "a_bounce_is_either_soft_or_hard": says(lambda rows: rows[1:], at("/bounced")),
    "a_text_message_arrives_or_fails": heard(with_target("/Failed", "/Sent")),
    "who_clicks_or_submits_visits": heard(with_target("/KnownVisits", "/WebformSubmits")),
    "link_details_list_who_clicked": heard(with_target("/LinkDetails", "/KnownVisits")),
    "without_a_state_everybody_is_listed": says(lambda rows: rows[1:], ANY_ITEM),
    "an_item_reaches_contacts_of_its_journey": says(lambda rows: rows[1:], JOURNEY_CONTACTS),
    "states_are_what_the_contact_shows": says(lambda _: [], at("/opened")),
    "whoever_is_in_a_state_shows_it": says(each(sets(Open=0)), at("/contacts/[^/]+/emails")),
    # states
    "every_state_is_known": told(answered(400, {}), at("/linkdetails")),
    "every_state_of_a_text_message_is_known": told(answered(400, {}), at("/failed")),
    "letters_of_a_state_may_be_of_any_case": told(status(400, 200), spelt_otherwise),
    "states_that_no_report_knows_are_refused": told(status(200, 400), ANY_STATE),
    "states_that_no_text_message_knows_are_refused": told(status(404, 400), ANY_STATE),
    "a_bad_state_is_told_last": told(status(400, 404), at("/seen")),
}

FURTHER: dict[str, tuple[str, Mangle]] = {
    "a hard bounce that counts as soft as well": (
        "W50-email-bounced-soft-or-hard",
        reported("Emails", alters(SoftBounced=lambda report: report["Bounced"])),
    ),
    "contacts in both kinds of bounces": (
        "W50-email-bounced-soft-or-hard",
        heard(with_target("/HardBounced", "/Bounced")),
    ),
    "a contact that got an e-mail twice counts twice": ("W50-email-counters", reported("Emails", one_more("Sent"))),
    "a journey that counts sendings for contacts": (
        "W50-journey-reach",
        says(each(alters(Reach=lambda row: row["Interactions"])), LIST),
    ),
    "text messages that are delivered and failed": (
        "W50-text-message-delivered-or-failed",
        heard(with_target("/Delivered", "/Sent"), at("/textmessages/.*")),
    ),
    "duplicates that are counted once": (
        "W50-target-email-sizes",
        says(
            of_target(alters(ContactsCountEmailWithDuplicates=lambda target: target["ContactsCountEmail"])), ACTIVITIES
        ),
    ),
    "malformed addresses that are counted": (
        "W50-target-email-sizes",
        says(of_target(alters(ContactsCountEmailWithDuplicates=lambda target: target["ContactsCount"])), ACTIVITIES),
    ),
    "a Kelvin sign taken for a k": (
        "W50-bad-state",
        told(answered(200, []), lambda request: "%E2%84%AA" in request.target),
    ),
    "a bad state that is told to strangers": (
        "W50-bad-state-comes-last",
        told(status(400, 401), at("/seen")),
    ),
    "a report in another namespace": (
        "W50-journeys-xml-form",
        writes(rb"W50API\.Models\.DTO", b"W50API.Models.DTO.Reports", at("/reports")),
    ),
    "an item of the journey that is left out": (
        "W50-journey-items",
        says(each(alters(LandingPages=lambda row: row["LandingPages"][1:])), LIST),
    ),
}
