"""E-mails and text messages to single contacts, by the verbs POST, PATCH and PUT."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mailproof_mock.call import Problem
from mailproof_mock.which50.saving import save, shown, update_matching
from mailproof_mock.which50.sending import EMAIL_FIELD, MOBILE_FIELD, address, deliver_email, deliver_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from mailproof_mock.call import Call

_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Sent:
    """What is sent: the kind of its rows, where a request names it, where it goes to."""

    kind: str
    member: str
    unknown: str
    field: str
    deliver: Callable[[Call, _Row, _Row], Awaitable[None]]


_EMAIL = _Sent("email", "EmailId", "unknown-email", EMAIL_FIELD, deliver_email)
_TEXT_MESSAGE = _Sent("text_message", "TextMessageId", "unknown-text-message", MOBILE_FIELD, deliver_text)


async def send_email(call: Call) -> _Row:
    """POST journeys/sendEmail."""
    return await _to_one(call, _EMAIL)


async def send_email_to_matching(call: Call) -> list[_Row]:
    """PATCH journeys/sendEmail."""
    return await _to_matching(call, _EMAIL)


async def send_email_by_put(call: Call) -> _Row:
    """PUT journeys/sendEmail."""
    return await _to_one(call, _EMAIL)


async def send_text_message(call: Call) -> _Row:
    """POST journeys/sendTextMessage."""
    return await _to_one(call, _TEXT_MESSAGE)


async def send_text_message_to_matching(call: Call) -> list[_Row]:
    """PATCH journeys/sendTextMessage."""
    return await _to_matching(call, _TEXT_MESSAGE)


async def send_text_message_by_put(call: Call) -> _Row:
    """PUT journeys/sendTextMessage."""
    return await _to_one(call, _TEXT_MESSAGE)


async def _to_one(call: Call, sent: _Sent) -> _Row:
    item, contact = await _asked(call, sent)
    row = await save(call, contact["ListId"], contact, dict(call.query).get("match"))
    await _deliver(call, sent, item, [row])
    return shown(row)


async def _to_matching(call: Call, sent: _Sent) -> list[_Row]:
    item, contact = await _asked(call, sent)
    query = dict(call.query)
    rows = await update_matching(call, contact["ListId"], contact, query.get("match"), query["matched"])
    await _deliver(call, sent, item, rows)
    return [shown(row) for row in rows]


async def _asked(call: Call, sent: _Sent) -> tuple[_Row, Mapping[str, Any]]:
    """What is to be sent, and the contact of the request with the id of a list that exists."""
    body: Mapping[str, Any] = call.body
    contact: Mapping[str, Any] = body.get("Contact") or {}
    list_id, item_id = contact.get("ListId"), body.get(sent.member)
    if list_id is not None and await call.world.get("contact_list", list_id) is None:
        raise Problem("unknown-contact-list")
    item = None if item_id is None else await call.world.get(sent.kind, item_id)
    if item is None and item_id is not None:
        raise Problem(sent.unknown)
    if item is None:
        raise Problem("expectation-failed", f"{sent.member}: is required.")
    if list_id is None:
        raise Problem("expectation-failed", "Contact: one with a ListId is required.")
    return item, contact


async def _deliver(call: Call, sent: _Sent, item: _Row, contacts: Iterable[_Row]) -> None:
    """Sends to each contact, or to none of them: one without an address undoes the whole call."""
    for contact in contacts:
        if not address(contact, sent.field):
            raise Problem("expectation-failed", f"{sent.field}: contact {contact['EncContactId']} has no value.")
        await sent.deliver(call, item, contact)
