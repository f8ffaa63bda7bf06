"""One operation, compiled at start to all that a request for it needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from mailproof.pointers import members
from mailproof_mock.authenticate import ANONYMOUS
from mailproof_mock.call import Answer, Handler, Login, Problem
from mailproof_mock.decode import Body, body_of
from mailproof_mock.encode import Encoder, encoder_for, is_json
from mailproof_mock.negotiate import Negotiator, essence_of
from mailproof_mock.parameters import Parameters
from mailproof_mock.validate import describe
from mailproof_mock.withhold import Withhold, withhold_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import jsonschema_rs

    from mailproof.promises import Contract, Operation
    from mailproof_mock.dialect import Dialect
    from mailproof_mock.front_door import FrontDoor
    from mailproof_mock.validate import Validators


class BrokenPromise(Exception):  # noqa: N818 - what it is; the pipeline answers it with internal-error
    """An answer of a handler that does not keep the contract: a defect of the mock, never of the request."""


@dataclass(frozen=True, slots=True)
class _Writer:
    """How the answer of one status in one media type is checked and written."""

    validator: jsonschema_rs.Validator | None
    encode: Encoder
    withhold: Withhold | None


class Writers:
    """The writers of one API, each compiled once: many operations answer an error with the same schema."""

    def __init__(self, document: Mapping[str, Any], validators: Validators) -> None:
        self._document = document
        self._validators = validators
        self._compiled: dict[tuple[str, str], _Writer] = {}

    def at(self, pointer: str, media_type: str, schema: Mapping[str, Any] | None) -> _Writer:
        """The writer of values of the schema that stands at a JSON pointer, if any does, in a media type."""
        found = self._compiled.get((pointer, media_type))
        if found is None:
            found = self._compiled[pointer, media_type] = self._compile(pointer, media_type, schema)
        return found

    def _compile(self, pointer: str, media_type: str, schema: Mapping[str, Any] | None) -> _Writer:
        is_checked = is_json(media_type) or "x-xml" in self._document
        return _Writer(
            self._validators.of(schema) if schema and is_checked else None,
            encoder_for(self._document, pointer, media_type),
            withhold_for(self._document, pointer) if schema else None,
        )


class Plan:
    """What the pipeline does for one operation."""

    def __init__(  # noqa: PLR0913 - the parts that the compiler brings together
        self,
        contract: Contract,
        operation: Operation,
        handler: Handler,
        door: FrontDoor,
        dialect: Dialect,
        requests: Validators,
        writers: Writers,
    ) -> None:
        self.operation = operation
        self.handler = handler
        self.security = cast("Sequence[Mapping[str, Any]]", operation.definition["security"])
        self.writes = operation.effect != "read" or operation.definition.get("x-polls") is True
        self.parameters = Parameters(operation, requests, heed_case=door.query_case == "heed")
        self._permission = str(operation.definition.get("x-permission") or "").partition(":")[::2]
        self._body: Body | None = body_of(contract, operation, requests, heed_case=door.member_case == "heed")
        self.takes_body = self._body is not None
        self._enforce_content_type = door.content_type == "enforce"
        self._refuse_unknown = door.unknown_accept == "refuse"
        self._writers, self._headers = _writers(contract, operation, writers)
        offered = tuple(dict.fromkeys(media for status, media in self._writers if status < 300))  # noqa: PLR2004 - 2xx
        self._negotiator = Negotiator(offered or dialect.media_types, door.accept_alias or {})

    def authorise(self, login: Login) -> None:
        """Raises Problem("forbidden") where the caller lacks the operation's permission (`area:right`).

        Whom the contract lets in without credentials is asked for none.
        """
        area, right = self._permission
        if not area or login is ANONYMOUS:
            return
        if right not in login.caller.get("permissions", {}).get(area, ()):
            raise Problem("forbidden")

    def negotiate(self, accept: str) -> str | None:
        """The media type of the answer.

        Raises Problem("not-acceptable") where the API refuses rather than falls back.
        """
        chosen = self._negotiator.choose(accept)
        if chosen is None:
            if self._refuse_unknown:
                raise Problem("not-acceptable")
            return self._negotiator.choose("")
        return chosen

    def body(self, body: bytes, content_type: str) -> Any:
        """The decoded body; None for an operation that declares none."""
        if self._body is None:
            return None
        return self._body.value(body, content_type, enforce=self._enforce_content_type)

    def write(self, answer: Answer, media_type: str | None) -> tuple[bytes, str | None]:
        """The body of an answer as bytes, and its media type.

        Raises BrokenPromise where the contract does not allow it.
        """
        name = self.operation.id
        for header in self._headers.get(answer.status, ()):
            if header not in answer.headers:
                raise BrokenPromise(f"{name}: {answer.status} without the header {header}")
        if answer.media_type is not None:
            if not {(answer.status, essence_of(answer.media_type)), (answer.status, "*/*")} & set(self._writers):
                raise BrokenPromise(f"{name}: the contract has no {answer.media_type} for status {answer.status}")
            return cast("bytes", answer.body), answer.media_type
        if answer.body is None and answer.status in self._headers and not self._needs_a_body(answer.status):
            return b"", None
        writer = self._writers.get((answer.status, media_type or ""))
        if writer is None:
            raise BrokenPromise(f"{name}: the contract has no {media_type} for status {answer.status}")
        body = answer.body if writer.withhold is None else writer.withhold(answer.body)
        if writer.validator is not None and not writer.validator.is_valid(body):
            raise BrokenPromise(f"{name}: {answer.status}: {describe(writer.validator, body)}")
        return writer.encode(body), media_type

    def _needs_a_body(self, status: int) -> bool:
        """Whether the contract has content for a status, and not merely any content."""
        return any(known == status and media_type != "*/*" for known, media_type in self._writers)


def declared_statuses(operation: Operation) -> dict[int, str]:
    """The statuses that a handler may answer, each with the name of its response in the contract.

    Where no success is declared by its number, `2XX` or else `default` stands for 200.
    """
    names = cast("Mapping[str, Any]", operation.definition["responses"])
    found = {int(name): name for name in names if name.isdigit()}
    if not any(200 <= status < 300 for status in found):  # noqa: PLR2004 - the range of successes
        for name in ("default", "2xx", "2XX"):
            if name in names:
                found[200] = name
    return found


def _writers(
    contract: Contract, operation: Operation, compiled: Writers
) -> tuple[dict[tuple[int, str], _Writer], dict[int, tuple[str, ...]]]:
    writers: dict[tuple[int, str], _Writer] = {}
    headers: dict[int, tuple[str, ...]] = {}
    for status, status_text in declared_statuses(operation).items():
        response = operation.definition["responses"][status_text]
        declared = cast("dict[str, dict[str, Any]]", response.get("headers") or {})
        headers[status] = tuple(name for name, header in declared.items() if header.get("required"))
        for media_type, content in members(response, "content").items():
            pointer = _pointer(contract.document, operation, status_text, media_type)
            writers[status, media_type] = compiled.at(pointer, media_type, content.get("schema"))
    return writers, headers


def _pointer(document: Mapping[str, Any], operation: Operation, status: str, media_type: str) -> str:
    """The JSON pointer of a response's schema, through the references that stand on the way."""
    responses = document["paths"][operation.path][operation.method]["responses"]
    response = responses[status] if status in responses else responses[int(status)]
    base = f"{operation.pointer}/responses/{status}"
    if "$ref" in response:
        base = response["$ref"]
    schema = members(operation.definition["responses"][status], "content", media_type, "schema")
    if "$ref" in schema:
        return str(schema["$ref"])
    return f"{base}/content/{media_type.replace('/', '~1')}/schema"
