"""The compiled corpus.

Every case that follows from the contract's schemas, made once for each contract, then replayed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, cast

from mailproof.pointers import mapping, resolve, sequence, token
from mailproof_conformance import cache, schemathesis_adapter, wire
from mailproof_conformance.case import Case
from mailproof_conformance.front import answer_level, level_of, problems_of
from mailproof_conformance.rpc import conditions_document, params_document
from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof.promises import Contract, Level, Operation
    from mailproof_conformance.check import Check
    from mailproof_conformance.schemathesis_adapter import Generated

_EDITION = 2
"""Raised whenever the same contract compiles to other cases."""

_REFUSALS = frozenset({400, 401, 403, 405, 406, 413, 414, 415, 422})
_UNDEFINED = frozenset({"object_unexpected_properties", "duplicate_parameter"})
"""Scenarios that OpenAPI leaves open where they concern a query.

The answer has to keep the contract, whatever it is.
"""

_KEY = "${api_key}"
"""Stands in compiled params for the key of the target."""

Mode = Literal["positive", "negative", "neutral"]


@dataclass(frozen=True, slots=True)
class WireCase:
    """One request of the corpus as it goes on the wire, but for the values that only the target knows."""

    operation: str
    mode: Mode
    description: str
    location: str | None
    parameter: str | None
    path: Mapping[str, str]
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    media_type: str | None
    body: str | None

    @property
    def id(self) -> str:
        """The case's id: it follows from the request, so other cases may come and go."""
        identity = json.dumps(
            [self.mode, self.path, self.query, self.headers, self.media_type, self.body], sort_keys=True
        )
        return f"corpus/{self.operation}/{self.mode}-{hashlib.sha256(identity.encode()).hexdigest()[:10]}"


def cases(contract: Contract) -> Iterator[Case]:
    """Every case of the corpus, in a fixed order; compiled if this contract never was before."""
    for case in load(contract):
        yield Case(
            id=case.id,
            kind="corpus",
            operations=(case.operation,),
            promise=_promise(case),
            source=_source(contract, case.operation),
            level=_level(contract, case),
            run=partial(_replay, case),
        )


def load(contract: Contract) -> tuple[WireCase, ...]:
    """The corpus of a contract, from the cache folder if it is there."""
    version = schemathesis_adapter.installed_version()
    name = f"corpus/{contract.digest[:32]}-{version}-{_EDITION}.json"
    known = cache.load(name)
    if known is None:
        compiled = compile_corpus(contract)
        cache.store(name, [asdict(case) for case in compiled])
        return compiled
    return tuple(_from_json(entry) for entry in known)


def _from_json(entry: dict[str, Any]) -> WireCase:
    query = tuple((str(key), str(value)) for key, value in entry.pop("query"))
    return WireCase(query=query, **entry)


def compile_corpus(contract: Contract) -> tuple[WireCase, ...]:
    """The corpus of a contract; each request once."""
    unique = {case.id: case for case in (*_examples(contract), *_enumerated(contract))}
    return tuple(unique.values())


def _enumerated(contract: Contract) -> Iterator[WireCase]:
    if not contract.rpc_methods:
        yield from (_rest_case(item) for item in schemathesis_adapter.enumerate_cases(contract.document))
        return
    for item in schemathesis_adapter.enumerate_cases(params_document(contract)):
        if item.body is None:
            continue
        params = json.loads(item.body)
        # Allowed conditions come from the other document; this one has an empty object in their place.
        if item.mode == "negative" or len(params) == 1:
            yield _rpc_case(item, params)
    for item in schemathesis_adapter.enumerate_cases(conditions_document(contract)):
        if item.body is not None:
            yield _rpc_case(item, [_KEY, json.loads(item.body)])


def _examples(contract: Contract) -> Iterator[WireCase]:
    """The contract's own request examples, as they are printed."""
    for operation in contract.operations:
        if "x-rpc-methods" in operation.definition:
            continue
        for media_type in wire.request_types(operation):
            place = f"{operation.pointer}/requestBody/content/{token(media_type)}"
            for name in mapping(resolve(contract.document, place)[0].get("examples")):
                value = resolve(contract.document, f"{place}/examples/{token(name)}")[0]["value"]
                body = json.dumps(value)
                yield WireCase(operation.id, "positive", f"example {name}", "body", None, {}, (), {}, media_type, body)


