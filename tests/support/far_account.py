"""The mock as if it were far away: a session whose packets are written down on their way to it."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mailproof_conformance import cache
from mailproof_conformance.guard import Address
from mailproof_conformance.options import Options
from mailproof_conformance.run import session_at
from mailproof_conformance.target import from_ready_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof.promises import Contract
    from mailproof_conformance.guard import Permission
    from mailproof_conformance.own import Own
    from mailproof_conformance.session import Session

FAR = Address("http", "api.example.test", 80, "203.0.113.7")


@dataclass(frozen=True)
class Sent:
    """A request as it left the process."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """The path without the query."""
        return self.target.partition("?")[0]

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class Wire:
    """Connects to a server on this machine whatever address is asked for."""

    port: int
    addresses: set[tuple[str, int]] = field(default_factory=set[tuple[str, int]])
    packets: list[bytes] = field(default_factory=list[bytes])

    def __call__(self, address: tuple[str, int], timeout: float) -> socket.socket:
        """A connection that writes down what is sent."""
        self.addresses.add(address)
        return _Tapped(socket.create_connection(("127.0.0.1", self.port), timeout), self.packets)  # type: ignore[return-value]

    def requests(self) -> Iterator[Sent]:
        """What was sent, request by request."""
        stream, start = b"".join(self.packets), 0
        while start < len(stream):
            end = stream.index(b"\r\n\r\n", start)
            first, *lines = stream[start:end].decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            in_chunks = "transfer-encoding" in headers
            last = stream.index(b"\r\n0\r\n\r\n", end) + 7 if in_chunks else end + 4
            start = last + int(headers.get("content-length", 0))
            method, target, _ = first.split(" ")
            yield Sent(method, target, headers, stream[end + 4 : start])


class _Tapped:
    """A socket whose every byte is written down."""

    def __init__(self, inner: socket.socket, packets: list[bytes]) -> None:
        self._inner, self._packets = inner, packets

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def sendall(self, data: bytes) -> None:
        """Sends and writes down."""
        self._packets.append(bytes(data))
        self._inner.sendall(data)

    def sendmsg(self, buffers: Any) -> int:
        """Likewise."""
        data = b"".join(bytes(item) for item in buffers)
        self.sendall(data)
        return len(data)


def far_session(
    sandbox: Any, contract: Contract, own: Own, *allow: Permission, samples: dict[str, Any] | None = None
) -> tuple[Session, Wire]:
    """A session with a provider of the sandbox at an address that is not this machine, and its wire.

    The profile is `quick`: what a case sends first is the same in every profile.
    """
    cache.settle_hypothesis()
    target = from_ready_file(sandbox.ready_file, contract.provider, None)
    parts = urlsplit(target.base_url)
    target = replace(target, base_url=f"http://{FAR.host}{parts.path}", samples={**target.samples, **(samples or {})})
    wire = Wire(parts.port or 80)
    options = Options(profile="quick", allow=frozenset(allow), own=own, rate=1e9, budget=10**6)
    return session_at(contract, target, options, FAR, wire), wire
