"""Laws about the texts of a `$filter` that stands alone: compared as a whole, letter case apart in every alphabet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailproof_conformance.laws import law
from mailproof_conformance.near_misses import near_misses
from mailproof_conformance.which50.linked_tables import names_of, public, records
from mailproof_conformance.which50.reads import quoted
from mailproof_conformance.which50.spare_list import SpareList, ids

if TYPE_CHECKING:
    from mailproof_conformance.check import Check

_LETTERS = ("É", "Å", "Ñ", "Ő", "Ж", "Ω", "Ա")
"""Capitals of several alphabets, each with one small letter that has no other capital."""


@law("W50-filter-in-any-case")
def letters_of_every_alphabet_have_no_case(check: Check) -> None:
    """A text with letters beyond ASCII in capitals, in small letters, and as it is."""
    spare = SpareList(check)
    name = spare.texts[0]
    text = check.fresh("Mark ") + "".join(letter + letter.lower() for letter in _LETTERS)
    row = spare.saved({spare.email: spare.address(), name: text})
    for wanted in (text.upper(), text.lower(), text.swapcase()):
        found = spare.contacts({"$filter": f"{name} eq {quoted(wanted)}"})
        check.equal(
            [row["EncContactId"]], ids(found), f"the contacts with {name} eq {wanted!r}, where one has {text!r}"
        )


@law("W50-records-filter")
def letters_of_records_have_no_case(check: Check) -> None:
    """Texts with letters beyond ASCII in capitals and in small letters, against the text as it is."""
    table = public(check)
    whole = records(check, table, "*")
    met = False
    for name in names_of(check, table):
        texts = dict.fromkeys(record[name] for record in whole if isinstance(record[name], str))
        for text in [text for text in texts if not text.isascii() and _is_plain(text)][:1]:
            met = True
            expected = [record for record in whole if str(record[name]).lower() == text.lower()]
            for wanted in (text.upper(), text.lower()):
                found = records(check, table, "*", filter=f"{name} eq {quoted(wanted)}")
                check.equal(expected, found, f"the records whose {name} is {wanted!r}, where one has {text!r}")
    if not met:
        check.skip("no public linked data has letters beyond ASCII")


def _is_plain(text: str) -> bool:
    """Whether a text comes back from its capitals and from its small letters."""
    return len(text) == len(text.upper()) and text.upper().lower() == text.lower() == text.casefold()


@law("W50-filter-is-no-query")
def one_comparison_takes_all_of_its_text(check: Check) -> None:
    """A contact with a text is not among those with a text that almost is the same, with nothing beside it."""
    spare = SpareList(check)
    name = spare.texts[0]
    text = check.fresh("Mark ") + " Größe 7"
    row = spare.saved({spare.email: spare.address(), name: text})
    found = spare.contacts({"$filter": f"{name} eq {quoted(text)}"})
    check.equal([row["EncContactId"]], ids(found), f"the contacts with {name} eq {text!r}")
    near = [
        (how, other)
        for how, other in near_misses(text).items()
        if other.casefold() != text.casefold() and "\0" not in other
    ]
    for how, other in check.some(near, 5):
        found = spare.contacts({"$filter": f"{name} eq {quoted(other)}"})
        check.equal([], ids(found), f"the contacts with {name} eq {other!r}, where one has {text!r} ({how})")


@law("W50-filter-selects")
def blanks_at_the_ends_of_a_text_count(check: Check) -> None:
    """Texts that differ in the blanks around them, by a comparison alone and by one behind another."""
    spare = SpareList(check)
    name, other, _ = spare.texts
    mark = check.fresh("Mark")
    texts = (mark, f"{mark} ", f" {mark}", f"{mark}  ")
    rows = [spare.saved({spare.email: spare.address(), name: text, other: mark}) for text in texts]
    for row, text in zip(rows, texts, strict=True):
        for start in ("", f"{other} eq '{mark}' and "):
            found = spare.contacts({"$filter": f"{start}{name} eq {quoted(text)}"})
            check.equal([row["EncContactId"]], ids(found), f"the contacts with {start}{name} eq {text!r}")
