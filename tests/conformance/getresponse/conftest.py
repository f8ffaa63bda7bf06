"""The mock without a socket, and with something between it and the laws that breaks one promise at a time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

import pytest

from mailproof import contract
from mailproof_conformance.check import Check
from mailproof_conformance.exchange import Response
from mailproof_conformance.laws import laws_of
from mailproof_conformance.session import Session
from mailproof_conformance.target import Credential, Target
from mailproof_conformance.verdicts import Broken, Skipped
from mailproof_mock.announce import ready_document
from mailproof_mock.app import create_app
from mailproof_mock.sandbox import open_sandbox
from mailproof_mock.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.types import ASGIApp

    from mailproof_conformance.client import Client
    from mailproof_conformance.exchange import Request

    Forward = Callable[[Request], Response]
    Mangle = Callable[[Request, Forward], Response]

HOST = "testserver"


class Wire:
    """Stands where the suite's client stands, and has the fault between itself and the mock."""

    def __init__(self) -> None:
        sandbox = open_sandbox("getresponse", alone=False)
        self._store = Store()
        sandbox.fixtures.install(self._store, "getresponse")
        self._app: ASGIApp = create_app([sandbox], self._store)
        self._loop = asyncio.new_event_loop()
        self.mangle: Mangle | None = None
        entry = ready_document(f"http://{HOST}", [sandbox])["providers"]["getresponse"]
        others = {name: Credential(api_key=other["api_key"]) for name, other in entry["others"].items()}
        own = Credential(api_key=entry["api_key"])
        self.target = Target("getresponse", entry["base_url"], own, entry["samples"], others)

    def send(self, request: Request, *_: object, **__: object) -> Response:
        """As the suite's client has it."""
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
            "path": path,
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
        return Response(sent[0]["status"], answer, b"".join(message.get("body", b"") for message in sent[1:]))


@pytest.fixture(scope="session")
def wire() -> Iterator[Wire]:
    """One compiled mock for all miniatures."""
    opened = Wire()
    yield opened
    opened.close()


@pytest.fixture
def broken_cases(wire: Wire) -> Iterator[Callable[[Mangle | None, str | None], list[str]]]:
    """Runs the laws of one clause, or all, against the mock with a fault; gives the broken ones."""

    def run(mangle: Mangle | None, clause: str | None) -> list[str]:
        wire.mangle = mangle
        session = Session(contract("getresponse"), wire.target, cast("Client", wire), profile="quick", seed=0)
        found: list[str] = []
        for law in laws_of("getresponse"):
            if clause not in (None, law.clause):
                continue
            try:
                law.function(Check(session, law.id))
            except Broken:
                found.append(law.id)
            except Skipped as reason:  # pytest would take it for a skip of its own
                pytest.fail(f"{law.id}: the sandbox lacks what the law needs: {reason}")
        return found

    yield run
    wire.mangle = None
