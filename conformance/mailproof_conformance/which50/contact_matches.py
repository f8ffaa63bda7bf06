"""Laws about `match`: which contacts a write is meant for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_conformance.laws import law
from mailproof_conformance.which50.list_walk import list_writes
from mailproof_conformance.which50.spare_list import EXPECTATION_FAILED, OK, SpareList, ids, read, row_of, values_of

if TYPE_CHECKING:
    from mailproof_conformance.check import Check

_WALKS = 6
"""At most: each walk takes some 40 requests."""


@law("W50-match-one-field")
def a_contact_is_found_by_one_field(check: Check) -> None:
    """A field that is not the key field, by POST and by PATCH."""
    spare = SpareList(check)
    name, other, _ = spare.texts
    mark = check.fresh("mark")
    row = spare.saved({spare.email: spare.address(), name: mark, other: "before"})
    bystander = spare.saved({spare.email: spare.address(), name: check.fresh("other"), other: "before"})
    found = spare.saved({name: mark, other: "posted"}, {"match": name})
    check.equal(row["EncContactId"], found["EncContactId"], f"the contact that a post finds by {name}")
    check.equal("posted", spare.values(row).get(other), "the value that was posted")
    rows = spare.patched({name: mark}, {other: "patched"})
    check.equal([row["EncContactId"]], ids(rows), f"the contacts that a patch finds by {name}")
    check.equal("patched", spare.values(row).get(other), "the value that was patched")
    check.equal("before", spare.values(bystander).get(other), "the value of a contact that does not match")


@law("W50-match-and")
def several_fields_must_all_match(check: Check) -> None:
    """Four contacts with two values in two fields."""
    spare = SpareList(check)
    name, other, third = spare.texts
    one, two = check.fresh("one"), check.fresh("two")
    pairs = [(left, right) for left in (one, two) for right in (one, two)]
    rows = {pair: spare.saved({name: pair[0], other: pair[1]}) for pair in pairs}
    found = spare.saved({name: one, other: two, third: "posted"}, {"match": f"{name},{other}"})
    check.equal(rows[one, two]["EncContactId"], found["EncContactId"], "the contact that a post finds by two fields")
    found_rows = spare.patched({other: one, name: two}, {third: "patched"})
    check.equal([rows[two, one]["EncContactId"]], ids(found_rows), "the contacts that a patch finds by two fields")
    written = {pair: spare.values(row).get(third) for pair, row in rows.items()}
    expected = {(one, one): None, (one, two): "posted", (two, one): "patched", (two, two): None}
    check.equal([expected[pair] for pair in pairs], [written[pair] for pair in pairs], "what was written to the four")


@law("W50-match-updates-every")
def all_that_match_are_updated(check: Check) -> None:
    """Three contacts with one value, by PATCH and by POST; a fourth with another."""
    spare = SpareList(check)
    name, other, _ = spare.texts
    mark = check.fresh("mark")
    rows = [spare.saved({spare.email: spare.address(), name: mark}) for _ in range(3)]
    apart = spare.saved({spare.email: spare.address(), name: check.fresh("other")})
    found = spare.patched({name: mark}, {other: "patched"})
    check.equal(sorted(ids(rows)), sorted(ids(found)), "the contacts that a patch gives back")
    check.equal(["patched"] * 3, [spare.values(row).get(other) for row in rows], "what was patched")
    answered = spare.saved({name: mark, other: "posted"}, {"match": name})
    check.true(answered["EncContactId"] in ids(rows), "the contact that a post gives back", expected="one of them")
    check.equal(["posted"] * 3, [spare.values(row).get(other) for row in rows], "what was posted")
    check.equal(None, spare.values(apart).get(other), "the value of a contact that does not match")


@law("W50-match-in-any-case")
def letter_case_is_nothing_to_a_match(check: Check) -> None:
    """Names and values in capitals and in small letters, and spaces around the names."""
    spare = SpareList(check)
    name, other, _ = spare.texts
    mark = check.fresh("Mark") + "é"
    row = spare.saved({spare.email: spare.address(), name: mark})
    for number, change in enumerate((str.upper, str.lower, str.swapcase)):
        found = spare.saved({name: change(mark), other: f"posted {number}"}, {"match": f" {change(name)} "})
        check.equal(row["EncContactId"], found["EncContactId"], f"the contact by {change(name)} {change(mark)!r}")
        rows = spare.patched({change(name): change(mark)}, {other: f"patched {number}"})
        check.equal([row["EncContactId"]], ids(rows), f"the contacts by {change(name)} {change(mark)!r}")


@law("W50-match-types")
def a_number_is_its_digits(check: Check) -> None:
    """A number that is stored and a text that is asked for, and the other way round."""
    spare = SpareList(check)
    name, other, _ = spare.texts
    numbers = [5_000_000 + int(check.fresh("")[-6:], 16) for _ in range(2)]
    cases: tuple[tuple[int, Any, Any], ...] = (
        (numbers[0], numbers[0], str(numbers[0])),
        (numbers[1], str(numbers[1]), numbers[1]),
    )
    for number, kept, wanted in cases:
        row = spare.saved({spare.email: spare.address(), name: kept})
        found = spare.saved({name: wanted, other: "x"}, {"match": name})
        check.equal(row["EncContactId"], found["EncContactId"], f"the contact with {kept!r} by {wanted!r}")
        check.equal([row["EncContactId"]], ids(spare.patched({name: number}, {other: "y"})), f"by {number} in a query")


@law("W50-match-values-stay")
def values_that_matched_are_not_written(check: Check) -> None:
    """A post whose value to match is in another letter case."""
    spare = SpareList(check)
    name, mark = spare.texts[0], check.fresh("Mark")
    row = spare.saved({spare.email: spare.address(), name: mark})
    spare.saved({name: mark.upper(), spare.texts[1]: "x"}, {"match": name})
    check.equal(mark, spare.values(row).get(name), "the value by which a contact was found")


@law("W50-match-none-creates")
def a_post_that_matches_nobody_creates(check: Check) -> None:
    """Fields to match that nobody has, with an address that somebody has."""
    spare = SpareList(check)
    name, mark = spare.texts[0], check.fresh("mark")
    known = spare.saved({spare.email: spare.address(), name: check.fresh("other")})
    before = spare.count()
    values = {spare.email: known["Values"][spare.email], name: mark}
    row = spare.saved(values, {"match": f"{spare.email},{name}"})
    check.true(row["EncContactId"] != known["EncContactId"], "a contact that matched nobody", expected="a new one")
    check.equal(values, {key: row["Values"].get(key) for key in values}, "the values of the new contact")
    check.equal(before + 1, spare.count(), "the Count of the list")


@law("W50-patch-creates-nothing")
def a_patch_that_matches_nobody_does_nothing(check: Check) -> None:
    """Values that nobody has."""
    spare = SpareList(check)
    before = spare.contacts()
    rows = spare.patched({spare.texts[0]: check.fresh("nobody")}, {spare.texts[1]: "x"})
    check.equal([], rows, "the contacts that a patch gives back")
    check.equal(before, spare.contacts(), "the contacts of the list")


@law("W50-patch-sets-the-body")
def a_patch_writes_what_the_body_says(check: Check) -> None:
    """A body with another value for the field that is matched, and one that names another contact."""
    spare = SpareList(check)
    name, other, _ = spare.texts
    old, new = check.fresh("old"), check.fresh("new")
    row = spare.saved({spare.email: spare.address(), name: old, other: "before"})
    bystander = spare.saved({spare.email: spare.address(), name: check.fresh("other")})
    response = check.call(
        "update_matching_contacts",
        path={"contactListId": spare.id},
        query={"match": name, name: old},
        body={"EncContactId": bystander["EncContactId"], "ListId": 0, "Values": {name: new}},
    )
    check.equal(OK, response.status, "a patch of the field that it matches")
    check.equal([row["EncContactId"]], ids(response.json()), "the contacts that it gives back")
    check.equal({**row["Values"], name: new}, spare.values(row), "the values of the contact that matched")
    check.equal(bystander["Values"], spare.values(bystander), "the values of the contact that the body names")


@law("W50-match-within-list")
def other_lists_are_left_alone(check: Check) -> None:
    """The values of a contact of another list, to match in this one."""
    spare = SpareList(check)
    elsewhere = check.sample("contactId")
    before = read(check, "get_contact", contactId=elsewhere)
    email = values_of(before).get(spare.email)
    if not email:
        check.skip("the sample contact has no address")
    check.equal([], spare.patched({spare.email: email, spare.number: 987_654_321}, {spare.texts[0]: "x"}), "a patch")
    row = spare.saved({spare.email: email, spare.texts[0]: "x"})
    check.true(row["EncContactId"] != elsewhere, "the contact of this list", expected="another", actual=row)
    check.equal([row["EncContactId"]], ids(spare.patched({spare.email: email}, {spare.texts[1]: "y"})), "a patch")
    check.equal(before, read(check, "get_contact", contactId=elsewhere), "the contact of another list")


@law("W50-match-unknown-name")
def only_names_of_fields_can_match(check: Check) -> None:
    """Names that are none of the list's, with values given for them."""
    spare = SpareList(check)
    email, unknown = spare.email, check.fresh("Shoe")
    for names in (unknown, f"{email},{unknown}", f"{email},", ",", f"{email};{spare.number}", "ListId"):
        values = {spare.email: spare.address(), unknown: "7", "ListId": 1}
        response = spare.post(values, {"match": names})
        check.equal(EXPECTATION_FAILED, response.status, f"a post with match={names}")
        query = {"match": names, **{name: str(value) for name, value in values.items()}}
        response = check.call(
            "update_matching_contacts", path={"contactListId": spare.id}, query=query, body={"Values": {}}
        )
        check.equal(EXPECTATION_FAILED, response.status, f"a patch with match={names}")


