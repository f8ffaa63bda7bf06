"""Bombs, ways out and rubbish as the body of every operation that writes: refused in the API's words, at once."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import hostile_bodies as hostile
import pytest

from mailproof import contract
from mailproof_conformance import specimen, wire
from mailproof_conformance.binding import parameter_example
from mailproof_conformance.check import Check
from mailproof_conformance.exchange import Request, Response
from mailproof_conformance.formats import is_json, is_xml
from mailproof_conformance.guard import Guard, pin
from mailproof_conformance.payload import Payloads
from mailproof_conformance.session import Session
from mailproof_conformance.target import from_ready_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mailproof.promises import Operation
    from mailproof_conformance.client import Client

CONTRACT = contract("which50")
Seen = dict[str, tuple[int, bytes]]
SECONDS = 10.0  # ten times what the slowest takes on a machine that does something else as well
MEBIBYTES = 300  # the body, a copy of it, and the values in it
SECRET = b"root:x:0:0"


def writes(media_type: str) -> list[Any]:
    """The operations that change something and read a body of that type."""
    return [
        pytest.param(item, id=item.id)
        for item in CONTRACT.operations
        if item.effect != "read" and media_type in wire.request_types(item)
    ]


def matching(operation: Operation) -> dict[str, Any]:
    """What says which contacts are meant, for an operation that is told so in its query."""
    examples = {
        item["name"]: parameter_example(item) for item in operation.definition["parameters"] if item["in"] == "query"
    }
    return {"match": examples["match"], **examples["matched"]} if "matched" in examples else {}


def every_write() -> list[Any]:
    """The operations that change something and read a body."""
    found = [item for item in CONTRACT.operations if item.effect != "read" and wire.request_types(item)]
    return [pytest.param(item, id=item.id) for item in found]


def peak(status: Path) -> int:
    """The most memory that a process has had, in mebibytes."""
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1_024


class Direct:
    """Stands where the suite's client stands: one connection, and no memory of what went over it."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self.guard = Guard(pin(url))
        self._connection = http.client.HTTPConnection(str(address.hostname), address.port or 80, timeout=60)

    def send(self, request: Request, *_: object, **__: object) -> Response:
        self._connection.request(request.method, request.target, request.body, dict(request.headers))
        answer = self._connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return Response(answer.status, headers, answer.read())

    def close(self) -> None:
        self._connection.close()


@dataclass
class Caller:
    """Calls operations of a running mock as the contract has it, but for the body."""

    sandbox: Any
    check: Check = field(init=False)
    payloads: Payloads = field(init=False)
    direct: Direct = field(init=False)

    def __post_init__(self) -> None:
        target = from_ready_file(self.sandbox.ready_file, "which50", None)
        self.direct = Direct(self.sandbox.url)
        self.check = Check(Session(CONTRACT, target, cast("Client", self.direct)), "hostile")
        self.payloads = Payloads(CONTRACT)

    def written(self, operation: Operation, media_type: str) -> tuple[bytes, str]:
        """A body that the operation takes, and its whole Content-Type."""
        value = specimen.body(self.check, operation, media_type)
        body, content_type = self.payloads.of(operation, value, media_type)
        return body, content_type or media_type

    def right(self, operation: Operation, media_type: str) -> bytes:
        """A body that the operation takes."""
        return self.written(operation, media_type)[0]

    def send(self, operation: Operation, body: bytes, content_type: str, encoding: str = "") -> Response:
        """The answer to a body; it comes in time and is none of a broken server."""
        headers = {"Accept": "application/json", **({"Content-Encoding": encoding} if encoding else {})}
        begin = time.monotonic()
        response = specimen.call(
            self.check, operation, query=matching(operation), body=body, content_type=content_type, headers=headers
        )
        assert time.monotonic() - begin < SECONDS
        assert response.status < 500, response.text[:300]
        assert SECRET not in response.body
        if response.status >= 400:
            assert {"Message"} <= set(response.json()) <= {"Message", "MessageDetail", "ModelState"}
        return response

    def state(self, accept: str = "application/json") -> Seen:
        """All that a client can see: the answer of every read that changes nothing, and the outbox."""
        seen = {
            item.id: specimen.call(self.check, item, headers={"Accept": accept})
            for item in CONTRACT.operations
            if item.effect == "read" and item.definition.get("x-polls") is not True
        }
        assert [] == [name for name, response in seen.items() if response.status >= 500]
        outbox = repr(self.sandbox.outbox()).encode()
        return {**{name: (response.status, response.body) for name, response in seen.items()}, "outbox": (200, outbox)}


@pytest.fixture(scope="module")
def only_caller(running_sandbox: Any) -> Iterator[Caller]:
    caller = Caller(running_sandbox)
    yield caller
    caller.direct.close()


@pytest.fixture(scope="module")
def untouched(only_caller: Caller) -> Seen:
    """What can be seen of a sandbox that is fresh from its fixtures."""
    only_caller.sandbox.reset()
    return only_caller.state()


@pytest.fixture
def caller(sandbox: Any, only_caller: Caller) -> Caller:
    assert sandbox is only_caller.sandbox
    return only_caller


