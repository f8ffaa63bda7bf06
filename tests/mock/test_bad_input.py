"""Hostile and broken requests to every operation: the vendor's own error, never a 500, never a trace in the state."""

from __future__ import annotations

import http.client
import json
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

import pytest

from mailproof import contract, providers

if TYPE_CHECKING:
    from mailproof.promises import Operation

NESTED = b"[" * 10_000 + b"]" * 10_000
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;</a>'
)
BODIES = {
    "malformed JSON": (b'{"a": ', "application/json"),
    "JSON that is not UTF-8": (b'{"a": "\xff\xfe"}', "application/json"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "application/json"),
    "nothing": (b"", "application/json"),
    "10,000 levels": (NESTED, "application/json"),
    "an integer of 5,000 digits": (b'{"a": ' + b"9" * 5_000 + b"}", "application/json"),
    "NaN": (b'{"a": NaN}', "application/json"),
    "a lone surrogate": (b'{"a": "\\ud800"}', "application/json"),
    "an unknown media type": (b"\x00\x01", "application/x-unheard-of"),
    "a media type that is none": (b"{}", ";;;///"),
    "an XML bomb": (BOMB, "application/xml"),
    "a multipart body without boundary": (b"--x\r\n", "multipart/form-data"),
}
BESIDE = "beside:"  # before a path that counts from the server's root, not from the provider's base URL
TARGETS = {
    "NUL": "%00",
    "not UTF-8": "%ff",
    "half an escape": "%",
    "overlong": "%c0%af",
    "dots": "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "long": "a" * 9_000,
}


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


def rest_operations() -> list[Any]:
    """Every operation but the JSON-RPC one, as a pytest parameter."""
    return [
        pytest.param(name, operation, id=f"{name}-{operation.id}")
        for name in providers()
        for operation in contract(name).operations
        if not contract(name).rpc_methods
    ]


def one_of_each_method() -> list[Any]:
    """The first operation of each verb that a provider has: what comes before an operation is the same for all."""
    first = {(entry.values[0], entry.values[1].method): entry for entry in reversed(rest_operations())}
    return list(first.values())


def send(  # noqa: PLR0913 - the parts of a request
    sandbox: Any, provider: str, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> Answer:
    """Sends exactly that path and body below the provider's base URL."""
    base = urlsplit(str(sandbox.provider(provider)["base_url"]))
    connection = http.client.HTTPConnection(str(base.hostname), base.port or 80, timeout=20)
    try:
        full = path.removeprefix(BESIDE) if path.startswith(BESIDE) else base.path + path
        connection.request(method, full, body=body or None, headers=headers or {})
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, found, response.read())
    finally:
        connection.close()


def path_of(sandbox: Any, provider: str, operation: Operation, **replaced: str) -> str:
    """The operation's path, relative to the base URL, with the sandbox's samples in it.

    Replacements go in as they are.
    """
    samples = sandbox.provider(provider)["samples"]
    path: str = operation.path
    needed: dict[str, str] = {}
    for parameter in operation.definition["parameters"]:
        name, schema = parameter["name"], parameter["schema"]
        value = str(samples.get(name, parameter.get("example", schema.get("enum", [""])[0])))
        if parameter["in"] == "path":
            path = path.replace(f"{{{name}}}", replaced.get(name) or quote(value, safe=""))
        elif parameter.get("required"):
            needed[name] = value
    path += f"?{urlencode(needed)}" if needed else ""
    if not operation.at_root:
        return path
    base = urlsplit(str(sandbox.provider(provider)["base_url"])).path
    return BESIDE + base.rpartition("/")[0] + path


def problem(provider: str, name: str) -> tuple[int, Any]:
    """Status and body of a problem as the contract has it; the body without the member that takes the detail."""
    entry = contract(provider).document["x-problems"][name]
    if "example" not in entry:
        return entry["status"], None
    node: Any = contract(provider).document
    for token in entry["example"].removeprefix("#/").split("/"):
        node = node[token]
    return entry["status"], {key: value for key, value in node["value"].items() if key != entry.get("detail")}


def assert_problem(provider: str, name: str, answer: Answer) -> None:
    """The answer is that problem, word for word."""
    status, value = problem(provider, name)
    assert status == answer.status, answer.body[:300]
    if value is None:
        assert answer.body == b""
        return
    assert answer.headers["content-type"].startswith("application/json")
    found = json.loads(answer.body)
    assert value == {key: found.get(key) for key in value}


def world(sandbox: Any) -> Any:
    """What a client can see of the state: the outbox and the snapshots."""
    listed = sandbox.request("whatcounts", "GET", "/subscribers/availableimagessenttocustomerkey/5606")
    return sandbox.outbox(), listed.json()


