"""A JSON-RPC endpoint: from the bytes of a request to those of its answer, by the contract's methods."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

import orjson

from mailproof.promises import Contract, ContractError
from mailproof_mock.call import Handler, Login, Problem
from mailproof_mock.rows import StoreFailed
from mailproof_mock.strict_json import NotJson, number, parse
from mailproof_mock.validate import Validators, describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    import jsonschema_rs

_log = logging.getLogger("mailproof.mock.rpc")

Perform = Callable[[Login, str, Handler, list[Any]], Awaitable[Any]]
"""Runs a handler in the caller's world: login, effect, handler and the parameters after the key."""

_STANDARD = ("parse-error", "invalid-request", "method-not-found", "invalid-params", "internal-error")
_MEMBERS = 2  # of `params`: the key and one object
_TURN = 32  # calls of a batch between two chances for other clients


@dataclass(frozen=True, slots=True)
class _Method:
    """One row of `x-rpc-methods`, ready to be called."""

    handler: Handler
    effect: str
    required: int
    conditions: jsonschema_rs.Validator
    defaults: Mapping[str, Any]
    result: jsonschema_rs.Validator


@dataclass(frozen=True, slots=True)
class _Form:
    """How an answer is written: the 2.0 form or the 1.0 form."""

    start: bytes
    after_result: bytes
    before_error: bytes


_V20 = _Form(b'{"jsonrpc":"2.0","id":', b"}", b',"error":')
_V10 = _Form(b'{"id":', b',"error":null}', b',"result":null,"error":')
_NULL = b"null"