def _rest_case(item: Generated) -> WireCase:
    open_ended = item.scenario in _UNDEFINED and item.location == "query"
    return WireCase(
        operation=item.operation,
        mode="neutral" if open_ended else item.mode,
        description=item.description,
        location=item.location,
        parameter=item.parameter,
        path=item.path,
        query=item.query,
        headers=item.headers,
        media_type=item.media_type,
        body=None if item.body is None else item.body.decode(),
    )


def _rpc_case(item: Generated, params: Any) -> WireCase:
    body = json.dumps(params)
    return WireCase(item.operation, item.mode, item.description, "body", None, {}, (), {}, "application/json", body)


def _promise(case: WireCase) -> str:
    what = case.description[:1].lower() + case.description[1:]
    where = f" in `{case.parameter}`" if case.parameter and case.location != "body" else ""
    if case.mode == "positive":
        return f"A request that the contract allows is taken and answered by it ({what}{where})."
    if case.mode == "negative":
        return f"A request that the contract does not allow is refused as it says ({what}{where})."
    return f"A request with something undeclared in it is answered by the contract ({what}{where})."


def _source(contract: Contract, name: str) -> str:
    if name in contract.rpc_methods:
        operation = next(item for item in contract.operations if "x-rpc-methods" in item.definition)
        return f"{operation.pointer}/x-rpc-methods/{name}"
    return contract.operation(name).pointer


def _level(contract: Contract, case: WireCase) -> Level:
    if case.operation in contract.rpc_methods:
        invalid = contract.document.get("x-rpc-errors", {}).get("invalid-params", {}).get("x-standing")
        own = contract.rpc_methods[case.operation].get("x-standing")
        return level_of(own, invalid if case.mode == "negative" else None)
    refusal = problems_of(contract).get("bad-request")
    if case.mode == "negative" and refusal is not None and refusal.level == "assumed":
        return "assumed"
    return answer_level(contract.operation(case.operation))


def _replay(case: WireCase, check: Check) -> None:
    if case.operation in check.contract.rpc_methods:
        _replay_rpc(case, check)
        return
    operation = check.contract.operation(case.operation)
    response = check.call(
        operation.id,
        path=dict(_path_values(case, operation, check)),
        query=case.query,
        headers=case.headers,
        body=_body(case, operation, check),
        content_type=case.media_type,
    )
    check.conforms(operation.id, response)
    if case.mode == "positive" and response.status in _REFUSALS:
        raise Broken(
            "the request is taken",
            "a status that does not refuse the request",
            f"{response.status} {response.text[:300]}",
        )
    if case.mode == "negative" and not 400 <= response.status < 500:  # noqa: PLR2004 - the client errors
        raise Broken("the request is refused", "a client error (4xx)", f"{response.status} {response.text[:300]}")


def _replay_rpc(case: WireCase, check: Check) -> None:
    params = json.loads(case.body or "null")
    pointer = check.contract.rpc_methods[case.operation]["params"][0]
    values = sequence(params)
    if values and (values[0] == _KEY or check.fits(pointer, values[0])):
        params = [check.api_key(), *values[1:]]
    body: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": case.operation, "params": params}
    answer = check.rpc_call(body)
    check.answers(case.operation, answer, "success" if case.mode == "positive" else "error")


def _path_values(case: WireCase, operation: Operation, check: Check) -> Iterator[tuple[str, Any]]:
    """The path's values: that under test as compiled, the others from the target where it offers them."""
    for name in wire.path_parameters(operation):
        tested = case.location == "path" and case.parameter in (name, None)
        yield name, wire.Encoded(case.path[name]) if tested and name in case.path else check.sample(name)


def _body(case: WireCase, operation: Operation, check: Check) -> Any:
    """The compiled body; members that merely repeat the contract's example take the target's own values."""
    if case.body is None:
        return None
    value = json.loads(case.body)
    if not isinstance(value, dict):
        return case.body.encode()
    members = cast("dict[str, Any]", value)
    examples = _member_examples(check.contract, operation, case.media_type or "")
    same = {name for name, item in members.items() if name in examples and examples[name] == item}
    return {name: check.samples.get(name, item) if name in same else item for name, item in members.items()}


def _member_examples(contract: Contract, operation: Operation, media_type: str) -> dict[str, Any]:
    schema, place = resolve(contract.document, f"{operation.pointer}/requestBody/content/{token(media_type)}/schema")
    names = mapping(schema.get("properties"))
    found = {name: resolve(contract.document, f"{place}/properties/{token(name)}")[0] for name in names}
    return {name: item["example"] for name, item in found.items() if "example" in item}
