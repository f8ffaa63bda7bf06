"""Laws about how requests and answers look: media types, verbs, paths, limits, and the form of an error."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from hypothesis import strategies as st

from mailproof.pointers import mapping
from mailproof_conformance.check import NONE
from mailproof_conformance.http_date import is_http_date
from mailproof_conformance.laws import law
from mailproof_conformance.whatcounts.strategies import other_case
from mailproof_conformance.whatcounts.traces import (
    FILE,
    LIST,
    NOT_FOUND,
    SEND,
    SHORT_SEND,
    entries,
    error,
    refused,
    send,
    snapshots,
)

if TYPE_CHECKING:
    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response

_VENDOR_TYPE = "application/vnd.whatcounts-v{}+json"
_LISTING = "/subscribers/availableimagessenttocustomerkey"
_SENDING = "/msg/sendWithCustomerKey"
_TWO_MEBIBYTES = 2 * 1024 * 1024


def _list_path(check: Check) -> str:
    return f"{_LISTING}/{quote(check.sample('customerKey'), safe='')}"


def _send_path(check: Check) -> str:
    names = (check.sample(name) for name in ("listName", "templateName", "customerKey"))
    return "/".join([_SENDING, *(quote(name, safe="") for name in names)])


def _served(check: Check, accept: str | None) -> None:
    listed = check.call(LIST, headers={"Accept": accept})
    check.equal(200, listed.status, f"the list with Accept: {accept}")
    check.equal("application/json", listed.headers.get("content-type"), "the Content-Type of the list")
    sent = check.call(SEND, headers={"Accept": accept})
    check.equal(200, sent.status, f"the send with Accept: {accept}")
    check.equal("application/json", sent.headers.get("content-type"), "the Content-Type of the send")


@law("WC-vendor-media-type")
def the_sample_header_is_served(check: Check) -> None:
    """The `Accept` of the vendor's samples."""
    for operation in (LIST, SEND):
        response = check.call(operation, headers={"Accept": _VENDOR_TYPE.format(1)})
        check.equal(200, response.status, f"{operation} with the vendor's media type")


@law("WC-plain-json-answers")
def json_is_declared_plainly(check: Check) -> None:
    """With the vendor's media type and with plain JSON."""
    for accept in (_VENDOR_TYPE.format(1), "application/json"):
        for operation in (LIST, SEND):
            declared = check.call(operation, accept=accept).headers.get("content-type")
            check.equal("application/json", declared, f"the Content-Type of {operation}")


@law("WC-plain-json-errors")
def errors_are_declared_plainly(check: Check) -> None:
    """With the vendor's media type, with plain JSON, and with a version that nobody serves."""
    for accept in (_VENDOR_TYPE.format(1), "application/json", _VENDOR_TYPE.format(2)):
        no = check.fresh("no")
        answers = {
            "a list without credentials": check.call(LIST, accept=accept, credentials=NONE),
            "the list of an unknown key": check.call(LIST, path={"customerKey": no}, accept=accept),
            "a send on an unknown list": check.call(SEND, path={"listName": no}, accept=accept),
        }
        for name, response in answers.items():
            check.true(response.status >= 400, f"the status of {name}", expected="an error", actual=response.status)  # noqa: PLR2004 - HTTP
            check.equal("application/json", response.headers.get("content-type"), f"the Content-Type of {name}")


@law("WC-accept-optional")
def anything_and_nothing_mean_version_one(check: Check) -> None:
    """No header, and the usual ranges."""
    for accept in (None, "*/*", "application/*", "application/json", "text/html, */*;q=0.1"):
        _served(check, accept)


@law("WC-unknown-version-refused")
def other_versions_are_not_acceptable(check: Check) -> None:
    """Any version but the first."""

    def holds(version: int) -> None:
        for operation in (LIST, SEND):
            response = check.call(operation, headers={"Accept": _VENDOR_TYPE.format(version)})
            refused(check, error("Not Acceptable", "Not Acceptable", 406), response, f"version {version}")

    check.forall(st.integers(2, 10_000) | st.just(0), holds, examples=[2])


@law("WC-unknown-version-refused")
def an_alternative_is_taken(check: Check) -> None:
    """A newer version is asked for, the first is admitted as well."""
    _served(check, f"{_VENDOR_TYPE.format(2)}, {_VENDOR_TYPE.format(1)};q=0.5")


@law("WC-refused-accept-sends-nothing")
def no_snapshot_after_a_refused_accept(check: Check) -> None:
    """A send for another version of the API."""
    key = check.sample("customerKey")
    before = len(snapshots(check, key))
    response = check.call(SEND, query={"snapshot": "1"}, headers={"Accept": _VENDOR_TYPE.format(2)})
    check.equal(406, response.status, "a send for version 2")
    check.equal(before, len(snapshots(check, key)), "the number of snapshots after the refusal")


