"""A/B tests: finding them by name, creation date and ID."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_mock.getresponse.text_conditions import text_test
from mailproof_mock.getresponse.time_conditions import day_of, time_test
from mailproof_mock.world import visible

if TYPE_CHECKING:
    from mailproof_mock.call import Call


async def get_ab_tests(call: Call) -> dict[str, Any]:
    """The tests that meet all conditions, by ID."""
    conditions = call.params[0]
    name, created_on = text_test(conditions.get("name")), time_test(conditions.get("created_on"))
    return {
        row["_id"]: visible(row)
        for row in await call.world.find("ab_test")
        if name(row["name"]) and created_on(day_of(row["created_on"]))
    }


async def get_ab_test(call: Call) -> dict[str, Any]:
    """The test of that ID, by its ID; nothing for an unknown one."""
    row = await call.world.get("ab_test", call.params[0]["ab_test"])
    return {} if row is None else {row["_id"]: visible(row)}
