"""`mailproof mock` on the command line: what it tells, what it keeps, and how it refuses a mistake."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

import mailproof_mock
from mailproof.__main__ import main

if TYPE_CHECKING:
    from collections.abc import Callable

FIXTURES = Path(mailproof_mock.__file__).parent / "whatcounts" / "fixtures.yaml"
SEND = "/msg/sendWithCustomerKey/My%20List/My%20Template/5606?snapshot=1&format=2"
LISTED = "/subscribers/availableimagessenttocustomerkey/5606"


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs a command that ends by itself, through the command line's own entrance."""

    def run_command(*arguments: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["mailproof", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        output = capfd.readouterr()
        return Result(int(ended.value.code or 0), output.out, output.err)

    return run_command


def assert_refused(result: Result, *words: str) -> None:
    """One line on standard error with these words in it, exit code 2, no traceback."""
    lines = result.stderr.strip().splitlines()
    assert (2, 1) == (result.returncode, len(lines)), result.stderr
    for word in words:
        assert word in lines[0]


@pytest.fixture
def mock_process(start_mock: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    """Starts mocks in folders of their own."""

    def start(*arguments: str) -> Any:
        folder = tmp_path / f"mock{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        return start_mock(folder, *arguments)

    return start


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["mock", "whatcount"], ["no provider 'whatcount'", "whatcounts"]),
        (["mock", "--port", "70000"], ["--port", "65535"]),
        (["mock", "--port", "many"], ["--port", "many"]),
        (["mock", "--colour"], ["--colour"]),
        (["mock", "missing.yaml"], ["missing.yaml", "cannot be read"]),
        (["mock", "--host", "203.0.113.7", "--port", "0"], ["cannot listen on 203.0.113.7"]),
        (["mock", "--fixtures", "whatcounts"], ["PROVIDER=FILE"]),
        (["mock", "which50", "--fixtures", "whatcounts=x.yaml"], ["whatcounts is not served"]),
        (
            ["mock", "whatcounts", "--fixtures", "whatcounts=missing.yaml", "--port", "0"],
            ["missing.yaml", "cannot be read"],
        ),
        (["mock", "--port", "0", "--data", "/nowhere/at/all.db"], ["/nowhere/at/all.db", "unable to open"]),
        (["mock", "--log-level", "loud"], ["--log-level", "debug"]),
        (["mock", "--vintage", "which50"], ["--vintage which50", "PROVIDER=VINTAGE"]),
        (["mock", "--vintage", "=2024"], ["PROVIDER=VINTAGE"]),
        (["mock", "--vintage", "which50="], ["PROVIDER=VINTAGE"]),
        (["mock", "--vintage", "which50=2023", "--port", "0"], ["which50", "no vintage '2023'", "2024, 2025"]),
        (["mock", "--vintage", "whatcounts=2024", "--port", "0"], ["whatcounts", "tells no vintages apart"]),
        (["mock", "--vintage", "which51=2024"], ["which51 is not served", "getresponse, whatcounts, which50"]),
        (["mock", "whatcounts", "--vintage", "which50=2024"], ["which50 is not served; served are whatcounts"]),
        (["mock", "--set", "which50.import-polls"], ["PROVIDER.NAME=VALUE"]),
        (["mock", "--set", "which50=3"], ["PROVIDER.NAME=VALUE"]),
        (["mock", "--set", "import-polls=3"], ["PROVIDER.NAME=VALUE"]),
        (["mock", "--set", "which51.import-polls=3"], ["which51 is not served", "which50"]),
        (["mock", "--set", "which50.polls=3", "--port", "0"], ["no setting 'polls'", "import-polls", "key-field"]),
        (["mock", "--set", "whatcounts.polls=3", "--port", "0"], ["whatcounts: no setting 'polls'; there are none"]),
        (["mock", "--set", "which50.import-polls=many", "--port", "0"], ["a whole number of at least 0, such as 1"]),
        (["mock", "--set", "which50.import-polls=-1", "--port", "0"], ["a whole number of at least 0, such as 1"]),
        (["mock", "--set", "which50.import-polls=", "--port", "0"], ["a whole number of at least 0, such as 1"]),
        (["mock", "--set", "which50.import-polls=" + "9" * 5000, "--port", "0"], ["a whole number"]),
        (["mock", "--set", "which50.key-field=", "--port", "0"], ["a text, such as Email"]),
        (["contract", "which50", "--vintage", "2023"], ["no vintage '2023'", "2024, 2025"]),
        (["contract", "whatcounts", "--vintage", "2024"], ["tells no vintages apart"]),
        (["clauses", "which50", "--vintage", "2023"], ["no vintage '2023'", "2024, 2025"]),
        (["clauses", "--vintage", "2024"], ["--vintage needs a PROVIDER"]),
        (["serve"], ["serve"]),
        (["contract", "whatcount"], ["no provider 'whatcount'"]),
        (["contract"], ["PROVIDER"]),
        (["clauses", "nobody"], ["no provider 'nobody'"]),
    ],
)
def test_a_mistake_is_one_line(run: Callable[..., Result], arguments: list[str], words: list[str]) -> None:
    assert_refused(run(*arguments), *words)


