"""One API, compiled at start: its front door, dialect, routes and plans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from mailproof.promises import ContractError
from mailproof_mock.authenticate import Authenticator
from mailproof_mock.call import Answer, Asked, Call, Handler, Login
from mailproof_mock.compress import Compressor
from mailproof_mock.dialect import Dialect, error_media_types
from mailproof_mock.front_door import front_door
from mailproof_mock.negotiate import Negotiator
from mailproof_mock.plan import Plan, Writers
from mailproof_mock.route import Routes
from mailproof_mock.rpc import RpcEndpoint
from mailproof_mock.validate import Validators

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailproof_mock.request import Request
    from mailproof_mock.sandbox import Sandbox
    from mailproof_mock.store import Store


class Api:
    """Everything that the pipeline needs to know of one API, none of it worked out per request."""

    def __init__(self, sandbox: Sandbox, store: Store) -> None:
        """Compiles the contract. Raises ContractError, one line, for what the mock cannot keep."""
        contract = sandbox.contract
        document = contract.document
        self.sandbox = sandbox
        self.store = store
        self.where = str(contract.path)
        self.tops = (sandbox.mount, *([sandbox.root] if sandbox.root else []))
        """Whatever lies below these is this API's: its mount, and the root that it has beside it."""
        self.door = front_door(document, self.where)
        requests, responses = Validators(document, "request"), Validators(document, "response")
        self.dialect = Dialect(document, responses, error_media_types(document), self.where)
        self._errors = Negotiator(self.dialect.media_types, self.door.accept_alias or {})
        self.authenticator = Authenticator(document, tuple(sandbox.fixtures.every_credential()))
        self.security = cast("list[Mapping[str, Any]]", document.get("security", []))
        self.compressor = Compressor(document)
        self.server = (b"server", self.door.server.encode())
        """The header, as it goes out."""
        sensitive, slash = self.door.case_sensitive, self.door.trailing_slash == "distinct"
        self.routes: Routes[Plan] = Routes(case_sensitive=sensitive, slash_matters=slash)
        self.root_routes: Routes[Plan] = Routes(case_sensitive=sensitive, slash_matters=slash)
        self.plans: list[Plan] = []
        writers = Writers(document, responses)
        for operation in contract.operations:
            handler = sandbox.handlers.get(operation.id, _unreachable)
            plan = Plan(contract, operation, handler, self.door, self.dialect, requests, writers)
            self.authenticator.require(plan.security, f"{self.where}: {operation.method.upper()} {operation.path}")
            routes = self.root_routes if operation.at_root else self.routes
            routes.add(operation.method, operation.path, plan)
            self.plans.append(plan)
        self.rpc = (
            RpcEndpoint(contract, sandbox.handlers, self.authenticator.by_key, self.perform)
            if contract.rpc_methods
            else None
        )
        if self.door.authenticate == "in-body" and self.rpc is None:
            raise ContractError(f"{self.where}: x-front: authenticate is in-body, but no operation has x-rpc-methods")

    def error_type(self, accept: str) -> str:
        """The media type in which an error is told to a client with that Accept header."""
        return self._errors.choose(accept) or self.dialect.media_types[0]

    def find(self, request: Request) -> tuple[dict[str, Plan], dict[str, str]] | None:
        """The plans by method at a request's path, and the path parameters. Raises Undecodable."""
        found = None
        if request.lies_below(self.sandbox.mount):
            found = self.routes.find(request.below(self.sandbox.mount))
        if found is None and self.root_routes and request.lies_below(self.sandbox.root):
            found = self.root_routes.find(request.below(self.sandbox.root))
        return found

    async def perform(self, login: Login, effect: str, handler: Handler, params: list[Any]) -> Any:
        """Runs the handler of one JSON-RPC method in a transaction of its own."""
        async with self.store.transaction(self.owner(login), write=effect != "read") as rows:
            world = self.sandbox.fixtures.world(rows, self.sandbox.provider, login.account)
            settings = self.sandbox.settings
            return await handler(Call(world, login.caller, settings=settings, params=params))

    async def run(self, plan: Plan, login: Login, asked: Asked) -> Answer:
        """Runs the handler of one operation in a transaction. What does not bind is complained of before or in it."""
        async with self.store.transaction(self.owner(login), write=plan.writes) as rows:
            world = self.sandbox.fixtures.world(rows, self.sandbox.provider, login.account)
            call = Call(world, login.caller, self.sandbox.settings, *asked)
            if self.door.binding == "first":
                call.settle()
                answer = await plan.handler(call)
            else:
                answer = await plan.handler(call)
                call.settle()
        return answer if isinstance(answer, Answer) else Answer(answer)

    def owner(self, login: Login) -> str:
        """The name under which an account's rows are stored."""
        return f"{self.sandbox.provider}/{login.account}"


async def _unreachable(call: Call) -> Answer:
    """Stands for the one operation of a JSON-RPC API, which its endpoint answers."""
    raise NotImplementedError(call)
