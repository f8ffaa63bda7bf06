"""What would be sent is told, and nothing is."""

from __future__ import annotations

import itertools
import json
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mailproof_conformance.dry_run import offline_address

if TYPE_CHECKING:
    from collections.abc import Callable

MINIATURE = str(Path(__file__).parent / "miniature/openapi.yaml")
TOKEN = "bWluaTpvcGVuLXNlc2FtZS0xNw=="


@pytest.fixture
def auth_file(tmp_path: Path) -> Callable[[str], str]:
    def write(base_url: str) -> str:
        path = tmp_path / "auth.yaml"
        entry = {
            "base_url": base_url,
            "headers": {"Authorization": f"Basic {TOKEN}"},
            "samples": {"thingId": f"alpha-{TOKEN}"},
        }
        path.write_text(json.dumps(entry))
        return str(path)

    return write


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every way out, closed; what was tried nevertheless."""
    tried: list[Any] = []

    def refuse(*words: object, **more: object) -> Any:
        tried.append((words, more))
        raise OSError("nothing may leave")

    for name in ("create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    return tried


@pytest.mark.parametrize(
    ("url", "goes"), [("http://api.example.test/mini", False), ("http://127.0.0.1:9/mini", True)], ids=["far", "near"]
)
def test_nothing_leaves_and_all_is_told(
    command: Callable[..., tuple[int, str, str]], auth_file: Any, no_network: list[Any], url: str, goes: bool
) -> None:
    words = ("--auth-file", auth_file(url), "--profile", "deep", "--dry-run")
    code, output, errors = command("check", MINIATURE, *words)
    assert 0 == code, output + errors
    assert [] == no_network
    lines = output.splitlines()
    assert "preflight" == lines[0]
    assert "nothing was sent, and further requests depend on answers" in lines[-1]
    assert TOKEN not in output
    assert any("GET /mini/things/alpha-${MAILPROOF_" in line and line.endswith("[read] goes") for line in lines)
    posts = [line for line in lines if line.startswith("    POST /mini/things ")]
    assert posts
    assert {goes} == {line.endswith("[write] goes") for line in posts}
    assert goes == ("refused: " not in output)
    assert "fuzz/get_thing" in lines


def test_a_body_is_shown_on_one_line_and_ends(
    command: Callable[..., tuple[int, str, str]], auth_file: Any, no_network: list[Any]
) -> None:
    words = ("--auth-file", auth_file("http://127.0.0.1:9/mini"), "--profile", "deep", "--dry-run")
    code, output, _ = command("check", MINIATURE, *words)
    assert (0, []) == (code, no_network)
    lines = output.splitlines()
    bodies = [
        after
        for line, after in itertools.pairwise(lines)
        if line.startswith("    POST /mini/things ") and after.startswith("        ")
    ]
    assert any(line.startswith('        application/json: {"name": ') for line in bodies)
    assert any(line.endswith(" more characters)") for line in bodies)
    assert 600 > max(map(len, bodies))
    assert TOKEN not in output


def test_a_dry_run_says_whose_permission_is_missing(
    command: Callable[..., tuple[int, str, str]], auth_file: Any
) -> None:
    words = ("--auth-file", auth_file("http://203.0.113.7/mini"), "--dry-run", "--only", "corpus/add_thing/*")
    code, output, _ = command("check", MINIATURE, *words)
    assert 0 == code
    assert "`--allow write` permits that" in output
    code, output, _ = command("check", MINIATURE, *words, "--allow", "write")
    assert 0 == code
    assert "it would change thingName" in output


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:1/a", True),
        ("http://LOCALHOST./a", True),
        ("http://[::1]/a", True),
        ("http://127.9.9.9/a", True),
        ("http://203.0.113.7/a", False),
        ("http://localhost.example.test/a", False),
    ],
)
def test_a_host_is_judged_by_its_looks(no_network: list[Any], url: str, expected: bool) -> None:
    assert expected == offline_address(url).loopback
    assert [] == no_network