def test_a_taken_port_is_said(run: Callable[..., Result]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert_refused(run("mock", "--port", str(port)), f"127.0.0.1:{port}", "in use", "--port 0")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"\xff\xfe\x00", ["not UTF-8"]),
        (b"openapi: [", ["not YAML", "openapi.yaml:"]),
        (b"just: data", ["no `openapi` member"]),
        (b"[]", ["no `openapi` member"]),
        (b"openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: []", ["/paths"]),
        (b"openapi: 3.0.3\npaths: {/x: {get: {responses: {}}}}", ["GET /x", "operationId"]),
        (b"openapi: 3.0.3\npaths: {/x: {$ref: 'gone.yaml#/x'}}", ["gone.yaml", "cannot be read"]),
        (b"openapi: 3.0.3\npaths: {/x: {$ref: '../../../etc/passwd'}}", ["leaves the folder"]),
        (b"openapi: 3.0.3\npaths: {/x: {$ref: '#/nowhere'}}", ["leads nowhere"]),
        (b"a: &a [*a]\n" + b"[" * 100_000, ["not YAML"]),
    ],
    ids=range(10),
)
def test_an_unreadable_contract_is_said(
    run: Callable[..., Result], tmp_path: Path, text: bytes, words: list[str]
) -> None:
    spec = tmp_path / "openapi.yaml"
    spec.write_bytes(text)
    assert_refused(run("mock", str(spec), "--port", "0"), str(tmp_path), *words)


def change(fixtures: Any, path: str, value: object) -> None:
    """Sets a member of nested data by its slash-separated path; a value of None removes it."""
    *parents, last = path.split("/")
    node: Any = fixtures
    for parent in parents:
        node = node[int(parent) if parent.isdigit() else parent]
    if value is None:
        del node[last]
    else:
        node[int(last) if last.isdigit() else last] = value


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("epoch", None, ["has no epoch"]),
        ("epoch", "yesterday", ["epoch", "'yesterday'", "ISO 8601"]),
        ("epoch", "2024-01-01T00:00:00", ["epoch", "no offset"]),
        ("kinds/list/id", None, ["kinds/list", "has no id"]),
        ("accounts/my-account/rows/list/0/listId", None, ["rows/list/0", "has no listId"]),
        ("accounts/my-account/rows/unheard", [{"x": 1}], ["no kind 'unheard'"]),
        ("accounts/my-account/credentials/0/scheme", "oauth", ["no security scheme 'oauth'"]),
        ("accounts/my-account/credentials/0/password", None, ["has no password"]),
        ("login/account", "nobody", ["login", "'nobody'"]),
    ],
)
def test_fixtures_that_do_not_hold_together_are_said(
    run: Callable[..., Result], tmp_path: Path, path: str, value: object, words: list[str]
) -> None:
    fixtures: Any = yaml.safe_load(FIXTURES.read_text(encoding="utf-8"))
    change(fixtures, path, value)
    file = tmp_path / "fixtures.yaml"
    file.write_text(yaml.safe_dump(fixtures), encoding="utf-8")
    assert_refused(run("mock", "whatcounts", "--port", "0", "--fixtures", f"whatcounts={file}"), str(file), *words)


