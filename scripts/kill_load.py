"""The writers of `make kill-rounds`: each keeps asking on a connection of its own and notes what it was told."""

from __future__ import annotations

import asyncio
import json
import random
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from kill_ledger import Cell, Count, Job, Ledger
from plain_http import Answer, Connection, Cut

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

TRIAL_LIST, IMPORT_LIST = 34, 33
GROUP, GROUP_NAME = tuple(f"group-{number}@example.com" for number in range(8)), "Group"
EMAIL_ID, GROUP_EMAIL_ID = 7001, 7002
SHARE = 40  # contacts that a poll stores: jobs of several polls, so that a kill may fall between two
BATCH = 50
_OWN, _SHARED, _FILES, _IMPORTED = 60, 20, 12, 400
_FILE_BYTES = 120_000
_OK = 200
_JSON = {"Content-Type": "application/json"}


class Broken(Exception):  # noqa: N818 - it is a promise of the server that is broken, not the program
    """The server broke a promise; one line that says which, and what came instead."""


class Server:
    """Addresses and credentials of a running mock, and one connection to it."""

    def __init__(self, ready: Mapping[str, Any]) -> None:
        self.url: str = ready["url"]
        self.providers: Mapping[str, Any] = ready["providers"]
        self._connection = Connection(self.url)

    async def ask(self, provider: str, method: str, path: str, body: object = None) -> Answer:
        """Asks below an API's base URL as the sandbox's own caller; anything but bytes goes as JSON."""
        entry = self.providers[provider]
        target = entry["base_url"].removeprefix(self.url) + path
        headers: dict[str, str] = {**entry.get("headers", {}), **({} if body is None else _JSON)}
        data = b"" if body is None else json.dumps(body).encode()
        return await self._connection.ask(method, target, headers=headers, body=data)

    async def told(self, provider: str, method: str, path: str, body: object = None) -> Any:
        """As `ask`, of an answer that has to say yes: its JSON. Raises Broken."""
        answer = await self.ask(provider, method, path, body)
        return _yes(answer, f"{method} {path}").json()

    async def upload(self, folder: str, name: str, data: bytes) -> None:
        """Uploads a file to Which50. Raises Broken."""
        entry = self.providers["which50"]
        target = f"{entry['base_url'].removeprefix(self.url)}/files?subFolder={folder}"
        form = (
            b'--mailproof\r\nContent-Disposition: form-data; name="file"; filename="' + name.encode() + b'"\r\n'
            b"Content-Type: application/octet-stream\r\n\r\n" + data + b"\r\n--mailproof--\r\n"
        )
        headers = {**entry["headers"], "Content-Type": "multipart/form-data; boundary=mailproof"}
        _yes(await self._connection.ask("POST", target, headers=headers, body=form), f"POST {target}")

    async def outbox(self) -> list[dict[str, Any]]:
        """Everything that was sent, page by page where the server gives pages."""
        entries: list[dict[str, Any]] = []
        while True:
            target = f"/_mailproof/outbox?after={entries[-1]['seq'] if entries else 0}"
            page = _yes(await self._connection.ask("GET", target), target).json()
            if not page or (entries and page[0]["seq"] <= entries[-1]["seq"]):
                return entries
            entries += page

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._connection.close()


def _yes(answer: Answer, asked: str) -> Answer:
    if answer.status != _OK:
        raise Broken(f"{asked} was answered {answer.status}: {answer.body[:200]!r}")
    return answer


def content(seed: str) -> bytes:
    """The bytes of a file, which follow from a seed."""
    draw = random.Random(seed)  # noqa: S311 - content, not a secret
    return draw.randbytes(draw.randrange(_FILE_BYTES))


async def load(ready: Mapping[str, Any], ledger: Ledger, seed: str) -> None:
    """Keeps every writer writing until the server is gone. Raises Broken."""
    kinds: list[Callable[[Server, Ledger, random.Random, str], Awaitable[None]]] = [
        _upsert, _upsert, _upsert_shared, _upsert_shared, _set_group, _send, _send, _send_to_group, _upload,
        _send_snapshot, _read,
    ]  # fmt: skip
    async with asyncio.TaskGroup() as group:
        for number, kind in enumerate(kinds):
            group.create_task(_keep(kind, ready, ledger, f"{seed}/{number}", str(number)))
        group.create_task(_keep(_import, ready, ledger, f"{seed}/import", "import"))


