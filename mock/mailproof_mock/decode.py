"""The body of a request as a value, by its media type: JSON, DataContract XML, a form, or bytes as they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson

from mailproof.pointers import token
from mailproof_mock.call import Problem
from mailproof_mock.datacontract_reader import compile_decoder
from mailproof_mock.encode import is_json, is_xml
from mailproof_mock.forms import MULTIPART, URLENCODED, read_multipart, read_urlencoded
from mailproof_mock.member_case import renamer_for
from mailproof_mock.negotiate import essence_of
from mailproof_mock.validate import describe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import jsonschema_rs

    from mailproof.promises import Contract, Operation
    from mailproof_mock.member_case import Renamer
    from mailproof_mock.validate import Validators


_MOST_MARKS = 1_000_000  # 10,000 contacts with 50 values each have half of them; each value takes a hundred bytes


def read_json(body: bytes) -> Any:
    """The JSON value of a body.

    Raises Problem("bad-request") for what is not JSON in UTF-8, or nested beyond reason, or of too many values.
    """
    if len(body) > _MOST_MARKS and sum(map(body.count, (b"[", b"{", b","))) > _MOST_MARKS:
        raise Problem("bad-request", f"The body is JSON with more than {_MOST_MARKS} brackets, braces and commas.")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Problem("bad-request", f"The body is not JSON: {error}"[:200]) from None


@dataclass(frozen=True, slots=True)
class BodyReader:
    """How a body of one media type is read and checked; without a validator it is the operation that judges it."""

    read: Callable[[bytes, str], Any]
    validator: jsonschema_rs.Validator | None


@dataclass(frozen=True, slots=True)
class Body:
    """How the body of one operation is read."""

    required: bool
    readers: Mapping[str, BodyReader]

    def value(self, body: bytes, content_type: str, *, enforce: bool) -> Any:
        """The body's value, checked against its schema. Raises Problem("bad-request") or ("unsupported-media-type").

        Without `enforce` the Content-Type says nothing: the body is read as the first media type.
        """
        if not body:
            if self.required:
                raise Problem("bad-request", "A body is required.")
            return None
        media_type = (essence_of(content_type) or content_type) if enforce else ""
        if media_type and media_type not in self.readers:
            raise Problem("unsupported-media-type", f"The media type '{media_type[:80]}' is not supported.")
        reader = self.readers[media_type or next(iter(self.readers))]
        value = reader.read(body, content_type)
        if reader.validator is not None and not reader.validator.is_valid(value):
            raise Problem("bad-request", f"The body: {describe(reader.validator, value)}")
        return value


def body_of(contract: Contract, operation: Operation, validators: Validators, *, heed_case: bool = True) -> Body | None:
    """How an operation's body is read; None for one that declares none.

    `heed_case`: whether the letter case of the members of a body matters.
    """
    declared = operation.definition.get("requestBody")
    if declared is None:
        return None
    document = contract.document
    readers: dict[str, BodyReader] = {}
    for media_type, content in declared["content"].items():
        schema = content.get("schema")
        name = essence_of(media_type)
        if is_json(name):
            rename = renamer_for(document, schema) if schema and not heed_case else None
            readers[name] = BodyReader(partial(_json, rename), validators.of(schema) if schema else None)
        elif is_xml(name) and "x-xml" in document:
            pointer = _pointer(operation, media_type, schema)
            readers[name] = BodyReader(partial(_xml, compile_decoder(document, pointer)), validators.of(schema))
        elif name == URLENCODED:
            readers[name] = BodyReader(lambda body, _: read_urlencoded(body), None)
        elif name == MULTIPART:
            readers[name] = BodyReader(read_multipart, None)
        else:
            readers[name] = BodyReader(lambda body, _: body, None)
    return Body(declared.get("required", False), readers)


def _json(rename: Renamer | None, body: bytes, content_type: str) -> Any:
    del content_type  # JSON is UTF-8, whatever the charset says (RFC 8259)
    value = read_json(body)
    return value if rename is None else rename(value)


def _xml(decode: Callable[[bytes], Any], body: bytes, content_type: str) -> Any:
    del content_type  # the document says its encoding
    return decode(body)


def _pointer(operation: Operation, media_type: str, schema: Mapping[str, Any]) -> str:
    reference = schema.get("$ref")
    return str(reference) if reference else f"{operation.pointer}/requestBody/content/{token(media_type)}/schema"
