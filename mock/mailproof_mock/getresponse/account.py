"""The account that a key opens, and the sign of life."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_mock.world import visible

if TYPE_CHECKING:
    from mailproof_mock.call import Call


async def get_account_info(call: Call) -> dict[str, Any]:
    """The account itself."""
    (account,) = await call.world.find("account")
    return visible(account)


async def ping(call: Call) -> dict[str, str]:  # noqa: ARG001 - the key was checked before
    """The sign of life."""
    return {"ping": "pong"}
