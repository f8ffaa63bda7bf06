"""Who calls, and which contact a customer key names: what every operation below /rest asks first."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from mailproof_mock.call import Problem

if TYPE_CHECKING:
    from mailproof_mock.call import Call
    from mailproof_mock.rows import Row


async def calling_realm(call: Call) -> Row:
    """The realm of the credentials."""
    return cast("Row", await call.world.get("realm", call.caller["realmId"]))


async def subscriber_by_key(call: Call, realm: Row, customer_key: str) -> Row:
    """The contact with that key. Raises Problem("unknown-subscriber"), always where keys are not in use."""
    found = await call.world.first("subscriber", customerKey=customer_key) if realm["customerKeys"] else None
    if found is None:
        raise Problem("unknown-subscriber")
    return found
