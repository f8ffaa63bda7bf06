"""What a contact list holds after the writes that were made to it, worked out from the clauses alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mailproof_conformance.which50.journey_reads import Row, read
from mailproof_conformance.which50.people import fields_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mailproof_conformance.check import Check
    from mailproof_conformance.which50.people import Fields


@dataclass(slots=True)
class Merge:
    """What becomes of a contact that is given: who is found, what is set in each, and who is created otherwise."""

    found: list[str]
    given: Row
    whole: Row


@dataclass(slots=True)
class Job:
    """An import job and the contacts that were given to it so far."""

    id: int
    names: tuple[str, ...]
    contacts: list[Row] = field(default_factory=list[Row])


class Schema:
    """The fields of a list: what no write changes."""

    def __init__(self, check: Check, list_id: int) -> None:
        """Asks for them; the case is skipped where the list lacks a field that is needed."""
        rows: list[Row] = read(check, "list_contact_list_fields", contactListId=list_id)
        self.list_id = list_id
        self.fields: Fields = fields_of(check, list_id)
        self.names = {row["Name"] for row in rows}
        self.defaults = {row["Name"]: row["DefaultValue"] for row in rows if row["DefaultValue"] is not None}


class Ledger:
    """The values of every contact of a list, by the encrypted id."""

    def __init__(self, check: Check, schema: Schema) -> None:
        """Begins with what the list holds now."""
        self.list_id = schema.list_id
        self.fields = schema.fields
        self._schema = schema
        self.contacts = values_by_id(read(check, "list_contact_list_contacts", contactListId=self.list_id))

    def with_values(self, wanted: Mapping[str, Any]) -> list[str]:
        """The contacts that have all of these values, in whichever letter case."""
        return [name for name, values in self.contacts.items() if all(_alike(values, wanted, key) for key in wanted)]

    def merged(self, values: Mapping[str, Any], match: Sequence[str], contact_id: str | None = None) -> Merge:
        """How a contact with these values is taken in: by its encrypted id, else by the fields in `match`."""
        known = {name: value for name, value in values.items() if name in self._schema.names}
        if contact_id is not None:
            return Merge([contact_id], known, {})
        wanted = {name: known.get(name) for name in match}
        found = self.with_values(wanted) if all(wanted.values()) else []
        given = {name: value for name, value in known.items() if name not in match}
        return Merge(found, given, {**self._schema.defaults, **known})

    def update(self, contacts: Iterable[str], given: Mapping[str, Any]) -> int:
        """Sets values in some contacts; gives the number of those in which that changed something."""
        changed = 0
        for name in contacts:
            before = self.contacts[name]
            self.contacts[name] = {
                **before,
                **{key: value for key, value in given.items() if key in self._schema.names},
            }
            changed += self.contacts[name] != before
        return changed

    def imported(self, job: Job) -> tuple[Row, list[Row]]:
        """The counters of a job that has done its work, and the contacts that it created; those are not taken in yet.

        The contacts of the job come one after the other: what the first creates the second may update.
        """
        counters = dict.fromkeys(("InsertedContacts", "UpdatedContacts", "NotUpdatedContacts"), 0)
        created: list[str] = []
        for values in job.contacts:
            taken = {name: value for name, value in values.items() if name in job.names}
            merge = self.merged(taken, (self.fields.email,))
            if not merge.found:
                created.append(f"created by the job: {len(created)}")
                self.contacts[created[-1]] = merge.whole
                counters["InsertedContacts"] += 1
                continue
            changed = self.update(merge.found, merge.given)
            counters["UpdatedContacts"] += changed
            counters["NotUpdatedContacts"] += len(merge.found) - changed
        total = counters["InsertedContacts"] + counters["UpdatedContacts"]
        return {**counters, "TotalContacts": total, "DroppedContacts": 0}, [self.contacts.pop(name) for name in created]


def _alike(values: Row, wanted: Mapping[str, Any], name: str) -> bool:
    return str(values.get(name, "")).casefold() == str(wanted[name]).casefold()


def values_by_id(rows: list[Row]) -> dict[str, Row]:
    """The values of contacts by their encrypted ids."""
    return {row["EncContactId"]: row["Values"] or {} for row in rows}
