"""A request's whole way through the mock, on one page."""

from __future__ import annotations

import logging
import re
from email.utils import format_datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from mailproof_mock.api import Api
from mailproof_mock.call import Problem
from mailproof_mock.control import PREFIX, Control
from mailproof_mock.cors import is_preflight, preflight_headers, shared_headers
from mailproof_mock.dialect import Spoken
from mailproof_mock.fitness import fitness
from mailproof_mock.receive import Disconnected, receive_body
from mailproof_mock.request import Request
from mailproof_mock.route import Undecodable
from mailproof_mock.rows import StoreFailed
from mailproof_mock.world import clock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from starlette.types import ASGIApp, Receive, Scope, Send

    from mailproof_mock.plan import Plan
    from mailproof_mock.sandbox import Sandbox
    from mailproof_mock.store import Store

_log = logging.getLogger("mailproof.mock")


class Front:
    """Answers every HTTP request, and nothing else that a server may ask of an application."""

    def __init__(self, apis: Sequence[Api], store: Store) -> None:
        self._store = store
        self._control = Control(store)
        for api in apis:
            self._control.add(api)
        tops = {top: api for api in apis for top in api.tops} | {PREFIX: None}
        longest_first = sorted(tops, key=len, reverse=True)
        self._owners = [tops[top] for top in longest_first]
        self._owned = re.compile(rf"(?:{'|'.join(f'({re.escape(top)})' for top in longest_first)})(?=/|\Z)")
        self._of_all_else = apis[0] if len(apis) == 1 else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets the API that owns the path answer; a path of nobody gets the sandbox's own 404."""
        if scope["type"] != "http":
            raise NotImplementedError(f"{scope['type']}: HTTP is all that is served")
        request = Request(scope)
        api = self._owner(request.path)
        if api is None:
            await self._control(request, receive, send)
        else:
            await self._serve(api, request, receive, send)

    def _owner(self, path: str) -> Api | None:
        """The API that a path belongs to; one that is served alone has every path but the sandbox's own."""
        top = self._owned.match(path)
        return self._of_all_else if top is None else self._owners[(top.lastindex or 0) - 1]

    async def _serve(self, api: Api, request: Request, receive: Receive, send: Send) -> None:
        try:
            spoken = await self._answer(api, request, receive)
        except Disconnected:
            return
        spoken = api.compressor.pack(spoken, request.headers.get("accept-encoding", ""))
        if _log.isEnabledFor(logging.DEBUG):
            _log.debug("%s %s -> %s", request.method, request.raw_path.decode("ascii", "replace")[:200], spoken.status)
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in spoken.headers.items()]
        headers += shared_headers(api.door, request)
        if spoken.media_type is not None:
            headers.append((b"content-type", spoken.media_type.encode("latin-1")))
        if spoken.status != 204:  # noqa: PLR2004 - RFC 9110: no Content-Length with No Content
            headers.append((b"content-length", b"%d" % len(spoken.body)))
        headers.append(api.server)
        headers.append((b"date", _date(api.sandbox.fixtures.epoch, self._store.ticks())))
        await send({"type": "http.response.start", "status": spoken.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else spoken.body})

    async def _answer(self, api: Api, request: Request, receive: Receive) -> Spoken:
        """The way: receive, route, authenticate, authorise, negotiate, decode, handle, check and encode."""
        accept = request.headers.get("accept", "")
        try:
            body = await receive_body(receive, api.door.body_limit) if request.has_body else b""
            request.check(api.door.url_limit)
            early = (
                api.authenticator.login(request.headers, api.security) if _authenticates_first(api, request) else None
            )
            plan, path = self._route(api, request)
            if plan is None:
                return Spoken(204, path, b"", None)
            if api.rpc is not None:
                status, answer_body = await api.rpc.answer(body)
                return Spoken(status, {}, answer_body, api.error_type(accept) if answer_body else None)
            login = (
                api.authenticator.login(request.headers, plan.security)
                if early is None or plan.security != api.security
                else early
            )
            plan.authorise(login)
            wanted = plan.negotiate(accept)
            asked = (
                plan.parameters.path(path),
                plan.parameters.query(request.query),
                plan.parameters.headers(request.headers),
                partial(plan.body, body, request.headers.get("content-type", "")) if plan.takes_body else None,
                partial(_root_url, api, request),
            )
            answer = await api.run(plan, login, asked)
            content, content_type = plan.write(answer, wanted)
            return Spoken(answer.status, answer.headers, content, content_type)
        except Problem as problem:
            return api.dialect.speak(problem, api.error_type(accept))
        except Disconnected:
            raise
        except StoreFailed as failure:
            _log.error("%s", failure)
            return api.dialect.speak(Problem("internal-error"), api.error_type(accept))
        except Exception:  # noqa: BLE001 - whatever went wrong, the client gets an answer in the vendor's words
            _log.exception(
                "%s %s: a defect of the mock",
                request.method,
                request.raw_path.decode("ascii", "replace")[:200],
            )
            return api.dialect.speak(Problem("internal-error"), api.error_type(accept))

    def _route(self, api: Api, request: Request) -> tuple[Plan | None, dict[str, str]]:
        """The plan and its path parameters; where OPTIONS is answered no plan, and the headers of the answer."""
        try:
            found = api.find(request)
        except Undecodable:
            raise Problem("bad-request", "The path is not UTF-8, or holds a NUL.") from None
        if found is None:
            raise Problem("unknown-path")
        plans, path = found
        if is_preflight(api.door, request):
            return None, preflight_headers(request, plans)
        plan = plans.get(request.method)
        if plan is None and request.method == "HEAD" and api.door.head == "as-get":
            plan = plans.get("GET")
        if plan is not None:
            return plan, path
        allowed = sorted({*plans, *(("HEAD",) if "GET" in plans and api.door.head == "as-get" else ())})
        if request.method == "OPTIONS" and api.door.options == "allow":
            return None, {"Allow": ", ".join([*allowed, "OPTIONS"])}
        raise Problem(
            "wrong-verb",
            f"The method {request.method[:20]} is not allowed here.",
            {"Allow": ", ".join(allowed)},
        )


@lru_cache(maxsize=64)
def _date(epoch: datetime, ticks: int) -> bytes:
    return format_datetime(clock(epoch, ticks), usegmt=True).encode()


def _root_url(api: Api, request: Request) -> str:
    return request.base_url + api.sandbox.mount


def _authenticates_first(api: Api, request: Request) -> bool:
    """Whether credentials come before the path is even looked at; paths beside the API's root are open to all."""
    return api.door.authenticate == "before-routing" and request.lies_below(api.sandbox.mount)


def create_app(sandboxes: Sequence[Sandbox], store: Store) -> ASGIApp:
    """The application that serves the sandboxes from a store that already holds their worlds.

    Raises ContractError, one line, for a contract that cannot be served.
    """
    apis: list[Api] = []
    for sandbox in sandboxes:
        with fitness(str(sandbox.contract.path)):
            apis.append(Api(sandbox, store))
    return Front(apis, store)
