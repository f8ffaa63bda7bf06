"""Contact lists through the door: the lists, their fields, journeys and contacts, and the time of the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

if TYPE_CHECKING:
    import httpx

CUSTOMERS, READERS, NOBODY, SPARE, THEIRS = 31, 32, 33, 34, 61
CROWD = 1_200
DTO = "http://schemas.datacontract.org/2004/07/W50API.Models.DTO"
SYSTEM = "http://schemas.datacontract.org/2004/07/System"


def get(sandbox: Any, path: str, **query: str) -> httpx.Response:
    params = {name.replace("_", "$"): text for name, text in query.items()}
    response: httpx.Response = sandbox.request("which50", "GET", f"/contactLists{path}", params=params)
    return response


def rows(sandbox: Any, path: str, **query: str) -> Any:
    response = get(sandbox, path, **query)
    assert 200 == response.status_code, response.text
    return response.json()


def emails(sandbox: Any, **query: str) -> list[str]:
    return [row["Values"]["Email"] for row in rows(sandbox, f"/{READERS}/contacts", **query)]


def message(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["Message"]


def test_the_lists_and_how_many_are_in_them(sandbox: Any) -> None:
    found = rows(sandbox, "")
    assert [CUSTOMERS, READERS, NOBODY, SPARE] == [row["Id"] for row in found]
    assert ["Id", "Name", "Count"] == list(found[0])
    assert [0, 0] == [row["Count"] for row in found[2:]]
    assert CROWD <= found[1]["Count"]
    assert len(rows(sandbox, f"/{READERS}/contacts")) == found[1]["Count"]
    assert found[2] == rows(sandbox, f"/{NOBODY}")


def test_fields_stand_by_their_position(running_sandbox: Any) -> None:
    found = rows(running_sandbox, f"/{CUSTOMERS}/fields")
    names = ["Email", "Mobile", "FirstName", "LastName", "ReferanceAccountId", "Address", "Visits", "Newsletter"]
    assert [*names, "MemberSince", "Nickname", "Language", "Branch"] == [field["Name"] for field in found]
    members = ["Id", "Name", "DefaultValue", "MapType", "Position", "ContactSchemaFieldValues"]
    assert [members] * len(found) == [list(field) for field in found]
    assert ("Dublin", "List") == (found[11]["DefaultValue"], found[11]["MapType"])
    choice = {"Id": 31124, "Value": "Athlone", "Order": 4, "InUse": False}
    assert choice == found[11]["ContactSchemaFieldValues"][3]
    assert found[11] == rows(running_sandbox, f"/{CUSTOMERS}/fields/3112")


def test_a_field_in_xml(running_sandbox: Any) -> None:
    headers = {"Accept": "application/xml"}
    response = running_sandbox.request("which50", "GET", "/contactLists/31/fields/3112", headers=headers)
    root = etree.fromstring(response.content)
    assert f"{{{DTO}}}ContactSchemaField" == root.tag
    names = ["ContactSchemaFieldValues", "DefaultValue", "Id", "MapType", "Name", "Position"]
    assert names == [etree.QName(child).localname for child in root]
    assert ["Id", "InUse", "Order", "Value"] == [etree.QName(child).localname for child in root[0][0]]


def test_the_journeys_of_a_list(running_sandbox: Any) -> None:
    assert [502, 501] == [row["Id"] for row in rows(running_sandbox, f"/{CUSTOMERS}/journeys")]
    assert [] == rows(running_sandbox, f"/{NOBODY}/journeys")


def test_the_contacts_of_a_list(running_sandbox: Any) -> None:
    found = rows(running_sandbox, f"/{CUSTOMERS}/contacts")
    assert "ada.byrne@example.com" == found[0]["Values"]["Email"]
    assert ["ValidationWarnings", "EncContactId", "ListId", "Values"] == list(found[0])
    assert None is next(row for row in found if row["EncContactId"] == "pW9zNf4HjE6uVa1KxQ8sRc")["Values"]


def test_the_crowd_is_the_same_every_time(running_sandbox: Any) -> None:
    (row,) = rows(running_sandbox, f"/{READERS}/contacts", _filter="Email eq 'reader0007@example.com'")
    assert "000007" == row["Values"]["ReferanceAccountId"]
    assert 22 == len(row["EncContactId"])
    assert row == running_sandbox.request("which50", "GET", f"/contacts/{row['EncContactId']}").json()


# --- options ---------------------------------------------------------------------------------------------------------


def test_a_part_of_the_contacts(running_sandbox: Any) -> None:
    whole = rows(running_sandbox, f"/{READERS}/contacts")
    assert whole[100:150] == rows(running_sandbox, f"/{READERS}/contacts", _skip="100", _top="50")
    assert [] == rows(running_sandbox, f"/{READERS}/contacts", _top="0")
    assert [] == rows(running_sandbox, f"/{READERS}/contacts", _skip="2147483647", _top="2147483647")


def test_contacts_by_their_values(running_sandbox: Any) -> None:
    assert ["reader0042@example.com"] == emails(running_sandbox, _filter="ReferanceAccountId eq '000042'")
    assert ["reader0042@example.com"] == emails(running_sandbox, _filter="email eq 'READER0042@EXAMPLE.COM'")
    assert [] == emails(running_sandbox, _filter="ReferanceAccountId eq 42")
    found = rows(running_sandbox, f"/{READERS}/contacts", _filter="LastName eq 'O''Brien' and Branch eq 'cork'")
    assert {("O'Brien", "Cork")} == {(row["Values"]["LastName"], row["Values"]["Branch"]) for row in found}


def test_contacts_in_another_order(running_sandbox: Any) -> None:
    query = {"_filter": "Branch eq 'Galway'", "_orderby": "LastName desc, FirstName", "_top": "40"}
    found = rows(running_sandbox, f"/{READERS}/contacts", **query)
    names = [(row["Values"]["LastName"], row["Values"]["FirstName"]) for row in found]
    assert ["Walsh"] * 40 == [name for name, _ in names]
    assert sorted(name for _, name in names) == [name for _, name in names]


def test_what_has_no_value_comes_first(running_sandbox: Any) -> None:
    found = rows(running_sandbox, f"/{CUSTOMERS}/contacts", _orderby="FirstName")
    values: list[dict[str, Any]] = [row["Values"] or {} for row in found]
    names = [value.get("FirstName") for value in values]
    assert [None, None, "Ada", "Noel"] == [name for name in names if name in {None, "Ada", "Noel"}]
    assert None is names[0]


@pytest.mark.parametrize(
    "text",
    [
        "Email",
        "Email eq",
        "Email eq x",
        "Email eq 'x",
        "Email eq 'x'' and",
        "Email eq 'x' or 1 eq 1",
        "Email eq 'x' and",
        "Email ne 'x'",
        "Email in ('x')",
        "(Email eq 'x')",
        "contains(Email, 'x')",
        "Shoe eq 'x'",
        "Id eq 1",
        "EncContactId eq 'x'",
        "_key eq '32/x'",
        "Values/Email eq 'x'",
        "1 eq 1; drop table row",
        "Email eq 'x\x00",
        "and and and",
        "' eq '",
        "Email eq " + "9" * 31,
        "(" * 5_000,
        "Email eq 'x' and " * 400,
        "'" * 4_001,
    ],
)
def test_a_filter_that_is_none(running_sandbox: Any, text: str) -> None:
    response = get(running_sandbox, f"/{READERS}/contacts", _filter=text)
    assert (400, "The request is invalid.") == message(response)
    assert response.json()["MessageDetail"].startswith("$filter: ")
    assert 200 > len(response.json()["MessageDetail"])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("_orderby", "Shoe"),
        ("_orderby", "Email,"),
        ("_orderby", "Email sideways"),
        ("_orderby", "Email; drop table row"),
        ("_orderby", "," * 4_000),
        ("_top", "-1"),
        ("_top", "ten"),
        ("_top", "1e3"),
        ("_top", "9" * 40),
        ("_skip", "-1"),
        ("_skip", "0.5"),
        ("_skip", "2147483648"),
    ],
)
def test_an_option_that_is_none(running_sandbox: Any, name: str, text: str) -> None:
    response = get(running_sandbox, f"/{READERS}/contacts", **{name: text})
    assert (400, "The request is invalid.") == message(response)


def test_a_text_in_a_filter_stays_a_text(running_sandbox: Any) -> None:
    for text in ("x'' or ''1'' eq ''1", "'' and Email eq ''", "%", "*", "\x00", "null", "\u2028"):
        assert [] == emails(running_sandbox, _filter=f"Email eq '{text}'"), text


def test_an_option_that_is_not_utf8(running_sandbox: Any) -> None:
    response = running_sandbox.request("which50", "GET", f"/contactLists/{READERS}/contacts?$filter=%ff")
    assert 400 == response.status_code


def test_a_filter_compares_every_kind_of_value(sandbox: Any) -> None:
    kinds = {"Visits": 7, "Newsletter": True, "Nickname": 0.5, "Address": None, "FirstName": "7"}
    body = {"Values": {"Email": "kinds@example.com", **kinds}}
    assert 200 == sandbox.request("which50", "POST", f"/contactLists/{SPARE}/contact", json=body).status_code
    for condition in (
        "Visits eq 7",
        "Visits eq '7'",
        "visits EQ 7.0",
        "Newsletter eq true",
        "Newsletter eq TRUE",
        "Nickname eq 0.5",
        "Address eq null",
        "LastName eq null",
        "FirstName eq 7",
        "Visits eq 7 and Newsletter eq true AND FirstName eq '7'",
    ):
        assert 1 == len(rows(sandbox, f"/{SPARE}/contacts", _filter=condition)), condition
    for condition in ("Visits eq 8", "Newsletter eq 1", "Visits eq null", "Visits eq ''", "Address eq ''"):
        assert [] == rows(sandbox, f"/{SPARE}/contacts", _filter=condition), condition


# --- the time, paths and errors --------------------------------------------------------------------------------------


def test_the_time_of_the_server(sandbox: Any) -> None:
    assert "2025-01-06T09:00:00+00:00" == rows(sandbox, "/serverTime")
    response = sandbox.request("which50", "GET", "/contactLists/serverTime", headers={"Accept": "text/xml"})
    root = etree.fromstring(response.content)
    assert f"{{{SYSTEM}}}DateTimeOffset" == root.tag
    expected = [(f"{{{SYSTEM}}}DateTime", "2025-01-06T09:00:00Z"), (f"{{{SYSTEM}}}OffsetMinutes", "0")]
    assert expected == [(child.tag, child.text) for child in root]


@pytest.mark.parametrize("path", ["/serverTime", "/SERVERTIME", "/servertime/"])
def test_literal_segments_in_any_case(running_sandbox: Any, path: str) -> None:
    assert isinstance(rows(running_sandbox, path), str)


@pytest.mark.parametrize(
    ("verb", "path", "allowed"),
    [
        ("POST", "", "GET"),
        ("PUT", "/31/contact", "PATCH, POST"),
        ("GET", "/31/contact", "PATCH, POST"),
        ("DELETE", "/31/contacts", "GET"),
        ("GET", "/contactForm", "POST"),
        ("PUT", "/contactForm", "POST"),
        ("POST", "/serverTime", "GET"),
        ("PATCH", "/31/registerDevice", "POST"),
        ("HEAD", "/31", "GET"),
    ],
)
def test_only_the_verbs_of_the_index(running_sandbox: Any, verb: str, path: str, allowed: str) -> None:
    response = running_sandbox.request("which50", verb, f"/contactLists{path}")
    assert (405, allowed) == (response.status_code, response.headers["Allow"])


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/99", 404, "The contact list was not found."),
        ("/61", 404, "The contact list was not found."),
        ("/-31", 404, "The contact list was not found."),
        ("/99/fields/soon", 404, "The contact list was not found."),
        ("/99/contacts?$top=-1", 404, "The contact list was not found."),
        ("/31/fields/3201", 404, "The field was not found."),
        ("/31/fields/99", 404, "The field was not found."),
        ("/31/fields/soon", 400, "The request is invalid."),
        ("/soon", 400, "The request is invalid."),
        ("/2147483648/contacts", 400, "The request is invalid."),
        ("/serverTime/fields", 400, "The request is invalid."),
        ("/%20", 400, "The request is invalid."),
        ("/31/shoes", 404, "No resource matches this address."),
    ],
)
def test_the_words_of_an_error(running_sandbox: Any, path: str, status: int, text: str) -> None:
    assert (status, text) == message(get(running_sandbox, path))


def test_who_may_read(running_sandbox: Any) -> None:
    others = running_sandbox.provider("which50")["others"]
    for name, expected in (("contact_lists_reader", 200), ("contacts_only", 403), ("no_permission", 403)):
        for path in ("", "/31", "/31/fields", "/31/contacts", "/serverTime"):
            response = running_sandbox.request(
                "which50", "GET", f"/contactLists{path}", login=False, headers=others[name]["headers"]
            )
            assert expected == response.status_code, (name, path)
    headers = others["contacts_only"]["headers"]
    for path in ("/99", "/soon", "/31/fields/soon"):
        response = running_sandbox.request("which50", "GET", f"/contactLists{path}", login=False, headers=headers)
        assert 403 == response.status_code, path
        assert 401 == running_sandbox.request("which50", "GET", f"/contactLists{path}", login=False).status_code, path


def test_the_other_account_has_lists_of_its_own(running_sandbox: Any) -> None:
    headers = running_sandbox.provider("which50")["others"]["other_account"]["headers"]
    response = running_sandbox.request("which50", "GET", "/contactLists", login=False, headers=headers)
    assert [THEIRS] == [row["Id"] for row in response.json()]
    response = running_sandbox.request("which50", "GET", "/contactLists/31/contacts", login=False, headers=headers)
    assert 404 == response.status_code
