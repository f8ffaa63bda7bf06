"""What holds when many ask at the same time: one process on any store, many workers, and many servers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from databases import POSTGRES, drop, fresh_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Doors = Sequence[Any]
    Work = Callable[[Any, Any], Any]
    Asked = Callable[[Work, Iterable[Any]], list[Any]]

SPARE = 34
SAVED = f"/contactLists/{SPARE}/contact?match=Email"
SEND = "/msg/sendWithCustomerKey/My%20List/My%20Template/5606"
FORMS = ["one process"] if POSTGRES is None else ["one process", "three workers", "two servers"]
"""Who shares one state. More than one process needs PostgreSQL: `make test-postgres` tries all three."""


@pytest.fixture(params=FORMS, scope="module")
def doors(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """The mocks that share one state."""
    database = fresh_database()
    place = () if database is None else ("--database", database)
    words = (*place, "--workers", "3") if request.param == "three workers" else place
    start, stop = request.getfixturevalue("start_and_stop")
    started = [
        start(tmp_path_factory.mktemp("mock"), *words) for _ in range(2 if request.param == "two servers" else 1)
    ]
    yield started
    for mock in started:
        stop(mock)
    drop(database)


@pytest.fixture
def asked(doors: Doors) -> Asked:
    """What work gives for each of some values, done by eight at a time at one door after the other."""
    doors[0].reset()

    def ask(work: Work, values: Iterable[Any]) -> list[Any]:
        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(work, cycle(doors), list(values)))

    return ask


def at_which50(door: Any, method: str, path: str, body: object = None) -> Any:
    response = door.request("which50", method, path, json=body)
    assert 200 == response.status_code, response.text
    return response.json()


def contacts(door: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = at_which50(door, "GET", f"/contactLists/{SPARE}/contacts")
    assert len(found) == at_which50(door, "GET", f"/contactLists/{SPARE}")["Count"]
    return found


def test_contacts_that_match_never_become_two(doors: Doors, asked: Asked) -> None:
    before = len(contacts(doors[0]))

    def save(door: Any, number: int) -> str:
        values = {"Email": f"ann{number % 5}@example.com", "FirstName": f"Ann {number}"}
        return str(at_which50(door, "POST", SAVED, {"Values": values})["EncContactId"])

    ids = asked(save, range(60))
    for door in doors:
        emails = Counter(contact["Values"]["Email"] for contact in contacts(door)[before:])
        assert {f"ann{number}@example.com": 1 for number in range(5)} == emails
    assert 5 == len(set(ids))


def test_numbers_are_given_out_once(asked: Asked) -> None:
    def save(door: Any, number: int) -> str:
        body = {"Values": {"Email": f"bo{number}@example.com"}}
        return str(at_which50(door, "POST", f"/contactLists/{SPARE}/contact", body)["EncContactId"])

    assert 60 == len(set(asked(save, range(60))))


def test_an_import_runs_once_however_many_ask_for_it(doors: Doors, asked: Asked) -> None:
    before = len(contacts(doors[0]))
    jobs = f"/contactLists/{SPARE}/import"
    job = at_which50(doors[0], "POST", jobs, {"FieldNames": ["Email", "FirstName"]})["Id"]
    batches = [[{"Values": {"Email": f"cy{n}.{m}@example.com"}} for m in range(50)] for n in range(10)]
    asked(lambda door, batch: at_which50(door, "POST", f"{jobs}/{job}", batch), batches)
    answers = asked(lambda door, _: door.request("which50", "POST", f"{jobs}/{job}/run?match=Email"), range(8))
    assert [200, *[417] * 7] == sorted(answer.status_code for answer in answers)
    asked(lambda door, _: at_which50(door, "GET", f"{jobs}/{job}"), range(24))
    for door in doors:
        found = at_which50(door, "GET", f"{jobs}/{job}")
        assert ("Finished", 500, 0) == tuple(found[n] for n in ("CurrentStatus", "InsertedContacts", "UpdatedContacts"))
        assert before + 500 == len(contacts(door))


def test_each_send_is_counted_once(doors: Doors, asked: Asked) -> None:
    sent = asked(lambda door, _: door.request("whatcounts", "POST", SEND).status_code, range(40))
    assert [200] * 40 == sent
    for door in doors:
        entries = door.outbox()
        assert 40 == len(entries) == len({entry["seq"] for entry in entries})


def test_what_is_written_at_one_door_is_read_at_every_other(doors: Doors, asked: Asked) -> None:
    def save_and_read(door: Any, number: int) -> list[str]:
        name = f"Di {number}"
        body = {"Values": {"Email": f"di{number}@example.com", "FirstName": name}}
        saved = at_which50(door, "POST", SAVED, body)["EncContactId"]
        found = [at_which50(other, "GET", f"/contacts/{saved}") for other in doors]
        return [contact["Values"]["FirstName"] for contact in found if contact["Values"]["FirstName"] != name]

    assert [[]] * 40 == asked(save_and_read, range(40))


def test_a_reset_at_one_door_is_one_at_every_other(doors: Doors, asked: Asked) -> None:
    asked(
        lambda door, number: at_which50(door, "POST", SAVED, {"Values": {"Email": f"e{number}@example.com"}}), range(9)
    )
    doors[-1].reset()
    doors[-1].reset()
    answers = [door.request("which50", "GET", f"/contactLists/{SPARE}/contacts") for door in doors]
    assert 1 == len({answer.text for answer in answers})
    assert not [contact for contact in answers[0].json() if "@example.com" in contact["Values"]["Email"]]


@pytest.mark.skipif(POSTGRES is None, reason="workers need PostgreSQL: make test-postgres")
def test_another_worker_takes_the_place_of_one_that_is_killed(
    start_mock: Callable[..., Any], stop_mock: Callable[[Any], int], tmp_path: Path
) -> None:
    database = fresh_database()
    mock = start_mock(tmp_path, "which50", "--database", database, "--workers", "2")
    first = workers(mock)
    os.kill(first[0], signal.SIGKILL)
    while first[0] in workers(mock) or len(workers(mock)) < len(first):
        assert 200 == mock.request("which50", "GET", "/contactLists").status_code
    assert first[1] in workers(mock)
    assert 0 == stop_mock(mock)
    drop(database)


def workers(mock: Any) -> list[int]:
    """The process ids of a mock's workers."""
    pid = mock.process.pid
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--workers", "2"), "--workers 2: needs --database"),
        (("--workers", "0"), "0 is not in the range"),
        (("--data", "x.db", "--database", "postgresql://nobody@127.0.0.1/x"), "choose one of them"),
        (("--database", "mysql://nobody:secret@127.0.0.1/x"), "must begin with postgresql://"),
        (("--database", "postgresql://nobody:secret@127.0.0.1:99999/x"), "cannot be read"),
        (("--database", "postgresql://nobody:secret@127.0.0.1:1/x"), "postgresql://127.0.0.1:1/x: cannot be used"),
        (
            ("--workers", "2", "--database", "postgresql://nobody:secret@127.0.0.1:1/x"),
            "postgresql://127.0.0.1:1/x: cannot be used as database",
        ),
    ],
)
def test_a_place_that_is_none_is_refused_in_one_line(words: tuple[str, ...], said: str) -> None:
    line = [sys.executable, "-m", "mailproof", "mock", "which50", "--port", "0", *words]
    ended = subprocess.run(line, check=False, capture_output=True, text=True, timeout=60)
    assert (2, "") == (ended.returncode, ended.stdout)
    assert said in ended.stderr.splitlines()[-1]
    assert "secret" not in ended.stderr
    assert "Traceback" not in ended.stderr
