"""Reports and the contacts behind them through the door: what a client of the sandbox sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from mailproof import contract
from mailproof_mock.which50.channels import CHANNELS, Channel

if TYPE_CHECKING:
    import httpx

DOCUMENT = contract("which50").document
DTO = "http://schemas.datacontract.org/2004/07/W50API.Models.DTO"
SEGMENTS = {"Emails": "emails", "TextMessages": "textmessages", "LandingPages": "landingpages"}
EMAILS, TEXTS, PAGES = (f"/journeys/505/reports/{segment}" for segment in SEGMENTS.values())


def get(sandbox: Any, path: str, **options: Any) -> httpx.Response:
    response: httpx.Response = sandbox.request("which50", "GET", path, **options)
    return response


def rows(sandbox: Any, path: str) -> Any:
    response = get(sandbox, path)
    assert 200 == response.status_code
    return response.json()


def message(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["Message"]


def ids(sandbox: Any, path: str) -> set[str]:
    return {row["EncContactId"] for row in rows(sandbox, path)}


def report_of(sandbox: Any, path: str, item: int) -> dict[str, Any]:
    return next(row for row in rows(sandbox, path) if row["Id"] == item)


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.name)
def test_each_state_says_what_it_asks_for(channel: Channel) -> None:
    parameter = DOCUMENT["components"]["parameters"][channel.state]
    assert parameter["schema"]["enum"] == list(parameter["x-states"])
    for marks in parameter["x-states"].values():
        assert set() == set(marks) - {"set", "unset", "bounce", "anonymous"}


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.name)
def test_each_counter_is_a_state(channel: Channel) -> None:
    beside = {"Id", "Name", "Unsubscribes"} if channel.name == "Email" else {"Id", "Name"}
    uncounted = {"LinkDetails"} if channel.name == "LandingPage" else set[str]()
    assert set(channel.states) - uncounted == set(channel.report_members) - beside


def test_the_flags_are_members_of_the_lists_of_a_contact() -> None:
    lists = ("ContactEmail", "ContactTextMessage", "ContactLandingPage")
    for channel, schema in zip(CHANNELS, lists, strict=True):
        flags = {marks[key] for marks in channel.states.values() for key in ("set", "unset") if key in marks}
        assert set() == flags - set(DOCUMENT["components"]["schemas"][schema]["properties"])


def test_the_reports_of_all_channels(running_sandbox: Any) -> None:
    found = rows(running_sandbox, "/journeys/505/reports")
    assert list(SEGMENTS) == list(found)
    for member, segment in SEGMENTS.items():
        assert rows(running_sandbox, f"/journeys/505/reports/{segment}") == found[member]


def test_an_email_in_numbers(running_sandbox: Any) -> None:
    expected = {
        "Id": 7021,
        "Name": "Sale opens",
        "Sent": 300,
        "Delivered": 225,
        "Opened": 150,
        "Read": 100,
        "Clicked": 75,
        "Bounced": 50,
        "SoftBounced": 25,
        "HardBounced": 25,
        "Unsubscribes": 25,
    }
    found = report_of(running_sandbox, EMAILS, 7021)
    assert list(expected) == list(found)
    assert expected == found


def test_an_email_that_went_out_twice_counts_contacts(running_sandbox: Any) -> None:
    found = report_of(running_sandbox, EMAILS, 7022)
    assert 150 == found["Sent"] == len(rows(running_sandbox, f"{EMAILS}/7022/contacts"))
    assert found["SoftBounced"] + found["HardBounced"] == found["Bounced"]
    assert found["Delivered"] + found["Bounced"] > found["Sent"]  # to some it came after it had bounced


def test_an_email_that_was_never_sent(running_sandbox: Any) -> None:
    found = report_of(running_sandbox, EMAILS, 7023)
    assert None is found.pop("Name")
    assert 7023 == found.pop("Id")
    assert {0} == set(found.values())
    assert [] == rows(running_sandbox, f"{EMAILS}/7023/contacts/sent")


def test_the_text_messages_in_numbers(running_sandbox: Any) -> None:
    expected = [
        {"Id": 8021, "Name": "Sale opens", "Sent": 120, "Delivered": 90, "Failed": 30},
        {"Id": 8022, "Name": "Sale closes", "Sent": 30, "Delivered": 30, "Failed": 0},
    ]
    assert expected == rows(running_sandbox, TEXTS)


def test_unknown_visitors_are_in_the_totals_alone(running_sandbox: Any) -> None:
    expected = {
        "Id": 9021,
        "Name": "Sale catalogue",
        "TotalVisits": 400,
        "KnownVisits": 90,
        "TotalClicks": 194,
        "KnownClicks": 50,
        "TotalSubmits": 34,
        "WebformSubmits": 22,
    }
    assert expected == report_of(running_sandbox, PAGES, 9021)
    assert 50 == len(ids(running_sandbox, f"{PAGES}/9021/contacts/TotalClicks"))


@pytest.mark.parametrize("journey", [501, 502, 504, 505, 506])
@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.name)
def test_every_counter_is_the_length_of_its_listing(running_sandbox: Any, channel: Channel, journey: int) -> None:
    base = f"/journeys/{journey}/reports/{SEGMENTS[channel.member]}"
    for report in rows(running_sandbox, base):
        for state, marks in channel.states.items():
            listed = rows(running_sandbox, f"{base}/{report['Id']}/contacts/{state}")
            if state in report and "anonymous" not in marks:
                assert report[state] == len(listed), (journey, report["Id"], state)


def test_bounces_are_either_soft_or_hard(running_sandbox: Any) -> None:
    for email in (7021, 7022):
        soft, hard, all_of_them = (
            ids(running_sandbox, f"{EMAILS}/{email}/contacts/{state}")
            for state in ("SoftBounced", "HardBounced", "Bounced")
        )
        assert (set(), all_of_them) == (soft & hard, soft | hard)


def test_without_a_state_everybody_is_listed(running_sandbox: Any) -> None:
    for path, state in ((f"{EMAILS}/7022", "Sent"), (f"{TEXTS}/8021", "Sent"), (f"{PAGES}/9022", "KnownVisits")):
        assert ids(running_sandbox, f"{path}/contacts/{state}") == ids(running_sandbox, f"{path}/contacts")


@pytest.mark.parametrize("spelling", ["softbounced", "SOFTBOUNCED", "sOfTbOuNcEd", "Soft%42ounced"])
def test_a_state_in_any_letters(running_sandbox: Any, spelling: str) -> None:
    expected = rows(running_sandbox, f"{EMAILS}/7021/contacts/SoftBounced")
    assert expected == rows(running_sandbox, f"{EMAILS}/7021/contacts/{spelling}")


@pytest.mark.parametrize(
    "path",
    [
        f"{EMAILS}/7021/contacts/Seen",
        f"{EMAILS}/7021/contacts/KnownVisits",
        f"{EMAILS}/7021/contacts/Unsubscribes",
        f"{EMAILS}/7021/contacts/Id",
        f"{EMAILS}/7021/contacts/0",
        f"{EMAILS}/7021/contacts/Sent,Read",
        f"{EMAILS}/7021/contacts/%20Sent",
        f"{EMAILS}/7021/contacts/%C5%BFent",
        f"{EMAILS}/7021/contacts/clic%E2%84%AAed",
        f"{TEXTS}/8021/contacts/Read",
        f"{PAGES}/9021/contacts/Sent",
        f"{PAGES}/9021/contacts/x-states",
    ],
)
def test_a_state_that_does_not_exist(running_sandbox: Any, path: str) -> None:
    response = get(running_sandbox, path)
    assert (400, "The request is invalid.") == message(response)
    assert "state" in response.json()["MessageDetail"]


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/journeys/1/reports/emails/7021/contacts/Seen", 404, "The campaign was not found."),
        ("/journeys/1/reports", 404, "The campaign was not found."),
        (f"{EMAILS}/1/contacts/Seen", 404, "The e-mail was not found."),
        (f"{EMAILS}/7001/contacts", 404, "The e-mail was not found."),
        (f"{EMAILS}/7101/contacts", 404, "The e-mail was not found."),
        (f"{EMAILS}/8021/contacts", 404, "The e-mail was not found."),
        (f"{EMAILS}/soon/contacts/Seen", 400, "The request is invalid."),
        (f"{TEXTS}/1/contacts/Seen", 404, "The text message was not found."),
        (f"{TEXTS}/8001/contacts", 404, "The text message was not found."),
        (f"{PAGES}/1/contacts/Seen", 404, "The landing page was not found."),
        (f"{PAGES}/9001/contacts", 404, "The landing page was not found."),
        (f"{EMAILS}/7021", 404, "No resource matches this address."),
        (f"{EMAILS}/7021/contacts/Sent/more", 404, "No resource matches this address."),
        ("/journeys/505/reports/webforms", 404, "No resource matches this address."),
    ],
)
def test_the_words_of_an_error(running_sandbox: Any, path: str, status: int, text: str) -> None:
    assert (status, text) == message(get(running_sandbox, path))


def test_a_bad_state_is_not_told_to_strangers(running_sandbox: Any) -> None:
    path = f"{EMAILS}/7021/contacts/Seen"
    assert 401 == get(running_sandbox, path, login=False).status_code
    headers = running_sandbox.provider("which50")["others"]["contacts_only"]["headers"]
    assert 403 == get(running_sandbox, path, login=False, headers=headers).status_code


def test_the_reports_in_xml(running_sandbox: Any) -> None:
    response = get(running_sandbox, "/journeys/505/reports", headers={"Accept": "text/xml"})
    root = etree.fromstring(response.content)
    assert f"{{{DTO}}}JourneyReport" == root.tag
    assert ["Emails", "LandingPages", "TextMessages"] == [etree.QName(child).localname for child in root]
    report = root[0][0]
    names = [etree.QName(child).localname for child in report]
    assert (f"{{{DTO}}}EmailReport", sorted(names)) == (report.tag, names)


def test_a_contact_in_a_report_shows_its_number_in_xml(running_sandbox: Any) -> None:
    path = "/journeys/501/reports/emails/7001/contacts/Clicked"
    response = get(running_sandbox, path, headers={"Accept": "application/xml"})
    found = etree.fromstring(response.content)
    assert f"{{{DTO}}}ArrayOfContact" == found.tag
    assert ["4101"] == [element.text for element in found.iter("{*}Id")]
