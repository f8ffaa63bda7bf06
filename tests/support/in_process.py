"""The mock without a socket, where the suite's client stands, with a fault or none planted in it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote_to_bytes

import pytest
from databases import drop, fresh_database
from hypothesis import Phase, settings

from mailproof import contract
from mailproof_conformance import properties, runner
from mailproof_conformance.check import Check
from mailproof_conformance.exchange import Exchange, Request, Response
from mailproof_conformance.guard import Address, Guard
from mailproof_conformance.laws import laws_of
from mailproof_conformance.plan import plan
from mailproof_conformance.runner import run_cases
from mailproof_conformance.session import Session
from mailproof_conformance.target import Credential, Target
from mailproof_conformance.verdicts import Broken, Skipped
from mailproof_mock.announce import ready_document
from mailproof_mock.app import create_app
from mailproof_mock.call import Call, Handler
from mailproof_mock.sandbox import open_sandbox
from mailproof_mock.store import store_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from starlette.types import ASGIApp

    from mailproof.promises import Contract, Effect
    from mailproof_conformance.case import Case
    from mailproof_conformance.client import Client
    from mailproof_conformance.runner import Outcome

Forward = Callable[[Request], Response]
Mangle = Callable[[Request, Forward], Response]
BrokenCases = Callable[[Mangle | None, str | None], list[str]]
"""Runs the laws of one clause, or of all, against the mock with a fault or none; gives the ids of the broken ones."""

Step = Callable[[str, Call, Handler], Awaitable[Any]]
"""Stands where an operation's handler stands: its name, the call, and the handler itself."""
Patch = Callable[[pytest.MonkeyPatch], None]

HOST = "testserver"
_BODY_METHODS = frozenset({"POST", "PUT", "PATCH"})


@dataclass(frozen=True, slots=True)
class Plant:
    """What is planted in the mock: a layer in front of its pipeline, one around its handlers, or other functions."""

    mangle: Mangle | None = None
    step: Step | None = None
    patch: Patch | None = None


NOTHING = Plant()


