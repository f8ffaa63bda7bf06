"""HTTP/1.1 over one kept-alive connection, as plain as can be: for load, and for requests that no library sends."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

_ANSWER_SECONDS = 60.0
_HEAD_BYTES = 1 << 20


class Cut(Exception):  # noqa: N818 - it is what a killed server leaves, and no error of the program
    """The connection ended, or was never made, before an answer was whole. What was asked may or may not be done."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: status, headers by name in small letters, and the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Connection:
    """A connection to the server of a URL, made when it is first used and again after it was closed."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    async def ask(
        self, method: str, target: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        """Sends a request and gives its answer. Raises Cut, and TimeoutError after a minute."""
        lines = [f"{method} {target} HTTP/1.1", f"Host: {self._host}:{self._port}", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        return await self.send("\r\n".join([*lines, "", ""]).encode() + body)

    async def send(self, data: bytes) -> Answer:
        """Sends bytes that are to be a request, and gives the next answer. Raises as `ask`."""
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                reader, writer = await self._open()
                writer.write(data)
                await writer.drain()
                return await self._answer(reader)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            self.close()
            raise Cut(str(error)) from None
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Ends the connection at once; what is on its way is lost."""
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port, limit=_HEAD_BYTES)
        return self._streams

    async def _answer(self, reader: asyncio.StreamReader) -> Answer:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Answer(int(head[0].split()[1]), headers, body)
