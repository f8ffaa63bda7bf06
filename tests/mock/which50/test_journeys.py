"""Journeys, their activities and contacts through the door: what a client of the sandbox sees."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from mailproof import contract

if TYPE_CHECKING:
    import httpx

RICH, AWKWARD = "kD3vR8sXw2LqTn5YbC7mZg", "tY6bGm-3_JoPe0ZlWi5DhU"
PATHS = {
    operation.id: operation.path
    for operation in contract("which50").operations
    if operation.path.startswith("/journeys") and operation.method == "get"
}
FILLED = {
    "journeyId": 501,
    "emailId": 7001,
    "textMessageId": 8001,
    "landingpageId": 9001,
    "activityId": 3101,
}
STATES = {"emails": "Delivered", "textmessages": "Delivered", "landingpages": "KnownVisits"}
BINDINGS = ["application/json", "text/json", "application/csp-report", "application/xml", "text/xml"]
DTO = "http://schemas.datacontract.org/2004/07/W50API.Models.DTO"


def filled(operation_id: str, **values: object) -> str:
    path = PATHS[operation_id]
    state = next((state for channel, state in STATES.items() if f"/{channel}/" in path), "")
    return path.format(**{**FILLED, "state": state, **values})


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


def counted(journey: dict[str, Any]) -> tuple[int, int, int]:
    return journey["Reach"], journey["Interactions"], journey["Unsubscribes"]


def test_there_are_sixteen_reads_of_journeys() -> None:
    assert 16 == len(PATHS)


def test_the_journeys_of_the_account_newest_first(running_sandbox: Any) -> None:
    assert [503, 506, 502, 505, 501, 504] == [row["Id"] for row in rows(running_sandbox, "/journeys")]


def test_a_journey_is_shown_with_what_is_counted(running_sandbox: Any) -> None:
    journey = rows(running_sandbox, "/journeys/501")
    assert list(contract("which50").document["components"]["schemas"]["Campaign"]["properties"]) == list(journey)
    assert (2, 18, 1) == counted(journey)
    assert "Email,TextMessage,LandingPage" == journey["Channels"]
    assert [7001, 7002, 7003, 7004, 7005] == [item["Id"] for item in journey["Emails"]]
    assert [{"Id": 9001, "Name": "Spring offers"}, {"Id": 9002, "Name": "Opening hours"}] == journey["LandingPages"]


def test_four_journeys_have_all_channels(running_sandbox: Any) -> None:
    found = [row["Id"] for row in rows(running_sandbox, "/journeys") if row["Channels"].count(",") == 2]
    assert [506, 502, 505, 501] == found


def test_a_journey_without_anything(running_sandbox: Any) -> None:
    journey = rows(running_sandbox, "/journeys/503")
    assert (0, 0, 0) == counted(journey)
    assert ([], [], [], None) == tuple(
        journey[name] for name in ("Emails", "TextMessages", "LandingPages", "EDocuments")
    )
    assert ("", None) == (journey["Channels"], journey["Tags"])
    assert [] == rows(running_sandbox, "/journeys/503/contacts")


def test_a_journey_without_a_list_or_dates(running_sandbox: Any) -> None:
    journey = rows(running_sandbox, "/journeys/504")
    assert (None, None, None) == (journey["ListId"], journey["StartDate"], journey["Status"])
    assert [[], {}, None, True, "text", 3] == journey["EDocuments"]
    assert [AWKWARD] == [row["EncContactId"] for row in rows(running_sandbox, "/journeys/504/contacts")]
    assert [] == rows(running_sandbox, "/journeys/504/activities")


def test_the_contacts_of_a_journey_are_those_with_an_interaction(running_sandbox: Any) -> None:
    found = rows(running_sandbox, "/journeys/505/contacts")
    assert (308, 308) == (len(found), len({row["EncContactId"] for row in found}))
    assert rows(running_sandbox, "/journeys/505")["Reach"] == len(found)


def test_a_contact_in_a_journey_is_the_contact(running_sandbox: Any) -> None:
    found = {row["EncContactId"]: row for row in rows(running_sandbox, "/journeys/501/contacts")}
    assert rows(running_sandbox, f"/contacts/{RICH}") == found[RICH]


def test_a_journey_in_xml(running_sandbox: Any) -> None:
    response = get(running_sandbox, "/journeys/505", headers={"Accept": "application/xml"})
    root = etree.fromstring(response.content)
    names = [etree.QName(child).localname for child in root]
    assert f"{{{DTO}}}Campaign" == root.tag
    assert sorted(names) == names
    assert ["308", "790"] == [root.findtext(f"{{{DTO}}}{name}") for name in ("Reach", "Interactions")]


def test_an_activity_and_its_target(running_sandbox: Any) -> None:
    activity = rows(running_sandbox, "/journeys/505/activities/3502")
    assert ["Id", "Name", "CampaignId", "CreatedDate", "TargetAtRuntime", "Target"] == list(activity)
    expected = {
        "Id": 2502,
        "Name": 'The "Nolans"',
        "Notes": "Fish & <Chips>",
        "ContactListId": 32,
        "ContactsCount": 6,
        "ContactsCountEmail": 1,
        "ContactsCountSms": 2,
        "ContactsCountEmailWithDuplicates": 3,
        "ContactsCountSmsWithDuplicates": 3,
    }
    assert expected == activity["Target"]
    assert list(expected) == list(activity["Target"])


@pytest.mark.parametrize(
    ("path", "contacts"),
    [
        ("/journeys/501/activities/3101", ["Ada"]),
        ("/journeys/501/activities/3102", ["Ada", "Noel"]),  # one has the number as text, the fixture as number
        ("/journeys/502/activities/3201", []),
        ("/journeys/505/activities/3502", ["Nell", "Niall", "Nora", "Nuala", "Ned", "Neil"]),
    ],
)
def test_a_target_is_a_segment_of_the_list(running_sandbox: Any, path: str, contacts: list[str]) -> None:
    found = [row["Values"]["FirstName"] for row in rows(running_sandbox, f"{path}/contacts")]
    assert sorted(contacts) == sorted(found)
    assert len(contacts) == rows(running_sandbox, path)["Target"]["ContactsCount"]


def test_a_target_without_conditions_is_the_whole_list(running_sandbox: Any) -> None:
    target = rows(running_sandbox, "/journeys/505/activities/3501")["Target"]
    assert len(rows(running_sandbox, "/contactLists/32/contacts")) == target["ContactsCount"]


def test_a_target_follows_what_is_written(sandbox: Any) -> None:
    before = rows(sandbox, "/journeys/501/activities/3103")["Target"]
    new = {"ListId": 31, "Values": {"Email": "new@example.com", "Mobile": "no number"}}
    assert 200 == sandbox.request("which50", "POST", "/contactLists/31/contact", json=new).status_code
    after = rows(sandbox, "/journeys/501/activities/3103")["Target"]
    for size, more in (("ContactsCount", 1), ("ContactsCountEmail", 1), ("ContactsCountSms", 0)):
        assert before[size] + more == after[size], size


def test_activities_come_as_they_were_made(running_sandbox: Any) -> None:
    assert [3101, 3102, 3103] == [row["Id"] for row in rows(running_sandbox, "/journeys/501/activities")]


@pytest.mark.parametrize("media_type", BINDINGS)
@pytest.mark.parametrize("operation_id", PATHS)
def test_every_binding_of_every_read(running_sandbox: Any, operation_id: str, media_type: str) -> None:
    response = get(running_sandbox, filled(operation_id), headers={"Accept": media_type})
    assert (200, media_type) == (response.status_code, response.headers["Content-Type"])
    assert response.content[:1] in ((b"<",) if media_type.endswith("xml") else (b"{", b"["))


@pytest.mark.parametrize("operation_id", PATHS)
def test_the_permission_for_journeys_is_needed_and_enough(running_sandbox: Any, operation_id: str) -> None:
    unknown = filled(operation_id, journeyId="soon")
    refused = get(running_sandbox, unknown, login=False, headers=as_other(running_sandbox, "contacts_only"))
    assert (403, "The user lacks the permission for this action.") == message(refused)
    allowed = get(
        running_sandbox, filled(operation_id), login=False, headers=as_other(running_sandbox, "journeys_reader")
    )
    assert rows(running_sandbox, filled(operation_id)) == allowed.json()
    stranger = get(running_sandbox, unknown, login=False)
    assert (401, "Valid credentials are required.") == message(stranger)


@pytest.mark.parametrize("operation_id", [name for name in PATHS if name != "list_journeys"])
def test_nobody_reads_a_journey_of_another_account(running_sandbox: Any, operation_id: str) -> None:
    path = filled(operation_id, journeyId=601)
    assert (404, "The campaign was not found.") == message(get(running_sandbox, path))


def test_the_other_account_has_its_own(running_sandbox: Any) -> None:
    headers = as_other(running_sandbox, "other_account")
    found = get(running_sandbox, "/journeys", login=False, headers=headers).json()
    assert [601] == [row["Id"] for row in found]
    assert (1, 1, 0) == counted(found[0])


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/journeys/0", 404, "The campaign was not found."),
        ("/journeys/-501", 404, "The campaign was not found."),
        ("/journeys/2147483647", 404, "The campaign was not found."),
        ("/journeys/2147483648", 400, "The request is invalid."),
        ("/journeys/soon", 400, "The request is invalid."),
        ("/journeys/501.0", 400, "The request is invalid."),
        ("/journeys/501/contacts/1", 404, "No resource matches this address."),
        ("/journeys/501/activities/1", 404, "The activity was not found."),
        ("/journeys/501/activities/3201", 404, "The activity was not found."),
        ("/journeys/501/activities/3601/contacts", 404, "The activity was not found."),
        ("/journeys/501/activities/first", 400, "The request is invalid."),
        ("/journeys/1/activities/first", 404, "The campaign was not found."),
        ("/journeys/501/activities/3101/contact", 404, "No resource matches this address."),
    ],
)
def test_the_words_of_an_error(running_sandbox: Any, path: str, status: int, text: str) -> None:
    assert (status, text) == message(get(running_sandbox, path))


@pytest.mark.parametrize("verb", ["POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
def test_journeys_are_only_read(running_sandbox: Any, verb: str) -> None:
    response = running_sandbox.request("which50", verb, "/journeys/501/contacts")
    assert (405, "GET") == (response.status_code, response.headers["Allow"])


def test_letters_of_a_path_may_be_of_any_case(running_sandbox: Any) -> None:
    expected = rows(running_sandbox, "/journeys/501/activities/3101/contacts")
    assert expected == rows(running_sandbox, "/JOURNEYS/501/Activities/3101/contactS/")


def test_text_that_breaks_careless_writers(running_sandbox: Any) -> None:
    response = get(running_sandbox, "/journeys/504", headers={"Accept": "text/xml"})
    texts = [element.text for element in etree.fromstring(response.content).iter()]
    assert {"Half price & <more>", "two\nlines", "a&b"} <= set(texts)
    assert "Half price & <more>" == json.loads(get(running_sandbox, "/journeys/504").content)["Name"]
