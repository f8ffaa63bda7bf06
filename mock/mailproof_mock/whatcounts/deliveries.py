"""What a delivered message leaves behind: campaign, record, tracking event, snapshot, outbox entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailproof_mock.whatcounts.dates import entity_date, file_stamp, timestamp
from mailproof_mock.whatcounts.pictures import page_of_text

if TYPE_CHECKING:
    from mailproof_mock.rows import Row
    from mailproof_mock.whatcounts.options import Options
    from mailproof_mock.world import World

SENT_EVENT = 9
PLAIN_TEXT, HTML = "1", "2"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on its way: whose, on which list, with what content, to whom, and how."""

    realm: Row
    mailing_list: Row
    template: Row
    subscriber: Row
    options: Options

    def body(self) -> dict[str, str]:
        """The parts of the message by their kind."""
        text = {"text": self.template["templateDataPlaintext"]}
        html = {"html": self.template["templateDataHtml"]}
        if self.options.format == PLAIN_TEXT:
            return text
        return html if self.options.format == HTML else {**text, **html}


async def deliver(world: World, delivery: Delivery) -> None:
    """Delivers a message to the outbox, with everything that a real delivery would leave in the realm."""
    campaign = await _campaign(world, delivery)
    await _record(world, delivery, campaign)
    if delivery.options.snapshot and delivery.realm["emailSnapshot"]:
        await _store_snapshot(world, delivery, campaign)
    await world.send(
        {
            "channel": "email",
            "from": delivery.mailing_list["listFromAddress"],
            "to": delivery.subscriber["email"],
            "subject": delivery.template["subject"],
            "body": delivery.body(),
            "format": delivery.options.format,
            "list": delivery.mailing_list["listName"],
            "template": delivery.template["name"],
            "customerKey": delivery.subscriber["customerKey"],
            "campaignId": campaign["campaignId"],
        }
    )


async def _campaign(world: World, delivery: Delivery) -> Row:
    """The campaign of the message: by its name on the list, else the sticky list's own, else a fresh one."""
    mailing_list, name = delivery.mailing_list, delivery.options.campaign_name
    if name is not None:
        known = await world.first("campaign", campaignListId=mailing_list["listId"], _name=name)
        fresh = {**_fresh_campaign(world, delivery), "campaignName": name, "_name": name}
        return known or await world.add("campaign", fresh)
    if not mailing_list["listUseStickyCampaign"]:
        return await world.add("campaign", _fresh_campaign(world, delivery))
    if "_stickyCampaignId" in mailing_list:
        known = await world.get("campaign", mailing_list["_stickyCampaignId"])
        if known is not None:
            return known
    campaign = await world.add("campaign", _fresh_campaign(world, delivery))
    await world.put("list", {**mailing_list, "_stickyCampaignId": campaign["campaignId"]})
    return campaign


def _fresh_campaign(world: World, delivery: Delivery) -> Row:
    return {
        "campaignRealmId": delivery.realm["realmId"],
        "campaignListId": delivery.mailing_list["listId"],
        "campaignTemplateId": delivery.template["id"],
        "campaignTemplateName": delivery.template["name"],
        "campaignName": delivery.template["name"],
        "campaignSubject": delivery.template["subject"],
        "campaignForcedFormat": int(delivery.options.format),
        "campaignStartDate": entity_date(world.now()),
    }


async def _record(world: World, delivery: Delivery, campaign: Row) -> None:
    """The message record, and the SENT event in a realm that tracks sends."""
    ids = {
        "subscriberId": delivery.subscriber["subscriberId"],
        "listId": delivery.mailing_list["listId"],
        "campaignId": campaign["campaignId"],
        "realmId": delivery.realm["realmId"],
    }
    await world.add(
        "message",
        {
            **ids,
            "templateId": delivery.template["id"],
            "format": int(delivery.options.format),
            "sentDate": entity_date(world.now()),
        },
    )
    if delivery.realm["trackSends"]:
        await world.add(
            "trackingEvent",
            {
                "trackingCampaignId": ids["campaignId"],
                "trackingRealmId": ids["realmId"],
                "trackingListId": ids["listId"],
                "trackingSubscriberId": ids["subscriberId"],
                "trackingEventType": SENT_EVENT,
                "eventType": "SENT",
                "trackingEventDate": entity_date(world.now()),
            },
        )


async def _store_snapshot(world: World, delivery: Delivery, campaign: Row) -> None:
    body = delivery.body()
    ids = (
        delivery.subscriber["subscriberId"],
        delivery.realm["realmId"],
        delivery.template["id"],
        campaign["campaignId"],
    )
    name = "_".join([*(str(number) for number in ids), file_stamp(world.now())])
    await world.add(
        "snapshot",
        {
            "subscriberId": delivery.subscriber["subscriberId"],
            "templateName": delivery.template["name"],
            "name": name,
            "createdDate": timestamp(world.now()),
        },
    )
    page = body["html"] if "html" in body else page_of_text(body["text"])
    await world.commons().put("snapshotFile", {"name": name, "html": page})
