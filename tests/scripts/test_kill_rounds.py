"""A mock that is killed under load keeps what it acknowledged, and one that does not is found out."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

import kill_rounds
from kill_checks import check, prepare
from kill_ledger import Cell, Count, Job, Ledger
from kill_load import SHARE, Broken, Server, batch_of, emails_of, note_poll
from mailproof_mock.own_process import COMMAND, Running, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_SHORT = (0.2, 0.8)


@pytest.fixture(autouse=True)
def short_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kill_rounds, "_LOAD_SECONDS", _SHORT)


def test_what_a_data_file_was_trusted_with_outlives_kills(tmp_path: Path) -> None:
    found = kill_rounds.kill_rounds(3, 7, tmp_path, ["--data", str(tmp_path / "state.db")])
    assert (None, 3) == (found.broken, found.rounds)
    assert found.writes > 20
    assert found.jobs > 0


def test_a_mock_that_forgets_is_found_out(tmp_path: Path) -> None:
    found = kill_rounds.kill_rounds(1, 7, tmp_path, [])  # in memory
    assert found.broken is not None
    assert found.broken.startswith("round 1: ")


def test_a_mock_that_does_not_start_is_told_in_its_words(tmp_path: Path) -> None:
    found = kill_rounds.kill_rounds(1, 7, tmp_path, ["--data", str(tmp_path / "no" / "such" / "folder")])
    assert found.broken is not None
    assert found.broken.startswith("round 1: the mock does not start: mailproof: ")


@dataclass
class Written:
    """A running mock, and the ledger that knows of what is in it."""

    mock: Running
    ledger: Ledger

    @property
    def ready(self) -> dict[str, Any]:
        return {"url": self.mock.url, "providers": self.mock.providers}

    def post(self, path: str, body: object = None) -> Any:
        async def asked() -> Any:
            async with Server(self.ready) as server:
                return await server.told("which50", "POST", path, body)

        return asyncio.run(asked())

    def check(self) -> None:
        asyncio.run(check(self.ready, self.ledger, "seed"))


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("mock"), [*COMMAND, "--set", f"which50.import-share={SHARE}"]) as started:
        yield started


@pytest.fixture
def written(mock: Running) -> Written:
    mock.reset()
    found = Written(mock, Ledger())
    asyncio.run(prepare(found.ready, found.ledger))
    values = {"Email": "una.quay@example.com", "FirstName": "Una"}
    found.post("/journeys/sendEmail", {"EmailId": 7001, "Contact": {"ListId": 34, "Values": values}})
    found.ledger.sends["una.quay@example.com"] = Count(acknowledged=1)
    found.ledger.upserts["una.quay@example.com"] = Cell("Una")
    return found


def test_what_is_as_acknowledged_passes(written: Written) -> None:
    written.check()


def _lost_contact(ledger: Ledger) -> None:
    ledger.upserts["nobody@example.com"] = Cell("Noel")


def _older_value(ledger: Ledger) -> None:
    ledger.upserts["una.quay@example.com"] = Cell("Ona", ["Ina"])


def _stranger(ledger: Ledger) -> None:
    del ledger.upserts["una.quay@example.com"], ledger.sends["una.quay@example.com"]


def _lost_message(ledger: Ledger) -> None:
    ledger.sends["una.quay@example.com"] = Count(acknowledged=2, in_doubt=1)


def _message_twice(ledger: Ledger) -> None:
    ledger.sends["una.quay@example.com"] = Count(acknowledged=0)


def _lost_file(ledger: Ledger) -> None:
    ledger.files["june.bin"] = Cell("a seed")


def _lost_group_send(ledger: Ledger) -> None:
    ledger.group_sends = Count(acknowledged=1)


def _lost_snapshot(ledger: Ledger) -> None:
    ledger.snapshots.acknowledged += 1


def _lost_import(ledger: Ledger) -> None:
    ledger.imported.add("odhran.pier@example.com")


def _lost_shared(ledger: Ledger) -> None:
    ledger.shared["ada@example.com"] = {"Ada"}
    ledger.shared_sure.add("ada@example.com")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_lost_contact, "contact nobody@example.com: there is None"),
        (_older_value, "contact una.quay@example.com: there is 'Una'"),
        (_stranger, "a contact that nobody wrote: una.quay@example.com"),
        (_lost_message, "messages to una.quay@example.com: there is 1"),
        (_message_twice, "messages to una.quay@example.com: there is 1"),
        (_lost_file, r"file june.bin \(404"),
        (_lost_group_send, "messages to the group: there is 0"),
        (_lost_snapshot, "snapshots: there is 2"),
        (_lost_import, "list 33 has 0 contacts, 1 were imported"),
        (_lost_shared, "contact ada@example.com: FirstName is None"),
    ],
)
def test_what_is_otherwise_than_acknowledged_is_told(
    written: Written, change: Callable[[Ledger], None], words: str
) -> None:
    change(written.ledger)
    with pytest.raises(Broken, match=words):
        written.check()


def test_a_call_that_was_done_by_half_is_told(written: Written) -> None:
    values = {"Email": "group-3@example.com", "Address": "Quay 1"}
    written.post("/contactLists/34/contact", {"Values": values})
    with pytest.raises(Broken, match="a whole group, and now there are several"):
        written.check()


@pytest.mark.parametrize("in_doubt", [0, 1])
def test_what_was_in_doubt_may_be_there_or_not(written: Written, in_doubt: int) -> None:
    ledger = written.ledger
    ledger.upserts["una.quay@example.com"] = Cell("Ona", ["Una"])
    ledger.upserts["nobody@example.com"] = Cell(None, ["Noel"])
    ledger.sends["una.quay@example.com"] = Count(1 - in_doubt, in_doubt)
    written.check()
    assert ("Una", None) == tuple(cell.acknowledged for cell in ledger.upserts.values())
    assert Count(1, 0) == ledger.sends["una.quay@example.com"]


def _job(written: Written, job: Job, *, batches: int, run: bool) -> None:
    path = "/contactLists/33/import"
    job.job_id = written.post(path, {"FieldNames": ["Email", "FirstName"]})["Id"]
    for number in range(batches):
        written.post(f"{path}/{job.job_id}", batch_of(job.marker, number))
    if run:
        written.post(f"{path}/{job.job_id}/run")
    written.ledger.jobs.append(job)


@pytest.mark.parametrize(
    ("noted", "batches", "words"),
    [
        (Job("job-1", batches=2), 1, "2 batches were acknowledged, 50 contacts came of them"),
        (Job("job-1", batches=1), 2, "1 batches were acknowledged, 100 contacts came of them"),
        (Job("job-1", batches=1), 0, "1 batches were acknowledged, and it has none"),
        (Job("job-1", batches=1, run=True), 1, "run was acknowledged, and it is Loading"),
        (Job("job-1", batches=1, stored=60), 1, "an earlier poll told 60"),
    ],
)
def test_an_import_that_lost_something_is_told(written: Written, noted: Job, batches: int, words: str) -> None:
    _job(written, noted, batches=batches, run=False)
    with pytest.raises(Broken, match=words):
        written.check()


def test_an_import_that_was_interrupted_is_brought_to_its_end(written: Written) -> None:
    jobs = written.ledger.jobs
    running_one, loading, empty = Job("job-1", batches=2, run=True), Job("job-2", batches=1, in_doubt=1), Job("job-3")
    _job(written, running_one, batches=2, run=True)
    jobs.append(Job("job-0"))  # its id was never told
    written.check()
    _job(written, loading, batches=2, run=False)
    _job(written, empty, batches=0, run=False)
    written.check()
    assert ([running_one, loading], True, 2) == (jobs, loading.finished, loading.batches)
    assert {email for job in jobs for n in (0, 1) for email in emails_of(job.marker, n)} == written.ledger.imported


def test_counters_of_an_import_that_are_wrong_are_told() -> None:
    told = {"CurrentStatus": "Finished", "InsertedContacts": 49, "UpdatedContacts": 1}
    with pytest.raises(Broken, match="50 of them new, is finished and tells of 49 inserted, 1 updated"):
        note_poll(Ledger(), Job("job-1", batches=1), told)


@pytest.mark.parametrize("arguments", [["--rounds", "0"], ["--rounds", "many"], ["--keep", "."]])
def test_a_mistake_on_the_command_line_is_told(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["kill_rounds", *arguments])
    with pytest.raises(SystemExit) as ended:
        kill_rounds.main()
    assert 2 == ended.value.code
    assert arguments[0] in capsys.readouterr().err
