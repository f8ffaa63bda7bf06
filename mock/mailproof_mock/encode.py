"""How a value is written in a media type: JSON for every JSON-like type, DataContract XML for the XML ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import orjson

from mailproof_mock.datacontract import compile_encoder, strip_xml_only
from mailproof_mock.negotiate import essence_of

if TYPE_CHECKING:
    from collections.abc import Mapping

JSON = "application/json"
_JSON_LIKE = {"text/json", "application/csp-report"}
_XML = {"application/xml", "text/xml"}

Encoder = Callable[[Any], bytes]


def is_json(media_type: str) -> bool:
    """Whether a media type is written as JSON."""
    essence = essence_of(media_type)
    return essence == JSON or essence in _JSON_LIKE or essence.endswith("+json")


def is_xml(media_type: str) -> bool:
    """Whether a media type is written as DataContract XML, where the contract has that style (`x-xml`)."""
    return essence_of(media_type) in _XML


def encoder_for(document: Mapping[str, Any], pointer: str | None, media_type: str) -> Encoder:
    """The writer of values of the schema at a pointer in a media type.

    Text and bytes of other types go out as they are.
    """
    if is_json(media_type):
        if pointer is None or not _has_xml_style(document):
            return orjson.dumps
        strip = strip_xml_only(cast("dict[str, Any]", document), pointer)
        return lambda value: orjson.dumps(strip(value))
    if is_xml(media_type) and pointer is not None and _has_xml_style(document):
        return compile_encoder(cast("dict[str, Any]", document), pointer)
    return _as_it_is


def _has_xml_style(document: Mapping[str, Any]) -> bool:
    return "x-xml" in document


def _as_it_is(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()
