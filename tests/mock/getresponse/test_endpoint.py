"""The JSON-RPC endpoint by itself: what it does with handlers that break, and with what cannot be read."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

import pytest

from mailproof import contract
from mailproof.promises import ContractError
from mailproof_mock.call import Call, Handler, Login, Problem
from mailproof_mock.rpc import RpcEndpoint

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTRACT = contract("getresponse")
KEY = "0" * 32
LOGIN = Login("account", {})


async def pong(call: Call) -> object:
    """A handler that keeps the contract of ping."""
    del call
    return {"ping": "pong"}


async def perform(login: Login, effect: str, handler: Handler, params: list[Any]) -> object:
    """Runs a handler without a world."""
    assert ("account", "read") == (login.account, effect)
    call: Any = params
    return await handler(call)


def endpoint(**handlers: Handler) -> RpcEndpoint:
    """An endpoint whose methods all answer as ping does, but for the given ones."""
    known: Mapping[str, Handler] = {**dict.fromkeys(CONTRACT.rpc_methods, pong), **handlers}
    return RpcEndpoint(CONTRACT, known, lambda key: LOGIN if key == KEY else None, perform)


def answer(ask: RpcEndpoint, body: object) -> tuple[int, Any]:
    """Status and decoded body of the answer to a request."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    status, text = asyncio.run(ask.answer(content))
    return status, json.loads(text) if text else None


def ping(**members: object) -> dict[str, object]:
    """A call of ping."""
    return {"jsonrpc": "2.0", "method": "ping", "params": [KEY], "id": 1, **members}


def error_of(ask: RpcEndpoint, body: object) -> dict[str, Any]:
    """The error in the answer to a call."""
    status, value = answer(ask, body)
    assert 200 == status
    error: dict[str, Any] = value["error"]
    return error


def test_a_handler_that_raises_is_an_internal_error_and_tells_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(call: Call) -> object:
        raise RuntimeError(f"secret {call}")

    assert {"code": -32603, "message": "Internal error"} == error_of(endpoint(ping=broken), ping())
    assert "secret" in caplog.text


def test_a_result_that_breaks_the_contract_is_an_internal_error(caplog: pytest.LogCaptureFixture) -> None:
    async def wrong(call: Call) -> object:
        del call
        return {"ping": "peng"}

    assert {"code": -32603, "message": "Internal error"} == error_of(endpoint(ping=wrong), ping())
    assert "the result breaks the contract" in caplog.text


def test_a_problem_that_the_contract_does_not_have_is_an_internal_error(caplog: pytest.LogCaptureFixture) -> None:
    async def stray(call: Call) -> object:
        del call
        raise Problem("no-such-problem")

    assert {"code": -32603, "message": "Internal error"} == error_of(endpoint(ping=stray), ping())
    assert "no-such-problem" in caplog.text


def test_a_method_that_breaks_leaves_the_rest_of_a_batch_alone() -> None:
    async def broken(call: Call) -> object:
        raise RuntimeError(call)

    batch = [ping(id=1, method="get_campaigns"), ping(id=2), ping(id=3)]
    status, answers = answer(endpoint(get_campaigns=broken), batch)

    assert 200 == status
    assert [(1, "error"), (2, "result"), (3, "result")] == [(item["id"], list(item)[-1]) for item in answers]


def test_a_notification_is_carried_out() -> None:
    seen: list[object] = []

    async def noting(call: Call) -> object:
        seen.append(call)
        return {"ping": "pong"}

    notification = {name: value for name, value in ping().items() if name != "id"}

    assert (204, None) == answer(endpoint(ping=noting), notification)
    assert [[{}]] == seen


def test_defaults_of_the_contract_reach_the_handler() -> None:
    seen: list[object] = []

    async def noting(call: Call) -> object:
        seen.append(call)
        return {}

    answer(endpoint(get_message_stats=noting), ping(method="get_message_stats", params=[KEY, {"message": "x"}]))

    assert [[{"grouping": "daily", "message": "x"}]] == seen


@pytest.mark.parametrize(
    "digits", ["1.50", "1e5", "-0.0", "1E+2", "0.1234567890123456789012345", "9007199254740993", "1" + "0" * 200]
)
def test_the_digits_of_an_id_are_kept(digits: str) -> None:
    _, body = asyncio.run(endpoint().answer(json.dumps(ping(id="ID")).replace('"ID"', digits).encode()))

    assert Decimal(digits) == json.loads(body, parse_int=Decimal, parse_float=Decimal)["id"]


@pytest.mark.parametrize("levels", [300, 900, 1_023, 5_000, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_nesting_of_any_depth_is_answered(levels: int, opening: str, closing: str) -> None:
    deep = opening * levels + "1" + closing * levels
    for body in (deep, json.dumps(ping(params=[KEY, "DEEP"])).replace('"DEEP"', deep)):
        status, value = answer(endpoint(), body.encode())

        assert 200 == status
        error = (cast("list[Any]", value)[0] if isinstance(value, list) else value)["error"]
        assert error["code"] in {-32700, -32600, -32602}


def test_a_reason_never_shows_the_key() -> None:
    assert "SECRET" not in json.dumps(error_of(endpoint(), ping(params=["SECRET"])))


def test_a_method_without_a_function_is_told_at_start() -> None:
    with pytest.raises(ContractError, match="get_ab_test: no function"):
        RpcEndpoint(
            CONTRACT, {name: pong for name in CONTRACT.rpc_methods if name != "get_ab_test"}, lambda _: None, perform
        )
