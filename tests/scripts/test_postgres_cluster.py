"""A PostgreSQL of one's own comes and goes with what uses it, and takes nobody in without its password."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

import postgres_cluster
from postgres_cluster import VARIABLE, ClusterError, cluster, main, programs, run

if TYPE_CHECKING:
    from collections.abc import Generator

_SAYS_URL = f"import os, sys; print(os.environ[{VARIABLE!r}]); sys.exit(7)"


def installed() -> Path:
    """Where PostgreSQL's programs lie; without them the test is skipped."""
    try:
        return programs()
    except ClusterError as error:
        pytest.skip(str(error))


def asked(url: str, statement: str, **environment: str) -> subprocess.CompletedProcess[str]:
    line = [str(installed() / "psql"), "--no-password", "--tuples-only", "--no-align", "--command", statement, url]
    return subprocess.run(
        line, check=False, capture_output=True, text=True, env={**os.environ, "PGCONNECT_TIMEOUT": "10", **environment}
    )


@pytest.fixture(scope="module")
def url() -> Generator[str]:
    installed()
    with cluster(durable=False) as started:
        yield started


@pytest.fixture
def open_folder() -> Generator[Path]:
    """A folder that the server's user may walk through, as pytest's are not."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


def test_a_cluster_answers_its_owner_and_nobody_else(url: str) -> None:
    parts = urlsplit(url)
    assert ("postgresql", "127.0.0.1", "/postgres") == (parts.scheme, parts.hostname, parts.path)
    assert "off|UTF8\n" == asked(url, "SELECT current_setting('fsync'), current_setting('server_encoding')").stdout
    refused = asked(url.replace(f":{parts.password}@", "@"), "SELECT 1")
    assert 0 != refused.returncode
    assert "no password supplied" in refused.stderr


def test_a_durable_cluster_waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed()
    monkeypatch.setenv("PGPORT", "1")  # what the caller uses of PostgreSQL is of no concern to it
    monkeypatch.setenv("PGDATA", str(tmp_path))
    with cluster(durable=True) as url:
        assert "on|on\n" == asked(url, "SELECT current_setting('fsync'), current_setting('synchronous_commit')").stdout


def test_it_is_stopped_when_the_block_raises_and_leaves_nothing(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed()
    monkeypatch.setattr("tempfile.tempdir", str(open_folder))
    seen: list[str] = []

    def leave_halfway() -> None:
        with cluster(durable=False) as url:
            seen.append(url)
            raise ValueError("halfway")

    with pytest.raises(ValueError, match="halfway"):
        leave_halfway()
    assert [] == list(open_folder.iterdir())
    assert "Connection refused" in asked(seen[0], "SELECT 1").stderr


def test_a_command_gets_the_url_and_its_exit_code_is_handed_on(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    installed()
    monkeypatch.delenv(VARIABLE, raising=False)  # the tests themselves may be run on one
    assert 7 == run([sys.executable, "-c", _SAYS_URL], durable=False)
    assert capfd.readouterr().out.startswith("postgresql://mailproof:")
    assert 128 + 9 == run([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"], durable=False)


def test_a_server_that_is_named_is_used(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv(VARIABLE, "postgresql://db.example/theirs")
    monkeypatch.setattr(postgres_cluster, "cluster", None)  # none is started
    assert 7 == run([sys.executable, "-c", _SAYS_URL], durable=False)
    assert "postgresql://db.example/theirs\n" == capfd.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["true"], "install it with `make postgres`"), ([], "install it with `make postgres`")],
)
def test_without_postgresql_one_line_says_how_to_get_it(
    arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(postgres_cluster, "_DEBIAN", tmp_path)
    monkeypatch.setattr(sys, "argv", ["postgres_cluster", *arguments])
    with pytest.raises(SystemExit, match=words) as ended:
        main()
    assert 1 == len(str(ended.value.code).splitlines())


@pytest.mark.parametrize(
    ("initdb", "words"),
    [
        ("#!/bin/sh\necho 'creating'; echo 'initdb: error: no room left' >&2; exit 1\n", "initdb: error: no room left"),
        ("neither a script nor a program", "initdb: cannot be run: Exec format error"),
    ],
)
def test_a_cluster_that_cannot_be_made_is_one_line(
    initdb: str, words: str, open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = open_folder / "initdb"
    program.write_text(initdb)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{open_folder}:{os.environ['PATH']}")
    with pytest.raises(ClusterError, match=words), cluster(durable=False):
        pass


def test_a_command_that_is_not_there_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "postgresql://db.example/theirs")
    with pytest.raises(ClusterError, match="no-such-command: cannot be run"):
        run(["no-such-command"], durable=False)
