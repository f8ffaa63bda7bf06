"""The sandbox's own small door beside the APIs: what was sent, and back to the fixtures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from starlette.types import Receive, Send

    from mailproof_mock.api import Api
    from mailproof_mock.request import Request
    from mailproof_mock.store import Store

PREFIX = "/_mailproof"


class Control:
    """`GET /_mailproof` names the APIs, `.../outbox` lists the sends, `POST .../reset` restores the fixtures.

    It answers only JSON, needs no credentials, and does nothing that a restart would not do as well.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._apis: list[Api] = []

    def add(self, api: Api) -> None:
        """Takes an API in."""
        self._apis.append(api)

    def owns(self, request: Request) -> bool:
        """Whether the path is the sandbox's own."""
        return request.lies_below(PREFIX)

    async def __call__(self, request: Request, receive: Receive, send: Send) -> None:
        """Answers a request below the prefix."""
        del receive
        status, value = self._answer(request.method, request.path.rstrip("/"))
        body = orjson.dumps(value)
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else body})

    def _answer(self, method: str, path: str) -> tuple[int, Any]:
        doors = {
            PREFIX: ("GET", self._index),
            f"{PREFIX}/outbox": ("GET", self._store.sent),
            f"{PREFIX}/reset": ("POST", self._reset),
        }
        if path not in doors:
            return 404, {"error": "nothing lives here", **self._index(), "sandbox": list(doors)}
        wanted, function = doors[path]
        if method not in (wanted, "HEAD" if wanted == "GET" else wanted):
            return 405, {"error": f"{path} takes {wanted}"}
        return 200, function()

    def _index(self) -> dict[str, Any]:
        return {"apis": {api.sandbox.provider: api.sandbox.mount or "/" for api in self._apis}}

    def _reset(self) -> dict[str, Any]:
        with self._store.batch():
            for api in self._apis:
                api.sandbox.fixtures.restore(self._store, api.sandbox.provider)
        return {"reset": [api.sandbox.provider for api in self._apis]}
