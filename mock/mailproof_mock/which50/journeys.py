"""Journeys, and the contacts that they reached.

A row of the kind `journey` holds what cannot be counted. Its counters, channels and items follow from the
interactions that bear its id, and from the e-mails, text messages and landing pages that belong to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_mock.call import Problem
from mailproof_mock.which50.channels import CHANNELS
from mailproof_mock.which50.declared import as_declared
from mailproof_mock.which50.newness import newest_journeys_first
from mailproof_mock.which50.saving import shown
from mailproof_mock.world import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mailproof_mock.call import Call
    from mailproof_mock.world import World

_Row = dict[str, Any]


async def list_journeys(call: Call) -> list[_Row]:
    """GET journeys: newest first."""
    rows = newest_journeys_first(await call.world.find("journey"))
    return [await shown_journey(call.world, row) for row in rows]


async def get_journey(call: Call) -> _Row:
    """GET journeys/{journeyId}."""
    return await shown_journey(call.world, await journey_of(call))


async def list_journey_contacts(call: Call) -> list[_Row]:
    """GET journeys/{journeyId}/contacts: those with an interaction in the journey."""
    journey = await journey_of(call)
    rows = await call.world.find("interaction", CampaignId=journey["Id"])
    return await shown_contacts(call.world, {row["_contact"] for row in rows})


async def shown_journey(world: World, row: _Row) -> _Row:
    """A row of the kind `journey` as the Campaign that a client sees, with all that can be counted."""
    interactions = await world.find("interaction", CampaignId=row["Id"])
    known = {
        **visible(row),
        "Reach": len({entry["_contact"] for entry in interactions}),
        "Interactions": len(interactions),
        "Unsubscribes": len({entry["_contact"] for entry in interactions if entry.get("_unsubscribed")}),
    }
    for channel in CHANNELS:
        items = await world.find(channel.kind, _journey=row["Id"])
        known[channel.member] = [{"Id": item["Id"], "Name": item["Name"]} for item in items]
    known["Channels"] = ",".join(channel.name for channel in CHANNELS if known[channel.member])
    return as_declared("Campaign", known)


async def shown_contacts(world: World, ids: Iterable[str]) -> list[_Row]:
    """The contacts of those encrypted ids, each once, by their numbers."""
    found = await world.get_some("contact", set(ids))
    return [shown(contact) for contact in sorted(found, key=lambda contact: contact["Id"])]


async def journey_of(call: Call) -> _Row:
    """The journey that the path names. Raises Problem("unknown-journey")."""
    journey = await call.world.get("journey", call.path["journeyId"])
    if journey is None:
        raise Problem("unknown-journey")
    return journey
