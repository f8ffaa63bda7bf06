"""Contacts and what reached them.

A row of the kind `interaction` is one dealing of a contact with the platform, and all that is known of it:
what `communications` shows, and in `_detail` what the list of its channel adds. So no list can contradict
another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_mock.call import Problem
from mailproof_mock.which50.declared import as_declared
from mailproof_mock.which50.journeys import shown_journey
from mailproof_mock.which50.newness import newest_journeys_first, newness
from mailproof_mock.world import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mailproof_mock.call import Call
    from mailproof_mock.world import World

_Row = dict[str, Any]

_SUMMARY_SIZE = 10
_CHANNELS = {"Emails": "Email", "TextMessages": "SMS", "LandingPages": "LandingPage", "WebForms": "WebForm"}
_GATHERINGS = {"RSVPEvents": "Event", "Competitions": "Competition"}
_LISTED_AS = {
    "Email": "ContactEmail",
    "SMS": "ContactTextMessage",
    "LandingPage": "ContactLandingPage",
    "WebForm": "ContactWebForm",
}
"""The schema in which the list of a channel shows its interactions."""


async def get_contact(call: Call) -> _Row:
    """GET contacts/{contactId}."""
    return visible(await _contact(call))


async def list_contact_journeys(call: Call) -> list[_Row]:
    """GET contacts/{contactId}/journeys: those in which the contact has an interaction, newest first."""
    rows = await _interactions(call)
    ids = {row["CampaignId"] for row in rows if row["CampaignId"] is not None}
    found = [await call.world.get("journey", journey_id) for journey_id in ids]
    journeys = newest_journeys_first(journey for journey in found if journey is not None)
    return [await shown_journey(call.world, journey) for journey in journeys]


async def list_contact_communications(call: Call) -> list[_Row]:
    """GET contacts/{contactId}/communications."""
    return await _as_interactions(call.world, await _interactions(call))


async def list_contact_journey_activities(call: Call) -> list[_Row]:
    """GET contacts/{contactId}/journeyactivities/{journeyId}."""
    rows = await _interactions(call)
    journey_id = call.path["journeyId"]
    if await call.world.get("journey", journey_id) is None:
        raise Problem("unknown-journey")
    return await _as_interactions(call.world, [row for row in rows if row["CampaignId"] == journey_id])


async def get_contact_summary(call: Call) -> _Row:
    """GET contacts/{contactId}/summary."""
    rows = await _interactions(call)
    summary: _Row = {member: _as_channel(_of_kind(rows, kind)[:_SUMMARY_SIZE]) for member, kind in _CHANNELS.items()}
    for member, kind in _GATHERINGS.items():
        summary[member] = await _as_interactions(call.world, _of_kind(rows, kind)[:_SUMMARY_SIZE])
    return summary


async def list_contact_emails(call: Call) -> list[_Row]:
    """GET contacts/{contactId}/emails."""
    return _as_channel(_of_kind(await _interactions(call), "Email"))


async def list_contact_text_messages(call: Call) -> list[_Row]:
    """GET contacts/{contactId}/textmessages."""
    return _as_channel(_of_kind(await _interactions(call), "SMS"))


async def list_contact_landing_pages(call: Call) -> list[_Row]:
    """GET contacts/{contactId}/landingpages."""
    return _as_channel(_of_kind(await _interactions(call), "LandingPage"))


async def list_contact_web_forms(call: Call) -> list[_Row]:
    """GET contacts/{contactId}/webforms."""
    return _as_channel(_of_kind(await _interactions(call), "WebForm"))


async def _contact(call: Call) -> _Row:
    contact = await call.world.get("contact", call.path["contactId"])
    if contact is None:
        raise Problem("unknown-contact")
    return contact


async def _interactions(call: Call) -> list[_Row]:
    """The contact's interactions, newest first, those without a date last."""
    contact = await _contact(call)
    rows = await call.world.find("interaction", _contact=contact["EncContactId"])
    return sorted(rows, key=lambda row: newness(row["Occurred"], row["Id"]), reverse=True)


def _of_kind(rows: Iterable[_Row], kind: str) -> list[_Row]:
    return [row for row in rows if row["Interaction"] == kind]


async def _as_interactions(world: World, rows: Iterable[_Row]) -> list[_Row]:
    found: list[_Row] = []
    for row in rows:
        journey = None if row["CampaignId"] is None else await world.get("journey", row["CampaignId"])
        found.append({**visible(row), "CampaignName": None if journey is None else journey["Name"]})
    return found


def _as_channel(rows: Iterable[_Row]) -> list[_Row]:
    found: list[_Row] = []
    for row in rows:
        known = {"Name": row["Name"], "Date": row["Occurred"], **row["_detail"]}
        found.append(as_declared(_LISTED_AS[row["Interaction"]], known))
    return found
