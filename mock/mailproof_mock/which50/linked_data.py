"""Linked data: tables that belong to a contact list, their fields, and their records, which anybody may read if public.

Fields are rows of the kind `field` that name their linked data; a row of `linked_record` has its values by their names.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mailproof_mock.call import Problem
from mailproof_mock.fixture_rows import opaque_id
from mailproof_mock.which50.contact_lists import contact_list_of, shown_field, shown_fields
from mailproof_mock.which50.declared import as_declared
from mailproof_mock.which50.query_options import chosen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailproof_mock.call import Call
    from mailproof_mock.world import World

    Row = dict[str, Any]

_NUMBER = re.compile(r"\d{1,10}", re.ASCII)
_EVERY_FIELD = "*"
_SHOWN = 80  # characters of a name in a text about it


async def list_linked_data(call: Call) -> list[Row]:
    """GET contactLists/{contactListId}/linkeddata."""
    contact_list = await contact_list_of(call)
    rows = await call.world.find("linked_data", ContactListId=contact_list["Id"])
    return [as_declared("LinkedData", row) for row in rows]


async def get_linked_data(call: Call) -> Row:
    """GET contactLists/{contactListId}/linkeddata/{linkedDataId}."""
    return as_declared("LinkedData", await _linked_data(call))


async def list_linked_data_fields(call: Call) -> list[Row]:
    """GET contactLists/{contactListId}/linkeddata/{linkedDataId}/fields."""
    linked = await _linked_data(call)
    return shown_fields(await _fields(call.world, linked))


async def get_linked_data_field(call: Call) -> Row:
    """GET contactLists/{contactListId}/linkeddata/{linkedDataId}/fields/{fieldId}."""
    linked = await _linked_data(call)
    return shown_field(await _fields(call.world, linked), call.path["linkedDataFieldId"])


async def list_linked_data_records(call: Call) -> list[Row]:
    """GET contactLists/{listId}/linkeddata/{linkedDataId}/records.

    A caller with credentials reads from the own account, one without from whichever account made the table public.
    """
    world, linked = await (_public(call) if call.world.account == "" else _own(call))
    fields = shown_fields(await _fields(world, linked))
    names: dict[str, str] = {field["Name"].casefold(): field["Name"] for field in fields}
    selected = _selected(call.query["$select"], names)
    records = await world.find("linked_record", _linked_data=linked["Id"])
    found = chosen(records, call.query, names, lambda row: row["Values"])
    return [{name: row["Values"].get(name) for name in selected} for row in found]


async def _linked_data(call: Call) -> Row:
    contact_list = await contact_list_of(call)
    found = await _of_list(call.world, contact_list["Id"], call.path["linkedDataId"])
    if found is None:
        raise Problem("unknown-linked-data")
    return found


async def _of_list(world: World, list_id: int, linked_data_id: int) -> Row | None:
    row = await world.get("linked_data", linked_data_id)
    return row if row is not None and row["ContactListId"] == list_id else None


async def _own(call: Call) -> tuple[World, Row]:
    list_id = await _named_list(call.world, call.path["listId"])
    if list_id is None:
        raise Problem("unknown-contact-list")
    linked = await _of_list(call.world, list_id, call.path["linkedDataId"])
    if linked is None:
        raise Problem("unknown-linked-data")
    return call.world, linked


async def _public(call: Call) -> tuple[World, Row]:
    """Linked data that needs no credentials. Whatever else is asked for, and whether it is there, is not told."""
    try:
        name, linked_data_id = call.path["listId"], call.path["linkedDataId"]
    except Problem:
        raise Problem("unauthorized") from None
    for world in await call.world.others():
        list_id = await _named_list(world, name)
        linked = None if list_id is None else await _of_list(world, list_id, linked_data_id)
        if linked is not None and linked["IsPublic"]:
            return world, linked
    raise Problem("unauthorized")


async def _named_list(world: World, name: str) -> int | None:
    """The id of the list that a text names, by its number or its encrypted id."""
    for row in await world.find("contact_list"):
        list_id: int = row["Id"]
        if name == encrypted_list_id(world.account, list_id) or (_NUMBER.fullmatch(name) and int(name) == list_id):
            return list_id
    return None


def encrypted_list_id(account: str, list_id: int) -> str:
    """The opaque id of a contact list, which follows from its number."""
    return opaque_id(account, "contact_list", list_id)


async def _fields(world: World, linked: Row) -> list[Row]:
    return await world.find("field", _linked_data=linked["Id"])


def _selected(text: str, names: Mapping[str, str]) -> list[str]:
    """The fields that `$select` names, each once."""
    found: dict[str, None] = {}
    for part in text.split(","):
        given = part.strip()
        name = names.get(given.casefold())
        if given == _EVERY_FIELD:
            found.update(dict.fromkeys(names.values()))
        elif name is None:
            raise Problem("bad-request", f"$select: there is no field '{given[:_SHOWN]}'.")
        else:
            found[name] = None
    return list(found)
