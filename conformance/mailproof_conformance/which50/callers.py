"""Laws about who asks: credentials, permissions and accounts."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from mailproof_conformance.basic_credentials import basic
from mailproof_conformance.check import NONE
from mailproof_conformance.laws import law
from mailproof_conformance.which50.reads import operations, value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof_conformance.check import Check, Credentials

_NOT_BASIC = ("Basic", "Basic ", "Basic !!!", "Basic bm8tY29sb24", "Bearer abc", "abc")


@law("W50-credentials-required")
def every_read_asks_for_credentials(check: Check) -> None:
    """No credentials at all."""
    for operation_id in operations(check, "W50-credentials-required"):
        response = check.call(operation_id, credentials=NONE)
        check.equal(401, response.status, f"{operation_id} without credentials")


@law("W50-wrong-credentials-refused")
def unreadable_credentials_are_refused(check: Check) -> None:
    """Authorization headers that are no Basic credentials."""
    for turn, operation_id in enumerate(operations(check, "W50-wrong-credentials-refused")):
        for header in check.some(_NOT_BASIC, 2, turn):
            response = check.call(operation_id, headers={"Authorization": header}, credentials=NONE)
            check.equal(401, response.status, f"{operation_id} with Authorization: {header}")


@law("W50-wrong-credentials-refused")
def made_up_credentials_are_refused(check: Check) -> None:
    """Users and keys that nobody has."""
    ids = operations(check, "W50-wrong-credentials-refused")
    texts = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters=":"), max_size=12)

    def holds(drawn: tuple[str, str, str]) -> None:
        operation_id, user, password = drawn
        name = check.fresh("nobody") + user
        response = check.call(operation_id, headers=basic(name, password), credentials=NONE)
        check.equal(401, response.status, f"{operation_id} with a user that nobody has")
        response = check.call(operation_id, headers={"X-Api-Key": name}, credentials=NONE)
        check.equal(401, response.status, f"{operation_id} with a key that nobody has")

    check.forall(st.tuples(st.sampled_from(ids), texts, texts), holds)


@law("W50-wrong-credentials-refused")
def a_known_user_needs_the_password(check: Check) -> None:
    """The right user with a wrong, a longer, a shorter and no password."""
    header = check.credential("other_account").headers.get("Authorization", "")
    if not header.startswith("Basic "):
        check.skip("the target offers no further user with a password")
    user, _, password = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
    contact = check.sample("contacts.of_other_account")
    wrongs = (f"{password}x", password[:-1], password.swapcase(), "", user)
    for turn, operation_id in enumerate(operations(check, "W50-wrong-credentials-refused")):
        for wrong in check.some(wrongs, 2, turn):
            headers = basic(user, wrong)
            response = check.call(operation_id, path={"contactId": contact}, headers=headers, credentials=NONE)
            check.equal(401, response.status, f"{operation_id} with a wrong password")


@law("W50-basic-challenge")
def a_refusal_names_the_realm(check: Check) -> None:
    """The WWW-Authenticate header, without credentials and with wrong ones."""
    expected = check.contract.document["x-problems"]["unauthorized"]["headers"]["WWW-Authenticate"]
    for operation_id in operations(check, "W50-basic-challenge"):
        for headers in ({}, basic("nobody", "nothing")):
            response = check.call(operation_id, headers=headers, credentials=NONE)
            check.equal(401, response.status, f"{operation_id} without valid credentials")
            check.equal(expected, response.headers.get("www-authenticate"), f"the challenge of {operation_id}")


@law("W50-api-key-same-user")
def the_key_shows_what_its_user_sees(check: Check) -> None:
    """Every read with the key against the same read with user and password."""
    contact = check.sample("contactId")
    for operation_id in operations(check, "W50-api-key-same-user"):
        response = check.call(operation_id, credentials="api_key")
        check.equal(200, response.status, f"{operation_id} with an API key")
        check.equal(value(check, operation_id, contact), response.json(), f"{operation_id} with an API key")


@law("W50-permission-required")
def a_user_without_the_permission_is_refused(check: Check) -> None:
    """A user that is known and may not read contacts."""
    for operation_id in operations(check, "W50-permission-required"):
        response = check.call(operation_id, credentials="no_permission")
        check.equal(403, response.status, f"{operation_id} without the permission")


@law("W50-permission-required")
def a_permission_for_something_else_is_not_enough(check: Check) -> None:
    """Users who may read something else than contacts."""
    users = ("contact_lists_reader", "files_reader", "journeys_reader")
    for turn, operation_id in enumerate(operations(check, "W50-permission-required")):
        for user in check.some(users, 1, turn):
            response = check.call(operation_id, credentials=user)
            check.equal(403, response.status, f"{operation_id} by the user {user}")


@law("W50-permission-suffices")
def the_permission_for_contacts_is_enough(check: Check) -> None:
    """Every read by a user who may do everything with contacts and nothing else."""
    contact = check.sample("contactId")
    for operation_id in operations(check, "W50-permission-suffices"):
        about = f"{operation_id} by a user who may do nothing but what concerns contacts"
        response = check.call(operation_id, path={"contactId": contact}, credentials="contacts_only")
        check.equal(200, response.status, about)
        check.equal(value(check, operation_id, contact), response.json(), about)


def _statuses(check: Check, clause: str, credentials: Credentials | str) -> Iterator[tuple[str, int]]:
    unknown = check.fresh("nobody")
    for operation_id in operations(check, clause):
        response = check.call(operation_id, path={"contactId": unknown}, credentials=credentials)
        yield operation_id, response.status


@law("W50-credentials-before-existence")
def an_unknown_contact_is_not_told_to_strangers(check: Check) -> None:
    """An id that nobody has, without credentials."""
    for operation_id, status in _statuses(check, "W50-credentials-before-existence", NONE):
        check.equal(401, status, f"{operation_id} of an unknown contact without credentials")


@law("W50-permission-before-existence")
def an_unknown_contact_is_not_told_without_permission(check: Check) -> None:
    """An id that nobody has, asked for by a user without the permission."""
    for operation_id, status in _statuses(check, "W50-permission-before-existence", "no_permission"):
        check.equal(403, status, f"{operation_id} of an unknown contact without the permission")


@law("W50-credentials-before-journey-id")
def a_bad_journey_id_comes_after_the_caller(check: Check) -> None:
    """Three callers with a journey id that is not an integer."""
    for operation_id in operations(check, "W50-credentials-before-journey-id"):
        expected: list[tuple[Credentials | str, int]] = [(NONE, 401), ("no_permission", 403)]
        for credentials, status in expected:
            response = check.call(operation_id, path={"journeyId": "soon"}, credentials=credentials)
            check.equal(status, response.status, f"{operation_id} with the journey id `soon`")


@law("W50-accounts-apart")
def contacts_of_others_do_not_exist(check: Check) -> None:
    """Each account asks for its own contact, and for the other's."""
    theirs = check.sample("contacts.of_other_account")
    for operation_id in operations(check, "W50-accounts-apart"):
        missing = check.call(operation_id, path={"contactId": check.fresh("nobody")})
        for response in (
            check.call(operation_id, path={"contactId": theirs}),
            check.call(operation_id, credentials="other_account"),
        ):
            check.equal(404, response.status, f"{operation_id} of a contact of another account")
            check.equal(missing.json(), response.json(), f"{operation_id} of a contact of another account")
    response = check.call("get_contact", path={"contactId": theirs}, credentials="other_account")
    check.equal(200, response.status, "get_contact of a contact by its own account")
