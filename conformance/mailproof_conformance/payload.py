"""The body of a request: a value written in a media type, by the contract's schema where the media type needs it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mailproof.pointers import token
from mailproof_conformance import wire
from mailproof_conformance.datacontract_writer import Writer
from mailproof_conformance.formats import is_xml
from mailproof_conformance.forms import MULTIPART, URLENCODED, is_form, multipart, urlencoded

if TYPE_CHECKING:
    from mailproof.promises import Contract, Operation


def essence(content_type: str) -> str:
    """The media type in a Content-Type, without parameters and in lower case."""
    return content_type.partition(";")[0].strip().lower()


@lru_cache(maxsize=4096)
def schema_pointer(operation: Operation, media_type: str) -> str:
    """Where the schema of the operation's body in a media type stands.

    That of its first media type for one that it does not declare.
    """
    declared = wire.request_types(operation)
    known = next((name for name in declared if essence(name) == media_type), None) or next(iter(declared), media_type)
    return f"{operation.pointer}/requestBody/content/{token(known)}/schema"


class Payloads:
    """Writes the bodies of requests to one API."""

    def __init__(self, contract: Contract) -> None:
        self._writer = Writer(contract.document) if "x-xml" in contract.document else None

    def of(self, operation: Operation, body: object, content_type: str | None = None) -> tuple[bytes, str | None]:
        """The bytes of a body and their Content-Type; None is no body, bytes go as they are.

        The Content-Type is by default the operation's first. XML is written by the schema, the two kinds of forms
        take an object or a list of pairs; anything else is JSON.
        """
        if body is None:
            return b"", None
        declared = content_type or next(iter(wire.request_types(operation)), "application/json")
        if isinstance(body, bytes):
            return body, declared
        return self.written(operation, body, declared)

    def written(self, operation: Operation, value: Any, content_type: str) -> tuple[bytes, str]:
        """The bytes of a value, of null too, and their Content-Type.

        Raises ValueError for a text that XML 1.0 cannot hold.
        """
        media_type = essence(content_type)
        if is_xml(media_type) and self._writer is not None:
            return self._writer.document(schema_pointer(operation, media_type), value), content_type
        if media_type == URLENCODED and is_form(value):
            return urlencoded(value), content_type
        if media_type == MULTIPART and is_form(value):
            data, with_boundary = multipart(value)
            return data, content_type if "boundary=" in content_type else with_boundary
        return wire.json_of(value), content_type