class Listener:
    """A server on loopback that notes who calls."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.calls = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.calls += 1
            connection.close()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    server = Listener()
    yield server
    calls = server.calls
    server.close()
    assert 0 == calls


def refuses(
    caller: Caller, operation: Operation, media_type: str, kinds: Mapping[str, hostile.Make], url: str = ""
) -> None:
    """Every one of the bodies is refused."""
    declared = {"multipart/form-data": hostile.MULTIPART_TYPE}.get(media_type, media_type)
    right = caller.right(operation, media_type)
    statuses = {kind: caller.send(operation, make(right, url), declared).status for kind, make in kinds.items()}
    assert {} == {kind: status for kind, status in statuses.items() if status != 400}


def survives(
    caller: Caller, operation: Operation, media_type: str, kinds: Mapping[str, hostile.Make], url: str = ""
) -> None:
    """Every one of the bodies is answered, and whatever is kept of them can be read again."""
    right = caller.right(operation, media_type)
    for make in kinds.values():
        caller.send(operation, make(right, url), media_type)
    for accept in ("application/json", "application/xml"):
        caller.state(accept)


@pytest.mark.parametrize("operation", every_write())
def test_a_right_body_is_taken(caller: Caller, operation: Operation) -> None:
    for media_type in wire.request_types(operation):
        assert 200 == caller.send(operation, *caller.written(operation, media_type)).status


@pytest.mark.parametrize("operation", writes("application/xml"))
def test_hostile_xml_is_refused(caller: Caller, listener: Listener, untouched: Seen, operation: Operation) -> None:
    refuses(caller, operation, "application/xml", hostile.XML_REFUSED, listener.url)
    assert untouched == caller.state()


@pytest.mark.parametrize("operation", writes("application/xml"))
def test_strange_xml_does_no_harm(caller: Caller, listener: Listener, operation: Operation) -> None:
    survives(caller, operation, "application/xml", hostile.XML_SURVIVED, listener.url)


@pytest.mark.parametrize("operation", writes("application/json"))
def test_hostile_json_is_refused(caller: Caller, untouched: Seen, operation: Operation) -> None:
    refuses(caller, operation, "application/json", hostile.JSON_REFUSED)
    assert untouched == caller.state()


@pytest.mark.parametrize("operation", writes("application/json"))
def test_strange_json_does_no_harm(caller: Caller, operation: Operation) -> None:
    survives(caller, operation, "application/json", hostile.JSON_SURVIVED)


@pytest.mark.parametrize("operation", writes("multipart/form-data"))
def test_a_hostile_form_with_parts_is_refused(caller: Caller, untouched: Seen, operation: Operation) -> None:
    refuses(caller, operation, "multipart/form-data", hostile.MULTIPART_REFUSED)
    assert untouched == caller.state()


@pytest.mark.parametrize("operation", writes(hostile.URLENCODED_TYPE))
def test_a_hostile_form_without_parts_is_refused(caller: Caller, untouched: Seen, operation: Operation) -> None:
    refuses(caller, operation, hostile.URLENCODED_TYPE, hostile.URLENCODED_REFUSED)
    assert untouched == caller.state()


def test_thirty_megabytes_of_anything_take_little_time_and_memory(
    start_mock: Callable[..., Any], tmp_path: Path
) -> None:
    caller = Caller(start_mock(tmp_path, "which50"))
    status = Path(f"/proc/{caller.sandbox.process.pid}/status")
    if not status.exists():
        pytest.skip("the system does not tell how much memory a process has had")
    before = peak(status)
    for media_type, kinds in (("application/json", hostile.JSON_LARGE), ("application/xml", hostile.XML_LARGE)):
        operation = cast("Operation", writes(media_type)[0].values[0])
        right = caller.right(operation, media_type)
        for make in kinds.values():
            caller.send(operation, make(right, ""), media_type)
    caller.direct.close()
    assert peak(status) - before < MEBIBYTES


@pytest.mark.parametrize("operation", every_write())
def test_a_body_is_read_as_it_came(caller: Caller, untouched: Seen, operation: Operation) -> None:
    for media_type in wire.request_types(operation):
        body, declared = caller.written(operation, media_type)
        statuses = {
            kind: caller.send(operation, encode(body), declared, encoding).status
            for kind, (encoding, encode) in hostile.ENCODINGS.items()
        }
        assert {400} == set(statuses.values()), (media_type, statuses)
    assert untouched == caller.state()


@pytest.mark.parametrize("operation", every_write())
def test_a_body_is_what_it_is_declared_as(caller: Caller, untouched: Seen, operation: Operation) -> None:
    declared = {media_type: caller.written(operation, media_type) for media_type in wire.request_types(operation)}
    for media_type, (_, content_type) in declared.items():
        for other, (body, _) in declared.items():
            if is_json(media_type) != is_json(other) and is_xml(media_type) != is_xml(other):
                assert 400 == caller.send(operation, body, content_type).status, (media_type, other)
    for content_type in hostile.UNREADABLE_TYPES:
        assert 415 == caller.send(operation, b"x", content_type).status, content_type
    assert untouched == caller.state()