@law("WC-content-type-without-body")
def the_sample_content_type_is_served(check: Check) -> None:
    """The vendor's sample declares JSON on a GET."""
    response = check.call(LIST, headers={"Content-Type": "application/json"})
    check.equal(200, response.status, "the list with Content-Type: application/json")


@law("WC-any-content-type-without-body")
def the_content_type_of_nothing_is_nothing(check: Check) -> None:
    """Any media type, on the list and on the send."""
    types = [
        "text/plain",
        "application/xml",
        "multipart/form-data",
        "application/json; charset=utf-16",
        "nonsense",
        ";",
    ]
    expected = entries(check, check.sample("customerKey"))

    def holds(content_type: str) -> None:
        listed = check.call(LIST, headers={"Content-Type": content_type})
        check.equal(200, listed.status, f"the list with Content-Type: {content_type}")
        check.equal(expected, listed.json(), f"the list with Content-Type: {content_type}")
        sent = check.call(SEND, headers={"Content-Type": content_type})
        check.equal(200, sent.status, f"the send with Content-Type: {content_type}")

    check.forall(st.sampled_from(types), holds, examples=types)


@law("WC-date-header")
def answers_are_dated(check: Check) -> None:
    """Success and error alike."""
    for response in (check.call(LIST), check.call(SEND), check.call(LIST, credentials=NONE)):
        text = response.headers.get("date", "")
        check.true(is_http_date(text), "the Date header", expected="an HTTP date in GMT", actual=text)


def _documented_errors(check: Check) -> list[Response]:
    """One answer for each kind of error that the vendor's pages print."""
    nobody = check.sample("contacts.not_subscribed")
    return [check.call(LIST, credentials=NONE), check.call(SEND, credentials=NONE), send(check, key=nobody)]


@law("WC-error-envelope")
def errors_have_three_members_in_order(check: Check) -> None:
    """The 401 and the 404 of the vendor's pages."""
    for response in _documented_errors(check):
        members = list(mapping(response.json()))
        check.equal(["error", "status", "statusCode"], members, "the members of an error")


@law("WC-error-code-is-status")
def errors_repeat_their_status(check: Check) -> None:
    """In number and in words."""
    for response in _documented_errors(check):
        body = mapping(response.json())
        check.equal(response.status, body.get("statusCode"), "statusCode")
        check.equal(HTTPStatus(response.status).phrase, body.get("status"), "status")


@law("WC-unknown-path")
def unknown_paths_are_not_found(check: Check) -> None:
    """Beside, below and above the known paths."""
    name = check.fresh("no")
    below = f"{_list_path(check)}/{name}"
    for method, path in (
        ("GET", f"/{name}"),
        ("POST", f"/msg/{name}"),
        ("GET", below),
        ("GET", f"{_LISTING}x/1"),
        ("GET", "/"),
    ):
        refused(check, NOT_FOUND, check.send(method, path, effect="send"), f"{method} {path}")


@law("WC-path-case")
def fixed_segments_are_exact(check: Check) -> None:
    """Every other spelling of the fixed segments."""
    tail = quote(check.sample("customerKey"), safe="")

    def listed(segment: str) -> None:
        refused(check, NOT_FOUND, check.send("GET", f"/subscribers/{segment}/{tail}"), segment)

    def sent(segment: str) -> None:
        path = _send_path(check).replace("sendWithCustomerKey", segment, 1)
        refused(check, NOT_FOUND, check.send("POST", path, effect="send"), segment)

    for method, path in (
        ("GET", _list_path(check).replace("/subscribers/", "/Subscribers/", 1)),
        ("POST", _send_path(check).replace("/msg/", "/Msg/", 1)),
    ):
        refused(check, NOT_FOUND, check.send(method, path, effect="send"), f"{method} {path}")
    check.forall(other_case("availableimagessenttocustomerkey"), listed, examples=["availableImagesSentToCustomerKey"])
    check.forall(other_case("sendWithCustomerKey"), sent, examples=["sendwithcustomerkey"])


@law("WC-trailing-slash")
def one_slash_at_the_end_changes_nothing(check: Check) -> None:
    """On the list and on both sends."""
    expected = entries(check, check.sample("customerKey"))
    listed = check.send("GET", f"{_list_path(check)}/")
    check.equal(200, listed.status, "the list with a slash")
    check.equal(expected, listed.json(), "the list with a slash")
    sent = check.send("POST", f"{_send_path(check)}/", effect="send")
    check.equal((200, b"0"), (sent.status, sent.content), "the send with a slash")
    short = check.send("POST", "/msg/", headers={"Content-Type": "application/json"}, body=b"{}", effect="send")
    check.equal(400, short.status, "an empty message to /msg/")


