"""Laws about contacts and what reached them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, cast

from mailproof_conformance.laws import law
from mailproof_conformance.which50.agreement import reads_agree
from mailproof_conformance.which50.reads import (
    contacts,
    instant,
    media_types,
    newest_first,
    operations,
    value,
    value_of,
)
from mailproof_conformance.which50.spare_list import OK, SpareList

if TYPE_CHECKING:
    from mailproof_conformance.check import Check

_TEN = 10
_COMMUNICATIONS = "list_contact_communications"
_ACTIVITIES = "list_contact_journey_activities"
_CHANNELS = {
    "Emails": ("list_contact_emails", "Email"),
    "TextMessages": ("list_contact_text_messages", "SMS"),
    "LandingPages": ("list_contact_landing_pages", "LandingPage"),
    "WebForms": ("list_contact_web_forms", "WebForm"),
}
"""Member of the summary: the operation that lists all of the channel, and the kind of its interactions."""
_GATHERINGS = {"RSVPEvents": "Event", "Competitions": "Competition"}

_Row = dict[str, Any]


def _date(row: _Row) -> str | None:
    date: str | None = row["Occurred"] if "Occurred" in row else row["Date"]
    return date


def _as_set(rows: list[_Row]) -> list[str]:
    """Rows in an order of their own, to compare what two lists hold and not how they stand."""
    return sorted(repr(sorted(row.items())) for row in rows)


@law("W50-reads-repeatable")
def a_second_round_of_reads_is_the_same(check: Check) -> None:
    """Every read of every known contact, and then all of them again, backwards."""
    asked = [
        (operation_id, contact)
        for operation_id in operations(check, "W50-reads-repeatable")
        for contact in contacts(check)
    ]
    first = {entry: value(check, *entry) for entry in asked}
    for entry in reversed(asked):
        operation_id, contact = entry
        again = check.call(operation_id, path={"contactId": contact})
        check.equal(first[entry], again.json(), f"{operation_id} a second time")


@law("W50-reads-repeatable")
def reads_in_any_order_and_form_agree(check: Check) -> None:
    """Random walks over contacts, operations, media types and letter cases."""
    check.machine(reads_agree)


@law("W50-newest-first")
def lists_are_newest_first(check: Check) -> None:
    """Every list, and those inside the summary."""
    for operation_id in operations(check, "W50-newest-first"):
        for contact in contacts(check):
            answer = value(check, operation_id, contact)
            lists = cast("dict[str, list[_Row]]", answer if isinstance(answer, dict) else {"": answer})
            for name, rows in lists.items():
                dates = [_date(row) for row in rows]
                check.equal(newest_first(dates), dates, f"the dates of {operation_id} {name}".rstrip())


@law("W50-journeys-newest-first")
def journeys_are_newest_first(check: Check) -> None:
    """The journeys of every known contact."""
    for contact in contacts(check):
        dates = [journey["StartDate"] for journey in value(check, "list_contact_journeys", contact)]
        check.equal(newest_first(dates), dates, "the StartDates of list_contact_journeys")


def _is_newest_ten(check: Check, expected: list[_Row], actual: list[_Row], about: str) -> None:
    """Some rows are the newest ten of others; which of two rows of one date is taken does not matter."""
    check.equal(min(_TEN, len(expected)), len(actual), f"the number of {about}")
    dates = newest_first([_date(row) for row in expected])[:_TEN]
    check.equal(dates, newest_first([_date(row) for row in actual]), f"the dates of {about}")
    surplus = Counter(_as_set(actual)) - Counter(_as_set(expected))
    check.equal([], sorted(surplus), f"{about} that the whole list does not have")


@law("W50-summary-newest-ten")
def the_summary_has_the_newest_ten(check: Check) -> None:
    """Each channel of the summary against the whole list of the channel."""
    for contact in contacts(check):
        summary = value(check, "get_contact_summary", contact)
        for member, (operation_id, _) in _CHANNELS.items():
            _is_newest_ten(check, value(check, operation_id, contact), summary[member], f"{member} of the summary")


@law("W50-summary-events-and-competitions")
def the_summary_has_events_and_competitions(check: Check) -> None:
    """The two kinds without a list of their own against the communications."""
    for contact in contacts(check):
        summary = value(check, "get_contact_summary", contact)
        communications: list[_Row] = value(check, _COMMUNICATIONS, contact)
        for member, kind in _GATHERINGS.items():
            rows = [row for row in communications if row["Interaction"] == kind]
            _is_newest_ten(check, rows, summary[member], f"{member} of the summary")


@law("W50-communications-cover-channels")
def communications_hold_every_channel(check: Check) -> None:
    """Names and dates of each channel against the communications of its kind."""
    for contact in contacts(check):
        communications: list[_Row] = value(check, _COMMUNICATIONS, contact)
        for operation_id, kind in _CHANNELS.values():
            rows = value(check, operation_id, contact)
            expected = sorted(_name_and_date(row) for row in rows)
            actual = sorted(_name_and_date(row) for row in communications if row["Interaction"] == kind)
            check.equal(expected, actual, f"communications of the kind {kind} against {operation_id}")


def _name_and_date(row: _Row) -> str:
    date = _date(row)
    return repr((row["Name"], None if date is None else instant(date)))


@law("W50-journey-activities-are-communications")
def activities_are_the_communications_of_a_journey(check: Check) -> None:
    """Each journey of each known contact, and the sample's."""
    for contact in contacts(check):
        communications: list[_Row] = value(check, _COMMUNICATIONS, contact)
        journeys = {row["CampaignId"] for row in communications} - {None} | {check.sample("journeyId")}
        for journey in sorted(journeys):
            expected = [row for row in communications if row["CampaignId"] == journey]
            actual = value(check, _ACTIVITIES, contact, journeyId=journey)
            check.equal(_as_set(expected), _as_set(actual), f"interactions in journey {journey}")


