"""Laws about texts that almost are another: letter case apart, a contact with the one is no contact with the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailproof_conformance.laws import law
from mailproof_conformance.near_misses import alike_at_first, near_misses
from mailproof_conformance.which50.reads import quoted
from mailproof_conformance.which50.spare_list import OK, SpareList, ids

if TYPE_CHECKING:
    from mailproof_conformance.check import Check

_QUICK = 4
"""One in so many is tried in the profile `quick`, other ones with another seed."""


def _near(check: Check, text: str) -> dict[str, str]:
    """Near misses that do not differ in letter case alone, and that a text in XML could hold too."""
    found = {how: other for how, other in near_misses(text).items() if other.casefold() != text.casefold()}
    kept = [(how, other) for how, other in found.items() if "\0" not in other]
    return dict(kept[check.seed % _QUICK :: _QUICK]) if check.profile == "quick" else dict(kept)


@law("W50-filter-selects")
def near_texts_are_other_texts(check: Check) -> None:
    """A contact with a text is not among those with a text that almost is the same."""
    spare = SpareList(check)
    name, other, _ = spare.texts
    mark = check.fresh("mark")
    text = f"{mark} Größe 7"
    row = spare.saved({spare.email: spare.address(), name: mark, other: text})
    found = spare.contacts({"$filter": f"{name} eq '{mark}' and {other} eq {quoted(text)}"})
    check.equal([row["EncContactId"]], ids(found), f"the contacts with {other} eq {text!r}")
    for how, near in _near(check, text).items():
        found = spare.contacts({"$filter": f"{name} eq '{mark}' and {other} eq {quoted(near)}"})
        check.equal([], ids(found), f"the contacts with {other} eq {near!r}, where one has {text!r} ({how})")


@law("W50-match-one-field")
def near_texts_match_nobody(check: Check) -> None:
    """A contact with a text is not written to by who matches a text that almost is the same."""
    spare = SpareList(check)
    name, other, _ = spare.texts
    text = f"{check.fresh('mark')} Größe 7"
    row = spare.saved({spare.email: spare.address(), name: text})
    for how, near in _near(check, text).items():
        response = spare.patch({name: near}, {other: how})
        found = ids(response.json()) if response.status == OK else []
        check.true(row["EncContactId"] not in found, f"the contacts that match {near!r} ({how})", actual=found)
    check.equal(None, spare.values(row).get(other), f"the value of a contact with {text!r} after patches of others")


@law("W50-match-one-field")
def long_texts_match_to_their_last_character(check: Check) -> None:
    """Two contacts whose texts begin alike."""
    spare = SpareList(check)
    name, other, _ = spare.texts
    for cut, (one, two) in alike_at_first(check.fresh("m")).items():
        rows = [spare.saved({spare.email: spare.address(), name: text}) for text in (one, two)]
        spare.patched({name: two}, {other: "x"})
        kept = [spare.values(row).get(other) for row in rows]
        check.equal([None, "x"], kept, f"what is written to one of two that are alike in {cut} characters")
