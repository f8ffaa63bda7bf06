"""The mock's world behind doors that are not its own: stock Connexion, and the front for another server (granian)."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from mailproof import providers
from mailproof_mock.app import create_app
from mailproof_mock.sandbox import Sandbox, open_sandbox
from mailproof_mock.stock import create_stock_app
from mailproof_mock.store import Store, store_in

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.types import ASGIApp, Receive, Scope, Send


def mock_app() -> ASGIApp:
    """The mock with every provider, its state in memory, for a server other than its own."""
    app = _with_store(lambda sandboxes, store: _told_of_start_and_end(create_app(sandboxes, store)))
    gc.freeze()  # as the mock's own server does
    return app


def stock_app() -> ASGIApp:
    """The same contracts and handlers through stock Connexion, which validates requests and answers."""
    return _with_store(create_stock_app)


def _told_of_start_and_end(front: ASGIApp) -> ASGIApp:
    """The front, which answers HTTP only, for a server that tells an application of its start and its end."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await front(scope, receive, send)
            return
        for told in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{told}.complete"})

    return app


def _with_store(create: Callable[[Sequence[Sandbox], Store], ASGIApp]) -> ASGIApp:
    """An application whose store is opened and filled when the server starts, and closed when it ends."""
    sandboxes = [open_sandbox(name, alone=False) for name in providers()]
    store = store_in()
    inner = create(sandboxes, store)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await inner(scope, receive, send)
            return
        await store.open()
        try:
            async with store.alone() as rows:
                for sandbox in sandboxes:
                    await sandbox.fixtures.install(rows, sandbox.provider)
            await inner(scope, receive, send)
        finally:
            await store.close()

    return app
