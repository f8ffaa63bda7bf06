"""The one connection: kept alive, never repeated where that could write, never waited for in vain."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from mailproof_conformance.client import Client, Hang, NoAnswer, Unreachable
from mailproof_conformance.exchange import Request
from mailproof_conformance.guard import Guard, pin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: 1\r\nx-a: 2\r\n\r\nok"


@pytest.fixture
def scripted() -> Iterator[Callable[[list[list[bytes | None]]], tuple[Client, list[bytes]]]]:
    """A server that plays one list of answers on each connection; None closes it. Gives a client and what came."""
    closing: list[Callable[[], None]] = []

    def start(connections: list[list[bytes | None]]) -> tuple[Client, list[bytes]]:
        listener = socket.create_server(("127.0.0.1", 0))
        came: list[bytes] = []

        def play() -> None:
            for answers in connections:
                with contextlib.suppress(OSError):
                    connection, _ = listener.accept()
                    with connection:
                        _play(connection, answers, came)

        thread = threading.Thread(target=play, daemon=True)
        thread.start()
        client = Client(Guard(pin(f"http://127.0.0.1:{listener.getsockname()[1]}")), timeout=0.5)
        closing.extend([client.close, listener.close])
        return client, came

    yield start
    for close in closing:
        close()


def _play(connection: socket.socket, answers: list[bytes | None], came: list[bytes]) -> None:
    for answer in answers:
        data = connection.recv(65536)
        came.append(data)
        if answer is None:
            return
        connection.sendall(answer)
    connection.recv(65536)


def test_one_connection_serves_many_requests(scripted: Callable[..., tuple[Client, list[bytes]]]) -> None:
    client, came = scripted([[OK, OK]])
    first = client.send(Request("GET", "/a"), "read")
    second = client.send(Request("POST", "/b", (("Host", "other"),), b"x"), "write")
    assert (200, b"ok", "1, 2") == (first.status, first.body, first.headers["x-a"])
    assert 200 == second.status
    assert came[0].startswith(b"GET /a HTTP/1.1\r\n")
    assert b"Host: other\r\n" in came[1]
    assert b"Content-Length: 1\r\n" in came[1]
    assert 2 == len(client.take())
    assert () == client.take()


def test_a_connection_that_was_closed_meanwhile_is_replaced(
    scripted: Callable[..., tuple[Client, list[bytes]]],
) -> None:
    closing = OK.replace(b"X-A: 1", b"Connection: close")
    client, _ = scripted([[closing], [OK]])
    assert 200 == client.send(Request("POST", "/a"), "write").status
    assert 200 == client.send(Request("POST", "/b"), "write").status


def test_a_read_on_a_dead_connection_is_asked_again(scripted: Callable[..., tuple[Client, list[bytes]]]) -> None:
    client, came = scripted([[OK, None], [OK]])
    client.send(Request("GET", "/a"), "read")
    assert 200 == client.send(Request("GET", "/b"), "read").status
    assert 3 == len(came)


def test_a_write_is_never_sent_twice(scripted: Callable[..., tuple[Client, list[bytes]]]) -> None:
    client, came = scripted([[OK, None], [OK]])
    client.send(Request("GET", "/a"), "read")
    with pytest.raises(NoAnswer):
        client.send(Request("POST", "/b"), "write")
    assert 2 == len(came)
    assert client.take()[-1].trouble is not None


def test_silence_is_a_hang(scripted: Callable[..., tuple[Client, list[bytes]]]) -> None:
    client, came = scripted([[b""]])
    with pytest.raises(Hang):
        client.send(Request("GET", "/a"), "read")
    assert 1 == len(came)


@pytest.mark.parametrize(
    "answer",
    [
        b"I am no web server\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=["not HTTP", "cut short", "bad chunk"],
)
def test_a_broken_answer_is_no_answer(scripted: Callable[..., tuple[Client, list[bytes]]], answer: bytes) -> None:
    client, _ = scripted([[answer, None]])
    with pytest.raises(NoAnswer):
        client.send(Request("POST", "/a"), "write")


def test_a_chunked_answer_is_read_and_the_connection_goes_on(
    scripted: Callable[..., tuple[Client, list[bytes]]],
) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
    client, _ = scripted([[chunked, OK]])
    assert b"ok" == client.send(Request("GET", "/a"), "read").body
    assert b"ok" == client.send(Request("GET", "/b"), "read").body


def test_an_answer_that_comes_before_the_body_was_read_is_seen(
    scripted: Callable[..., tuple[Client, list[bytes]]],
) -> None:
    refusal = b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    client, _ = scripted([[refusal]])
    assert 413 == client.send(Request("POST", "/a", (), b"x" * 300), "write").status


def test_a_closed_port_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    client = Client(Guard(pin(f"http://127.0.0.1:{port}")))
    with pytest.raises(Unreachable):
        client.send(Request("GET", "/"), "read")
    with pytest.raises(Unreachable):
        client.probe()


def test_a_redirect_is_an_answer_and_is_not_followed(scripted: Callable[..., tuple[Client, list[bytes]]]) -> None:
    away = b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example.test/\r\nContent-Length: 0\r\n\r\n"
    client, came = scripted([[away, OK]])
    assert 302 == client.send(Request("GET", "/a"), "read").status
    assert 1 == len(came)


def test_a_request_that_http_cannot_carry_is_our_error(
    scripted: Callable[..., tuple[Client, list[bytes]]],
) -> None:
    client, _ = scripted([[OK]])
    with pytest.raises(ValueError, match="HTTP cannot carry"):
        client.send(Request("GET", "/a b"), "read")
