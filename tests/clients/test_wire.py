"""HTTP as clients write it that are older, thriftier or more forward than most, byte by byte."""

from __future__ import annotations

import gzip
import json
import socket
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

CLOSE = {"Connection": "close"}
H2C = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABkAAQAoAAAAAIAAAAA"}
IMAGES = "/subscribers/availableimagessenttocustomerkey/5606"


@dataclass(frozen=True)
class Answer:
    """What came back; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Line:
    """One connection to the mock."""

    def __init__(self, sandbox: Any, host: str | None = None) -> None:
        address = urlsplit(str(sandbox.url))
        self._socket = socket.create_connection((host or address.hostname, address.port or 80), timeout=30)
        self._stream = self._socket.makefile("rb")
        self.authority = address.netloc
        self.key: str = sandbox.provider("getresponse")["api_key"]

    def close(self) -> None:
        self._stream.close()
        self._socket.close()

    def say(self, data: bytes) -> None:
        """Sends the bytes as they are."""
        self._socket.sendall(data)

    def hear(self) -> Answer:
        """The next answer."""
        status = int(self._stream.readline().split()[1])
        headers: dict[str, str] = {}
        while name := (text := self._stream.readline().decode("latin-1").strip()).partition(":")[0]:
            headers[name.lower()] = text.partition(":")[2].strip()
        return Answer(status, headers, self._stream.read(int(headers.get("content-length", "0"))))

    def is_closed(self) -> bool:
        """Whether the mock has hung up; waits for it."""
        return not self._stream.read(1)

    def call(self, *, id_: object = 1, method: str = "ping") -> bytes:
        """The body of a call."""
        return json.dumps({"jsonrpc": "2.0", "id": id_, "method": method, "params": [self.key]}).encode()

    def post(self, body: bytes, target: str = "/getresponse", version: str = "1.1", **headers: str) -> bytes:
        """A request with that body; underscores in the names of headers stand for hyphens."""
        return self.request("POST", target, version, {"Content-Length": str(len(body)), **headers}) + body

    def request(self, method: str, target: str, version: str, headers: Mapping[str, str]) -> bytes:
        """The head of a request."""
        named = {"Host": self.authority, **{name.replace("_", "-"): value for name, value in headers.items()}}
        lines = [f"{method} {target} HTTP/{version}", *(f"{name}: {value}" for name, value in named.items() if value)]
        return "\r\n".join([*lines, "", ""]).encode()


@pytest.fixture
def connect() -> Iterator[Callable[..., Line]]:
    """Opens connections to a sandbox, which are closed at the end."""
    with ExitStack() as stack:

        def open_line(sandbox: Any, host: str | None = None) -> Line:
            opened = Line(sandbox, host)
            stack.callback(opened.close)
            return opened

        yield open_line


@pytest.fixture
def line(sandbox: Any, connect: Callable[..., Line]) -> Line:
    """A connection to the running mock."""
    return connect(sandbox)


def pong(answer: Answer) -> Any:
    """The id of the answer to a ping."""
    value = json.loads(answer.body)
    assert (200, {"ping": "pong"}) == (answer.status, value["result"])
    return value["id"]


@pytest.mark.parametrize(
    "content_type",
    ["", "application/x-www-form-urlencoded", "application/json-rpc", "text/plain;charset=UTF-8", "nonsense"],
)
def test_rpc_takes_any_content_type(line: Line, content_type: str) -> None:
    line.say(line.post(line.call(), Content_Type=content_type))

    assert 1 == pong(line.hear())


@pytest.mark.parametrize("headers", [{}, {"Host": ""}, {"Connection": "keep-alive"}])
def test_http_1_0_is_answered_and_hung_up(line: Line, headers: dict[str, str]) -> None:
    line.say(line.post(line.call(), version="1.0", **headers))

    assert 1 == pong(line.hear())
    assert line.is_closed()


def test_connection_close_is_obeyed(line: Line) -> None:
    line.say(line.post(line.call(), **CLOSE))

    assert 1 == pong(line.hear())
    assert line.is_closed()


def test_pipelined_requests_are_answered_in_their_order(line: Line) -> None:
    line.say(b"".join(line.post(line.call(id_=number)) for number in range(20)))

    assert list(range(20)) == [pong(line.hear()) for _ in range(20)]


def test_a_request_may_come_in_single_bytes(line: Line) -> None:
    for byte in line.post(line.call()):
        line.say(bytes([byte]))

    assert 1 == pong(line.hear())


def test_a_chunked_body_with_extension_and_trailer_is_put_together(line: Line) -> None:
    body = line.call()
    head = line.request("POST", "/getresponse", "1.1", {"Transfer-Encoding": "Chunked"})
    chunks = b"%x;note=1\r\n%b\r\n%x\r\n%b\r\n0\r\nX-Sum: 1\r\n\r\n"
    line.say(head + chunks % (7, body[:7], len(body) - 7, body[7:]))

    assert 1 == pong(line.hear())


def test_a_client_that_asks_first_is_told_to_go_on(line: Line) -> None:
    body = line.call() + b" " * 900_000
    line.say(line.post(body, Expect="100-continue")[: -len(body)])

    assert 100 == line.hear().status
    line.say(body)
    assert 1 == pong(line.hear())


@pytest.mark.parametrize("target", ["/getresponse", "/getresponse/", "/getresponse?", "/getresponse/?source=web"])
def test_slash_and_query_make_no_difference_to_rpc(line: Line, target: str) -> None:
    line.say(line.post(line.call(), target))

    assert 1 == pong(line.hear())


def test_letter_case_of_header_names_makes_no_difference(line: Line) -> None:
    body = line.call()
    line.say(b"POST /getresponse HTTP/1.1\r\nhOST: x\r\ncONTENT-lENGTH: %d\r\n\r\n%b" % (len(body), body))

    assert 1 == pong(line.hear())


def test_a_request_for_a_proxy_names_the_whole_address(line: Line) -> None:
    line.say(line.post(line.call(), "http://api2.getresponse.com/getresponse", Host="api2.getresponse.com"))

    assert 1 == pong(line.hear())


def test_a_request_for_a_proxy_may_name_the_host_alone(
    start_mock: Callable[..., Any], connect: Callable[..., Line], tmp_path: Path
) -> None:
    alone = connect(start_mock(tmp_path, "getresponse"))
    alone.say(alone.post(alone.call(), "http://api2.getresponse.com", Host="api2.getresponse.com"))

    assert 1 == pong(alone.hear())


def test_a_client_that_offers_http_2_is_answered_in_http_1(line: Line) -> None:
    line.say(line.post(line.call(id_="first"), **H2C))
    assert "first" == pong(line.hear())

    line.say(line.post(line.call(id_="second"), **H2C) + line.post(line.call(id_="third")))
    assert ["second", "third"] == [pong(line.hear()), pong(line.hear())]


@pytest.mark.parametrize(
    ("accept_encoding", "coding"),
    [("gzip, deflate, br", "gzip"), ("*", "gzip"), ("gzip;q=0, *", None), ("identity", None), ("", None)],
)
def test_large_answers_are_compressed_for_those_who_take_it(
    line: Line, accept_encoding: str, coding: str | None
) -> None:
    line.say(line.post(line.call(method="get_messages"), Accept_Encoding=accept_encoding))
    answer = line.hear()
    line.say(line.post(line.call(method="get_messages")))
    plain = line.hear()

    assert coding == answer.headers.get("content-encoding")
    assert plain.body == (gzip.decompress(answer.body) if coding else answer.body)


def test_small_answers_are_never_compressed(line: Line) -> None:
    line.say(line.post(line.call(), Accept_Encoding="gzip"))
    answer = line.hear()

    assert 1 == pong(answer)
    assert "content-encoding" not in answer.headers


def test_the_mock_is_to_be_had_as_localhost(sandbox: Any, connect: Callable[..., Line]) -> None:
    local = connect(sandbox, "localhost")
    local.say(local.post(local.call(), Host="localhost"))

    assert 1 == pong(local.hear())


@pytest.mark.parametrize(
    ("host", "version", "seen"),
    [
        ("mail_mock:8410", "1.1", "http://mail_mock:8410/"),
        ("[::1]:8410", "1.1", "http://[::1]:8410/"),
        ("", "1.0", None),
        ("no host!", "1.1", None),
    ],
)
def test_addresses_in_answers_are_those_by_which_the_client_came(
    sandbox: Any, line: Line, host: str, version: str, seen: str | None
) -> None:
    login = sandbox.provider("whatcounts")["headers"]
    line.say(line.request("GET", f"/whatcounts/rest{IMAGES}", version, {**login, "Host": host}))
    answer = line.hear()

    assert 200 == answer.status
    assert all(entry["content"]["image"].startswith(seen or f"{sandbox.url}/") for entry in json.loads(answer.body))


@pytest.mark.skipif(not socket.has_ipv6, reason="this Python has no IPv6")
def test_addresses_in_answers_are_right_over_ipv6(
    start_mock: Callable[..., Any], connect: Callable[..., Line], tmp_path: Path
) -> None:
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            pytest.skip("this machine has no IPv6 loopback")
    sandbox = start_mock(tmp_path, "--host", "::1")
    login = sandbox.provider("whatcounts")["headers"]
    line = connect(sandbox)
    line.say(line.request("GET", f"/whatcounts/rest{IMAGES}", "1.0", {**login, "Host": ""}))
    answer = line.hear()

    assert 200 == answer.status
    assert all(entry["content"]["image"].startswith(f"{sandbox.url}/") for entry in json.loads(answer.body))


def test_a_browser_may_call_from_a_page_of_another_origin(sandbox: Any) -> None:
    entry = sandbox.provider("getresponse")
    asked = {
        "Origin": "http://shop.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    preflight = sandbox.client.options(entry["base_url"], headers=asked)
    assert (204, "*") == (preflight.status_code, preflight.headers["access-control-allow-origin"])
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "content-type" == preflight.headers["access-control-allow-headers"]
    call = {"jsonrpc": "2.0", "id": 1, "method": "ping", "params": [entry["api_key"]]}
    answer = sandbox.client.post(entry["base_url"], json=call, headers={"Origin": "http://shop.example"})
    assert ({"ping": "pong"}, "*") == (answer.json()["result"], answer.headers["access-control-allow-origin"])


def test_no_page_of_another_origin_reads_an_api_that_says_nothing_of_it(sandbox: Any) -> None:
    answer = sandbox.request("whatcounts", "GET", "/nothing", headers={"Origin": "http://shop.example"})
    assert "access-control-allow-origin" not in answer.headers
