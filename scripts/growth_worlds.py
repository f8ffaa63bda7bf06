"""The worlds of `make bench-growth`: mocks that hold few and many contacts at once, and requests about them."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any

import growth_load as load
from mailproof_mock.own_process import COMMAND
from mailproof_mock.sandbox import open_sandbox
from postgres_cluster import cluster
from process_tree import pin, tree
from sandbox import sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from mailproof_mock.own_process import Running

PROVIDER = "which50"
_FIXTURES = open_sandbox(PROVIDER, alone=True).fixtures
_SEED = _FIXTURES.seeds["contacts"]
_FIRST = 1 + max(row["Id"] for row in _FIXTURES.rows[_SEED.account]["contact"])
_LIST = next(iter(_SEED.once["contact_list"]))["Id"]
_MATCHED = "Email"
_CONDITIONS = {"get_campaigns": {"name": {"CONTAINS": "my_campaign_%"}}, "type": "newsletter"}
_TURNS = 10  # of each world in a round
_BATCH = 10_000  # contacts of an import that are sent at once
_few: Iterator[int] = count(1)  # so that no two imports, or saved contacts, have the same address


@dataclass(frozen=True, slots=True)
class World:
    """A mock that holds so many contacts."""

    size: int
    running: Running
    roots: tuple[int, ...]
    """The mock, and the server of its database."""
    own: tuple[int, ...]
    """The mock alone."""
    chance: random.Random

    def line(self, provider: str = PROVIDER) -> load.Line:
        """A connection to one of its APIs."""
        entry = self.running.providers[provider]
        return load.Line(entry["base_url"], entry.get("headers", {}))

    def contact(self) -> dict[str, Any]:
        """Any of its contacts, each as likely."""
        (row,) = _SEED.rows("contact", [_FIRST + self.chance.randrange(self.size)])
        return row

    def asked(self, line: load.Line) -> bytes:
        """A read of any contact."""
        return line.request("GET", f"/contacts/{self.contact()['EncContactId']}")


def _update(world: World, line: load.Line) -> bytes:
    address = world.contact()["Values"][_MATCHED]
    body = json.dumps({"Values": {"City": world.chance.choice(["Sligo", "Ennis", "Tralee"])}}).encode()
    return line.request("PATCH", f"/contactLists/{_LIST}/contact?match={_MATCHED}&{_MATCHED}={address}", body)


def _save(world: World, line: load.Line) -> bytes:
    values = world.contact()["Values"] | {"LastName": f"Upsert{next(_few)}"}
    return line.request("POST", f"/contactLists/{_LIST}/contact", json.dumps({"Values": values}).encode())


def _create(_: World, line: load.Line) -> bytes:
    values = {_MATCHED: f"created{next(_few)}@example.com", "FirstName": "Nora"}
    return line.request("POST", f"/contactLists/{_LIST}/contact", json.dumps({"Values": values}).encode())


def _messages(world: World, line: load.Line) -> bytes:
    key = world.running.providers["getresponse"]["api_key"]
    call = {"jsonrpc": "2.0", "method": "get_messages", "params": [key, _CONDITIONS], "id": 1}
    return line.request("POST", "", json.dumps(call).encode())


@dataclass(frozen=True, slots=True)
class Operation:
    """What is asked of every world."""

    name: str
    made: Callable[[World, load.Line], bytes]
    provider: str = PROVIDER
    part: int = 1
    """How many times fewer requests than of others are enough."""


OPERATIONS = (
    Operation("GET contacts/{id}", lambda world, line: world.asked(line)),
    Operation("PATCH contactLists/{id}/contact?match=Email", _update),
    Operation("POST contactLists/{id}/contact, known", _save),
    Operation("POST contactLists/{id}/contact, new", _create),
    Operation("GET contactLists/{id}", lambda _, line: line.request("GET", f"/contactLists/{_LIST}")),
    Operation("get_messages with conditions", _messages, "getresponse"),
    Operation(
        "GET contactLists/{id}/contacts?$top=50",
        lambda _, line: line.request("GET", f"/contactLists/{_LIST}/contacts?$top=50"),
        part=10,
    ),
)


def measured_in_turn(grown: Sequence[World], operation: Operation, requests: int) -> list[tuple[World, load.Cost]]:
    """What one request of an operation costs in each world, after some that are not counted."""
    number = max(_TURNS, requests // operation.part) // _TURNS
    costs: list[list[load.Cost]] = [[] for _ in grown]
    with ExitStack() as stack:
        lines = [stack.enter_context(closing(world.line(operation.provider))) for world in grown]
        for turn in range(_TURNS + 1):
            for world, line, found in zip(grown, lines, costs, strict=True):
                cost = load.burst(line, [operation.made(world, line) for _ in range(number)], world.roots)
                if turn:
                    found.append(cost)
    return [
        (world, load.Cost(mean(cost.cpu for cost in found), mean(cost.wall for cost in found)))
        for world, found in zip(grown, costs, strict=True)
    ]


def batches(contacts: int) -> list[bytes]:
    """So many new contacts as bodies of batches, made before anything is measured."""
    name = f"import{next(_few)}"
    return [
        json.dumps(
            [
                {"Values": {_MATCHED: f"{name}-{n}@example.com", "FirstName": "Ida", "LastName": f"N{n}"}}
                for n in range(start, min(start + _BATCH, contacts))
            ]
        ).encode()
        for start in range(0, contacts, _BATCH)
    ]


def import_all(world: World, bodies: Sequence[bytes]) -> None:
    """Imports contacts into the list of the seeded ones: sends the batches, and asks until the job is done."""
    with closing(world.line()) as line:
        jobs = f"/contactLists/{_LIST}/import"
        fields = json.dumps({"FieldNames": [_MATCHED, "FirstName", "LastName"]}).encode()
        job = f"{jobs}/{json.loads(line.ask(line.request('POST', jobs, fields)))['Id']}"
        for body in bodies:
            line.ask(line.request("POST", job, body))
        line.ask(line.request("POST", f"{job}/run?match={_MATCHED}"))
        while json.loads(line.ask(line.request("GET", job)))["ProgressPercent"] != 100:  # noqa: PLR2004 - per cent
            pass


@contextmanager
def worlds(sizes: Sequence[int], folder: Path, database: str | None, core: int | None) -> Generator[list[World]]:
    """Worlds of some sizes, each in a data file or a schema of its own, all served on a core. Raises SandboxError."""
    with ExitStack() as stack:
        found: list[World] = []
        for size in sizes:
            own = folder / str(size)
            own.mkdir()
            place = ["--data", str(own / "world.db")] if database is None else ["--database", _schema(database, size)]
            before = set(tree([os.getpid()]))
            subprocess.run(
                [sys.executable, "-m", "mailproof", "seed", PROVIDER, "--contacts", str(size), *place], check=True
            )
            running = stack.enter_context(sandbox(own, [*COMMAND, PROVIDER, "getresponse", *place]))
            mock = next(pid for pid in tree([os.getpid()]) if pid not in before and _is_mock(pid))
            servers = [] if database is None else [pid for pid in tree([os.getpid()]) if _is_postgres(pid)]
            roots = (mock, *servers[:1])
            pin(mock, core)
            found.append(World(size, running, roots, (mock,), random.Random(size)))  # noqa: S311 - the same each time
        yield found


@contextmanager
def postgres() -> Generator[str]:
    """A PostgreSQL whose commits are on disk. Raises ClusterError."""
    with cluster(durable=True) as url:
        yield url


def _schema(database: str, size: int) -> str:
    import asyncio  # noqa: PLC0415 - only where there is a PostgreSQL

    import asyncpg  # noqa: PLC0415 - likewise

    async def make() -> None:
        connection = await asyncpg.connect(database)
        await connection.execute(f"CREATE SCHEMA world_{size}")
        await connection.close()

    asyncio.run(make())
    return f"{database}?search_path=world_{size}"


def _is_mock(pid: int) -> bool:
    return b"mock" in _words(pid)


def _is_postgres(pid: int) -> bool:
    return any(word.endswith(b"/postgres") for word in _words(pid)[:1])


def _words(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []
