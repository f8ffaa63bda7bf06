"""The library: what a program may use, and what its one call gives and raises."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import mailproof_conformance
from mailproof_conformance import (
    ContractError,
    NotTestable,
    Options,
    Outcome,
    Result,
    TargetError,
    Verdict,
    check_server,
)
from mailproof_conformance.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Callable

MINIATURE = str(Path(__file__).parent / "miniature/openapi.yaml")
VERBS = Options(only=("verbs/*",))


@pytest.fixture
def entry(bench: Any, things: Any) -> Callable[..., dict[str, Any]]:
    """A miniature as a mapping describes it."""

    def of(fault: str | None = None) -> dict[str, Any]:
        target = bench(things(fault)).target
        return {"base_url": target.base_url, "headers": target.credential.headers, "samples": target.samples}

    return of


def test_the_names_are_sorted_and_all_there() -> None:
    names = mailproof_conformance.__all__
    assert sorted(names) == names
    assert all(hasattr(mailproof_conformance, name) for name in names)
    assert set(names) <= set(dir(mailproof_conformance))
    assert not hasattr(mailproof_conformance, "nothing")


def test_the_package_loads_nothing_until_it_is_asked() -> None:
    code = "import sys, mailproof_conformance; print(*(name for name in sys.modules if name[:9] == 'mailproof'))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "mailproof_conformance\n" == said.stdout


def test_a_server_that_conforms(entry: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    heard: list[Outcome] = []
    result = check_server(MINIATURE, target=entry(), options=VERBS, on_outcome=heard.append)
    assert isinstance(result, Result)
    assert result.conforms
    assert result.tried
    assert tuple(heard) == result.outcomes
    assert {Verdict.PASS} == {outcome.verdict for outcome in result.outcomes}
    assert str(result).startswith("openapi conforms: ")
    result.write(tmp_path / "a" / "b")
    assert result.report == json.loads((tmp_path / "a" / "b" / "report.json").read_text())


def test_a_server_that_does_not_says_what_is_broken(entry: Callable[..., dict[str, Any]]) -> None:
    result = check_server(MINIATURE, target=entry("no-allow"), options=VERBS)
    assert not result.conforms
    lines = str(result).splitlines()
    assert any(line.startswith("fail GET /things/{thingId} and POST /things: the header Allow") for line in lines)
    assert any(line.startswith("     expected ") for line in lines)
    assert lines[-1].startswith("openapi does not conform: ")


def test_credentials_from_a_file_or_the_environment(
    entry: Callable[..., dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    described = entry()
    file = tmp_path / "auth.json"
    file.write_text(json.dumps(described))
    assert check_server(MINIATURE, auth_file=str(file), options=VERBS).conforms
    monkeypatch.setenv("MAILPROOF_OPENAPI_HEADERS", json.dumps(described["headers"]))
    monkeypatch.setenv("MAILPROOF_OPENAPI_SAMPLES", json.dumps(described["samples"]))
    assert check_server(MINIATURE, url=described["base_url"], options=VERBS).conforms


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"provider": "nobody"}, ContractError, "no provider 'nobody'"),
        ({"provider": MINIATURE}, TargetError, "nothing to test: give url URL, or ready_file FILE"),
        ({"provider": MINIATURE, "url": "http://127.0.0.1:1"}, TargetError, "give ready_file, auth_file or the"),
        ({"provider": MINIATURE, "target": {}, "auth_file": "a"}, TargetError, "exclude each other"),
        ({"provider": MINIATURE, "target": {"surprise": 1}}, TargetError, "target: unknown surprise"),
        (
            {"provider": MINIATURE, "target": {"base_url": "http://127.0.0.1:1"}, "options": Options(only=("no/*",))},
            ValueError,
            "no case fits only=",
        ),
        ({"provider": MINIATURE, "target": {"base_url": "http://127.0.0.1:1"}}, NotTestable, "cannot be reached"),
    ],
)
def test_a_mistake_is_raised_as_one_line(arguments: dict[str, Any], error: type[Exception], said: str) -> None:
    with pytest.raises(error) as raised:
        check_server(**arguments)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"profile": "thorough"}, "profile 'thorough': must be one of quick, standard, deep"),
        ({"allow": frozenset({"all"})}, "allow 'all': must be one of write, send, credentials"),
        ({"rate": float("nan")}, "rate nan: must be more than 0"),
        ({"budget": 0}, "budget 0: must be more than 0"),
    ],
)
def test_a_choice_that_is_none_is_refused(choices: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match="must be") as raised:
        Options(**choices)
    assert said == str(raised.value)


def test_who_has_to_be_alone_waits_for_the_others() -> None:
    turns = Turns.begin()
    code = (
        "import fcntl, sys; file = open(sys.argv[1], 'rb')\n"
        "try: fcntl.flock(file, fcntl.LOCK_NB | (fcntl.LOCK_EX if sys.argv[2] == 'alone' else fcntl.LOCK_SH))\n"
        "except BlockingIOError: print('waits')\n"
        "else: print('goes')"
    )

    def tries(how: str) -> str:
        line = [sys.executable, "-c", code, str(turns.path), how]
        return subprocess.run(line, capture_output=True, text=True, check=True).stdout.strip()

    with turns.take(alone=False):
        assert ("waits", "goes") == (tries("alone"), tries("beside"))
    with turns.take(alone=True):
        assert ("waits", "waits") == (tries("alone"), tries("beside"))
    assert "goes" == tries("alone")
    turns.end()
    assert not turns.path.exists()
