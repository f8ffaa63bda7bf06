"""How fast and how often a far server is asked, by a clock of our own; and that a request goes nowhere else."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mailproof import contract
from mailproof_conformance.client import Client
from mailproof_conformance.exchange import Request, Response
from mailproof_conformance.guard import LONGEST_WAIT, REMOTE_BUDGET, REMOTE_RATE, Address, Guard, pin, retry_after
from mailproof_conformance.session import Session
from mailproof_conformance.target import Credential, Target
from mailproof_conformance.verdicts import Disabled, Skipped

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
FAR = Address("http", "api.example.test", 80, "203.0.113.7")
NEAR = Address("http", "localhost", 80, "127.0.0.1")
GET = Request("GET", "/")


class Clock:
    """Time that passes only while somebody waits."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.pauses.append(round(seconds, 6))
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def guard(clock: Clock, address: Address = FAR, **options: float) -> Guard:
    return Guard(address, clock=clock, pause=clock.pause, **options)  # type: ignore[arg-type]


def test_a_far_server_is_asked_five_times_in_a_second(clock: Clock) -> None:
    slow = guard(clock)
    for _ in range(11):
        slow.admit(GET, "read")
    assert 1000.0 + 10 / REMOTE_RATE == pytest.approx(clock.now)


def test_who_was_slow_by_himself_waits_no_more_and_saves_nothing_up(clock: Clock) -> None:
    slow = guard(clock, rate=2)
    slow.admit(GET, "read")
    clock.now += 60
    for _ in range(3):
        slow.admit(GET, "read")
    assert [0.5, 0.5] == clock.pauses


def test_this_machine_has_no_pace_unless_asked_for(clock: Clock) -> None:
    fast, slow = guard(clock, NEAR), guard(clock, NEAR, rate=4)
    for _ in range(100):
        fast.admit(GET, "read")
    assert [] == clock.pauses
    slow.admit(GET, "read")
    slow.admit(GET, "read")
    assert [0.25] == clock.pauses


def test_the_budget_counts_what_leaves_and_not_what_is_refused(clock: Clock) -> None:
    tight = guard(clock, budget=2)
    tight.admit(GET, "read")
    for _ in range(5):
        with pytest.raises(Disabled, match="--allow write"):
            tight.admit(Request("POST", "/"), "write")
    tight.admit(GET, "read")
    with pytest.raises(Disabled, match="budget is used up"):
        tight.admit(GET, "read")
    assert {"write": 5, "budget": 1} == dict(tight.refused)
    assert REMOTE_BUDGET == guard(clock).budget


@pytest.mark.parametrize(
    ("text", "expected"),
    [("7", 7.0), (" 0 ", 0.0), (None, 5.0), ("", 5.0), ("-3", 5.0), ("1e9", 5.0), ("٣", 5.0), ("9" * 5000, 1e12 - 1)],
)
def test_the_seconds_of_a_retry_after(text: str | None, expected: float) -> None:
    assert expected == retry_after(text)


def test_a_429_puts_the_next_request_off(clock: Clock) -> None:
    slow = guard(clock, rate=1000)
    slow.admit(GET, "read")
    assert slow.put_off(Response(429, {"retry-after": "7"}, b""))
    slow.admit(GET, "read")
    assert 1007.0 == clock.now
    assert 7.0 == slow.waited
    assert not slow.put_off(Response(503, {"retry-after": "7"}, b""))


def test_nobody_waits_for_an_hour_and_this_machine_is_not_waited_for(clock: Clock) -> None:
    with pytest.raises(Skipped, match="asks to wait 3600 s"):
        guard(clock).put_off(Response(429, {"retry-after": "3600"}, b""))
    assert not guard(clock, NEAR).put_off(Response(429, {"retry-after": "3600"}, b""))
    assert LONGEST_WAIT < 3600


