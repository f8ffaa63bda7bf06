"""The application that the bench holds every server against: bare Starlette with orjson, and the recorded answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request

_ROUTES = Path("routes.json")  # in the folder that it is started in


def starlette_app() -> Starlette:
    """One route for each entry of routes.json: `[{"method", "path", "answers": {media type: body}}]`.

    JSON is kept as a document and written anew by orjson for each answer; a body that comes in is read by orjson.
    """
    entries = json.loads(_ROUTES.read_text(encoding="utf-8"))
    return Starlette(
        routes=[Route(entry["path"], _endpoint(entry["answers"]), methods=[entry["method"]]) for entry in entries]
    )


def _endpoint(answers: Mapping[str, str]) -> Callable[[Request], Awaitable[Response]]:
    documents = {name: orjson.loads(body) for name, body in answers.items() if name.endswith("json")}
    texts = {name: body for name, body in answers.items() if name not in documents}

    async def answer(request: Request) -> Response:
        if request.method == "POST":
            orjson.loads(await request.body())
        accept = request.headers.get("accept", "")
        if accept in texts:
            return Response(texts[accept], media_type=accept)
        return Response(orjson.dumps(documents[accept]), media_type=accept)

    return answer
