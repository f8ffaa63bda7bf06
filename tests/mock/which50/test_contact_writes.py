"""Writes to a contact list through the door: contacts, forms, devices and custom events."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from spare_list import CONTACT, CUSTOMERS, DEFAULTS, READERS, SPARE, contacts, post, saved, send, why

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ADA = "kD3vR8sXw2LqTn5YbC7mZg"


# --- a contact that is posted ----------------------------------------------------------------------------------------


def test_a_new_contact(sandbox: Any) -> None:
    row = saved(sandbox, {"Email": "tom@example.com", "FirstName": "Tom"})
    assert ["ValidationWarnings", "EncContactId", "ListId", "Values"] == list(row)
    assert {"Email": "tom@example.com", "FirstName": "Tom", **DEFAULTS} == row["Values"]
    assert ([], SPARE, 22) == (row["ValidationWarnings"], row["ListId"], len(row["EncContactId"]))
    assert [row] == contacts(sandbox)
    assert row == send(sandbox, "GET", f"/contacts/{row['EncContactId']}").json()


def test_encrypted_ids_are_the_same_after_a_reset(sandbox: Any) -> None:
    first = saved(sandbox, {"Email": "tom@example.com"})["EncContactId"]
    sandbox.reset()
    assert first == saved(sandbox, {"Email": "ann@example.com"})["EncContactId"]


def test_a_contact_is_found_again(sandbox: Any) -> None:
    first = saved(sandbox, {"Email": "Tom@example.com", "FirstName": "Tom"})
    again = saved(sandbox, {"email": "TOM@EXAMPLE.COM", "lastNAME": "Healy"})
    assert {**first, "Values": {**first["Values"], "LastName": "Healy"}} == again
    body = {"EncContactId": first["EncContactId"], "Values": {"Email": "other@example.com"}}
    named = send(sandbox, "POST", CONTACT, json=body).json()
    assert "other@example.com" == named["Values"]["Email"]
    assert saved(sandbox, {"Email": "tom@example.com"})["EncContactId"] != first["EncContactId"]


def test_the_key_field_can_be_another(start_mock: Callable[..., Any], tmp_path: Path) -> None:
    mock = start_mock(tmp_path, "which50", "--set", "which50.key-field=Mobile")
    first = saved(mock, {"Email": "tom@example.com", "Mobile": "+353861234567"})
    again = saved(mock, {"Email": "other@example.com", "Mobile": "+353861234567"})
    assert first["EncContactId"] == again["EncContactId"]
    assert first["EncContactId"] != saved(mock, {"Email": "other@example.com"})["EncContactId"]


def test_several_with_one_address_are_updated_together(sandbox: Any) -> None:
    saved(sandbox, {"Email": "a@example.com", "FirstName": "one"})
    second = saved(sandbox, {"Email": "b@example.com", "FirstName": "two"})
    body = {"EncContactId": second["EncContactId"], "Values": {"Email": "A@example.com"}}
    assert 200 == send(sandbox, "POST", CONTACT, json=body).status_code
    saved(sandbox, {"Email": "a@example.com", "Nickname": "both"})
    assert ["both", "both"] == [row["Values"]["Nickname"] for row in contacts(sandbox)]


def test_fixtures_without_values_can_be_written_to(sandbox: Any) -> None:
    bare = {"EncContactId": "pW9zNf4HjE6uVa1KxQ8sRc", "Values": {"Email": "bare@example.com"}}
    row = send(sandbox, "POST", f"/contactLists/{CUSTOMERS}/contact", json=bare).json()
    assert ([], {"Email": "bare@example.com"}) == (row["ValidationWarnings"], row["Values"])


def test_every_fixture_is_found_by_its_address(sandbox: Any) -> None:
    for email, list_id in (("ADA.byrne@example.com", CUSTOMERS), ("O'Neill&Sons@example.com", READERS)):
        path = f"/contactLists/{list_id}/contact"
        before = contacts(sandbox, list_id)
        row = saved(sandbox, {"Email": email}, path=path)
        assert row["EncContactId"] in {known["EncContactId"] for known in before}
    row = saved(sandbox, {"Email": "READER1200@example.com"}, path=f"/contactLists/{READERS}/contact")
    assert "001200" == row["Values"]["ReferanceAccountId"]


def test_warnings_stay_until_nothing_is_wrong(sandbox: Any) -> None:
    row = saved(sandbox, {"Email": "tom@", "Mobile": "12", "Shoe": 43, "Hat<>": None})
    assert [
        "Shoe: the list has no such field; the value was left out.",
        "Hat<>: the list has no such field; the value was left out.",
        "Email: 'tom@' is not an e-mail address.",
        "Mobile: '12' is not a mobile number.",
    ] == row["ValidationWarnings"]
    again = saved(sandbox, {"Email": "tom@", "FirstName": "Tom"})
    assert row["ValidationWarnings"][2:] == again["ValidationWarnings"]
    body = {"EncContactId": row["EncContactId"], "Values": {"Email": "tom@example.com", "Mobile": None}}
    assert [] == send(sandbox, "POST", CONTACT, json=body).json()["ValidationWarnings"]


# --- match -----------------------------------------------------------------------------------------------------------


def test_the_example_of_the_pages(sandbox: Any) -> None:
    first = saved(sandbox, {"ReferanceAccountId": 123456, "Email": "a@b.com"})
    query = {"match": "ReferanceAccountId,Email", "ReferanceAccountId": "123456", "Email": "A@B.com"}
    body = {"values": {"FirstName": "John", "Address": "123 Red Street, D1"}}
    (row,) = send(sandbox, "PATCH", CONTACT, params=query, json=body).json()
    assert {**first["Values"], "FirstName": "John", "Address": "123 Red Street, D1"} == row["Values"]
    assert [] == send(sandbox, "PATCH", CONTACT, params={**query, "Email": "c@b.com"}, json=body).json()


def test_a_patch_of_a_crowd(sandbox: Any) -> None:
    path, query = f"/contactLists/{READERS}/contact", {"match": "branch", "Branch": "CORK"}
    rows = send(sandbox, "PATCH", path, params=query, json={"Values": {"Lines": "patched"}}).json()
    expected = [row for row in contacts(sandbox, READERS) if row["Values"].get("Branch") == "Cork"]
    assert expected == rows
    assert 400 <= len(rows)
    assert {"patched"} == {row["Values"]["Lines"] for row in rows}


def test_a_patch_may_change_what_it_matches(sandbox: Any) -> None:
    saved(sandbox, {"Email": "old@example.com"})
    query, body = {"match": "Email", "Email": "old@example.com"}, {"Values": {"Email": "new@example.com"}}
    assert 1 == len(send(sandbox, "PATCH", CONTACT, params=query, json=body).json())
    assert [] == send(sandbox, "PATCH", CONTACT, params=query, json=body).json()
    query["Email"] = "new@example.com"
    assert 1 == len(send(sandbox, "PATCH", CONTACT, params=query, json=body).json())


def test_repeated_names_of_a_query(sandbox: Any) -> None:
    saved(sandbox, {"Email": "first@example.com"})
    query = "match=Email&Email=first@example.com&Email=second@example.com&email=third@example.com&match=Shoe"
    assert 1 == len(send(sandbox, "PATCH", f"{CONTACT}?{query}", json={"Values": {}}).json())


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ({}, "match: the names of the fields to match are required."),
        ({"match": "Shoe", "Shoe": "7"}, "match: the list has no field 'Shoe'."),
        ({"match": "Email,", "Email": "a"}, "match: the list has no field ''."),
        ({"match": "Email,FirstName", "Email": "a"}, "match: there is no value of 'FirstName' to compare with."),
        ({"match": "Email", "Email": ""}, "match: there is no value of 'Email' to compare with."),
        ({"match": "Email", "Email": "a", "customevents": "Nope"}, "customevents: there is no event 'Nope'."),
        ({"match": "S" * 9_000}, f"match: the list has no field '{'S' * 80}'."),
        ({"match": "Email', 'FirstName"}, "match: the list has no field 'Email''."),
        ({"match": '"Email"'}, "match: the list has no field '\"Email\"'."),
        ({"match": "Email\x00"}, "match: the list has no field 'Email\x00'."),
        ({"match": "_key", "_key": "34/a"}, "match: the list has no field '_key'."),
        ({"match": "matched", "matched": "x"}, "match: the list has no field 'matched'."),
    ],
)
def test_what_a_patch_cannot_match(sandbox: Any, query: dict[str, str], detail: str) -> None:
    saved(sandbox, {"Email": "a", "FirstName": "b"})
    before = contacts(sandbox)
    response = send(sandbox, "PATCH", CONTACT, params=query, json={"Values": {"FirstName": "c"}})
    assert (417, detail) == why(response)
    assert before == contacts(sandbox)


def test_what_a_post_cannot_match(sandbox: Any) -> None:
    useless: list[Any] = [None, {}, {"Email": None}, {"Email": ""}, {"Email": []}, {"Email": {}}, {"FirstName": "x"}]
    for values in useless:
        response = post(sandbox, values, match="Email")
        assert (417, "match: there is no value of 'Email' to compare with.") == why(response), values
    assert [] == contacts(sandbox)


def test_ten_thousand_names_to_match(sandbox: Any) -> None:
    form = {"ListId": str(SPARE), "Email": "a@example.com", "match": ",".join(["Email"] * 10_000)}
    assert 200 == send(sandbox, "POST", "/contactLists/contactForm", data=form).status_code
    form["match"] = ",".join(f"Field{number}" for number in range(10_000))
    response = send(sandbox, "POST", "/contactLists/contactForm", data=form)
    assert (417, "match: the list has no field 'Field0'.") == why(response)
    assert 414 == post(sandbox, {}, match="Email," * 3_000).status_code


# --- custom events ---------------------------------------------------------------------------------------------------


def test_events_follow_the_write(sandbox: Any) -> None:
    values = {"Email": "tom@example.com", "FirstName": "Tom", "Mobile": "+353861234567"}
    row = saved(sandbox, values, customevents="SendWelcomeEmail, sendeventinvite,RaiseLoyaltyTier,SENDWELCOMEEMAIL")
    found = [(entry["channel"], entry.get("event") or entry["to"]) for entry in sandbox.outbox()]
    assert [
        ("customEvent", "SendWelcomeEmail"),
        ("email", "tom@example.com"),
        ("customEvent", "SendEventInvite"),
        ("email", "tom@example.com"),
        ("sms", "+353861234567"),
        ("customEvent", "RaiseLoyaltyTier"),
    ] == found
    assert {row["EncContactId"]} == {entry["contact"] for entry in sandbox.outbox()}
    assert "Tom" in sandbox.outbox()[1]["body"]
    contact = f"/contacts/{row['EncContactId']}"
    assert [2, 1] == [len(send(sandbox, "GET", f"{contact}/{kind}").json()) for kind in ("emails", "textmessages")]


def test_events_of_a_write_that_is_refused(sandbox: Any) -> None:
    for names in ("SendWelcomeEmail,Nope", "AnnounceDelay", ",", "SendWelcomeEmail\x00", "*", "%"):
        response = post(sandbox, {"Email": "tom@example.com"}, customevents=names)
        assert 417 == response.status_code, names
    assert ([], []) == (sandbox.outbox(), contacts(sandbox))


def test_no_event_for_nobody(sandbox: Any) -> None:
    query = {"match": "Email", "Email": "nobody@example.com", "customevents": "SendWelcomeEmail"}
    assert [] == send(sandbox, "PATCH", CONTACT, params=query, json={"Values": {}}).json()
    assert [] == sandbox.outbox()


# --- forms and devices -----------------------------------------------------------------------------------------------


def test_a_form(sandbox: Any) -> None:
    form = {"ListId": str(SPARE), "Email": "tom@example.com", "FirstName": "Tom & Ann", "LastName": "Ó Héalaí"}
    response = send(sandbox, "POST", "/contactLists/contactForm", data=form)
    assert (200, b"") == (response.status_code, response.content)
    assert "Content-Type" not in response.headers
    files = {name: (None, text) for name, text in {**form, "FirstName": "Again"}.items()}
    assert 200 == send(sandbox, "POST", "/contactLists/contactForm", files=files).status_code
    (row,) = contacts(sandbox)
    assert ("Again", "Ó Héalaí") == (row["Values"]["FirstName"], row["Values"]["LastName"])
    assert ["Email", "FirstName", "LastName"] == list(row["Values"])[:3]


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({}, 417),
        ({"ListId": ""}, 417),
        ({"ListId": "x"}, 417),
        ({"ListId": "34.0"}, 417),
        ({"ListId": "\uff13\uff14"}, 417),
        ({"ListId": "9" * 400}, 417),
        ({"ListId": "34 OR 1=1"}, 417),
        ({"ListId": "99"}, 404),
        ({"ListId": "61"}, 404),
        ({"ListId": "99", "match": "Nope"}, 404),
        ({"ListId": "34", "match": "Nope"}, 417),
        ({"ListId": "34", "match": "Email"}, 417),
        ({"ListId": "34", "customevents": "Nope"}, 417),
        ({"ListId": "34", "EncContactId": "nobody"}, 404),
        ({"ListId": "34", "EncContactId": ADA}, 404),
    ],
)
def test_forms_that_are_refused(sandbox: Any, form: dict[str, str], status: int) -> None:
    for options in ({"data": form}, {"files": {name: (None, text) for name, text in form.items()}}):
        assert status == send(sandbox, "POST", "/contactLists/contactForm", **options).status_code
    assert [] == contacts(sandbox)


def test_a_form_in_no_form(sandbox: Any) -> None:
    for body, media_type, status in (
        (b"ListId=34", "text/plain", 415),
        (b'{"ListId": 34}', "application/json", 415),
        (b"ListId=%ff", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"a%d=1" % number for number in range(2_000)), "application/x-www-form-urlencoded", 400),
        (b"ListId=34", "multipart/form-data", 400),
        (b"--b\r\n", "multipart/form-data; boundary=b", 400),
    ):
        headers = {"Content-Type": media_type}
        response = send(sandbox, "POST", "/contactLists/contactForm", content=body, headers=headers)
        assert status == response.status_code, (body[:40], media_type)
    assert [] == contacts(sandbox)


def test_a_file_in_a_form(sandbox: Any) -> None:
    for name in ("FirstName", "ListId", "../../etc/passwd"):
        files = {"ListId": (None, str(SPARE)), name: ("../name.txt", b"34", "text/plain")}
        assert 417 == send(sandbox, "POST", "/contactLists/contactForm", files=files).status_code
    assert [] == contacts(sandbox)


def test_a_device(sandbox: Any) -> None:
    path = f"/contactLists/{SPARE}/registerDevice"
    body = {"deviceID": "d1", "DEVICETYPE": "iOS", "contact": {"values": {"Email": "tom@example.com"}}}
    row = send(sandbox, "POST", path, json=body).json()
    assert [row] == contacts(sandbox)
    again = send(sandbox, "POST", path, params={"customevents": "SendWelcomeEmail"}, json=body)
    assert row == again.json()
    assert ["customEvent", "email"] == [entry["channel"] for entry in sandbox.outbox()]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"DeviceId": "d1"},
        {"Contact": {"Values": {}}},
        {"DeviceId": None, "Contact": {}},
        {"DeviceId": 5, "Contact": {}},
        {"DeviceId": "", "Contact": {}},
        {"DeviceId": "d1", "Contact": None},
        {"DeviceId": "d1", "Contact": []},
        {"DeviceId": "d1", "DeviceType": [], "Contact": {}},
        {"DeviceId": "d1", "Contact": {"Values": []}},
    ],
)
def test_devices_that_are_none(sandbox: Any, body: Any) -> None:
    assert 400 == send(sandbox, "POST", f"/contactLists/{SPARE}/registerDevice", json=body).status_code
    assert [] == contacts(sandbox)


# --- what comes first ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "user", "status"),
    [
        ("/contactLists/99/contact?match=Shoe", None, 401),
        ("/contactLists/soon/contact", None, 401),
        ("/contactLists/99/contact?match=Shoe", "contact_lists_reader", 403),
        ("/contactLists/soon/contact", "contact_lists_reader", 403),
        ("/contactLists/99/contact?match=Shoe&customevents=x", "api_key", 404),
        ("/contactLists/61/contact", "api_key", 404),
        ("/contactLists/34/contact", "other_account", 404),
        ("/contactLists/soon/contact", "api_key", 400),
        ("/contactLists/34/contact?match=Shoe", "api_key", 400),
    ],
)
def test_the_order_of_complaints(sandbox: Any, path: str, user: str | None, status: int) -> None:
    headers = {"Content-Type": "application/json"}
    if user is not None:
        headers |= sandbox.provider("which50")["others"][user]["headers"]
    for method in ("POST", "PATCH"):
        response = send(sandbox, method, path, login=False, headers=headers, content=b"{")
        assert status == response.status_code, method


def test_a_body_in_no_media_type_of_a_contact(sandbox: Any) -> None:
    for media_type in ("text/plain", "application/x-www-form-urlencoded", "application/octet-stream", "text/csv"):
        headers = {"Content-Type": media_type}
        assert 415 == send(sandbox, "POST", CONTACT, content=b"{}", headers=headers).status_code


def test_accounts_write_to_lists_of_their_own(sandbox: Any) -> None:
    headers = sandbox.provider("which50")["others"]["other_account"]["headers"]
    body = json.dumps({"Values": {"Email": "ada.byrne@example.com"}}).encode()
    headers = {**headers, "Content-Type": "application/json"}
    before = contacts(sandbox, CUSTOMERS)
    response = send(sandbox, "POST", "/contactLists/61/contact", login=False, headers=headers, content=body)
    assert (200, 61) == (response.status_code, response.json()["ListId"])
    assert before == contacts(sandbox, CUSTOMERS)
    ours = saved(sandbox, {"Email": "x@example.com"})
    assert ours["EncContactId"] != response.json()["EncContactId"]
