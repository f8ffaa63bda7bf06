"""One connection: answers in order and whole, proxies in front, and what the application itself breaks."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from mailproof_mock.exchange import Exchange

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Sink:
    """A transport and its flow control, as far as an exchange uses them."""

    write_paused = False

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def resume_reading(self) -> None:
        """Nothing was paused."""


def answered(app: ASGIApp, *, keep_alive: bool = True) -> Sink:
    """What an application's answer becomes on the wire."""
    sink = Sink()

    async def run() -> None:
        both = cast("Any", sink)
        exchange = Exchange({}, both, both, lambda: None, keep_alive=keep_alive, waits_to_send=False)
        await exchange.run(app)

    asyncio.run(run())
    return sink


def answering(*messages: Message) -> ASGIApp:
    """An application that sends these messages."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        for message in messages:
            await send(message)

    return app


def start(*headers: tuple[bytes, bytes]) -> Message:
    """The first message of an answer."""
    return {"type": "http.response.start", "status": 200, "headers": headers}


def test_head_and_body_leave_in_one_write() -> None:
    sink = answered(answering(start((b"content-length", b"2")), {"type": "http.response.body", "body": b"ab"}))
    assert ([b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nab"], False) == (sink.written, sink.closed)


def test_the_last_answer_on_a_connection_says_so() -> None:
    sink = answered(answering(start(), {"type": "http.response.body"}), keep_alive=False)
    assert ([b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n"], True) == (sink.written, sink.closed)


@pytest.mark.parametrize("value", [b"a\r\nx: y", b"a\nx: y", b"a\rx: y"])
def test_a_header_with_a_line_break_never_leaves(value: bytes) -> None:
    sink = answered(answering(start((b"location", value)), {"type": "http.response.body", "body": b""}))
    assert [b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"] == sink.written


@pytest.mark.parametrize("messages", [[], [start()]])
def test_an_application_that_does_not_answer_is_answered_for(messages: list[Message]) -> None:
    sink = answered(answering(*messages))
    assert (1, True) == (len(sink.written), sink.closed)
    assert b"HTTP/1.1 500 Internal Server Error" == sink.written[0].partition(b"\r\n")[0]


def test_a_body_is_given_as_it_comes_and_then_the_end_of_the_client() -> None:
    both = cast("Any", Sink())

    async def run() -> list[Message]:
        exchange = Exchange({}, both, both, lambda: None, keep_alive=True, waits_to_send=False)
        exchange.body += b"ab"
        messages = [await exchange.receive()]
        last = asyncio.ensure_future(exchange.receive())
        await asyncio.sleep(0)
        assert not last.done()
        exchange.body += b"c"
        exchange.end_body()
        messages.append(await last)
        gone = asyncio.ensure_future(exchange.receive())
        await asyncio.sleep(0)
        assert not gone.done()
        exchange.disconnected = True
        exchange.message_event.set()
        return [*messages, await gone]

    assert [
        {"type": "http.request", "body": b"ab", "more_body": True},
        {"type": "http.request", "body": b"c", "more_body": False},
        {"type": "http.disconnect"},
    ] == asyncio.run(run())


def test_what_a_client_asked_before_it_left_is_done(sandbox: Any) -> None:
    entry = sandbox.provider("which50")
    address = urlsplit(str(entry["base_url"]))
    path = f"/contactLists/{entry['samples']['contactListId']}"

    def count() -> int:
        asked = Request(entry["base_url"] + path, headers={**entry["headers"], "Accept": "application/json"})  # noqa: S310 - the sandbox's own address
        with urlopen(asked, timeout=20) as answer:  # noqa: S310 - the sandbox's own address
            return int(json.load(answer)["Count"])

    before = count()
    body = b'{"Values":{"Email":"left.at.once@example.com"}}'
    head = "".join(f"{name}: {value}\r\n" for name, value in {"Host": "x", **entry["headers"]}.items())
    length = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
        connection.sendall(f"POST {address.path}{path}/contact?match=Email HTTP/1.1\r\n{head}{length}".encode() + body)
    assert before + 1 in (count() for _ in range(200))


def test_requests_that_come_at_once_are_answered_in_order(sandbox: Any) -> None:
    key = sandbox.provider("getresponse")["api_key"]
    calls = [json.dumps({"id": number, "method": "ping", "params": [key]}).encode() for number in range(20)]
    raw = [
        b"POST /getresponse/ HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n%b\r\n%b"
        % (len(call), b"Connection: close\r\n" if call is calls[-1] else b"", call)
        for call in calls
    ]
    address = urlsplit(str(sandbox.url))
    with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
        connection.sendall(b"".join(raw))
        answer = b""
        while chunk := connection.recv(65_536):
            answer += chunk
    bodies = [part.partition(b"\r\n\r\n")[2] for part in answer.split(b"HTTP/1.1 ")[1:]]
    assert list(range(20)) == [json.loads(body)["id"] for body in bodies]


@pytest.mark.parametrize(("forwarded", "scheme"), [("https", "https"), ("gopher", "http"), (None, "http")])
def test_a_link_names_the_address_that_the_client_used(sandbox: Any, forwarded: str | None, scheme: str) -> None:
    entry = sandbox.provider("whatcounts")
    url = f"{entry['base_url']}/subscribers/availableimagessenttocustomerkey/{entry['samples']['customerKey']}"
    headers = {**entry["headers"], "Host": "mail.example", **({"X-Forwarded-Proto": forwarded} if forwarded else {})}
    with urlopen(Request(url, headers=headers), timeout=20) as answer:  # noqa: S310 - the sandbox's own address
        link = answer.headers["Link"]
    assert f"<{scheme}://mail.example/" == link[: link.index("/", 10) + 1]
