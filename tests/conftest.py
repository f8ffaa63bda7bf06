"""The running mock that the tests talk to, through its port, as a client would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from databases import fresh_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytest_plugins = ["pytester"]
_START_SECONDS = 60.0


@dataclass(frozen=True)
class Sandbox:
    """A mock that runs in a process of its own; `ready` is what its ready file says."""

    ready: dict[str, Any]
    process: subprocess.Popen[str]
    ready_file: Path
    client: httpx.Client

    @property
    def url(self) -> str:
        """Address of the server."""
        return str(self.ready["url"])

    def provider(self, name: str) -> dict[str, Any]:
        """The ready file's entry of a provider."""
        entry: dict[str, Any] = self.ready["providers"][name]
        return entry

    def request(self, provider: str, method: str, path: str, *, login: bool = True, **options: Any) -> httpx.Response:
        """Sends a request below a provider's base URL, with the sandbox's credentials unless `login` is false."""
        entry = self.provider(provider)
        headers: dict[str, str] = {**(entry.get("headers", {}) if login else {}), **options.pop("headers", {})}
        return self.client.request(method, entry["base_url"] + path, headers=headers, **options)

    def rpc(self, method: str, *params: object, **members: object) -> Any:
        """Calls a GetResponse method with the sandbox's key; gives the whole answer as JSON."""
        entry = self.provider("getresponse")
        call = {"jsonrpc": "2.0", "id": 1, "method": method, "params": [entry["api_key"], *params], **members}
        return self.client.post(entry["base_url"], json=call).json()

    def outbox(self) -> list[dict[str, Any]]:
        """Everything that was sent."""
        entries: list[dict[str, Any]] = self.client.get(f"{self.url}/_mailproof/outbox").json()
        return entries

    def reset(self) -> None:
        """Back to the fixtures."""
        self.client.post(f"{self.url}/_mailproof/reset").raise_for_status()


def start(folder: Path, *arguments: str) -> Sandbox:
    """Starts `mailproof mock` on a free port and waits until it answers."""
    ready_file = folder / "ready.json"
    log = (folder / "mock.log").open("w", encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "mailproof",
        "mock",
        "--port",
        "0",
        "--ready-file",
        str(ready_file),
        *_state(arguments),
        *arguments,
    ]
    process = subprocess.Popen(
        command, stdout=log, stderr=subprocess.STDOUT, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    )
    log.close()
    deadline = time.monotonic() + _START_SECONDS
    while not ready_file.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            pytest.fail(f"the mock did not start:\n{(folder / 'mock.log').read_text()}")
        time.sleep(0.02)
    # one client for all: making one takes 30 ms, most of it for certificates that loopback has no use for
    client = httpx.Client(timeout=30, trust_env=False)
    return Sandbox(json.loads(ready_file.read_text()), process, ready_file, client)


def _state(arguments: tuple[str, ...]) -> tuple[str, ...]:
    """Options for a database of the mock's own where the tests are run on PostgreSQL, and say nothing else."""
    database = None if {"--data", "--database"} & set(arguments) else fresh_database()
    return () if database is None else ("--database", database)


def stop(sandbox: Sandbox) -> int:
    """Stops a mock that `start` started; gives its exit code."""
    sandbox.client.close()
    sandbox.process.terminate()
    return sandbox.process.wait(timeout=30)


@pytest.fixture
def start_mock() -> Iterator[Callable[..., Sandbox]]:
    """Starts mocks with arguments of one's own; those that still run at the end are stopped."""
    started: list[Sandbox] = []

    def begin(folder: Path, *arguments: str) -> Sandbox:
        started.append(start(folder, *arguments))
        return started[-1]

    yield begin
    for sandbox in started:
        if sandbox.process.poll() is None:
            stop(sandbox)
        sandbox.client.close()


@pytest.fixture
def stop_mock() -> Callable[[Sandbox], int]:
    """Stops a mock before the test ends; gives its exit code."""
    return stop


@pytest.fixture(scope="session")
def start_and_stop() -> tuple[Callable[..., Sandbox], Callable[[Sandbox], int]]:
    """Starts a mock with arguments, and stops it, for those who keep one for longer than a test."""
    return start, stop


@pytest.fixture(scope="session")
def running_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """All three providers on one port, for the whole session of one worker."""
    sandbox = start(tmp_path_factory.mktemp("mock"))
    yield sandbox
    stop(sandbox)


@pytest.fixture
def sandbox(running_sandbox: Sandbox) -> Sandbox:
    """The running mock, fresh from its fixtures."""
    running_sandbox.reset()
    return running_sandbox
