"""What earlier runs left is listed, and removed only when asked for and only what is theirs."""

from __future__ import annotations

import json
import socket
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from small_server import Answer, Asked, serve

from mailproof import contract
from mailproof_conformance.exchange import Request
from mailproof_conformance.guard import Address
from mailproof_conformance.options import Options
from mailproof_conformance.own import Own
from mailproof_conformance.run import session_at
from mailproof_conformance.sweep import Leftover, Sweep, from_report
from mailproof_conformance.target import Credential, Target, TargetError
from mailproof_conformance.verdicts import Disabled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SHELF = """
openapi: 3.0.3
info: {title: Shelf, version: '1'}
paths:
  /shelves/{shelfId}/boxes:
    get:
      operationId: list_boxes
      x-effect: read
      parameters: [{name: shelfId, in: path, required: true, schema: {type: integer}}]
      responses:
        '200':
          description: The boxes.
          content:
            application/json:
              schema:
                type: array
                items:
                  type: object
                  properties: {number: {type: integer, x-names: boxId}, label: {type: string}}
  /boxes/{boxId}:
    delete:
      operationId: drop_box
      x-effect: write
      parameters: [{name: boxId, in: path, required: true, schema: {type: integer}}]
      responses: {'204': {description: Gone.}}
"""


class Shelf:
    """Two shelves with boxes."""

    def __init__(self) -> None:
        self.boxes = {
            1: {3: "theirs", 4: "mailproof-5feceb-a", 5: "Box MAILPROOF-ABCDEF-B"},
            2: {6: "mailproof-5feceb-c"},
        }
        self.deleted: list[int] = []

    def __call__(self, asked: Asked) -> Answer:
        number = int("0" + "".join(letter for letter in asked.path if letter.isdigit()))
        if asked.method == "DELETE":
            self.deleted.append(number)
            return Answer(204 if number != 5 else 500)
        return Answer(200, [{"number": key, "label": label} for key, label in self.boxes.get(number, {}).items()])


@pytest.fixture
def shelf() -> Iterator[tuple[Shelf, int]]:
    app = Shelf()
    server = serve(app)
    yield app, server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture
def spec(tmp_path: Path) -> str:
    path = tmp_path / "openapi.yaml"
    path.write_text(SHELF)
    return str(path)


@pytest.fixture
def words(tmp_path: Path, shelf: tuple[Shelf, int], spec: str) -> tuple[str, ...]:
    config = tmp_path / "mailproof.toml"
    config.write_text(f"[target]\nbase_url = 'http://127.0.0.1:{shelf[1]}'\n[pool]\nshelfId = [1]\n")
    return ("sweep", spec, "--config", str(config))


def test_without_yes_it_only_lists(
    command: Callable[..., tuple[int, str, str]], shelf: tuple[Shelf, int], words: tuple[str, ...]
) -> None:
    code, output, errors = command(*words)
    assert (0, "") == (code, errors)
    assert [
        "looked for mailproof-* in list_boxes",
        "would remove: boxId 4 (from list_boxes)",
        "would remove: boxId 5 (from list_boxes)",
        "2 found: 2 can be removed, 0 stay; --yes removes them",
    ] == output.splitlines()
    assert [] == shelf[0].deleted


def test_with_yes_it_removes_and_says_what_could_not_be(
    command: Callable[..., tuple[int, str, str]], shelf: tuple[Shelf, int], words: tuple[str, ...]
) -> None:
    code, output, _ = command(*words, "--yes")
    assert 1 == code
    assert "not removed: boxId 5 (from list_boxes): drop_box is answered 500" in output
    assert "2 found: 1 removed, 1 could not be, 0 stay" in output
    assert [4, 5] == shelf[0].deleted


def test_a_prefix_of_ones_own(
    command: Callable[..., tuple[int, str, str]], shelf: tuple[Shelf, int], words: tuple[str, ...]
) -> None:
    code, output, _ = command(*words, "--yes", "--prefix", "mailproof-5feceb-")
    assert 0 == code, output
    assert [4] == shelf[0].deleted


def test_on_a_far_server_nothing_is_removed_that_does_not_carry_the_prefix(shelf: tuple[Shelf, int], spec: str) -> None:
    app, port = shelf
    own, target = contract(spec), Target("shelf", "http://api.example.test", Credential())
    options = Options(prefix="mailproof-", own=Own(pools={"shelfId": (1, 2)}), allow=frozenset({"write"}), rate=1e9)
    far = Address("http", "api.example.test", 80, "203.0.113.7")
    session = session_at(
        own, target, options, far, lambda _, timeout: socket.create_connection(("127.0.0.1", port), timeout)
    )
    with closing(session.client):
        sweeper = Sweep(session, options.own, "mailproof-")
        found = list(sweeper.find())
        assert [4, 5, 6] == [item.id for item in found]
        check_refused(session)
        assert [None, None] == [sweeper.remove(item) for item in found if item.id != 5]
    assert [4, 6] == app.deleted


def check_refused(session: Any) -> None:
    with pytest.raises(Disabled, match="neither in the pool"):
        session.send(Request("DELETE", "/boxes/3"))


def test_what_the_api_cannot_delete_is_listed_and_stays(
    command: Callable[..., tuple[int, str, str]], sandbox: Any, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    left = [
        {"names": "filePath", "id": "mailproof-5feceb-a.txt", "operation": "upload_file", "removable": True},
        {"names": "importJobId", "id": 806, "operation": "create_import_job", "removable": False},
    ]
    report.write_text(json.dumps({"provider": "which50", "safety": {"left": left}}))
    config = tmp_path / "mailproof.toml"
    config.write_text("[pool]\ncontactListId = [34]\n")
    contact = {"Values": {"Email": "mailproof-5feceb-a@example.com"}}
    assert sandbox.request("which50", "POST", "/contactLists/34/contact", json=contact).status_code == 200
    words = ("sweep", "which50", "--ready-file", str(sandbox.ready_file), "--config", str(config))
    code, output, errors = command(*words, "--from", str(report), "--yes")
    assert 0 == code, output + errors
    lines = output.splitlines()
    assert "looked for mailproof-* in list_contact_list_contacts" == lines[0]
    assert "stays: importJobId 806 (from report.json): which50 has no operation that deletes it" in lines
    assert any(line.startswith("stays: contactId ") for line in lines)
    assert "removed: filePath mailproof-5feceb-a.txt (from report.json)" in lines
    assert "3 found: 1 removed, 0 could not be, 2 stay" == lines[-1]


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '"text"', '{"provider": "other"}', "\udcff"])
def test_what_is_no_report(tmp_path: Path, text: str) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(TargetError, match="is no report"):
        from_report(path, "which50")
    with pytest.raises(TargetError, match="cannot be read"):
        from_report(tmp_path / "none.json", "which50")


def test_a_report_that_lies_is_read_with_care(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    left = [None, 1, {"names": 7, "id": 1}, {"names": "a", "id": [1]}, {"names": "boxId", "id": 9}]
    path.write_text(json.dumps({"provider": "shelf", "safety": {"left": left}}))
    assert [Leftover("boxId", 9, "report.json")] == from_report(path, "shelf")
    path.write_text(json.dumps({"provider": "shelf", "safety": None}))
    assert [] == from_report(path, "shelf")
