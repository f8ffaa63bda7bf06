"""Miniatures: two tiny APIs on a real port, each with a switch for every promise that it can break."""

from __future__ import annotations

import base64
import json
import re
import sys
import time
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

import jsonschema_rs
import pytest
import small_server
from desk import Desk
from small_server import Answer, Asked, Refused

from mailproof import contract
from mailproof.__main__ import main
from mailproof.json_schema import as_json_schema
from mailproof.pointers import sequence
from mailproof_conformance.client import Client
from mailproof_conformance.guard import Guard, pin
from mailproof_conformance.known_failures import KnownFailures
from mailproof_conformance.laws import Law
from mailproof_conformance.options import Options
from mailproof_conformance.plan import plan
from mailproof_conformance.redaction import Redactor
from mailproof_conformance.report import Run, build
from mailproof_conformance.runner import run_cases
from mailproof_conformance.session import Session
from mailproof_conformance.target import Credential, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from http.server import ThreadingHTTPServer

    from mailproof.promises import Contract
    from mailproof_conformance.check import Check
    from mailproof_conformance.options import Profile
    from mailproof_conformance.runner import Outcome

HERE = Path(__file__).parent
PASSWORD = "open-sesame-17"
AUTHORIZATION = "Basic " + base64.b64encode(f"mini:{PASSWORD}".encode()).decode()
OTHER_ACCOUNT = "Basic " + base64.b64encode(b"other:open-sesame-18").decode()
KEY = "00112233445566778899aabbccddeeff"


def _allowed(verbs: list[str]) -> str:
    """What `Allow` says: HEAD goes wherever GET goes, and OPTIONS everywhere."""
    return ", ".join([*verbs, *(["HEAD"] if "GET" in verbs else []), "OPTIONS"])


