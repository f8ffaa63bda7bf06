"""Laws about a contact that is posted to a list: what it creates, what it updates, and what the answer says."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any, cast

from mailproof_conformance.laws import law
from mailproof_conformance.which50.reads import media_types, number, operations, value_of
from mailproof_conformance.which50.spare_list import (
    EXPECTATION_FAILED,
    NOT_FOUND,
    OK,
    Row,
    SpareList,
    contacts_of,
    ids,
    open_names,
    read,
    row_of,
    values_of,
)

if TYPE_CHECKING:
    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response

_SAFE = re.compile(r"[A-Za-z0-9._~-]+")
_ID = re.compile(rb"<((?:\w+:)?EncContactId)\b[^>]*>[^<]*</\1>")
_KINDS: tuple[Any, ...] = (
    "plain",
    "Zoë Ж 北京 שלום 😀",
    "<b>&amp; \"quoted\" 'single'</b>",
    "  spaces\tand\r\nlines\n",
    "007",
    "null",
    "",
    None,
    14,
    -2_147_483_649,
    9_007_199_254_740_993,
    0.25,
    -1234.5678,
    16_777_217,
    True,
    False,
    ["a", 2, None, [True]],
    {"Key": "Value", "Inner": {"Deep": [1.5]}},
)
"""Texts that a careless reader breaks, and a value of every other type."""
_MALFORMED_EMAILS = ("nobody", "nobody@", "@example.com", "no body@example.com", "a..b@example.com")
_MALFORMED_MOBILES = ("none", "123", "+353 86 123 4567 ext 9", "++353861234567")


@law("W50-post-creates")
def a_new_contact_is_in_the_list(check: Check) -> None:
    """A contact by its own id, in its list, and with the values that were given."""
    spare = SpareList(check)
    given = {spare.email: spare.address(), spare.texts[0]: "Tom", spare.number: 3}
    row = spare.saved(given)
    check.equal(row, spare.contact(row), "a new contact by its own id")
    check.equal(spare.id, row["ListId"], "the ListId of a new contact")
    check.equal(given, {name: row["Values"].get(name) for name in given}, "the values of a new contact")
    check.true(row["EncContactId"] in ids(spare.contacts()), "a new contact in its list")


@law("W50-new-id-opaque")
def a_new_contact_has_an_opaque_id(check: Check) -> None:
    """The encrypted ids of some new contacts, and of one after an update."""
    spare = SpareList(check)
    rows = [spare.saved({spare.email: spare.address()}) for _ in range(4)]
    check.equal(len(rows), len(set(ids(rows))), "different encrypted ids of new contacts")
    for row in rows:
        text = row["EncContactId"]
        check.true(_SAFE.fullmatch(text), "an encrypted id", expected="no character that needs an escape", actual=text)
        shown = number(check, text)
        check.true(str(shown) != text, "an encrypted id", expected="not the number", actual=text)
        response = check.call("get_contact", path={"contactId": shown})
        check.equal(NOT_FOUND, response.status, "the number of a new contact in place of its encrypted id")
    updated = spare.saved({spare.email: rows[0]["Values"][spare.email], spare.texts[0]: "Tom"})
    check.equal(rows[0]["EncContactId"], updated["EncContactId"], "the encrypted id after an update")
    check.equal(number(check, rows[0]["EncContactId"]), number(check, updated["EncContactId"]), "the number after it")


@law("W50-list-count-follows-writes")
def the_count_follows_writes(check: Check) -> None:
    """The Count after a contact that is new, one that is known, and one that is refused."""
    spare = SpareList(check)
    email = spare.address()
    for values, more in (({spare.email: email}, 1), ({spare.email: email}, 0), ({spare.email: spare.address()}, 1)):
        before = spare.count()
        spare.saved(values)
        check.equal(before + more, spare.count(), f"the Count after a contact with {values}")
    before = spare.count()
    spare.post({spare.email: spare.address()}, {"match": check.fresh("Nothing")})
    check.equal(before, spare.count(), "the Count after a contact that was refused")
    check.equal(before, len(spare.contacts()), "the contacts of the list")


@law("W50-post-by-key-field")
def a_contact_is_found_again_by_its_address(check: Check) -> None:
    """The same address again, in another letter case, with other values; and another address."""
    spare = SpareList(check)
    email, (name, other, _) = spare.address("Reader"), spare.texts
    first = spare.saved({spare.email: email, name: "Tom"})
    for text in (email, email.upper(), email.lower()):
        again = spare.saved({spare.email: text, other: text})
        check.equal(first["EncContactId"], again["EncContactId"], f"the contact that {text} finds")
        check.equal("Tom", again["Values"].get(name), "a value that was not given again")
    another = spare.saved({spare.email: spare.address()})
    check.true(another["EncContactId"] != first["EncContactId"], "a contact with another address")


@law("W50-post-without-key")
def without_an_address_a_contact_is_new(check: Check) -> None:
    """No value, null and an empty text in the key field, twice each."""
    spare = SpareList(check)
    for values in ({}, {spare.email: None}, {spare.email: ""}):
        rows = [spare.saved({**values, spare.texts[0]: "Tom"}) for _ in range(2)]
        check.equal(2, len(set(ids(rows))), f"different contacts with {values}")


@law("W50-post-by-encrypted-id")
def a_contact_is_found_by_its_encrypted_id(check: Check) -> None:
    """A contact that is named, with another address and without."""
    spare = SpareList(check)
    row = spare.saved({spare.email: spare.address(), spare.texts[0]: "Tom"})
    for values in ({spare.texts[0]: "Ann"}, {spare.email: spare.address("other")}):
        again = spare.saved(values, EncContactId=row["EncContactId"])
        check.equal(row["EncContactId"], again["EncContactId"], f"the contact that is named, with {values}")
        check.equal(values, {name: again["Values"].get(name) for name in values}, "its values")
    for first, media_type in itertools.product((True, False), media_types(check, "save_contact")):
        given = {spare.texts[0]: f"{media_type} {first}"}
        members = {"EncContactId": row["EncContactId"], "Values": given}
        body = dict(members.items() if first else reversed(members.items()))
        content, declared = check.written(check.contract.operation("save_contact"), body, media_type)
        if not first and "xml" in media_type:
            content = _with_id_last(content)
        path = {"contactListId": spare.id}
        response = check.call("save_contact", path=path, body=content, content_type=declared)
        check.equal(OK, response.status, f"a contact in {media_type} with the members {', '.join(body)}")
        again = row_of(response)
        about = f"in {media_type} with the members {', '.join(body)}"
        check.equal(row["EncContactId"], again["EncContactId"], f"the contact that is named {about}")
        check.equal(given, {name: again["Values"].get(name) for name in given}, f"its values {about}")
    for nothing in (None, ""):
        fresh = spare.saved({spare.email: spare.address()}, EncContactId=nothing)
        check.true(fresh["EncContactId"], "a contact with no EncContactId", expected="a new id", actual=fresh)


def _with_id_last(content: bytes) -> bytes:
    """An XML contact with its id behind its values: members come in any order."""
    found = _ID.search(content)
    if found is None:
        return content
    rest = content[: found.start()] + content[found.end() :]
    end = rest.rindex(b"</")
    return rest[:end] + found[0] + rest[end:]


@law("W50-post-unknown-encrypted-id")
def an_unknown_contact_is_not_created(check: Check) -> None:
    """An id that nobody has, one of another list and one of another account."""
    spare = SpareList(check)
    elsewhere = check.sample("contactId")
    before, count = read(check, "get_contact", contactId=elsewhere), spare.count()
    for name in (check.fresh("nobody"), elsewhere, check.sample("contacts.of_other_account")):
        response = spare.post({spare.texts[0]: "Tom"}, EncContactId=name)
        check.equal(NOT_FOUND, response.status, f"a contact that is posted with the EncContactId {name}")
    check.equal(count, spare.count(), "the Count after contacts that are unknown")
    check.equal(before, read(check, "get_contact", contactId=elsewhere), "the contact of another list")


@law("W50-partial-update")
def what_is_not_given_stays(check: Check) -> None:
    """One value of several, by every way to find a contact."""
    spare = SpareList(check)
    email, (name, other, third) = spare.address(), spare.texts
    row = spare.saved({spare.email: email, name: "Tom", other: "Healy", third: "7"})
    expected = dict(row["Values"])
    ways: tuple[tuple[dict[str, str], dict[str, str]], ...] = (
        ({}, {}),
        ({"match": spare.email}, {}),
        ({}, {"EncContactId": row["EncContactId"]}),
    )
    for step, (query, more) in enumerate(ways):
        expected[other] = f"Healy {step}"
        given = {other: expected[other], **({} if more else {spare.email: email})}
        check.equal(expected, spare.saved(given, query, **more)["Values"], f"the values after {given}")
        for media_type in media_types(check, "get_contact"):
            shown = check.call("get_contact", path={"contactId": row["EncContactId"]}, accept=media_type)
            found = value_of(check, "get_contact", shown)["Values"]
            check.equal(expected, found, f"the values after {given} as {media_type}")
    expected[third] = "8"
    rows = spare.patched({spare.email: email}, {third: "8"})
    check.equal([expected], [item["Values"] for item in rows], "the values after a patch")
    check.equal(expected, spare.saved(None, EncContactId=row["EncContactId"])["Values"], "after no values at all")
    check.equal(expected, spare.values(row), "the values of the contact in the end")


@law("W50-null-is-a-value")
def null_replaces_a_value(check: Check) -> None:
    """Null in place of a text."""
    spare = SpareList(check)
    email, name = spare.address(), spare.texts[0]
    spare.saved({spare.email: email, name: "Tom"})
    row = spare.saved({spare.email: email, name: None})
    check.true(name in row["Values"], "a value that was set to null", expected="there", actual=row["Values"])
    check.equal(None, row["Values"][name], "a value that was set to null")


@law("W50-default-on-create")
def defaults_fill_what_is_not_given(check: Check) -> None:
    """A new contact with a value, with null and with nothing in a field that has a default, and an update."""
    spare = SpareList(check)
    for name, default in spare.defaults.items():
        email = spare.address()
        row = spare.saved({spare.email: email})
        check.equal(default, row["Values"].get(name), f"the value of {name}, for which nothing was given")
        check.equal("other", spare.saved({spare.email: email, name: "other"})["Values"].get(name), "after an update")
        check.equal("other", spare.saved({spare.email: email})["Values"].get(name), "after an update without it")
        for own in ("own", None):
            row = spare.saved({spare.email: spare.address(), name: own})
            check.equal(own, row["Values"].get(name), f"the value of {name}, for which {own!r} was given")


@law("W50-default-on-create")
def null_takes_the_place_of_a_default(check: Check) -> None:
    """New contacts with null in every field that has a default, by a post and a device, by `match` and without."""
    spare = SpareList(check)
    given = dict.fromkeys(spare.defaults)
    for turn, operation_id in enumerate(("save_contact", "register_device")):
        for step, media_type in enumerate(check.some(media_types(check, operation_id), 2, turn)):
            email = spare.address()
            response = check.call(
                operation_id,
                path={"contactListId": spare.id},
                query={"match": spare.email} if (turn + step) % 2 else {},
                body=_body(operation_id, {spare.email: email, **given}),
                content_type=media_type,
            )
            about = f"{operation_id} as {media_type}"
            check.equal(OK, response.status, f"the status of {about}")
            values = row_of(response)["Values"]
            found = {name: values.get(name, "nothing") for name in given}
            check.equal(given, found, f"what {about} stores of null where there is a default")


@law("W50-field-names-in-any-case")
def names_of_fields_in_any_case(check: Check) -> None:
    """Values whose names are in capitals and in small letters; they are kept under the names of the fields."""
    spare = SpareList(check)
    name = spare.texts[0]
    for change in (str.upper, str.lower):
        row = spare.saved({change(spare.email): spare.address(), change(name): "Tom"})
        check.equal("Tom", row["Values"].get(name), f"the value of {change(name)}")
        check.equal([], row.get("ValidationWarnings") or [], f"the warnings about {change(name)}")


@law("W50-member-names-in-any-case")
def names_of_members_in_any_case(check: Check) -> None:
    """`values`, `VALUES` and `encCONTACTid`."""
    spare = SpareList(check)
    name = spare.texts[0]
    row = spare.saved({spare.email: spare.address()})
    for change in (str.lower, str.upper, str.swapcase):
        body = {change("Values"): {name: change("Tom")}, change("EncContactId"): row["EncContactId"]}
        response = check.call("save_contact", path={"contactListId": spare.id}, body=body)
        check.equal(OK, response.status, f"a contact with the members {sorted(body)}")
        found = row_of(response)
        check.equal(row["EncContactId"], found["EncContactId"], f"the contact that {sorted(body)} names")
        check.equal(change("Tom"), found["Values"].get(name), f"the value that {sorted(body)} gives")


@law("W50-list-of-path")
def the_path_names_the_list(check: Check) -> None:
    """A body with the ids of other lists."""
    spare = SpareList(check)
    for list_id in (0, -1, check.sample("lists.empty"), check.sample("lists.of_other_account")):
        row = spare.saved({spare.email: spare.address()}, ListId=list_id)
        check.equal(spare.id, row["ListId"], f"the list of a contact that is posted with the ListId {list_id}")
    check.equal([], contacts_of(check, check.sample("lists.empty")), "the contacts of a list that only a body named")


@law("W50-answer-only-members-ignored")
def members_of_answers_are_ignored(check: Check) -> None:
    """A body with what only an answer has, of the right type and of a wrong one."""
    spare = SpareList(check)
    ignored: tuple[Row, ...] = (
        {"ValidationWarnings": ["made up"], "Id": 1},
        {"ValidationWarnings": 5, "Id": "x"},
        {"Further": {}},
    )
    for more in ignored:
        row = spare.saved({spare.email: spare.address()}, None, **more)
        check.equal([], row.get("ValidationWarnings") or [], f"the warnings of a contact that is posted with {more}")
        check.true(number(check, row["EncContactId"]) != 1, f"the number of a contact that is posted with {more}")


@law("W50-save-in-every-binding")
def every_binding_leaves_the_same_contact(check: Check) -> None:
    """Values of every type, in each media type of a body, by each operation."""
    spare = SpareList(check)
    names = open_names(spare.fields)
    parts = [dict(zip(names, _KINDS[start:], strict=False)) for start in range(0, len(_KINDS), len(names))]
    ids_of = operations(check, "W50-save-in-every-binding")
    ways = [(operation_id, media_type) for operation_id in ids_of for media_type in media_types(check, operation_id)]
    for turn, (operation_id, media_type) in enumerate(ways):
        email = spare.address()
        spare.saved({spare.email: email, **dict.fromkeys(names, "before")})
        for part in check.some(parts, 1, turn):
            response = check.call(
                operation_id,
                path={"contactListId": spare.id},
                query={"match": spare.email, spare.email: email},
                body=_body(operation_id, {spare.email: email, **part}),
                content_type=media_type,
            )
            about = f"{operation_id} as {media_type}"
            check.equal(OK, response.status, about)
            row = _first(response)
            check.equal(part, {name: values_of(row).get(name) for name in part}, f"the values after {about}")
            check.equal(row, spare.contact(row), f"the contact after {about}")


def _first(response: Response) -> Row:
    """The contact that an operation gives back, by itself or in a list."""
    found: Any = response.json()
    row: Row = cast("list[Row]", found)[0] if isinstance(found, list) else found
    return row


def _body(operation_id: str, values: Row) -> Row:
    contact: Row = {"Values": values}
    return {"DeviceId": "device", "Contact": contact} if operation_id == "register_device" else contact


@law("W50-warning-unknown-field")
def an_unknown_field_is_warned_of(check: Check) -> None:
    """Values for fields that the list does not have."""
    spare = SpareList(check)
    unknown = [check.fresh("Shoe"), check.fresh("Hat ") + " <&>"]
    row = spare.saved({spare.email: spare.address(), **dict.fromkeys(unknown, "7")})
    check.equal([], sorted(set(unknown) & set(row["Values"])), "values for unknown fields that were stored")
    check.equal(len(unknown), len(row.get("ValidationWarnings") or []), "the warnings about unknown fields")
    for name in unknown:
        named = any(name in text for text in row["ValidationWarnings"])
        check.true(named, f"the warning about {name}", expected="its name", actual=row["ValidationWarnings"])


@law("W50-warning-malformed-address")
def a_malformed_address_is_warned_of_and_kept(check: Check) -> None:
    """E-mail addresses and mobile numbers that cannot be any."""
    spare = SpareList(check)
    for texts, field in ((_MALFORMED_EMAILS, spare.email), (_MALFORMED_MOBILES, spare.mobile)):
        for text in texts:
            values = {spare.texts[0]: check.fresh("mark"), field: text}
            row = spare.saved(values, {"match": spare.texts[0]})
            check.equal(text, row["Values"].get(field), f"the value of {field} that is malformed")
            check.equal(1, len(row.get("ValidationWarnings") or []), f"the warnings about {field} {text!r}")
            check.true(field in row["ValidationWarnings"][0], "the warning", expected=field, actual=row)


@law("W50-no-warnings")
def nothing_wrong_no_warnings(check: Check) -> None:
    """Contacts with all kinds of good addresses, and with none."""
    spare = SpareList(check)
    for mobile in ("+353 86 123-4567", "(086) 1234567", "00353861234567", "", None):
        row = spare.saved({spare.email: spare.address(), spare.mobile: mobile, spare.texts[0]: "not@an address"})
        check.equal([], row.get("ValidationWarnings"), f"the warnings of a contact with the number {mobile!r}")
    row = spare.saved({spare.email: f"o'{check.fresh('neill')}+list&sons@mail.example.com"})
    check.equal([], row.get("ValidationWarnings"), "the warnings of a contact with a rare address")


@law("W50-refused-writes-change-nothing")
def what_is_refused_is_not_done(check: Check) -> None:
    """Writes that are refused for what they ask, after everything else about them was right."""
    spare = SpareList(check)
    email, name = spare.address(), spare.texts[0]
    row = spare.saved({spare.email: email, name: "Tom"})
    before = spare.contacts()
    unknown, values = check.fresh("Nothing"), {spare.email: email, name: "Ann"}
    for query in (
        {"customevents": unknown},
        {"customevents": f"{check.sample('custom_events.silent')},{unknown}"},
        {"match": unknown},
        {"match": f"{spare.email},{unknown}"},
        {"match": f"{spare.email},{spare.number}"},
    ):
        about = f"with the query {query}"
        check.equal(EXPECTATION_FAILED, spare.post(values, query).status, f"a contact {about}")
        fresh = {**values, spare.email: spare.address()}
        check.equal(EXPECTATION_FAILED, spare.post(fresh, query).status, f"a new contact {about}")
        response = check.call(
            "update_matching_contacts",
            path={"contactListId": spare.id},
            query={"match": spare.email, **query, spare.email: email},
            body={"Values": values},
        )
        check.equal(EXPECTATION_FAILED, response.status, f"a patch {about}")
    check.equal(before, spare.contacts(), "the contacts of a list after writes that were refused")
    check.equal(row, spare.contact(row), "a contact after writes that were refused")