@law("W50-journey-without-interactions")
def a_journey_can_be_without_interactions(check: Check) -> None:
    """A journey that is known and has reached nobody."""
    journey = check.sample("journeys.without_interactions")
    for contact in contacts(check):
        check.equal([], value(check, _ACTIVITIES, contact, journeyId=journey), f"interactions in journey {journey}")


def _journeys(check: Check, contact: str) -> dict[int, _Row]:
    return {journey["Id"]: journey for journey in value(check, "list_contact_journeys", contact)}


@law("W50-journeys-cover-communications")
def every_journey_met_is_listed(check: Check) -> None:
    """The journeys that the communications name against the list of journeys."""
    for contact in contacts(check):
        met = {row["CampaignId"] for row in value(check, _COMMUNICATIONS, contact)} - {None}
        check.equal([], sorted(met - set(_journeys(check, contact))), "journeys that are met and not listed")


@law("W50-campaign-name-is-journey-name")
def interactions_name_their_journey(check: Check) -> None:
    """The CampaignName of each communication whose journey is listed."""
    for contact in contacts(check):
        journeys = _journeys(check, contact)
        for row in value(check, _COMMUNICATIONS, contact):
            if row["CampaignId"] in journeys:
                expected = journeys[row["CampaignId"]]["Name"]
                check.equal(expected, row["CampaignName"], f"the CampaignName of interaction {row['Id']}")


@law("W50-campaign-id-and-name-together")
def no_journey_has_no_name(check: Check) -> None:
    """Every communication outside a journey."""
    for contact in contacts(check):
        for row in value(check, _COMMUNICATIONS, contact):
            if row["CampaignId"] is None:
                check.equal(None, row["CampaignName"], f"the CampaignName of interaction {row['Id']}")


@law("W50-email-read-was-opened")
def reading_implies_opening(check: Check) -> None:
    """Read without open, open or click without delivery; null says nothing."""
    for contact in contacts(check):
        for row in value(check, "list_contact_emails", contact):
            for later, earlier in (("Read", "Open"), ("Open", "Delivered"), ("Link", "Delivered")):
                check.true(not row[later] or row[earlier] != 0, f"{later} implies {earlier}", actual=row)


@law("W50-contact-without-interactions")
def nothing_is_an_empty_list(check: Check) -> None:
    """The contact that nothing ever reached."""
    contact = check.sample("contacts.empty")
    for operation_id in operations(check, "W50-contact-without-interactions"):
        _is_empty(check, value(check, operation_id, contact), f"{operation_id} of a contact without interactions")


def _is_empty(check: Check, answer: Any, about: str) -> None:
    """Raises Broken unless a list holds nothing, or each list of a summary does."""
    lists = cast("dict[str, list[_Row]]", answer if isinstance(answer, dict) else {"": answer})
    check.equal([], [row for entries in lists.values() for row in entries], about)


@law("W50-contact-without-interactions")
def a_new_contact_has_empty_lists(check: Check) -> None:
    """A contact that came into its list just now, in each media type."""
    spare = SpareList(check)
    path = {"contactId": spare.saved({spare.email: spare.address("new")})["EncContactId"]}
    for turn, operation_id in enumerate(operations(check, "W50-contact-without-interactions")):
        for media_type in check.some(media_types(check, operation_id), 1, turn):
            about = f"{operation_id} of a new contact as {media_type}"
            response = check.call(operation_id, path=path, accept=media_type)
            check.equal(OK, response.status, f"the status of {about}")
            _is_empty(check, value_of(check, operation_id, response), about)