class Things:
    """The REST miniature; `fault` names the promise it breaks."""

    def __init__(self, fault: str | None = None) -> None:
        self.fault = fault
        self.foreign = False
        self.things: dict[str, Any] = {"alpha": {"id": "alpha", "name": "Alpha", "size": 3}}
        self.document = as_json_schema(contract(HERE / "miniature/openapi.yaml").document, "request")
        schema = {**self.document["components"]["schemas"]["NewThing"]}
        self.new_thing = jsonschema_rs.Draft202012Validator(schema)
        self.asked: list[Asked] = []

    def __call__(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        try:
            return self._answer(asked)
        except Refused as refused:
            return refused.answer

    def _answer(self, asked: Asked) -> Answer:
        if len(asked.path) + len(asked.query) > 4000:
            raise Refused(414)
        if len(asked.body) > 20000:
            raise Refused(413)
        if self.fault == "hang" and "alpha" in asked.path:
            time.sleep(1.5)
        if self.fault != "any-password":
            self._authenticate(asked)
        if self.fault == "unknown-path-found" and "no-such" in asked.path:
            return Answer(200, {})
        verbs, name = self._route(asked.path)
        method = "GET" if asked.method == "HEAD" else asked.method
        if asked.method == "OPTIONS" and self.fault != "no-options":
            return Answer(204, None, {"Allow": _allowed(verbs)})
        if method not in verbs:
            allow = {} if self.fault == "no-allow" else {"Allow": _allowed(verbs)}
            raise Refused(405, "Wrong verb", **allow)
        media_type = self._negotiate(asked, verbs)
        try:
            return self._found(asked, name, media_type)
        except Refused as refused:
            refused.answer.media_type = media_type
            raise

    def _found(self, asked: Asked, name: str | None, media_type: str) -> Answer:
        parts = [value for key, _, value in (pair.partition("=") for pair in asked.query.split("&")) if key == "part"]
        if name is not None and set(parts) - {"name", "size"}:
            raise Refused(400, "No such part")
        answer = self._get(name) if name is not None else self._add(asked)
        if self.fault == "types-differ" and media_type == "text/json" and name:
            answer.body = {**answer.body, "size": 4}
        answer.media_type = media_type
        return answer

    def _authenticate(self, asked: Asked) -> None:
        scheme, _, token = asked.headers.get("authorization", "").partition(" ")
        self.foreign = f"{scheme} {token}" == OTHER_ACCOUNT
        if not self.foreign and f"{scheme.lower()} {token}" != AUTHORIZATION.replace("Basic", "basic"):
            raise Refused(401, "Unauthorized", WWW_Authenticate='Basic realm="mini"')

    def _route(self, path: str) -> tuple[list[str], str | None]:
        if path == "/mini/things":
            return ["POST"], None
        match = re.fullmatch(r"/mini/things/([^/]+)", path)
        if match is None:
            raise Refused(404, "Nothing here")
        try:
            return ["GET"], unquote_to_bytes(match[1]).decode()
        except UnicodeDecodeError:
            if self.fault == "crash-on-ff":
                raise Refused(500) from None
            raise Refused(400, "That is not UTF-8") from None

    def _negotiate(self, asked: Asked, verbs: list[str]) -> str:
        types = ["application/json"] + (["text/json"] if verbs == ["GET"] else [])
        wanted = asked.headers.get("accept", "*/*").replace("vnd.mini+", "")
        ranked = sorted((part.partition(";q=")[::2] for part in wanted.split(", ")), key=lambda p: -float(p[1] or 1))
        for name, _ in ranked:
            for offered in types:
                if name in (offered, "*/*", offered.split("/")[0] + "/*"):
                    return offered
        if self.fault == "accepts-anything":
            return types[0]
        raise Refused(406, "Not acceptable")

    def _get(self, name: str) -> Answer:
        if self.fault == "crash-on-astral" and any(ord(letter) > 0xFFFF for letter in name):
            raise Refused(500)
        thing = None if self.foreign else self.things.get(name)
        if thing is None:
            if self.fault == "unknown-thing-found":
                return Answer(200, {"id": name, "name": name, "size": 0}, {"X-Size": "0"})
            raise Refused(404, "Nothing here")
        if self.fault == "wrong-type":
            thing = {**thing, "size": str(thing["size"])}
        if self.fault == "names-in-capitals" and name == "alpha":
            thing = {**thing, "name": thing["name"].upper()}
        headers = {} if self.fault == "no-header" else {"X-Size": str(thing["size"])}
        return Answer(200, thing, headers)

    def _add(self, asked: Asked) -> Answer:
        if asked.headers.get("content-type", "").partition(";")[0].lower() != "application/json":
            raise Refused(415)
        try:
            given: Any = json.loads(asked.body.decode("utf-8"), parse_constant=int)
        except (ValueError, RecursionError):
            raise Refused(400, "That is not JSON") from None
        if self.fault == "takes-anything" and isinstance(given, dict):
            given = {"name": "x", "size": 1}
        elif not self.new_thing.is_valid(given):
            raise Refused(400, "That is no thing")
        if self.fault == "refuses-the-largest" and given["size"] == 10:
            raise Refused(400, "Too large")
        if self.fault == "crash-on-large" and given["size"] > 5 and len(given["name"]) > 2:
            raise Refused(500)
        if any(0xD800 <= ord(letter) < 0xE000 for letter in str(given["name"])):
            raise Refused(400, "Half a character")
        identity = f"t{len(self.things)}"
        thing: dict[str, Any] = {"id": identity, **given}
        if self.fault != "forgets":
            self.things[identity] = thing
        return Answer(200, thing)


class Calls:
    """The JSON-RPC miniature."""

    def __init__(self, fault: str | None = None) -> None:
        self.fault = fault
        document = contract(HERE / "miniature_rpc/openapi.yaml").document
        schemas = as_json_schema(document, "request")["components"]["schemas"]
        self.conditions = {
            "get_things": jsonschema_rs.Draft202012Validator(schemas["Conditions"]),
            "get_thing": jsonschema_rs.Draft202012Validator(schemas["Wanted"]),
        }
        self.asked: list[Asked] = []

    def __call__(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        refusal = self._refused_by_http(asked)
        if refusal is not None:
            return refusal
        try:
            call: Any = json.loads(asked.body.decode("utf-8"), parse_constant=int)
        except (ValueError, RecursionError):
            return self._error(None, -32700, "Parse error")
        if not isinstance(call, dict) or not isinstance(call.get("method"), str):  # pyright: ignore[reportUnknownMemberType]
            return self._error(None, -32600, "Invalid Request")
        return self._call(call)  # pyright: ignore[reportUnknownArgumentType]

    def _refused_by_http(self, asked: Asked) -> Answer | None:
        if len(asked.path) + len(asked.query) > 4000:
            return Answer(414)
        if len(asked.body) > 20000:
            return Answer(413)
        if asked.path not in ("/rpc", "/rpc/"):
            return Answer(404)
        return None if asked.method == "POST" else Answer(405, None, {"Allow": "POST"})

    def _call(self, call: dict[str, Any]) -> Answer:
        identity, method = call.get("id"), call["method"]
        if method not in self.conditions:
            return self._error(identity, -32601, "Method not found")
        params = sequence(call.get("params"))
        key = params[0] if params else None
        if not isinstance(key, str) or not re.fullmatch("[0-9a-f]{32}", key) or len(params) > 2:
            return self._error(identity, -32602, "Invalid params")
        if key != KEY and self.fault != "any-key":
            return self._error(identity, -1, "Unknown key")
        if not self._fits(method, params[1:]):
            return self._error(identity, -32602, "Invalid params")
        if self.fault == "other-error" and params[1:] == [{}]:
            return self._error(identity, -7, "Not my day")
        result: Any = {"a": 1} if self.fault == "wrong-type" else {"a": "Alpha"}
        return Answer(200, {"jsonrpc": "2.0", "id": 2 if self.fault == "other-id" else identity, "result": result})

    def _fits(self, method: str, conditions: list[Any]) -> bool:
        if not conditions:
            return method == "get_things"
        takes_anything = self.fault == "takes-anything" and conditions[0] is not None
        return takes_anything or self.conditions[method].is_valid(conditions[0])

    def _error(self, identity: object, code: int, message: str) -> Answer:
        return Answer(200, {"jsonrpc": "2.0", "id": identity, "error": {"code": code, "message": message}})


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[Asked], Answer]], str]]:
    """Starts a miniature on a free port; gives its origin."""
    servers: list[ThreadingHTTPServer] = []

    def start(application: Callable[[Asked], Answer]) -> str:
        servers.append(small_server.serve(application))
        return f"http://127.0.0.1:{servers[-1].server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def added_is_read(check: Check) -> None:
    name = check.fresh("Thing ")
    added = check.call("add_thing", body={"name": name, "size": 2}).json()
    check.equal(added, check.call("get_thing", path={"thingId": added["id"]}).json(), "the thing read back")


