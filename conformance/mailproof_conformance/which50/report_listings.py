"""Laws about the contacts in the states of a report, and how the states lie within each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailproof_conformance.laws import law
from mailproof_conformance.which50.journey_reads import (
    CHANNELS,
    EMAILS,
    LANDING_PAGES,
    TEXT_MESSAGES,
    Channel,
    ids,
    items,
    read,
    states,
)
from mailproof_conformance.which50.reads import contacts

if TYPE_CHECKING:
    from mailproof_conformance.check import Check

_EVERYBODY = {EMAILS: "Sent", TEXT_MESSAGES: "Sent", LANDING_PAGES: "KnownVisits"}


def _lie_within(check: Check, channel: Channel, *pairs: tuple[str, str]) -> None:
    for item in items(check, channel):
        for inner, outer in pairs:
            if item.report[inner]:
                strangers = item.ids(inner) - item.ids(outer)
                check.equal([], sorted(strangers), f"{item.about(inner)} that are not in {outer}")


@law("W50-email-read-within-opened")
def readers_opened_and_openers_got_it(check: Check) -> None:
    """Read, opened and delivered, for every e-mail."""
    _lie_within(check, EMAILS, ("Read", "Opened"), ("Opened", "Delivered"))


@law("W50-email-clicked-within-delivered")
def who_clicked_had_got_it(check: Check) -> None:
    """Clicked and delivered, for every e-mail."""
    _lie_within(check, EMAILS, ("Clicked", "Delivered"))


@law("W50-email-delivered-and-bounced-within-sent")
def what_arrives_or_comes_back_was_sent(check: Check) -> None:
    """Delivered, bounced and sent, for every e-mail."""
    _lie_within(check, EMAILS, ("Delivered", "Sent"), ("Bounced", "Sent"))


@law("W50-email-bounced-soft-or-hard")
def a_bounce_is_either_soft_or_hard(check: Check) -> None:
    """The contacts of the three states, and the three counters, for every e-mail."""
    for item in items(check, EMAILS):
        report = item.report
        parts = report["SoftBounced"] + report["HardBounced"]
        check.equal(report["Bounced"], parts, f"SoftBounced and HardBounced of e-mail {report['Id']}")
        soft, hard = item.ids("SoftBounced"), item.ids("HardBounced")
        check.equal([], sorted(soft & hard), f"{item.about('SoftBounced')} that are in HardBounced as well")
        check.equal(sorted(item.ids("Bounced")), sorted(soft | hard), f"{item.about('Bounced')} against its two kinds")


@law("W50-text-message-delivered-or-failed")
def a_text_message_arrives_or_fails(check: Check) -> None:
    """The contacts of the three states, for every text message."""
    for item in items(check, TEXT_MESSAGES):
        delivered, failed = item.ids("Delivered"), item.ids("Failed")
        check.equal([], sorted(delivered & failed), f"{item.about('Delivered')} that are in Failed as well")
        check.equal(sorted(item.ids("Sent")), sorted(delivered | failed), f"{item.about('Sent')} against the other two")


@law("W50-landing-page-clicks-within-visits")
def who_clicks_or_submits_visits(check: Check) -> None:
    """Clicks, submits and visits, for every landing page."""
    _lie_within(check, LANDING_PAGES, ("KnownClicks", "KnownVisits"), ("WebformSubmits", "KnownVisits"))


@law("W50-link-details-are-clicks")
def link_details_list_who_clicked(check: Check) -> None:
    """The listing of LinkDetails and that of KnownClicks, for every landing page."""
    for item in items(check, LANDING_PAGES):
        expected = sorted(item.ids("KnownClicks"))
        check.equal(expected, sorted(item.ids("LinkDetails")), f"{item.about('LinkDetails')} against KnownClicks")


@law("W50-report-contacts-without-state")
def without_a_state_everybody_is_listed(check: Check) -> None:
    """The contacts of every item against those to whom it was sent, or who visited it."""
    for item in items(check):
        state = _EVERYBODY[item.channel]
        check.equal(sorted(item.ids(state)), sorted(item.ids()), f"{item.about()} against {state}")


@law("W50-report-contacts-of-journey")
def an_item_reaches_contacts_of_its_journey(check: Check) -> None:
    """The contacts of every item and those of its journey."""
    reached: dict[int, set[str]] = {}
    for item in items(check):
        journey = item.journey["Id"]
        if journey not in reached:
            reached[journey] = ids(read(check, "list_journey_contacts", journeyId=journey))
        check.equal([], sorted(item.ids() - reached[journey]), f"{item.about()} that the journey did not reach")


@law("W50-states-follow-interactions")
def states_are_what_the_contact_shows(check: Check) -> None:
    """The flags in the lists of each known contact, against the states that ask for them."""
    known = contacts(check)
    for channel in CHANNELS:
        listed = {contact: read(check, channel.listed, contactId=contact) for contact in known}
        for item in items(check, channel):
            for state, marks in states(check, channel).items():
                if "set" not in marks:
                    continue
                rows = {
                    contact: [row for row in listed[contact] if row["Id"] == item.report["Id"]] for contact in known
                }
                expected = [contact for contact in known if any(row[marks["set"]] for row in rows[contact])]
                actual = [contact for contact in known if contact in item.ids(state)] if any(rows.values()) else []
                check.equal(expected, actual, f"{item.about(state)} against the {channel.member} of each contact")


@law("W50-states-are-shown-by-contacts")
def whoever_is_in_a_state_shows_it(check: Check) -> None:
    """The first contact of each state that asks for a flag, against the list of the contact."""
    for item in items(check):
        for state, marks in states(check, item.channel).items():
            if "set" in marks and item.report.get(state):
                for contact in item.contacts(state)[:1]:
                    rows = read(check, item.channel.listed, contactId=contact["EncContactId"])
                    found = [row[marks["set"]] for row in rows if row["Id"] == item.report["Id"]]
                    check.true(any(found), f"the {marks['set']} of the first of {item.about(state)}", actual=found)