class Answering:
    """Stands where the network is, with a list of answers."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.sent: list[bytes] = []
        self.connected: list[tuple[str, int]] = []
        self.ends: list[socket.socket] = []

    def __call__(self, address: tuple[str, int], timeout: float) -> socket.socket:
        self.connected.append(address)
        near, far = socket.socketpair()
        near.settimeout(timeout)
        self.ends.append(far)
        return _Answered(near, far, self)  # type: ignore[return-value]

    def close(self) -> None:
        for end in self.ends:
            end.close()


class _Answered:
    def __init__(self, near: socket.socket, far: socket.socket, network: Answering) -> None:
        self._near, self._far, self._network = near, far, network

    def __getattr__(self, name: str) -> object:
        return getattr(self._near, name)

    def setsockopt(self, *_: object) -> None:
        """A pair of sockets has no TCP options."""

    def sendall(self, data: bytes) -> None:
        self._network.sent.append(bytes(data))
        self._far.sendall(self._network.answers.pop(0))


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
BUSY = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
def networks() -> Iterator[list[Answering]]:
    made: list[Answering] = []
    yield made
    for network in made:
        network.close()


def session(clock: Clock, network: Answering, **options: object) -> Session:
    own = contract(HERE / "miniature/openapi.yaml")
    target = Target("miniature", "http://api.example.test/mini", Credential())
    door = Guard(FAR, clock=clock, pause=clock.pause, rate=1e9, **options)  # type: ignore[arg-type]
    return Session(own, target, Client(door, timeout=2, connector=network))


def test_a_read_is_asked_again_after_the_wait(clock: Clock, networks: list[Answering]) -> None:
    networks.append(Answering(BUSY, BUSY, OK + b"\r\n"))
    made = session(clock, networks[0])
    assert 200 == made.send(Request("GET", "/mini/things/alpha")).status
    assert 3 == len(networks[0].sent)
    assert 1006.0 == pytest.approx(clock.now, abs=0.01)
    made.client.close()


def test_patience_ends(clock: Clock, networks: list[Answering]) -> None:
    networks.append(Answering(*[BUSY] * 9))
    made = session(clock, networks[0])
    with pytest.raises(Skipped, match="keeps asking to wait"):
        made.send(Request("GET", "/mini/things/alpha"))
    assert 4 == len(networks[0].sent)
    made.client.close()


def test_a_write_is_not_asked_twice(clock: Clock, networks: list[Answering]) -> None:
    networks.append(Answering(BUSY, OK + b"\r\n"))
    made = session(clock, networks[0], allow=frozenset({"write"}))
    with pytest.raises(Skipped, match="429"):
        made.send(Request("POST", "/mini/things"))
    assert 1 == len(networks[0].sent)
    made.client.close()


def test_nothing_in_the_environment_and_nothing_in_an_answer_leads_elsewhere(
    clock: Clock, networks: list[Answering], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://198.51.100.9:3128")
    away = b"HTTP/1.1 307 Away\r\nLocation: http://198.51.100.9/\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"
    networks.append(Answering(away, OK + b"Connection: close\r\n\r\n", OK + b"\r\n"))
    made = session(clock, networks[0])
    assert [307, 200, 200] == [made.send(Request("GET", "/mini/things/alpha")).status for _ in range(3)]
    assert {("203.0.113.7", 80)} == set(networks[0].connected)
    assert 2 == len(networks[0].connected)
    assert not [data for data in networks[0].sent if b"cookie" in data.lower()]
    assert all(b"Host: api.example.test\r\n" in data for data in networks[0].sent)
    made.client.close()


def test_a_name_that_changes_its_address_is_looked_up_once() -> None:
    answers = iter([["203.0.113.7"], ["127.0.0.1"]])
    address = pin("http://api.example.test/mini", lambda host, port: next(answers) if host and port else [])
    assert (False, "203.0.113.7") == (address.loopback, address.ip)
    assert [["127.0.0.1"]] == list(answers)


def test_another_host_in_a_header_is_refused(clock: Clock) -> None:
    with pytest.raises(Disabled, match="that host only"):
        guard(clock).admit(Request("GET", "/", (("HOST", "other.example.test"),)), "read")
    guard(clock).admit(Request("GET", "/", (("Host", "api.example.test"),)), "read")
