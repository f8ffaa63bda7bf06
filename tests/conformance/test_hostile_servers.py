"""Servers made to hold the suite up or to break it: each ends soon, in a verdict and a report that can be written."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from mailproof_conformance.client import Client, Hang, NoAnswer
from mailproof_conformance.exchange import Request, Response
from mailproof_conformance.guard import Guard, pin
from mailproof_conformance.redaction import Redactor
from mailproof_conformance.target import Credential, Target
from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

START = b"HTTP/1.1 200 OK\r\n"
CHUNKED = START + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.fixture
def endless() -> Iterator[Callable[[bytes, bytes], Client]]:
    """A server that answers with some bytes and then with others for ever; gives a client of little patience."""
    closing: list[Callable[[], None]] = []

    def start(first: bytes, then: bytes) -> Client:
        listener = socket.create_server(("127.0.0.1", 0))

        def play() -> None:
            with contextlib.suppress(OSError):
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65_536)
                    connection.sendall(first)
                    while True:
                        connection.sendall(then)

        threading.Thread(target=play, daemon=True).start()
        client = Client(Guard(pin(f"http://127.0.0.1:{listener.getsockname()[1]}")), timeout=0.3)
        closing.extend([client.close, listener.close])
        return client

    yield start
    for close in closing:
        close()


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (CHUNKED, b"1\r\nx\r\n"),
        (CHUNKED + b"0\r\n", b"X: y\r\n"),
    ],
    ids=["interim answers", "chunks", "trailers"],
)
def test_an_answer_that_never_ends_is_a_hang(
    endless: Callable[[bytes, bytes], Client], first: bytes, then: bytes
) -> None:
    with pytest.raises(Hang):
        endless(first, then).send(Request("GET", "/"), "read")


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (START, b"X: y\r\n"),
        (START + b"X: ", b"y" * 4_096),
        (b"HTTP/1.1 200 ", b"y" * 4_096),
        (START + b"\r\n", b"y" * 1_048_576),
    ],
    ids=["headers", "header", "reason", "body"],
)
def test_an_answer_without_measure_is_no_answer(
    endless: Callable[[bytes, bytes], Client], first: bytes, then: bytes
) -> None:
    with pytest.raises(NoAnswer):
        endless(first, then).send(Request("GET", "/"), "read")


def test_a_gzip_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(bytes(32 * 1024 * 1024))
    with pytest.raises(Broken, match="Content-Encoding"):
        _ = Response(200, {"content-encoding": "gzip"}, bomb).content


def test_a_gzip_body_that_ends_early_is_broken() -> None:
    with pytest.raises(Broken, match="Content-Encoding"):
        _ = Response(200, {"content-encoding": "gzip"}, gzip.compress(b"{}")[:-9]).content


def test_half_a_surrogate_pair_does_not_reach_the_report() -> None:
    redactor = Redactor(Target("whatcounts", "http://127.0.0.1:1", Credential()))
    assert {"\\ud800": ["a\\udfff"]} == redactor.value({"\ud800": ["a\udfff"]})


def test_half_a_surrogate_pair_is_no_json() -> None:
    with pytest.raises(Broken, match="JSON in UTF-8"):
        Response(200, {}, b'{"a": "\\uD800"}').json()
    assert Response(200, {}, b'"\\uD83D\\uDE00"').json() == "\U0001f600"