@law("W50-match-missing-value")
def each_name_needs_a_value(check: Check) -> None:
    """No value, null, an empty text and a list in a post; no value and an empty text in a patch."""
    spare = SpareList(check)
    name = spare.texts[0]
    for values in (None, {}, {name: None}, {name: ""}, {name: ["x"]}, {spare.texts[1]: "x"}):
        response = spare.post(values, {"match": name})
        check.equal(EXPECTATION_FAILED, response.status, f"a post with match={name} and the values {values}")
    for query in ({"match": name}, {"match": name, name: ""}, {"match": f"{name},{spare.email}", name: "x"}):
        response = check.call(
            "update_matching_contacts",
            path={"contactListId": spare.id},
            query=query,
            body={"Values": {name: "x", spare.email: "y"}},
        )
        check.equal(EXPECTATION_FAILED, response.status, f"a patch with the query {query}")


@law("W50-patch-needs-match")
def a_patch_says_what_it_matches(check: Check) -> None:
    """No `match`, with a body that names a contact."""
    spare = SpareList(check)
    row = spare.saved({spare.email: spare.address()})
    for query in ({}, {"match": ""}, {spare.email: row["Values"][spare.email]}):
        response = check.call(
            "update_matching_contacts",
            path={"contactListId": spare.id},
            query=query,
            body={"EncContactId": row["EncContactId"], "Values": {spare.texts[0]: "x"}},
        )
        check.equal(EXPECTATION_FAILED, response.status, f"a patch with the query {query}")
    check.equal(row, spare.contact(row), "the contact that the body names")


@law("W50-query-names-in-any-case")
def names_of_the_query_in_any_case(check: Check) -> None:
    """`MATCH` and `CustomEvents`."""
    spare = SpareList(check)
    name, mark = spare.texts[0], check.fresh("mark")
    row = spare.saved({spare.email: spare.address(), name: mark})
    query = {"MATCH": name, "CustomEvents": check.sample("custom_events.silent")}
    path = {"contactListId": spare.id}
    response = check.call("save_contact", path=path, query=query, body={"Values": {name: mark}})
    check.equal(OK, response.status, "a post with MATCH")
    check.equal(row["EncContactId"], row_of(response)["EncContactId"], "the contact that MATCH finds")
    response = check.call(
        "save_contact", path=path, query={"CUSTOMEVENTS": check.fresh("Nothing")}, body={"Values": {name: mark}}
    )
    check.equal(EXPECTATION_FAILED, response.status, "a post with an unknown event in CUSTOMEVENTS")


@law("W50-list-writes-agree")
def writes_in_any_order_leave_what_they_say(check: Check) -> None:
    """Random walks over every way to write a contact, against what they must leave."""
    check.machine(list_writes, most=_WALKS)
