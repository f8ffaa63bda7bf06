"""Laws about the records of linked data: what a selection gives, and who may read them."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from mailproof_conformance import datacontract
from mailproof_conformance.check import NONE
from mailproof_conformance.laws import law
from mailproof_conformance.which50.linked_tables import (
    RECORDS,
    Row,
    Table,
    ask,
    names_of,
    private,
    public,
    records,
    tables,
)
from mailproof_conformance.which50.reads import XML, media_types, pointer, quoted, value_of
from mailproof_conformance.which50.spare_list import BAD_REQUEST, NO_ID, NOT_FOUND, OK

if TYPE_CHECKING:
    from mailproof_conformance.check import Check

_UNAUTHORIZED, _FORBIDDEN = 401, 403
_MOST_TEXTS = 6
"""Texts of a field, and as many parts of texts, that are asked for one by one."""
_WRONG = (
    {"Authorization": "Basic bm9ib2R5Om5vdGhpbmc="},
    {"Authorization": "Bearer abc"},
    {"X-Api-Key": "nobody has this key"},
)


# --- what is selected


@law("W50-records-need-select")
def records_need_a_selection(check: Check) -> None:
    """No `$select` at all, and one without a name in it."""
    for table in tables(check):
        for select in (None, ""):
            status = ask(check, table, select).status
            check.equal(BAD_REQUEST, status, f"the status of the records of {table.id} with $select={select!r}")


@law("W50-records-unknown-field")
def an_unknown_field_cannot_be_selected(check: Check) -> None:
    """A name that no field has, beside others, and a comma too many."""
    for table in tables(check):
        first, unknown = names_of(check, table)[0], check.fresh("Shoe")
        for select in (unknown, f"{first},{unknown}", f"{first},", f",{first}", f"{first};{unknown}"):
            status = ask(check, table, select).status
            check.equal(BAD_REQUEST, status, f"the status of the records of {table.id} with $select={select}")


@law("W50-records-as-selected")
def records_hold_what_was_selected(check: Check) -> None:
    """Random selections of the fields of each table, in random order: members, their order and their values."""
    for table in tables(check):
        names = names_of(check, table)
        whole = records(check, table, ",".join(names))
        check.equal([names] * len(whole), [list(record) for record in whole], "the members of the records")

        def holds(chosen: list[str], table: Table = table, whole: list[Row] = whole) -> None:
            found = records(check, table, ",".join(chosen))
            check.equal([chosen] * len(whole), [list(record) for record in found], "the members of the records")
            check.equal([{name: record[name] for name in chosen} for record in whole], found, "the records")

        check.forall(st.lists(st.sampled_from(names), min_size=1, unique=True), holds, most=10)


@law("W50-records-star")
def a_star_selects_every_field(check: Check) -> None:
    """`*` against all names."""
    for table in tables(check):
        expected = records(check, table, ",".join(names_of(check, table)))
        check.equal(expected, records(check, table, "*"), f"the records of {table.id} with $select=*")


@law("W50-records-select-any-case")
def fields_are_selected_in_any_letter_case(check: Check) -> None:
    """Capitals and small letters, spaces around a name, and a name twice; the record has the field's own spelling."""
    for table in tables(check):
        names = names_of(check, table)[:2]
        expected = records(check, table, ",".join(names))
        for select in (",".join(names).upper(), ",".join(names).lower(), " , ".join(names), ",".join([*names, *names])):
            check.equal(expected, records(check, table, select), f"the records with $select={select}")
        path = {"listId": str(table.list_id), "linkedDataId": table.id}
        response = check.call(RECORDS, path=path, query={"$select": select}, accept=XML)
        found, findings = datacontract.read(check.contract.document, pointer(check, RECORDS), response.content)
        about = f"the records in XML with $select={select}"
        check.equal([], [str(finding) for finding in findings], f"the form of {about}")
        check.equal(datacontract.as_xml_can_say(expected), found, about)