class Wire:
    """Stands where the suite's client stands: hands each request to the mock, past what breaks a promise.

    It is a client for `Session` and `run_cases`: what they need of one is here.
    """

    def __init__(self, provider: str, vintage: str | None = None) -> None:
        self.provider = provider
        opened = open_sandbox(provider, alone=True, vintage=vintage)
        hooked = {name: self._hooked(name, handler) for name, handler in opened.handlers.items()}
        self._sandbox = replace(opened, handlers=hooked)
        self._database = fresh_database()
        self._store = store_in(self._database)
        self._app: ASGIApp = create_app([self._sandbox], self._store)
        self._loop = asyncio.new_event_loop()
        self._loop.run_until_complete(self._store.open())
        self._loop.run_until_complete(self._restore())
        self._plant = NOTHING
        self._exchanges: list[Exchange] = []
        self._sessions: dict[tuple[str, int], Session] = {}
        self.kept: dict[str, tuple[Exchange, ...]] = {}
        """What each case exchanged, where `outcomes` was told to keep it."""
        self._taken: tuple[Exchange, ...] = ()
        self.requests = 0
        self.address = Address("http", HOST, 80, "127.0.0.1")
        self.guard = Guard(self.address)
        self.seconds = 0.0
        entry = ready_document(f"http://{HOST}", [self._sandbox])["providers"][provider]
        others = {name: _credential(other) for name, other in entry["others"].items()}
        self.target = Target(provider, entry["base_url"], _credential(entry), entry["samples"], others)

    def reset(self, mangle: Mangle | None) -> None:
        """Back to the fixtures, with another fault or none."""
        self.plant(Plant(mangle))

    def plant(self, plant: Plant) -> None:
        """Back to the fixtures, with other things planted or nothing. A patch is the caller's to put in place."""
        self._loop.run_until_complete(self._restore())
        self._plant = plant
        self._exchanges.clear()

    def send(self, request: Request, effect: Effect = "read", *, wrong_credentials: bool = False) -> Response:
        """As the suite's client has it, but for the guard: nothing leaves the process."""
        del effect, wrong_credentials
        mangle = self._plant.mangle
        start = monotonic()
        response = self._forward(request) if mangle is None else mangle(request, self._forward)
        self.seconds = monotonic() - start
        self.record(Exchange(request, response))
        return response

    def probe(self) -> None:
        """The mock is always there."""

    def record(self, exchange: Exchange) -> None:
        """As the suite's client has it."""
        self.requests += 1
        self._exchanges.append(exchange)

    def tell_again(self, exchange: Exchange) -> None:
        """As the suite's client has it."""
        self._exchanges.append(exchange)

    def take(self) -> tuple[Exchange, ...]:
        """As the suite's client has it."""
        taken = tuple(self._exchanges)
        self._taken += taken
        self._exchanges.clear()
        return taken

    def outcomes(
        self,
        cases: Iterable[Case],
        plant: Plant = NOTHING,
        *,
        profile: Any = "standard",
        seed: int = 0,
        keep: bool = False,
    ) -> Iterator[Outcome]:
        """What the suite's own runner makes of some cases, one after the other, with something planted or nothing.

        Without `--strict`: what only then would count is an outcome with a note.
        """
        with ExitStack() as stack:
            patch = stack.enter_context(pytest.MonkeyPatch.context())
            patch.setattr(properties, "_settings", _without_shrinking)
            patch.setattr(runner, "smallest", _no_smaller)
            if plant.patch is not None:
                plant.patch(patch)
            self.plant(plant)
            session = self._session(profile, seed)
            for case in cases:
                self._taken = ()
                yield from run_cases(session, [case])
                if keep:
                    self.kept[case.id] = self._taken

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

    def judge(self, case_id: str, mangle: Mangle | None) -> None:
        """Runs one case, with a fault or none. Raises Broken where what it is about is broken."""
        self.reset(mangle)
        promises = contract(self.provider)
        session = Session(promises, self.target, cast("Client", self), profile="standard", seed=0)
        (case,) = (case for case in plan(promises, "standard") if case.id == case_id)
        check = Check(session, case.id)
        case.run(check)
        check.judge_kept()

    def close(self) -> None:
        """Lets go of the loop and the store."""
        self._loop.run_until_complete(self._store.close())
        self._loop.close()
        drop(self._database)

    async def _restore(self) -> None:
        async with self._store.alone() as rows:
            await self._sandbox.fixtures.install(rows, self.provider)
            await self._sandbox.fixtures.restore(rows, self.provider)

    def _session(self, profile: Any, seed: int) -> Session:
        """As good as new: what it compiled from the contract stays, what it remembers of a run does not."""
        known = self._sessions.get((profile, seed))
        if known is None:
            promises = contract(self.provider)
            known = Session(promises, self.target, cast("Client", self), profile=profile, seed=seed)
            first = next(iter(self._sessions.values()), known)
            known.expectations, known.payloads = first.expectations, first.payloads
            self._sessions[profile, seed] = known
        known._names.clear()  # pyright: ignore[reportPrivateUsage]
        return known

    def _hooked(self, name: str, handler: Handler) -> Handler:
        async def hooked(call: Call) -> Any:
            step = self._plant.step
            return await (handler(call) if step is None else step(name, call, handler))

        return hooked

    def _forward(self, request: Request) -> Response:
        return self._loop.run_until_complete(self._exchange(request))

    async def _exchange(self, request: Request) -> Response:
        path, _, query = request.target.partition("?")
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in request.headers]
        named = {name for name, _ in headers}
        if b"host" not in named:
            headers.append((b"host", HOST.encode()))
        if not {b"content-length", b"transfer-encoding"} & named and (request.body or request.method in _BODY_METHODS):
            headers.append((b"content-length", str(len(request.body)).encode()))
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


_SETTLED = properties._settings  # pyright: ignore[reportPrivateUsage]


def _without_shrinking(count: int) -> settings:
    """What breaks a promise is enough here; the simplest thing that does would cost many requests more."""
    return settings(_SETTLED(count), phases=[Phase.explicit, Phase.generate])


def _no_smaller(*_: object) -> None:
    """Likewise for the smallest request that still breaks it."""


def _credential(entry: Mapping[str, Any]) -> Credential:
    if "api_key" in entry:
        return Credential(api_key=entry["api_key"])
    return Credential(headers=entry["headers"])


def in_process(provider: str, vintage: str | None = None) -> Iterator[Wire]:
    """One compiled mock for all the miniatures of a provider."""
    wire = Wire(provider, vintage)
    yield wire
    wire.close()
