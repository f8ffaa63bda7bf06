"""What a request could do is read from the request, not from what a case says of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mailproof import contract
from mailproof_conformance.effects import Effects
from mailproof_conformance.exchange import Request
from mailproof_conformance.target import Credential, Target

HERE = Path(__file__).parent


def effects(name: str, credential: Credential) -> Effects:
    own = contract(HERE / name / "openapi.yaml")
    return Effects(own, Target(name, "http://127.0.0.1:1/api", credential))


@pytest.mark.parametrize(
    ("method", "target", "expected"),
    [
        ("GET", "/api/things/alpha", "read"),
        ("HEAD", "/api/things/alpha", "read"),
        ("GET", "/api/nowhere", "read"),
        ("POST", "/api/things", "write"),
        ("POST", "/api/THINGS/?a=1", "write"),
        ("POST", "/api/thing%73", "write"),
        ("POST", "/api/nowhere", "write"),
        ("DELETE", "/api/things/alpha", "write"),
        ("post", "/api/things", "write"),
    ],
)
def test_the_effect_of_a_request(method: str, target: str, expected: str) -> None:
    assert expected == effects("miniature", Credential()).of(Request(method, target))


@pytest.mark.parametrize(
    ("method", "target", "body", "expected"),
    [
        ("GET", "/api/notes/first", b"", "read"),
        ("PUT", "/api/notes/first", b"{}", "write"),
        ("PUT", "/api/notes/first?only=alarm", b"alarm", "write"),
        ("PUT", "/api/notes/first?alarm=", b"", "write"),
        ("PUT", "/api/notes/first?alarm=now", b"", "send"),
        ("PUT", "/api/notes/first?a=1&%41larm=now", b"", "send"),
        ("POST", "/api/forms", b"name=a", "write"),
        ("POST", "/api/forms", b"name=a&alarm=now", "send"),
        ("POST", "/api/forms", b"name=a&%61LARM=now", "send"),
        ("POST", "/api/forms", b'--b\r\nContent-Disposition: form-data; name="alarm"\r\n\r\nnow', "send"),
        ("POST", "/api/forms", b" " * 2**20 + b"x", "send"),
        ("DELETE", "/api/files?name=a", b"", "write"),
        ("PATCH", "/api/files?name=a", b"", "write"),
    ],
)
def test_a_value_may_do_more_than_the_operation(method: str, target: str, body: bytes, expected: str) -> None:
    assert expected == effects("miniature_desk", Credential()).of(Request(method, target, body=body))


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/files?filePath=a", "read"),
        ("DELETE", "/files?filePath=a", "write"),
        ("POST", "/files", "write"),
        ("PATCH", "/contactLists/31/contact?match=Email&Email=a", "write"),
        ("PATCH", "/contactLists/31/contact?match=Email&Email=a&CustomEvents=Welcome", "send"),
        ("POST", "/contactLists/contactForm", "write"),
        ("POST", "/contactLists/31/import/1/run", "write"),
        ("POST", "/contactLists/31/import/1/run?customevents=Welcome", "send"),
        ("POST", "/journeys/sendEmail", "send"),
        ("PUT", "/JOURNEYS/SENDTEXTMESSAGE/", "send"),
        ("PATCH", "/journeys/sendEmail", "send"),
        ("PATCH", "/journeys/501", "send"),
        ("DELETE", "/journeys/501", "write"),
    ],
)
def test_the_effects_of_which50(method: str, path: str, expected: str) -> None:
    judge = Effects(contract("which50"), Target("which50", "http://127.0.0.1:1/Which50API", Credential()))
    assert expected == judge.of(Request(method, "/Which50API" + path))


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 10_000, b"1", b'{"method": 7}', b'{"method": "get_things"}'])
def test_a_call_of_no_method_that_writes_is_a_read(body: bytes) -> None:
    assert "read" == effects("miniature_rpc", Credential()).of(Request("POST", "/api/", body=body))


def test_a_method_counts_by_its_own_effect_also_inside_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    own = contract(HERE / "miniature_rpc/openapi.yaml")
    monkeypatch.setitem(own.rpc_methods["get_things"], "effect", "send")
    judge = Effects(own, Target("miniature_rpc", "http://127.0.0.1:1/api", Credential()))
    body = json.dumps([{"method": "get_thing"}, {"method": "get_things"}]).encode()
    assert "send" == judge.of(Request("POST", "/api", body=body))


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ((), False),
        ((("Authorization", "Basic right"),), False),
        ((("authorization", "Basic wrong"),), True),
        ((("Accept", "Basic wrong"),), False),
    ],
)
def test_wrong_credentials_in_a_header(headers: Any, expected: bool) -> None:
    judge = effects("miniature", Credential(headers={"Authorization": "Basic right"}))
    assert expected == judge.wrong_credentials(Request("GET", "/api/things/alpha", headers))


def test_wrong_keys_in_a_call() -> None:
    judge = effects("miniature_rpc", Credential(api_key="right"))
    right, wrong = ({"method": "get_things", "params": [key]} for key in ("right", "wrong"))
    assert not judge.wrong_credentials(Request("POST", "/api", body=json.dumps(right).encode()))
    assert judge.wrong_credentials(Request("POST", "/api", body=json.dumps([right, wrong]).encode()))