@law("W50-records-query-names-any-case")
def the_option_itself_in_any_letter_case(check: Check) -> None:
    """`$SELECT`, `$Select`, and the dollar escaped."""
    table = public(check)
    name = names_of(check, table)[0]
    expected = records(check, table, name)
    path = {"listId": str(table.list_id), "linkedDataId": table.id}
    for option in ("$SELECT", "$Select", "%24select"):
        response = check.call(RECORDS, path=path, raw_query=f"?{option}={name}")
        check.equal(OK, response.status, f"records with {option}")
        check.equal(expected, response.json(), f"records with {option}")


@law("W50-records-empty")
def linked_data_can_be_empty(check: Check) -> None:
    """The sample without records."""
    table = Table({"Id": check.sample("linked_data.empty")}, check.sample("contactListId"))
    check.equal([], records(check, table, "*"), "the records of linked data without any")


@law("W50-records-top-and-skip")
def top_and_skip_cut_out_a_part(check: Check) -> None:
    """Parts of the records of each table against the whole, and what is left by about as many as there are."""
    for turn, table in enumerate(tables(check)):
        whole = records(check, table, "*")
        for few in check.some(sorted({max(len(whole) - 1, 0), len(whole), len(whole) + 1}), 1, turn):
            found = records(check, table, "*", skip=str(few))
            check.equal(whole[few:], found, f"records with $skip={few} alone, of {len(whole)}")

        def holds(drawn: tuple[int, int], table: Table = table, whole: list[Row] = whole) -> None:
            skip, top = drawn
            found = records(check, table, "*", skip=str(skip), top=str(top))
            check.equal(whole[skip : skip + top], found, f"records with $skip={skip} and $top={top}")

        ends = st.integers(0, len(whole) + 1)
        check.forall(st.tuples(ends, ends), holds, most=6)


@law("W50-records-filter")
def a_filter_keeps_what_is_equal(check: Check) -> None:
    """The texts that the fields of a table have, and parts of them."""
    table = public(check)
    whole = records(check, table, "*")
    for name in names_of(check, table):
        texts = [record[name] for record in whole if isinstance(record[name], str) and record[name].strip()]
        parts = [part for text in texts for part in (text[:-1], text[1:]) if part.strip()]
        for text in dict.fromkeys([*texts[:_MOST_TEXTS], *parts[:_MOST_TEXTS]]):
            expected = [record for record in whole if _is_text(record[name], text)]
            found = records(check, table, "*", filter=f"{name} eq {quoted(text)}")
            check.equal(expected, found, f"the records whose {name} is {text!r}")


def _is_text(value: object, text: str) -> bool:
    return isinstance(value, str) and value.casefold() == text.casefold()


@law("W50-records-order")
def an_order_sorts_what_is_given(check: Check) -> None:
    """By the first field of a table, which holds texts, both ways."""
    table = public(check)
    name = names_of(check, table)[0]
    whole = records(check, table, name)
    for order in ("asc", "desc"):
        found = [
            str(record[name] or "").casefold() for record in records(check, table, name, orderby=f"{name} {order}")
        ]
        check.equal(sorted(found, reverse=order == "desc"), found, f"records in the order {name} {order}")
        check.equal(len(whole), len(found), f"how many records come in the order {name} {order}")


@law("W50-records-order")
def numbers_are_in_the_order_of_numbers(check: Check) -> None:
    """Each field of each table that holds nothing but numbers and null, by its name alone; null is left to others."""
    met = False
    for table in tables(check):
        whole = records(check, table, "*")
        for name in names_of(check, table):
            held: list[Any] = [row[name] for row in whole if row.get(name) is not None]
            if held and all(isinstance(value, int | float) and not isinstance(value, bool) for value in held):
                met = True
                rows = records(check, table, "*", orderby=name)
                found = [row[name] for row in rows if row[name] is not None]
                check.equal(sorted(found), found, f"`{name}` of the records of {table.id} in its order")
    if not met:
        check.skip("no linked data has a field of numbers")


