"""The fields of a contact list, and what becomes of the values that are given for them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from mailproof_mock.call import Problem
from mailproof_mock.which50.addresses import is_email, is_mobile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mailproof_mock.world import World

_DEEPEST = 100  # lists and objects within one another; what writes JSON gives up at 254
_LONG = 2**63
_TEXTS: frozenset[type] = frozenset({str})
_SHOWN = 80  # characters of a name or value in a text about it


@dataclass(frozen=True)
class ContactSchema:
    """The fields of one list. Their names are the same in every letter case, and stored as the list has them."""

    names: Mapping[str, str]
    """The name of each field in folded case -> the name."""
    defaults: Mapping[str, str]
    """What a new contact gets in a field for which nothing is given."""
    emails: frozenset[str]
    mobiles: frozenset[str]

    @cached_property
    def spelled(self) -> frozenset[str]:
        """The names as the list has them."""
        return frozenset(self.names.values())

    def sorted_out(self, values: Mapping[str, Any] | None) -> tuple[dict[str, Any], list[str]]:
        """The values by the names of the list's fields, and the names among them that are no field's.

        Raises Problem("expectation-failed") for a value that cannot be stored.
        """
        if values and values.keys() <= self.spelled and _TEXTS.issuperset(map(type, values.values())):
            return {**values}, []
        found: dict[str, Any] = {}
        unknown: list[str] = []
        for given, value in (values or {}).items():
            name = self.names.get(given.casefold())
            if name is None:
                unknown.append(given)
            else:
                found[name] = value if type(value) is str else storable(name, value)
        return found, unknown

    def invalid_emails(self, values: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Name and text of the values that are malformed e-mail addresses."""
        return _failing(is_email, self.emails, values)

    def invalid_mobiles(self, values: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Name and text of the values that are malformed mobile numbers."""
        return _failing(is_mobile, self.mobiles, values)

    def warnings(self, values: Mapping[str, Any], unknown: Iterable[str]) -> list[str]:
        """One text for each value that is stored with a doubt or was left out."""
        return [
            *(f"{name[:_SHOWN]}: the list has no such field; the value was left out." for name in unknown),
            *(f"{name}: '{text[:_SHOWN]}' is not an e-mail address." for name, text in self.invalid_emails(values)),
            *(f"{name}: '{text[:_SHOWN]}' is not a mobile number." for name, text in self.invalid_mobiles(values)),
        ]


async def schema_of(world: World, list_id: int) -> ContactSchema:
    """The fields of a list."""
    fields = await world.find("field", _list=list_id)
    return ContactSchema(
        names={field["Name"].casefold(): field["Name"] for field in fields},
        defaults={field["Name"]: field["DefaultValue"] for field in fields if field["DefaultValue"] is not None},
        emails=frozenset(field["Name"] for field in fields if field["MapType"] == "Email"),
        mobiles=frozenset(field["Name"] for field in fields if field["MapType"] == "Mobile"),
    )


def comparable(value: object) -> str | None:
    """A value as values are compared: text in folded case, a number as its digits; None for nothing and for lists.

    >>> comparable("ADA"), comparable(123456), comparable("123456"), comparable(2.0), comparable(True)
    ('ada', '123456', '123456', '2', 'true')
    >>> comparable(""), comparable(None), comparable([1])
    (None, None, None)
    """
    if isinstance(value, str):
        return value.casefold() or None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < _LONG:
        return str(int(value))
    return str(value) if isinstance(value, int | float) else None


def storable(name: str, value: Any, depth: int = 0) -> Any:
    """The value of a field as JSON can hold it: a whole number of more than 64 bits becomes a floating one.

    Raises Problem("expectation-failed") for what is nested beyond reason or larger than any number.
    """
    if depth > _DEEPEST:
        raise Problem("expectation-failed", f"{name}: the value is nested more than {_DEEPEST} deep.")
    if isinstance(value, dict):
        entries = cast("dict[str, Any]", value)
        return {key: storable(name, entry, depth + 1) for key, entry in entries.items()}
    if isinstance(value, list):
        return [storable(name, entry, depth + 1) for entry in cast("list[Any]", value)]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if not isinstance(value, int) or -_LONG <= value < 2 * _LONG:
        return value
    try:
        return float(value)
    except OverflowError:
        raise Problem("expectation-failed", f"{name}: the number is too large.") from None


def _failing(is_good: Callable[[str], bool], names: Iterable[str], values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Those of the values of some fields that are something, and as text no good."""
    found: list[tuple[str, str]] = []
    for name in names:
        value = values.get(name)
        if value is not None and value != "":
            text = value if type(value) is str else str(value)
            if not is_good(text):
                found.append((name, text))
    return found
