"""The work of an import job: its contacts are merged into the list share by share, and custom events follow at the end.

One batch of the job is held at a time, whatever the job's size; of the list what may match it, which is the whole list
only for a match by other fields than the e-mail address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_mock.which50.merging import Merger
from mailproof_mock.which50.saving import run_custom_events

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mailproof_mock.call import Call

    Row = dict[str, Any]

_AT_ONCE = 1_000  # contacts for which custom events run in one go


def batch_id(job: Row, number: int) -> str:
    """The id of a job's row of the kind `import_batch`, by the number of the batch from 1 on."""
    return f"{job['Id']}-{number}"


async def work_until(call: Call, job: Row, until: int) -> None:
    """Merges the contacts of the job's batches in their order until so many are done; counts what becomes of them."""
    merger: Merger | None = None
    while job["_done"] < until:
        number, start = _place(job["_batches"], job["_done"])
        batch = await call.world.get("import_batch", batch_id(job, number))
        if batch is None:
            raise LookupError(f"import job {job['Id']} has lost its batch {number}")
        part = batch["contacts"][start : start + until - job["_done"]]
        if merger is None or not merger.needs_whole_list:
            merger = await Merger.opened(call, job["ContactListId"], job["_match"])
            await merger.load_for_all(part)
        await _merge(call, job, part, merger)
        job["_done"] += len(part)
        if start + len(part) == len(batch["contacts"]):
            await call.world.delete("import_batch", batch["_id"])


async def run_events(call: Call, job: Row) -> None:
    """Runs the job's custom events for the contacts that it inserted or updated, once for each."""
    found: dict[str, None] = {}
    for row in await call.world.find("import_batch", _job=job["Id"]):
        found.update(dict.fromkeys(row["_changed"]))
        await call.world.delete("import_batch", row["_id"])
    ids = list(found)
    for start in range(0, len(ids), _AT_ONCE):
        rows = [await call.world.get("contact", row_id) for row_id in ids[start : start + _AT_ONCE]]
        await run_custom_events(call, job["_events"], [row for row in rows if row is not None])


def _place(sizes: Iterable[int], done: int) -> tuple[int, int]:
    """The number of the batch in which the next contact is, and its place in it."""
    for number, size in enumerate(sizes, start=1):
        if done < size:
            return number, done
        done -= size
    raise LookupError("no contact is left")


async def _merge(call: Call, job: Row, contacts: list[Row], merger: Merger) -> None:
    changed: dict[str, None] = {}
    for contact in contacts:
        merged = await merger.merge(contact)
        job["InvalidEmailCount"] += merged.invalid_emails
        job["InvalidSmsCount"] += merged.invalid_mobiles
        job["InsertedContacts" if merged.outcome == "inserted" else "UpdatedContacts"] += len(merged.changed)
        job["NotUpdatedContacts"] += len(merged.rows) - len(merged.changed)
        changed.update(dict.fromkeys(row["EncContactId"] for row in merged.changed))
    await merger.store()
    if job["_events"] and changed:
        row_id = f"{job['Id']}-changed-{job['_done']}"
        await call.world.put("import_batch", {"_id": row_id, "_job": job["Id"], "_changed": list(changed)})
