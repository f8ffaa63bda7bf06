"""Laws about credentials of two kinds in one request, and about what a key may do beside reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailproof_conformance.basic_credentials import AUTHORIZATION, written
from mailproof_conformance.check import NONE
from mailproof_conformance.laws import law
from mailproof_conformance.which50.reads import operations

if TYPE_CHECKING:
    from mailproof_conformance.check import Check

_KEY = "X-Api-Key"
_UNAUTHORIZED = 401


@law("W50-basic-challenge")
def a_wrong_key_is_challenged_too(check: Check) -> None:
    """A key that nobody has, alone and beside a user that nobody is."""
    expected = check.contract.document["x-problems"]["unauthorized"]["headers"]["WWW-Authenticate"]
    wrong = {_KEY: check.fresh("nobody")}
    for operation_id in check.some(operations(check, "W50-basic-challenge"), 3):
        for headers in (wrong, {**wrong, AUTHORIZATION: written("Basic", "nobody", "nothing")}):
            response = check.call(operation_id, headers=headers, credentials=NONE)
            about = f"{operation_id} with a wrong {' and a wrong '.join(headers)}"
            check.equal(_UNAUTHORIZED, response.status, about)
            check.equal(expected, response.headers.get("www-authenticate"), f"the challenge of {about}")


@law("W50-wrong-credentials-refused")
def one_right_credential_excuses_no_wrong_one(check: Check) -> None:
    """The right key beside a wrong password, a wrong key beside the right one, and both wrong."""
    key = dict(check.credential("api_key").headers)
    own = {name: value for name, value in check.default_headers.items() if name.lower() == AUTHORIZATION.lower()}
    pairs = {
        "the right key and a wrong user": {**key, AUTHORIZATION: written("Basic", "nobody", "nothing")},
        "the right key and what is no user": {**key, AUTHORIZATION: "Basic !!!"},
    }
    if own:
        pairs["the right user and a wrong key"] = {**own, _KEY: check.fresh("nobody")}
    for operation_id in check.some(operations(check, "W50-wrong-credentials-refused"), 3):
        for about, headers in pairs.items():
            response = check.call(operation_id, headers=headers, credentials=NONE)
            check.equal(_UNAUTHORIZED, response.status, f"{operation_id} with {about}")