@law("W50-records-order")
def a_second_field_orders_what_the_first_leaves(check: Check) -> None:
    """Tables by two fields, of which the first has a value more than once and the second has plain texts."""
    met = False
    for table in tables(check):
        for one, two in _of_two_fields(check, table):
            met = True
            for order in ("asc", "desc"):
                parts = [
                    [str(row.get(two)).casefold() for row in rows]
                    for _, rows in groupby(records(check, table, "*", orderby=f"{one},{two} {order}"), itemgetter(one))
                ]
                expected = [sorted(part, reverse=order == "desc") for part in parts]
                check.equal(expected, parts, f"`{two}` of the records of {table.id} in the order {one},{two} {order}")
    if not met:
        check.skip("no linked data has two fields of which the second decides")


def _of_two_fields(check: Check, table: Table) -> list[tuple[str, str]]:
    """Two fields of a table of which the second decides about some records; none where there are no such fields."""
    whole = records(check, table, "*")
    names = [name for name in names_of(check, table) if all(name in row for row in whole)]
    for two in names:
        if not all(_is_plain(row[two]) for row in whole):
            continue
        for one in names:
            values = [str(row[one]) for row in whole]
            if one != two and len({*zip(values, (row[two] for row in whole), strict=True)}) > len(set(values)):
                return [(one, two)]
    return []


def _is_plain(value: object) -> bool:
    """A text that every way to sort puts in one place."""
    return isinstance(value, str) and value.isascii() and value.isalnum()


@law("W50-records-bad-options")
def options_that_cannot_be_read_are_refused(check: Check) -> None:
    """Numbers that are none, and fields that do not exist."""
    table, unknown = public(check), check.fresh("Shoe")
    wrong = {
        "top": ("-1", "many", "1.5"),
        "skip": ("-1", "many"),
        "orderby": (unknown,),
        "filter": (f"{unknown} eq 1",),
    }
    for option, texts in wrong.items():
        for text in texts:
            status = ask(check, table, "*", **{option: text}).status
            check.equal(BAD_REQUEST, status, f"the status of records with ${option}={text}")


# --- who may read them


@law("W50-records-public")
def public_records_need_no_credentials(check: Check) -> None:
    """The sample with credentials and without, and that of another account."""
    table = public(check)
    expected = records(check, table, "*")
    response = ask(check, table, "*", credentials=NONE)
    check.equal(OK, response.status, "the status of public records without credentials")
    check.equal(expected, response.json(), "public records without credentials")
    theirs = Table({"Id": check.sample("linked_data.of_other_account")}, check.sample("lists.of_other_account"))
    response = ask(check, theirs, "*", credentials=NONE)
    check.equal(OK, response.status, "the status of public records of another account without credentials")
    expected = ask(check, theirs, "*", credentials="other_account").json()
    check.equal(expected, response.json(), "public records of another account without credentials")


@law("W50-records-private")
def private_records_need_credentials(check: Check) -> None:
    """Linked data that is not public, of either account."""
    theirs = {"Id": check.sample("linked_data.private_of_other_account")}
    for table in (private(check), Table(theirs, check.sample("lists.of_other_account"))):
        for select in ("*", None, check.fresh("Shoe")):
            status = ask(check, table, select, credentials=NONE).status
            check.equal(_UNAUTHORIZED, status, f"the status of private records with $select={select}, anonymously")


@law("W50-records-nothing-told")
def strangers_cannot_tell_private_from_unknown(check: Check) -> None:
    """The whole answers for private linked data, and for what does not exist or has another list."""
    secret, known = private(check), public(check)
    elsewhere = Table(known.shown, check.sample("lists.of_other_account"))
    expected = ask(check, secret, "*", credentials=NONE)
    for table in (Table({"Id": NO_ID}, secret.list_id), Table(secret.shown, NO_ID), elsewhere):
        for select in ("*", None):
            response = ask(check, table, select, credentials=NONE)
            check.equal(expected.status, response.status, f"the status of the records of {table.id}, anonymously")
            check.equal(expected.json(), response.json(), f"the answer for the records of {table.id}, anonymously")


