"""Basic credentials as they travel: those of the target taken apart, others put together."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailproof_conformance.check import Check

AUTHORIZATION = "Authorization"


def own(check: Check) -> tuple[str, str]:
    """User and password of the target's own Basic credentials; skips where it has others."""
    headers = check.default_headers.items()
    value = next((value for name, value in headers if name.lower() == AUTHORIZATION.lower()), "")
    scheme, _, text = value.partition(" ")
    try:
        user, colon, password = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        user, colon, password = "", "", ""
    if scheme.lower() != "basic" or not colon:
        check.skip("the target's credentials are not Basic ones")
    return user, password


def basic(user: str, password: str) -> dict[str, str]:
    """The header of Basic credentials."""
    return {AUTHORIZATION: written("Basic", user, password)}


def written(scheme: str, user: str, password: str) -> str:
    """User and password as a value of the header, under the name of a scheme."""
    return f"{scheme} " + base64.b64encode(f"{user}:{password}".encode()).decode()