def login(sandbox: Any, provider: str) -> dict[str, str]:
    """The sandbox's credentials as headers."""
    headers: dict[str, str] = sandbox.provider(provider).get("headers", {})
    return headers


@pytest.mark.parametrize(
    ("provider", "operation"),
    [
        p
        for p in rest_operations()
        if p.values[1].definition["security"] and {} not in p.values[1].definition["security"]
    ],
)
@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic",
        "Basic !!!",
        "Basic bm9ib2R5Om5vdGhpbmc=",
        "Basic bXlBY2NvdW50Og==",
        "Bearer x",
        "Basic /w==",
        "Digest username=x",
    ],
)
def test_wrong_credentials_are_refused(sandbox: Any, provider: str, operation: Operation, authorization: str) -> None:
    before = world(sandbox)
    headers = {"Authorization": authorization} if authorization else {}
    answer = send(sandbox, provider, operation.method.upper(), path_of(sandbox, provider, operation), headers=headers)
    assert_problem(provider, "unauthorized", answer)
    assert "www-authenticate" in answer.headers
    assert before == world(sandbox)


@pytest.mark.parametrize("kind", BODIES)
@pytest.mark.parametrize(("provider", "operation"), rest_operations())
def test_a_broken_body_is_refused_or_ignored(sandbox: Any, provider: str, operation: Operation, kind: str) -> None:
    body, content_type = BODIES[kind]
    before = world(sandbox)
    headers = {**login(sandbox, provider), "Content-Type": content_type}
    answer = send(
        sandbox, provider, operation.method.upper(), path_of(sandbox, provider, operation), body, headers=headers
    )
    declared = operation.definition.get("requestBody")
    if declared is None or "*/*" in declared["content"]:
        assert answer.status in (200, 417)
        return
    supported = content_type in declared["content"] or not body
    if not body and not declared.get("required"):  # a form without fields: the operation itself misses what it needs
        assert_problem(provider, "expectation-failed", answer)
        return
    assert_problem(provider, "bad-request" if supported else "unsupported-media-type", answer)
    assert before == world(sandbox)


@pytest.mark.parametrize(("provider", "operation"), one_of_each_method())
def test_a_byte_above_the_limit_is_too_large(sandbox: Any, provider: str, operation: Operation) -> None:
    before = world(sandbox)
    limit = contract(provider).document["x-front"]["body-limit"]
    body = b"x" * (limit + 1)
    headers = {**login(sandbox, provider), "Content-Type": "application/json"}
    answer = send(
        sandbox, provider, operation.method.upper(), path_of(sandbox, provider, operation), body, headers=headers
    )
    assert_problem(provider, "too-large", answer)
    assert before == world(sandbox)


def undeclared_verbs() -> list[Any]:
    """Every REST operation with every verb that its path does not have."""
    return [
        pytest.param(*entry.values, method, id=f"{entry.id}-{method}")
        for entry in rest_operations()
        for method in ("DELETE", "PATCH", "PUT", "TRACE", "POST", "GET", "PURGE")
        if method.lower() not in contract(str(entry.values[0])).document["paths"][entry.values[1].path]
    ]


@pytest.mark.parametrize(("provider", "operation", "method"), undeclared_verbs())
def test_a_wrong_verb_is_refused(sandbox: Any, provider: str, operation: Operation, method: str) -> None:
    before = world(sandbox)
    answer = send(sandbox, provider, method, path_of(sandbox, provider, operation), headers=login(sandbox, provider))
    assert_problem(provider, "wrong-verb", answer)
    assert operation.method.upper() in answer.headers["allow"]
    assert before == world(sandbox)


UNKNOWN_PATHS = ("/nothing-here", "/", "//", "/%20", "/contacts//x/y/z", "/a" * 2_000, "/..%2f..%2fetc/passwd")


@pytest.mark.parametrize(
    ("provider", "path"),
    [
        pytest.param(name, path, id=f"{name}-{path[:24]}")
        for name in providers()
        for path in UNKNOWN_PATHS
        if path not in contract(name).document["paths"]
    ],
)
def test_an_unknown_path_is_refused(sandbox: Any, provider: str, path: str) -> None:
    answer = send(sandbox, provider, "GET", path, headers=login(sandbox, provider))
    assert_problem(provider, "unknown-path", answer)


