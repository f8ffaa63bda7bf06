"""Laws of the transport: the URL, the verb, the status, media types, sizes and characters."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

from mailproof.pointers import mapping
from mailproof_conformance.check import NONE
from mailproof_conformance.getresponse.questions import as_json, every_message, messages, ping
from mailproof_conformance.laws import law
from mailproof_conformance.verdicts import Disabled

if TYPE_CHECKING:
    from mailproof_conformance.check import Check

_ORIGIN = {"Origin": "http://shop.example"}
_JSON = {"Content-Type": "application/json"}
_CONTENT_TYPES = (
    None,
    "application/json-rpc",
    "application/json; charset=utf-8",
    "application/json; charset=iso-8859-1",
    "APPLICATION/JSON",
    "application/x-www-form-urlencoded",
    "text/plain",
    "application/xml",
    "nonsense",
)
_MARKED = "Grüße+%41&a=b"
"""A text that a form and another charset would make another of."""
_ACCEPTS = (
    "application/json",
    "text/html",
    "application/xml;q=0.5",
    "application/json;q=0",
    "nonsense",
    "",
    None,
)


@law("GR-one-url")
def both_spellings_answer(check: Check) -> None:
    """The URL with its closing slash and without it."""
    for path in ("/", ""):
        with suppress(Disabled):  # a server at its host's root has no spelling without the slash
            response = check.send("POST", path, headers=_JSON, body=as_json(ping(check)))
            check.equal(200, response.status, f"the status of POST to the base URL and {path!r}")
            result = mapping(response.json()).get("result")
            check.equal({"ping": "pong"}, result, f"the result at the base URL and {path!r}")


@law("GR-only-post")
def other_verbs_are_refused(check: Check) -> None:
    """Verbs with and without a body."""
    for verb in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"):
        body = b"" if verb in {"GET", "HEAD", "OPTIONS"} else as_json(ping(check))
        response = check.send(verb, "/", headers=_JSON, body=body)
        check.equal(405, response.status, f"the status of {verb}")
        allowed = {name.strip() for name in response.headers.get("allow", "").split(",")}
        check.equal({"POST"}, allowed, f"the Allow header of the answer to {verb}")


@law("GR-errors-have-status-200")
def failing_calls_have_status_200(check: Check) -> None:
    """One call for each kind of failure."""
    wrong_calls: tuple[object, ...] = (
        b"{",
        {"jsonrpc": "2.0", "id": 1},
        ping(check, method="no_such_method"),
        ping(check, params=[]),
        ping(check, params=["f" * 32]),
        ping(check, method="get_message_contents", params=[check.api_key(), {"message": "no such message"}]),
        [],
    )
    for call in wrong_calls:
        response = check.post(call)
        check.equal(200, response.status, "the HTTP status of a call that fails")
        check.true("error" in response.json(), "a call that fails is answered with an error", actual=response.text)


@law("GR-content-type-ignored")
def any_content_type_is_taken(check: Check) -> None:
    """The types that published clients send, and some that none does, each with a text that some are read otherwise."""
    for content_type in _CONTENT_TYPES:
        response = check.post(as_json(ping(check, id=_MARKED)), content_type)
        check.equal(200, response.status, f"the status under the content type {content_type}")
        check.equal(
            {"ping": "pong"},
            response.json().get("result"),
            f"the result under the content type {content_type}",
        )
        check.equal(_MARKED, response.json().get("id"), f"the id under the content type {content_type}")


@law("GR-accept-ignored")
def any_accept_is_taken(check: Check) -> None:
    """Clients that accept JSON, and clients that say they do not."""
    for accept in _ACCEPTS:
        response = check.post(ping(check), headers={"Accept": accept})
        check.equal(200, response.status, f"the status under Accept: {accept}")
        check.equal({"ping": "pong"}, response.json().get("result"), f"the result under Accept: {accept}")


@law("GR-answer-is-json")
def answers_are_labelled_json(check: Check) -> None:
    """Results, errors and batches."""
    for call in (ping(check), ping(check, method="no_such_method"), b"{", [ping(check)], []):
        check.equal("application/json", check.post(call).media_type, "the media type of an answer")


@law("GR-one-megabyte-taken")
def a_body_of_the_limit_is_answered(check: Check) -> None:
    """A ping, filled up with blanks to the last byte."""
    limit = int(check.contract.document["x-front"]["body-limit"])
    response = check.post(as_json(ping(check)).ljust(limit))
    check.equal(200, response.status, f"the status of a request of {limit} bytes")
    check.equal({"ping": "pong"}, response.json().get("result"), f"the result of a request of {limit} bytes")


@law("GR-larger-refused")
def a_body_over_the_limit_is_refused(check: Check) -> None:
    """One byte too many, and twice as many."""
    limit = int(check.contract.document["x-front"]["body-limit"])
    for size in (limit + 1, 2 * limit):
        response = check.post(as_json(ping(check)).ljust(size))
        check.equal(413, response.status, f"the status of a request of {size} bytes")
        check.true(b'"jsonrpc"' not in response.content, "no JSON-RPC answer is given", actual=response.text[:200])
    long = as_json(ping(check, aside="ü" * (limit // 2)))
    response = check.post(long)
    check.equal(
        413, response.status, f"the status of a request of {len(long)} bytes in {len(long.decode())} characters"
    )


def _limit(check: Check) -> int:
    """Bytes; larger answers are compressed."""
    return int(check.contract.document["x-compression"]["above"])


@law("GR-gzip-on-request")
def large_answers_are_compressed(check: Check) -> None:
    """The same question by clients that take gzip, do not say so, and refuse it."""
    call = ping(check, method="get_messages")
    plain = check.post(call, headers={"Accept-Encoding": None})
    if len(plain.body) <= _limit(check):
        check.skip("the account has too few messages for an answer above the limit")
    check.equal(None, plain.headers.get("content-encoding"), "the encoding for a client that does not mention any")
    for accept in ("gzip", "deflate, gzip;q=0.8"):
        packed = check.post(call, headers={"Accept-Encoding": accept})
        check.equal("gzip", packed.headers.get("content-encoding"), f"the encoding for Accept-Encoding: {accept}")
        check.equal(plain.json(), packed.json(), "the compressed answer, unpacked")
    for accept in ("identity", "gzip;q=0"):
        refused = check.post(call, headers={"Accept-Encoding": accept})
        check.equal(None, refused.headers.get("content-encoding"), f"the encoding for Accept-Encoding: {accept}")


@law("GR-gzip-on-request")
def the_size_decides(check: Check) -> None:
    """Answers of some sizes around the limit, which a long id brings about."""
    limit = _limit(check)
    least = len(check.post(ping(check, id=""), headers={"Accept-Encoding": None}).body)
    for size in (limit - 1, limit, limit + 1, limit + 100, limit + 400):
        call = ping(check, id="x" * (size - least))
        plain = check.post(call, headers={"Accept-Encoding": None})
        packed = check.post(call, headers={"Accept-Encoding": "gzip"})
        expected = "gzip" if len(plain.body) > limit else None
        about = f"the encoding of an answer of {len(plain.body)} bytes"
        check.equal(expected, packed.headers.get("content-encoding"), about)
        check.equal(plain.json(), packed.json(), f"an answer of {len(plain.body)} bytes, unpacked")


@law("GR-gzip-on-request")
def small_answers_are_not_compressed(check: Check) -> None:
    """A ping is answered in some fifty bytes."""
    response = check.post(ping(check), headers={"Accept-Encoding": "gzip"})
    check.equal(None, response.headers.get("content-encoding"), "the encoding of a small answer")


@law("GR-other-origins-allowed")
def a_page_of_another_origin_may_call(check: Check) -> None:
    """What a browser sends for a page of another origin that posts JSON, and what it looks for in the answers."""
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    preflight = check.send("OPTIONS", "/", headers={**_ORIGIN, **asked}, credentials=NONE)
    check.true(200 <= preflight.status < 300, "the preflight is answered", actual=preflight.status)  # noqa: PLR2004
    allowed = preflight.headers.get("access-control-allow-headers", "").lower()
    check.true("content-type" in allowed or allowed == "*", "the header is allowed", actual=allowed)
    for name in ("X-Requested-With", "Authorization"):
        asked["Access-Control-Request-Headers"] = f"{name.lower()}, content-type"
        preflight = check.send("OPTIONS", "/", headers={**_ORIGIN, **asked}, credentials=NONE)
        allowed = preflight.headers.get("access-control-allow-headers", "").lower()
        told = {word.strip() for word in allowed.split(",")}
        check.true({name.lower(), "content-type"} <= told or allowed == "*", f"{name} is allowed", actual=allowed)
    answer = check.post(ping(check), headers=_ORIGIN)
    failing = check.post(ping(check, method="no_such_method"), headers=_ORIGIN)
    unread = check.post(b"{", headers=_ORIGIN)
    answers = {"the preflight": preflight, "the call": answer, "a call that fails": failing, "what is no JSON": unread}
    for name, response in answers.items():
        origin = response.headers.get("access-control-allow-origin")
        check.true(origin in ("*", _ORIGIN["Origin"]), f"the answer to {name} names the origin", actual=origin)


@law("GR-utf-8-both-ways")
def text_beyond_ascii_goes_both_ways(check: Check) -> None:
    """A subject is found by itself, sent as UTF-8 and sent in escapes."""
    rows = {name: row for name, row in every_message(check).items() if not row["subject"].isascii()}
    if not rows:
        check.skip("the account has no message with a subject beyond ASCII")
    for name, row in rows.items():
        conditions = {"type": row["type"], "subject": {"EQUALS": row["subject"]}}
        check.true(name in messages(check, **conditions), f"{row['subject']!r}, sent as UTF-8, finds its message")
        call = ping(check, method="get_messages", params=[check.api_key(), conditions])
        escaped = check.post(json.dumps(call, ensure_ascii=True).encode())
        check.true(name in escaped.json()["result"], f"{row['subject']!r}, sent in escapes, finds its message")