@law("W50-records-anonymous-selection")
def strangers_need_a_selection_too(check: Check) -> None:
    """Public linked data without `$select`, and with an unknown name in it."""
    for select in (None, check.fresh("Shoe")):
        status = ask(check, public(check), select, credentials=NONE).status
        check.equal(BAD_REQUEST, status, f"the status of public records with $select={select}, anonymously")


@law("W50-records-wrong-credentials")
def wrong_credentials_are_refused_even_there(check: Check) -> None:
    """Credentials that nobody has, for public linked data."""
    table = public(check)
    path = {"listId": str(table.list_id), "linkedDataId": table.id}
    for headers in _WRONG:
        response = check.call(RECORDS, path=path, query={"$select": "*"}, headers=headers, credentials=NONE)
        check.equal(_UNAUTHORIZED, response.status, f"the status of public records with {next(iter(headers))}")


@law("W50-records-permission")
def a_known_user_needs_the_permission(check: Check) -> None:
    """A user who may not read contact lists, for public and for private linked data."""
    for table in (public(check), private(check)):
        status = ask(check, table, "*", credentials="no_permission").status
        check.equal(_FORBIDDEN, status, "the status of records for a user without the permission")


@law("W50-records-existence-first")
def what_is_unknown_comes_before_what_is_selected(check: Check) -> None:
    """Lists and linked data that do not exist, without a selection."""
    known = public(check)
    for table in (Table(known.shown, NO_ID), Table({"Id": NO_ID}, known.list_id)):
        for select in (None, check.fresh("Shoe")):
            status = ask(check, table, select).status
            check.equal(NOT_FOUND, status, f"the status of records that do not exist with $select={select}")


@law("W50-records-list-by-either-id")
def a_list_goes_by_its_number_or_its_encrypted_id(check: Check) -> None:
    """Both, with credentials and without; a changed encrypted id is unknown."""
    table, encrypted = public(check), check.sample("linked_data.encrypted_list")
    expected = records(check, table, "*")
    for name, found in ((str(table.list_id), True), (encrypted, True), (encrypted[:-1], False), ("x", False)):
        path: dict[str, Any] = {"listId": name, "linkedDataId": table.id}
        response = check.call(RECORDS, path=path, query={"$select": "*"})
        check.equal(OK if found else NOT_FOUND, response.status, f"the status of the records of the list {name}")
        anonymous = check.call(RECORDS, path=path, query={"$select": "*"}, credentials=NONE)
        check.equal(OK if found else _UNAUTHORIZED, anonymous.status, f"the same without credentials, list {name}")
        if found:
            check.equal([expected] * 2, [response.json(), anonymous.json()], f"the records of the list {name}")


# --- in which form


@law("W50-records-forms-agree")
def records_say_the_same_in_every_form(check: Check) -> None:
    """The records of each table in each media type."""
    for table in tables(check):
        expected = datacontract.as_xml_can_say(records(check, table, "*"))
        path = {"listId": str(table.list_id), "linkedDataId": table.id}
        for media_type in media_types(check, RECORDS):
            response = check.call(RECORDS, path=path, query={"$select": "*"}, accept=media_type)
            check.equal(media_type, response.media_type, "the Content-Type of records")
            found = datacontract.as_xml_can_say(value_of(check, RECORDS, response))
            check.equal(expected, found, f"records as {media_type} against application/json")


@law("W50-records-xml-form")
def records_are_arrays_of_keys_and_values(check: Check) -> None:
    """Names and namespaces of the records of each table, and the type of each value."""
    for table in tables(check):
        path = {"listId": str(table.list_id), "linkedDataId": table.id}
        response = check.call(RECORDS, path=path, query={"$select": "*"}, accept=XML)
        check.equal(OK, response.status, "records in XML")
        _, findings = datacontract.read(check.contract.document, pointer(check, RECORDS), response.content)
        check.equal([], [str(finding) for finding in findings], f"the form of the records of {table.id} in XML")
        for element in datacontract.parse(response.content).iter(f"{{{datacontract.ARRAYS}}}Value"):
            kind = None if datacontract.is_nil(element) else datacontract.type_of(element)
            check.true(kind or datacontract.is_nil(element), "the i:type of a Value", expected="a type", actual=kind)