class RpcEndpoint:
    """Answers the one operation of a JSON-RPC API."""

    def __init__(
        self,
        contract: Contract,
        handlers: Mapping[str, Handler],
        login: Callable[[str], Login | None],
        perform: Perform,
    ) -> None:
        """Compiles every method. Raises ContractError for a handler or a standard error that is missing."""
        self._errors = cast("Mapping[str, Mapping[str, Any]]", contract.document.get("x-rpc-errors") or {})
        missing = sorted(set(_STANDARD) - set(self._errors))
        if missing:
            raise ContractError(f"{contract.path}: x-rpc-errors: has no {', '.join(missing)}")
        requests = Validators(contract.document, "request")
        results = Validators(contract.document, "response")
        self._methods = {
            name: _method(contract, name, row, handlers, requests, results)
            for name, row in contract.rpc_methods.items()
        }
        keys = {str(row["params"][0]) for row in contract.rpc_methods.values()}
        self._keys = [requests.at(pointer) for pointer in sorted(keys)]
        self._login = login
        self._perform = perform

    async def answer(self, body: bytes) -> tuple[int, bytes]:
        """The HTTP status and the body of the answer to a request: 200 with JSON, or 204 with nothing."""
        try:
            request = parse(body)
        except NotJson as reason:
            return 200, self._failure(_V20, _NULL, Problem("parse-error", str(reason)))
        if not isinstance(request, list):
            answer = await self._one(request)
            return (204, b"") if answer is None else (200, answer)
        if not request:
            return 200, self._failure(_V20, _NULL, Problem("invalid-request"))
        answers = await self._batch(cast("list[Any]", request))
        return (200, b"[" + b",".join(answers) + b"]") if answers else (204, b"")

    async def _batch(self, requests: Sequence[Any]) -> list[bytes]:
        answers: list[bytes] = []
        for position, request in enumerate(requests, start=1):
            answer = await self._one(request)
            if answer is not None:
                answers.append(answer)
            if position % _TURN == 0:
                await asyncio.sleep(0)
        return answers

    async def _one(self, request: object) -> bytes | None:
        """The answer to one request; None for a notification."""
        call = cast("dict[str, Any]", request) if isinstance(request, dict) else {}
        form = _V10 if "method" in call and "jsonrpc" not in call else _V20
        if not _is_request(call):
            return self._failure(form, _NULL, Problem("invalid-request"))
        call_id = _echo(call.get("id"))
        try:
            result = await self._carry_out(call["method"], call.get("params"))
        except Problem as problem:
            answer = self._failure(form, call_id, problem)
        except StoreFailed as failure:
            _log.error("%s", failure)
            answer = self._failure(form, call_id, Problem("internal-error"))
        except Exception:  # noqa: BLE001 - a handler may break in any way, and the others of a batch go on
            _log.exception("%s: the handler broke", call["method"])
            answer = self._failure(form, call_id, Problem("internal-error"))
        else:
            answer = b"".join((form.start, call_id, b',"result":', orjson.dumps(result), form.after_result))
        return answer if "id" in call else None

    async def _carry_out(self, name: str, params: object) -> Any:
        """The result of a call. Raises Problem with the first rule that it breaks."""
        method = self._methods.get(name)
        if method is None:
            raise Problem("method-not-found")
        login, conditions = self._arguments(method, params)
        result = await self._perform(login, method.effect, method.handler, [{**method.defaults, **conditions}])
        if not method.result.is_valid(result):
            _log.error("%s: the result breaks the contract: %s", name, describe(method.result, result))
            raise Problem("internal-error")
        return result

    def _arguments(self, method: _Method, params: object) -> tuple[Login, dict[str, Any]]:
        if not isinstance(params, list) or not 1 <= len(cast("list[Any]", params)) <= _MEMBERS:
            raise Problem("invalid-params", "params: an array with the API key and at most one object")
        key, *rest = cast("list[Any]", params)
        if not isinstance(key, str) or not all(validator.is_valid(key) for validator in self._keys):
            raise Problem("invalid-params", "params/0: not an API key")
        login = self._login(key)
        if login is None:
            raise Problem("key-verification-failed")
        if login.caller.get("ip_allowed", True) is not True:
            raise Problem("ip-not-allowed")
        if len(rest) + 1 < method.required:
            raise Problem("invalid-params", "params/1: missing")
        if rest and not isinstance(rest[0], dict):
            raise Problem("conditions-not-an-object")
        conditions = cast("dict[str, Any]", rest[0]) if rest else {}
        if not method.conditions.is_valid(conditions):
            raise Problem("invalid-params", f"conditions: {describe(method.conditions, conditions)}")
        return login, conditions

    def _failure(self, form: _Form, call_id: bytes, problem: Problem) -> bytes:
        entry = self._errors.get(problem.name)
        if entry is None:
            _log.error("a handler raised %r, which x-rpc-errors does not have", problem.name)
            entry = self._errors["internal-error"]
        error = {"code": entry["code"], "message": entry["message"]}
        data = entry.get("data")
        if data is True and problem.detail is not None:
            error["data"] = problem.detail
        elif isinstance(data, str):
            error["data"] = data
        return b"".join((form.start, call_id, form.before_error, orjson.dumps(error), b"}"))


def _method(  # noqa: PLR0913 - one table row and what it is compiled with
    contract: Contract,
    name: str,
    row: Mapping[str, Any],
    handlers: Mapping[str, Handler],
    requests: Validators,
    results: Validators,
) -> _Method:
    if name not in handlers:
        raise ContractError(f"{contract.path}: x-rpc-methods/{name}: no function of that name answers it")
    schema = contract.document["components"]["schemas"][row["params"][1].rpartition("/")[2]]
    properties = cast("Mapping[str, Mapping[str, Any]]", schema.get("properties") or {})
    return _Method(
        handler=handlers[name],
        effect=row["effect"],
        required=row["required"],
        conditions=requests.at(row["params"][1]),
        defaults={member: entry["default"] for member, entry in properties.items() if "default" in entry},
        result=results.at(row["result"]),
    )


def _is_request(call: Mapping[str, Any]) -> bool:
    call_id = call.get("id")
    return (
        isinstance(call.get("method"), str)
        and call.get("jsonrpc", "2.0") == "2.0"
        and (call_id is None or (isinstance(call_id, str | int | Decimal) and not isinstance(call_id, bool)))
    )


def _echo(call_id: str | int | Decimal | None) -> bytes:
    return number(call_id) if isinstance(call_id, int | Decimal) else orjson.dumps(call_id)