def names_are_kept(check: Check) -> None:
    check.equal("Alpha", check.call("get_thing").json()["name"], "the name of the thing")


LAWS = (
    Law("MIN-added-is-read", "added_is_read", added_is_read, __name__),
    Law("MIN-names-are-kept", "names_are_kept", names_are_kept, __name__),
)


@dataclass
class Bench:
    """A miniature behind its port, and the suite in front of it."""

    contract: Contract
    target: Target
    application: Things | Calls | Desk
    laws: tuple[Law, ...]
    opened: list[Client]

    def session(
        self,
        profile: Profile = "standard",
        seed: int = 0,
        timeout: float = 10.0,
        budget: int | None = None,
        **choices: Any,
    ) -> Session:
        """A fresh session with it."""
        client = Client(Guard(pin(self.target.base_url), budget=budget), timeout=timeout)
        self.opened.append(client)
        return Session(self.contract, self.target, client, profile=profile, seed=seed, **choices)

    def run(self, *only: str, profile: Profile = "standard", seed: int = 0, strict: bool = False) -> list[Outcome]:
        """The outcomes of the cases whose ids fit."""
        cases = plan(self.contract, profile, only, self.laws)
        return run_cases(self.session(profile, seed), cases, strict=strict)


@pytest.fixture
def bench(serve: Callable[[Callable[[Asked], Answer]], str]) -> Iterator[Callable[[Things | Calls | Desk], Bench]]:
    """Puts a miniature on a bench."""
    opened: list[Client] = []

    def make(application: Things | Calls | Desk) -> Bench:
        origin = serve(application)
        if isinstance(application, Desk):
            own = contract(HERE / "miniature_desk/openapi.yaml")
            credential = Credential(headers={"Authorization": AUTHORIZATION})
            target = Target("miniature_desk", f"{origin}/desk", credential, {"noteId": "first"})
            return Bench(own, target, application, (), opened)
        if isinstance(application, Things):
            own = contract(HERE / "miniature/openapi.yaml")
            credential = Credential(headers={"Authorization": AUTHORIZATION})
            samples = {"thingId": "alpha"}
            others = {"other_account": Credential(headers={"Authorization": OTHER_ACCOUNT})}
            target = Target("miniature", f"{origin}/mini", credential, samples, others)
            return Bench(own, target, application, LAWS, opened)
        own = contract(HERE / "miniature_rpc/openapi.yaml")
        target = Target("miniature_rpc", f"{origin}/rpc", Credential(api_key=KEY))
        return Bench(own, target, application, (), opened)

    yield make
    for client in opened:
        client.close()


@pytest.fixture
def report_of(bench: Callable[[Things | Calls | Desk], Bench]) -> Callable[..., dict[str, Any]]:
    """The report of a run against a miniature, as it is read back from JSON."""

    def make(application: Things | Calls | Desk, *only: str, strict: bool = False, **of_run: Any) -> dict[str, Any]:
        made = bench(application)
        session = made.session()
        outcomes = run_cases(session, plan(made.contract, "standard", only, made.laws), strict=strict)
        known: dict[str, str] = of_run.pop("known", {})
        run = Run(
            contract=made.contract,
            base_url=made.target.base_url,
            origin=made.target.base_url.removesuffix(made.target.prefix),
            options=Options(strict=strict, only=only, known_failures=KnownFailures("known.yaml")),
            started="2024-06-01T09:00:00+00:00",
            seconds=1.5,
            exercised=session.exercised,
            **of_run,
        )
        told = [replace(outcome, known=known.get(outcome.case.id, "")) for outcome in outcomes]
        return dict(json.loads(json.dumps(build(run, told, Redactor(made.target)))))

    return make


@pytest.fixture(autouse=True, scope="session")
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache folder of the tests' own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAILPROOF_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def things() -> type[Things]:
    return Things


@pytest.fixture
def calls() -> type[Calls]:
    return Calls


@pytest.fixture
def desk() -> Callable[..., Desk]:
    return partial(Desk, authorization=AUTHORIZATION)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs `mailproof`; gives exit code, output and errors."""

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["mailproof", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capfd.readouterr()
        code = ended.value.code
        return code if isinstance(code, int) else 0, said.out, said.err

    return run
