"""Import jobs: contacts come in batches and are stored by polls, as if in the background.

A row of the kind `import_job` is the job with its counters of what has happened so far, and in hidden members what it
needs to go on; a row of `import_batch` holds some contacts until their turn has come.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, cast

from mailproof import contract
from mailproof_mock.call import Problem
from mailproof_mock.which50.contact_lists import contact_list_of
from mailproof_mock.which50.contact_schema import ContactSchema, comparable, schema_of
from mailproof_mock.which50.dates import date_time_offset
from mailproof_mock.which50.declared import as_declared
from mailproof_mock.which50.import_states import POLL, first_state, moves_by, next_state
from mailproof_mock.which50.import_work import keep_for_later, work_until
from mailproof_mock.which50.merging import Merger
from mailproof_mock.which50.saving import check_custom_events

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mailproof_mock.call import Call

    Row = dict[str, Any]

_COUNTED = ("InvalidEmailCount", "InvalidSmsCount", "InsertedContacts", "UpdatedContacts", "NotUpdatedContacts")
_TURN = 100  # contacts between two turns of others
_SHOWN = 80  # characters of a name in a text about it


async def create_import_job(call: Call) -> Row:
    """POST contactLists/{contactListId}/import."""
    contact_list = await contact_list_of(call)
    fields = _fields(call.body.get("FieldNames"), await schema_of(call.world, contact_list["Id"]))
    job: Row = {
        "ContactListId": contact_list["Id"],
        "CurrentStatus": first_state(),
        "StartDate": None,
        "FinishDate": None,
        **dict.fromkeys(_COUNTED, 0),
        "_fields": fields,
        "_matchable": fields,
        "_total": 0,
        "_done": 0,
        "_polls": 0,
    }
    return _shown(await call.world.add("import_job", job))


async def get_import_job(call: Call) -> Row:
    """GET contactLists/{contactListId}/import/{importJobId}: a poll, where the job runs."""
    job = await _job(call)
    if moves_by(job["CurrentStatus"], POLL):
        job = await _poll(call, job)
    return _shown(job)


async def add_import_batch(call: Call) -> Row:
    """POST contactLists/{contactListId}/import/{importJobId}."""
    job = await _job(call)
    contacts = cast("list[Row]", call.body)
    _added_to(job, contacts)
    if len(contacts) > _most():
        raise Problem("expectation-failed", f"{len(contacts)} contacts; a batch holds at most {_most()}.")
    staged = await _staged(call, job, contacts)
    job = await _job(call)  # others may have had a turn
    job["CurrentStatus"] = _added_to(job, contacts)
    if staged:
        job["_matchable"] = [name for name in job["_matchable"] if all(_has(contact, name) for contact in staged)]
        await keep_for_later(call.world, job, staged)
    await call.world.put("import_job", job)
    return _shown(job)


def _added_to(job: Row, contacts: Sequence[Row]) -> str:
    """The state of a job to which a batch is added. Raises the Problem with which the job refuses it."""
    return next_state(job["CurrentStatus"], "add_import_batch", "contacts" if contacts else "no-contacts")


async def run_import_job(call: Call) -> Row:
    """POST contactLists/{contactListId}/import/{importJobId}/run."""
    job = await _job(call)
    match, events = call.query.get("match"), call.query.get("customevents")
    job["CurrentStatus"] = next_state(job["CurrentStatus"], "run_import_job")
    if match is not None:
        merger = await Merger.opened(call, job["ContactListId"], match)
        _check_match(merger.match, job)
    await check_custom_events(call, events)
    job |= {"StartDate": date_time_offset(call.world.now()), "_match": match, "_events": events}
    await call.world.put("import_job", job)
    return _shown(await _poll(call, job) if call.settings["import-polls"] == 0 else job)


async def _job(call: Call) -> Row:
    """The job that the path names, in a row of the caller's own. Raises Problem("unknown-import-job")."""
    contact_list = await contact_list_of(call)
    job = await call.world.get("import_job", call.path["importJobId"])
    if job is None or job["ContactListId"] != contact_list["Id"]:
        raise Problem("unknown-import-job")
    return {**job}


