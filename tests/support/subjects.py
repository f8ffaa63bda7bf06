"""What the generated faults are planted in: the operations and methods of a contract, as requests ask them."""

# JSON of any shape passes through here, and mypy sees to the rest.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from in_process import Plant
from places import Places, calls
from planting import Fault, Owner

from mailproof import contract
from mailproof.pointers import mapping, token
from mailproof_conformance import wire
from mailproof_conformance.formats import is_json, is_xml

if TYPE_CHECKING:
    from collections.abc import Callable

    from in_process import Forward, Mangle

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.exchange import Request, Response

ANSWERS = ("corpus", "media-types", "text", "agreement", "laws")
"""The kinds of check that hold every answer against its description."""


@cache
def places(provider: str) -> Places:
    """The paths of a provider's contract."""
    return Places(contract(provider))


@dataclass(frozen=True)
class Subject:
    """One operation, or one JSON-RPC method."""

    provider: str
    id: str
    operation: Operation

    @property
    def contract(self) -> Contract:
        """The contract that it is of."""
        return contract(self.provider)

    @property
    def is_method(self) -> bool:
        """Whether it is a JSON-RPC method."""
        return self.id in self.contract.rpc_methods

    @property
    def effect(self) -> str:
        """`read`, `write` or `send`."""
        return str(self.contract.rpc_methods[self.id]["effect"]) if self.is_method else self.operation.effect

    @property
    def types(self) -> tuple[str, ...]:
        """The media types of a successful answer."""
        return wire.success_types(self.operation)

    @property
    def statuses(self) -> set[str]:
        """The statuses that the contract has for it."""
        return set(self.operation.definition["responses"])

    @property
    def answer(self) -> str | None:
        """The pointer of the schema of a successful answer in JSON, or of a result; None where there is none."""
        if self.is_method:
            return str(self.contract.rpc_methods[self.id]["result"])
        status = min((name for name in self.statuses if name.startswith("2")), default=None)
        media_type = next(filter(is_json, self.types), None)
        if status is None or media_type is None:
            return None
        return f"{self.operation.pointer}/responses/{status}/content/{token(media_type)}/schema"

    @property
    def body(self) -> str | None:
        """The pointer of the schema of a JSON body, or of a method's conditions; None where there is none."""
        if self.is_method:
            params = self.contract.rpc_methods[self.id]["params"]
            return str(params[1]) if len(params) > 1 else None
        media_type = next(filter(is_json, wire.request_types(self.operation)), None)
        return f"{self.operation.pointer}/requestBody/content/{token(media_type)}/schema" if media_type else None

    @property
    def in_xml(self) -> bool:
        """Whether it answers in XML too."""
        return any(map(is_xml, self.types))

    def asked(self, request: Request) -> bool:
        """Whether a request asks it."""
        if self.is_method:
            return any(call.get("method") == self.id for call in calls(request))
        return places(self.provider).operation(request) == self.operation

    def fault(
        self,
        kind: str,
        plant: Callable[[], Plant],
        *kinds: str,
        name: str = "",
        clause: str | None = None,
    ) -> Fault:
        """A fault in it, which checks of some kinds on it have to notice, or a clause."""
        owner = Owner(clause=clause) if clause else Owner(kinds=frozenset(kinds), operation=self.id)
        whole = f"{self.provider}/{self.id}/{kind}{'/' if name else ''}{name}"
        return Fault(whole, self.provider, kind, owner, plant, frozenset({self.id}))

    # What stands in front of it

    def told(self, change: Callable[[Request, Response], Response]) -> Plant:
        """A server that answers something else."""
        return Plant(self.mangle(lambda request, forward: change(request, forward(request))))

    def heard(self, change: Callable[[Request], Request]) -> Plant:
        """A server that takes its requests for others."""
        return Plant(self.mangle(lambda request, forward: forward(change(request))))

    def mangle(self, inner: Mangle) -> Mangle:
        """What stands in front of this operation and no other."""
        return lambda request, forward: inner(request, forward) if self.asked(request) else forward(request)

    def says(self, change: Callable[[Any], Any]) -> Plant:
        """A server whose successful answers in JSON, or whose results, are others."""
        if self.is_method:
            return Plant(self._results(change))

        def told(_: Request, response: Response) -> Response:
            if response.status // 100 != 2 or not is_json(response.media_type) or not response.body:
                return response
            value = response.json()
            new = change(value)
            return response if new == value and type(new) is type(value) else with_json(response, new)

        return self.told(told)

    def _results(self, change: Callable[[Any], Any]) -> Mangle:
        def inner(request: Request, forward: Forward) -> Response:
            response = forward(request)
            asked = {repr(call.get("id")) for call in calls(request) if call.get("method") == self.id}
            return with_answers(response, lambda said: _with_result(said, asked, change))

        return self.mangle(inner)

    def tells(self, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Plant:
        """A JSON-RPC server whose envelopes are others."""

        def inner(request: Request, forward: Forward) -> Response:
            return with_answers(forward(request), change)

        return Plant(self.mangle(inner))


def _with_result(said: dict[str, Any], asked: set[str], change: Callable[[Any], Any]) -> dict[str, Any]:
    if repr(said.get("id")) not in asked or said.get("result") is None:
        return said
    return {**said, "result": change(said["result"])}


def with_answers(response: Response, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Response:
    """A JSON-RPC answer, or each of a batch, changed."""
    try:
        value: Any = json.loads(response.content)
    except ValueError:
        return response
    if isinstance(value, list):
        items = [change(item) if isinstance(item, dict) else item for item in cast("list[Any]", value)]
        return response if items == value else with_json(response, items)
    if not isinstance(value, dict):
        return response
    new = change(cast("dict[str, Any]", value))
    return response if repr(new) == repr(cast("object", value)) else with_json(response, new)


def with_json(response: Response, value: object) -> Response:
    """An answer with another value in it."""
    headers = {
        name: text for name, text in response.headers.items() if name not in {"content-encoding", "content-length"}
    }
    return replace(response, headers=headers, body=json.dumps(value, separators=(",", ":")).encode())


@cache
def subjects(provider: str) -> tuple[Subject, ...]:
    """Every operation of a provider; of a JSON-RPC API every method."""
    own = contract(provider)
    if not own.rpc_methods:
        return tuple(Subject(provider, operation.id, operation) for operation in own.operations)
    endpoint = next(item for item in own.operations if "x-rpc-methods" in item.definition)
    return tuple(Subject(provider, name, endpoint) for name in own.rpc_methods)


def whole(
    provider: str, kind: str, plant: Callable[[], Plant], *kinds: str, name: str = "", clause: str | None = None
) -> Fault:
    """A fault of the whole API."""
    owner = Owner(clause=clause) if clause else Owner(kinds=frozenset(kinds))
    return Fault(f"{provider}/whole API/{kind}{'/' if name else ''}{name}", provider, kind, owner, plant)


def problems(provider: str) -> dict[str, Any]:
    """The error answers of a contract by name."""
    return mapping(contract(provider).document.get("x-problems"))
