"""Whether the answer to a JSON-RPC call keeps the contract, and the OpenAPI document a method is seen as."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, cast

from mailproof.json_schema import as_json_schema
from mailproof.pointers import mapping, sequence
from mailproof_conformance.expectation import Finding, shown
from mailproof_conformance.standing import ANY_SERVER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof.promises import Contract
    from mailproof_conformance.exchange import RpcAnswer
    from mailproof_conformance.expectation import Expectations

_OK = 200
_INTERNAL_ERROR = -32603

Wanted = Literal["success", "error", "either"]


def judge_call(
    expectations: Expectations, contract: Contract, method: str, answer: RpcAnswer, wanted: Wanted
) -> list[Finding]:
    """Every way in which the answer to a 2.0 call with id 1 breaks the contract.

    `success` admits the method's own errors as well, since they depend on the server's data; `error` admits
    any listed error but the internal one.
    """
    if answer.status != _OK:
        return [Finding("status", f"the HTTP status of {method}", _OK, shown(answer.response))]
    findings = list(_envelope(method, answer.envelope))
    if findings:
        endpoint = next(item for item in contract.operations if "x-rpc-methods" in item.definition)
        return [finding.of(expectations.level(endpoint, _OK), whatever=True) for finding in findings]
    error = answer.error
    if error is None:
        if wanted == "error":
            return [Finding("", "the call is refused", _refusal(contract), answer.envelope)]
        return expectations.judge_result(method, answer.envelope["result"])
    return list(_judge_error(contract, method, error, wanted))


def _refusal(contract: Contract) -> str:
    """What a call gets whose params no schema allows, as far as the contract says it."""
    entry = mapping(mapping(contract.document.get("x-rpc-errors")).get("invalid-params"))
    return f"an error, such as {entry['code']} {entry['message']}" if entry else "an error"


def _envelope(method: str, envelope: Mapping[str, Any]) -> Iterator[Finding]:
    if envelope.get("jsonrpc") != "2.0":
        yield Finding("schema", f"the member jsonrpc of the answer to {method}", "2.0", envelope.get("jsonrpc"))
    if envelope.get("id") != 1 or isinstance(envelope.get("id"), bool):
        yield Finding("schema", f"the id of the answer to {method}", 1, envelope.get("id"))
    if ("result" in envelope) == ("error" in envelope):
        yield Finding("schema", f"the answer to {method}", "either a result or an error", dict(envelope))


def _judge_error(contract: Contract, method: str, error: Mapping[str, Any], wanted: Wanted) -> Iterator[Finding]:
    shape = (error.get("code"), error.get("message"))
    if shape[0] == _INTERNAL_ERROR:
        about = f"no call makes {method} fail inside"
        yield Finding("server-error", about, "a result or another error", dict(error), ANY_SERVER, whatever=True)
        return
    listed = mapping(contract.document.get("x-rpc-errors"))
    if wanted == "success":
        names = sequence(contract.rpc_methods[method].get("errors"))
        listed = {name: listed[name] for name in names}
    if shape not in {(entry["code"], entry["message"]) for entry in listed.values()}:
        known = [f"{entry['code']} {entry['message']}" for entry in listed.values()]
        expected = (
            "a result" if not known else f"{'a result, or ' if wanted != 'error' else ''}one of {', '.join(known)}"
        )
        yield Finding("outcome", f"the outcome of {method}", expected, dict(error))


def params_document(contract: Contract) -> dict[str, Any]:
    """An OpenAPI 3.1 document with one operation for each method, whose body is the method's `params`."""
    return _document(contract, {name: _params_schema(entry) for name, entry in contract.rpc_methods.items()})


def conditions_document(contract: Contract) -> dict[str, Any]:
    """The same with the second of the `params` as the body, for those methods that take one."""
    methods = contract.rpc_methods.items()
    return _document(
        contract, {name: {"$ref": entry["params"][1]} for name, entry in methods if len(entry["params"]) > 1}
    )


def call_document(contract: Contract) -> dict[str, Any]:
    """The same with the whole 2.0 call as the body."""
    return _document(contract, {name: _call_schema(name, entry) for name, entry in contract.rpc_methods.items()})


def _document(contract: Contract, bodies: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    schemas = as_json_schema(contract.document, "request")["components"]["schemas"]
    paths = {f"/#{name}": _path_item(name, schema) for name, schema in bodies.items()}
    info = {"title": contract.provider, "version": "1"}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": schemas}}


def _path_item(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    return {
        "post": {
            "operationId": name,
            "requestBody": body,
            "responses": {"200": {"description": "An answer."}},
        }
    }


def _params_schema(entry: Mapping[str, Any]) -> dict[str, Any]:
    params = cast("list[str]", entry["params"])
    # The conditions have a document of their own; here only their type is of interest.
    items: list[dict[str, Any]] = [{"$ref": params[0]}, *({"type": "object"} for _ in params[1:])]
    return {
        "type": "array",
        "prefixItems": items,
        "items": False,
        "minItems": entry["required"],
        "maxItems": len(items),
    }


def _call_schema(name: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    references = [{"$ref": pointer} for pointer in entry["params"]]
    size = {"minItems": entry["required"], "maxItems": len(references)}
    return {
        "type": "object",
        "required": ["jsonrpc", "method", "params", "id"],
        "additionalProperties": False,
        "properties": {
            "jsonrpc": {"const": "2.0"},
            "method": {"const": name},
            "params": {"type": "array", "prefixItems": references, "items": False, **size},
            "id": {"const": 1},
        },
    }
