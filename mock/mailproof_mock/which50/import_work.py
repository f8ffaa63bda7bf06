"""The work of an import job: its contacts are merged into the list a few at a time, custom events follow at the end.

A few contacts of the job are held at a time, whatever the job's size; of the list what may match them, which is the
whole list only for a match by other fields than the e-mail address. After each few others can have a turn. Before
anything is committed the job says how far it has come: a server that ends in the middle has lost nothing and done
nothing twice.
"""

from __future__ import annotations

from collections import deque
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
_AHEAD = 10  # times as many are read, and told to be done, at once where nobody waits


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
    ahead: deque[Row] = deque()
    done: list[Row] = []
    while job["_done"] < until:
        if not ahead:
            if done:
                await _tell(call.world, job, done)
            ahead.extend(await call.world.part("import_batch", "_job", job["Id"], skip=0, most=_AHEAD))
        few = ahead.popleft()
        contacts = few["contacts"][: until - job["_done"]]
        if merger is None or not merger.needs_whole_list:
            merger = await Merger.opened(call, job["ContactListId"], job["_match"])
            await merger.load_for_all(contacts)
            await call.world.pause()
        await _merge(call, job, contacts, merger)
        job["_done"] += len(contacts)
        if len(contacts) == len(few["contacts"]):
            done.append(few)
        else:
            await call.world.put("import_batch", {**few, "contacts": few["contacts"][len(contacts) :]})
        if call.world.keeps_others():
            await _tell(call.world, job, done)
            if await call.world.give_way():
                job, merger = await _again(call, job), None
                ahead.clear()
        else:
            await call.world.pause()
    await _tell(call.world, job, done)
    return await _run_events(call, job) if job["_done"] == job["_total"] else job


async def _tell(world: World, job: Row, done: list[Row]) -> None:
    """Says in the rows how far the job has come, and takes what is done out of them and out of the list.

    Whatever is committed has to be said before.
    """
    for few in done:
        await world.delete("import_batch", few["_id"])
        await world.pause()
    done.clear()
    await world.put("import_job", job)


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
    found = [await merger.merge(contact) for contact in contacts]
    job["InvalidEmailCount"] += sum(merged.invalid_emails for merged in found)
    job["InvalidSmsCount"] += sum(merged.invalid_mobiles for merged in found)
    job["InsertedContacts"] += sum(len(merged.changed) for merged in found if merged.outcome == "inserted")
    job["UpdatedContacts"] += sum(len(merged.changed) for merged in found if merged.outcome != "inserted")
    job["NotUpdatedContacts"] += sum(len(merged.rows) - len(merged.changed) for merged in found)
    await call.world.pause()
    await merger.store()
    await call.world.pause()
    if job["_events"]:
        changed = dict.fromkeys(row["EncContactId"] for merged in found for row in merged.changed)
        await call.world.put_all(
            "import_event",
            ({"_id": f"{job['Id']}-{row_id}", "_job": job["Id"], "_contact": row_id} for row_id in changed),
        )
