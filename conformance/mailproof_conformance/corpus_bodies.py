"""Which media types of a body the corpus has cases in, and what a generated value says once it is written in one.

The same value in a second JSON type says nothing new: that all JSON types of an operation are read alike is a case of
the media types. XML and forms are other writings, and not every wrong value is wrong in them: a number where a text
belongs is a text.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Literal, cast

from mailproof.pointers import mapping, resolve
from mailproof_conformance import datacontract, forms, wire
from mailproof_conformance.formats import is_json, is_xml
from mailproof_conformance.payload import Payloads, essence, schema_pointer
from mailproof_conformance.schemathesis_adapter import FILE
from mailproof_conformance.validators import Validators

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.schemathesis_adapter import Mode

Judged = Literal["positive", "negative", "neutral"]

_FORBIDDEN = frozenset({"value", "nil", "date", "document"})
"""What a reader finds in XML that no server can take for a value of the schema; unknown elements are passed over."""


def families(contract: Contract, media_types: tuple[str, ...]) -> tuple[str, ...]:
    """The first of some media types in each family: JSON, XML where the contract says how, each kind of form."""
    first: dict[str, str] = {}
    for name in media_types:
        family = "json" if is_json(essence(name)) else "xml" if is_xml(essence(name)) else essence(name)
        if family in {"json", forms.URLENCODED, forms.MULTIPART} or (family == "xml" and "x-xml" in contract.document):
            first.setdefault(family, name)
    return tuple(first.values())


def one_of_each_family(contract: Contract) -> dict[str, Any]:
    """The contract's document with each request body in one media type of each family."""
    paths: dict[str, Any] = {path: dict(mapping(item)) for path, item in contract.document["paths"].items()}
    for operation in contract.operations:
        kept = families(contract, wire.request_types(operation))
        if not kept:
            continue
        body, _ = resolve(contract.document, f"{operation.pointer}/requestBody")
        own = {**body, "content": {name: body["content"][name] for name in kept}}
        paths[operation.path][operation.method] = {**paths[operation.path][operation.method], "requestBody": own}
    return {**contract.document, "paths": paths}


class Bodies:
    """Knows what generated bodies say."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._payloads = Payloads(contract)
        self._validators = Validators(contract.document, "request")

    def judged(self, operation: Operation, media_type: str, value: Any, mode: Mode) -> Judged | None:
        """Whether a generated body is right or wrong as it is written; None where it is not what it was made to be.

        None too for a body that the media type cannot say. Wrong JSON that the contract's own schema allows is
        `neutral`.
        """
        is_plain = is_json(essence(media_type))
        if is_plain and mode == "positive":
            return mode
        right = self._right(operation, media_type, value)
        if right is (mode == "positive"):
            return mode
        return "neutral" if right and is_plain else None

    def _right(self, operation: Operation, media_type: str, value: Any) -> bool | None:
        """Whether a body fits its schema as a server reads it; None for one that cannot be written."""
        pointer = schema_pointer(operation, essence(media_type))
        said = value
        if is_xml(essence(media_type)):
            try:
                body, _ = self._payloads.written(operation, value, media_type)
            except ValueError:
                return None
            said, findings = datacontract.read(self._contract.document, pointer, body)
            if any(finding.rule in _FORBIDDEN for finding in findings):
                return False
        elif forms.is_form(value) and not is_json(essence(media_type)):
            said = forms.as_read(self._contract.document, pointer, with_files(value))
        return self._validators.of(pointer).is_valid(said)


def with_files(value: Any) -> Any:
    """A generated body with its files as `wire.File`s."""
    if not isinstance(value, dict):
        return value
    return {name: next(_files(name, item), item) for name, item in cast("dict[str, Any]", value).items()}


def _files(name: str, item: Any) -> Iterator[wire.File]:
    content = mapping(item).get(FILE)
    if isinstance(content, str):
        yield wire.File(f"{name}.bin", base64.b64decode(content))
