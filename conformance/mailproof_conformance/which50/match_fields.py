"""Laws about what is compared by a `match`: all of its fields, however many, and texts of digits as texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailproof_conformance.laws import law
from mailproof_conformance.which50.spare_list import SpareList, ids

if TYPE_CHECKING:
    from mailproof_conformance.check import Check


@law("W50-match-and")
def every_one_of_many_fields_counts(check: Check) -> None:
    """A contact with values in five fields, matched by all of them, and by all with one other value, each in turn."""
    spare = SpareList(check)
    names = [*spare.texts, spare.number, spare.mobile]
    mark = check.fresh("mark")
    values = {name: f"{mark} {number}" for number, name in enumerate(spare.texts)}
    values |= {spare.number: "7", spare.mobile: "+353861112233"}
    row = spare.saved({spare.email: spare.address(), **values})
    for size in (3, len(names)):
        wanted = {name: values[name] for name in names[:size]}
        found = spare.patched(wanted, {})
        check.equal([row["EncContactId"]], ids(found), f"the contacts that a patch finds by {size} fields")
        for name, value in wanted.items():
            others = {**wanted, name: "8" if name == spare.number else f"{value}9"}
            found = spare.patched(others, {})
            check.equal([], ids(found), f"the contacts that a patch finds by {size} fields, of which {name} differs")
    for name in check.some(names, 2):
        others = {**values, name: "8" if name == spare.number else f"{values[name]}9"}
        posted = spare.saved(others, {"match": ",".join(names)})
        same = posted["EncContactId"] == row["EncContactId"]
        check.true(not same, f"whom a post finds by {len(names)} fields, of which {name} differs", expected="nobody")


@law("W50-match-types")
def digits_that_stand_for_one_number_are_other_texts(check: Check) -> None:
    """A text of digits, beside the same number with a zero more or less, a sign, and a fraction."""
    spare = SpareList(check)
    name, other, _ = spare.texts
    digits = str(70_000_000 + int(check.fresh("")[-6:], 16))
    for text, near in (
        (digits, (f"0{digits}", f"000{digits}", f"+{digits}", f"{digits}.0")),
        (f"00{digits}", (digits, f"0{digits}")),
        (f"{digits}.50", (f"{digits}.5",)),
    ):
        row = spare.saved({spare.email: spare.address(), name: text})
        for wanted in near:
            found = spare.patched({name: wanted}, {other: "x"})
            check.true(row["EncContactId"] not in ids(found), f"whom a patch finds by {wanted}, where one has {text}")
            found = spare.contacts({"$filter": f"{name} eq '{wanted}'"})
            check.true(row["EncContactId"] not in ids(found), f"who has {name} eq '{wanted}', where one has {text}")
        check.equal([row["EncContactId"]], ids(spare.patched({name: text}, {})), f"whom a patch finds by {text}")
        spare.patched({name: text}, {name: "done"})
