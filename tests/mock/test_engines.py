"""The compiled front and stock Connexion give the same answers, apart from the differences that are written down."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import pytest

from mailproof import contract, providers
from mailproof.pointers import members
from mailproof_mock.announce import ready_document
from mailproof_mock.app import create_app
from mailproof_mock.sandbox import open_sandbox
from mailproof_mock.stock import create_stock_app
from mailproof_mock.store import Store

if TYPE_CHECKING:
    from mailproof.promises import Operation

ENGINES = {"compiled": create_app, "stock": create_stock_app}
BASE = "http://testserver"
DIFFERENCES = {
    "unknown path": ("GET", "/nothing-here", 404),
    "wrong verb": ("TRACE", None, 405),
}
"""What stock Connexion answers in words of its own (problem+json) and the front in the vendor's; the status agrees."""


def ask(engine: str, provider: str, requests: list[tuple[str, str, dict[str, str], bytes]]) -> list[httpx.Response]:
    """The answers of one engine to a sequence of requests, from a fresh world."""

    async def run() -> list[httpx.Response]:
        sandbox = open_sandbox(provider, alone=True)
        store = Store()
        with store.batch():
            sandbox.fixtures.install(store, provider)
        app = ENGINES[engine]([sandbox], store)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=BASE + sandbox.mount) as client:
            answers = [
                await client.request(m, path, headers=headers, content=body) for m, path, headers, body in requests
            ]
        store.close()
        return answers

    return asyncio.run(run())


def entry_of(provider: str) -> dict[str, Any]:
    """The ready file's entry of a provider."""
    entry: dict[str, Any] = ready_document(BASE, [open_sandbox(provider, alone=True)])["providers"][provider]
    return entry


def requests_for(provider: str, operation: Operation) -> list[tuple[str, str, dict[str, str], bytes]]:
    """Good requests for one operation: every media type of its answer, known ids and an unknown one."""
    entry = entry_of(provider)
    names = [parameter for parameter in operation.definition["parameters"] if parameter["in"] == "path"]
    known = operation.path
    for parameter in names:
        known = known.replace(f"{{{parameter['name']}}}", quote(str(entry["samples"][parameter["name"]]), safe=""))
    media_types = list(members(operation.definition["responses"]["200"], "content")) or ["*/*"]
    found = [(operation.method.upper(), known, {**entry["headers"], "Accept": media}, b"") for media in media_types]
    if names:
        unknown = operation.path
        for parameter in names:
            value = "987654" if parameter["schema"]["type"] == "integer" else "nobody"
            unknown = unknown.replace(f"{{{parameter['name']}}}", value)
        found.append((operation.method.upper(), unknown, entry["headers"], b""))
    return found


@pytest.mark.parametrize(
    ("provider", "operation"),
    [
        pytest.param(name, operation, id=f"{name}-{operation.id}")
        for name in providers()
        for operation in contract(name).operations
        if not contract(name).rpc_methods and not operation.at_root and "requestBody" not in operation.definition
    ],
)
def test_both_engines_answer_alike(provider: str, operation: Operation) -> None:
    requests = requests_for(provider, operation)
    expected, actual = ask("stock", provider, requests), ask("compiled", provider, requests)
    assert [answer.status_code for answer in expected] == [answer.status_code for answer in actual]
    assert [answer.content for answer in expected] == [answer.content for answer in actual]
    assert [answer.headers.get("content-type") for answer in expected] == [
        a.headers.get("content-type") for a in actual
    ]


def test_both_engines_remember_a_send() -> None:
    headers = entry_of("whatcounts")["headers"]
    requests = [
        ("POST", "/msg/sendWithCustomerKey/My%20List/My%20Template/5606?snapshot=1&format=2", headers, b""),
        ("GET", "/subscribers/availableimagessenttocustomerkey/5606", headers, b""),
    ]
    expected, actual = ask("stock", "whatcounts", requests), ask("compiled", "whatcounts", requests)
    assert [answer.content for answer in expected] == [answer.content for answer in actual]
    assert len(actual[1].json()) == 3


def test_both_engines_answer_json_rpc_alike() -> None:
    key = entry_of("getresponse")["api_key"]
    bodies = [
        f'{{"jsonrpc":"2.0","id":{number},"method":"{name}","params":["{key}"]}}'.encode()
        for number, name in enumerate(contract("getresponse").rpc_methods)
    ]
    requests = [("POST", "/", {"Content-Type": "application/json"}, body) for body in [*bodies, b"{", b"[]", b"[1]"]]
    expected, actual = ask("stock", "getresponse", requests), ask("compiled", "getresponse", requests)
    assert [answer.content for answer in expected] == [answer.content for answer in actual]


@pytest.mark.parametrize("credentials", [{}, {"Authorization": "Basic bm9ib2R5Om5vdGhpbmc="}])
@pytest.mark.parametrize("provider", ["whatcounts", "which50"])
def test_both_engines_refuse_wrong_credentials(provider: str, credentials: dict[str, str]) -> None:
    operation = next(o for o in contract(provider).operations if not o.at_root)
    requests = [(method, path, credentials, body) for method, path, _, body in requests_for(provider, operation)]
    for engine in ENGINES:
        assert {401} == {answer.status_code for answer in ask(engine, provider, requests)}


@pytest.mark.parametrize("difference", DIFFERENCES)
@pytest.mark.parametrize("provider", ["whatcounts", "which50"])
def test_the_written_differences_are_of_words_only(provider: str, difference: str) -> None:
    method, path, status = DIFFERENCES[difference]
    operation = next(o for o in contract(provider).operations if not o.at_root)
    known = requests_for(provider, operation)[0]
    requests = [(method, path or known[1], known[2], b"")]
    (expected,), (actual,) = ask("stock", provider, requests), ask("compiled", provider, requests)
    assert status == expected.status_code == actual.status_code
    assert expected.headers["content-type"] == "application/problem+json"
    assert actual.headers["content-type"] == "application/json"