async def _keep(
    kind: Callable[[Server, Ledger, random.Random, str], Awaitable[None]],
    ready: Mapping[str, Any],
    ledger: Ledger,
    seed: str,
    name: str,
) -> None:
    draw = random.Random(seed)  # noqa: S311 - load, not a secret
    async with Server(ready) as server:
        with suppress(Cut):
            while True:
                await kind(server, ledger, draw, name)


async def _set(ledger: Ledger, cell: Cell, value: str | None, asked: Awaitable[object]) -> None:
    """Notes a value as in doubt while it is asked for, and as acknowledged once it is."""
    cell.in_doubt.append(value)
    await asked
    cell.settle(value)
    ledger.writes += 1


async def _counted(ledger: Ledger, count: Count, asked: Awaitable[object]) -> None:
    count.in_doubt += 1
    await asked
    count.in_doubt -= 1
    count.acknowledged += 1
    ledger.writes += 1


def _saved(server: Server, **values: str) -> Awaitable[Any]:
    return server.told("which50", "POST", f"/contactLists/{TRIAL_LIST}/contact", {"Values": values})


async def _upsert(server: Server, ledger: Ledger, draw: random.Random, name: str) -> None:
    email = f"own-{name}-{draw.randrange(_OWN)}@example.com"
    value = f"{draw.random():.12f}"
    cell = ledger.upserts.setdefault(email, Cell())
    await _set(ledger, cell, value, _saved(server, Email=email, FirstName=value))


async def _upsert_shared(server: Server, ledger: Ledger, draw: random.Random, name: str) -> None:
    email = f"shared-{draw.randrange(_SHARED)}@example.com"
    value = f"{name}-{draw.random():.12f}"
    ledger.shared.setdefault(email, set()).add(value)
    await _saved(server, Email=email, FirstName=value)
    ledger.shared_sure.add(email)
    ledger.writes += 1


async def _set_group(server: Server, ledger: Ledger, draw: random.Random, _: str) -> None:
    value = f"{draw.random():.12f} Quay Street"
    target = f"/contactLists/{TRIAL_LIST}/contact?match=LastName&LastName={GROUP_NAME}"
    asked = server.told("which50", "PATCH", target, {"Values": {"LastName": GROUP_NAME, "Address": value}})
    await _set(ledger, ledger.group, value, asked)


async def _send(server: Server, ledger: Ledger, draw: random.Random, name: str) -> None:
    email = f"sent-{name}-{draw.randrange(_OWN)}@example.com"
    body = {"EmailId": EMAIL_ID, "Contact": {"ListId": TRIAL_LIST, "Values": {"Email": email}}}
    count = ledger.sends.setdefault(email, Count())
    await _counted(ledger, count, server.told("which50", "POST", "/journeys/sendEmail", body))


async def _send_to_group(server: Server, ledger: Ledger, draw: random.Random, _: str) -> None:
    values = {"LastName": GROUP_NAME, "Nickname": f"{draw.random():.6f}"}
    body = {"EmailId": GROUP_EMAIL_ID, "Contact": {"ListId": TRIAL_LIST, "Values": values}}
    target = f"/journeys/sendEmail?match=LastName&LastName={GROUP_NAME}"
    await _counted(ledger, ledger.group_sends, server.told("which50", "PATCH", target, body))
    await asyncio.sleep(draw.random() / 10)  # each of them sends eight messages


async def _upload(server: Server, ledger: Ledger, draw: random.Random, _: str) -> None:
    name = f"file-{draw.randrange(_FILES)}.bin"
    cell = ledger.files.setdefault(name, Cell())
    if cell.acknowledged is not None and draw.random() < 1 / 4:
        target = f"/files?filePath=rounds/{name}"
        await _set(ledger, cell, None, _removed(server, target))
    else:
        seed = f"{name}/{draw.random()}"
        await _set(ledger, cell, seed, server.upload("rounds", name, content(seed)))