@pytest.mark.parametrize("kind", TARGETS)
@pytest.mark.parametrize(("provider", "operation"), rest_operations())
def test_a_broken_path_parameter_is_refused(sandbox: Any, provider: str, operation: Operation, kind: str) -> None:
    names = [parameter["name"] for parameter in operation.definition["parameters"] if parameter["in"] == "path"]
    before = world(sandbox)
    for name in names:
        path = path_of(sandbox, provider, operation, **{name: TARGETS[kind]})
        answer = send(sandbox, provider, operation.method.upper(), path, headers=login(sandbox, provider))
        assert answer.status in (400, 404)
        assert json.loads(answer.body)
    assert before == world(sandbox)


@pytest.mark.parametrize("size", [20_000, 200_000])
@pytest.mark.parametrize(("provider", "operation"), rest_operations())
def test_a_huge_query_is_refused(sandbox: Any, provider: str, operation: Operation, size: int) -> None:
    before = world(sandbox)
    path = path_of(sandbox, provider, operation) + "?q=" + "x" * size
    answer = send(sandbox, provider, operation.method.upper(), path, headers=login(sandbox, provider))
    assert_problem(provider, "url-too-long", answer)
    assert before == world(sandbox)


@pytest.mark.parametrize(("provider", "operation"), rest_operations())
def test_huge_headers_are_refused(sandbox: Any, provider: str, operation: Operation) -> None:
    headers = {**login(sandbox, provider), "X-Noise": "x" * 100_000}
    answer = send(sandbox, provider, operation.method.upper(), path_of(sandbox, provider, operation), headers=headers)
    assert_problem(provider, "bad-request", answer)


def test_a_head_without_end_is_cut_off(sandbox: Any) -> None:
    base = urlsplit(str(sandbox.url))
    with socket.create_connection((base.hostname, base.port), timeout=20) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX: ")
        with suppress(ConnectionError):
            for _ in range(40):
                connection.sendall(b"x" * 65_536)
        with suppress(ConnectionError):
            assert connection.recv(12) in (b"HTTP/1.1 400", b"")
    assert sandbox.client.get(f"{sandbox.url}/_mailproof").status_code == 200


@pytest.mark.parametrize(
    "query",
    ["?a=1&a=2", "?" + "a=1&" * 2_000, "?%ff=%ff", "?%00", "?=&&&==", "?format=2&format=1", "?a[b][c]=1"],
)
@pytest.mark.parametrize(("provider", "operation"), rest_operations())
def test_a_strange_query_does_no_harm(sandbox: Any, provider: str, operation: Operation, query: str) -> None:
    path = path_of(sandbox, provider, operation)
    path += query.replace("?", "&", 1) if "?" in path else query
    content = (b"{}", "application/json") if "requestBody" in operation.definition else (b"", "text/plain")
    headers = {**login(sandbox, provider), "Content-Type": content[1]}
    answer = send(sandbox, provider, operation.method.upper(), path, content[0], headers=headers)
    assert answer.status in (200, 400, 404, 415, 417)


@pytest.mark.parametrize(
    "accept", ["", "*/*", "nonsense", "a/b;q=x", "application/json;q=0", ",,,", "x/y," * 5_000, "*/*;q=0"]
)
@pytest.mark.parametrize(("provider", "operation"), rest_operations())
def test_a_strange_accept_header_does_no_harm(sandbox: Any, provider: str, operation: Operation, accept: str) -> None:
    path = path_of(sandbox, provider, operation)
    headers = {**login(sandbox, provider), "Accept": accept}
    answer = send(sandbox, provider, operation.method.upper(), path, headers=headers)
    assert answer.status in (200, 400, 406, 417)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "TRACE"])
def test_json_rpc_takes_only_post(sandbox: Any, method: str) -> None:
    answer = send(sandbox, "getresponse", method, "/")
    assert_problem("getresponse", "wrong-verb", answer)
    assert "POST" in answer.headers["allow"]


@pytest.mark.parametrize("kind", [kind for kind in BODIES if kind != "an unknown media type"])
def test_json_rpc_answers_a_broken_body_in_its_own_words(sandbox: Any, kind: str) -> None:
    body, content_type = BODIES[kind]
    answer = send(sandbox, "getresponse", "POST", "/", body, headers={"Content-Type": content_type})
    assert answer.status == 200
    error = json.loads(answer.body)["error"]
    assert error["code"] in (-32700, -32600)


def test_json_rpc_takes_one_mebibyte_and_no_more(sandbox: Any) -> None:
    limit = 1_048_576
    call = b'{"jsonrpc":"2.0","id":1,"method":"ping","params":["0"]}'
    fits = send(sandbox, "getresponse", "POST", "/", call + b" " * (limit - len(call)))
    assert fits.status == 200
    too_large = send(sandbox, "getresponse", "POST", "/", call + b" " * (limit - len(call) + 1))
    assert_problem("getresponse", "too-large", too_large)
