"""All that the suite uses of Schemathesis: its enumeration of a contract's cases, and its fuzzing engine.

The version is pinned exactly, since neither is part of that library's documented interface; a test fails on
an upgrade that changes what comes out. Nothing else here imports it, and it is imported where it is needed: a run that
replays a compiled corpus is done without it sooner than it is loaded.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from importlib import import_module, metadata
from typing import TYPE_CHECKING, Any, Literal, cast

from mailproof.pointers import mapping
from mailproof_conformance.draws import from_the_seed_alone
from mailproof_conformance.exchange import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

VERSION = "4.32.5"
"""The version that this module was written for."""

FILE = "$file"
"""The only member of the object that stands for a file in a generated body."""

Mode = Literal["positive", "negative"]

_OWN_MATRICES = frozenset({"malformed_content_type", "unsupported_content_type", "unspecified_http_method"})
"""Scenarios that the suite's own matrices try, by the contract's own rules."""


@dataclass(frozen=True, slots=True)
class Generated:
    """One enumerated case: what to send to an operation, and whether the contract allows it."""

    operation: str
    mode: Mode
    scenario: str
    description: str
    location: str | None
    """Where the value under test stands: `path`, `query`, `header` or `body`."""
    parameter: str | None
    path: Mapping[str, str]
    """Values of the path's parameters, percent-encoded."""
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    media_type: str | None
    body: str | None
    """The JSON value that the body is written from, whatever its media type; a file in it is `{FILE: <base64>}`."""


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """One request that the engine made, and its answer (None where none came)."""

    operation: str
    mode: Mode
    request: Request
    response: Response | None


def installed_version() -> str:
    """The version of Schemathesis that is there."""
    return metadata.version("schemathesis")


def enumerate_cases(document: Mapping[str, Any]) -> Iterator[Generated]:
    """Every case of Schemathesis' coverage phase for an OpenAPI document, in a fixed order.

    Left out are those that only vary the Content-Type or the verb.
    """
    from schemathesis import GenerationMode  # noqa: PLC0415 - see the top of this module

    schema = _load(document, {})
    for result in schema.get_all_operations():
        operation = result.ok()
        cases = schema.iter_coverage_cases(
            operation,
            generation_modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE],
            generation_config=schema.config.generation_for(operation=operation),
        )
        name = str(operation.definition.raw["operationId"])
        for case in cases:
            generated = _generated(name, case)
            if generated is not None:
                yield generated


def fuzz(  # noqa: PLR0913 - what the engine has to be told
    document: Mapping[str, Any],
    *,
    base_url: str,
    headers: Mapping[str, str],
    parameters: Mapping[str, Any],
    seed: int,
    examples: int,
    prepare_body: Callable[[Any], Any],
) -> Iterator[Fuzzed]:
    """Runs the engine's fuzzing phase: one worker, no stored state, no checks; yields every exchange.

    `parameters` are values that exist (`{"path.id": 7}`), taken every other time; `prepare_body` sees each
    generated body before it is sent and returns the one to send.
    """
    from schemathesis.core import NotSet  # noqa: PLC0415 - see the top of this module
    from schemathesis.engine import events, from_schema  # noqa: PLC0415 - see the top of this module

    import_module("mailproof_conformance.stock")  # it registers how XML is written
    own = {"seed": seed % 2**32, "headers": dict(headers), "base-url": base_url, **_bound(parameters)}
    schema = _load(document, own, examples)

    @schema.hook("map_case")  # type: ignore[untyped-decorator]
    def with_prepared_body(context: object, case: Any) -> Any:  # pyright: ignore[reportUnusedFunction]
        del context
        if not isinstance(case.body, NotSet):
            case.body = prepare_body(case.body)
        return case

    with from_the_seed_alone():
        for event in from_schema(schema).execute():
            if isinstance(event, events.FatalError):
                raise event.exception
            if isinstance(event, events.ScenarioFinished):
                yield from _exchanges(event.recorder)


