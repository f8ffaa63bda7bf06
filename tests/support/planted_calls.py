"""Faults of a JSON-RPC endpoint: its envelopes, ids, errors, notifications and batches."""

# JSON of any shape passes through here, and mypy sees to the rest.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from asked import target_of
from faults import answered
from in_process import Plant
from subjects import Subject, subjects, whole, with_answers, with_json

from mailproof import contract

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from in_process import Forward, Mangle
    from planting import Fault

    from mailproof_conformance.exchange import Request, Response

    Said = dict[str, Any]


def faults(provider: str) -> Iterator[Fault]:
    """For each method, and for the endpoint."""
    if not contract(provider).rpc_methods:
        return
    for subject in subjects(provider):
        yield from _envelopes(subject)
        yield from _keys(subject)
    for name, entry in contract(provider).document["x-rpc-errors"].items():
        yield from _errors(provider, name, entry)
    yield from _endpoint(provider)


def _envelopes(subject: Subject) -> Iterator[Fault]:
    kinds = ("corpus", "text", "laws")
    changes: dict[str, Callable[[Said], Said]] = {
        "id echoed with another JSON type": lambda s: {**s, "id": str(s["id"])} if isinstance(s.get("id"), int) else s,
        "id missing": lambda s: {k: v for k, v in s.items() if k != "id"},
        "id of another call": lambda s: {**s, "id": s["id"] + 1} if isinstance(s.get("id"), int) else s,
        "result and error together": lambda s: {**s, "error": {"code": 0, "message": ""}} if "result" in s else s,
        "result and a null error together": lambda s: {**s, "error": None} if "jsonrpc" in s and "result" in s else s,
        "neither result nor error": lambda s: {k: v for k, v in s.items() if k not in {"result", "error"}},
        "jsonrpc missing": lambda s: {k: v for k, v in s.items() if k != "jsonrpc"},
        "jsonrpc of another version": lambda s: {**s, "jsonrpc": "2.1"} if "jsonrpc" in s else s,
        "jsonrpc as number": lambda s: {**s, "jsonrpc": 2.0} if "jsonrpc" in s else s,
        "extra member in the envelope": lambda s: {**s, "mailproof": 1},
    }
    for words, change in changes.items():
        yield subject.fault(words, partial(subject.tells, change), *kinds)


def _keys(subject: Subject) -> Iterator[Fault]:
    """Whose call it is."""
    own = _key(subject.provider)

    def plant(test: Callable[[Any], bool]) -> Plant:
        def heard(request: Request) -> Request:
            return _each_call(request, lambda c: _with_key(c, own) if _names(c, subject) and test(c) else c)

        return subject.heard(heard)

    yield subject.fault(
        "any credentials accepted", partial(plant, lambda c: bool(c.get("params"))), "authentication", "laws"
    )
    if contract(subject.provider).rpc_methods[subject.id]["required"] == 1:  # others refuse a call of the key alone
        yield subject.fault(
            "auth not enforced", partial(plant, lambda c: c.get("params") == []), "authentication", "laws"
        )
    for words, member, value in (
        ("wrong code of an error", "code", -32000),
        ("wrong words of an error", "message", "mailproof"),
        ("code of an error as text", "code", "-1"),
    ):
        change = partial(_other_error, member, value)
        yield subject.fault(words, partial(subject.tells, change), "authentication", "corpus", "laws")
    yield subject.fault(
        "error answered as an empty result", partial(subject.tells, _no_error), "authentication", "corpus", "laws"
    )


def _names(call: Any, subject: Subject) -> bool:
    return isinstance(call, dict) and cast("Said", call).get("method") == subject.id


def _with_key(call: Said, key: str) -> Said:
    return {**call, "params": [key, *call["params"][1:]]} if isinstance(call.get("params"), list) else call


def _other_error(member: str, value: object, said: Said) -> Said:
    error = said.get("error")
    return {**said, "error": {**cast("Said", error), member: value}} if isinstance(error, dict) else said


def _no_error(said: Said) -> Said:
    if not isinstance(said.get("error"), dict):
        return said
    return {**{k: v for k, v in said.items() if k != "error"}, "result": {}}


def _key(provider: str) -> str:
    return str(target_of(provider).credential.api_key)


def _each_call(request: Request, change: Callable[[Any], Any]) -> Request:
    try:
        value: Any = json.loads(request.body)
    except (ValueError, RecursionError):
        return request
    new = [change(item) for item in value] if isinstance(value, list) else change(value)
    return request if new == value else replace(request, body=json.dumps(new).encode())


def _errors(provider: str, name: str, entry: dict[str, Any]) -> Iterator[Fault]:
    if name == "internal-error":
        return

    def with_error(change: Callable[[Said], Said]) -> Mangle:
        def of(said: Said) -> Said:
            error = said.get("error")
            hit = isinstance(error, dict) and cast("Said", error).get("code") == entry["code"]
            hit = hit and cast("Said", error).get("message") == entry["message"]
            return {**said, "error": change(cast("Said", error))} if hit else said

        return lambda request, forward: with_answers(forward(request), of)

    kinds = ("laws", "corpus", "bad-input", "authentication")
    changes: dict[str, Callable[[Said], Said]] = {
        "code": lambda error: {**error, "code": -32099},
        "message": lambda error: {**error, "message": "x"},
        "without message": lambda error: {"code": error["code"]},
    }
    for words, change in changes.items():
        plant = partial(_plant, with_error(change))
        yield whole(provider, "wrong error", plant, *kinds, name=f"{name} {words}")


def _plant(mangle: Mangle) -> Plant:
    return Plant(mangle)


def _endpoint(provider: str) -> Iterator[Fault]:
    def notified(request: Request, forward: Forward) -> Response:
        response = forward(request)
        return (
            answered(200, {"jsonrpc": "2.0", "id": None, "result": {}})(_json(response))
            if response.status == 204
            else response
        )

    def batched(change: Callable[[list[Any]], list[Any]]) -> Mangle:
        def mangle(request: Request, forward: Forward) -> Response:
            response = forward(request)
            said: Any = json.loads(response.content) if response.content[:1] == b"[" else None
            return with_json(response, change(said)) if isinstance(said, list) else response

        return mangle

    yield whole(provider, "notification answered", lambda: Plant(notified), "laws")
    for words, change in {
        "batch answer missing": lambda said: said[:-1] if len(said) > 1 else said,
        "batch answers out of order": lambda said: said[::-1],
        "batch answer twice": lambda said: [*said, said[-1]],
        "batch answers with one id": lambda said: [{**s, "id": said[0]["id"]} for s in said],
        "batch answers mixed up": lambda said: [
            {**one, "result": two["result"]} if "result" in one and "result" in two else one
            for one, two in zip(said, [*said[1:], said[0]], strict=True)
        ],
    }.items():
        if "order" not in words:  # the specification leaves the order of answers open
            yield whole(provider, words, lambda change=change: Plant(batched(change)), "laws")  # type: ignore[misc]


def _json(response: Response) -> Response:
    return replace(response, headers={**response.headers, "content-type": "application/json"})
