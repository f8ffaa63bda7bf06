"""Writes to a contact list: one contact, those that match, and the custom events that follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_mock.call import Problem
from mailproof_mock.which50.merging import Merger
from mailproof_mock.which50.sending import deliver_email, deliver_text
from mailproof_mock.world import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mailproof_mock.call import Call

    Row = dict[str, Any]

_SHOWN = 80  # characters of a name in a text about it


async def save(call: Call, list_id: int, contact: Mapping[str, Any], match: str | None) -> Row:
    """As `save_all`, and gives the first of the rows."""
    return (await save_all(call, list_id, contact, match))[0]


async def save_all(call: Call, list_id: int, contact: Mapping[str, Any], match: str | None) -> list[Row]:
    """Updates or creates a contact of a list that exists, by the rules of POST and PUT; gives what is stored now.

    `match` is the text of that parameter. Without it the contact is found by its `EncContactId`, else by its value of
    the key field. Of several that match all are updated; where none does, one is created. Raises
    Problem("unknown-contact") and Problem("expectation-failed").
    """
    merger = await Merger.opened(call, list_id, match)
    await merger.load_for(contact)
    merged = await merger.merge(contact)
    await merger.store()
    return merged.rows


async def update_matching(
    call: Call, list_id: int, contact: Mapping[str, Any], match: str | None, matched: Mapping[str, str]
) -> list[Row]:
    """Updates the contacts of a list that exists which have the matched values, by the rules of PATCH.

    `matched` holds a text for each name in `match`. Gives the rows as they are stored now, none where nothing matches.
    Raises Problem("expectation-failed").
    """
    if match is None:
        raise Problem("expectation-failed", "match: the names of the fields to match are required.")
    merger = await Merger.opened(call, list_id, match)
    wanted = merger.wanted(matched)
    await merger.load_matching(wanted)
    rows = merger.update(wanted, contact.get("Values"))
    await merger.store()
    return rows


async def check_custom_events(call: Call, names: str | None) -> list[Row]:
    """The custom events that a text names, each once, in whichever letter case.

    Raises Problem("expectation-failed") for one that does not exist.
    """
    known = {event["Name"].casefold(): event for event in await call.world.find("custom_event")} if names else {}
    found: dict[str, Row] = {}
    for text in (names or "").split(",") if names else ():
        event = known.get(text.strip().casefold())
        if event is None:
            raise Problem("expectation-failed", f"customevents: there is no event '{text.strip()[:_SHOWN]}'.")
        found[event["Name"]] = event
    return list(found.values())


async def run_custom_events(call: Call, names: str | None, contacts: Iterable[Row]) -> None:
    """Runs the named custom events for each of the contacts, and sends what belongs to them.

    Raises Problem("expectation-failed") before the first of them where one does not exist.
    """
    events = await check_custom_events(call, names)
    for contact in contacts if events else ():
        for event in events:
            entry = {"channel": "customEvent", "event": event["Name"], "contact": contact["EncContactId"]}
            await call.world.send({**entry, "contactListId": contact["ListId"]})
            email = await call.world.get("email", event["_email"]) if event.get("_email") else None
            if email is not None:
                await deliver_email(call, email, contact)
            text = await call.world.get("text_message", event["_text_message"]) if event.get("_text_message") else None
            if text is not None:
                await deliver_text(call, text, contact)


def shown(row: Mapping[str, Any]) -> Row:
    """The Contact that an answer shows of a row."""
    return visible(row)
