"""What has to hold after a kill: nothing acknowledged is missing, nothing half-done is visible."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, Any

from kill_ledger import Cell, Count
from kill_load import (
    BATCH,
    EMAIL_ID,
    GROUP,
    GROUP_EMAIL_ID,
    GROUP_NAME,
    IMPORT_LIST,
    SHARE,
    TRIAL_LIST,
    Broken,
    Server,
    content,
    note_poll,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kill_ledger import Job, Ledger

_MISSING = 404
_OK = 200
_SOME = 20  # contacts of whom each message is counted
_FIXTURES = "fixtures"  # in whose name the ledger holds what was there before the first round


async def prepare(ready: Mapping[str, Any], ledger: Ledger) -> None:
    """Makes what the writers need, and notes what was there before them. Raises Broken."""
    async with Server(ready) as server:
        for email in GROUP:
            values = {"Email": email, "LastName": GROUP_NAME, "Address": "none yet"}
            await server.told("which50", "POST", f"/contactLists/{TRIAL_LIST}/contact", {"Values": values})
        ledger.group.settle("none yet")
        ledger.snapshots.settle(len(await _snapshots(server)))
        ledger.sends[_FIXTURES] = Count(len(await _sent_to(server, EMAIL_ID)))


async def check(ready: Mapping[str, Any], ledger: Ledger, seed: str) -> None:
    """Holds the restarted server against the ledger, then takes what was in doubt as it was found. Raises Broken."""
    async with Server(ready) as server:
        for job in list(ledger.open_jobs()):
            await _finish(server, ledger, job)
        await _trial_list(server, ledger)
        await _import_list(server, ledger)
        await _sends(server, ledger, seed)
        await _files(server, ledger)


async def _contacts(server: Server, list_id: int) -> dict[str, dict[str, Any]]:
    """The contacts of a list by address: no two have the same, and the list counts them all."""
    contacts = await server.told("which50", "GET", f"/contactLists/{list_id}/contacts")
    found = {contact["Values"]["Email"]: contact for contact in contacts}
    if len(found) != len(contacts):
        twice = [email for email, times in Counter(c["Values"]["Email"] for c in contacts).items() if times > 1]
        raise Broken(f"list {list_id} has several contacts of one address: {twice[:3]}")
    counted = (await server.told("which50", "GET", f"/contactLists/{list_id}"))["Count"]
    if counted != len(contacts):
        raise Broken(f"list {list_id} counts {counted} contacts and shows {len(contacts)}")
    return found


async def _trial_list(server: Server, ledger: Ledger) -> None:
    found = await _contacts(server, TRIAL_LIST)

    def value(email: str, name: str) -> str | None:
        return found[email]["Values"].get(name) if email in found else None

    for email, cell in ledger.upserts.items():
        _hold(f"contact {email}", cell, value(email, "FirstName"))
    for email, ever in ledger.shared.items():
        there = value(email, "FirstName")
        if there not in ever and (there is not None or email in ledger.shared_sure):
            raise Broken(f"contact {email}: FirstName is {there!r}, which nobody wrote")
    addresses = {value(email, "Address") for email in GROUP}
    if len(addresses) != 1:
        raise Broken(
            f"one call set the address of a whole group, and now there are several: {sorted(map(str, addresses))}"
        )
    _hold("the address of the group", ledger.group, addresses.pop())
    known = {*ledger.upserts, *ledger.shared, *GROUP, *ledger.sends}
    if not found.keys() <= known:
        raise Broken(f"list {TRIAL_LIST} has a contact that nobody wrote: {min(found.keys() - known)}")


async def _import_list(server: Server, ledger: Ledger) -> None:
    found = await _contacts(server, IMPORT_LIST)
    if found.keys() != ledger.imported:
        odd = sorted(found.keys() ^ ledger.imported)
        raise Broken(f"list {IMPORT_LIST} has {len(found)} contacts, {len(ledger.imported)} were imported: {odd[:3]}")


async def _finish(server: Server, ledger: Ledger, job: Job) -> None:
    """Brings a job to its end that a kill interrupted, and looks at each step that it tells no more than is there."""
    path = f"/contactLists/{IMPORT_LIST}/import/{job.job_id}"
    before = await _marked(server, job)
    told = await server.told("which50", "GET", path) if job.job_id is not None else None
    if told is not None and told["CurrentStatus"] in {"Created", "Loading"}:
        told = await _run(server, job, told, before)
    if told is None:  # nobody knows its id, or it has no contacts
        ledger.jobs.remove(job)
        return
    while True:
        stored, there = told["InsertedContacts"] + told["UpdatedContacts"], await _marked(server, job)
        if stored != there or not before <= stored <= before + SHARE:
            raise Broken(
                f"import job {job.job_id} tells of {stored} contacts; {there} are in the list, {before} before the poll"
            )
        if told["CurrentStatus"] != "Running":
            break
        before, told = stored, await server.told("which50", "GET", path)
    if not job.batches * BATCH <= stored <= (job.batches + job.in_doubt) * BATCH or stored % BATCH:
        raise Broken(
            f"import job {job.job_id}: {job.batches} batches were acknowledged, {stored} contacts came of them"
        )
    job.batches = stored // BATCH
    note_poll(ledger, job, told)


async def _run(server: Server, job: Job, told: Mapping[str, Any], before: int) -> Any:
    """Runs a job that does not run yet and gives its first poll; None where it has no contacts."""
    path = f"/contactLists/{IMPORT_LIST}/import/{job.job_id}"
    if job.run:
        raise Broken(f"import job {job.job_id}: run was acknowledged, and it is {told['CurrentStatus']}")
    if before:
        raise Broken(f"import job {job.job_id} does not run, and {before} of its contacts are in the list")
    if told["CurrentStatus"] == "Created":
        if job.batches:
            raise Broken(f"import job {job.job_id}: {job.batches} batches were acknowledged, and it has none")
        return None
    await server.told("which50", "POST", f"{path}/run")
    return await server.told("which50", "GET", path)


async def _marked(server: Server, job: Job) -> int:
    contacts = await server.told("which50", "GET", f"/contactLists/{IMPORT_LIST}/contacts")
    return sum(contact["Values"].get("FirstName") == job.marker for contact in contacts)


async def _sends(server: Server, ledger: Ledger, seed: str) -> None:
    """The outbox, the reports and the contacts tell of the same messages, and of all that were acknowledged."""
    outbox = await server.outbox()
    numbers = [entry["seq"] for entry in outbox]
    if numbers != sorted(set(numbers)):
        raise Broken("the numbers of the outbox are out of order")
    sent = Counter((entry["emailId"], entry["to"]) for entry in outbox if entry["provider"] == "which50")
    fixtures = ledger.sends.pop(_FIXTURES)
    for email, count in ledger.sends.items():
        _hold(f"messages to {email}", count, sent[EMAIL_ID, email])
    to_group = {sent[GROUP_EMAIL_ID, email] for email in GROUP}
    if len(to_group) != 1:
        raise Broken(f"one call sends to a whole group, and its members got different numbers: {sorted(to_group)}")
    _hold("messages to the group", ledger.group_sends, to_group.pop())
    reported = await _sent_to(server, EMAIL_ID)
    reached = [email for email, count in ledger.sends.items() if count.acknowledged]
    if len(reported) != fixtures.acknowledged + len(reached):
        raise Broken(f"{len(reached)} contacts were sent e-mail {EMAIL_ID}, the report tells of {len(reported)}")
    contacts = {contact["Values"]["Email"]: contact["EncContactId"] for contact in reported}
    for email in random.Random(seed).sample(reached, min(_SOME, len(reached))):  # noqa: S311 - a sample, not a secret
        shown = await server.told("which50", "GET", f"/contacts/{contacts[email]}/communications")
        if len(shown) != ledger.sends[email].acknowledged:
            raise Broken(f"{email} was sent {ledger.sends[email].acknowledged} messages, its page shows {len(shown)}")
    ledger.sends[_FIXTURES] = fixtures
    listed = len(await _snapshots(server))
    _hold("snapshots", ledger.snapshots, listed)


async def _sent_to(server: Server, email_id: int) -> list[dict[str, Any]]:
    """To whom an e-mail was sent; its report counts them all. Raises Broken."""
    target = "/journeys/501/reports/emails"
    contacts: list[dict[str, Any]] = await server.told("which50", "GET", f"{target}/{email_id}/contacts/Sent")
    reports = {report["Id"]: report["Sent"] for report in await server.told("which50", "GET", target)}
    if reports[email_id] != len(contacts):
        raise Broken(f"the report counts {reports[email_id]} contacts with e-mail {email_id} and shows {len(contacts)}")
    return contacts


async def _snapshots(server: Server) -> list[Any]:
    listed: list[Any] = await server.told("whatcounts", "GET", "/subscribers/availableimagessenttocustomerkey/5606")
    return listed


async def _files(server: Server, ledger: Ledger) -> None:
    for name, cell in ledger.files.items():
        answer = await server.ask("which50", "GET", f"/files?filePath=rounds/{name}")
        if answer.status not in {_OK, _MISSING}:
            raise Broken(f"file {name} was answered {answer.status}")
        found = [
            seed
            for seed in cell.allowed()
            if (answer.status == _MISSING if seed is None else answer.status == _OK and answer.body == content(seed))
        ]
        if not found:
            raise Broken(f"file {name} ({answer.status}, {len(answer.body)} bytes) is none that was acknowledged")
        cell.settle(found[0])


def _hold(what: str, known: Cell | Count, found: Any) -> None:
    if not (found in known.allowed() if isinstance(known, Cell) else known.allows(found)):
        raise Broken(
            f"{what}: there is {found!r}; acknowledged was {known.acknowledged!r}, in doubt {known.in_doubt!r}"
        )
    known.settle(found)
