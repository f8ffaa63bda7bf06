"""Contracts of any length, made when they are measured: what routing costs as a contract grows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bench_load import Request
from bench_operations import Ask, Recorded
from bench_servers import Entrant, mock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench_servers import Place

LENGTHS = (10, 1000)
_EXAMPLE = {"id": "7", "name": "Wanted", "tags": ["a", "b"]}
_WANTED = "wanted"


def contract_of(length: int) -> dict[str, Any]:
    """A contract of so many operations, GET by key each, with the one that is asked for in the middle."""
    names = [f"things-{number}" for number in range(length - 1)]
    names.insert(length // 2, _WANTED)
    thing = {
        "type": "object",
        "required": ["id", "name"],
        "properties": {
            "id": {"type": "string"},
            "name": {"type": "string"},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
    }
    return {
        "openapi": "3.0.3",
        "info": {"title": "Things", "version": "1"},
        "paths": {f"/{name}/{{id}}": {"get": _operation(name)} for name in names},
        "components": {"schemas": {"Thing": thing}},
    }


def length_ask() -> tuple[dict[str, Ask], dict[str, Recorded]]:
    """The one operation that is asked for, and its answer."""
    request = Request("GET", f"/{_WANTED}/7", {"Accept": "application/json"})
    ask = Ask("get", "GET by key", "", "", request)
    return {ask.name: ask}, {ask.name: Recorded("application/json", json.dumps(_EXAMPLE))}


def length_entrants() -> list[Entrant]:
    """The mock on a contract of each length."""
    return [Entrant(f"operations-{length}", f"{length:,} operations", _on_contract(length)) for length in LENGTHS]


def _on_contract(length: int) -> Callable[[Place], Sequence[str]]:
    def command(place: Place) -> Sequence[str]:
        return mock(place.write("contract.json", contract_of(length)))(place)

    return command


def _operation(name: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Thing"}
    content = {"application/json": {"schema": schema, "example": _EXAMPLE}}
    return {
        "operationId": f"get_{name.replace('-', '_')}",
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
        "responses": {"200": {"description": "One.", "content": content}},
    }
