"""Activities of a journey, and the segments of its contact list at which they are aimed.

A row of the kind `activity` says in `_target` which contacts are meant: those of the journey's list that have the
values in `where`. Its sizes follow from them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_mock.call import Problem
from mailproof_mock.which50.addresses import is_email, is_mobile
from mailproof_mock.which50.contact_schema import comparable
from mailproof_mock.which50.declared import as_declared
from mailproof_mock.which50.journeys import journey_of
from mailproof_mock.which50.saving import shown
from mailproof_mock.which50.sending import EMAIL_FIELD, MOBILE_FIELD, address

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mailproof_mock.call import Call
    from mailproof_mock.world import World

_Row = dict[str, Any]


async def list_activities(call: Call) -> list[_Row]:
    """GET journeys/{journeyId}/activities."""
    journey = await journey_of(call)
    rows = await call.world.find("activity", CampaignId=journey["Id"])
    return [await _shown_activity(call.world, row, journey) for row in rows]


async def get_activity(call: Call) -> _Row:
    """GET journeys/{journeyId}/activities/{activityId}."""
    journey = await journey_of(call)
    return await _shown_activity(call.world, await _activity_of(call, journey), journey)


async def list_activity_contacts(call: Call) -> list[_Row]:
    """GET journeys/{journeyId}/activities/{activityId}/contacts: those of its target."""
    journey = await journey_of(call)
    return [shown(row) for row in await _targeted(call.world, await _activity_of(call, journey), journey)]


async def _activity_of(call: Call, journey: _Row) -> _Row:
    activity = await call.world.get("activity", call.path["activityId"])
    if activity is None or activity["CampaignId"] != journey["Id"]:
        raise Problem("unknown-activity")
    return activity


async def _targeted(world: World, activity: _Row, journey: _Row) -> list[_Row]:
    """The contacts of the target, by their numbers."""
    wanted = [(name, comparable(value)) for name, value in activity["_target"]["where"].items()]
    rows = await world.find("contact", ListId=journey["ListId"])
    found = [row for row in rows if all(comparable(_value(row, name)) == value for name, value in wanted)]
    return sorted(found, key=lambda row: row["Id"])


def _value(contact: _Row, field: str) -> object:
    values: _Row = contact["Values"] or {}
    return values.get(field)


async def _shown_activity(world: World, activity: _Row, journey: _Row) -> _Row:
    target: _Row = activity["_target"]
    contacts = await _targeted(world, activity, journey)
    emails = [text.casefold() for text in _addresses(contacts, EMAIL_FIELD) if is_email(text)]
    mobiles = [_digits(text) for text in _addresses(contacts, MOBILE_FIELD) if is_mobile(text)]
    sizes = {
        "Id": target["Id"],
        "Name": target["Name"],
        "Notes": target["Notes"],
        "ContactListId": journey["ListId"],
        "ContactsCount": len(contacts),
        "ContactsCountEmail": len(set(emails)),
        "ContactsCountSms": len(set(mobiles)),
        "ContactsCountEmailWithDuplicates": len(emails),
        "ContactsCountSmsWithDuplicates": len(mobiles),
    }
    return as_declared("CampaignActivity", {**activity, "Target": as_declared("Target", sizes)})


def _addresses(contacts: Iterable[_Row], field: str) -> list[str]:
    return [address(contact, field) for contact in contacts]


def _digits(mobile: str) -> str:
    return "".join(filter(str.isdigit, mobile))
