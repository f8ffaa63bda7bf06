"""Campaigns: finding them by name and by ID."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_mock.getresponse.text_conditions import text_test
from mailproof_mock.world import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailproof_mock.call import Call
    from mailproof_mock.world import World


async def get_campaigns(call: Call) -> dict[str, Any]:
    """The campaigns that meet the conditions, by ID."""
    return await found_campaigns(call.world, call.params[0])


async def get_campaign(call: Call) -> dict[str, Any]:
    """The campaign of that ID, by its ID; nothing for an unknown one."""
    row = await call.world.get("campaign", call.params[0]["campaign"])
    return {} if row is None else {row["_id"]: visible(row)}


async def found_campaigns(world: World, conditions: Mapping[str, Any]) -> dict[str, Any]:
    """The campaigns that conditions of get_campaigns find, also those nested in another method's."""
    name = text_test(conditions.get("name"))
    return {row["_id"]: visible(row) for row in await world.find("campaign") if name(row["name"])}
