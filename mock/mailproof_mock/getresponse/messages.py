"""Messages: finding them, their contents and their counters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from mailproof import contract
from mailproof_mock.call import Problem
from mailproof_mock.getresponse.campaigns import found_campaigns
from mailproof_mock.getresponse.text_conditions import text_test
from mailproof_mock.getresponse.time_conditions import day_of, days_of_travel, time_test
from mailproof_mock.world import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailproof_mock.call import Call
    from mailproof_mock.world import World

_TYPES_BY_DEFAULT = {"newsletter", "autoresponder"}
_PERIOD = {"hourly": 13, "daily": 10, "monthly": 7, "yearly": 4}  # characters of `YYYY-MM-DD HH`
_COUNTERS = cast("list[str]", contract("getresponse").document["components"]["schemas"]["MessageCounters"]["required"])


async def get_messages(call: Call) -> dict[str, Any]:
    """The messages that meet all conditions, by ID."""
    conditions = call.params[0]
    types = {conditions["type"]} if "type" in conditions else _TYPES_BY_DEFAULT
    campaigns = await _campaigns(call.world, conditions)
    subject, name = text_test(conditions.get("subject")), text_test(conditions.get("name"))
    created_on, send_on = time_test(conditions.get("created_on")), time_test(conditions.get("send_on"))
    return {
        row["_id"]: visible(row)
        for row in await call.world.find("message")
        if row["type"] in types
        and (campaigns is None or row["campaign"] in campaigns)
        and subject(row["subject"])
        and name(row["name"])
        and created_on(day_of(row["created_on"]))
        and ("send_on" not in conditions or send_on(_days_of_sending(row)))
    }


async def get_message(call: Call) -> dict[str, Any]:
    """The message of that ID, by its ID; nothing for an unknown one."""
    row = await call.world.get("message", call.params[0]["message"])
    return {} if row is None else {row["_id"]: visible(row)}


async def get_message_contents(call: Call) -> dict[str, str]:
    """The parts of the message."""
    contents: dict[str, str] = (await _message(call))["_contents"]
    return contents


async def get_message_stats(call: Call) -> dict[str, dict[str, int]]:
    """The counters of the message, added up by period."""
    conditions = call.params[0]
    message = await _message(call)
    counts_here = time_test(conditions.get("created_on"))
    periods: dict[str, dict[str, int]] = {}
    for hour in await call.world.find("hour", message=message["_id"]):
        if counts_here(day_of(hour["hour"])):
            name = hour["hour"][: _PERIOD[conditions["grouping"]]]
            totals = periods.setdefault(name, dict.fromkeys(_COUNTERS, 0))
            for counter, count in hour["counters"].items():
                totals[counter] += count
    return {name: totals for name, totals in periods.items() if any(totals.values())}


async def _message(call: Call) -> dict[str, Any]:
    row = await call.world.get("message", call.params[0]["message"])
    if row is None:
        raise Problem("missing-message")
    return row


async def _campaigns(world: World, conditions: Mapping[str, Any]) -> set[str] | None:
    """The IDs of the campaigns that are searched; None for all of them."""
    if "campaigns" not in conditions and "get_campaigns" not in conditions:
        return None
    listed = set(conditions.get("campaigns", ()))
    if "get_campaigns" not in conditions:
        return listed
    wanted = conditions["get_campaigns"]
    by_name = wanted if "name" in wanted or not wanted else {"name": wanted}  # the vendor's sample leaves the name out
    return listed | set(await found_campaigns(world, by_name))


def _days_of_sending(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The days on which the message is sent; none for the types that have no date for it."""
    if "send_on" not in row:
        return ()
    return days_of_travel(row["send_on"]) if row.get("_time_travel") else day_of(row["send_on"])
