"""The contract and the recorded answers in the forms that Prism, Mockoon and WireMock read."""

from __future__ import annotations

import copy
import json
import re
import uuid
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from mailproof import contract
from mailproof.pointers import dereference

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench_operations import Ask, Recorded

_NAMES = uuid.uuid5(uuid.NAMESPACE_URL, "mailproof/bench")
_DEEPEST = 20  # levels of a schema that are written out
_JSON = "application/json"
_OF_OPENAPI = frozenset(
    {"nullable", "readOnly", "writeOnly", "xml", "example", "examples", "discriminator", "deprecated"}
)


def route_entries(asks: Sequence[Ask], answers: Mapping[str, Recorded], *, whole: bool) -> list[dict[str, Any]]:
    """Routes `{"method", "path", "answers": {media type: body}}`: those of the asks, which may share one.

    With `whole` one for each operation of their contracts as well, half of them before the asks' and half after.
    """
    wanted: dict[tuple[str, str], dict[str, Any]] = {}
    for ask in asks:
        key = (ask.request.method, _path(ask))
        entry = wanted.setdefault(key, {"method": key[0], "path": key[1], "answers": {}})
        entry["answers"][answers[ask.name].media_type] = answers[ask.name].body
    if not whole:
        return list(wanted.values())
    bases = {ask.provider: _base(ask) for ask in asks}
    others = [
        {"method": operation.method.upper(), "path": base + operation.path, "answers": {_JSON: "{}"}}
        for provider, base in bases.items()
        for operation in contract(provider).operations
        if (operation.method.upper(), base + operation.path) not in wanted
    ]
    half = len(others) // 2
    return [*others[:half], *wanted.values(), *others[half:]]


def prism_document(asks: Sequence[Ask], answers: Mapping[str, Recorded]) -> dict[str, Any]:
    """The contract of a provider with the recorded answers as its examples, at the paths that the mock has."""
    document = copy.deepcopy(dict(contract(asks[0].provider).document))
    for ask in asks:
        content = document["paths"][ask.template][ask.request.method.lower()]["responses"]["200"]["content"]
        said = answers[ask.name]
        content[said.media_type] = {**content[said.media_type], "example": _example(said)}
    base = _base(asks[0])
    document["paths"] = {base + path: item for path, item in document["paths"].items()}
    document["servers"] = [{"url": "/"}]
    return document


def mockoon_environment(asks: Sequence[Ask], answers: Mapping[str, Recorded], port: int) -> dict[str, Any]:
    """An environment with a route for each operation. Credentials and the body of a POST are rules of the answer."""
    routes: list[dict[str, Any]] = []
    schemas: list[dict[str, Any]] = []
    for entry in route_entries(asks, answers, whole=True):
        own = [ask for ask in asks if (ask.request.method, _path(ask)) == (entry["method"], entry["path"])]
        responses = [_mockoon_response(ask, answers[ask.name], schemas) for ask in own]
        refusal = _response_of(401 if own else 200, _JSON, "{}", [], default=True)
        routes.append(
            {
                "uuid": _uuid(entry["method"] + entry["path"]),
                "type": "http",
                "documentation": "",
                "method": entry["method"].lower(),
                "endpoint": _colons(entry["path"]),
                "responses": [*responses, refusal],
                "responseMode": None,
                "streamingMode": None,
                "streamingInterval": 0,
            }
        )
    return {
        "uuid": _uuid("environment"),
        "lastMigration": 33,
        "name": "bench",
        "port": port,
        "hostname": "127.0.0.1",
        "endpointPrefix": "",
        "latency": 0,
        "folders": [],
        "routes": routes,
        "proxyMode": False,
        "proxyHost": "",
        "rootChildren": [{"type": "route", "uuid": route["uuid"]} for route in routes],
        "proxyRemovePrefix": False,
        "cors": False,
        "headers": [],
        "proxyReqHeaders": [],
        "proxyResHeaders": [],
        "data": schemas,
        "callbacks": [],
        "tlsOptions": {
            "enabled": False,
            "type": "CERT",
            "pfxPath": "",
            "certPath": "",
            "keyPath": "",
            "caPath": "",
            "passphrase": "",
        },
    }


def _mockoon_response(ask: Ask, said: Recorded, schemas: list[dict[str, Any]]) -> dict[str, Any]:
    headers = {name: value for name, value in ask.request.headers.items() if name in ("Authorization", "Accept")}
    rules = [_rule("header", name, "equals", value) for name, value in headers.items()]
    method = _rpc_method(ask)
    if method is not None:
        rules.append(_rule("body", "method", "equals", method))
    schema = _body_schema(ask)
    if schema is not None:
        value = _uuid(f"schema {ask.name}")
        schemas.append({"uuid": value, "id": ask.name, "name": ask.name, "documentation": "", "value": _text(schema)})
        rules.append(_rule("body", "", "valid_json_schema", ask.name))
    return _response_of(200, said.media_type, said.body, rules, default=False)


