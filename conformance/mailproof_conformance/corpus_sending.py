"""Sends one case of the corpus, with what the target really holds put in, and judges the answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mailproof.pointers import mapping, sequence
from mailproof_conformance import binding, specimen, wire
from mailproof_conformance.corpus_bodies import with_files
from mailproof_conformance.expectation import shown
from mailproof_conformance.refusals import as_promised
from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof.promises import Operation
    from mailproof_conformance.check import Check
    from mailproof_conformance.corpus import WireCase

API_KEY = "${api_key}"
"""Stands in compiled params for the key of the target."""

_REFUSALS = frozenset({400, 401, 403, 405, 406, 413, 414, 415, 422})
"""Statuses that say that the request itself is wrong.

404, 409 and 417 say that it does not go with what the server holds, which no schema knows.
"""


def send_case(case: WireCase, check: Check) -> None:
    """Sends the case; raises Broken where the answer is not what the contract says of such a request."""
    if case.operation in check.contract.rpc_methods:
        _send_call(case, check)
        return
    operation = check.contract.operation(case.operation)
    content, content_type = _body(case, operation, check)
    response = check.call(
        operation.id,
        path=dict(_path(case, operation, check)),
        query=list(_query(case, operation, check)),
        headers=case.headers,
        body=content,
        content_type=content_type,
    )
    if case.mode == "positive" and response.status in _REFUSALS - _of_values(case, operation):
        raise Broken("the request is taken", "a status that does not refuse the request", shown(response))
    check.conforms(operation.id, response)
    if case.mode == "negative" and not 400 <= response.status < 500:  # noqa: PLR2004 - the client errors
        raise Broken("the request is refused", "a client error (4xx)", shown(response))
    if case.mode == "negative":
        as_promised(check, response)


def _of_values(case: WireCase, operation: Operation) -> set[int]:
    """The statuses by which values that name nothing are answered (`x-unknown`), of those in the query."""
    sent = {name for name, _ in case.query}
    declared = [item for item in operation.definition["parameters"] if item["in"] == "query" and item["name"] in sent]
    return {int(item["x-unknown"]) for item in declared if "x-unknown" in item}


def _send_call(case: WireCase, check: Check) -> None:
    params = json.loads(case.body or "null")
    pointer = check.contract.rpc_methods[case.operation]["params"][0]
    values = sequence(params)
    if values and (values[0] == API_KEY or check.fits(pointer, values[0])):
        params = [check.api_key(), *values[1:]]
    body: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": case.operation, "params": params}
    answer = check.rpc_call(body)
    check.answers(case.operation, answer, "success" if case.mode == "positive" else "error")


def _path(case: WireCase, operation: Operation, check: Check) -> Iterator[tuple[str, Any]]:
    """The path's values: that under test as compiled, the others from the target where it offers them."""
    tested = {
        name: wire.Encoded(value)
        for name, value in case.path.items()
        if case.location == "path" and case.parameter in (name, None)
    }
    yield from tested.items()
    yield from specimen.path(check, operation, without=tested).items()


def _query(case: WireCase, operation: Operation, check: Check) -> Iterator[tuple[str, str]]:
    """The query; what repeats the contract's example is the target's own value, or nothing's where it is deleted."""
    declared = {item["name"]: item for item in operation.definition["parameters"] if item["in"] == "query"}
    examples = {name: binding.parameter_example(item) for name, item in declared.items()}
    own = _of_any_name(examples) | _of_any_name(check.samples_for(operation), examples)
    samples = {**check.samples_for(operation), **own}
    known = {**examples, **_of_any_name(examples)}
    for name, value in case.query:
        if known.get(name) is None or value != wire.text_of(known[name]):
            yield name, value
        elif specimen.deletes(operation) and declared[name].get("required"):
            yield name, wire.text_of(specimen.unknown(check, declared[name]))
        else:
            yield name, wire.text_of(samples.get(name, known[name]))


def _of_any_name(values: Mapping[str, Any], known: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The members of those values that are objects: in a query each has a name of its own.

    With `known` only of values that are objects there too.
    """
    chosen = [value for name, value in values.items() if known is None or isinstance(known.get(name), dict)]
    return {name: item for value in chosen for name, item in mapping(value).items()}


def _body(case: WireCase, operation: Operation, check: Check) -> tuple[bytes | None, str | None]:
    """The compiled body; members that merely repeat the contract's example take the target's own values."""
    if case.body is None or case.media_type is None:
        return None, case.media_type
    value = json.loads(case.body)
    for example in specimen.examples_of(check, operation, case.media_type):
        value = binding.bound(value, check.samples_for(operation), example)
    return check.written(operation, with_files(value), case.media_type)
