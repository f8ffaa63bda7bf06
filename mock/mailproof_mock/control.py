"""The sandbox's own small door beside the APIs: what was sent, and back to the fixtures."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import orjson

from mailproof_mock.rows import StoreFailed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import Receive, Send

    from mailproof_mock.api import Api
    from mailproof_mock.request import Request
    from mailproof_mock.rows import Row
    from mailproof_mock.store import Store

_log = logging.getLogger("mailproof.mock")
PREFIX = "/_mailproof"
_SENDS = 10_000  # of one listing
_DIGITS = 19  # fewer fit into 64 bits


class Control:
    """What the sandbox answers below `/_mailproof`; JSON only, and without credentials.

    `GET /_mailproof` names the APIs, `GET .../contracts/<provider>` is a contract with this server in it,
    `GET .../outbox` lists the sends, the first 10,000 behind the number `after`, and `POST .../reset` restores the
    fixtures, in a database too.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._apis: list[Api] = []

    def add(self, api: Api) -> None:
        """Takes an API in."""
        self._apis.append(api)

    async def __call__(self, request: Request, receive: Receive, send: Send) -> None:
        """Answers a request below the prefix, and any other that belongs to no API."""
        del receive
        try:
            status, value = await self._answer(request)
        except StoreFailed as failure:
            _log.error("%s", failure)
            status, value = 500, {"error": str(failure)}
        body = orjson.dumps(value)
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else body})

    async def _answer(self, request: Request) -> tuple[int, Any]:
        if request.malformed:
            return 400, {"error": "the request is not HTTP/1.1"}
        path = request.path.rstrip("/")
        readable: dict[str, Callable[[], Awaitable[Any]]] = {
            PREFIX: self._index,
            f"{PREFIX}/outbox": partial(self._sent, _after(request.query)),
        }
        for api in self._apis:
            readable[f"{PREFIX}/contracts/{api.sandbox.provider}"] = partial(_contract, api, request.base_url)
        if path in readable:
            return (200, await readable[path]()) if request.method in ("GET", "HEAD") else _wrong_verb(path, "GET")
        if path == f"{PREFIX}/reset":
            return (200, await self._reset()) if request.method == "POST" else _wrong_verb(path, "POST")
        return 404, {"error": "nothing lives here", **await self._index(), "sandbox": [*readable, f"{PREFIX}/reset"]}

    async def _index(self) -> dict[str, Any]:
        return {"apis": {api.sandbox.provider: api.sandbox.mount or "/" for api in self._apis}}

    async def _sent(self, after: int) -> list[Row]:
        async with self._store.transaction("", write=False) as rows:
            return await rows.sent(after, _SENDS)

    async def _reset(self) -> dict[str, Any]:
        async with self._store.alone() as rows:
            for api in self._apis:
                await api.sandbox.fixtures.restore(rows, api.sandbox.provider)
        return {"reset": [api.sandbox.provider for api in self._apis]}


def _after(query: bytes) -> int:
    """The number behind which the outbox is asked for; 0 where none is, or none that can be read."""
    text = parse_qs(query.decode("ascii", "replace"), max_num_fields=10).get("after", ["0"])[-1]
    return int(text) if text.isdecimal() and len(text) < _DIGITS else 0


async def _contract(api: Api, base_url: str) -> dict[str, Any]:
    return {**api.sandbox.contract.document, "servers": [{"url": base_url + api.sandbox.mount}]}


def _wrong_verb(path: str, verb: str) -> tuple[int, Any]:
    return 405, {"error": f"{path} takes {verb}"}
