"""The last question before the socket is whether this request may leave the process."""

from __future__ import annotations

import ipaddress
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from mailproof_conformance.verdicts import Disabled

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailproof.promises import Effect
    from mailproof_conformance.exchange import Request

Permission = Literal["write", "send", "credentials"]
"""What the user may allow against a server that is not on this machine."""

LOOPBACK_BUDGET = 100_000
REMOTE_BUDGET = 5_000
REMOTE_RATE = 5.0


@dataclass(frozen=True, slots=True)
class Address:
    """Where every connection of a run goes, decided once: no later answer of a resolver changes it."""

    scheme: str
    host: str
    port: int
    ip: str

    @property
    def loopback(self) -> bool:
        """Whether it is this machine."""
        return ipaddress.ip_address(self.ip.partition("%")[0]).is_loopback

    @property
    def authority(self) -> str:
        """The value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.scheme == "https" else 80) else f"{host}:{self.port}"


def system_resolver(host: str, port: int) -> list[str]:
    """The IP addresses of a host, in the system's order of preference. Raises OSError when there are none."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def pin(base_url: str, resolver: Callable[[str, int], list[str]] = system_resolver) -> Address:
    """The one address that a base URL names. Raises OSError when the host is not known.

    A name counts as loopback only if every address it has is loopback.
    """
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    addresses = [Address(parts.scheme, host, port, ip) for ip in resolver(host, port)]
    if not addresses:
        raise OSError(f"{host}: has no address")
    return next((address for address in addresses if not address.loopback), addresses[0])


class Guard:
    """Admits a request or raises Disabled; keeps the budget and the pace.

    On loopback everything is admitted. Anywhere else only what reads, unless `allow` names more, and no
    request with credentials that are wrong on purpose (accounts lock) unless `allow` holds `credentials`.
    """

    def __init__(  # noqa: PLR0913 - each is a limit of its own
        self,
        address: Address,
        *,
        allow: frozenset[Permission] = frozenset(),
        budget: int | None = None,
        rate: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.address = address
        self._allow = allow
        self._left = budget if budget is not None else (LOOPBACK_BUDGET if address.loopback else REMOTE_BUDGET)
        self._interval = 1 / rate if rate else (0.0 if address.loopback else 1 / REMOTE_RATE)
        self._clock = clock
        self._pause = pause
        self._next = 0.0

    def admit(self, request: Request, effect: Effect, *, wrong_credentials: bool = False) -> None:
        """Returns when the request may go, after waiting for its turn.

        Raises Disabled, with the reason, if it may not.
        """
        if not request.target.startswith("/"):
            raise Disabled(f"the target {request.target!r} is not a path: requests go to {self.address.host} only")
        if not self.address.loopback:
            self._permit(effect, wrong_credentials=wrong_credentials)
        if self._left <= 0:
            raise Disabled("the run's request budget is used up")
        self._left -= 1
        self._wait()

    def _permit(self, effect: Effect, *, wrong_credentials: bool) -> None:
        if effect != "read" and effect not in self._allow:
            raise Disabled(
                f"it would {effect} on a server that is not on this machine; `--allow {effect}` permits that"
            )
        if wrong_credentials and "credentials" not in self._allow:
            message = "it would try wrong credentials on a server that is not on this machine, which may lock "
            raise Disabled(message + "an account; `--allow credentials` permits that")

    def _wait(self) -> None:
        now = self._clock()
        if now < self._next:
            self._pause(self._next - now)
        self._next = max(now, self._next) + self._interval
