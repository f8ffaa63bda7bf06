"""The work of an import job: its contacts are merged into the list a few at a time, custom events follow at the end.

A few contacts of the job are held at a time, whatever the job's size; of the list what may match them, which is the
whole list only for a match by other fields than the e-mail address. After each few the job says how far it has come, so
that others can have a turn, and a server that ends in the middle has lost nothing and done nothing twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_mock.call import Problem
from mailproof_mock.which50.merging import Merger
from mailproof_mock.which50.saving import run_custom_events

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailproof_mock.call import Call
    from mailproof_mock.world import World

    Row = dict[str, Any]

_FEW = 20  # contacts between two turns of others


async def keep_for_later(world: World, job: Row, contacts: Sequence[Row]) -> None:
    """Keeps contacts of a job until its work comes to them, and counts them in the job."""
    first = job["_total"] + 1
    await world.put_all(
        "import_batch",
        (
            {"_id": f"{job['Id']}-{first + start}", "_job": job["Id"], "contacts": contacts[start : start + _FEW]}
            for start in range(0, len(contacts), _FEW)
        ),
    )
    job["_total"] += len(contacts)


async def work_until(call: Call, job: Row, until: int) -> Row:
    """Merges the contacts of a job in their order until so many are done; at the end of all runs its custom events.

    Counts what becomes of them, in the job's row as well; gives the job as it is then, to which others may have done
    something in between. Raises Problem("unknown-import-job") where they removed it.
    """
    merger: Merger | None = None
    while job["_done"] < until:
        (few,) = await call.world.part("import_batch", "_job", job["Id"], skip=0, most=1)
        contacts = few["contacts"][: until - job["_done"]]
        if merger is None or not merger.needs_whole_list:
            merger = await Merger.opened(call, job["ContactListId"], job["_match"])
            await merger.load_for_all(contacts)
            await call.world.pause()
        await _merge(call, job, contacts, merger)
        job["_done"] += len(contacts)
        if len(contacts) == len(few["contacts"]):
            await call.world.delete("import_batch", few["_id"])
        else:
            await call.world.put("import_batch", {**few, "contacts": few["contacts"][len(contacts) :]})
        await call.world.put("import_job", job)
        if await call.world.give_way():
            job, merger = await _again(call, job), None
    return await _run_events(call, job) if job["_done"] == job["_total"] else job


async def _run_events(call: Call, job: Row) -> Row:
    """Runs the job's custom events for the contacts that it inserted or updated, once for each."""
    while job["_events"]:
        few = await call.world.part("import_event", "_job", job["Id"], skip=0, most=_FEW)
        if not few:
            break
        rows = [await call.world.get("contact", event["_contact"]) for event in few]
        await run_custom_events(call, job["_events"], [row for row in rows if row is not None])
        for event in few:
            await call.world.delete("import_event", event["_id"])
        if await call.world.give_way():
            job = await _again(call, job)
    return job


async def _again(call: Call, job: Row) -> Row:
    """The job as it is now, in a row of the caller's own."""
    found = await call.world.get("import_job", job["Id"])
    if found is None:
        raise Problem("unknown-import-job")
    return {**found}


async def _merge(call: Call, job: Row, contacts: Sequence[Row], merger: Merger) -> None:
    changed: dict[str, None] = {}
    for contact in contacts:
        merged = await merger.merge(contact)
        job["InvalidEmailCount"] += merged.invalid_emails
        job["InvalidSmsCount"] += merged.invalid_mobiles
        job["InsertedContacts" if merged.outcome == "inserted" else "UpdatedContacts"] += len(merged.changed)
        job["NotUpdatedContacts"] += len(merged.rows) - len(merged.changed)
        changed.update(dict.fromkeys(row["EncContactId"] for row in merged.changed))
    await call.world.pause()
    await merger.store()
    await call.world.pause()
    if job["_events"]:
        await call.world.put_all(
            "import_event",
            ({"_id": f"{job['Id']}-{row_id}", "_job": job["Id"], "_contact": row_id} for row_id in changed),
        )
