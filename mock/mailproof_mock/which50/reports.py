"""What became of the e-mails, text messages and landing pages of a journey.

Everything here is worked out from the interactions that bear the journey's id, so a counter and the listing behind
it cannot differ.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from mailproof_mock.call import Problem
from mailproof_mock.which50.channels import CHANNELS, EMAILS, LANDING_PAGES, TEXT_MESSAGES, Channel
from mailproof_mock.which50.journeys import journey_of, shown_contacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from mailproof_mock.call import Call
    from mailproof_mock.world import World

_Row = dict[str, Any]
_Facts = dict[str, set[str]]
"""By contact, what is known of it and an item: the flags above zero, `Soft` and `Hard` bounces, `unsubscribed`."""


async def get_journey_reports(call: Call) -> _Row:
    """GET journeys/{journeyId}/reports."""
    journey = await journey_of(call)
    interactions = await call.world.find("interaction", CampaignId=journey["Id"])
    return {channel.member: await _reports(call.world, journey, channel, interactions) for channel in CHANNELS}


async def list_email_reports(call: Call) -> list[_Row]:
    """GET journeys/{journeyId}/reports/emails."""
    return await _reports_of(call, EMAILS)


async def list_email_contacts(call: Call) -> list[_Row]:
    """GET journeys/{journeyId}/reports/emails/{emailId}/contacts: all to whom it was sent."""
    return await _contacts_of(call, EMAILS)


async def list_email_contacts_by_state(call: Call) -> list[_Row]:
    """GET journeys/{journeyId}/reports/emails/{emailId}/contacts/{state}."""
    return await _contacts_by_state(call, EMAILS)


async def list_text_message_reports(call: Call) -> list[_Row]:
    """GET journeys/{journeyId}/reports/textmessages."""
    return await _reports_of(call, TEXT_MESSAGES)


async def list_text_message_contacts(call: Call) -> list[_Row]:
    """GET journeys/{journeyId}/reports/textmessages/{textMessageId}/contacts: all to whom it was sent."""
    return await _contacts_of(call, TEXT_MESSAGES)


async def list_text_message_contacts_by_state(call: Call) -> list[_Row]:
    """GET journeys/{journeyId}/reports/textmessages/{textMessageId}/contacts/{state}."""
    return await _contacts_by_state(call, TEXT_MESSAGES)


async def list_landing_page_reports(call: Call) -> list[_Row]:
    """GET journeys/{journeyId}/reports/landingpages."""
    return await _reports_of(call, LANDING_PAGES)


async def list_landing_page_contacts(call: Call) -> list[_Row]:
    """GET journeys/{journeyId}/reports/landingpages/{landingpageId}/contacts: all who visited it."""
    return await _contacts_of(call, LANDING_PAGES)


async def list_landing_page_contacts_by_state(call: Call) -> list[_Row]:
    """GET journeys/{journeyId}/reports/landingpages/{landingpageId}/contacts/{state}."""
    return await _contacts_by_state(call, LANDING_PAGES)


async def _reports_of(call: Call, channel: Channel) -> list[_Row]:
    journey = await journey_of(call)
    interactions = await call.world.find("interaction", CampaignId=journey["Id"])
    return await _reports(call.world, journey, channel, interactions)


async def _reports(world: World, journey: _Row, channel: Channel, interactions: Iterable[_Row]) -> list[_Row]:
    by_item: dict[int, list[_Row]] = {}
    for row in interactions:
        if row["Interaction"] == channel.interaction:
            by_item.setdefault(row["_detail"]["Id"], []).append(row)
    items = await world.find(channel.kind, _journey=journey["Id"])
    return [_report(item, _facts_of(by_item.get(item["Id"], ())), channel) for item in items]


async def _contacts_of(call: Call, channel: Channel) -> list[_Row]:
    return await shown_contacts(call.world, await _facts(call, channel))


async def _contacts_by_state(call: Call, channel: Channel) -> list[_Row]:
    facts = await _facts(call, channel)
    state = channel.states[call.path["state"]]
    return await shown_contacts(call.world, [contact for contact, known in facts.items() if _is_in(state, known)])


async def _facts(call: Call, channel: Channel) -> _Facts:
    """What is known of the item that the path names. Raises Problem where the journey has no such item."""
    journey = await journey_of(call)
    item = await call.world.get(channel.kind, call.path[channel.parameter])
    if item is None or item["_journey"] != journey["Id"]:
        raise Problem(channel.unknown)
    interactions = await call.world.find("interaction", CampaignId=journey["Id"])
    of_channel = (row for row in interactions if row["Interaction"] == channel.interaction)
    return _facts_of(row for row in of_channel if row["_detail"]["Id"] == item["Id"])


def _facts_of(interactions: Iterable[_Row]) -> _Facts:
    """What is known of an item; of several interactions with a contact it is all that any of them says."""
    found: _Facts = {}
    for row in interactions:
        contact = row["_contact"]
        facts = found.get(contact)
        if facts is None:
            facts = found[contact] = set()
        for name, value in row["_detail"].items():
            if value and name != "Id":
                facts.add(name)
        if row.get("_bounce"):
            facts.add(row["_bounce"])
        if row.get("_unsubscribed"):
            facts.add("unsubscribed")
    return found


def _report(item: _Row, facts: _Facts, channel: Channel) -> _Row:
    alike = Counter(map(frozenset, facts.values()))  # a thousand contacts differ in a dozen ways
    anonymous: Mapping[str, int] = item.get("_anonymous") or {}
    counts: _Row = {
        name: sum(times for known, times in alike.items() if _is_in(state, known))
        + anonymous.get(state.get("anonymous", ""), 0)
        for name, state in channel.states.items()
    }
    unsubscribes = sum(times for known, times in alike.items() if "unsubscribed" in known)
    whole = {"Id": item["Id"], "Name": item["Name"], **counts, "Unsubscribes": unsubscribes}
    return {member: whole[member] for member in channel.report_members}


def _is_in(state: Mapping[str, Any], known: AbstractSet[str]) -> bool:
    """Whether a contact of which this is known is in a state."""
    if "set" in state:
        return state["set"] in known
    if "unset" in state:
        return state["unset"] not in known
    if "bounce" in state:
        bounce = "Hard" if "Hard" in known else "Soft" if "Soft" in known else None
        return bounce in state["bounce"]
    return True
