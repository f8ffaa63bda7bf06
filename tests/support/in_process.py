"""The mock without a socket, and with something between it and the laws that breaks one promise at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote_to_bytes

import pytest

from mailproof import contract
from mailproof_conformance.check import Check
from mailproof_conformance.exchange import Exchange, Request, Response
from mailproof_conformance.guard import Address
from mailproof_conformance.laws import laws_of
from mailproof_conformance.session import Session
from mailproof_conformance.target import Credential, Target
from mailproof_conformance.verdicts import Broken, Skipped
from mailproof_mock.announce import ready_document
from mailproof_mock.app import create_app
from mailproof_mock.sandbox import open_sandbox
from mailproof_mock.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from starlette.types import ASGIApp

    from mailproof.promises import Contract
    from mailproof_conformance.client import Client

Forward = Callable[[Request], Response]
Mangle = Callable[[Request, Forward], Response]
BrokenCases = Callable[[Mangle | None, str | None], list[str]]
"""Runs the laws of one clause, or of all, against the mock with a fault or none; gives the ids of the broken ones."""

HOST = "testserver"


class Wire:
    """Stands where the suite's client stands: hands each request to the mock, past what breaks a promise."""

    def __init__(self, provider: str, vintage: str | None = None) -> None:
        self.provider = provider
        self._sandbox = open_sandbox(provider, alone=True, vintage=vintage)
        self._store = Store()
        self._app: ASGIApp = create_app([self._sandbox], self._store)
        self._loop = asyncio.new_event_loop()
        self._mangle: Mangle | None = None
        entry = ready_document(f"http://{HOST}", [self._sandbox])["providers"][provider]
        others = {name: _credential(other) for name, other in entry["others"].items()}
        self.target = Target(provider, entry["base_url"], _credential(entry), entry["samples"], others)
        self.address = Address("http", HOST, 80, "127.0.0.1")
        self.requests = 0

    def reset(self, mangle: Mangle | None) -> None:
        """Back to the fixtures, with another fault or none."""
        self._sandbox.fixtures.restore(self._store, self.provider)
        self._mangle = mangle

    def send(self, request: Request, *_: object, **__: object) -> Response:
        """As the suite's client has it."""
        self.requests += 1
        return self._forward(request) if self._mangle is None else self._mangle(request, self._forward)

    def take(self) -> tuple[Exchange, ...]:
        """Nothing: no report is made of what goes through here."""
        return ()

    def broken_cases(self, mangle: Mangle | None, clause: str | None) -> list[str]:
        """See `BrokenCases`."""
        return self.breaches(contract(self.provider), mangle, clause)

    def breaches(self, promises: Contract, mangle: Mangle | None = None, clause: str | None = None) -> list[str]:
        """The ids of the cases of a contract that the mock breaks, with a fault or none; of one clause, or of all."""
        self.reset(mangle)
        session = Session(promises, self.target, cast("Client", self), profile="quick", seed=0)
        found: list[str] = []
        for law in laws_of(self.provider):
            if clause not in (None, law.clause) or law.clause in promises.later_clauses:
                continue
            try:
                law.function(Check(session, law.id))
            except Broken:
                found.append(law.id)
            except Skipped as reason:  # pytest would take it for a skip of its own
                pytest.fail(f"{law.id}: the sandbox lacks what the law needs: {reason}")
        return found

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
        return Response(sent[0]["status"], answer, b"".join(message.get("body", b"") for message in sent[1:]))


def _credential(entry: Mapping[str, Any]) -> Credential:
    if "api_key" in entry:
        return Credential(api_key=entry["api_key"])
    return Credential(headers=entry["headers"])


def in_process(provider: str, vintage: str | None = None) -> Iterator[Wire]:
    """One compiled mock for all the miniatures of a provider."""
    wire = Wire(provider, vintage)
    yield wire
    wire.close()
