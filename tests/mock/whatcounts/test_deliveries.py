"""What a delivered message leaves in the realm, where the API of today does not show it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from databases import OwnStore

from mailproof_mock.call import Call
from mailproof_mock.sandbox import open_sandbox
from mailproof_mock.whatcounts.messages import send_message_with_customer_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailproof_mock.store import Store

NAMES = {"listName": "My List", "templateName": "My Template", "customerKey": "5606"}
QUIET = {"listName": "Quiet List", "templateName": "Quiet Template", "customerKey": "8001"}


def left_behind(account: str, realm: int, names: Mapping[str, str], query: Mapping[str, str]) -> dict[str, list[Any]]:
    """The rows of an account after one send, by kind."""
    sandbox = open_sandbox("whatcounts", alone=True)

    async def run(store: Store) -> dict[str, list[Any]]:
        async with store.alone() as everything:
            await sandbox.fixtures.install(everything, "whatcounts")
        async with store.transaction(f"whatcounts/{account}", write=True) as rows:
            world = sandbox.fixtures.world(rows, "whatcounts", account)
            await send_message_with_customer_key(Call(world, {"realmId": realm}, path=names, query=query))
            return {kind: await world.find(kind) for kind in ("message", "trackingEvent", "campaign", "snapshot")}

    with closing(OwnStore()) as own:
        return own.run(run(own.store))


def test_a_message_record_names_everything_that_it_was_made_of() -> None:
    rows = left_behind("my-account", 1, NAMES, {"format": "99"})

    expected = {
        "messageId": 1,
        "subscriberId": 7160984,
        "listId": 13,
        "campaignId": 124,
        "realmId": 1,
        "templateId": 43,
        "format": 99,
        "sentDate": "Jun 1, 2024 9:00:01 AM",
    }
    assert [expected] == rows["message"]


def test_a_sent_event_is_tracked() -> None:
    (event,) = left_behind("my-account", 1, NAMES, {})["trackingEvent"]

    assert (9, "SENT") == (event["trackingEventType"], event["eventType"])
    assert (7160984, 13, 124) == (
        event["trackingSubscriberId"],
        event["trackingListId"],
        event["trackingCampaignId"],
    )


def test_a_realm_that_does_not_track_sends_has_no_event() -> None:
    rows = left_behind("realm-without-snapshots", 3, QUIET, {"snapshot": "1"})

    assert (1, 0, 0) == (len(rows["message"]), len(rows["trackingEvent"]), len(rows["snapshot"]))


@pytest.mark.parametrize(("query", "name"), [({}, "My Template"), ({"campaignName": "June"}, "June")])
def test_a_fresh_campaign_is_named_by_the_query_or_else_by_the_template(query: dict[str, str], name: str) -> None:
    campaign = left_behind("my-account", 1, NAMES, query)["campaign"][-1]

    assert name == campaign["campaignName"]
    assert ("My Template", "Your order", 13) == (
        campaign["campaignTemplateName"],
        campaign["campaignSubject"],
        campaign["campaignListId"],
    )


def test_an_opted_out_contact_leaves_nothing() -> None:
    rows = left_behind("my-account", 1, {**NAMES, "customerKey": "5609"}, {"snapshot": "1"})

    assert ([], [], 2, 3) == (
        rows["message"],
        rows["trackingEvent"],
        len(rows["campaign"]),
        len(rows["snapshot"]),
    )
