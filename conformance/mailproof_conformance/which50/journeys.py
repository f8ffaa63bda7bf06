"""Laws about journeys, what can be counted of them, and the contacts that they reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_conformance.laws import law
from mailproof_conformance.which50.journey_reads import CHANNELS, EMAILS, Row, ids, items, journeys, read, small
from mailproof_conformance.which50.reads import contacts, newest_first

if TYPE_CHECKING:
    from mailproof_conformance.check import Check

_FEW = 20
"""Contacts of a journey that are looked at one by one."""
_SOME = 3
"""Contacts that are taken from a listing."""


@law("W50-journeys-newest-first")
def all_journeys_are_newest_first(check: Check) -> None:
    """The journeys of the account."""
    dates = [journey["StartDate"] for journey in journeys(check)]
    check.equal(newest_first(dates), dates, "the StartDates of list_journeys")


@law("W50-journey-as-listed")
def a_journey_is_what_the_list_shows(check: Check) -> None:
    """Each journey by its id."""
    for journey in journeys(check):
        found = read(check, "get_journey", journeyId=journey["Id"])
        check.equal(journey, found, f"journey {journey['Id']} by its id")


@law("W50-journey-of-contact-as-listed")
def a_contact_has_the_same_journeys(check: Check) -> None:
    """The journeys of each known contact."""
    listed = {journey["Id"]: journey for journey in journeys(check)}
    for contact in contacts(check):
        for journey in read(check, "list_contact_journeys", contactId=contact):
            if journey["Id"] in listed:
                check.equal(listed[journey["Id"]], journey, f"journey {journey['Id']} among those of a contact")


@law("W50-contact-in-journey")
def contacts_and_journeys_know_each_other(check: Check) -> None:
    """Each journey with the known contacts, and with some of those that it reached."""
    reached = {
        journey["Id"]: ids(read(check, "list_journey_contacts", journeyId=journey["Id"])) for journey in journeys(check)
    }
    asked = {*contacts(check), *(contact for found in reached.values() for contact in sorted(found)[:_SOME])}
    for contact in sorted(asked):
        own = {journey["Id"] for journey in read(check, "list_contact_journeys", contactId=contact)}
        expected = sorted(journey for journey, found in reached.items() if contact in found)
        check.equal(expected, sorted(own & reached.keys()), f"the journeys of contact {contact}")


@law("W50-journey-reach")
def the_reach_is_the_number_of_contacts(check: Check) -> None:
    """Each journey and the contacts that it reached."""
    for journey in journeys(check):
        found = read(check, "list_journey_contacts", journeyId=journey["Id"])
        check.equal(journey["Reach"], len(found), f"the contacts of journey {journey['Id']} against its Reach")


@law("W50-journey-interactions")
def interactions_are_those_of_its_contacts(check: Check) -> None:
    """The journeys that reached few, contact by contact."""
    for journey in small(journeys(check), _FEW):
        found = [
            row
            for contact in sorted(ids(read(check, "list_journey_contacts", journeyId=journey["Id"])))
            for row in read(check, "list_contact_journey_activities", contactId=contact, journeyId=journey["Id"])
        ]
        check.equal(journey["Interactions"], len(found), f"the interactions in journey {journey['Id']}")


@law("W50-journey-interactions-of-each-contact")
def every_contact_has_an_interaction(check: Check) -> None:
    """The two counters of each journey, and an interaction of some of its contacts."""
    for journey in journeys(check):
        about = f"the Interactions and the Reach of journey {journey['Id']}"
        counted = (journey["Interactions"], journey["Reach"])
        check.true(journey["Interactions"] >= journey["Reach"] >= 0, about, actual=counted)
        reached = ids(read(check, "list_journey_contacts", journeyId=journey["Id"]))
        for contact in sorted(reached)[:_SOME]:
            path = {"contactId": contact, "journeyId": journey["Id"]}
            found = read(check, "list_contact_journey_activities", **path)
            check.true(found, f"the interactions of contact {contact} in journey {journey['Id']}", actual=found)


@law("W50-journey-unsubscribes")
def unsubscribes_are_those_of_its_emails(check: Check) -> None:
    """The counter of each journey between the greatest and the sum of those of its e-mails."""
    for journey in journeys(check):
        counts = [report["Unsubscribes"] for report in read(check, EMAILS.reports, journeyId=journey["Id"])]
        least, most = max(counts, default=0), min(sum(counts), journey["Reach"])
        about = f"the Unsubscribes of journey {journey['Id']}"
        check.true(
            least <= journey["Unsubscribes"] <= most,
            about,
            expected=f"{least} to {most}",
            actual=journey["Unsubscribes"],
        )


@law("W50-journey-items")
def items_are_those_of_the_reports(check: Check) -> None:
    """Each channel of each journey against the reports of the channel."""
    for journey in journeys(check):
        for channel in CHANNELS:
            reports = read(check, channel.reports, journeyId=journey["Id"])
            expected = [{"Id": report["Id"], "Name": report["Name"]} for report in reports]
            check.equal(expected, journey[channel.member], f"the {channel.member} of journey {journey['Id']}")


@law("W50-journey-channels")
def channels_are_those_with_items(check: Check) -> None:
    """The Channels of each journey, and what it has of each."""
    for journey in journeys(check):
        expected = [channel.name for channel in CHANNELS if journey[channel.member]]
        named = journey["Channels"] or ""
        found = named.split(",") if named else list[str]()
        check.equal(sorted(expected), sorted(found), f"the Channels of journey {journey['Id']}")


@law("W50-journey-list-is-known")
def the_list_of_a_journey_is_known(check: Check) -> None:
    """The ListId of each journey that has one."""
    for list_id in sorted({journey["ListId"] for journey in journeys(check)} - {None}):
        response = check.call("get_contact_list", path={"contactListId": list_id})
        check.equal(200, response.status, f"the status of list {list_id}, which a journey uses")


@law("W50-journey-that-reached-nobody")
def nobody_reached_is_nothing_counted(check: Check) -> None:
    """A journey that is known and has reached nobody."""
    journey = read(check, "get_journey", journeyId=check.sample("journeys.without_interactions"))
    for counter in ("Reach", "Interactions", "Unsubscribes"):
        check.equal(0, journey[counter], f"the {counter} of a journey that reached nobody")
    found = read(check, "list_journey_contacts", journeyId=journey["Id"])
    check.equal([], found, "the contacts of a journey that reached nobody")


@law("W50-journey-contacts-as-contacts")
def contacts_are_shown_as_contacts(check: Check) -> None:
    """Some contacts of each journey, activity and item, against each by its id."""
    for turn, (about, found) in enumerate(_listings(check)):
        for contact in check.some(found[:_SOME], 1, turn):
            expected = read(check, "get_contact", contactId=contact["EncContactId"])
            check.equal(expected, contact, f"a contact in {about}")


@law("W50-journey-contacts-once")
def no_contact_is_listed_twice(check: Check) -> None:
    """The contacts of each journey, activity and item."""
    for about, found in _listings(check):
        check.equal(len(ids(found)), len(found), f"the number of {about}, each once")


def _listings(check: Check) -> list[tuple[str, list[Row]]]:
    """Lists of contacts with what they are called: of journeys, of their activities, of their items."""
    found: list[tuple[str, list[Row]]] = []
    for journey in journeys(check):
        path: dict[str, Any] = {"journeyId": journey["Id"]}
        found.append((f"the contacts of journey {journey['Id']}", read(check, "list_journey_contacts", **path)))
        for activity in read(check, "list_activities", **path):
            listed = read(check, "list_activity_contacts", **path, activityId=activity["Id"])
            found.append((f"the contacts of activity {activity['Id']}", listed))
    found.extend((item.about(), item.contacts()) for item in items(check))
    return found
