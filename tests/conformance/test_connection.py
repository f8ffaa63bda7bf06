"""Answers as servers write them, whole or not, in one piece or dripped: each is read, or is said to be no HTTP."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from mailproof_conformance.connection import Connection, NotHttp, head, open_socket
from mailproof_conformance.guard import pin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BODY = bytes(range(256)) * 2_000
PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nX-A:  1 \r\nx-a: 2\r\nX-Long: a\r\n  b\r\n\r\n" % len(BODY) + BODY
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
    + b"".join(
        b"%X;x=y\r\n" % len(BODY[at : at + 7_000]) + BODY[at : at + 7_000] + b"\r\n"
        for at in range(0, len(BODY), 7_000)
    )
    + b"0\r\nTrailer: x\r\n\r\n"
)
BARE = PLAIN.replace(b"\r\n", b"\n", 6)
UNTIL_CLOSED = b"HTTP/1.0 200\r\n\r\n" + BODY
AFTER_INTERIM = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + PLAIN


@pytest.fixture
def connected() -> Iterator[Callable[..., Connection]]:
    """A connection to a server that writes an answer in pieces of a size, and closes."""
    closing: list[Callable[[], None]] = []

    def start(answer: bytes, size: int = 1 << 30) -> Connection:
        listener = socket.create_server(("127.0.0.1", 0))

        def play() -> None:
            with contextlib.suppress(OSError):
                sock, _ = listener.accept()
                with sock:
                    sock.recv(65_536)
                    for at in range(0, len(answer), size):
                        sock.sendall(answer[at : at + size])

        threading.Thread(target=play, daemon=True).start()
        connection = Connection(pin(f"http://127.0.0.1:{listener.getsockname()[1]}"), 5.0, open_socket)
        connection.open()
        closing.extend([connection.close, listener.close])
        return connection

    yield start
    for close in closing:
        close()


@pytest.mark.parametrize("size", [1 << 30, 9_973, 311], ids=["at once", "in pieces", "dripped"])
@pytest.mark.parametrize(
    "answer",
    [PLAIN, CHUNKED, BARE, UNTIL_CLOSED, AFTER_INTERIM],
    ids=["length", "chunks", "bare line feeds", "until closed", "after interim answers"],
)
def test_a_body_comes_whole(connected: Callable[..., Connection], answer: bytes, size: int) -> None:
    found = connected(answer, size).exchange(b"GET / HTTP/1.1\r\n\r\n")
    assert (200, BODY) == (found.status, found.body)


def test_headers_of_one_name_are_joined_and_folded_ones_unfolded(connected: Callable[..., Connection]) -> None:
    found = connected(PLAIN).exchange(b"GET / HTTP/1.1\r\n\r\n")
    assert {"content-length": str(len(BODY)), "x-a": "1, 2", "x-long": "a b"} == found.headers


@pytest.mark.parametrize("first", [b"HTTP/1.1 204 No Content", b"HTTP/1.1 304 Not Modified"])
def test_some_answers_have_no_body_whatever_their_length_says(
    connected: Callable[..., Connection], first: bytes
) -> None:
    found = connected(first + b"\r\nContent-Length: 9\r\n\r\n").exchange(b"GET / HTTP/1.1\r\n\r\n")
    assert b"" == found.body


def test_the_answer_to_head_has_no_body(connected: Callable[..., Connection]) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
    assert b"" == connected(answer).exchange(b"HEAD / HTTP/1.1\r\n\r\n", bodiless=True).body


@pytest.mark.parametrize("status", [b"200 OK", b"204 No Content"])
def test_a_body_where_there_is_none_is_told_and_ends_the_connection(
    connected: Callable[..., Connection], status: bytes
) -> None:
    connection = connected(b"HTTP/1.1 " + status + b"\r\nContent-Length: 3\r\n\r\nabc")
    assert b"abc" == connection.exchange(b"HEAD / HTTP/1.1\r\n\r\n", bodiless=True).body
    assert not connection.is_open


def test_a_connection_that_the_server_means_to_close_is_closed(connected: Callable[..., Connection]) -> None:
    connection = connected(b"HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n")
    connection.exchange(b"GET / HTTP/1.1\r\n\r\n")
    assert not connection.is_open


def test_what_comes_after_an_answer_unasked_is_not_the_next_answer(connected: Callable[..., Connection]) -> None:
    connection = connected(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" + PLAIN)
    connection.exchange(b"GET / HTTP/1.1\r\n\r\n")
    connection.drop_if_stale()
    assert not connection.is_open


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nName : x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffff\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 262_144 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 300_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + b"y" * 262_144 + b"\r\na\r\n0\r\n\r\n",
    ],
)
def test_what_is_no_whole_answer_is_not_taken_for_one(connected: Callable[..., Connection], answer: bytes) -> None:
    with pytest.raises(NotHttp):
        connected(answer).exchange(b"GET / HTTP/1.1\r\n\r\n")


@pytest.mark.parametrize(
    ("method", "target", "headers"),
    [
        ("GET", "/a b", []),
        ("GET", "/\r\nX: y", []),
        ("GET", "/ä", []),
        ("", "/", []),
        ("G T", "/", []),
        ("GET", "/", [("X", "a\r\nY: b")]),
        ("GET", "/", [("X", "a\x00")]),
        ("GET", "/", [("X: a\r\nY", "b")]),
        ("GET", "/", [("", "b")]),
        ("GET", "/", [("X", "日本")]),
    ],
)
def test_what_http_cannot_carry_is_not_written(method: str, target: str, headers: list[tuple[str, str]]) -> None:
    with pytest.raises(ValueError, match=r"."):
        head(method, target, headers)


def test_a_head_is_written_as_it_is_given() -> None:
    expected = b"PUT /a?b=%20 HTTP/1.1\r\nHost: h\r\nX-A: gr\xfc\xdfe\r\n\r\n"
    assert expected == head("PUT", "/a?b=%20", [("Host", "h"), ("X-A", "grüße")])
