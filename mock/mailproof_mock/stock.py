"""The same sandboxes through stock Connexion: its routing, security and validation, our handlers.

The compiled front answers what users see; this is the second opinion that tests hold it against. What differs on
purpose is listed in ARCHITECTURE.md.
"""

from __future__ import annotations

import inspect
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from mailproof.pointers import members
from mailproof_mock.api import Api
from mailproof_mock.authenticate import ANONYMOUS
from mailproof_mock.call import Login, Problem
from mailproof_mock.forms import MULTIPART, URLENCODED
from mailproof_mock.framework import (
    NO_VALUE,
    AsyncApp,
    ConnexionRequest,
    ConnexionResponse,
    MediaTypeDict,
    OAuthProblem,
    SecurityHandler,
    SwaggerUIOptions,
    connexion_request,
)
from mailproof_mock.receive import receive_body

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from starlette.types import Receive, Scope

    from mailproof_mock.plan import Plan
    from mailproof_mock.sandbox import Sandbox
    from mailproof_mock.store import Store

_LOGIN = "login"
_BODY = "mailproof.body"
_MOST_KEPT = 2**30  # bytes; the tests send little, and this engine has no limit of its own


def create_stock_app(sandboxes: Sequence[Sandbox], store: Store) -> AsyncApp:
    """A Connexion application without the front: every middleware is Connexion's own, responses are validated."""
    app = AsyncApp("mailproof_mock", swagger_ui_options=SwaggerUIOptions(swagger_ui=False, serve_spec=False))
    for sandbox in sandboxes:
        api = Api(sandbox, store)
        handlers = {plan.operation.id: _handler(api, plan) for plan in api.plans}
        app.add_api(  # pyright: ignore[reportUnknownMemberType] - Connexion's dictionaries are untyped
            dict(sandbox.contract.document),
            base_path=sandbox.mount,
            name=sandbox.provider,
            resolver=handlers.__getitem__,
            validate_responses=True,
            security_map=_security_map(api),
            validator_map={"body": MediaTypeDict(_UNVALIDATED_RPC if api.rpc is not None else _UNVALIDATED_FORMS)},
        )
    return app


def _handler(api: Api, plan: Plan) -> Callable[..., Awaitable[ConnexionResponse]]:
    """Our handler in the shape that Connexion calls; a problem is answered in the vendor's words here too."""

    async def answer(**_: Any) -> ConnexionResponse:
        kept = members(connexion_request.scope, "extensions").get(_BODY)
        body = cast("bytes", await connexion_request.body() if kept is None else kept)
        if api.rpc is not None:
            status, content = await api.rpc.answer(body)
            return ConnexionResponse(status, content_type="application/json" if content else None, body=content)
        headers = {name.lower(): value for name, value in connexion_request.headers.items()}
        media_type: str | None = None
        try:
            media_type = plan.negotiate(headers.get("accept", ""))
            path = {name: str(value) for name, value in connexion_request.path_params.items()}
            asked = (
                plan.parameters.path(path),
                plan.parameters.query(connexion_request.scope["query_string"]),
                plan.parameters.headers(headers),
                partial(plan.body, body, headers.get("content-type", "")),
                lambda: "http://testserver" + api.sandbox.mount,
            )
            result = await api.run(plan, _login(), asked)
            content, content_type = plan.write(result, media_type)
            return ConnexionResponse(
                result.status, content_type=content_type, body=content, headers=dict(result.headers)
            )
        except Problem as problem:
            spoken = api.dialect.speak(problem, media_type)
            return ConnexionResponse(
                spoken.status, content_type=spoken.media_type, body=spoken.body, headers=dict(spoken.headers)
            )

    # Connexion passes path parameters always, and takes the body off the wire for a function that could hold it
    names = [p["name"] for p in plan.operation.definition["parameters"] if p["in"] == "path"]
    keyword = inspect.Parameter.KEYWORD_ONLY
    answer.__signature__ = inspect.Signature([inspect.Parameter(name, keyword) for name in names])  # type: ignore[attr-defined]
    return answer


def _login() -> Login:
    """The login that Connexion's security middleware left behind."""
    found = members(connexion_request.context, "token_info")
    for candidate in [found, *found.values()]:
        if isinstance(candidate, dict) and _LOGIN in candidate:
            return cast("Login", candidate[_LOGIN])
    return ANONYMOUS


def _security_map(api: Api) -> dict[str, type[SecurityHandler]]:
    """Connexion's hook for credentials: one handler class for each kind of security scheme, asking our fixtures."""

    class Handler(SecurityHandler):
        def get_fn(self, security_scheme: Mapping[str, Any], required_scopes: object) -> Any:
            del required_scopes

            def verify(request: ConnexionRequest) -> object:
                headers = {name.lower(): value for name, value in request.headers.items()}  # pyright: ignore[reportOptionalMemberAccess]
                try:
                    login = api.authenticator.by_scheme(security_scheme, headers)
                except Problem:
                    raise OAuthProblem(detail="wrong credentials") from None
                return NO_VALUE if login is None else {_LOGIN: login}

            return verify

    return {"basic": Handler, "apiKey": Handler}


class _Unvalidated:
    """A body validator that lets everything through: the JSON-RPC endpoint judges its own bodies."""

    def __init__(self, **_: Any) -> None:
        pass

    async def wrap_receive(self, receive: Receive, *, scope: Scope) -> tuple[Receive, Scope]:
        """Gives the stream back untouched."""
        return receive, scope


class _Kept(_Unvalidated):
    """A body validator for forms, which keeps the bytes: Connexion parses a form and leaves nothing to read."""

    async def wrap_receive(self, receive: Receive, *, scope: Scope) -> tuple[Receive, Scope]:
        """Puts the body aside, and gives an empty stream: files of a form that nobody closes are no use to anyone."""
        body = await receive_body(receive, _MOST_KEPT)
        scope.setdefault("extensions", {})[_BODY] = body

        async def nothing() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        return nothing, scope


_UNVALIDATED_RPC = {"*/*": _Unvalidated}
_UNVALIDATED_FORMS = {URLENCODED: _Kept, MULTIPART: _Kept}
