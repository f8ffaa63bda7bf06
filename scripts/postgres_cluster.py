"""A PostgreSQL cluster of one's own on a free loopback port, for the length of a `with` block or of a command."""

from __future__ import annotations

import argparse
import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sigterm import unwinding

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

VARIABLE = "MAILPROOF_TEST_POSTGRES"
_DEBIAN = Path("/usr/lib/postgresql")  # where it keeps the programs of a server, by version
_USER = "mailproof"
_START_SECONDS = 60.0
_STOP_SECONDS = 30.0
_PORTS = 5  # free ones to try: another program may take a port between our look and the server's start
_CONNECTIONS = 200  # pools of many workers, or of many tests at once
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_ASSIGNED = "{}={}".format


class ClusterError(Exception):
    """The cluster did not start; one line that says why."""


@contextmanager
def cluster(*, durable: bool) -> Generator[str]:
    """Makes and starts a cluster; gives the URL of its database `postgres`, with a superuser's password in it.

    `durable` keeps the settings under which a commit is on disk; without it the server waits for no disk, as is right
    for tests. Raises ClusterError. However the block ends, a SIGTERM included, the server is stopped and its folder
    goes.
    """
    password = secrets.token_urlsafe(18)
    with unwinding(), tempfile.TemporaryDirectory(prefix="mailproof-postgres-") as name:
        place = _Place(Path(name), programs(), _owner())
        _make(place, password)
        with _server(place, {} if durable else _NOT_DURABLE) as port:
            yield f"postgresql://{_USER}:{password}@127.0.0.1:{port}/postgres"


@dataclass(frozen=True, slots=True)
class _Place:
    """The folder of a cluster, the programs that work on it, and whom they run as where we are root."""

    folder: Path
    programs: Path
    owner: pwd.struct_passwd | None

    def command(self, program: str, *arguments: str) -> list[str]:
        return [str(self.programs / program), *arguments]

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs a program to its end. Raises ClusterError where it cannot be run at all."""
        line = self.command(program, *arguments)
        try:
            return subprocess.run(line, check=False, capture_output=True, text=True, errors="replace", **self.options())
        except OSError as error:
            raise ClusterError(f"{line[0]}: cannot be run: {error.strerror}") from None

    def options(self) -> dict[str, Any]:
        """What each process needs: a folder that it may stand in, and another user where we are root."""
        owner: dict[str, Any] = {}
        if self.owner is not None:
            owner = {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": ()}
        clean = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        return {"cwd": self.folder, "env": clean, "stdin": subprocess.DEVNULL, **owner}


def programs() -> Path:
    """The folder of initdb and postgres: the one in PATH, or the newest of Debian's. Raises ClusterError."""
    in_path = shutil.which("initdb")
    if in_path is not None:
        return Path(in_path).resolve().parent
    found = [path.parent for path in _DEBIAN.glob("*/bin/initdb") if path.parent.parent.name.isdecimal()]
    if not found:
        raise ClusterError("PostgreSQL is not installed (no initdb); install it with `make postgres` as root")
    return max(found, key=lambda folder: int(folder.parent.name))