def _bound(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Settings that make the engine take a value that exists for every other request."""
    names = {place: place.replace(".", "-") for place in parameters}
    return {
        "dictionaries": {names[place]: {"values": [value]} for place, value in parameters.items()},
        "parameters": {place: {"dictionary": name, "probability": 0.5} for place, name in names.items()},
    }


def _load(document: Mapping[str, Any], settings: Mapping[str, Any], examples: int = 1) -> Any:
    import schemathesis  # noqa: PLC0415 - see the top of this module

    # A Config is always passed: the loaders otherwise pick up a schemathesis.toml from the folders above.
    config: dict[str, Any] = {
        "workers": 1,
        "cache": {"enabled": False},
        "analysis": {"constants": {"enabled": False}},
        "checks": {"enabled": False},
        "warnings": False,
        "continue-on-failure": True,
        "request-timeout": 10,
        "max-redirects": 0,
        "output": {"sanitization": {"enabled": False}},
        "generation": {
            "database": "none",
            "with-security-parameters": False,
            "max-examples": examples,
        },
        "phases": {
            "examples": {"enabled": False},
            "coverage": {"enabled": False, "unexpected-methods": []},
            "fuzzing": {
                "extra-data-sources": {"responses": False},
                "error-feedback": {"enabled": False},
            },
            "stateful": {"enabled": False},
        },
        **settings,
    }
    made: Any = schemathesis.Config
    return schemathesis.openapi.from_dict(dict(document), config=made.from_dict(config))


def _generated(operation: str, case: Any) -> Generated | None:
    from schemathesis.core import NotSet  # noqa: PLC0415 - see the top of this module

    # `meta` would validate the case again; the private member is what was noted when the case was made.
    meta = case._meta  # noqa: SLF001
    data = meta.phase.data
    scenario = str(data.scenario.value)
    has_body = not isinstance(case.body, NotSet)
    if scenario in _OWN_MATRICES:
        return None
    return Generated(
        operation=operation,
        mode=cast("Mode", meta.generation.mode.value),
        scenario=scenario,
        description=str(data.description),
        location=data.parameter_location.value if data.parameter_location is not None else None,
        parameter=data.parameter,
        path={name: str(value) for name, value in mapping(case.path_parameters).items()},
        query=tuple(_pairs(mapping(case.query))),
        headers={name: str(value) for name, value in cast("dict[str, Any]", case.headers or {}).items()},
        media_type=case.media_type if has_body else None,
        body=json.dumps(_plain(case.body)) if has_body else None,
    )


def _plain(value: Any) -> Any:
    """A value without the library's own type for files, which is a text that hides bytes."""
    from schemathesis.transport.serialization import Binary  # noqa: PLC0415 - see the top of this module

    if isinstance(value, Binary):
        return {FILE: base64.b64encode(value.data).decode()}
    if isinstance(value, bytes):
        return {FILE: base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_plain(item) for item in cast("list[Any]", value)]
    return value


def _pairs(query: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in query.items():
        for item in cast("list[Any]", value) if isinstance(value, list) else [value]:
            yield name, str(item)


def _exchanges(recorder: Any) -> Iterator[Fuzzed]:
    for identity, node in recorder.cases.items():
        interaction = recorder.interactions.get(identity)
        if interaction is None or interaction.request is None:
            continue
        sent, received = interaction.request, interaction.response
        case = node.value
        yield Fuzzed(
            operation=str(case.operation.definition.raw["operationId"]),
            mode=cast("Mode", case._meta.generation.mode.value),  # noqa: SLF001 - as in _generated
            request=Request(
                method=sent.method,
                target=_target_of(sent.uri),
                headers=tuple(_headers(sent.headers)),
                body=sent.body or b"",
            ),
            response=None if received is None else _response(received),
        )


def _headers(sent: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    """The headers without the random id of each request: no part of what was tried, and another one in every run."""
    from schemathesis.core import SCHEMATHESIS_TEST_CASE_HEADER  # noqa: PLC0415 - see the top of this module

    return ((name, ", ".join(values)) for name, values in sent.items() if name != SCHEMATHESIS_TEST_CASE_HEADER)


def _target_of(uri: str) -> str:
    """Path and query of a URL, without the fragment that tells JSON-RPC methods apart."""
    rest = uri.partition("://")[2].partition("#")[0]
    return "/" + rest.partition("/")[2]


def _response(received: Any) -> Response:
    headers = {name.lower(): ", ".join(values) for name, values in received.headers.items()}
    headers.pop("content-encoding", None)  # the engine has undone it
    return Response(status=received.status_code, headers=headers, body=received.content)
