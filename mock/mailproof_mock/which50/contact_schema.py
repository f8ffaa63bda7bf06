"""The fields of a contact list, and what becomes of the values that are given for them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from mailproof_mock.call import Problem
from mailproof_mock.which50.addresses import is_email, is_mobile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mailproof_mock.world import World

_DEEPEST = 100  # lists and objects within one another; what writes JSON gives up at 254
_LONG = 2**63
_SHOWN = 80  # characters of a name or value in a text about it


@dataclass(frozen=True, slots=True)
class ContactSchema:
    """The fields of one list. Their names are the same in every letter case, and stored as the list has them."""

    names: Mapping[str, str]
    """The name of each field in folded case -> the name."""
    defaults: Mapping[str, str]
    """What a new contact gets in a field for which nothing is given."""
    emails: frozenset[str]
    mobiles: frozenset[str]

    def sorted_out(self, values: Mapping[str, Any] | None) -> tuple[dict[str, Any], list[str]]:
        """The values by the names of the list's fields, and the names among them that are no field's.

        Raises Problem("expectation-failed") for a value that cannot be stored.
        """
        found: dict[str, Any] = {}
        unknown: list[str] = []
        for given, value in (values or {}).items():
            name = self.names.get(given.casefold())
            if name is None:
                unknown.append(given)
            else:
                found[name] = value if type(value) is str else storable(name, value)
        return found, unknown

    def invalid_emails(self, values: Mapping[str, Any]) -> int:
        """How many of the values are malformed e-mail addresses."""
        return sum(not is_email(text) for _, text in _texts(values, self.emails))

    def invalid_mobiles(self, values: Mapping[str, Any]) -> int:
        """How many of the values are malformed mobile numbers."""
        return sum(not is_mobile(text) for _, text in _texts(values, self.mobiles))

    def warnings(self, values: Mapping[str, Any], unknown: Iterable[str]) -> list[str]:
        """One text for each value that is stored with a doubt or was left out."""
        texts = [f"{name[:_SHOWN]}: the list has no such field; the value was left out." for name in unknown]
        for name, text in _texts(values, self.emails):
            if not is_email(text):
                texts.append(f"{name}: '{text[:_SHOWN]}' is not an e-mail address.")
        for name, text in _texts(values, self.mobiles):
            if not is_mobile(text):
                texts.append(f"{name}: '{text[:_SHOWN]}' is not a mobile number.")
        return texts


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


def _texts(values: Mapping[str, Any], names: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The values of some fields as text, those that are nothing left out."""
    for name in names:
        value = values.get(name)
        if value is not None and value != "":
            yield name, value if isinstance(value, str) else str(value)