def _owner() -> pwd.struct_passwd | None:
    """Whom the server runs as, as it refuses root: Debian's user for it, or nobody; None where we are not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise ClusterError("PostgreSQL does not run as root, and there is no user `postgres` or `nobody`; use another user")


def _make(place: _Place, password: str) -> None:
    """Makes the cluster. Other users of the machine reach its port too, hence a password."""
    kept = place.folder / "password"
    kept.touch(mode=0o600)
    kept.write_text(password, encoding="ascii")
    if place.owner is not None:
        for path in (place.folder, kept):
            os.chown(path, place.owner.pw_uid, place.owner.pw_gid)
    arguments = ["--pgdata=data", f"--username={_USER}", "--auth=scram-sha-256", "--pwfile=password", "--no-sync"]
    done = place.run("initdb", *arguments, "--encoding=UTF8", *_order(place))
    kept.unlink()
    if done.returncode != 0:
        raise ClusterError(f"initdb failed: {_last(done.stderr)}")


def _order(place: _Place) -> list[str]:
    """How texts are ordered: as people do, where this PostgreSQL can, so that nothing comes to rely on bytes."""
    known = place.run("initdb", "--help").stdout
    people = ["--locale-provider=icu", "--icu-locale=en"] if "--icu-locale" in known else []
    return ["--locale=C.UTF-8", *people]


@contextmanager
def _server(place: _Place, settings: Mapping[str, str]) -> Generator[int]:
    """Runs the server; gives its port."""
    for attempt in range(_PORTS):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port: int = free.getsockname()[1]
        told = place.folder / f"server-{attempt}.log"
        chosen = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",
            "max_connections": str(_CONNECTIONS),
            **settings,
        }
        words = [word for setting in chosen.items() for word in ("-c", _ASSIGNED(*setting))]
        with told.open("wb") as sink:
            process = subprocess.Popen(
                place.command("postgres", "-D", "data", *words),
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl+C is for the command that uses it; the server ends after that
                **place.options(),
            )
        try:
            if _answers(place, process, port):
                yield port
                return
        finally:
            _stop(process)
        said = told.read_text(encoding="utf-8", errors="replace")
        if "could not bind" not in said:
            raise ClusterError(f"PostgreSQL did not start: {_last(said)}")
    raise ClusterError(f"PostgreSQL did not start: {_PORTS} free ports were taken by others")


def _answers(place: _Place, process: subprocess.Popen[Any], port: int) -> bool:
    """Waits until the server takes connections; false when it ends instead."""
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if place.run("pg_isready", "--host=127.0.0.1", f"--port={port}", "--dbname=postgres").returncode == 0:
            return process.poll() is None
        time.sleep(0.05)
    return False


def _stop(process: subprocess.Popen[Any]) -> None:
    for number in (signal.SIGINT, signal.SIGQUIT):  # fast, which ends open connections; then at once
        if process.poll() is None:
            process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_STOP_SECONDS)
    if process.poll() is None:
        process.kill()
        process.wait()


def _last(text: str) -> str:
    """The line that says what went wrong, of all that a program of PostgreSQL wrote."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    wrong = [line for line in lines if "FATAL" in line or "error:" in line]
    return (wrong or lines or ["it wrote nothing"])[-1]


def run(command: Sequence[str], *, durable: bool) -> int:
    """Runs a command with the URL in `MAILPROOF_TEST_POSTGRES`; gives its exit code, as a shell would.

    Where the variable is set already, that server is used and none is started. Raises ClusterError.
    """
    if os.environ.get(VARIABLE):
        return _run(command, os.environ)
    with cluster(durable=durable) as url:
        return _run(command, {**os.environ, VARIABLE: url})


def _run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    try:
        process = subprocess.Popen(command, env=environment)
    except OSError as error:
        raise ClusterError(f"{command[0]}: cannot be run: {error.strerror}") from None
    try:
        while True:
            with contextlib.suppress(KeyboardInterrupt):  # it got the Ctrl+C as well, and ends as it likes
                code = process.wait()
                return code if code >= 0 else 128 - code
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def main() -> None:
    """Runs the command line's command beside a cluster; without one, tells the URL and waits to be interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--durable", action="store_true", help="a commit is on disk, as in production; slower")
    parser.add_argument("command", nargs="*", help=f"what to run, with the URL in {VARIABLE}; write -- before it")
    asked = parser.parse_args()
    try:
        if asked.command:
            sys.exit(run(asked.command, durable=asked.durable))
        with cluster(durable=asked.durable) as url, contextlib.suppress(KeyboardInterrupt):
            print(url, flush=True)
            signal.pause()
    except ClusterError as error:
        sys.exit(f"postgres_cluster: {error}")


if __name__ == "__main__":
    main()
