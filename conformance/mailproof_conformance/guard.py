"""The last question before the socket is whether this request may leave the process."""

from __future__ import annotations

import ipaddress
import socket
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NoReturn
from urllib.parse import urlsplit

from mailproof_conformance.verdicts import Disabled, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailproof.promises import Effect
    from mailproof_conformance.bounds import Bounds
    from mailproof_conformance.exchange import Request, Response

Permission = Literal["write", "send", "credentials"]
"""What the user may allow against a server that is not on this machine."""

LOOPBACK_BUDGET = 100_000
REMOTE_BUDGET = 5_000
REMOTE_RATE = 5.0
DEFAULT_WAIT = 5.0
"""Seconds that are waited after a 429 that does not say in seconds for how long."""
LONGEST_WAIT = 60.0
"""A case that the server asks to wait longer for is given up."""

_TOO_MANY = 429


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

    On loopback everything is admitted. Anywhere else only what reads, unless `allow` names more and `bounds` hold
    it, and no request with credentials that are wrong on purpose (accounts lock) unless `allow` holds `credentials`.
    """

    def __init__(  # noqa: PLR0913 - each is a limit of its own
        self,
        address: Address,
        *,
        allow: frozenset[Permission] = frozenset(),
        bounds: Bounds | None = None,
        budget: int | None = None,
        rate: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.address = address
        self._loopback = address.loopback
        self.allow = allow
        self.bounds = bounds
        """What may be written to and who may be reached off this machine."""
        self.budget = budget if budget is not None else (LOOPBACK_BUDGET if address.loopback else REMOTE_BUDGET)
        """How many requests may leave in all."""
        self.rate = rate or (None if address.loopback else REMOTE_RATE)
        """How many requests may leave in a second; None for as many as there are."""
        self.refused: Counter[str] = Counter()
        """How many requests were not let go, by the kind of reason."""
        self.waited = 0.0
        """Seconds for which the server asked this run to wait."""
        self._left = self.budget
        self._interval = 1 / self.rate if self.rate else 0.0
        self._clock = clock
        self._pause = pause
        self._next = 0.0

    def admit(self, request: Request, effect: Effect, *, wrong_credentials: bool = False) -> None:
        """Returns when the request may go, after waiting for its turn.

        Raises Disabled, with the reason, if it may not.
        """
        self.judge(request, effect, wrong_credentials=wrong_credentials)
        if self._left <= 0:
            self._refuse("budget", "the run's request budget is used up")
        self._left -= 1
        self._wait()

    def judge(self, request: Request, effect: Effect, *, wrong_credentials: bool = False) -> None:
        """Raises Disabled, with the reason, if the request may not go, whatever the budget and the pace."""
        if not request.target.startswith("/"):
            message = f"the target {request.target!r} is not a path: requests go to {self.address.host} only"
            self._refuse("target", message)
        if not self._loopback:
            self._permit(request, effect, wrong_credentials=wrong_credentials)

    def put_off(self, response: Response) -> bool:
        """Whether an answer asks to come back later, and the next request will wait for that long.

        False on loopback, and for any other answer. Raises Skipped where the server asks for more than is waited.
        """
        if self._loopback or response.status != _TOO_MANY:
            return False
        seconds = retry_after(response.headers.get("retry-after"))
        if seconds > LONGEST_WAIT:
            raise Skipped(
                f"the server asks to wait {seconds:.0f} s (429), and no more than {LONGEST_WAIT:.0f} are waited"
            )
        self.waited += seconds
        self._next = max(self._next, self._clock() + seconds)
        return True

    def _permit(self, request: Request, effect: Effect, *, wrong_credentials: bool) -> None:
        if any(name.strip().lower() == "host" and value != self.address.authority for name, value in request.headers):
            self._refuse("target", f"its Host is not {self.address.authority}: requests go to that host only")
        if effect != "read" and effect not in self.allow:
            self._refuse(
                effect, f"it would {effect} on a server that is not on this machine; `--allow {effect}` permits that"
            )
        if wrong_credentials and "credentials" not in self.allow:
            message = "it would try wrong credentials on a server that is not on this machine, which may lock "
            self._refuse("credentials", message + "an account; `--allow credentials` permits that")
        if effect != "read" and self.bounds is not None:
            try:
                self.bounds.permit(request, effect)
            except Disabled:
                self.refused["bounds"] += 1
                raise

    def _refuse(self, kind: str, reason: str) -> NoReturn:
        self.refused[kind] += 1
        raise Disabled(reason)

    def _wait(self) -> None:
        now = self._clock()
        if now < self._next:
            self._pause(self._next - now)
        self._next = max(now, self._next) + self._interval


def retry_after(text: str | None) -> float:
    """Seconds that a Retry-After header asks for: a number, or the default for a date or nothing (RFC 9110, 10.2.3)."""
    if text is not None and text.strip().isascii() and text.strip().isdigit():
        return float(text.strip()[:12])
    return DEFAULT_WAIT