def _fields(names: Sequence[str] | None, schema: ContactSchema) -> list[str]:
    """The fields of a list that names stand for, each once."""
    if not names:
        raise Problem("expectation-failed", "FieldNames: the names of the fields to take are required.")
    found: dict[str, None] = {}
    for given in names:
        name = schema.names.get(given.casefold())
        if name is None:
            raise Problem("expectation-failed", f"FieldNames: the list has no field '{given[:_SHOWN]}'.")
        found[name] = None
    return list(found)


async def _staged(call: Call, job: Row, contacts: Iterable[Row]) -> list[Row]:
    """What is kept of the contacts of a batch; of one that brings nothing for the job's fields, nothing.

    Raises Problem("expectation-failed") for an encrypted id that no contact of the list has, and for a value that
    cannot be stored.
    """
    schema = await schema_of(call.world, job["ContactListId"])
    wanted = {name.casefold(): name for name in job["_fields"]}
    taken = ContactSchema(wanted, defaults={}, emails=schema.emails, mobiles=schema.mobiles)
    found: list[Row] = []
    for number, contact in enumerate(contacts, start=1):
        if number % _TURN == 0:
            await call.world.give_way()
        values, _ = taken.sorted_out(contact.get("Values"))
        row_id = contact.get("EncContactId") or None
        if row_id is not None:
            row = await call.world.get("contact", row_id)
            if row is None or row["ListId"] != job["ContactListId"]:
                raise Problem("expectation-failed", f"EncContactId: the list has no contact '{row_id[:_SHOWN]}'.")
        if values if row_id is not None else any(value not in (None, "") for value in values.values()):
            found.append({"EncContactId": row_id, "Values": values})
    return found


def _has(contact: Row, name: str) -> bool:
    """Whether a contact has a value by which it can be found again."""
    return comparable(contact["Values"].get(name)) is not None


def _check_match(names: Iterable[str], job: Row) -> None:
    for name in names:
        if name not in job["_fields"]:
            raise Problem("expectation-failed", f"match: the job does not take the field '{name[:_SHOWN]}'.")
        if name not in job["_matchable"]:
            raise Problem("expectation-failed", f"match: not every contact has a value of '{name[:_SHOWN]}'.")


async def _poll(call: Call, job: Row) -> Row:
    """One step of the work: the job's next share of it, of which there are as many as polls are to be.

    A share is never so large that the poll takes long: a large job takes more polls. Gives the job as it is then.
    """
    total, polls = job["_total"], call.settings["import-polls"]
    job["_polls"] += 1
    share = total if job["_polls"] >= polls else total * job["_polls"] // polls
    most = job["_done"] + call.settings["import-share"] if polls else total
    job = await work_until(call, job, min(share, most))
    if moves_by(job["CurrentStatus"], POLL):  # else another poll has ended it meanwhile
        condition = "nothing-to-store" if total == 0 else "work-left" if job["_done"] < total else "work-done"
        job["CurrentStatus"] = next_state(job["CurrentStatus"], POLL, condition)
        if condition != "work-left":
            job["FinishDate"] = date_time_offset(call.world.now())
        await call.world.put("import_job", job)
    return job


def _shown(job: Row) -> Row:
    """The ImportJob that an answer shows of a row."""
    total = job["_total"]
    known = {
        **job,
        "ProgressPercent": 100 * job["_done"] // total if total else 0,
        "DroppedContacts": 0,
        "TotalContacts": job["InsertedContacts"] + job["UpdatedContacts"],
    }
    return as_declared("ImportJob", known)


@cache
def _most() -> int:
    """How many contacts the contract lets a batch hold."""
    return int(contract("which50").operation("add_import_batch").definition["requestBody"]["x-most"])
