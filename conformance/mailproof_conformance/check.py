"""What a case holds in its hand: the target, the contract, and the ways to say what is expected."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NoReturn, cast
from urllib.parse import urlsplit

from mailproof.pointers import mapping, sequence
from mailproof_conformance import wire
from mailproof_conformance.exchange import Response, RpcAnswer
from mailproof_conformance.formats import is_json
from mailproof_conformance.properties import run_machine, run_property
from mailproof_conformance.rpc import Wanted, judge_call
from mailproof_conformance.sameness import same
from mailproof_conformance.target import Credential
from mailproof_conformance.verdicts import Broken, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from hypothesis.stateful import RuleBasedStateMachine
    from hypothesis.strategies import SearchStrategy

    from mailproof.promises import Contract, Effect, Operation
    from mailproof_conformance.exchange import Exchange
    from mailproof_conformance.expectation import Expectations, Finding
    from mailproof_conformance.session import Profile, Session


class Credentials(Enum):
    """Whose credentials a request carries, where it is not one of the target's further ones by name."""

    DEFAULT = "default"
    NONE = "none"


_REMEMBERED = 50

DEFAULT: Literal[Credentials.DEFAULT] = Credentials.DEFAULT
NONE: Literal[Credentials.NONE] = Credentials.NONE


class Check:
    """The one argument of a case: makes requests and judges what comes back.

    A method that judges raises Broken (verdict `fail`); `skip` and a missing sample raise Skipped; a request
    that the safety rule forbids raises Disabled.
    """

    def __init__(self, session: Session, case_id: str) -> None:
        self._session = session
        self._case_id = case_id
        self._seen: deque[tuple[str, Response]] = deque(maxlen=_REMEMBERED)
        # The last answers, each with the operation (or JSON-RPC method) that was asked for it.

    @property
    def contract(self) -> Contract:
        """The contract that is checked."""
        return self._session.contract

    @property
    def profile(self) -> Profile:
        """`quick`, `standard` or `deep`."""
        return self._session.profile

    @property
    def seed(self) -> int:
        """The seed of this case: it follows from the run's seed and the case's id."""
        return self._session.seed_for(self._case_id)

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
    ) -> Response:
        """The answer to an operation.

        `path` fills the parameters of the path (percent-encoded); those left out come from the target's
        samples; `template` replaces the path that they are filled into. `body` is a JSON-able value, written in
        `content_type` (by default the operation's first): JSON, XML by the contract, or a form, whose fields may be
        `wire.File`s if it is multipart; bytes go as they are; None is no body. `accept` is by default the operation's
        first media type. `headers` has the last word; a None there takes a header out. `raw_query` (`?` and what
        follows) replaces `query`.
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
        response = self._session.send(wire.request(operation.method.upper(), target, merged, content))
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
        return self._remember(operation, response)

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
        return self.rpc_call(call)

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

    def sample(self, name: str) -> Any:
        """A value that the target is known to hold.

        The case is skipped where the target does not offer it.
        """
        samples: Any = self._session.target.samples
        if name in samples:
            return samples[name]
        for part in name.split("."):
            if not isinstance(samples, dict) or part not in samples:
                self.skip(f"the target offers no sample {name!r}")
            samples = cast("dict[str, Any]", samples)[part]
        return samples

    def path_value(self, operation: Operation, parameter: Mapping[str, Any]) -> Any:
        """A value for a parameter of a path: the target's sample of its name.

        Where only some words are allowed it is one of those, whatever the sample is. Skips as `sample` does.
        """
        name, words = parameter["name"], sequence(mapping(parameter.get("schema")).get("enum"))
        own = self.samples_for(operation)
        if not words:
            return own[name] if name in own else self.sample(name)
        return own[name] if own.get(name) in words else parameter.get("example", words[0])

    def samples_for(self, operation: Operation) -> Mapping[str, Any]:
        """Every value that the target is known to hold, by name; what stands under the operation's name goes before."""
        samples = self._session.target.samples
        own = mapping(samples.get(operation.id))
        return {**samples, **own} if own else samples

    @property
    def samples(self) -> dict[str, Any]:
        """Every value that the target is known to hold, by name."""
        return dict(self._session.target.samples)

    @property
    def on_loopback(self) -> bool:
        """Whether the target is on this machine."""
        return self._session.client.address.loopback

    @property
    def base_url(self) -> str:
        """The target's base URL, without a slash at the end."""
        return self._session.target.base_url

    @property
    def root_url(self) -> str:
        """The URL one level above, where the contract's `x-root` paths are."""
        return self.base_url.removesuffix(self._session.target.prefix) + self._session.target.root_prefix

    @property
    def default_headers(self) -> dict[str, str]:
        """The headers of the target's own credentials."""
        return dict(self._session.target.credential.headers)

    def api_key(self) -> str:
        """The target's API key; the case is skipped where the target offers none."""
        key = self._session.target.credential.api_key
        if key is None:
            self.skip("the target offers no API key")
        return key

    def credential(self, name: str) -> Credential:
        """One of the target's further callers; the case is skipped where the target does not offer it."""
        if name not in self._session.target.others:
            self.skip(f"the target offers no credentials {name!r}")
        return self._session.target.others[name]

    def equal(self, expected: object, actual: object, about: str) -> None:
        """Raises Broken unless the two are the same JSON value."""
        if not same(expected, actual):
            raise Broken(about, expected, actual)

    def true(self, condition: object, about: str, *, expected: object = True, actual: object = None) -> None:
        """Raises Broken unless the condition holds."""
        if not condition:
            raise Broken(about, expected, condition if actual is None else actual)

    def skip(self, reason: str) -> NoReturn:
        """Ends the case: the target does not offer what it needs."""
        raise Skipped(reason)

    def fresh(self, prefix: str) -> str:
        """A name that nobody used before in this run, the same in every run with the same seed."""
        return self._session.fresh(self._case_id, prefix)

    @property
    def expectations(self) -> Expectations:
        """The judge of answers to this contract."""
        return self._session.expectations

    def conforms(self, operation_id: str, response: Response) -> None:
        """Raises Broken unless an answer to an operation keeps the contract.

        Status, media type, headers, body.
        """
        self.accept(self.expectations.judge(self.contract.operation(operation_id), response))

    def problem(self, name: str, response: Response) -> None:
        """Raises Broken unless an answer is the contract's error answer of that name."""
        if name not in self.expectations.problems:
            self.skip(f"the contract has no error answer {name!r}")
        self.accept(self.expectations.judge_problem(name, response))

    def judge_seen(self) -> Iterator[Finding]:
        """What is wrong, by the contract, with the last answers of operations, the newest first."""
        for name, response in reversed(self._seen):
            if name not in self.contract.rpc_methods:
                yield from self.expectations.judge(self.contract.operation(name), response)
            elif is_json(response.media_type):
                yield from self.expectations.judge_result(name, mapping(response.json()).get("result", {}))

    def record(self, exchange: Exchange) -> None:
        """Notes an exchange that did not go through the client."""
        self._session.client.record(exchange)

    def answers(self, method: str, answer: RpcAnswer, wanted: Wanted) -> None:
        """Raises Broken unless the answer to a 2.0 call with id 1 keeps the contract and is as wanted."""
        self.accept(judge_call(self.expectations, self.contract, method, answer, wanted))

    def accept(self, findings: Iterable[Finding]) -> None:
        """Raises Broken for the first of some findings."""
        for finding in findings:
            raise finding.broken()

    def fits(self, pointer: str, value: object) -> bool:
        """Whether a value fits the schema at a pointer of the contract."""
        return self.expectations.validator(pointer).is_valid(value)

    def forall(
        self,
        strategy: SearchStrategy[Any],
        function: Callable[[Any], object],
        examples: Iterable[Any] | None = None,
        *,
        most: int | None = None,
    ) -> None:
        """Runs a function on values that a Hypothesis strategy draws, and on the examples.

        The same ones for the same seed. `most` caps their number in every profile, for a case that leaves
        something behind with each value, which makes the next one slower.
        """
        run_property(
            strategy,
            function,
            examples=examples or (),
            profile=self.profile,
            case_seed=self.seed,
            most=most,
        )

    def machine(
        self,
        factory: Callable[[Check], type[RuleBasedStateMachine]],
        *,
        most: int | None = None,
        least: int = 1,
    ) -> None:
        """Runs the Hypothesis state machine that the factory makes for this check.

        `most` as in `forall`; `least` is for a machine in which a few runs meet too little.
        """
        run_machine(factory(self), profile=self.profile, case_seed=self.seed, most=most, least=least)

    def _remember(self, operation: Operation, response: Response) -> Response:
        self._seen.append((operation.id, response))
        return replace(response, reader=partial(self.expectations.read, operation))

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

    def _credential(self, credentials: Credentials | str) -> Credential:
        if credentials is DEFAULT:
            return self._session.target.credential
        return Credential() if isinstance(credentials, Credentials) else self.credential(credentials)

    def _key(self, key: Credentials | str) -> list[str]:
        if key is NONE:
            return []
        if isinstance(key, str):
            return [self._session.target.others[key].api_key or key] if key in self._session.target.others else [key]
        return [self.api_key()]