def _rule(target: str, modifier: str, operator: str, value: str) -> dict[str, Any]:
    return {"target": target, "modifier": modifier, "value": value, "invert": False, "operator": operator}


def _response_of(
    status: int, media_type: str, body: str, rules: list[dict[str, Any]], *, default: bool
) -> dict[str, Any]:
    return {
        "uuid": _uuid(f"{status} {media_type} {body} {rules}"),
        "body": body,
        "latency": 0,
        "statusCode": status,
        "label": "",
        "headers": [{"key": "Content-Type", "value": media_type}],
        "bodyType": "INLINE",
        "filePath": "",
        "databucketID": "",
        "sendFileAsBody": False,
        "rules": rules,
        "rulesOperator": "AND",
        "disableTemplating": True,
        "fallbackTo404": False,
        "default": default,
        "crudKey": "id",
        "callbacks": [],
    }


def wiremock_mappings(asks: Sequence[Ask], answers: Mapping[str, Recorded]) -> dict[str, Any]:
    """A mapping for each operation; credentials, the media type and the body of a POST are matched."""
    mappings: list[dict[str, Any]] = []
    for entry in route_entries(asks, answers, whole=True):
        own = [ask for ask in asks if (ask.request.method, _path(ask)) == (entry["method"], entry["path"])]
        for ask in own:
            request = _wiremock_request(entry)
            wanted = {name: value for name, value in ask.request.headers.items() if name in ("Authorization", "Accept")}
            request["headers"] = {name: {"equalTo": value} for name, value in wanted.items()}
            method = _rpc_method(ask)
            if method is not None:
                request["bodyPatterns"] = [{"matchesJsonPath": f"$[?(@.method == '{method}')]"}]
            schema = _body_schema(ask)
            if schema is not None:
                request["bodyPatterns"] = [{"matchesJsonSchema": _text(schema), "schemaVersion": "V4"}]
            mappings.append({"request": request, "response": _wiremock_response(answers[ask.name])})
        if not own:
            mappings.append({"request": _wiremock_request(entry), "response": {"status": 200, "body": "{}"}})
    return {"mappings": mappings}


def _wiremock_request(entry: Mapping[str, Any]) -> dict[str, Any]:
    where = "urlPathTemplate" if "{" in entry["path"] else "urlPath"
    return {"method": entry["method"], where: entry["path"]}


def _wiremock_response(said: Recorded) -> dict[str, Any]:
    return {"status": 200, "headers": {"Content-Type": said.media_type}, "body": said.body}


def _body_schema(ask: Ask) -> dict[str, Any] | None:
    """The schema of an ask's body as plain JSON Schema; None for one without a body, and for JSON-RPC."""
    known = contract(ask.provider)
    content = known.operation(ask.operation_id).definition.get("requestBody", {}).get("content", {})
    if _JSON not in content or known.rpc_methods:
        return None
    schema: dict[str, Any] = _plain(content[_JSON]["schema"], known.document, _DEEPEST)
    return schema


def _plain(schema: Any, document: Mapping[str, Any], levels: int) -> Any:
    """A schema of OpenAPI 3.0 without references, and without members that JSON Schema does not know."""
    if isinstance(schema, list):
        return [_plain(item, document, levels) for item in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    if levels == 0:
        return {}
    found = cast("dict[str, Any]", dereference(document, schema))
    told = {
        name: _plain(value, document, levels - 1)
        for name, value in found.items()
        if name not in _OF_OPENAPI and not name.startswith("x-")
    }
    if found.get("nullable") and isinstance(told.get("type"), str):
        told["type"] = [told["type"], "null"]
    return told


def _rpc_method(ask: Ask) -> str | None:
    """The method that an ask calls; None where it is no call."""
    if not contract(ask.provider).rpc_methods:
        return None
    return str(json.loads(ask.request.body or "{}")["method"])


def _path(ask: Ask) -> str:
    """The whole path of an ask's operation, with its parameters in braces."""
    return _base(ask) + ask.template


def _base(ask: Ask) -> str:
    """The path below which the mock serves the ask's provider."""
    path = urlsplit(ask.request.target).path
    return path[: path.index("/", 1)]


def _colons(path: str) -> str:
    """A path as Mockoon writes it: without the slash at the start, with parameters behind colons."""
    return re.sub(r"\{(\w+)\}", r":\1", path).removeprefix("/")


def _example(said: Recorded) -> Any:
    return json.loads(said.body) if said.media_type == _JSON else said.body


def _text(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False)


def _uuid(name: str) -> str:
    return str(uuid.uuid5(_NAMES, name))
