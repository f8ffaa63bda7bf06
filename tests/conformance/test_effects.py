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
