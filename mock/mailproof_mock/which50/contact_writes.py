"""What writes one contact to a list: the contact itself, a form, a device."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from mailproof_mock.call import Answer, Problem
from mailproof_mock.which50.contact_lists import contact_list_of, known_list
from mailproof_mock.which50.saving import run_custom_events, save_all, shown, update_matching

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailproof_mock.call import Call

    Row = dict[str, Any]

_RESERVED = ("ListId", "EncContactId", "match", "customevents")
_LIST_ID = re.compile(r"-?[0-9]{1,10}")
_SHOWN = 80  # characters of a name in a text about it


async def update_matching_contacts(call: Call) -> list[Row]:
    """PATCH contactLists/{contactListId}/contact."""
    contact_list = await contact_list_of(call)
    query = dict(call.query)
    rows = await update_matching(call, contact_list["Id"], call.body, query.get("match"), query["matched"])
    await run_custom_events(call, query.get("customevents"), rows)
    return [shown(row) for row in rows]


async def save_contact(call: Call) -> Row:
    """POST contactLists/{contactListId}/contact."""
    contact_list = await contact_list_of(call)
    return await _saved(call, contact_list["Id"], call.body, dict(call.query))


async def register_device(call: Call) -> Row:
    """POST contactLists/{contactListId}/registerDevice: a device that is known already becomes this contact's."""
    contact_list = await contact_list_of(call)
    device = cast("Row", call.body)
    contact = await _saved(call, contact_list["Id"], device["Contact"], dict(call.query))
    whose = {"DeviceType": device.get("DeviceType"), "_contact": contact["EncContactId"]}
    await call.world.put("device", {"DeviceId": device["DeviceId"], **whose})
    return contact


async def submit_contact_form(call: Call) -> Answer:
    """POST contactLists/contactForm."""
    form = cast("Mapping[str, object]", call.body or {})
    names = {name.casefold(): name for name in _RESERVED}
    reserved: dict[str, str] = {}
    values: dict[str, object] = {}
    for key, value in form.items():
        name = names.get(key.casefold())
        if name is None:
            values[key] = value
        else:
            reserved.setdefault(name, value.strip() if isinstance(value, str) else "")
    contact_list = await known_list(call.world, _list_id(reserved.get("ListId", "")))
    for key, value in values.items():
        if not isinstance(value, str):
            raise Problem("expectation-failed", f"{key[:_SHOWN]}: is a file; the fields of a contact are texts.")
    contact = {"EncContactId": reserved.get("EncContactId"), "Values": values}
    query = {name: text for name in ("match", "customevents") if (text := reserved.get(name))}
    await _saved(call, contact_list["Id"], contact, query)
    return Answer(None)


async def _saved(call: Call, list_id: int, contact: Mapping[str, Any], query: Mapping[str, Any]) -> Row:
    rows = await save_all(call, list_id, contact, query.get("match"))
    await run_custom_events(call, query.get("customevents"), rows)
    return shown(rows[0])


def _list_id(text: str) -> int:
    if _LIST_ID.fullmatch(text) is None:
        raise Problem("expectation-failed", "ListId: the id of a contact list is required.")
    return int(text)
