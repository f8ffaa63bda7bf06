"""`mailproof seed`: what it adds to a database, the same each time, and how it refuses a mistake."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from databases import drop, fresh_database

import mailproof_mock
from mailproof.__main__ import main
from mailproof_mock import seed_command
from mailproof_mock.fixture_rows import opaque_id
from mailproof_mock.sandbox import open_sandbox
from mailproof_mock.sqlite_store import SqliteStore
from mailproof_mock.store import store_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mailproof_mock.world import World

FIXTURES = Path(mailproof_mock.__file__).parent / "whatcounts" / "fixtures.yaml"
WHICH50 = open_sandbox("which50", alone=True).fixtures
LAST = max(row["Id"] for row in WHICH50.rows["harbour-store"]["contact"])
"""The number of the last contact of the fixtures."""
SEEDED = 35

Said = tuple[int, str, str]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Said]:
    """Runs the command; gives exit code, output and errors."""

    def run_command(*arguments: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["mailproof", "seed", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capfd.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return run_command


class Place:
    """A database that the command fills: a data file, or where tests run on PostgreSQL, a schema there."""

    def __init__(self, folder: Path) -> None:
        self._database = fresh_database()
        self._file = folder / "world.db"
        self.words = ["--data", str(self._file)] if self._database is None else ["--database", self._database]

    def inside(self, work: Callable[[World], Any], provider: str, account: str) -> Any:
        async def done() -> Any:
            store = store_in(self._database or self._file)
            await store.open()
            try:
                async with store.transaction(f"{provider}/{account}", write=False) as rows:
                    fixtures = open_sandbox(provider, alone=True).fixtures
                    return await work(fixtures.world(rows, provider, account))
            finally:
                await store.close()

        return asyncio.run(done())

    def contacts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.inside(
            lambda world: world.find("contact", ListId=SEEDED), "which50", "harbour-store"
        )
        return found

    def close(self) -> None:
        drop(self._database)


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Callable[[], Place]]:
    """Makes empty databases."""
    made: list[Place] = []

    def make() -> Place:
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(Place(folder))
        return made[-1]

    yield make
    for place in made:
        place.close()


def test_contacts_are_added_after_those_of_the_fixtures(run: Callable[..., Said], places: Callable[[], Place]) -> None:
    place = places()
    code, out, err = run("which50", "--contacts", "30", *place.words)
    assert (0, "") == (code, err)
    assert out.startswith("which50: added 30 contacts to harbour-store (contact list 35, Seeded contacts) in ")
    found = place.contacts()
    assert [1_000_000 + LAST + n for n in range(1, 31)] == [row["Id"] for row in found]
    assert [opaque_id("harbour-store", "contact seeded", LAST + n) for n in range(1, 31)] == [
        row["EncContactId"] for row in found
    ]
    assert [f"35/{row['Values']['Email'].casefold()}" for row in found] == [row["_key"] for row in found]
    fields = place.inside(lambda world: world.find("field", _list=SEEDED), "which50", "harbour-store")
    assert {field["Name"] for field in fields} == set(found[0]["Values"])
    assert 30 == place.inside(lambda world: world.count("contact", "ListId", SEEDED), "which50", "harbour-store")
    assert 1_207 == place.inside(lambda world: world.count("contact", "ListId", 32), "which50", "harbour-store")


def test_the_same_commands_make_the_same_contacts(
    run: Callable[..., Said], places: Callable[[], Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seed_command, "_AT_ONCE", 7)
    first, second, whole = places(), places(), places()
    for place in (first, second):
        run("which50", "--contacts", "20", *place.words)
        run("which50", "--contacts", "5", *place.words)
    run("which50", "--contacts", "25", *whole.words)
    assert 25 == len({row["EncContactId"] for row in first.contacts()})
    assert first.contacts() == second.contacts() == whole.contacts()


def test_a_contact_that_a_client_creates_comes_after_them(
    run: Callable[..., Said], places: Callable[[], Place], start_mock: Callable[..., Any], tmp_path: Path
) -> None:
    place = places()
    run("which50", "--contacts", "3", *place.words)
    mock = start_mock(tmp_path, "which50", *place.words)
    api = mock.provider("which50")
    base, headers = api["base_url"], {**api["headers"], "Accept": "application/json"}
    assert 3 == mock.client.get(f"{base}/contactLists/35", headers=headers).json()["Count"]
    row_id, email = opaque_id("harbour-store", "contact seeded", LAST + 2), f"seeded{LAST + 2:08d}@example.com"
    assert email == mock.client.get(f"{base}/contacts/{row_id}", headers=headers).json()["Values"]["Email"]
    changed, created = [
        mock.client.post(f"{base}/contactLists/35/contact", headers=headers, json={"Values": {"Email": text}}).json()
        for text in (email.upper(), "somebody.else@example.com")
    ]
    assert row_id == changed["EncContactId"]
    assert opaque_id("harbour-store", "contact saved", 1_000_000 + LAST + 4) == created["EncContactId"]


def test_subscribers_can_be_sent_messages(run: Callable[..., Said], places: Callable[[], Place]) -> None:
    place = places()
    code, out, _ = run("whatcounts", "--contacts", "12", *place.words)
    assert (0, True) == (code, out.startswith("whatcounts: added 12 contacts to my-account (list 13, My List) in "))

    async def look(world: World) -> tuple[Any, Any]:
        subscriber = await world.first("subscriber", customerKey="seeded07160992")
        assert subscriber is not None
        return subscriber["email"], await world.first(
            "subscription", subscriberId=subscriber["subscriberId"], listId=13
        )

    email, subscription = place.inside(look, "whatcounts", "my-account")
    assert "seeded07160992@example.com" == email
    assert 13 == subscription["listId"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["which50", "--contacts", "5"], ["--data FILE or --database URL"]),
        (["which50", "--contacts", "5", "--data", "a.db", "--database", "postgresql://h/n"], ["choose one"]),
        (["which50", "--data", "a.db"], ["--contacts"]),
        (["which50", "--contacts", "0", "--data", "a.db"], ["--contacts", "1<=x<=10000000"]),
        (["which50", "--contacts", "10000001", "--data", "a.db"], ["--contacts", "1<=x<=10000000"]),
        (["which50", "--contacts", "9" * 400, "--data", "a.db"], ["--contacts"]),
        (["which50", "--contacts", "many", "--data", "a.db"], ["--contacts", "many"]),
        (["which51", "--contacts", "5", "--data", "a.db"], ["no provider 'which51'", "whatcounts and which50 have"]),
        (["getresponse", "--contacts", "5", "--data", "a.db"], ["no seeds of contacts", "whatcounts and which50 have"]),
        (["which50", "--contacts", "5", "--data", "/nowhere/at/all.db"], ["/nowhere/at/all.db", "unable to open"]),
        (["which50", "--contacts", "5", "--data", "."], ["--data", "directory"]),
        (["which50", "--contacts", "5", "--data", "a.db", "--fixtures", "whatcounts=b"], ["whatcounts is not seeded"]),
        (["which50", "--contacts", "5", "--database", "mysql://h/n"], ["must begin with postgresql://"]),
        (["which50", "--contacts", "5", "--database", "postgresql://u:hush@127.0.0.1:1/n"], ["127.0.0.1:1/n"]),
    ],
)
def test_a_mistake_is_one_line(
    run: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MAILPROOF_DATABASE", raising=False)
    code, out, err = run(*arguments)
    assert (2, "", 1) == (code, out, len(err.splitlines()))
    assert [] == [word for word in words if word not in err]
    assert "hush" not in err
    assert [] == list(tmp_path.iterdir())


def test_a_file_that_a_server_has_is_refused(run: Callable[..., Said], tmp_path: Path) -> None:
    file = tmp_path / "world.db"
    store = SqliteStore(file)
    code, _, err = run("which50", "--contacts", "5", "--data", str(file))
    asyncio.run(store.close())
    assert (2, f"mailproof: {file}: cannot be used as data file: another server has it open\n") == (code, err)


def test_a_file_of_something_else_is_refused(run: Callable[..., Said], tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_bytes(b"these are notes" * 100)
    code, _, err = run("which50", "--contacts", "5", "--data", str(file))
    assert (2, 1, True) == (code, len(err.splitlines()), "not a database" in err)
    assert b"these are notes" * 100 == file.read_bytes()


def test_what_was_added_before_the_disk_was_full_is_there_and_told(
    run: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seed_command, "_AT_ONCE", 200)
    file = tmp_path / "world.db"
    run("which50", "--contacts", "1", "--data", str(file))

    def nearly_full(place: Any) -> SqliteStore:
        store = SqliteStore(place)
        pages = store.writer.execute("PRAGMA page_count").fetchone()[0]
        store.writer.execute(f"PRAGMA max_page_count = {pages + 100}")
        return store

    monkeypatch.setattr(seed_command, "store_in", nearly_full)
    code, _, err = run("which50", "--contacts", "100000", "--data", str(file))
    assert (2, 1) == (code, len(err.splitlines()))
    told = int(err.partition("database or disk is full; ")[2].split()[0])
    assert (0, True) == (told % 200, told > 0)
    with sqlite3.connect(file) as database:
        (there,) = database.execute("SELECT count(*) FROM key WHERE field = 'ListId' AND value = '35'").fetchone()
    database.close()
    assert told + 1 == there


@pytest.mark.parametrize(
    ("seed", "words"),
    [
        ({"account": "my-account"}, ["has no each"]),
        ({"account": "nobody", "each": {"subscriber": {}}}, ["no account 'nobody'"]),
        ({"account": ["my-account"], "each": {"subscriber": {}}}, ["no account ['my-account']"]),
        ("contacts", ["has no each"]),
        ({"account": "my-account", "each": {"contact": {"a": 1}}}, ["no kind 'contact'"]),
        ({"account": "my-account", "each": {"subscriber": {}}}, ["has no subscriberId"]),
        ({"account": "my-account", "each": {"subscriber": {"subscriberId": 5}}}, ["a second row"]),
        ({"account": "my-account", "each": {"subscriber": {"subscriberId": "{n:zz}"}}}, ["{n:zz} cannot be written"]),
        ({"account": "my-account", "each": {"subscriber": {"subscriberId": {"_cycle": []}}}}, ["_cycle needs a list"]),
        ({"account": "my-account", "each": {"subscriber": {"subscriberId": {"_number": "1"}}}}, ["_number needs"]),
        ({"account": "my-account", "all": {}}, ["no member 'all'", "account, place, once, each"]),
        (
            {
                "account": "my-account",
                "once": {"list": [{"listId": 13}]},
                "each": {"subscriber": {"subscriberId": "{n}"}},
            },
            ["once/list/0", "has the listId 13 already"],
        ),
    ],
    ids=range(12),
)
def test_seeds_that_do_not_hold_together_are_said(
    run: Callable[..., Said], tmp_path: Path, seed: Any, words: list[str]
) -> None:
    fixtures: Any = yaml.safe_load(FIXTURES.read_text(encoding="utf-8"))
    fixtures["seeds"] = {"contacts": seed}
    file, data = tmp_path / "fixtures.yaml", tmp_path / "world.db"
    file.write_text(yaml.safe_dump(fixtures), encoding="utf-8")
    code, _, err = run("whatcounts", "--contacts", "5", "--data", str(data), "--fixtures", f"whatcounts={file}")
    assert (2, 1) == (code, len(err.splitlines())), err
    assert [] == [word for word in (str(file), *words) if word not in err], err
    assert not data.exists()
