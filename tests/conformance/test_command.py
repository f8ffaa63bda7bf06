"""`mailproof check` from the outside: exit codes, one line for a mistake, and what it prints."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from mailproof_conformance.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

MINIATURE = str(Path(__file__).parent / "miniature/openapi.yaml")
PASSWORD = "open-sesame-17"


@pytest.fixture
def auth_file(tmp_path: Path) -> Callable[[Any], str]:
    """Writes the auth file of a bench."""

    def write(made: Any, **changes: Any) -> str:
        path = tmp_path / "auth.yaml"
        entry = {
            "base_url": made.target.base_url,
            "headers": dict(made.target.credential.headers),
            "samples": dict(made.target.samples),
            **changes,
        }
        path.write_text(yaml.safe_dump(entry))
        return str(path)

    return write


def test_a_conforming_server_is_exit_0(
    command: Callable[..., tuple[int, str, str]], bench: Any, things: Any, auth_file: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "new" / "report"
    code, output, errors = command(
        "check", MINIATURE, "--auth-file", auth_file(bench(things())), "--report", str(folder), "--seed", "5"
    )
    assert 0 == code, output
    assert "openapi conforms:" in output
    assert "seed 5" in output
    assert "verbs" in errors
    files = {"report.json", "report.html", "junit.xml", "report.sarif", "summary.md", "badge.svg"}
    assert files == {path.name for path in folder.iterdir()}
    assert json.loads((folder / "report.json").read_text())["conforms"]


def test_a_broken_server_is_exit_1_and_the_break_is_told(
    command: Callable[..., tuple[int, str, str]], bench: Any, things: Any, auth_file: Any
) -> None:
    code, output, errors = command("check", MINIATURE, "--auth-file", auth_file(bench(things("no-allow"))))
    assert 1 == code
    assert "openapi does not conform:" in output
    rows = {line[5:14].strip(): line[15:] for line in output.splitlines() if line.startswith("     ")}
    assert (
        "fail GET /things/{thingId} and POST /things: the header Allow: promised OPTIONS, POST, came nothing (11 cases)"
        in output
    )
    assert "GET /mini/things" == rows["asked"]
    assert "GET is not offered at /things, and Allow names the verbs that are." == rows["promise"]
    assert "the contract (tests/conformance/miniature/openapi.yaml, line 37)" == rows["read in"]
    assert "OPTIONS, POST" == rows["expected"]
    assert rows["curl"].startswith("curl -i --globoff --path-as-is -X GET http://127.0.0.1:")
    assert rows["again"].startswith("mailproof check ")
    assert "--only 'verbs/GET /things'" in rows["again"]
    assert 1 == output.count("     promise ")
    assert PASSWORD not in output + errors
    assert "bWluaTpvcGVu" not in output + errors


def test_credentials_from_the_environment(
    command: Callable[..., tuple[int, str, str]], bench: Any, things: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = bench(things())
    monkeypatch.setenv("MAILPROOF_OPENAPI_AUTHORIZATION", made.target.credential.headers["Authorization"])
    monkeypatch.setenv("MAILPROOF_OPENAPI_SAMPLES", '{"thingId": "alpha"}')
    code, output, _ = command("check", MINIATURE, "--url", made.target.base_url, "--only", "verbs/*")
    assert 0 == code, output


def test_refused_credentials_are_exit_3(
    command: Callable[..., tuple[int, str, str]], bench: Any, things: Any, auth_file: Any
) -> None:
    file = auth_file(bench(things()), headers={"Authorization": "Basic d3Jvbmc6d3Jvbmc="})
    code, _, errors = command("check", MINIATURE, "--auth-file", file)
    assert 3 == code
    assert errors.startswith("mailproof check: could not be tested: http://127.0.0.1:")
    assert "refuses the credentials" in errors
    assert 1 == errors.count("\n")


def test_a_server_that_is_not_there_is_exit_3(
    command: Callable[..., tuple[int, str, str]], bench: Any, things: Any, auth_file: Any
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    file = auth_file(bench(things()), base_url=f"http://127.0.0.1:{port}/mini")
    code, _, errors = command("check", MINIATURE, "--auth-file", file)
    assert 3 == code
    assert "cannot be reached: no connection: Connection refused" in errors


def test_nothing_but_skips_is_exit_3(
    command: Callable[..., tuple[int, str, str]], bench: Any, things: Any, auth_file: Any
) -> None:
    file = auth_file(bench(things()), samples={})
    code, _, errors = command("check", MINIATURE, "--auth-file", file, "--only", "authentication/get_thing/*")
    assert 3 == code
    assert "every case was skipped" in errors


def test_a_run_that_the_time_ends_is_exit_4_and_does_not_conform(
    command: Callable[..., tuple[int, str, str]], bench: Any, things: Any, auth_file: Any, tmp_path: Path
) -> None:
    words = ["--time-budget", "0.000001", "--report", str(tmp_path), "--only", "verbs/*"]
    code, output, _ = command("check", MINIATURE, "--auth-file", auth_file(bench(things())), *words)
    report = json.loads((tmp_path / "report.json").read_text())
    count = len(report["cases"])
    assert (4, False) == (code, report["conforms"])
    assert "the time budget of 1e-06 s is used up" == report["unfinished"]
    assert f"not finished: {count} of {count} cases were not run, for the time budget of 1e-06 s is used up" in output


def test_an_interrupted_run_writes_its_report_and_is_exit_130(  # noqa: PLR0913 - fixtures
    command: Callable[..., tuple[int, str, str]],
    bench: Any,
    things: Any,
    auth_file: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made, sent = bench(things("no-allow")), list[object]()
    whole = Session.send

    def send(session: Session, request: Any, *recall: Any) -> Any:
        sent.append(request)
        if len(sent) == 15:
            raise KeyboardInterrupt
        return whole(session, request, *recall)

    monkeypatch.setattr(Session, "send", send)
    words = ["--auth-file", auth_file(made), "--report", str(tmp_path), "--only", "verbs/*"]
    code, output, _ = command("check", MINIATURE, *words)
    report = json.loads((tmp_path / "report.json").read_text())
    verdicts = [case["verdict"] for case in report["cases"]]
    assert (130, "the run was interrupted", False) == (code, report["unfinished"], report["conforms"])
    assert "fail" in verdicts
    assert "disabled" == verdicts[-1]
    assert f"not finished: {verdicts.count('disabled')} of {len(verdicts)} cases were not run" in output
    assert (tmp_path / "junit.xml").is_file()


def test_what_a_run_was_made_with_is_in_its_report(
    command: Callable[..., tuple[int, str, str]], bench: Any, things: Any, auth_file: Any, tmp_path: Path
) -> None:
    words = ["--examples", "3", "--time-budget", "600", "--only", "verbs/*", "--only", "text/[x]", "--allow", "write"]
    command("check", MINIATURE, "--auth-file", auth_file(bench(things())), "--report", str(tmp_path), *words)
    expected = {
        "profile": "standard",
        "seed": 0,
        "strict": False,
        "examples": 3,
        "time_budget": 600,
        "only": ["verbs/*", "text/[x]"],
        "allow": ["write"],
    }
    assert expected == json.loads((tmp_path / "report.json").read_text())["options"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nobody", "--url", "http://a"], "no provider 'nobody'"),
        ([MINIATURE], "nothing to test: give --url URL, or --ready-file FILE"),
        ([MINIATURE, "--url", "http://127.0.0.1:1"], "environment variable MAILPROOF_OPENAPI_AUTHORIZATION"),
        ([MINIATURE, "--url", "localhost"], "not a base URL; it looks like"),
        ([MINIATURE, "--ready-file", "a", "--auth-file", "b"], "exclude each other"),
        ([MINIATURE, "--ready-file", "/nowhere/ready.json"], "/nowhere/ready.json: cannot be read"),
        ([MINIATURE, "--url", "http://a", "--profile", "thorough"], "Invalid value for '--profile'"),
        ([MINIATURE, "--url", "http://a", "--allow", "everything"], "Invalid value for '--allow'"),
        ([MINIATURE, "--url", "http://a", "--examples", "0"], "Invalid value for '--examples'"),
        ([MINIATURE, "--url", "http://a", "--examples", "1e3"], "Invalid value for '--examples'"),
        ([MINIATURE, "--url", "http://a", "--examples", "100001"], "Invalid value for '--examples'"),
        ([MINIATURE, "--url", "http://a", "--time-budget", "0"], "Invalid value for '--time-budget'"),
        ([MINIATURE, "--url", "http://a", "--time-budget", "nan"], "Invalid value for '--time-budget'"),
        ([MINIATURE, "--url", "http://a", "--time-budget", "inf"], "Invalid value for '--time-budget'"),
        ([MINIATURE, "--only", "nothing/*", "--list"], "no case fits --only nothing/*"),
    ],
)
def test_a_mistake_is_one_line_and_exit_2(
    command: Callable[..., tuple[int, str, str]], words: list[str], said: str
) -> None:
    code, output, errors = command("check", *words)
    assert 2 == code
    assert said in errors
    assert 1 == errors.count("\n")
    assert "Traceback" not in output + errors


def test_a_report_folder_that_cannot_be_made_is_a_mistake(
    command: Callable[..., tuple[int, str, str]], bench: Any, things: Any, auth_file: Any, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    words = ["--auth-file", auth_file(bench(things())), "--report", str(tmp_path / "file" / "report")]
    code, _, errors = command("check", MINIATURE, *words)
    assert 2 == code
    assert "--report" in errors


def test_the_list_needs_no_server(command: Callable[..., tuple[int, str, str]]) -> None:
    code, output, _ = command("check", MINIATURE, "--list", "--only", "not-found/path *")
    assert 0 == code
    assert "not-found/path /mailproof-no-such-path  [core] There is nothing at" in output