def test_the_ready_file_says_how_to_reach_each_provider(running_sandbox: Any) -> None:
    assert ["getresponse", "whatcounts", "which50"] == sorted(running_sandbox.ready["providers"])
    assert "Basic bXlBY2NvdW50Onh5enB3ZDEyMw==" == running_sandbox.provider("whatcounts")["headers"]["Authorization"]
    assert {"base_url", "api_key", "samples", "others", "strict"} == set(running_sandbox.provider("getresponse"))
    for entry in running_sandbox.ready["providers"].values():
        assert entry["base_url"].startswith(running_sandbox.url)
        assert entry["samples"]


def test_the_ready_file_goes_when_the_mock_stops(
    mock_process: Callable[..., Any], stop_mock: Callable[..., int]
) -> None:
    sandbox = mock_process("whatcounts")
    assert sandbox.ready_file.exists()
    assert 0 == stop_mock(sandbox)
    assert not sandbox.ready_file.exists()


def test_a_closed_terminal_stops_the_mock_in_good_order(mock_process: Callable[..., Any]) -> None:
    sandbox = mock_process("whatcounts")
    sandbox.process.send_signal(signal.SIGHUP)
    assert 0 == sandbox.process.wait(timeout=30)
    assert not sandbox.ready_file.exists()


def test_one_provider_alone_lives_at_the_path_of_the_vendor(
    mock_process: Callable[..., Any], stop_mock: Callable[..., int]
) -> None:
    paths = {}
    for provider in ("whatcounts", "which50", "getresponse"):
        sandbox = mock_process(provider)
        paths[provider] = sandbox.provider(provider)["base_url"].removeprefix(sandbox.url)
        stop_mock(sandbox)
    assert {"whatcounts": "/rest", "which50": "/Which50API", "getresponse": ""} == paths


def test_a_data_file_keeps_what_was_written(
    mock_process: Callable[..., Any], stop_mock: Callable[..., int], tmp_path: Path
) -> None:
    data = tmp_path / "state.db"
    first = mock_process("whatcounts", "--data", str(data))
    assert first.request("whatcounts", "POST", SEND).json() == 0
    listed = first.request("whatcounts", "GET", LISTED).json()
    sent = first.outbox()
    first.process.send_signal(signal.SIGKILL)
    first.process.wait(timeout=30)
    first.client.close()
    second = mock_process("whatcounts", "--data", str(data))
    again = second.request("whatcounts", "GET", LISTED).json()
    assert [entry["content"]["image_file_name"] for entry in listed] == [e["content"]["image_file_name"] for e in again]
    assert sent == second.outbox()
    stop_mock(second)


def test_a_data_file_in_use_or_of_something_else_is_refused(
    run: Callable[..., Result],
    mock_process: Callable[..., Any],
    stop_mock: Callable[..., int],
    tmp_path: Path,
) -> None:
    data = tmp_path / "state.db"
    sandbox = mock_process("whatcounts", "--data", str(data))
    assert_refused(
        run("mock", "whatcounts", "--port", "0", "--data", str(data)), str(data), "another server has it open"
    )
    stop_mock(sandbox)
    with sqlite3.connect(data) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    assert_refused(run("mock", "whatcounts", "--port", "0", "--data", str(data)), "version 99")
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE theirs (x)")
    db.close()
    assert_refused(run("mock", "whatcounts", "--port", "0", "--data", str(other)), "something else")
    text = tmp_path / "text.db"
    text.write_text("not a database at all, but long enough to be looked at " * 20)
    assert_refused(run("mock", "whatcounts", "--port", "0", "--data", str(text)), str(text), "not a database")


def test_the_same_calls_give_the_same_bytes(mock_process: Callable[..., Any], stop_mock: Callable[..., int]) -> None:
    answers: list[Any] = []
    for _ in range(2):
        sandbox = mock_process("whatcounts")
        responses = [
            sandbox.request("whatcounts", "POST", SEND),
            sandbox.request("whatcounts", "GET", LISTED),
        ]
        answers.append([(r.status_code, r.headers["date"], r.text.replace(sandbox.url, "")) for r in responses])
        stop_mock(sandbox)
    assert answers[0] == answers[1]


