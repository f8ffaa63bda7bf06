"""The send of one message to one contact, at the long path and at the short one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_mock.call import Problem
from mailproof_mock.whatcounts.deliveries import Delivery, deliver
from mailproof_mock.whatcounts.options import options_of
from mailproof_mock.whatcounts.realms import calling_realm, subscriber_by_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailproof_mock.call import Call
    from mailproof_mock.rows import Row

SENT = 0


async def send_message_with_customer_key(call: Call) -> int:
    """A send whose names are in the path and whose options are queries."""
    return await _send(call, call.path, call.query)


async def send_message(call: Call) -> int:
    """The same send with everything in the body."""
    return await _send(call, call.body, call.body)


async def _send(call: Call, names: Mapping[str, Any], values: Mapping[str, Any]) -> int:
    realm = await calling_realm(call)
    mailing_list = await call.world.first("list", listName=names["listName"])
    if mailing_list is None:
        raise Problem("unknown-list")
    template = await _template(call, names["templateName"])
    subscriber = await subscriber_by_key(call, realm, names["customerKey"])
    options = options_of(values)
    if await _has_opted_out(call, subscriber, mailing_list):
        if options.respect_optout:
            return SENT
    elif not await _is_subscribed(call, subscriber, mailing_list):
        raise Problem("unknown-subscriber")
    await deliver(call.world, Delivery(realm, mailing_list, template, subscriber, options))
    return SENT


async def _template(call: Call, name: str) -> Row:
    """The live template of that name with the lowest id. Raises Problem("unknown-template")."""
    found = [row for row in await call.world.find("template", name=name) if not row["deletedFlag"]]
    if not found:
        raise Problem("unknown-template")
    return min(found, key=lambda row: row["id"])


async def _has_opted_out(call: Call, subscriber: Row, mailing_list: Row) -> bool:
    """Whether the contact has opted out of the list, or of everything in the realm or the system."""
    rows = await call.world.find("optOut", subscriberId=subscriber["subscriberId"])
    return any(row["level"] != "list" or row["listId"] == mailing_list["listId"] for row in rows)


async def _is_subscribed(call: Call, subscriber: Row, mailing_list: Row) -> bool:
    of_both = {"subscriberId": subscriber["subscriberId"], "listId": mailing_list["listId"]}
    return await call.world.first("subscription", **of_both) is not None
