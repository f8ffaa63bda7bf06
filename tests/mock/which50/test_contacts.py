"""Contacts through the door: what a client of the sandbox sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from mailproof import contract

if TYPE_CHECKING:
    import httpx

RICH, EMPTY = "kD3vR8sXw2LqTn5YbC7mZg", "xG8qCv5RnM1eSk4WdJ7tLy"
BARE, AWKWARD = "pW9zNf4HjE6uVa1KxQ8sRc", "tY6bGm-3_JoPe0ZlWi5DhU"
OTHERS = "mE5jUs8DkQ2wYt6RzG3nXb"
PATHS = {item.id: item.path for item in contract("which50").operations if item.tag == "contacts"}
BINDINGS = ["application/json", "text/json", "application/csp-report", "application/xml", "text/xml"]
DTO = "http://schemas.datacontract.org/2004/07/W50API.Models.DTO.Contacts"


def get(sandbox: Any, path: str, **options: Any) -> httpx.Response:
    response: httpx.Response = sandbox.request("which50", "GET", path, **options)
    return response


def rows(sandbox: Any, path: str) -> Any:
    response = get(sandbox, path)
    assert 200 == response.status_code
    return response.json()


def as_other(sandbox: Any, name: str) -> dict[str, str]:
    headers: dict[str, str] = sandbox.provider("which50")["others"][name]["headers"]
    return headers


def message(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["Message"]


def test_a_contact_is_shown_with_its_values(running_sandbox: Any) -> None:
    contact = rows(running_sandbox, f"/contacts/{RICH}")
    assert ["ValidationWarnings", "EncContactId", "ListId", "Values"] == list(contact)
    assert (RICH, 31, 14) == (contact["EncContactId"], contact["ListId"], contact["Values"]["Visits"])


def test_a_contact_may_be_all_nulls(running_sandbox: Any) -> None:
    expected = {"ValidationWarnings": None, "EncContactId": BARE, "ListId": 31, "Values": None}
    assert expected == rows(running_sandbox, f"/contacts/{BARE}")


def test_json_keeps_every_character(running_sandbox: Any) -> None:
    values = rows(running_sandbox, f"/contacts/{AWKWARD}")["Values"]
    assert "bell \x07, escape \x1b, nothing \ufffe" == values["Control"]
    assert (9007199254740993, "007", 1.5e-07) == (values["Larger"], values["Digits"], values["Tiny"])


def test_xml_replaces_what_it_cannot_hold(running_sandbox: Any) -> None:
    response = get(running_sandbox, f"/contacts/{AWKWARD}", headers={"Accept": "application/xml"})
    texts = [element.text for element in etree.fromstring(response.content).iter()]
    assert "bell \ufffd, escape \ufffd, nothing \ufffd" in texts
    assert "first\r\nsecond\rthird\nfourth\tend " in texts


def test_communications_are_every_kind_newest_first(running_sandbox: Any) -> None:
    found = rows(running_sandbox, f"/contacts/{RICH}/communications")
    assert {"Email", "SMS", "LandingPage", "WebForm", "Event", "Competition", "Survey"} == {
        row["Interaction"] for row in found
    }
    assert "2024-12-27T18:06:00.6960966+00:00" == found[0]["Occurred"]
    expected = {
        "Id": 20004,
        "Interaction": "Email",
        "Name": "Loyalty points, March",
        "Occurred": "2024-04-02T08:15:44.1234567+01:00",
        "Status": "Read",
        "CampaignId": 501,
        "CampaignName": "Spring welcome",
    }
    assert expected in found


def test_the_hour_that_comes_twice_in_october_is_sorted_by_instant(running_sandbox: Any) -> None:
    names = [row["Name"] for row in rows(running_sandbox, f"/contacts/{RICH}/emails")]
    place = names.index("Survey, last call")
    assert ["Survey, last call", "Survey reminder", "Survey invitation"] == names[place : place + 3]


def test_the_seventh_digit_counts_in_the_order(running_sandbox: Any) -> None:
    dates = [row["Date"] for row in rows(running_sandbox, f"/contacts/{RICH}/webforms")]
    assert "2024-09-21T13:08:02.9999999+01:00" in dates


def test_what_has_no_date_comes_last(running_sandbox: Any) -> None:
    found = [row["Occurred"] for row in rows(running_sandbox, f"/contacts/{BARE}/communications")]
    assert "2024-06-21T21:50:00+01:00" == found[0]
    assert {None} == set(found[1:])


def test_the_summary_ends_at_ten(running_sandbox: Any) -> None:
    summary = rows(running_sandbox, f"/contacts/{RICH}/summary")
    kinds = ["Emails", "TextMessages", "LandingPages", "WebForms", "RSVPEvents", "Competitions"]
    assert kinds == list(summary)
    assert [10] * 6 == [len(summary[kind]) for kind in kinds]
    assert rows(running_sandbox, f"/contacts/{RICH}/emails")[:10] == summary["Emails"]


def test_a_journey_shows_its_own_interactions(running_sandbox: Any) -> None:
    found = rows(running_sandbox, f"/contacts/{RICH}/journeyactivities/501")
    assert {(501, "Spring welcome")} == {(row["CampaignId"], row["CampaignName"]) for row in found}
    assert [] == rows(running_sandbox, f"/contacts/{RICH}/journeyactivities/503")


def test_the_journeys_of_a_contact(running_sandbox: Any) -> None:
    assert [502, 501] == [row["Id"] for row in rows(running_sandbox, f"/contacts/{RICH}/journeys")]
    assert [504] == [row["Id"] for row in rows(running_sandbox, f"/contacts/{AWKWARD}/journeys")]


@pytest.mark.parametrize("part", ["journeys", "communications", "emails", "textmessages", "landingpages", "webforms"])
def test_a_contact_that_nothing_reached_has_empty_lists(running_sandbox: Any, part: str) -> None:
    assert [] == rows(running_sandbox, f"/contacts/{EMPTY}/{part}")


def test_the_sample_request_in_xml(running_sandbox: Any) -> None:
    response = get(running_sandbox, f"/contacts/{RICH}/communications", headers={"Accept": "application/xml"})
    root = etree.fromstring(response.content)
    assert f"{{{DTO}}}ArrayOfContactInteraction" == root.tag
    names = [etree.QName(child).localname for child in root[0]]
    assert ["CampaignId", "CampaignName", "Id", "Interaction", "Name", "Occurred", "Status"] == names


@pytest.mark.parametrize("media_type", BINDINGS)
@pytest.mark.parametrize("operation_id", PATHS)
def test_every_binding_of_every_operation(running_sandbox: Any, operation_id: str, media_type: str) -> None:
    path = PATHS[operation_id].format(contactId=RICH, journeyId=501)
    response = get(running_sandbox, path, headers={"Accept": media_type})
    assert (200, media_type) == (response.status_code, response.headers["Content-Type"])
    assert response.content[:1] in ((b"<",) if media_type.endswith("xml") else (b"{", b"["))


@pytest.mark.parametrize("operation_id", PATHS)
def test_nobody_reads_a_contact_of_another_account(running_sandbox: Any, operation_id: str) -> None:
    path = PATHS[operation_id].format(contactId=OTHERS, journeyId=601)
    assert (404, "The contact was not found.") == message(get(running_sandbox, path))
    own = get(running_sandbox, path, login=False, headers=as_other(running_sandbox, "other_account"))
    assert 200 == own.status_code


@pytest.mark.parametrize("operation_id", PATHS)
def test_a_permission_is_needed(running_sandbox: Any, operation_id: str) -> None:
    path = PATHS[operation_id].format(contactId="nobody", journeyId="soon")
    response = get(running_sandbox, path, login=False, headers=as_other(running_sandbox, "no_permission"))
    assert (403, "The user lacks the permission for this action.") == message(response)


@pytest.mark.parametrize("operation_id", PATHS)
def test_a_key_does_as_well(running_sandbox: Any, operation_id: str) -> None:
    path = PATHS[operation_id].format(contactId=RICH, journeyId=501)
    response = get(running_sandbox, path, login=False, headers=as_other(running_sandbox, "api_key"))
    assert rows(running_sandbox, path) == response.json()


def test_a_stranger_learns_nothing(running_sandbox: Any) -> None:
    for path in (f"/contacts/{RICH}", "/contacts/nobody", f"/contacts/{RICH}/journeyactivities/soon"):
        response = get(running_sandbox, path, login=False)
        assert (401, "Valid credentials are required.") == message(response)
        assert 'Basic realm="Which50API"' == response.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/contacts/nobody", 404, "The contact was not found."),
        ("/contacts/4101", 404, "The contact was not found."),
        (f"/contacts/{RICH.swapcase()}", 404, "The contact was not found."),
        ("/contacts/nobody/journeyactivities/501", 404, "The contact was not found."),
        (f"/contacts/{RICH}/journeyactivities/601", 404, "The campaign was not found."),
        (f"/contacts/{RICH}/journeyactivities/-501", 404, "The campaign was not found."),
        (f"/contacts/{RICH}/journeyactivities/soon", 400, "The request is invalid."),
        (f"/contacts/{RICH}/journeyactivities/2147483647", 404, "The campaign was not found."),
        (f"/contacts/{RICH}/journeyactivities/2147483648", 400, "The request is invalid."),
        (f"/contacts/{RICH}/journeyactivities/-{'9' * 30}", 400, "The request is invalid."),
        ("/contacts/%ff", 400, "The request is invalid."),
        ("/contacts", 404, "No resource matches this address."),
        (f"/contacts/{RICH}/letters", 404, "No resource matches this address."),
    ],
)
def test_the_words_of_an_error(running_sandbox: Any, path: str, status: int, text: str) -> None:
    assert (status, text) == message(get(running_sandbox, path))


def test_an_error_in_xml(running_sandbox: Any) -> None:
    response = get(running_sandbox, "/contacts/nobody", headers={"Accept": "text/xml"})
    assert b"<Error><Message>The contact was not found.</Message></Error>" == response.content
    assert "text/xml" == response.headers["Content-Type"]


@pytest.mark.parametrize("verb", ["POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
def test_only_get_is_offered(running_sandbox: Any, verb: str) -> None:
    response = running_sandbox.request("which50", verb, f"/contacts/{RICH}")
    assert (405, "GET") == (response.status_code, response.headers["Allow"])


def test_letters_of_a_path_may_be_of_any_case(running_sandbox: Any) -> None:
    expected = rows(running_sandbox, f"/contacts/{RICH}/textmessages")
    assert expected == rows(running_sandbox, f"/Contacts/{RICH}/TextMessages/")
