"""What Schemathesis is taught of this project's media types: for the suite, and as `hooks` of stock runs.

`application/csp-report` is JSON, and the XML of a contract with `x-xml` is .NET's: the library's own XML says nothing
of a member that may be null, and writes null as a text.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import schemathesis
from schemathesis.transport import serialization

from mailproof.pointers import token
from mailproof_conformance import datacontract
from mailproof_conformance.datacontract_writer import Writer

if TYPE_CHECKING:
    from collections.abc import Mapping

_XML = ("application/xml", "text/xml")

schemathesis.serializer.alias("application/csp-report", "application/json")


@schemathesis.serializer(*_XML)
def write_xml(context: Any, value: Any) -> Any:
    """The bytes of a generated body; what XML cannot hold is left out of it."""
    case = context.case
    document: Mapping[str, Any] = case.operation.schema.raw_schema
    if "x-xml" not in document:
        library: Any = serialization
        return library.serialize_xml(case, value)["data"]
    place = f"#/paths/{token(case.operation.path)}/{case.operation.method.lower()}/requestBody/content"
    pointer = f"{place}/{token(case.media_type)}/schema"
    return Writer(document).document(pointer, datacontract.as_xml_can_say(value))


@schemathesis.deserializer("application/csp-report")
def read_csp_report(context: Any, response: Any) -> Any:
    """The value of an answer. Raises ValueError for what is not JSON."""
    del context
    return json.loads(response.content)