@law("WC-wrong-verb")
def other_verbs_are_named_the_right_ones(check: Check) -> None:
    """405, and what would be right."""
    cases = [
        ("GET", _list_path(check), ("POST", "PUT", "DELETE", "PATCH", "PROPFIND")),
        ("POST", _send_path(check), ("GET", "PUT", "DELETE", "PATCH")),
        ("POST", "/msg", ("GET", "PUT", "DELETE")),
    ]
    for right, path, verbs in cases:
        for verb in verbs:
            response = check.send(verb, path, effect="send")
            refused(check, error("Method Not Allowed", "Method Not Allowed", 405), response, f"{verb} {path}")
            allowed = [name.strip() for name in response.headers.get("allow", "").split(",")]
            check.true(right in allowed and verb not in allowed, "Allow", expected=right, actual=allowed)


@law("WC-head")
def head_is_get_without_the_body(check: Check) -> None:
    """The headers are those of the GET."""
    got, headed = check.send("GET", _list_path(check)), check.send("HEAD", _list_path(check))
    check.equal(200, headed.status, "the status of HEAD")
    check.equal(b"", headed.body, "the body of HEAD")
    for name in ("content-type", "link", "content-length"):
        check.equal(got.headers.get(name), headed.headers.get(name), f"{name} of HEAD")


@law("WC-head")
def head_of_a_file_is_get_without_the_body(check: Check) -> None:
    """The page of a snapshot, and its picture."""
    page = check.sample("fileName")
    for name in (page, page.removesuffix(".html") + ".png"):
        operation = check.contract.operation(FILE)
        got, headed = (check.send_to(operation, verb, {"fileName": name}) for verb in ("GET", "HEAD"))
        check.equal(got.status, headed.status, f"the status of HEAD of {name}")
        check.equal(b"", headed.body, f"the body of HEAD of {name}")
        for header in ("content-type", "content-length"):
            check.equal(got.headers.get(header), headed.headers.get(header), f"{header} of HEAD of {name}")


@law("WC-options")
def options_name_the_verbs(check: Check) -> None:
    """204 with Allow."""
    for right, path in (("GET", _list_path(check)), ("POST", _send_path(check)), ("POST", "/msg")):
        response = check.send("OPTIONS", path)
        check.equal(204, response.status, f"OPTIONS {path}")
        allowed = [name.strip() for name in response.headers.get("allow", "").split(",")]
        check.true(right in allowed, f"Allow of {path}", expected=right, actual=allowed)


@law("WC-undecodable-path")
def odd_escapes_are_refused(check: Check) -> None:
    """Bytes that are no UTF-8, and a NUL."""
    for odd in ("%ff", "%c3%28", "%ed%a0%80", "a%00b", "%fe%fe"):
        for method, path in (("GET", f"{_LISTING}/{odd}"), ("POST", f"{_SENDING}/{odd}/{odd}/{odd}")):
            response = check.send(method, path, effect="send")
            check.true(
                response.status in (400, 404),
                f"{method} {path}",
                expected="400 or 404",
                actual=response.status,
            )
            check.equal(["error", "status", "statusCode"], list(response.json()), f"the error to {method} {path}")


@law("WC-large-body")
def two_mebibytes_are_too_many(check: Check) -> None:
    """On the send that takes a body and on the one that ignores it."""
    key = check.sample("customerKey")
    before = len(snapshots(check, key))
    padding = b" " * _TWO_MEBIBYTES
    letters = ("\U0001f600" * (_TWO_MEBIBYTES // 4)).encode()  # not too many of them, but too many bytes
    bodies = [
        (SHORT_SEND, b'{"snapshot": "1"' + padding + b"}"),
        (SHORT_SEND, b'{"snapshot": "1", "aside": "' + letters + b'"}'),
        (SEND, padding),
    ]
    for operation, body in bodies:
        response = check.call(operation, body=body, query={"snapshot": "1"}, content_type="application/json")
        check.equal(413, response.status, f"{operation} with 2 MiB")
    check.equal(before, len(snapshots(check, key)), "the number of snapshots after the refusals")


@law("WC-long-url")
def a_long_url_is_refused(check: Check) -> None:
    """A long key, and a long query."""
    for path in (f"{_LISTING}/{'k' * 17_000}", f"{_list_path(check)}?q={'q' * 17_000}"):
        check.equal(414, check.send("GET", path).status, f"{path[:60]}...")
