"""JSON as a request is read: strict, within limits, and with every number as exact as it was written."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import orjson


class NotJson(Exception):  # noqa: N818 - a fact about the text, not a failure of ours
    """The bytes are no JSON text; the message says why in a few words."""


def parse(body: bytes) -> Any:
    """The value of a JSON text in UTF-8. Integers are exact, other numbers are `Decimal`. Raises NotJson.

    Refused are NaN, lone surrogates, a byte order mark, nesting of more than about 1,000 levels, numbers
    beyond the range of a double, and members that are written twice in one object.
    """
    try:
        orjson.loads(body)  # refuses all but repeated members, in C and without recursion of ours
        return json.loads(body, parse_float=Decimal, object_pairs_hook=_object)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise NotJson(_reason(error)) from None


def number(value: float | Decimal) -> bytes:
    """A number that `parse` gave, as JSON writes it, digit for digit."""
    return str(value).encode()


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(members)
    if len(value) != len(members):
        raise ValueError("a member is written twice in one object")
    return value


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, ArithmeticError):
        return "a number is out of range"
    return str(error)
