"""Laws of what is no JSON, or JSON and no request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from mailproof_conformance.getresponse.questions import (
    as_json,
    only_error,
    ping,
    several,
)
from mailproof_conformance.laws import law
from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from mailproof_conformance.check import Check


@law("GR-not-json")
def what_is_not_json_is_a_parse_error(check: Check) -> None:
    """Empty, cut short, extended, in other notations."""
    call = as_json(ping(check))
    bodies = (
        b"",
        b" ",
        b"{",
        b"ping",
        b"{'method': 'ping'}",
        b"<methodCall/>",
        b"method=ping",
        b"[1,]",
        call[:-1],
        call + b"}",
        call + call,
        b"[" + call + b",",
        b"[" + call + b", {]",
    )
    for body in bodies:
        only_error(check, "parse-error", check.post(body), f"{body[:30]!r}")


@law("GR-strict-json")
def what_only_some_parsers_take_is_a_parse_error(check: Check) -> None:
    """Other encodings, numbers that JSON does not have, half characters."""
    call = as_json(ping(check, id="MARK"))
    bodies = (
        call.replace(b"MARK", b"\xff"),
        call.replace(b"MARK", b"\xc3"),
        call.replace(b"MARK", b"\xed\xa0\x80"),
        call.replace(b"MARK", b"\\ud800"),
        call.decode().encode("utf-16"),
        call.replace(b'"MARK"', b"NaN"),
        call.replace(b'"MARK"', b"Infinity"),
        call.replace(b'"MARK"', b"-Infinity"),
        call.replace(b'"MARK"', b"01"),
        call.replace(b"MARK", b"a\nb"),
    )
    for body in bodies:
        only_error(check, "parse-error", check.post(body), f"{body[-30:]!r}")


@law("GR-hostile-json")
def hostile_json_gets_an_error(check: Check) -> None:
    """Deep nesting and long numbers, alone and inside a call; the server goes on afterwards."""
    call = as_json(ping(check, params=[check.api_key(), "MARK"]))
    deep = b"[" * 10_000 + b"]" * 10_000
    deep_object = b'{"a":' * 10_000 + b"1" + b"}" * 10_000
    digits = b"9" * 5_000
    for value in (deep, deep_object, b"[" * 10_000, digits, b"-" + digits, b"1e" + digits):
        for body in (value, call.replace(b'"MARK"', value)):
            answer = check.post(body)
            check.equal(200, answer.status, "the status of the answer to hostile JSON")
            read = answer.json()
            first = cast("list[Any]", read)[0] if isinstance(read, list) and read else cast("Any", read)
            if not isinstance(first, dict) or not cast("dict[str, Any]", first).get("error"):
                raise Broken("the answer to hostile JSON", "an error", answer.text[:200])
    check.equal({"ping": "pong"}, check.rpc("ping").result, "the result of a ping afterwards")


@law("GR-repeated-member")
def a_repeated_member_is_a_parse_error(check: Check) -> None:
    """In the request itself and deep inside, with the same value and with another, the name as it is and escaped."""
    call = as_json(ping(check, params=[check.api_key(), {"a": 1}]))
    bodies = {
        "a call with two equal methods": call.replace(b'"method": "ping"', b'"method": "ping", "method": "ping"'),
        "a call with two ids": call.replace(b'"id": 1', b'"id": 1, "id": 2'),
        "a call with a condition twice": call.replace(b'"a": 1', b'"a": 1, "a": 1'),
        "a call with two ids, one name of them escaped": call.replace(b'"id": 1', rb'"id": 1, "\u0069d": 1'),
        "a call with a condition twice, escaped": call.replace(b'"a": 1', rb'"\u0061": 1, "a": 1'),
    }
    for about, body in bodies.items():
        only_error(check, "parse-error", check.post(body), about)


@law("GR-not-a-request")
def json_that_is_no_request_is_refused(check: Check) -> None:
    """Values that are no objects, and objects without a method."""
    for value in several([1, 1.5, "ping", None, True, {}, {"foo": "boo"}, {"jsonrpc": "2.0", "id": 1}]):
        only_error(check, "invalid-request", check.post(as_json(value)), f"{value}")
    for method in several([None, 1, True, ["ping"], {"name": "ping"}]):
        only_error(check, "invalid-request", check.post(ping(check, method=method)), f"a call of {method}")


@law("GR-unknown-version-refused")
def other_versions_are_refused(check: Check) -> None:
    """Texts and numbers that are not exactly "2.0"."""
    for version in several(["1.0", "1.1", "2", "2.00", " 2.0", "", 2, 2.0, None, True, ["2.0"]]):
        only_error(
            check,
            "invalid-request",
            check.post(ping(check, jsonrpc=version)),
            f"a call with jsonrpc {version!r}",
        )
