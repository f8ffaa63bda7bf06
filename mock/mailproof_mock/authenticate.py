"""Whom a request speaks for: its credentials, held against the contract's security schemes and the fixtures."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import TYPE_CHECKING, Any, Protocol, cast

from mailproof.promises import ContractError
from mailproof_mock.call import Login, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mailproof_mock.fixtures import Credential

ANONYMOUS = Login("", {})
_REFUSED = Login("", {})  # another object than ANONYMOUS: a credential was sent, and it is wrong


class _Scheme(Protocol):
    def login(self, headers: Mapping[str, str]) -> Login | None:
        """None: no such credential was sent; `_REFUSED`: one was, and it is wrong."""


class _Basic:
    """HTTP Basic (RFC 7617).

    A right header in its usual spelling is found by its digest, as a key is. Of any other the parts are compared as
    bytes in constant time, a user that does not exist included.
    """

    def __init__(self, credentials: Iterable[Credential]) -> None:
        secrets = [(c.secret["username"], c.secret["password"].encode(), _standing(c)) for c in credentials]
        self._known = {username: (password, login) for username, password, login in secrets}
        self._by_header = {_digest(_written(username, password)): login for username, password, login in secrets}

    def login(self, headers: Mapping[str, str]) -> Login | None:
        value = headers.get("authorization")
        if value is None:
            return None
        login = self._by_header.get(_digest(value))
        if login is not None:
            return login
        kind, _, token = value.partition(" ")
        if kind.lower() != "basic":
            return _REFUSED
        try:
            text = base64.b64decode(token.strip(), validate=True).decode()
        except (binascii.Error, ValueError):
            return _REFUSED
        username, _, password = text.partition(":")
        expected, login = self._known.get(username, (b"\0", _REFUSED))
        return login if hmac.compare_digest(expected, password.encode()) else _REFUSED


class _Key:
    """A key in a header. Found by its digest, so that the time of the look-up says nothing about the key."""

    def __init__(self, header: str, credentials: Iterable[Credential]) -> None:
        self._header = header.lower()
        self._known = {_digest(credential.secret["key"]): _standing(credential) for credential in credentials}

    def login(self, headers: Mapping[str, str]) -> Login | None:
        value = headers.get(self._header)
        return None if value is None else self._known.get(_digest(value), _REFUSED)


class Authenticator:
    """Checks credentials for one API.

    A credential that is sent is checked even where the operation does not need it: a wrong one is refused, and two
    must belong to one account. A caller whom the fixtures call `active: false` is refused as if unknown.
    """

    def __init__(self, document: Mapping[str, Any], credentials: Sequence[Credential]) -> None:
        schemes = cast("dict[str, dict[str, Any]]", document.get("components", {}).get("securitySchemes", {}))
        self._declared = schemes
        self._schemes = {
            name: _scheme(name, scheme, [credential for credential in credentials if credential.scheme == name])
            for name, scheme in schemes.items()
        }
        self._keys = {_digest(c.secret["key"]): c.login for c in credentials if c.scheme not in schemes}

    def login(self, headers: Mapping[str, str], security: Sequence[Mapping[str, Any]]) -> Login:
        """The login of a request under an operation's `security`. Raises Problem("unauthorized")."""
        if not security:
            return ANONYMOUS
        sent: dict[str, Login] = {}
        for name, scheme in self._schemes.items():
            login = scheme.login(headers)
            if login is None:
                continue
            if login is _REFUSED:
                raise Problem("unauthorized")
            sent[name] = login
        if len(sent) > 1 and len({login.account for login in sent.values()}) > 1:
            raise Problem("unauthorized")
        for alternative in security:
            if alternative.keys() <= sent.keys():
                return next(iter(sent.values()), ANONYMOUS)
        raise Problem("unauthorized")

    def require(self, security: Sequence[Mapping[str, Any]], where: str) -> None:
        """Raises ContractError where an operation asks for a security scheme that the contract does not declare."""
        for name in (name for alternative in security for name in alternative):
            if name not in self._schemes:
                known = ", ".join(self._schemes) or "none"
                raise ContractError(f"{where}: security: no security scheme {name!r} is declared; there is {known}")

    def by_scheme(self, scheme: Mapping[str, Any], headers: Mapping[str, str]) -> Login | None:
        """The login of the credential of one security scheme; None when none was sent.

        Raises Problem("unauthorized").
        """
        name = next(name for name, known in self._declared.items() if known == scheme)
        login = self._schemes[name].login(headers)
        if login is _REFUSED:
            raise Problem("unauthorized")
        return login

    def by_key(self, key: str) -> Login | None:
        """The login of a key that travels in a body (JSON-RPC)."""
        return self._keys.get(_digest(key))


def _scheme(name: str, scheme: Mapping[str, Any], credentials: Sequence[Credential]) -> _Scheme:
    if scheme.get("type") == "http" and str(scheme.get("scheme", "")).lower() == "basic":
        return _Basic(credentials)
    if scheme.get("type") == "apiKey" and scheme.get("in") == "header":
        return _Key(scheme["name"], credentials)
    raise ContractError(f"security scheme {name}: the mock knows HTTP Basic and an apiKey in a header, not {scheme}")


def _standing(credential: Credential) -> Login:
    """Whom a credential stands for: nobody, where the caller is not active."""
    return _REFUSED if credential.login.caller.get("active") is False else credential.login


def _written(username: str, password: bytes) -> str:
    """The header as most clients write it."""
    return "Basic " + base64.b64encode(b"%b:%b" % (username.encode(), password)).decode()


def _digest(text: str) -> bytes:
    return hashlib.blake2s(text.encode("utf-8", "surrogatepass")).digest()
