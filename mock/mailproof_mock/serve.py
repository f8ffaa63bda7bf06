"""Serves the mock over HTTP until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import uvicorn

from mailproof.promises import ContractError
from mailproof_mock.wire import WireProtocol

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from types import FrameType

    from starlette.types import ASGIApp

_BACKLOG = 2048


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one.

    Raises ContractError, one line, when the address is not to be had.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(_BACKLOG)
        except (OSError, OverflowError):
            listening.close()
            raise
    except OSError as error:
        hint = "--port 0 takes a free one" if port else "name an address of this machine"
        raise ContractError(f"cannot listen on {host}:{port}: {error.strerror}; {hint}") from None
    except OverflowError:
        raise ContractError(f"cannot listen on {host}:{port}: a port is a number from 0 to 65535") from None
    except ValueError:  # a label of the name is empty, too long or no text that a name can have
        raise ContractError(f"cannot listen on {host}:{port}: that is no host name; name an address here") from None
    return listening


def url_of(listening: socket.socket) -> str:
    """The address of a listening socket as a URL without a slash at the end."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    """Uvicorn, and a word when the port answers."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stops in good order; uvicorn would raise the signal once more at the end and so skip what is to be tidied."""
        del frame
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True

    def stop(self) -> None:
        """Stops in good order."""
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts as uvicorn does, then tells."""
        await super().startup(sockets=sockets)
        gc.freeze()  # what was compiled stays as long as the server; no collection need walk through it
        if self.started:
            self._on_ready()


async def serve(
    app: ASGIApp,
    listening: socket.socket,
    on_ready: Callable[[], None],
    log_level: str,
    until_end_of: int | None = None,
) -> None:
    """Serves until SIGINT or SIGTERM, or until a file descriptor ends; calls `on_ready` once the port answers.

    Raises ContractError when it could not start.
    """
    config = uvicorn.Config(
        app,
        http=WireProtocol,
        ws="none",
        lifespan="off",
        access_log=False,
        proxy_headers=False,  # the one that counts, the scheme, is read where an address is made (`request.py`)
        log_level=log_level,
        log_config=None,
        date_header=False,
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=3,
    )
    server = _Server(config, on_ready)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:  # a closed terminal; under nohup it is ignored
        signal.signal(signal.SIGHUP, server.handle_exit)
    if until_end_of is not None:
        asyncio.get_running_loop().add_reader(until_end_of, server.stop)
    try:
        await server.serve(sockets=[listening])
    except SystemExit:  # so uvicorn ends where the application cannot start
        raise ContractError("the mock could not start; the log says why") from None
    if not server.started:
        raise ContractError("the mock could not start; the log says why")


def run(work: Coroutine[Any, Any, None]) -> None:
    """Runs what is served on the fastest event loop there is, until it ends or the user interrupts it."""
    factory: Callable[[], asyncio.AbstractEventLoop] | None = None
    with suppress(ImportError):  # it is not there on Windows
        from uvloop import new_event_loop as factory  # noqa: PLC0415
    with suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=factory) as runner:
        runner.run(work)
