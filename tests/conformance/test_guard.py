"""Nothing leaves the process that was not permitted."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from mailproof import contract
from mailproof_conformance.client import Client
from mailproof_conformance.exchange import Request
from mailproof_conformance.guard import Guard, pin
from mailproof_conformance.plan import plan
from mailproof_conformance.runner import run_cases
from mailproof_conformance.session import Session
from mailproof_conformance.target import Credential, Target
from mailproof_conformance.verdicts import Disabled, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailproof_conformance.guard import Permission

HERE = Path(__file__).parent
REMOTE = "http://api.example.test/mini"
AUTHORIZATION = "Basic bWluaTpvcGVuLXNlc2FtZS0xNw=="


def addresses(*known: str) -> Callable[[str, int], list[str]]:
    """A resolver that knows these and nothing else."""

    def resolve(host: str, port: int) -> list[str]:
        del host, port
        return list(known)

    return resolve


remote = addresses("203.0.113.7")


class Listener:
    """Stands where the network is: writes down what would leave, and answers everything with a 404."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.addresses: list[tuple[str, int]] = []
        self.ours: list[socket.socket] = []

    def connect(self, address: tuple[str, int], timeout: float) -> socket.socket:
        self.addresses.append(address)
        near, far = socket.socketpair()
        near.settimeout(timeout)
        self.ours.append(far)
        return _Recorded(near, far, self.sent)  # type: ignore[return-value]

    def close(self) -> None:
        for end in self.ours:
            end.close()


class _Recorded:
    """A socket that answers as soon as it was written to."""

    def __init__(self, near: socket.socket, far: socket.socket, sent: list[bytes]) -> None:
        self._near, self._far, self._sent = near, far, sent

    def __getattr__(self, name: str) -> Any:
        return getattr(self._near, name)

    def setsockopt(self, *_: object) -> None:
        """A pair of sockets has no TCP options."""

    def sendall(self, data: bytes) -> None:
        self._sent.append(bytes(data))
        if data[:1].isalpha() and b"HTTP/1.1\r\n" in data:
            self._far.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")


def test_on_a_far_server_no_write_and_no_wrong_credential_leaves_the_process() -> None:
    listener = Listener()
    own = contract(HERE / "miniature/openapi.yaml")
    target = Target("miniature", REMOTE, Credential(headers={"Authorization": AUTHORIZATION}), {"thingId": "alpha"})
    guard = Guard(pin(REMOTE, remote), rate=1e9)
    client = Client(guard, timeout=2, connector=listener.connect)
    outcomes = run_cases(Session(own, target, client), plan(own, "deep", laws=()))
    client.close()
    listener.close()
    heads = [data.partition(b"\r\n")[0].decode() for data in listener.sent if b"HTTP/1.1\r\n" in data]
    assert heads
    assert {"GET", "HEAD", "OPTIONS", "TRACE"} >= {head.partition(" ")[0] for head in heads}
    shown = {
        line for data in listener.sent for line in data.split(b"\r\n") if line.lower().startswith(b"authorization")
    }
    assert {b"Authorization: " + AUTHORIZATION.encode()} == shown
    assert {("203.0.113.7", 80)} == set(listener.addresses)
    disabled = {outcome.case.id for outcome in outcomes if outcome.verdict is Verdict.DISABLED}
    assert {"verbs/DELETE /things/{thingId}", "authentication/get_thing/wrong-password", "fuzz/get_thing"} <= disabled
    assert all(case.startswith("corpus/get_thing") or "add_thing" not in case for case in _tried(outcomes))


def _tried(outcomes: Any) -> set[str]:
    return {outcome.case.id for outcome in outcomes if outcome.verdict not in {Verdict.DISABLED, Verdict.SKIP}}


@pytest.mark.parametrize(
    ("effect", "allow", "admitted"),
    [
        ("read", "", True),
        ("write", "", False),
        ("send", "", False),
        ("write", "write", True),
        ("send", "write", False),
        ("send", "send", True),
        ("write", "send credentials", False),
    ],
)
def test_each_effect_is_permitted_by_its_own_name(effect: Any, allow: str, admitted: bool) -> None:
    permitted = cast("frozenset[Permission]", frozenset(allow.split()))
    guard = Guard(pin(REMOTE, remote), allow=permitted, rate=1e9)
    if admitted:
        guard.admit(Request("POST", "/mini"), effect)
    else:
        with pytest.raises(Disabled, match=f"--allow {effect}"):
            guard.admit(Request("POST", "/mini"), effect)


def test_wrong_credentials_need_a_permission_of_their_own() -> None:
    request = Request("GET", "/mini")
    with pytest.raises(Disabled, match="--allow credentials"):
        Guard(pin(REMOTE, remote), rate=1e9).admit(request, "read", wrong_credentials=True)
    permitted: frozenset[Permission] = frozenset({"credentials"})
    Guard(pin(REMOTE, remote), allow=permitted, rate=1e9).admit(request, "read", wrong_credentials=True)


def test_on_this_machine_everything_is_admitted() -> None:
    guard = Guard(pin("http://127.0.0.1:1/mini"))
    guard.admit(Request("DELETE", "/mini"), "send", wrong_credentials=True)


def test_a_name_is_this_machine_only_if_every_address_of_it_is() -> None:
    assert not pin("http://two.example.test", addresses("127.0.0.1", "203.0.113.7")).loopback
    assert pin("http://localhost.example.test", addresses("127.0.0.1", "::1")).loopback


def test_a_name_without_an_address_is_an_os_error() -> None:
    with pytest.raises(OSError, match="has no address"):
        pin("http://nowhere.example.test", addresses())


@pytest.mark.parametrize("target", ["http://elsewhere.example.test/", "elsewhere.example.test:80", "*", ""])
def test_a_target_that_names_another_host_is_refused(target: str) -> None:
    with pytest.raises(Disabled, match="is not a path"):
        Guard(pin("http://127.0.0.1:1/mini")).admit(Request("GET", target), "read")


def test_the_budget_is_a_hard_limit() -> None:
    guard = Guard(pin("http://127.0.0.1:1/mini"), budget=2)
    guard.admit(Request("GET", "/"), "read")
    guard.admit(Request("GET", "/"), "read")
    with pytest.raises(Disabled, match="budget"):
        guard.admit(Request("GET", "/"), "read")


def test_requests_keep_their_distance() -> None:
    pauses: list[float] = []
    guard = Guard(pin(REMOTE, remote), rate=4, clock=lambda: 100.0, pause=pauses.append)
    for _ in range(4):
        guard.admit(Request("GET", "/"), "read")
    assert [0.25, 0.5, 0.75] == pauses


def test_what_the_guard_refuses_is_not_sent() -> None:
    listener = Listener()
    client = Client(Guard(pin(REMOTE, remote), rate=1e9), connector=listener.connect)
    with pytest.raises(Disabled):
        client.send(Request("POST", "/mini/things"), "write")
    assert [] == listener.sent
    assert 0 == client.requests
