"""The body of an answer as a value: JSON by itself, XML by the contract's schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_conformance import datacontract
from mailproof_conformance.formats import is_json, is_xml
from mailproof_conformance.standing import ANY_SERVER
from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from mailproof.promises import Contract
    from mailproof_conformance.exchange import Response


def read_body(contract: Contract, pointer: str | None, response: Response) -> tuple[Any, list[datacontract.Finding]]:
    """The body's value and what is wrong with its XML form; no body is None, other types are text.

    Raises Broken for JSON that is none, and for XML that is not well-formed.
    """
    if not response.body:
        return None, []
    if is_json(response.media_type):
        return response.json(), []
    if is_xml(response.media_type) and pointer is not None and "x-xml" in contract.document:
        value, findings = datacontract.read(contract.document, pointer, response.content)
        if findings and findings[0].rule == "syntax":
            level = ANY_SERVER if response.charset is None else None
            raise Broken("body: the body is XML", "a well-formed text", str(findings[0]), level=level)
        return value, findings
    return response.text, []
