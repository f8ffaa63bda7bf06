"""Laws about `$filter`, `$orderby`, `$skip` and `$top` on the contacts of a list."""

from __future__ import annotations

from collections import Counter
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any

from mailproof_conformance.laws import law
from mailproof_conformance.which50.reads import quoted
from mailproof_conformance.which50.spare_list import BAD_REQUEST, OK, Row, SpareList, contacts_of, ids, read, values_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mailproof_conformance.check import Check

_MOST = 12
"""Values of a field that are asked for one by one."""


class _Crowd:
    """The largest list that the target offers, whole, and the names of its fields that hold texts."""

    def __init__(self, check: Check) -> None:
        self.check = check
        self.id = check.sample("lists.large")
        self.rows = contacts_of(check, self.id)
        self._texts: dict[str, list[str]] = {}
        fields = read(check, "list_contact_list_fields", contactListId=self.id)
        named = [field["Name"] for field in fields if field["Name"].isidentifier()]
        self.names = [name for name in named if len(self.texts(name)) > 1]
        if not self.rows or len(self.names) <= 1:
            check.skip("the large list has no two fields with different texts in them")

    def texts(self, name: str) -> list[str]:
        """The different texts in a field, the rarest last."""
        if name not in self._texts:
            values = [values_of(row).get(name) for row in self.rows]
            found = Counter(value for value in values if isinstance(value, str) and value)
            self._texts[name] = sorted(found, key=lambda text: (-found[text], text))
        return self._texts[name]

    def coarse(self) -> tuple[str, str]:
        """The two fields with the fewest different texts."""
        first, second, *_ = sorted(self.names, key=lambda name: len(self.texts(name)))
        return first, second

    def asked(self, **options: Any) -> list[Row]:
        """The contacts that the list gives with options."""
        return contacts_of(self.check, self.id, {f"${name}": value for name, value in options.items()})

    def where(self, **wanted: str) -> list[str]:
        """The ids of the contacts that have certain texts in certain fields, in whichever letter case."""
        return [
            row["EncContactId"]
            for row in self.rows
            if all(_key(row, name) == text.casefold() for name, text in wanted.items())
        ]


def _key(row: Row, name: str) -> str:
    return str(values_of(row).get(name) or "").casefold()