async def _removed(server: Server, target: str) -> None:
    _yes(await server.ask("which50", "DELETE", target), f"DELETE {target}")


async def _send_snapshot(server: Server, ledger: Ledger, draw: random.Random, _: str) -> None:
    target = "/msg/sendWithCustomerKey/My%20List/My%20Template/5606?format=2&snapshot=1"
    await _counted(ledger, ledger.snapshots, server.told("whatcounts", "POST", target))
    await asyncio.sleep(draw.random() / 50)


async def _read(server: Server, ledger: Ledger, draw: random.Random, _: str) -> None:
    """Reads beside the writes, on all three APIs: what they find is judged when nothing is written."""
    del ledger
    await server.told("which50", "GET", "/journeys/501/reports")
    key = server.providers["getresponse"]["api_key"]
    call = {"jsonrpc": "2.0", "id": 1, "method": "get_messages", "params": [key]}
    answer = await server.told("getresponse", "POST", "", call)
    if "result" not in answer:
        raise Broken(f"get_messages was answered {str(answer)[:200]}")
    await asyncio.sleep(draw.random() / 20)


async def _import(server: Server, ledger: Ledger, draw: random.Random, _: str) -> None:
    job = Job(f"job-{draw.random():.12f}")
    ledger.jobs.append(job)
    path = f"/contactLists/{IMPORT_LIST}/import"
    made = await server.told("which50", "POST", path, {"FieldNames": ["Email", "FirstName"]})
    job.job_id = made["Id"]
    ledger.writes += 1
    for batch in range(draw.randrange(1, 4)):
        job.in_doubt += 1
        await server.told("which50", "POST", f"{path}/{job.job_id}", batch_of(job.marker, batch))
        job.in_doubt -= 1
        job.batches += 1
        ledger.writes += 1
    job.run_in_doubt = True
    await server.told("which50", "POST", f"{path}/{job.job_id}/run")
    job.run, job.run_in_doubt = True, False
    ledger.writes += 1
    while not job.finished:
        note_poll(ledger, job, await server.told("which50", "GET", f"{path}/{job.job_id}"))
        ledger.writes += 1


def batch_of(marker: str, number: int) -> list[dict[str, Any]]:
    """The contacts of a job's batch: partly those of earlier jobs, each with the job's marker as its first name."""
    return [{"Values": {"Email": email, "FirstName": marker}} for email in emails_of(marker, number)]


def emails_of(marker: str, number: int) -> list[str]:
    """The addresses in a job's batch; no two of a job are the same."""
    start = random.Random(marker).randrange(_IMPORTED)  # noqa: S311 - load, not a secret
    return [f"import-{(start + number * BATCH + place) % _IMPORTED}@example.com" for place in range(BATCH)]


def note_poll(ledger: Ledger, job: Job, told: Mapping[str, Any]) -> None:
    """Holds what a poll says against what earlier ones said, and notes it. Raises Broken."""
    stored = told["InsertedContacts"] + told["UpdatedContacts"]
    about = f"import job {job.job_id}"
    if stored < job.stored:
        raise Broken(f"{about}: {stored} contacts are stored, and an earlier poll told {job.stored}")
    job.stored = stored
    if told["CurrentStatus"] == "Running":
        return
    if told["CurrentStatus"] != "Finished":
        raise Broken(f"{about} ended as {told['CurrentStatus']}")
    emails = {email for number in range(job.batches) for email in emails_of(job.marker, number)}
    new = len(emails - ledger.imported)
    if (told["InsertedContacts"], told["UpdatedContacts"]) != (new, len(emails) - new):
        raise Broken(
            f"{about} of {len(emails)} contacts, {new} of them new, is finished and tells of "
            f"{told['InsertedContacts']} inserted, {told['UpdatedContacts']} updated"
        )
    ledger.imported |= emails
    job.finished = True
