"""The proxy that plants the blind faults: what it forwards, what a fault may do, and that it is in nobody's way."""

from __future__ import annotations

import http.client
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from small_server import Answer, Asked, serve
from tampering_proxy import HangUp, TamperingProxy

from mailproof_conformance.exchange import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    Forward = Callable[[Request], Response]
    Mangle = Callable[[Request, Forward], Response]


def echo(asked: Asked) -> Answer:
    """What came, as the server saw it."""
    if asked.path == "/nothing":
        return Answer(204)
    said = {"method": asked.method, "path": asked.path, "query": asked.query, "body": asked.body.decode("latin-1")}
    return Answer(200, {**said, "host": asked.headers["host"], "x": asked.headers.get("x")}, {"X-Told": "yes"})


@contextmanager
def served() -> Generator[str]:
    """The URL of a server that echoes, which is gone at the end of the block."""
    server = serve(echo)
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def talk(mangle: Mangle | None = None) -> Generator[http.client.HTTPConnection]:
    with served() as server, TamperingProxy(server, mangle) as proxy:
        connection = http.client.HTTPConnection(urlsplit(proxy.url).netloc, timeout=10)
        try:
            yield connection
        finally:
            connection.close()


def ask(
    connection: http.client.HTTPConnection, method: str, target: str, body: bytes = b"", **headers: str
) -> Response:
    connection.request(method, target, body or None, headers)
    answer = connection.getresponse()
    return Response(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


def test_a_request_goes_through_as_it_is() -> None:
    with talk() as connection:
        answer = ask(connection, "PATCH", "/a%20b?q=%2B&q=", b"\xff\x00", X="y", Host="example.test")
    assert (200, "yes") == (answer.status, answer.headers["x-told"])
    expected = {"method": "PATCH", "path": "/a%20b", "query": "q=%2B&q=", "body": "\xff\x00", "host": "example.test"}
    assert {**expected, "x": "y"} == answer.json()


def test_a_connection_takes_many_requests_of_any_verb() -> None:
    with talk() as connection:
        seen = [ask(connection, verb, "/").status for verb in ("GET", "HEAD", "PROPFIND", "DELETE", "OPTIONS")]
        nothing = ask(connection, "GET", "/nothing")
        socket = connection.sock
        assert 200 == ask(connection, "GET", "/").status
        assert socket is connection.sock
    assert [200] * 5 == seen
    assert (204, b"") == (nothing.status, nothing.body)


def test_a_fault_may_change_request_and_answer() -> None:
    def mangle(request: Request, forward: Forward) -> Response:
        told = forward(Request("GET", "/other", request.headers))
        return Response(418, {**told.headers, "x-told": "no", "content-length": "3"}, told.json()["path"].encode()[1:4])

    with talk(mangle) as connection:
        answer = ask(connection, "POST", "/", b"x")
    assert (418, "no", b"oth") == (answer.status, answer.headers["x-told"], answer.body)


def test_a_fault_may_hang_up() -> None:
    def mangle(_: Request, __: Forward) -> Response:
        raise HangUp

    with talk(mangle) as connection, pytest.raises(http.client.RemoteDisconnected):
        ask(connection, "GET", "/")


def test_an_answer_that_promises_more_is_cut_off() -> None:
    with talk(lambda _, __: Response(200, {"content-length": "9"}, b"four")) as connection:
        with pytest.raises(http.client.IncompleteRead) as error:
            ask(connection, "GET", "/")
        assert b"four" == error.value.partial


def test_without_its_server_it_hangs_up() -> None:
    with served() as server:
        gone = server
    with TamperingProxy(gone) as proxy:
        connection = http.client.HTTPConnection(urlsplit(proxy.url).netloc, timeout=10)
        with pytest.raises(http.client.RemoteDisconnected):
            ask(connection, "GET", "/")
        connection.close()


def test_two_clients_are_served_at_a_time() -> None:
    with served() as server, TamperingProxy(server) as proxy:
        host = urlsplit(proxy.url).netloc
        connections = [http.client.HTTPConnection(host, timeout=10) for _ in range(2)]
        for connection in connections:
            connection.request("GET", "/")
        assert [200, 200] == [connection.getresponse().status for connection in reversed(connections)]
        for connection in connections:
            connection.close()
