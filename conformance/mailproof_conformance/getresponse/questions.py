"""Questions that the laws ask over and over, and the ways in which their answers are judged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from mailproof.pointers import mapping
from mailproof_conformance.check import DEFAULT
from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mailproof_conformance.check import Check, Credentials
    from mailproof_conformance.exchange import Response, RpcAnswer

Rows = dict[str, dict[str, Any]]
"""Objects by ID, as get_messages, get_campaigns and get_ab_tests answer them."""

UNKNOWN_ID = "0" * 32
"""As long as an ID may be; published ones have three to seven characters."""
LONG_AGO = "1970-01-01"


def found(
    check: Check, method: str, conditions: Mapping[str, Any] | None = None, key: Credentials | str = DEFAULT
) -> Rows:
    """The objects that a method finds under conditions."""
    result = check.rpc(method, conditions or {}, key=key).result
    if not isinstance(result, dict):
        raise Broken(f"the result of {method}", "an object", result)
    return cast("Rows", result)


def messages(check: Check, **conditions: Any) -> Rows:
    """The messages that get_messages finds under conditions. Raises Broken for one of another type."""
    rows = found(check, "get_messages", conditions)
    if "type" in conditions:  # members depend on the type, so that a stray would be a stumble instead of a finding
        strays = sorted({str(row.get("type")) for row in rows.values()} - {conditions["type"]})
        check.equal([], strays, f"other types among the messages of type {conditions['type']}")
    return rows


def several(values: list[Any]) -> list[Any]:
    """Values of whatever types, to be tried one after the other."""
    return values


def message_types(check: Check) -> tuple[str, ...]:
    """The types of message that the contract names."""
    return tuple(check.contract.document["components"]["schemas"]["MessageType"]["enum"])


def every_message(check: Check) -> Rows:
    """The messages of the account, of all types."""
    return {name: row for kind in message_types(check) for name, row in messages(check, type=kind).items()}


def some(check: Check, rows: Rows, what: str) -> Rows:
    """The rows; the case is skipped where there are none."""
    if not rows:
        check.skip(f"the account has no {what}")
    return rows


def same_ids(check: Check, expected: Iterable[str], actual: Iterable[str], about: str) -> None:
    """Raises Broken unless both are the same IDs, in whatever order."""
    check.equal(sorted(expected), sorted(actual), about)


def fails(check: Check, name: str, answer: RpcAnswer, about: str) -> dict[str, Any]:
    """Raises Broken unless an answer is the contract's error of that name; gives the error object."""
    entry = check.contract.document["x-rpc-errors"][name]
    error = answer.error or {}
    shown = {member: error.get(member) for member in ("code", "message")} if error else answer.envelope
    check.equal({"code": entry["code"], "message": entry["message"]}, shown, about)
    return error


def refuses(check: Check, method: str, *params: object, about: str) -> None:
    """Raises Broken unless the parameters after the key are answered as invalid."""
    fails(check, "invalid-params", check.rpc(method, *params), about)


def ping(check: Check, **members: object) -> dict[str, Any]:
    """A ping in the 2.0 form with id 1, with members of one's own on top."""
    return {"jsonrpc": "2.0", "method": "ping", "params": [check.api_key()], "id": 1, **members}


def without(call: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The call without some of its members."""
    return {name: value for name, value in call.items() if name not in names}


def as_json(value: object) -> bytes:
    """A value as a client writes it."""
    return json.dumps(value, ensure_ascii=False).encode()


def envelope(check: Check, response: Response, about: str) -> dict[str, Any]:
    """The one envelope that an answer consists of. Raises Broken for anything else."""
    check.equal(200, response.status, f"the HTTP status of {about}")
    value = response.json()
    if not isinstance(value, dict):
        raise Broken(f"the answer to {about}", "one object", value)
    return cast("dict[str, Any]", value)


def only_error(check: Check, name: str, response: Response, about: str) -> None:
    """Raises Broken unless an answer is one error of that name in the 2.0 form with a null id."""
    answer = envelope(check, response, about)
    entry = check.contract.document["x-rpc-errors"][name]
    error = mapping(answer.get("error"))
    check.equal(entry["code"], error.get("code"), f"the error code of the answer to {about}")
    check.equal(entry["message"], error.get("message"), f"the error message of the answer to {about}")
    check.equal(
        {"jsonrpc": "2.0", "id": None},
        without(answer, "error"),
        f"the other members of the answer to {about}",
    )


def needed(check: Check, method: str) -> dict[str, Any]:
    """The least conditions that a method takes: an unknown ID where it wants one."""
    pointer = check.contract.rpc_methods[method]["params"][1]
    schema = check.contract.document["components"]["schemas"][pointer.rpartition("/")[2]]
    return dict.fromkeys(schema.get("required", ()), UNKNOWN_ID)