def test_a_contract_of_ones_own_is_answered_from_its_examples(
    mock_process: Callable[..., Any], stop_mock: Callable[..., int], tmp_path: Path
) -> None:
    document = {
        "openapi": "3.0.3",
        "info": {"title": "pets", "version": "1"},
        "servers": [{"url": "https://pets.example/v1"}],
        "paths": {
            "/pets/{id}": {
                "get": {
                    "operationId": "get_pet",
                    "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
                    "responses": {
                        "200": {
                            "description": "a pet",
                            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}},
                        }
                    },
                }
            }
        },
        "components": {
            "schemas": {
                "Pet": {
                    "type": "object",
                    "required": ["name", "born"],
                    "properties": {
                        "name": {"type": "string", "example": "Rex"},
                        "born": {"type": "string", "format": "date"},
                    },
                }
            }
        },
    }
    spec = tmp_path / "pets.yaml"
    spec.write_text(yaml.safe_dump(document), encoding="utf-8")
    sandbox = mock_process(str(spec))
    assert {"name": "Rex", "born": "2024-01-01"} == sandbox.client.get(f"{sandbox.url}/v1/pets/3").json()
    assert 400 == sandbox.client.get(f"{sandbox.url}/v1/pets/three").status_code
    assert 404 == sandbox.client.get(f"{sandbox.url}/v1/cats").status_code
    stop_mock(sandbox)


def test_the_contract_command_prints_one_document(run: Callable[..., Result]) -> None:
    result = run("contract", "which50", "--format", "json", "--server", "http://127.0.0.1:1")
    document = json.loads(result.stdout)
    assert [{"url": "http://127.0.0.1:1"}] == document["servers"]
    assert ".yaml" not in json.dumps([document["paths"], document["components"]["schemas"]])


def test_the_sandbox_tells_what_was_sent(sandbox: Any) -> None:
    assert sandbox.outbox() == []
    sandbox.request("whatcounts", "POST", SEND)
    (entry,) = sandbox.outbox()
    assert ("whatcounts", "whatcounts/my-account") == (entry["provider"], entry["account"])
    sandbox.reset()
    assert sandbox.outbox() == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/_mailproof/nothing", 404),
        ("GET", "/_mailproof/reset", 405),
        ("GET", "/_mailproof", 200),
        ("GET", "/_mailproof/contracts/whatcounts", 200),
    ],
)
def test_the_sandbox_has_a_small_door_of_its_own(sandbox: Any, method: str, path: str, status: int) -> None:
    answer = sandbox.client.request(method, sandbox.url + path)
    assert status == answer.status_code
    assert "whatcounts" in answer.text or status == 405


def test_the_sandbox_hands_out_its_contracts(sandbox: Any) -> None:
    document = sandbox.client.get(f"{sandbox.url}/_mailproof/contracts/which50").json()
    assert [{"url": sandbox.provider("which50")["base_url"]}] == document["servers"]
    assert "/contacts/{contactId}" in document["paths"]


@pytest.mark.parametrize("name", ["2XX", "default"])
def test_a_success_without_a_number_is_answered_200(start_mock: Callable[..., Any], tmp_path: Path, name: str) -> None:
    spec = tmp_path / "own.yaml"
    spec.write_text(
        "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {/x: {get: {operationId: get_x, responses: "
        f"{{{name}: {{description: d, content: {{application/json: {{example: {{a: 1}}}}}}}}}}}}}}}}\n",
        encoding="utf-8",
    )
    sandbox = start_mock(tmp_path, str(spec))
    answer = sandbox.client.get(f"{sandbox.url}/x")
    assert (200, {"a": 1}) == (answer.status_code, answer.json())


def test_a_security_scheme_that_is_not_declared_is_said(run: Callable[..., Result], tmp_path: Path) -> None:
    spec = tmp_path / "own.yaml"
    spec.write_text(
        "openapi: 3.0.3\ninfo: {title: t, version: '1'}\n"
        "paths: {/x: {get: {operationId: get_x, security: [{lost: []}], responses: {'200': {description: d}}}}}\n",
        encoding="utf-8",
    )
    assert_refused(run("mock", str(spec), "--port", "0"), str(spec), "GET /x", "'lost'")
