"""The five requests of `make bench`, made of the sandbox's samples, and the answers that all servers are held to."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from bench_load import BenchError, Request
from mailproof import contract

if TYPE_CHECKING:
    from collections.abc import Mapping

OPERATIONS = ("get", "list", "post", "rpc", "xml")
LIST_LENGTH = 50
_PROVIDER, _RPC_PROVIDER = "which50", "getresponse"
_JSON, _XML = "application/json", "application/xml"
_WAIT = 30  # seconds for one answer
_OK = 200


@dataclass(frozen=True, slots=True)
class Ask:
    """One operation of the bench."""

    name: str
    title: str
    provider: str
    operation_id: str
    request: Request

    @property
    def template(self) -> str:
        """The path of its operation in the contract, below the provider's."""
        return next(found.path for found in contract(self.provider).operations if found.id == self.operation_id)


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answer of our mock in memory, which stands for that of every server."""

    media_type: str
    body: str


def asks(providers: Mapping[str, Any]) -> dict[str, Ask]:
    """The operations by name; `providers` is what the mock wrote to its ready file."""
    which50, rpc = providers[_PROVIDER], providers[_RPC_PROVIDER]
    samples, login = which50["samples"], which50["headers"]
    one = _target(which50, "get_contact", samples)
    many = _target(which50, "list_contact_list_contacts", samples) + f"?%24top={LIST_LENGTH}"
    save = _target(which50, "save_contact", samples) + "?match=Email"
    call = {"jsonrpc": "2.0", "id": 1, "method": "get_messages", "params": [rpc["api_key"]]}
    accept, sent = {"Accept": _JSON}, {"Content-Type": _JSON}
    found = [
        Ask("get", "GET by key", _PROVIDER, "get_contact", Request("GET", one, {**login, **accept})),
        Ask(
            "list",
            f"GET list of {LIST_LENGTH}",
            _PROVIDER,
            "list_contact_list_contacts",
            Request("GET", many, {**login, **accept}),
        ),
        Ask(
            "post",
            "POST, body validated",
            _PROVIDER,
            "save_contact",
            Request("POST", save, {**login, **accept, **sent}, _contact(LIST_LENGTH)),
        ),
        Ask(
            "rpc",
            "JSON-RPC call",
            _RPC_PROVIDER,
            contract(_RPC_PROVIDER).operations[0].id,
            Request("POST", urlsplit(str(rpc["base_url"])).path + "/", {**accept, **sent}, json.dumps(call)),
        ),
        Ask("xml", "GET by key, XML", _PROVIDER, "get_contact", Request("GET", one, {**login, "Accept": _XML})),
    ]
    return {ask.name: ask for ask in found}


def answer_to(url: str, request: Request) -> tuple[int, str, str]:
    """Status, media type and body of one answer. Raises OSError or http.client.HTTPException where none comes."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=_WAIT)
    try:
        body = None if request.body is None else request.body.encode()
        connection.request(request.method, request.target, body=body, headers=dict(request.headers))
        answer = connection.getresponse()
        media_type = (answer.headers["content-type"] or "").partition(";")[0]
        return answer.status, media_type, answer.read().decode("utf-8", "replace")
    finally:
        connection.close()


def furnished_answers(url: str, known: Mapping[str, Ask]) -> dict[str, Recorded]:
    """Brings a mock's world to where the bench wants it, and gives its answer to each ask. Raises BenchError."""
    furnish(url, known)
    return {name: _recorded(url, ask) for name, ask in known.items()}


def furnish(url: str, known: Mapping[str, Ask]) -> None:
    """Saves a list of 50 contacts, and the one that is posted again and again: it stays one, so no state grows.

    Raises BenchError where the server does not take them.
    """
    post = known["post"].request
    for number in range(LIST_LENGTH + 1):
        status, _, body = answer_to(url, Request(post.method, post.target, post.headers, _contact(number)))
        if status != _OK:
            raise BenchError(f"{url} answers {status} to a contact that is to be saved: {body[:200]}")


def _recorded(url: str, ask: Ask) -> Recorded:
    status, media_type, body = answer_to(url, ask.request)
    if status != _OK:
        raise BenchError(f"the mock answers {status} to {ask.title}: {body[:200]}")
    return Recorded(media_type, body)


def difference(url: str, ask: Ask, expected: Recorded) -> str | None:
    """What is wrong with a server's answer, in a few words; None where it is the expected one.

    JSON may be written otherwise as long as it says the same.
    """
    try:
        status, media_type, body = answer_to(url, ask.request)
    except (OSError, http.client.HTTPException) as error:
        return f"no answer: {error}"
    if status != _OK:
        return f"answers {status}"
    if media_type != expected.media_type:
        return f"answers {media_type or 'no media type'}"
    return None if _same(body, expected) else f"answers another document: {body[:80]}"


def _same(body: str, expected: Recorded) -> bool:
    if body == expected.body or expected.media_type != _JSON:
        return body == expected.body
    try:
        return bool(json.loads(body) == json.loads(expected.body))
    except ValueError:
        return False


def _target(entry: Mapping[str, Any], operation_id: str, samples: Mapping[str, Any]) -> str:
    """The path of an operation with samples in it, as it stands in a request line."""
    operation = next(found for found in contract(_PROVIDER).operations if found.id == operation_id)
    path: str = operation.path
    for parameter in operation.definition["parameters"]:
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", quote(str(samples[parameter["name"]]), safe=""))
    return urlsplit(str(entry["base_url"])).path + path


def _contact(number: int) -> str:
    """A contact of the sandbox's list with values in fields of three types, told from others by its address."""
    values = {
        "Email": f"reader-{number:02d}@example.com",
        "FirstName": "Nora",
        "LastName": f"Quay {number:02d}",
        "Address": "14 Harbour Road, D4",
        "Visits": number,
        "Newsletter": True,
    }
    return json.dumps({"Values": values})
