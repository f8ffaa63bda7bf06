"""What a message leaves behind: an interaction, from which every list and report is derived, and an outbox entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_mock.which50.addresses import is_email, is_mobile
from mailproof_mock.which50.dates import date_time_offset
from mailproof_mock.which50.placeholders import as_text, filled, is_html, on_one_line, value_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailproof_mock.call import Call

    Row = dict[str, Any]

EMAIL_FIELD, MOBILE_FIELD = "Email", "Mobile"


def address(contact: Mapping[str, Any], field: str) -> str:
    """Where a contact can be reached, well formed or not; empty where there is no way."""
    text = as_text(value_of(contact, field))
    return text if text.strip() else ""


async def deliver_email(call: Call, email: Row, contact: Row) -> None:
    """Sends an e-mail to a contact; one without any address is left out.

    What cannot be an address bounces, for good.
    """
    to = address(contact, EMAIL_FIELD)
    if not to:
        return
    arrives = is_email(to)
    row = _interaction(call, "Email", email, contact, "Delivered" if arrives else "Bounced")
    row["_detail"] = {"Id": email["Id"], "Delivered": int(arrives), "Open": 0, "Read": 0, "Link": 0}
    await call.world.add("interaction", row if arrives else {**row, "_bounce": "Hard"})
    await call.world.send(
        {
            "channel": "email",
            "to": to,
            "subject": on_one_line(filled(email["_subject"], contact)),
            "body": filled(email["_body"], contact, escaped=is_html(email["_body"])),
            "format": "html" if is_html(email["_body"]) else "text",
            "emailId": email["Id"],
            **_whose(email, contact),
        }
    )


async def deliver_text(call: Call, text_message: Row, contact: Row) -> None:
    """Sends a text message to a contact; one without any number is left out.

    What cannot be a number is sent and never delivered.
    """
    to = address(contact, MOBILE_FIELD)
    if not to:
        return
    arrives = is_mobile(to)
    row = _interaction(call, "SMS", text_message, contact, "Delivered" if arrives else "Sent")
    row["_detail"] = {"Id": text_message["Id"], "Delivered": int(arrives)}
    await call.world.add("interaction", row)
    await call.world.send(
        {
            "channel": "sms",
            "to": to,
            "body": filled(text_message["_text"], contact),
            "textMessageId": text_message["Id"],
            **_whose(text_message, contact),
        }
    )


def _interaction(call: Call, kind: str, item: Row, contact: Row, status: str) -> Row:
    return {
        "_contact": contact["EncContactId"],
        "Interaction": kind,
        "Name": item["Name"],
        "Occurred": date_time_offset(call.world.now()),
        "Status": status,
        "CampaignId": item["_journey"],
    }


def _whose(item: Row, contact: Row) -> Row:
    return {"journeyId": item["_journey"], "contact": contact["EncContactId"], "contactListId": contact["ListId"]}
