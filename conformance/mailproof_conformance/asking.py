"""How a case asks: an operation of the contract, a request as it stands, or a JSON-RPC call."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal, cast
from urllib.parse import urlsplit

from mailproof_conformance import wire
from mailproof_conformance.exchange import Response, RpcAnswer
from mailproof_conformance.holdings import DEFAULT, NONE, Credentials, Holdings
from mailproof_conformance.sameness import same
from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from contextlib import AbstractContextManager

    from mailproof.promises import Effect, Operation
    from mailproof_conformance.exchange import Exchange
    from mailproof_conformance.recollections import Recall

_ID_UNKNOWN = frozenset({-32700, -32600})
"""JSON-RPC 2.0: after a parse error and an invalid request the id of the answer is null."""


class Asking(Holdings):
    """Makes requests; one that the safety rule forbids raises Disabled."""

    def call(  # noqa: PLR0913 - one keyword for each part of a request
        self,
        operation_id: str,
        *,
        path: Mapping[str, Any] | None = None,
        template: str | None = None,
        query: Mapping[str, Any] | Iterable[tuple[str, Any]] = (),
        raw_query: str = "",
        headers: Mapping[str, str | None] | None = None,
        body: object = None,
        content_type: str | None = None,
        accept: str | None = None,
        credentials: Credentials | str = DEFAULT,
        recall: Recall = "never",
    ) -> Response:
        """The answer to an operation.

        `path` fills the parameters of the path (percent-encoded); those left out come from the target's
        samples; `template` replaces the path that they are filled into. `body` is a JSON-able value, written in
        `content_type` (by default the operation's first): JSON, XML by the contract, or a form, whose fields may be
        `wire.File`s if it is multipart; bytes go as they are; None is no body. `accept` is by default the operation's
        first media type. `headers` has the last word; a None there takes a header out. `raw_query` (`?` and what
        follows) replaces `query`. `recall` says when an answer from before will do, where it is a read that tells
        what others are held against.
        """
        operation = self.contract.operation(operation_id)
        content, declared = self._session.payloads.of(operation, body, content_type)
        parts = [item for item in operation.definition["parameters"] if item["in"] == "path"]
        values = {item["name"]: self.path_value(operation, item) for item in parts if item["name"] not in (path or {})}
        target = wire.path_of(self._session.target, operation, {**values, **(path or {})}, template)
        target += raw_query or wire.query_of(query)
        merged = {
            **self._standard_headers(operation, declared, accept, credentials),
            **(headers or {}),
        }
        response = self._session.send(wire.request(operation.method.upper(), target, merged, content), recall)
        return self._remember(operation, response)

    def written(self, operation: Operation, value: Any, content_type: str) -> tuple[bytes, str]:
        """A value, of which null is one, as the bytes of a body in a media type, and their Content-Type."""
        return self._session.payloads.written(operation, value, content_type)

    def send(  # noqa: PLR0913 - one keyword for each part of a request
        self,
        method: str,
        raw_path: str,
        *,
        headers: Mapping[str, str | None] | None = None,
        body: bytes = b"",
        credentials: Credentials | str = DEFAULT,
        effect: Effect = "read",
    ) -> Response:
        """The answer to a request whose path and query stand below the base URL exactly as given.

        `effect` says what the case means to do; the guard judges the request itself and never believes less.
        """
        del effect
        merged = {**self._credential(credentials).headers, **(headers or {})}
        return self._session.send(wire.request(method, self._session.target.prefix + raw_path, merged, body))

    def fetch(self, url: str) -> Response:
        """The answer to a GET, without credentials, of a URL that the target gave out.

        Skipped if it is another host's.
        """
        parts, own = urlsplit(url), urlsplit(self._session.target.base_url)
        if (parts.scheme, parts.netloc) != (own.scheme, own.netloc):
            self.skip(f"{url} is not on {own.netloc}, and requests go nowhere else")
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        return self._session.send(wire.request("GET", target, {}))

    def send_to(
        self,
        operation: Operation,
        method: str,
        values: Mapping[str, Any],
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str | None] | None = None,
    ) -> Response:
        """The answer to any verb at an operation's path, without a body."""
        target = wire.path_of(self._session.target, operation, values) + wire.query_of(query or {})
        taken = wire.takes_credentials(operation)
        merged = {**(self._session.target.credential.headers if taken else {}), **(headers or {})}
        response = self._session.send(wire.request(method, target, merged))
        return self._remember(operation, response) if method == operation.method.upper() else response

    def rpc(
        self,
        method: str,
        *params: object,
        id: object = 1,  # noqa: A002 - the member's own name
        version: Literal["1.0", "2.0"] = "2.0",
        key: Credentials | str = DEFAULT,
    ) -> RpcAnswer:
        """The answer to one JSON-RPC call; the API key goes in front of `params` unless `key` is NONE.

        `key` is the name of one of the target's further callers, or else the very text that is sent. `id` of
        None is a JSON null; `NONE` leaves the member out, which makes the call a notification.
        """
        call: dict[str, Any] = {"jsonrpc": "2.0"} if version == "2.0" else {}
        call |= {"method": method, "params": [*self._key(key), *params]}
        if id is not NONE:
            call["id"] = id
        answer = self.rpc_call(call)
        told = answer.envelope.get("id", id)
        if id is not NONE and (answer.error or {}).get("code") not in _ID_UNKNOWN and not same(id, told):
            raise Broken(f"the id of the answer to {method}", id, told)
        return answer

    def rpc_call(self, call: Mapping[str, Any]) -> RpcAnswer:
        """The answer to a JSON-RPC call that is sent as it is."""
        return self.rpc_bytes(str(call.get("method")), wire.body_of(call))

    def rpc_bytes(self, method: str, body: bytes) -> RpcAnswer:
        """The answer to a body that holds one call of a JSON-RPC method."""
        response = self.post(body)
        self._seen.append((method, response))
        envelope: Any = response.json() if response.body else {}
        if not isinstance(envelope, dict):
            raise Broken("the answer to a call", "a JSON object", envelope)
        self._session.exercised.called(method, cast("dict[str, Any]", envelope))
        return RpcAnswer(response=response, envelope=cast("dict[str, Any]", envelope))

    def post(
        self,
        body: object,
        content_type: str | None = "application/json",
        headers: Mapping[str, str | None] | None = None,
    ) -> Response:
        """The answer to whatever is posted to the JSON-RPC endpoint.

        Bytes as they are, anything else as JSON.
        """
        operation = next(item for item in self.contract.operations if "x-rpc-methods" in item.definition)
        merged = {"Content-Type": content_type, **self._session.target.credential.headers, **(headers or {})}
        target = wire.path_of(self._session.target, operation, {})
        response = self._session.send(wire.request("POST", target, merged, wire.body_of(body)))
        return self._remember(operation, response)

    def anew(self) -> None:
        """What was asked until now has nothing to do with what follows: where that breaks, it is not told."""
        self._session.tell()

    def tidying(self) -> AbstractContextManager[None]:
        """What is asked meanwhile tidies up: a case that broke before is told without it."""
        return self._session.aside()

    def record(self, exchange: Exchange) -> None:
        """Notes an exchange that did not go through the client."""
        self._session.record(exchange)

    def _remember(self, operation: Operation, response: Response) -> Response:
        self._seen.append((operation.id, response))
        reader = partial(self.expectations.read, operation)
        return Response(response.status, response.headers, response.body, reader)

    def _standard_headers(
        self,
        operation: Operation,
        content_type: str | None,
        accept: str | None,
        credentials: Credentials | str,
    ) -> dict[str, str | None]:
        headers: dict[str, str | None] = {"Accept": accept or next(iter(wire.success_types(operation)), "*/*")}
        if content_type is not None:
            headers["Content-Type"] = content_type
        if credentials is not DEFAULT or wire.takes_credentials(operation):
            headers.update(self._credential(credentials).headers)
        return headers
