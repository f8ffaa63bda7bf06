"""Laws about who may call: realms, their passwords, and API clients."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from mailproof_conformance.basic_credentials import basic
from mailproof_conformance.check import DEFAULT, NONE
from mailproof_conformance.laws import law
from mailproof_conformance.near_misses import near_headers
from mailproof_conformance.verdicts import Broken
from mailproof_conformance.whatcounts.strategies import other_case
from mailproof_conformance.whatcounts.traces import (
    LIST,
    SEND,
    SHORT_SEND,
    entries,
    error,
    refused,
    snapshots,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailproof_conformance.check import Check, Credentials
    from mailproof_conformance.exchange import Response

_REFUSED = 401
_UNAUTHORIZED = error("Unauthorized", "Unauthorized", _REFUSED)


def _calls(
    check: Check, headers: Mapping[str, str | None], credentials: Credentials | str = NONE
) -> dict[str, Response]:
    """The answers of the three operations to one set of headers."""
    body = {name: check.sample(name) for name in ("listName", "templateName", "customerKey")}
    return {
        LIST: check.call(LIST, headers=headers, credentials=credentials),
        SEND: check.call(SEND, headers=headers, credentials=credentials),
        SHORT_SEND: check.call(SHORT_SEND, body=body, headers=headers, credentials=credentials),
    }


def _known_realm(check: Check) -> tuple[str, str]:
    """The name and the password of a realm that the target has."""
    header = check.credential("other_realm").headers["Authorization"]
    name, _, password = base64.b64decode(header.partition(" ")[2]).decode().partition(":")
    return name, password


@law("WC-credentials-required")
def every_operation_asks_for_credentials(check: Check) -> None:
    """No header at all."""
    for operation, response in _calls(check, {}).items():
        check.equal(401, response.status, f"{operation} without credentials")


@law("WC-credentials-required")
def other_schemes_do_not_open(check: Check) -> None:
    """A header that is not Basic, or is Basic and holds nothing."""
    for value in ("Bearer abc", "Basic", "Basic ", "Basic !!!", "Basic bm9jb2xvbg=="):
        for operation, response in _calls(check, {"Authorization": value}).items():
            check.equal(401, response.status, f"{operation} with Authorization: {value}")


@law("WC-wrong-credentials-refused")
def made_up_credentials_are_refused(check: Check) -> None:
    """Names and passwords that nobody has."""
    nobody = check.fresh("x")
    texts = st.text(st.characters(codec="utf-8", exclude_characters=":\0"), max_size=12)

    def holds(pair: tuple[str, str]) -> None:
        headers = basic(nobody + pair[0], pair[1])
        check.equal(401, check.call(LIST, headers=headers, credentials=NONE).status, "made-up credentials")

    check.forall(st.tuples(texts, texts), holds, examples=[("", ""), ("myAccount", "xyzpwd123")])


@law("WC-wrong-credentials-refused")
def a_known_realm_needs_its_password(check: Check) -> None:
    """The right name with a wrong, a longer, a shorter and no password."""
    name, password = _known_realm(check)
    wrong = {
        "a character more than the password": f"{password}x",
        "a character less than the password": password[:-1],
        "no password": "",
        "the password and a colon": f"{password}:",
        "the name as the password": name,
    }
    for how, text in wrong.items():
        for operation, response in _calls(check, basic(name, text)).items():
            if response.status != _REFUSED:
                raise Broken(f"the status of {operation} with {how}", _REFUSED, response.status, response=response)


@law("WC-unauthorized-body")
def refusals_say_unauthorized(check: Check) -> None:
    """Missing and wrong credentials get the same body."""
    for headers in ({}, basic("nobody", check.fresh("p"))):
        for operation, response in _calls(check, headers).items():
            refused(check, _UNAUTHORIZED, response, operation)


@law("WC-challenge")
def refusals_carry_a_challenge(check: Check) -> None:
    """HTTP asks for the header on every 401."""
    for headers in ({}, basic("nobody", check.fresh("p"))):
        for operation, response in _calls(check, headers).items():
            challenge = response.headers.get("www-authenticate", "")
            check.true(
                challenge.lower().startswith("basic "),
                f"{operation}: WWW-Authenticate",
                expected="Basic ...",
                actual=challenge,
            )


@law("WC-credentials-exact")
def other_letter_case_is_refused(check: Check) -> None:
    """Name or password in other letter case."""
    name, password = _known_realm(check)
    variants = st.tuples(other_case(name), st.just(password)) | st.tuples(st.just(name), other_case(password))

    def holds(pair: tuple[str, str]) -> None:
        response = check.call(LIST, headers=basic(*pair), credentials=NONE)
        check.equal(401, response.status, "credentials in other letter case")

    check.forall(variants, holds)


@law("WC-credentials-first")
def unknown_paths_are_not_told_apart(check: Check) -> None:
    """A stranger learns nothing about paths and verbs."""
    for method, path in (
        ("GET", f"/{check.fresh('no')}"),
        ("GET", "/msg"),
        ("DELETE", "/msg"),
        ("POST", "/"),
    ):
        response = check.send(method, path, credentials=NONE, effect="send")
        refused(check, _UNAUTHORIZED, response, f"{method} {path} without credentials")


@law("WC-refused-send-sends-nothing")
def no_snapshot_after_a_refusal(check: Check) -> None:
    """A send with a wrong password."""
    key = check.sample("customerKey")
    before = snapshots(check, key)
    for headers in ({}, basic("nobody", check.fresh("p"))):
        response = check.call(SEND, query={"snapshot": "1"}, headers=headers, credentials=NONE)
        check.equal(401, response.status, "a send without the right credentials")
    check.equal(len(before), len(snapshots(check, key)), "the number of snapshots after the refusals")


@law("WC-inactive-realm-refused")
def the_password_of_an_inactive_realm_opens_nothing(check: Check) -> None:
    """The credentials are right, the realm may not call."""
    for operation, response in _calls(check, {}, "inactive_realm").items():
        refused(check, _UNAUTHORIZED, response, operation)


@law("WC-api-client-optional")
def a_named_client_sees_the_same(check: Check) -> None:
    """The list with and without the header; a send with it."""
    key = check.sample("customerKey")
    client = {"x-api-key": check.sample("clients.right")}
    response = check.call(LIST, headers=client)
    check.equal(200, response.status, "the list with x-api-key")
    check.equal(entries(check, key), response.json(), "the list with x-api-key")
    check.equal(200, check.call(SEND, headers=client).status, "the send with x-api-key")


@law("WC-wrong-api-client-refused")
def a_wrong_client_is_refused_beside_right_credentials(check: Check) -> None:
    """The further level counts although the first was passed."""
    for value in (check.sample("clients.wrong"), "x", check.fresh("client")):
        for operation, response in _calls(check, {"x-api-key": value}, DEFAULT).items():
            refused(check, _UNAUTHORIZED, response, f"{operation} with x-api-key: {value}")


@law("WC-wrong-api-client-refused")
def a_near_client_is_refused(check: Check) -> None:
    """What almost is the right one, as far as a header can carry it."""
    for how, text in near_headers(check.sample("clients.right")).items():
        response = check.call(LIST, headers={"x-api-key": text})
        refused(check, _UNAUTHORIZED, response, f"an x-api-key with a difference ({how})")


@law("WC-api-client-alone-refused")
def a_client_does_not_stand_for_a_realm(check: Check) -> None:
    """The header alone, without Basic credentials."""
    for operation, response in _calls(check, {"x-api-key": check.sample("clients.right")}).items():
        check.equal(401, response.status, f"{operation} with x-api-key alone")
