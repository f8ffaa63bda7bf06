"""Bytes that are no HTTP request: refused in the words of the API that they seem to be for, and the server lives on."""

from __future__ import annotations

import json
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest

from mailproof import contract

BROKEN = {
    "an address that is not ASCII": b"GET {base}/m\xc3\xbcsli HTTP/1.1\r\nHost: x\r\n\r\n",
    "a control character in the address": b"GET {base}/a\x01b HTTP/1.1\r\nHost: x\r\n\r\n",
    "a NUL in a header": b"GET {base}/a HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
    "a header without a colon": b"GET {base}/a HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n",
    "two lengths": b"POST {base}/a HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a length that is none": b"POST {base}/a HTTP/1.1\r\nContent-Length: many\r\n\r\n",
    "a broken chunk": b"POST {base}/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a broken version": b"GET {base}/a HTTP/x\r\n\r\n",
    "a verb nobody knows": b"BREW {base}/a HTTP/1.1\r\nHost: x\r\n\r\n",
}


def talk(sandbox: Any, raw: bytes) -> tuple[int, dict[str, str], bytes]:
    """Sends the bytes on a connection of their own and reads until the server ends it."""
    address = urlsplit(str(sandbox.url))
    with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
        connection.sendall(raw)
        answer = b""
        while chunk := connection.recv(65_536):
            answer += chunk
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return int(status.split()[1]), headers, body


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("provider", ["whatcounts", "which50"])
def test_what_is_not_http_is_refused_in_the_words_of_the_api(sandbox: Any, provider: str, kind: str) -> None:
    base = urlsplit(str(sandbox.provider(provider)["base_url"])).path.encode()
    status, headers, body = talk(sandbox, BROKEN[kind].replace(b"{base}", base))
    document = contract(provider).document
    assert (400, "close") == (status, headers["connection"])
    assert document["x-front"]["server"] == headers["server"]
    problem = document["x-problems"]["bad-request"]
    example = document["components"]["examples"][problem["example"].rpartition("/")[2]]["value"]
    assert set(example) == set(json.loads(body))


@pytest.mark.parametrize(
    "raw", [b"\x16\x03\x01\x02\x00\x01\x00", b"\xff" * 99, b"hello\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]
)
def test_what_is_for_nobody_gets_the_sandboxs_own_words(sandbox: Any, raw: bytes) -> None:
    status, headers, body = talk(sandbox, raw)
    assert (400, "application/json", "close") == (status, headers["content-type"], headers["connection"])
    assert "not HTTP" in json.loads(body)["error"]


def test_a_broken_request_behind_a_good_one_leaves_the_good_one_its_answer(sandbox: Any) -> None:
    key = sandbox.provider("getresponse")["api_key"]
    call = json.dumps({"jsonrpc": "2.0", "id": 7, "method": "ping", "params": [key]}).encode()
    good = b"POST /getresponse/ HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (len(call), call)
    address = urlsplit(str(sandbox.url))
    with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
        connection.sendall(good + b"GET /which50/\xff HTTP/1.1\r\n\r\n")
        answer = b""
        while chunk := connection.recv(65_536):
            answer += chunk
    assert [b"200", b"400"] == [part[:3] for part in answer.split(b"HTTP/1.1 ")[1:]]
