"""Contacts that are given are merged into a list: matched, and then updated or created.

One contact and a hundred thousand go by the same rules; they differ in how much of the list is loaded first.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from mailproof_mock.call import Problem
from mailproof_mock.fixture_rows import opaque_id
from mailproof_mock.which50.contact_schema import ContactSchema, comparable, schema_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mailproof_mock.call import Call

    Row = dict[str, Any]

INDEXED = "email"
"""The field by whose value the store finds a contact again: a row's `_key` is the list's id and that value."""
_BLOCK = 100  # numbers
_NUMBERS_AFTER = 1_000_000  # the numbers below are the fixtures'
_SCALARS = str | int | float | None
_SHOWN = 80  # characters of a name in a text about it


@dataclass(slots=True)  # not frozen: there is one for each contact of an import
class Merged:
    """What became of a contact that was given."""

    rows: list[Row]
    """As they are stored: all that matched, or the one that was created."""
    outcome: Literal["inserted", "updated", "unchanged"]
    changed: list[Row]
    """Those of the rows that are not as they were."""
    invalid_emails: int
    invalid_mobiles: int


class Merger:
    """Merges contacts into one list: `opened`, then one of `load_...`, then `merge` or `update`, then `store`."""

    def __init__(self, call: Call, list_id: int, schema: ContactSchema, match: tuple[str, ...] | None) -> None:
        """See `opened`."""
        self._world = call.world
        self._list_id = list_id
        self._schema = schema
        self._explicit = match is not None
        key = schema.names.get(str(call.settings["key-field"]).casefold())
        self._match = match if match is not None else (key,) if key is not None else ()
        self._indexed = schema.names.get(INDEXED)
        self._rows: dict[str, Row] = {}
        self._found_by: dict[tuple[str, ...], dict[str, None]] = {}
        self._changed: dict[str, Row] = {}
        self._new: set[str] = set()
        self._learned = False
        self._numbers: deque[int] = deque()
        self._at_once = 1

    @classmethod
    async def opened(cls, call: Call, list_id: int, match: str | None) -> Merger:
        """A merger for a list that exists; `match` is the text of that parameter, None without one.

        Raises Problem("expectation-failed") for a name in it that is no field's.
        """
        schema = await schema_of(call.world, list_id)
        return cls(call, list_id, schema, None if match is None else _names(match, schema))

    @property
    def match(self) -> tuple[str, ...]:
        """The fields by which contacts are found again: those of `match`, without it the key field."""
        return self._match

    @property
    def needs_whole_list(self) -> bool:
        """Whether a contact is found only by going through the list, which is worth doing once for many."""
        return bool(self._match) and self._indexed not in self._match

    async def load_for(self, contact: Mapping[str, Any]) -> None:
        """Takes in what a contact that is given may match."""
        if not self._explicit and contact.get("EncContactId"):
            row = await self._world.get("contact", contact["EncContactId"])
            self._take_in([row] if row is not None and row["ListId"] == self._list_id else [])
        else:
            await self.load_matching(self._wanted(self._schema.sorted_out(contact.get("Values"))[0]))

    async def load_for_all(self, contacts: Sequence[Mapping[str, Any]]) -> None:
        """Takes in what any of some contacts may match, whose values go by the names of the list's fields.

        The list is gone through once, at the first time, where one of them needs that. From here on new contacts get
        their numbers in blocks, of which the last may not be used up.
        """
        self._at_once = min(len(contacts), _BLOCK) or 1
        named = () if self._explicit else [row_id for contact in contacts if (row_id := contact.get("EncContactId"))]
        wanted = [
            self._wanted(contact["Values"]) for contact in contacts if self._explicit or not contact.get("EncContactId")
        ]
        ids: set[str] = set()
        if self.needs_whole_list:
            await self._learn_list()
            ids = {row_id for values in wanted if values for row_id in self._found_by.get(values, ())}
        if self._match and not self.needs_whole_list:
            place = self._match.index(self._indexed or "")
            keys = {key_of(self._list_id, values[place]) for values in wanted if values}
            self._take_in(await self._world.find_any("contact", "_key", keys) if keys else [])
        ids = ids.union(named) - self._rows.keys()
        rows = await self._world.get_some("contact", ids) if ids else []
        self._take_in(row for row in rows if row["ListId"] == self._list_id)

    async def load_matching(self, wanted: tuple[str, ...] | None) -> None:
        """Takes in what has these values, as `comparable` writes them, in the fields of `match`."""
        if not wanted:
            return
        if self._indexed in self._match:
            value = wanted[self._match.index(self._indexed)]
            self._take_in(await self._world.find("contact", _key=key_of(self._list_id, value)))
            return
        async for rows in self._world.pages("contact", "ListId", self._list_id):
            self._take_in(row for row in rows if self._signature(row) == wanted)

    async def _learn_list(self) -> None:
        """Goes through the whole list, once, and keeps who has which values to match, but not the rows."""
        if self._learned:
            return
        self._learned = True
        async for rows in self._world.pages("contact", "ListId", self._list_id):
            for row in rows:
                signature = self._signature(row)
                if signature is not None:
                    self._found_by.setdefault(signature, {})[row["EncContactId"]] = None

    async def merge(self, contact: Mapping[str, Any]) -> Merged:
        """Updates every contact that the given one matches, or creates it.

        Without `match` its `EncContactId` says which one it is, else its value of the key field. The values by which a
        contact was found stay as they are. Raises Problem("unknown-contact") for an `EncContactId` that is not in the
        list, Problem("expectation-failed") where a value to match is missing.
        """
        values, unknown = self._schema.sorted_out(contact.get("Values"))
        emails, mobiles = len(self._schema.invalid_emails(values)), len(self._schema.invalid_mobiles(values))
        named = None if self._explicit else contact.get("EncContactId") or None
        if named is not None:
            if named not in self._rows:
                raise Problem("unknown-contact")
            found, given = [self._rows[named]], values
        else:
            found = self._matching(self._wanted(values))
            given = {name: value for name, value in values.items() if name not in self._match}
        if not found:
            rows = [await self._created(values, unknown)]
            return Merged(rows, "inserted", rows, emails, mobiles)
        differ = [_differs(row, given) for row in found]
        rows = [self._updated(row, given, unknown) for row in found]
        changed = [row for row, differs in zip(rows, differ, strict=True) if differs]
        return Merged(rows, "updated" if changed else "unchanged", changed, emails, mobiles)

    def update(self, wanted: tuple[str, ...], values: Mapping[str, Any] | None) -> list[Row]:
        """Sets values in every contact that has the wanted ones; creates none."""
        given, unknown = self._schema.sorted_out(values)
        return [self._updated(row, given, unknown) for row in self._matching(wanted)]

    async def store(self) -> None:
        """Writes what was merged."""
        new = [row for row_id, row in self._changed.items() if row_id in self._new]
        if new:
            await self._world.add_all("contact", new)
        if len(new) < len(self._changed):
            await self._world.put_all("contact", (r for row_id, r in self._changed.items() if row_id not in self._new))
        self._changed, self._new = {}, set()

    def wanted(self, texts: Mapping[str, str]) -> tuple[str, ...]:
        """The values to match from a mapping by name, in whichever letter case.

        Raises Problem("expectation-failed") where one is missing.
        """
        found: dict[str, str] = {}
        for name, text in texts.items():
            found.setdefault(name.casefold(), text)
        return _complete(self._match, [comparable(found.get(name.casefold())) for name in self._match])

    def _wanted(self, values: Mapping[str, Any]) -> tuple[str, ...] | None:
        """The values to match from those of a contact; None where it has no value of the key field."""
        parts = [comparable(values.get(name)) for name in self._match]
        return _complete(self._match, parts) if self._explicit else _all_or_none(parts)

    def _matching(self, wanted: tuple[str, ...] | None) -> list[Row]:
        return [self._rows[row_id] for row_id in self._found_by.get(wanted, ())] if wanted else []

    def _take_in(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._rows[row["EncContactId"]] = row
            signature = self._signature(row)
            if signature is not None:
                self._found_by.setdefault(signature, {})[row["EncContactId"]] = None

    def _signature(self, row: Row) -> tuple[str, ...] | None:
        values: Mapping[str, Any] = row["Values"] or {}
        return _all_or_none([comparable(values.get(name)) for name in self._match])

    async def _created(self, values: Mapping[str, Any], unknown: Iterable[str]) -> Row:
        number = _NUMBERS_AFTER + await self._next_number()
        row_id = opaque_id(self._world.account, "contact saved", number)
        self._new.add(row_id)
        whole = {**values, **{name: text for name, text in self._schema.defaults.items() if name not in values}}
        return self._keep({"EncContactId": row_id, "ListId": self._list_id, "Id": number}, whole, unknown)

    async def _next_number(self) -> int:
        if not self._numbers:
            self._numbers = deque(await self._world.numbers("contact", self._at_once))
        return self._numbers.popleft()

    def _updated(self, row: Row, given: Mapping[str, Any], unknown: Sequence[str]) -> Row:
        if not unknown and row["ValidationWarnings"] == [] and not _differs(row, given):
            return row
        signature = self._signature(row)
        if signature is not None:
            self._found_by[signature].pop(row["EncContactId"], None)
        return self._keep(row, {**(row["Values"] or {}), **given}, unknown)

    def _keep(self, row: Row, values: dict[str, Any], unknown: Iterable[str]) -> Row:
        whole: Row = {
            "ValidationWarnings": self._schema.warnings(values, unknown),
            "EncContactId": row["EncContactId"],
            "ListId": row["ListId"],
            "Values": values,
            "Id": row["Id"],
        }
        indexed = None if self._indexed is None else comparable(values.get(self._indexed))
        if indexed is not None:
            whole["_key"] = key_of(self._list_id, indexed)
        self._take_in([whole])
        self._changed[whole["EncContactId"]] = whole
        return whole


def key_of(list_id: int, value: str | None) -> str | None:
    """The `_key` of the contacts of a list that have a value in the indexed field; None for no value."""
    return None if value is None else f"{list_id}/{value}"


def _names(match: str, schema: ContactSchema) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for text in match.split(","):
        name = schema.names.get(text.strip().casefold())
        if name is None:
            raise Problem("expectation-failed", f"match: the list has no field '{text.strip()[:_SHOWN]}'.")
        found[name] = None
    return tuple(found)


def _complete(names: Sequence[str], parts: list[str | None]) -> tuple[str, ...]:
    found = _all_or_none(parts)
    if found is None and parts:
        name = names[parts.index(None)]
        raise Problem("expectation-failed", f"match: there is no value of '{name[:_SHOWN]}' to compare with.")
    return found or ()


def _all_or_none(parts: list[str | None]) -> tuple[str, ...] | None:
    return tuple(cast("list[str]", parts)) if parts and None not in parts else None


def _differs(row: Row, given: Mapping[str, Any]) -> bool:
    known: Mapping[str, Any] = row["Values"] or {}
    return any(name not in known or not _same(known[name], value) for name, value in given.items())


def _same(left: object, right: object) -> bool:
    """Whether two values are one: 1 is neither true nor 1.0."""
    if isinstance(left, _SCALARS) and isinstance(right, _SCALARS):
        return type(left) is type(right) and left == right
    return repr(left) == repr(right)
