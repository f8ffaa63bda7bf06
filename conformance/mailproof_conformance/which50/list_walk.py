"""Random walks over the writes to a contact list, beside a model of what they must leave behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mailproof_conformance.which50.spare_list import OK, Row, SpareList, ids, values_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailproof_conformance.check import Check

_COLOURS = ("red", "RED", "blue", "7", 7)
_ADDRESSES = 3


class _Walk:
    """The contacts of one walk, as its writes must leave them; each carries the walk's mark in a field."""

    def __init__(self, check: Check) -> None:
        self.check = check
        self.spare = SpareList(check)
        self.mark = check.fresh("walk")
        self.marked, self.first, self.second = self.spare.texts
        self._before = self.spare.count()
        self._known: dict[str, Row] = {}

    def contact(self, address: int, **values: object) -> Row:
        """The values of a contact with one of a few addresses of the walk."""
        email = f"{self.mark}.{address}@example.com"
        return {self.spare.email: email, self.marked: self.mark, **values}

    def save(self, values: Row, *names: str) -> None:
        """Posts a contact; `names` are the fields to match, without any the address decides."""
        query = {"match": ",".join(names)} if names else {}
        self._saved(self.spare.saved(values, query), values, names or (self.spare.email,))

    def save_by_id(self, place: int, values: Row) -> None:
        """Posts values for one of the contacts, if there is any."""
        for known in sorted(self._known)[place % max(1, len(self._known)) :][:1]:
            found = self.spare.saved(values, EncContactId=known)
            self.check.equal(known, found["EncContactId"], "the contact that a post names")
            self._known[known] |= values

    def send_form(self, values: Row) -> None:
        """Sends a form; the address decides."""
        body = {"ListId": str(self.spare.id), **values}
        form = "application/x-www-form-urlencoded"
        self.check.equal(
            OK, self.check.call("submit_contact_form", body=body, content_type=form).status, "the status of a form"
        )
        known = self._matching(values, (self.spare.email,))
        new = [row for row in self._shown() if row["EncContactId"] not in self._known]
        self.check.equal(0 if known else 1, len(new), "the contacts that a form creates")
        for row in new:
            self._saved(row, values, (self.spare.email,))
        self._write(known, values, (self.spare.email,))

    def patch(self, wanted: Row, values: Row) -> None:
        """Patches the contacts of the walk that have the wanted values."""
        wanted = {self.marked: self.mark, **wanted}
        found = self.spare.patched(wanted, values)
        known = self._matching(wanted, tuple(wanted))
        self.check.equal(sorted(known), sorted(ids(found)), "the contacts that a patch gives back")
        self._write(known, values, ())

    def agrees(self) -> None:
        """The list shows the contacts of the walk as they must be, and counts them."""
        shown = {row["EncContactId"]: values_of(row) for row in self._shown()}
        self.check.equal(self._known, shown, "the contacts of a walk, by their ids")
        self.check.equal(self._before + len(self._known), self.spare.count(), "the Count of the list")

    def _saved(self, found: Row, values: Row, names: tuple[str, ...]) -> None:
        known = self._matching(values, names)
        if known:
            self.check.true(found["EncContactId"] in known, "the contact that a post gives back", expected=known)
            self._write(known, values, names)
            return
        self.check.true(found["EncContactId"] not in self._known, "a contact that matched nobody", expected="a new one")
        defaults = {row["Name"]: row["DefaultValue"] for row in self.spare.fields if row["DefaultValue"] is not None}
        self._known[found["EncContactId"]] = {**defaults, **values}

    def _write(self, known: list[str], values: Row, names: tuple[str, ...]) -> None:
        for row_id in known:
            self._known[row_id] |= {name: value for name, value in values.items() if name not in names}

    def _matching(self, values: Mapping[str, Any], names: tuple[str, ...]) -> list[str]:
        return [
            row_id
            for row_id, known in self._known.items()
            if all(str(known.get(name)).casefold() == str(values[name]).casefold() for name in names)
        ]

    def _shown(self) -> list[Row]:
        return self.spare.contacts({"$filter": f"{self.marked} eq '{self.mark}'"})


def list_writes(check: Check) -> type[RuleBasedStateMachine]:
    """The machine: contacts come by the key field, by `match`, by their ids, by a form and by a patch."""
    colours, addresses = st.sampled_from(_COLOURS), st.integers(0, _ADDRESSES - 1)

    class Writes(RuleBasedStateMachine):
        """One walk."""

        def __init__(self) -> None:
            super().__init__()
            self.walk = _Walk(check)

        @rule(address=addresses, colour=colours)
        def save(self, address: int, colour: object) -> None:
            """Without `match`."""
            self.walk.save(self.walk.contact(address, **{self.walk.first: colour}))

        @rule(address=addresses, colour=colours, further=colours)
        def save_matching(self, address: int, colour: object, further: object) -> None:
            """With `match` on two fields; who has the address alone does not match."""
            values = self.walk.contact(address, **{self.walk.first: colour, self.walk.second: further})
            self.walk.save(values, self.walk.marked, self.walk.first)

        @rule(place=st.integers(0, 9), colour=colours)
        def save_by_id(self, place: int, colour: object) -> None:
            """With an encrypted id."""
            self.walk.save_by_id(place, {self.walk.second: colour})

        @rule(address=addresses, colour=colours)
        def send_form(self, address: int, colour: object) -> None:
            """A form, in which every value is a text."""
            self.walk.send_form(self.walk.contact(address, **{self.walk.first: str(colour)}))

        @rule(colour=colours, further=colours)
        def patch(self, colour: object, further: object) -> None:
            """By two fields, to set one of them and another."""
            self.walk.patch({self.walk.first: colour}, {self.walk.first: further, self.walk.second: colour})

        @invariant()
        def agrees(self) -> None:
            """After each step."""
            self.walk.agrees()

    return Writes