@law("W50-filter-selects")
def a_filter_gives_whom_it_names(check: Check) -> None:
    """Frequent and rare texts of two fields, against the whole list."""
    crowd = _Crowd(check)
    for name in crowd.coarse():
        texts = crowd.texts(name)
        for text in [*texts[: _MOST // 2], *texts[-_MOST // 2 :]]:
            expected = crowd.where(**{name: text})
            found = crowd.asked(filter=f"{name} eq {quoted(text)}")
            check.equal(expected, ids(found), f"the contacts with {name} eq {text!r}")


@law("W50-filter-selects")
def the_empty_text_is_a_value(check: Check) -> None:
    """One contact with the empty text, one with a text, one with null and one with nothing in a field."""
    spare = SpareList(check)
    mark, (name, other, _) = check.fresh("mark"), spare.texts
    empty, *_ = [
        spare.saved({spare.email: spare.address(), name: mark, **more})
        for more in ({other: ""}, {other: "something"}, {other: None}, {})
    ]
    found = spare.contacts({"$filter": f"{name} eq '{mark}' and {other} eq ''"})
    check.equal([empty["EncContactId"]], ids(found), f"the contacts with {other} eq ''")
    alone = [values_of(row).get(other) for row in spare.contacts({"$filter": f"{other} eq ''"})]
    check.equal([""] * len(alone), alone, f"`{other}` of all contacts with {other} eq ''")


@law("W50-filter-and")
def comparisons_are_joined_by_and(check: Check) -> None:
    """Pairs of texts in two fields, and a third comparison that holds or does not."""
    crowd = _Crowd(check)
    one, other = crowd.coarse()
    pairs = product(crowd.texts(one)[: _MOST // 3], crowd.texts(other)[: _MOST // 3])
    for turn, (text, further) in enumerate(pairs):
        expected = crowd.where(**{one: text, other: further})
        both = f"{one} eq {quoted(text)} and {other} eq {quoted(further)}"
        check.equal(expected, ids(crowd.asked(filter=both)), f"the contacts with {both}")
        thirds: tuple[tuple[str, list[str]], ...] = ((text, expected), (check.fresh("Nobody"), []))
        for third, whom in check.some(thirds, 1, turn):
            all_three = f"{both} and {one} eq {quoted(third)}"
            check.equal(whom, ids(crowd.asked(filter=all_three)), f"the contacts with {all_three}")


@law("W50-filter-in-any-case")
def letter_case_is_nothing_to_a_filter(check: Check) -> None:
    """A field and a text in capitals and in small letters, and a name of an option in capitals."""
    crowd = _Crowd(check)
    name = crowd.coarse()[0]
    text = crowd.texts(name)[0]
    expected = ids(crowd.asked(filter=f"{name} eq {quoted(text)}"))
    for change in (str.upper, str.lower):
        found = crowd.asked(filter=f"{change(name)} eq {quoted(change(text))}")
        check.equal(expected, ids(found), f"the contacts with {change(name)} eq {change(text)!r}")
    found = contacts_of(check, crowd.id, {"$FILTER": f"{name} eq {quoted(text)}"})
    check.equal(expected, ids(found), "the contacts by a $FILTER")


@law("W50-filter-types")
def numbers_and_truths_are_compared(check: Check) -> None:
    """A contact with a number, compared with the number and with its digits as a text."""
    spare = SpareList(check)
    mark, number = check.fresh("mark"), 70_000 + int(check.fresh("")[-6:], 16)
    row = spare.saved({spare.email: spare.address(), spare.texts[0]: mark, spare.number: number})
    for literal in (str(number), f"'{number}'"):
        found = spare.contacts({"$filter": f"{spare.number} eq {literal} and {spare.texts[0]} eq '{mark}'"})
        check.equal([row["EncContactId"]], ids(found), f"the contacts with {spare.number} eq {literal}")
    found = spare.contacts({"$filter": f"{spare.number} eq {number + 1} and {spare.texts[0]} eq '{mark}'"})
    check.equal([], ids(found), "the contacts with the next number")


@law("W50-filter-null")
def null_is_no_value(check: Check) -> None:
    """One contact with a value, one with the empty text, one with null and one with nothing in a field."""
    spare = SpareList(check)
    mark, (name, other, _) = check.fresh("mark"), spare.texts
    for text in ("something", ""):
        spare.saved({spare.email: spare.address(), name: mark, other: text})
    nothing = [spare.saved({spare.email: spare.address(), name: mark, **more}) for more in ({other: None}, {})]
    found = spare.contacts({"$filter": f"{name} eq '{mark}' and {other} eq null"})
    check.equal(ids(nothing), ids(found), f"the contacts with {other} eq null")
    alone = [values_of(row).get(other) for row in spare.contacts({"$filter": f"{other} eq null"})]
    check.equal([None] * len(alone), alone, f"`{other}` of all contacts with {other} eq null")


@law("W50-filter-is-no-query")
def a_text_in_a_filter_is_a_text(check: Check) -> None:
    """A value with quotes and with what could be more of a filter in it."""
    spare = SpareList(check)
    mark = check.fresh("mark")
    name, other, _ = spare.texts
    spare.saved({spare.email: spare.address(), name: mark})
    for text in ("o'hara", "' or 1 eq 1", "x' and y eq 'x", "'; drop table contact; --", "%", "*", "''", "\\'"):
        row = spare.saved({spare.email: spare.address(), name: mark, other: text})
        found = spare.contacts({"$filter": f"{name} eq '{mark}' and {other} eq {quoted(text)}"})
        check.equal([row["EncContactId"]], ids(found), f"the contacts with {other} eq {text!r}")


@law("W50-orderby-sorts")
def contacts_are_sorted_by_a_field(check: Check) -> None:
    """Two fields, each in both directions, and then both at once; no value comes first."""
    crowd = _Crowd(check)
    one, other = crowd.coarse()
    for orders in ([(one, 1)], [(one, -1)], [(other, 1)], [(one, 1), (other, -1)], [(other, -1), (one, 1)]):
        text = ",".join(f"{name} desc" if sign < 0 else name for name, sign in orders)
        found = crowd.asked(orderby=text)
        check.equal(sorted(ids(crowd.rows)), sorted(ids(found)), f"the contacts by {text}, whatever their order")
        expected = found
        for name, sign in reversed(orders):
            expected = sorted(expected, key=partial(_key, name=name), reverse=sign < 0)
        check.equal([_keys(row, orders) for row in expected], [_keys(row, orders) for row in found], f"by {text}")
    ascending = crowd.asked(orderby=f"{one} asc")
    check.equal(ids(crowd.asked(orderby=one)), ids(ascending), "`asc` against nothing")


def _keys(row: Row, orders: Iterable[tuple[str, int]]) -> list[str]:
    return [_key(row, name) for name, _ in orders]


@law("W50-top-and-skip")
def a_part_is_a_part_of_the_whole(check: Check) -> None:
    """The beginning, the end, what lies beyond it, and nothing."""
    crowd = _Crowd(check)
    whole, size = ids(crowd.rows), len(crowd.rows)
    for skip, top in ((0, 1), (0, 5), (1, 5), (size - 2, 5), (size, 5), (size + 9, 5), (3, 0), (0, size + 9)):
        found = crowd.asked(skip=skip, top=top)
        check.equal(whole[skip : skip + top], ids(found), f"$skip={skip} and $top={top} of {size} contacts")
    for skip in (size - 7, size - 1, size, size + 1):
        check.equal(whole[skip:], ids(crowd.asked(skip=skip)), f"$skip={skip} alone of {size} contacts")
    check.equal(whole[:7], ids(crowd.asked(top=7)), "$top alone")


@law("W50-top-and-skip")
def a_part_of_a_few_is_a_part_of_the_whole(check: Check) -> None:
    """About as many left out as there are in each list, with nothing else in the query."""
    for turn, row in enumerate(read(check, "list_contact_lists")):
        whole = ids(contacts_of(check, row["Id"]))
        size = len(whole)
        for skip in check.some(sorted({max(size - 1, 0), size, size + 1}), 1, turn):
            found = ids(contacts_of(check, row["Id"], {"$skip": skip}))
            check.equal(whole[skip:], found, f"$skip={skip} alone of the {size} contacts of list {row['Id']}")


@law("W50-options-in-turn")
def a_part_is_taken_last(check: Check) -> None:
    """A filter, an order, and then a part of what they leave."""
    crowd = _Crowd(check)
    one, other = crowd.coarse()
    options = {"filter": f"{one} eq {quoted(crowd.texts(one)[0])}", "orderby": f"{other} desc"}
    whole = ids(crowd.asked(**options))
    for skip, top in ((0, 3), (2, 3), (len(whole) - 1, 3)):
        found = crowd.asked(**options, skip=skip, top=top)
        check.equal(whole[skip : skip + top], ids(found), f"$skip={skip} and $top={top} of {len(whole)} contacts")
    check.equal([], ids(crowd.asked(**options, skip=len(whole))), f"$skip={len(whole)} alone of {len(whole)} contacts")


@law("W50-options-malformed")
def an_option_that_cannot_be_read_is_refused(check: Check) -> None:
    """Filters and orders of other forms, unknown fields, and numbers that are none."""
    crowd = _Crowd(check)
    name, unknown = crowd.coarse()[0], check.fresh("Nothing")
    filters = (
        name,
        f"{name} eq",
        f"{name} eq 'a",
        f"{name} eq 'a'b'",
        f"{name} eq a",
        f"{name} gt 'a'",
        f"{name} eq 'a' or {name} eq 'b'",
        f"{name} eq 'a' and",
        f"{name} eq 'a' {name} eq 'b'",
        f"({name} eq 'a')",
        f"not {name} eq 'a'",
        f"startswith({name}, 'a')",
        f"'a' eq {name}",
        f"{unknown} eq 'a'",
        "and",
        "1 eq 1",
    )
    orders = (unknown, f"{name} up", f"{name},", f"{name} asc desc", f"{name};{name}", f"lower({name})")
    numbers = ("-1", "few", "1.5", "2147483648", "0x1")
    wrong: list[tuple[str, str]] = [
        *(("$filter", text) for text in filters),
        *(("$orderby", text) for text in orders),
        *(("$top", text) for text in numbers),
        *(("$skip", text) for text in numbers),
    ]
    for option, text in wrong:
        path = {"contactListId": crowd.id}
        response = check.call("list_contact_list_contacts", path=path, query={option: text})
        check.equal(BAD_REQUEST, response.status, f"the contacts of a list with {option}={text}")
    response = check.call("list_contact_list_contacts", path={"contactListId": crowd.id}, query={"$filter": ""})
    check.equal(OK, response.status, "the contacts of a list with an empty $filter")
