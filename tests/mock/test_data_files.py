"""A data file that cannot be written, or is none: a clear word in the vendor's dialect or in one line, no damage."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from mailproof.promises import ContractError
from mailproof_mock.sqlite_store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    import httpx

LIST = "/contactLists/34"
SEND = "/msg/sendWithCustomerKey/My%20List/My%20Template/5606?format=2&snapshot=1"
CALL = {"jsonrpc": "2.0", "id": 1, "method": "ping", "params": ["0123456789abcdef0123456789abcdef"]}
NO_OVERRIDE = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]  # then root is bound by modes as well
PAGE = 4096


def save(sandbox: Any, number: int) -> httpx.Response:
    values = {"Email": f"una-{number}@example.com", "Address": "Quay Street " * 100}
    answer: httpx.Response = sandbox.request("which50", "POST", f"{LIST}/contact", json={"Values": values})
    return answer


def count(sandbox: Any) -> int:
    answer = sandbox.request("which50", "GET", LIST)
    assert 200 == answer.status_code
    return int(answer.json()["Count"])


def made_in(folder: Path) -> Path:
    """Another folder for a second mock: one that is killed leaves its ready file behind."""
    again = folder / "again"
    again.mkdir()
    return again


def refused(folder: Path, *arguments: str, before: tuple[str, ...] = ()) -> str:
    """The one line in which a start is refused, with exit code 2."""
    line = [*before, sys.executable, "-m", "mailproof", "mock", "whatcounts", "--port", "0", *arguments]
    ended = subprocess.run(line, check=False, capture_output=True, text=True, timeout=60, cwd=folder)
    assert (2, "", 1) == (ended.returncode, ended.stdout, len(ended.stderr.splitlines())), ended.stderr[-2000:]
    return ended.stderr


@contextmanager
def small_disk(folder: Path, size: str) -> Generator[Path]:
    """A file system of so many bytes."""
    folder.mkdir()
    line = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(line, check=False, capture_output=True).returncode != 0:
        pytest.skip("only root can mount a small disk, and not in every container")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)  # noqa: S607 - wherever the system has it


@pytest.fixture
def made(start_mock: Callable[..., Any], stop_mock: Callable[..., int], tmp_path: Path) -> Path:
    """A data file that a mock made and let go of."""
    folder = tmp_path / "made"
    folder.mkdir()
    data = folder / "state.db"
    assert 0 == stop_mock(start_mock(folder, "whatcounts", "--data", str(data)))
    return data


def test_no_write_is_taken_that_finds_no_room_and_all_goes_on_afterwards(
    start_mock: Callable[..., Any], stop_mock: Callable[..., int], tmp_path: Path
) -> None:
    data = tmp_path / "state.db"
    sandbox = start_mock(tmp_path, "--data", str(data))
    assert 200 == save(sandbox, 0).status_code
    resource.prlimit(sandbox.process.pid, resource.RLIMIT_FSIZE, (PAGE, resource.RLIM_INFINITY))
    taken = 0
    for number in range(1, 4):
        answer = save(sandbox, number)
        assert (500, {"Message": "An error has occurred."}) == (answer.status_code, answer.json())
        taken += answer.status_code == 200
    sent = sandbox.request("whatcounts", "POST", SEND)
    assert (500, "Internal Server Error") == (sent.status_code, sent.json()["status"])
    assert (
        "pong" == sandbox.client.post(sandbox.provider("getresponse")["base_url"], json=CALL).json()["result"]["ping"]
    )
    assert (1, []) == (count(sandbox), sandbox.outbox())
    resource.prlimit(sandbox.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert 200 == save(sandbox, 9).status_code
    assert 0 == sandbox.request("whatcounts", "POST", SEND).json()
    assert (2, 1) == (count(sandbox), len(sandbox.outbox()))
    assert 0 == stop_mock(sandbox)
    again = start_mock(made_in(tmp_path), "--data", str(data))
    assert (2, 1) == (count(again), len(again.outbox()))


def test_a_full_disk_is_an_error_in_the_words_of_the_vendor(
    start_mock: Callable[..., Any], stop_mock: Callable[..., int], tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", "16m") as disk:
        sandbox = start_mock(tmp_path, "--data", str(disk / "state.db"))
        filler = disk / "filler"
        filler.write_bytes(b"x" * (shutil.disk_usage(disk).free - 2 * PAGE))
        answers = [
            sandbox.request("which50", "POST", "/files", files={"file": (f"{number}.bin", bytes(100_000))})
            for number in range(60)
        ]
        kept = sum(answer.status_code == 200 for answer in answers)
        assert {200, 500} >= {answer.status_code for answer in answers}
        assert 500 == answers[-1].status_code
        assert {"Message": "An error has occurred."} == answers[-1].json()
        filler.unlink()
        assert 200 == save(sandbox, 0).status_code
        sandbox.process.send_signal(signal.SIGKILL)
        sandbox.process.wait(timeout=30)
        again = start_mock(made_in(tmp_path), "--data", str(disk / "state.db"))
        found = [again.request("which50", "GET", f"/files?filePath={number}.bin").status_code for number in range(60)]
        assert [answer.status_code == 200 for answer in answers] == [status == 200 for status in found]
        assert (1, kept) == (count(again), found.count(200))
        assert 0 == stop_mock(again)


def test_a_disk_that_is_full_at_the_start_is_one_line(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "64k") as disk:
        line = refused(tmp_path, "--data", str(disk / "state.db"))
    assert "state.db: cannot be used as data file" in line


@pytest.mark.skipif(os.geteuid() == 0 and shutil.which("setpriv") is None, reason="root is bound by no mode")
@pytest.mark.parametrize(
    "of",
    [
        "file",
        "folder",
    ],
)
def test_a_data_file_that_may_not_be_written_is_one_line(made: Path, of: str) -> None:
    place = made if of == "file" else made.parent
    place.chmod(0o444 if of == "file" else 0o555)
    before = tuple(NO_OVERRIDE) if os.geteuid() == 0 else ()
    line = refused(made.parent.parent, "--data", str(made), before=before)
    place.chmod(0o755)
    assert f"{made}: cannot be used as data file: " in line


def _half(data: bytes) -> bytes:
    return data[: len(data) // 2]


_Damage = Callable[[bytes], bytes]
_DAMAGES: dict[str, _Damage] = {
    "half of it": _half,
    "its first page": lambda data: data[:PAGE],
    "its first page and a bit": lambda data: data[: PAGE + 100],
    "a part of its head": lambda data: data[:60],
    "zeros of its size": lambda data: bytes(len(data)),
    "a damaged schema": lambda data: data[:100] + b"\xa5" * (PAGE - 100) + data[PAGE:],
    "zeros behind its schema": lambda data: data[:PAGE] + bytes(len(data) - PAGE),
    "noise behind its schema": lambda data: data[:PAGE] + b"\xa5" * (len(data) - PAGE),
    "a table of something else": lambda _: b"Email,FirstName\n" * 100,
}
_JOURNALS: dict[str, tuple[_Damage, int]] = {
    "gone": (lambda _: b"", 0),
    "half of it": (_half, 0),
    "its last write cut off": (lambda journal: journal[:-10], 1),
    "noise at its end": (lambda journal: journal[:-PAGE] + b"\xa5" * PAGE, 1),
    "noise": (lambda journal: b"\xa5" * len(journal), 0),
}
"""What is left of a journal, and how many of four writes are there at the least."""


@pytest.mark.parametrize("damage", _DAMAGES)
def test_a_damaged_data_file_is_refused_in_one_line_and_left_as_it_is(made: Path, damage: str) -> None:
    damaged = _DAMAGES[damage](made.read_bytes())
    made.write_bytes(damaged)
    assert f"{made}: cannot be used as data file: " in refused(made.parent, "--data", str(made))
    assert damaged == made.read_bytes()


def test_a_data_file_that_is_refused_is_let_go_of(made: Path) -> None:
    sound = made.read_bytes()
    made.write_bytes(_DAMAGES["noise behind its schema"](sound))
    before = sorted(made.parent.iterdir())
    with pytest.raises(ContractError) as refusal:
        SqliteStore(made)
    assert f"{made}: cannot be used as data file: " in str(refusal.value)
    assert before == sorted(made.parent.iterdir())  # SQLite removes its own files when the last connection is closed


def test_a_journal_that_cannot_be_opened_is_one_line_and_the_data_file_is_let_go_of(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError("too many open files")

    before = sorted(made.parent.iterdir())
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", full)
        with pytest.raises(ContractError) as refusal:
            SqliteStore(made)
    assert f"{made}: cannot be used as data file: too many open files" == str(refusal.value)
    assert before == sorted(made.parent.iterdir())
    asyncio.run(SqliteStore(made).close())


@pytest.mark.parametrize("version", [0, 99])
def test_a_data_file_of_another_version_is_refused_and_left_as_it_is(made: Path, version: int) -> None:
    with sqlite3.connect(made) as db:
        db.execute(f"PRAGMA user_version = {version}")
    db.close()
    before = made.read_bytes()
    assert f"of version {version}, this mailproof writes version" in refused(made.parent, "--data", str(made))
    assert before == made.read_bytes()


@pytest.mark.parametrize("damage", _JOURNALS)
def test_a_damaged_journal_costs_writes_and_never_a_half_of_one(
    start_mock: Callable[..., Any], tmp_path: Path, damage: str
) -> None:
    data = tmp_path / "state.db"
    sandbox = start_mock(tmp_path, "--data", str(data))
    for number in range(4):
        body = {"EmailId": 7001, "Contact": {"ListId": 34, "Values": {"Email": f"una-{number}@example.com"}}}
        sandbox.request("which50", "POST", "/journeys/sendEmail", json=body).raise_for_status()
    sandbox.process.send_signal(signal.SIGKILL)
    sandbox.process.wait(timeout=30)
    journal = tmp_path / "state.db-wal"
    do, least = _JOURNALS[damage]
    left = do(journal.read_bytes())
    journal.unlink()
    if left:
        journal.write_bytes(left)
    again = start_mock(made_in(tmp_path), "--data", str(data))
    contacts = again.request("which50", "GET", f"{LIST}/contacts").json()
    assert least <= len(contacts) <= 4
    assert [contact["Values"]["Email"] for contact in contacts] == [entry["to"] for entry in again.outbox()]
    assert len(contacts) == count(again)
    assert 200 == save(again, 9).status_code
