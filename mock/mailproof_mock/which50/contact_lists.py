"""Contact lists: the lists, their fields, journeys and contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_mock.call import Problem
from mailproof_mock.which50.contact_schema import schema_of
from mailproof_mock.which50.dates import date_time_offset
from mailproof_mock.which50.declared import as_declared
from mailproof_mock.which50.journeys import shown_journey
from mailproof_mock.which50.merging import INDEXED, key_of
from mailproof_mock.which50.newness import newest_journeys_first
from mailproof_mock.which50.query_options import Choice
from mailproof_mock.which50.saving import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mailproof_mock.call import Call
    from mailproof_mock.world import World

    Row = dict[str, Any]


_FAR = 2**53  # rows that may be left out; there are never so many


async def list_contact_lists(call: Call) -> list[Row]:
    """GET contactLists."""
    return [await _shown_list(call.world, row) for row in await call.world.find("contact_list")]


async def get_contact_list(call: Call) -> Row:
    """GET contactLists/{contactListId}."""
    return await _shown_list(call.world, await contact_list_of(call))


async def list_contact_list_fields(call: Call) -> list[Row]:
    """GET contactLists/{contactListId}/fields."""
    contact_list = await contact_list_of(call)
    return shown_fields(await call.world.find("field", _list=contact_list["Id"]))


async def get_contact_list_field(call: Call) -> Row:
    """GET contactLists/{contactListId}/fields/{fieldId}."""
    contact_list = await contact_list_of(call)
    fields = await call.world.find("field", _list=contact_list["Id"])
    return shown_field(fields, call.path["fieldId"])


async def list_contact_list_journeys(call: Call) -> list[Row]:
    """GET contactLists/{contactListId}/journeys: newest first."""
    contact_list = await contact_list_of(call)
    journeys = newest_journeys_first(await call.world.find("journey", ListId=contact_list["Id"]))
    return [await shown_journey(call.world, journey) for journey in journeys]


async def list_contact_list_contacts(call: Call) -> list[Row]:
    """GET contactLists/{contactListId}/contacts: by their numbers, unless the query asks for another order."""
    contact_list = await contact_list_of(call)
    schema = await schema_of(call.world, contact_list["Id"])
    choice: Choice[Row] = Choice(dict(call.query), schema.names, lambda row: row["Values"] or {})
    key = key_of(contact_list["Id"], choice.value_of(schema.names.get(INDEXED)))
    if key is not None:
        return [shown(row) for row in choice.part(choice.of(await call.world.find("contact", _key=key)))]
    if choice.takes_all and choice.top is not None:
        place = {"skip": min(choice.skip, _FAR), "most": choice.top}
        return [shown(row) for row in await call.world.part("contact", "ListId", contact_list["Id"], **place)]
    found: list[Row] = []
    async for rows in call.world.pages("contact", "ListId", contact_list["Id"]):
        found += choice.of(rows)
    return [shown(row) for row in choice.part(found)]


async def get_server_time(call: Call) -> str:
    """GET contactLists/serverTime."""
    return date_time_offset(call.world.now())


async def contact_list_of(call: Call) -> Row:
    """The list that the path names. Raises Problem("unknown-contact-list")."""
    return await known_list(call.world, call.path["contactListId"])


async def known_list(world: World, list_id: int) -> Row:
    """The list of that id. Raises Problem("unknown-contact-list")."""
    contact_list = await world.get("contact_list", list_id)
    if contact_list is None:
        raise Problem("unknown-contact-list")
    return contact_list


def shown_fields(rows: Iterable[Row]) -> list[Row]:
    """The fields that an answer shows of rows of the kind `field`, by their `Position`."""
    return [
        as_declared("ContactSchemaField", row) for row in sorted(rows, key=lambda row: (row["Position"], row["Id"]))
    ]


def shown_field(rows: Iterable[Row], field_id: int) -> Row:
    """The one of them that has an id. Raises Problem("unknown-field")."""
    for field in shown_fields(rows):
        if field["Id"] == field_id:
            return field
    raise Problem("unknown-field")


async def _shown_list(world: World, row: Row) -> Row:
    return as_declared("ContactsList", {**row, "Count": await world.count("contact", "ListId", row["Id"])})
