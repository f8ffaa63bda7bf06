"""Rule `openapi`: the document is what the OpenAPI specification says one is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from mailproof.pointers import token

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MOST = 50


def openapi(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Pointer and message of everything that openapi-spec-validator finds; the first fifty."""
    version = str(document.get("openapi"))
    validator = OpenAPIV31SpecValidator if version.startswith("3.1") else OpenAPIV30SpecValidator
    checked = validator(cast("Any", dict(document)))
    try:
        for number, error in enumerate(checked.iter_errors()):
            if number == _MOST:
                return
            pointer = "/" + "/".join(token(part) for part in error.absolute_path)
            yield pointer, error.message
    except Exception as error:  # noqa: BLE001 - the validator lets errors of its resolver through
        yield "/", f"cannot be validated: {type(error).__name__}: {error}"
