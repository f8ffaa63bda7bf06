"""Laws about what reports count: each counter is the number of contacts that its listing holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailproof_conformance.laws import law
from mailproof_conformance.which50.journey_reads import (
    CHANNELS,
    EMAILS,
    LANDING_PAGES,
    TEXT_MESSAGES,
    Channel,
    counters,
    items,
    journeys,
    read,
    states,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof_conformance.check import Check


@law("W50-reports-by-channel")
def all_reports_are_those_of_the_channels(check: Check) -> None:
    """The three members of each journey's report against the lists of the channels."""
    for journey in journeys(check):
        whole = read(check, "get_journey_reports", journeyId=journey["Id"])
        for channel in CHANNELS:
            expected = read(check, channel.reports, journeyId=journey["Id"])
            check.equal(expected, whole[channel.member], f"the {channel.member} of the reports of {journey['Id']}")


def _counters_are_listings(check: Check, channel: Channel) -> None:
    for turn, item in enumerate(items(check, channel)):
        for state in check.some(counters(check, item), 5, turn):
            if "anonymous" not in states(check, channel)[state]:
                about = f"{item.about(state)} against the counter"
                check.equal(item.report[state], len(item.contacts(state)), about)


@law("W50-email-counters")
def email_counters_are_listings(check: Check) -> None:
    """Every counter of every e-mail."""
    _counters_are_listings(check, EMAILS)


@law("W50-text-message-counters")
def text_message_counters_are_listings(check: Check) -> None:
    """Every counter of every text message."""
    _counters_are_listings(check, TEXT_MESSAGES)


@law("W50-landing-page-counters")
def landing_page_counters_are_listings(check: Check) -> None:
    """Every counter of every landing page that counts known contacts."""
    _counters_are_listings(check, LANDING_PAGES)


def _totals(check: Check) -> Iterator[tuple[str, str]]:
    """Each state that counts unknown visitors as well, and the one with the same contacts that does not."""
    known = states(check, LANDING_PAGES)
    for total, marks in known.items():
        if "anonymous" in marks:
            alike = {name: value for name, value in marks.items() if name != "anonymous"}
            yield total, next(state for state, others in known.items() if others == alike)


@law("W50-landing-page-totals")
def totals_are_at_least_what_is_known(check: Check) -> None:
    """Every total of every landing page against its listing."""
    for item in items(check, LANDING_PAGES):
        for total, _ in _totals(check):
            known = len(item.contacts(total))
            about = f"the counter {total} of {item.about()}"
            check.true(item.report[total] >= known, about, expected=f"{known} or more", actual=item.report[total])


@law("W50-landing-page-totals-list-known")
def totals_list_the_known_contacts(check: Check) -> None:
    """Each pair of states of every landing page, total and known."""
    for item in items(check, LANDING_PAGES):
        for total, known in _totals(check):
            check.equal(sorted(item.ids(known)), sorted(item.ids(total)), f"{item.about(total)} against {known}")


@law("W50-landing-page-totals-within-visits")
def nobody_acts_without_a_visit(check: Check) -> None:
    """The totals of every landing page."""
    for item in items(check, LANDING_PAGES):
        for counter in ("TotalClicks", "TotalSubmits"):
            visits, found = item.report["TotalVisits"], item.report[counter]
            check.true(
                found <= visits, f"the counter {counter} of {item.about()}", expected=f"<= {visits}", actual=found
            )


@law("W50-email-unsubscribes-were-delivered")
def only_what_arrived_is_unsubscribed_from(check: Check) -> None:
    """The Unsubscribes of every e-mail."""
    for item in items(check, EMAILS):
        most, found = item.report["Delivered"], item.report["Unsubscribes"]
        about = f"the Unsubscribes of e-mail {item.report['Id']}"
        check.true(0 <= found <= most, about, expected=f"0 to {most}", actual=found)
