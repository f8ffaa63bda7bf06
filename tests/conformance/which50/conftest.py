"""The mock without a socket, and with something between it and the laws that breaks one promise at a time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote_to_bytes

import pytest

from mailproof import contract
from mailproof_conformance.check import Check
from mailproof_conformance.exchange import Response
from mailproof_conformance.laws import laws_of
from mailproof_conformance.session import Session
from mailproof_conformance.target import Credential, Target
from mailproof_conformance.verdicts import Broken
from mailproof_mock.announce import ready_document
from mailproof_mock.app import create_app
from mailproof_mock.sandbox import open_sandbox
from mailproof_mock.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mailproof_conformance.client import Client
    from mailproof_conformance.exchange import Request

    Forward = Callable[[Request], Response]
    Mangle = Callable[[Request, Forward], Response]

HOST = "testserver"
PROVIDER = "which50"


class Wire:
    """Stands where the suite's client stands: hands each request to the mock, past what breaks a promise."""

    def __init__(self) -> None:
        self._sandbox = open_sandbox(PROVIDER, alone=True)
        self._store = Store()
        self._app = create_app([self._sandbox], self._store)
        self._sandbox.fixtures.install(self._store, PROVIDER)
        self._loop = asyncio.new_event_loop()
        self.mangle: Mangle | None = None
        self.requests = 0
        entry = ready_document(f"http://{HOST}", [self._sandbox])["providers"][PROVIDER]
        others = {name: Credential(headers=other["headers"]) for name, other in entry["others"].items()}
        own = Credential(headers=entry["headers"])
        self.target = Target(PROVIDER, entry["base_url"], own, entry["samples"], others)

    def send(self, request: Request, *_: object, **__: object) -> Response:
        """As the suite's client has it."""
        self.requests += 1
        return self._forward(request) if self.mangle is None else self.mangle(request, self._forward)

    def close(self) -> None:
        """Lets go of the loop and the store."""
        self._loop.close()
        self._store.close()

    def _forward(self, request: Request) -> Response:
        return self._loop.run_until_complete(self._exchange(request))

    async def _exchange(self, request: Request) -> Response:
        path, _, query = request.target.partition("?")
        headers = [(b"host", HOST.encode()), (b"content-length", str(len(request.body)).encode())]
        headers += [(name.lower().encode(), value.encode("latin-1")) for name, value in request.headers]
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": "http",
            "path": unquote_to_bytes(path).decode("utf-8", "replace"),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": headers,
            "server": (HOST, 80),
        }
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": request.body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(dict(message))

        await self._app(scope, cast("Any", receive), cast("Any", send))
        answer = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        body = b"".join(message.get("body", b"") for message in sent[1:])
        return Response(sent[0]["status"], answer, body)


@pytest.fixture(scope="session")
def wire() -> Iterator[Wire]:
    """One compiled mock for all miniatures."""
    opened = Wire()
    yield opened
    opened.close()


@pytest.fixture
def broken_cases(wire: Wire) -> Callable[[Mangle | None, str | None], list[str]]:
    """Runs the laws of one clause, or of all, against the mock with a fault; gives the broken ones' ids."""

    def run(mangle: Mangle | None, clause: str | None) -> list[str]:
        wire.mangle = mangle
        session = Session(contract(PROVIDER), wire.target, cast("Client", wire), profile="quick", seed=0)
        found: list[str] = []
        for law in laws_of(PROVIDER):
            if clause not in (None, law.clause):
                continue
            try:
                law.function(Check(session, law.id))
            except Broken:
                found.append(law.id)
        return found

    return run
