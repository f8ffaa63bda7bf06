"""The compiled corpus.

Every case that follows from the contract's schemas, made once for each contract, then sent in each run.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from mailproof.pointers import mapping, resolve, token
from mailproof_conformance import cache, schemathesis_adapter, wire
from mailproof_conformance.case import Case
from mailproof_conformance.corpus_bodies import Bodies, families, one_of_each_family
from mailproof_conformance.corpus_sending import API_KEY, send_case
from mailproof_conformance.formats import is_json
from mailproof_conformance.front import answer_level, level_of, problem_of
from mailproof_conformance.quick_shares import in_share
from mailproof_conformance.rpc import conditions_document, params_document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof.promises import Contract, Level, Operation
    from mailproof_conformance.schemathesis_adapter import Generated

_EDITION = 4
"""Raised whenever the same contract compiles to other cases."""

_UNDEFINED = frozenset({"object_unexpected_properties", "duplicate_parameter"})
"""Scenarios that OpenAPI leaves open where they concern a query.

The answer has to keep the contract, whatever it is.
"""

_READ_ONLY = ": Value is not allowed"
"""How a case is described that sends a member which only answers have: OpenAPI lets a server pass over it."""

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
    compiled = load(contract)
    spared = _spared(contract, compiled)
    for case in compiled:
        yield Case(
            id=case.id,
            kind="corpus",
            operations=(case.operation,),
            promise=_promise(case),
            source=_source(contract, case.operation),
            level=_level(contract, case),
            run=partial(send_case, case),
            in_quick=case.id not in spared,
        )


def _spared(contract: Contract, compiled: tuple[WireCase, ...]) -> set[str]:
    """The ids of what `quick` leaves out: a body that several operations take is sent to one of them, by turns."""
    alike: dict[tuple[str | None, str], list[str]] = {}
    for case in compiled:
        if case.mode == "positive" and case.location == "body" and case.body is not None:
            alike.setdefault((case.media_type, case.body), []).append(case.id)
    return {
        identity
        for body, ids in enumerate(alike.values())
        for place, identity in enumerate(ids)
        if not in_share(contract, place, body, len(ids))
    }


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
        yield from _rest_cases(contract)
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
            yield _rpc_case(item, [API_KEY, json.loads(item.body)])


def _examples(contract: Contract) -> Iterator[WireCase]:
    """The contract's own request examples, as they are printed."""
    for operation in contract.operations:
        if "x-rpc-methods" in operation.definition:
            continue
        for media_type in families(contract, wire.request_types(operation)):
            place = f"{operation.pointer}/requestBody/content/{token(media_type)}"
            for name in mapping(resolve(contract.document, place)[0].get("examples")):
                value = resolve(contract.document, f"{place}/examples/{token(name)}")[0]["value"]
                body = json.dumps(value)
                yield WireCase(operation.id, "positive", f"example {name}", "body", None, {}, (), {}, media_type, body)


def _rest_cases(contract: Contract) -> Iterator[WireCase]:
    bodies = Bodies(contract)
    passed: set[tuple[str, str]] = set()
    for item in schemathesis_adapter.enumerate_cases(one_of_each_family(contract)):
        mode = _mode(contract, bodies, item)
        if mode is None:
            continue
        if mode == "neutral":
            # Eight values of a member that a request may not have say no more than the first.
            if (item.operation, item.description) in passed:
                continue
            passed.add((item.operation, item.description))
        yield WireCase(
            operation=item.operation,
            mode=mode,
            description=item.description,
            location=item.location,
            parameter=item.parameter,
            path=item.path,
            query=item.query,
            headers=item.headers,
            media_type=item.media_type,
            body=item.body,
        )


def _mode(contract: Contract, bodies: Bodies, item: Generated) -> Mode | None:
    """What is expected of a request; None for one that is not what it was made to be once it is on the wire."""
    operation = contract.operation(item.operation)
    if item.location == "query" and (item.scenario in _UNDEFINED or _is_of_any_name(operation, item.parameter)):
        return "neutral" if item.mode == "negative" else item.mode
    if item.location == "body" and item.body is not None and item.media_type is not None:
        if item.description.endswith(_READ_ONLY):
            return "neutral" if is_json(item.media_type) else None
        return bodies.judged(operation, item.media_type, json.loads(item.body), item.mode)
    return item.mode


def _is_of_any_name(operation: Operation, name: str | None) -> bool:
    """Whether a parameter stands for query names of any kind: whatever has its own name is one of those."""
    declared = [item for item in operation.definition["parameters"] if item["in"] == "query" and item["name"] == name]
    return any(mapping(item.get("schema")).get("type") == "object" for item in declared)


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
    refusal = problem_of(contract, "bad-request")
    if case.mode == "negative" and refusal is not None and refusal.level == "assumed":
        return "assumed"
    return answer_level(contract.operation(case.operation))
