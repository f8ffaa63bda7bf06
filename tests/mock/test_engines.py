"""The compiled front and stock Connexion give the same answers, apart from the differences that are written down."""

from __future__ import annotations

from contextlib import closing
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from databases import OwnStore

from mailproof import contract, providers
from mailproof.pointers import members, token
from mailproof_conformance.specimen import example_body
from mailproof_mock.announce import ready_document
from mailproof_mock.app import create_app
from mailproof_mock.encode import encoder_for, is_json, is_xml
from mailproof_mock.forms import MULTIPART, URLENCODED
from mailproof_mock.sandbox import open_sandbox
from mailproof_mock.stock import create_stock_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof.promises import Operation
    from mailproof_mock.store import Store

    Asked = tuple[str, str, dict[str, str], bytes]

ENGINES = {"compiled": create_app, "stock": create_stock_app}
BASE = "http://testserver"
DIFFERENCES = {
    "unknown path": ("GET", "/nothing-here", 404),
    "wrong verb": ("TRACE", None, 405),
}
"""What stock Connexion answers in words of its own (problem+json) and the front in the vendor's; the status agrees."""


def ask(engine: str, provider: str, requests: list[Asked]) -> list[httpx.Response]:
    """The answers of one engine to a sequence of requests, from a fresh world."""

    async def run(store: Store) -> list[httpx.Response]:
        sandbox = open_sandbox(provider, alone=True)
        async with store.alone() as rows:
            await sandbox.fixtures.install(rows, provider)
        app = ENGINES[engine]([sandbox], store)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=BASE + sandbox.mount) as client:
            return [await client.request(m, path, headers=headers, content=body) for m, path, headers, body in requests]

    with closing(OwnStore()) as own:
        return own.run(run(own.store))


@cache
def entry_of(provider: str) -> dict[str, Any]:
    """The ready file's entry of a provider."""
    entry: dict[str, Any] = ready_document(BASE, [open_sandbox(provider, alone=True)])["providers"][provider]
    return entry


def value_of(parameter: dict[str, Any], samples: dict[str, Any]) -> str:
    """A good value for a parameter: the sandbox's sample, the contract's example, or the first allowed one."""
    schema = parameter["schema"]
    found = samples.get(parameter["name"], parameter.get("example", schema.get("example")))
    return str(schema["enum"][0] if found is None else found)


def requests_for(provider: str, operation: Operation) -> list[Asked]:
    """Good requests for one operation: every media type of its body and of its answer; and one with unknown ids."""
    entry = entry_of(provider)
    in_path = [parameter for parameter in operation.definition["parameters"] if parameter["in"] == "path"]
    needed = [p for p in operation.definition["parameters"] if p["in"] == "query" and p.get("required")]
    query = urlencode({parameter["name"]: value_of(parameter, entry["samples"]) for parameter in needed})
    known = unknown = operation.path
    for parameter in in_path:
        name, schema = f"{{{parameter['name']}}}", parameter["schema"]
        known = known.replace(name, quote(value_of(parameter, entry["samples"]), safe=""))
        stranger = "987654" if schema["type"] == "integer" else schema.get("enum", ["nobody"])[0]
        unknown = unknown.replace(name, stranger)
    tail = f"?{query}" if query else ""
    bodies = list(bodies_for(provider, operation)) or [({}, b"")]
    answers = list(members(operation.definition["responses"]["200"], "content")) or ["*/*"]
    method, headers = operation.method.upper(), entry["headers"]
    found = [(method, known + tail, {**headers, **sent, "Accept": answers[0]}, body) for sent, body in bodies]
    found += [(method, known + tail, {**headers, **bodies[0][0], "Accept": kind}, bodies[0][1]) for kind in answers[1:]]
    if in_path:
        found.append((method, unknown + tail, {**headers, **bodies[0][0]}, bodies[0][1]))
    return found


def bodies_for(provider: str, operation: Operation) -> Iterator[tuple[dict[str, str], bytes]]:
    """The contract's example of a body in each media type that is written from a value."""
    promises = contract(provider)
    for media_type, content in members(operation.definition, "requestBody", "content").items():
        place = f"{operation.pointer}/requestBody/content/{token(media_type)}/schema"
        pointer = content["schema"].get("$ref", place)
        example: Any = example_body(promises, operation)
        if media_type == URLENCODED:
            yield {"Content-Type": media_type}, urlencode(example).encode()
        elif media_type == MULTIPART:
            known: dict[str, Any] = example or {}
            fields = {name: (None, str(value)) for name, value in known.items()}
            form = httpx.Request("POST", BASE, files={**fields, "file": ("engines.txt", b"content", "text/plain")})
            yield {"Content-Type": form.headers["content-type"]}, form.read()
        elif is_json(media_type) or is_xml(media_type):
            yield {"Content-Type": media_type}, encoder_for(promises.document, pointer, media_type)(example)


REST = [(name, o) for name in providers() for o in contract(name).operations if not contract(name).rpc_methods]
SERVED = [(name, operation) for name, operation in REST if not operation.at_root]


@cache
def answers(engine: str, provider: str) -> dict[str, list[httpx.Response]]:
    """What an engine answers to the good requests of every operation, all of them in one world."""
    asked = {o.id: requests_for(provider, o) for name, o in SERVED if name == provider}
    found = iter(ask(engine, provider, [request for requests in asked.values() for request in requests]))
    return {name: [next(found) for _ in requests] for name, requests in asked.items()}


@pytest.mark.parametrize(
    ("provider", "operation"),
    [pytest.param(name, operation, id=f"{name}-{operation.id}") for name, operation in SERVED],
)
def test_both_engines_answer_alike(provider: str, operation: Operation) -> None:
    expected, actual = answers("stock", provider)[operation.id], answers("compiled", provider)[operation.id]
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
