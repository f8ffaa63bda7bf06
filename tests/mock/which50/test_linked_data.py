"""Linked data through the door: the tables, their fields, and records that need no credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

if TYPE_CHECKING:
    import httpx

STORES, PURCHASES, EMPTY = 701, 702, 703
RECORDS = "/contactLists/31/linkeddata/701/records"
PRIVATE = "/contactLists/31/linkeddata/702/records"
THEIRS, THEIR_PRIVATE = "/contactLists/61/linkeddata/751/records", "/contactLists/61/linkeddata/752/records"
ARRAYS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"


def get(sandbox: Any, path: str, **options: Any) -> httpx.Response:
    response: httpx.Response = sandbox.request("which50", "GET", path, **options)
    return response


def rows(sandbox: Any, path: str, **query: str) -> Any:
    response = get(sandbox, path, params={name.replace("_", "$"): text for name, text in query.items()})
    assert 200 == response.status_code, response.text
    return response.json()


def why(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json().get("MessageDetail", "")


def headers_of(sandbox: Any, name: str) -> dict[str, str]:
    headers: dict[str, str] = sandbox.provider("which50")["others"][name]["headers"]
    return headers


# --- the tables and their fields -------------------------------------------------------------------------------------


def test_the_linked_data_of_a_list(running_sandbox: Any) -> None:
    found = rows(running_sandbox, "/contactLists/31/linkeddata")
    expected = {"Id": STORES, "ContactListId": 31, "Name": "Stores", "Type": "Lookup", "IsPublic": True}
    assert (expected, list(expected)) == (found[0], list(found[0]))
    assert [STORES, PURCHASES, EMPTY] == [row["Id"] for row in found]
    assert found[1] == rows(running_sandbox, f"/contactLists/31/LinkedData/{PURCHASES}")


def test_a_list_without_linked_data_has_an_empty_array(running_sandbox: Any) -> None:
    assert [] == rows(running_sandbox, "/contactLists/33/linkeddata")
    assert 404 == get(running_sandbox, "/contactLists/99/linkeddata").status_code


def test_fields_stand_by_their_position(running_sandbox: Any) -> None:
    found = rows(running_sandbox, f"/contactLists/31/linkeddata/{STORES}/fields")
    assert ["Code", "City", "Desks", "Parking", "Opened", "Notes", "Region"] == [field["Name"] for field in found]
    assert [1, 2, 3, 4, 5, 6, 7] == [field["Position"] for field in found]
    assert found[6] == rows(running_sandbox, f"/contactLists/31/linkeddata/{STORES}/fields/7107")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/contactLists/32/linkeddata/701", "The linked data was not found."),
        ("/contactLists/31/linkeddata/751", "The linked data was not found."),
        ("/contactLists/31/linkeddata/0", "The linked data was not found."),
        ("/contactLists/61/linkeddata/751", "The contact list was not found."),
        ("/contactLists/31/linkeddata/704/fields", "The linked data was not found."),
        ("/contactLists/31/linkeddata/701/fields/7201", "The field was not found."),
        ("/contactLists/31/linkeddata/701/fields/3101", "The field was not found."),
        ("/contactLists/31/linkeddata/701/fields/7501", "The field was not found."),
        ("/contactLists/99/linkeddata/x/fields/y", "The contact list was not found."),
        ("/contactLists/31/linkeddata/704/fields/y", "The linked data was not found."),
    ],
)
def test_what_is_not_there_is_404(running_sandbox: Any, path: str, message: str) -> None:
    response = get(running_sandbox, path)
    assert (404, message) == (response.status_code, response.json()["Message"])


@pytest.mark.parametrize("place", ["x", "7101.0", "99999999999", "7101%20", "%27"])
def test_an_id_that_does_not_bind_is_400_once_the_rest_is_known(running_sandbox: Any, place: str) -> None:
    assert 400 == get(running_sandbox, f"/contactLists/31/linkeddata/{place}").status_code
    assert 400 == get(running_sandbox, f"/contactLists/31/linkeddata/701/fields/{place}").status_code


# --- records ---------------------------------------------------------------------------------------------------------


def test_records_have_what_was_selected(running_sandbox: Any) -> None:
    found = rows(running_sandbox, RECORDS, _select="city, CODE,City")
    assert 20 == len(found)
    assert {"City": "Dublin", "Code": "D1"} == found[0]
    assert ["City", "Code"] == list(found[0])
    assert {"Desks": None, "Notes": None} == rows(running_sandbox, RECORDS, _select="Desks,Notes")[3]


def test_a_star_selects_every_field(running_sandbox: Any) -> None:
    names = [field["Name"] for field in rows(running_sandbox, f"/contactLists/31/linkeddata/{STORES}/fields")]
    assert {tuple(names)} == {tuple(record) for record in rows(running_sandbox, RECORDS, _select="*")}
    assert ["City", *(name for name in names if name != "City")] == list(
        rows(running_sandbox, RECORDS, _select="City,*")[0]
    )


def test_records_can_be_empty(running_sandbox: Any) -> None:
    assert [] == rows(running_sandbox, f"/contactLists/31/linkeddata/{EMPTY}/records", _select="Colour")


def test_the_other_options_choose_and_order_records(running_sandbox: Any) -> None:
    found = rows(running_sandbox, RECORDS, _select="Code", _filter="City eq 'Dublin' and Parking eq false")
    assert ["D1", "D3"] == [record["Code"] for record in found]
    found = rows(running_sandbox, RECORDS, _select="Code,Desks", _orderby="Desks desc", _top="3")
    assert ["X9", "T20", "T19"] == [record["Code"] for record in found]
    whole = rows(running_sandbox, RECORDS, _select="Code")
    assert whole[5:7] == rows(running_sandbox, RECORDS, _select="Code", _skip="5", _top="2")
    assert (
        []
        == rows(running_sandbox, RECORDS, _select="Code", _top="0")
        == rows(running_sandbox, RECORDS, _select="Code", _skip="99")
    )


def test_query_names_are_taken_in_any_case(running_sandbox: Any) -> None:
    assert 200 == get(running_sandbox, f"{RECORDS}?%24SELECT=Code&$Top=1").status_code


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("", "$select"),
        ("?$select", "$select"),
        ("?$select=", "$select"),
        ("?select=Code", "$select"),
        ("?$select=Shoe", "'Shoe'"),
        ("?$select=Code,", "''"),
        ("?$select=,", "''"),
        ("?$select=**", "'**'"),
        ("?$select=_id", "'_id'"),
        ("?$select=Values", "'Values'"),
        ("?$select=Code;DROP%20TABLE%20row", "DROP"),
        ("?$select=Code'%20or%201=1--", "or 1=1"),
        ("?$select=Code/City", "Code/City"),
        ("?$select=Code%00", "Code"),
        ("?$select=%FF", "UTF-8"),
        ("?$select=" + "x" * 9000, "xxx"),
        ("?$select=Code&$top=-1", "$top"),
        ("?$select=Code&$top=many", "$top"),
        ("?$select=Code&$skip=1e3", "$skip"),
        ("?$select=Code&$orderby=Shoe", "'Shoe'"),
        ("?$select=Code&$filter=Code%20lt%20'D'", "$filter"),
        ("?$select=Code&$filter=Code%20eq%20'D'%20or%201%20eq%201", "$filter"),
    ],
)
def test_a_selection_that_cannot_be_met_is_400(running_sandbox: Any, query: str, detail: str) -> None:
    status, text = why(get(running_sandbox, RECORDS + query))
    assert (400, True) == (status, detail in text), text
    assert 400 > len(text)


def test_what_is_not_there_comes_before_what_is_selected(running_sandbox: Any) -> None:
    for path in ("/contactLists/99/linkeddata/701/records", "/contactLists/31/linkeddata/704/records"):
        assert 404 == get(running_sandbox, path).status_code


def test_the_list_goes_by_its_number_or_its_encrypted_id(running_sandbox: Any) -> None:
    encrypted = running_sandbox.provider("which50")["samples"]["linked_data"]["encrypted_list"]
    expected = rows(running_sandbox, RECORDS, _select="*")
    for name in (encrypted, "031", encrypted):
        assert expected == rows(running_sandbox, f"/contactLists/{name}/linkeddata/701/records", _select="*")
        assert (
            200
            == get(running_sandbox, f"/contactLists/{name}/linkeddata/701/records?$select=*", login=False).status_code
        )
    for name in (
        encrypted.swapcase(),
        encrypted[:-1],
        "+31",
        "31.0",
        "٣١",
        "0x1f",
        "-31",
        "31%20",
        "%2F31",
        "9" * 4000,
    ):
        path = f"/contactLists/{name}/linkeddata/701/records?$select=*"
        assert 404 == get(running_sandbox, path).status_code, name
        assert 401 == get(running_sandbox, path, login=False).status_code, name


# --- who may ---------------------------------------------------------------------------------------------------------


def test_public_records_need_no_credentials(running_sandbox: Any) -> None:
    for path in (RECORDS, THEIRS):
        response = get(running_sandbox, f"{path}?$select=*&$top=2", login=False)
        assert (200, 2) == (response.status_code, len(response.json()))
        assert 400 == get(running_sandbox, path, login=False).status_code


@pytest.mark.parametrize(
    "path",
    [
        PRIVATE,
        THEIR_PRIVATE,
        "/contactLists/31/linkeddata/751/records",
        "/contactLists/61/linkeddata/701/records",
        "/contactLists/99/linkeddata/701/records",
        "/contactLists/31/linkeddata/99/records",
        "/contactLists/31/linkeddata/x/records",
        "/contactLists/%FE/linkeddata/701/fields",
        "/contactLists/31/linkeddata",
        "/contactLists/31/linkeddata/701",
        "/contactLists/31/linkeddata/701/fields",
    ],
)
def test_everything_else_needs_them_and_tells_nothing(running_sandbox: Any, path: str) -> None:
    for query in ("", "?$select=*", "?$select=Shoe"):
        response = get(running_sandbox, path + query, login=False)
        assert response.status_code == (400 if "%FE" in path else 401)
        if response.status_code == 401:
            assert {"Message": "Valid credentials are required."} == response.json()


def test_wrong_credentials_are_refused_also_where_none_are_needed(running_sandbox: Any) -> None:
    for headers in ({"Authorization": "Basic bm9ib2R5OngK"}, {"X-Api-Key": "nothing"}, {"Authorization": "Bearer x"}):
        assert 401 == get(running_sandbox, f"{RECORDS}?$select=*", login=False, headers=headers).status_code


def test_credentials_choose_the_account_and_need_the_permission(running_sandbox: Any) -> None:
    theirs = headers_of(running_sandbox, "other_account")
    assert 404 == get(running_sandbox, f"{RECORDS}?$select=*", headers=theirs).status_code
    assert 200 == get(running_sandbox, f"{THEIR_PRIVATE}?$select=*", headers=theirs).status_code
    for path in (RECORDS, PRIVATE, "/contactLists/31/linkeddata"):
        visitor = headers_of(running_sandbox, "no_permission")
        assert 403 == get(running_sandbox, f"{path}?$select=*", headers=visitor).status_code
        reader = headers_of(running_sandbox, "contact_lists_reader")
        assert 200 == get(running_sandbox, f"{path}?$select=*", headers=reader).status_code


# --- XML -------------------------------------------------------------------------------------------------------------


def test_records_in_xml_are_arrays_of_arrays(running_sandbox: Any) -> None:
    options = {"headers": {"Accept": "application/xml"}}
    text = get(running_sandbox, f"{RECORDS}?$select=Code,Desks,Notes,Parking&$top=6", **options).text
    root = etree.fromstring(text.encode())
    assert f"{{{ARRAYS}}}ArrayOfArrayOfKeyValueOfstringanyType" == root.tag
    assert {f"{{{ARRAYS}}}ArrayOfKeyValueOfstringanyType"} == {child.tag for child in root}
    assert {None: ARRAYS, "i": "http://www.w3.org/2001/XMLSchema-instance"} == root.nsmap
    first = [[part.text for part in entry] for entry in root[0]]
    assert [["Code", "D1"], ["Desks", "14"], ["Notes", None], ["Parking", "false"]] == first
    kinds = [
        value.get("{http://www.w3.org/2001/XMLSchema-instance}type") for value in root[5].iter(f"{{{ARRAYS}}}Value")
    ]
    assert ["string", "long", "string", "boolean"] == [str(kind).rpartition(":")[2] for kind in kinds]
    assert "bell \ufffd, tab\t, line\r\nand <end>]]>" in [part.text for part in root.iter()]


def test_no_records_in_xml(running_sandbox: Any) -> None:
    path = f"/contactLists/31/linkeddata/{EMPTY}/records?$select=*"
    text = get(running_sandbox, path, headers={"Accept": "text/xml"}).text
    assert text.startswith("<ArrayOfArrayOfKeyValueOfstringanyType ")
    assert text.endswith(" />")
