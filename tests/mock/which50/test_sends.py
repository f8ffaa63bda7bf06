"""What a send leaves in the outbox and in the views of a contact and a journey."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

if TYPE_CHECKING:
    import httpx

ADA, NOEL, AWKWARD = "kD3vR8sXw2LqTn5YbC7mZg", "hN2cLr7TgX4mBv9QyD1fKa", "tY6bGm-3_JoPe0ZlWi5DhU"
TOM = {"Email": "tom.healy@example.com", "Mobile": "+353861234599", "FirstName": "Tom", "LastName": "Healy"}
EMAIL, TEXT = "/journeys/sendEmail", "/journeys/sendTextMessage"
VERBS = ["POST", "PUT"]


def ask(sandbox: Any, verb: str, path: str, body: Any, **options: Any) -> httpx.Response:
    response: httpx.Response = sandbox.request("which50", verb, path, json=body, **options)
    return response


def request(values: Any, list_id: int = 31, email: int = 7001, **contact: Any) -> dict[str, Any]:
    return {"EmailId": email, "Contact": {"ListId": list_id, "Values": values, **contact}}


def text(values: Any, list_id: int = 31, item: int = 8001) -> dict[str, Any]:
    return {"TextMessageId": item, "Contact": {"ListId": list_id, "Values": values}}


def rows(sandbox: Any, path: str) -> Any:
    response = sandbox.request("which50", "GET", path)
    assert 200 == response.status_code
    return response.json()


def report(sandbox: Any, kind: str, number: int, journey: int = 501) -> dict[str, Any]:
    found: dict[int, dict[str, Any]] = {row["Id"]: row for row in rows(sandbox, f"/journeys/{journey}/reports/{kind}")}
    return found[number]


def detail(response: httpx.Response) -> tuple[int, str]:
    body = response.json()
    return response.status_code, body.get("MessageDetail", body["Message"])


@pytest.mark.parametrize("verb", VERBS)
def test_an_email_goes_to_the_outbox(sandbox: Any, verb: str) -> None:
    contact = ask(sandbox, verb, EMAIL, request(TOM)).json()
    (entry,) = sandbox.outbox()
    expected = {
        "provider": "which50",
        "channel": "email",
        "to": "tom.healy@example.com",
        "subject": "Welcome, Tom",
        "body": "<p>Dear Tom Healy,</p>\n<p>good to have you with us.</p>",
        "format": "html",
        "emailId": 7001,
        "journeyId": 501,
        "contact": contact["EncContactId"],
        "contactListId": 31,
    }
    assert expected == {name: entry[name] for name in expected}


@pytest.mark.parametrize("verb", VERBS)
def test_a_text_message_goes_to_the_outbox(sandbox: Any, verb: str) -> None:
    contact = ask(sandbox, verb, TEXT, text(TOM)).json()
    (entry,) = sandbox.outbox()
    assert ("sms", "+353861234599", "Tom, we see you tomorrow.") == (entry["channel"], entry["to"], entry["body"])
    assert (8001, 501, contact["EncContactId"]) == (entry["textMessageId"], entry["journeyId"], entry["contact"])
    assert {"subject", "format"}.isdisjoint(entry)


def test_values_are_escaped_in_html_alone(sandbox: Any) -> None:
    values = {"Email": "a@example.com", "FirstName": "<b>A&B</b>", "LastName": "{{Email}}"}
    ask(sandbox, "POST", EMAIL, request(values))
    ask(sandbox, "POST", EMAIL, request(values, email=7002))
    html, plain = sandbox.outbox()
    assert "<p>Dear &lt;b&gt;A&amp;B&lt;/b&gt; {{Email}},</p>" in html["body"]
    assert "Welcome, <b>A&B</b>" == html["subject"]
    assert ("text", "Dear <b>A&B</b>,") == (plain["format"], plain["body"].splitlines()[0])


def test_a_subject_stays_on_one_line(sandbox: Any) -> None:
    ask(sandbox, "POST", EMAIL, request({**TOM, "FirstName": "Tom\r\nBcc: all@example.com\x07"}))
    assert "Welcome, Tom Bcc: all@example.com" == sandbox.outbox()[0]["subject"]


def test_what_is_not_known_is_left_out(sandbox: Any) -> None:
    values = {"Email": "a@example.com", "ReferanceAccountId": 123456}
    ask(sandbox, "POST", EMAIL, request(values, email=7004))
    assert "Account 123456: you came  times.\n" == sandbox.outbox()[0]["body"]


def test_a_send_is_in_every_view(sandbox: Any) -> None:
    before = report(sandbox, "emails", 7001)
    contact = ask(sandbox, "POST", EMAIL, request(TOM)).json()["EncContactId"]
    path = f"/contacts/{contact}"
    (communication,) = rows(sandbox, f"{path}/communications")
    expected = {"Interaction": "Email", "Name": "Spring welcome", "Status": "Delivered", "CampaignId": 501}
    assert expected == {name: communication[name] for name in expected}
    (email,) = rows(sandbox, f"{path}/emails")
    assert {"Id": 7001, "Delivered": 1, "Open": 0, "Read": 0, "Link": 0}.items() <= email.items()
    assert [email] == rows(sandbox, f"{path}/summary")["Emails"]
    assert [501] == [row["Id"] for row in rows(sandbox, f"{path}/journeys")]
    assert contact in {row["EncContactId"] for row in rows(sandbox, "/journeys/501/contacts")}
    after = report(sandbox, "emails", 7001)
    assert (before["Sent"] + 1, before["Delivered"] + 1) == (after["Sent"], after["Delivered"])
    listing = rows(sandbox, "/journeys/501/reports/emails/7001/contacts/sent")
    assert after["Sent"] == len(listing)


def test_a_text_message_to_no_number_fails(sandbox: Any) -> None:
    response = ask(sandbox, "POST", TEXT, text({**TOM, "Mobile": "call me"}))
    assert ["Mobile: 'call me' is not a mobile number."] == response.json()["ValidationWarnings"]
    counters = report(sandbox, "textmessages", 8001)
    assert counters["Failed"] == counters["Sent"] - counters["Delivered"] == 1
    assert ["Sent"] == [
        row["Status"] for row in rows(sandbox, f"/contacts/{response.json()['EncContactId']}/communications")
    ]


def test_an_email_to_no_address_bounces(sandbox: Any) -> None:
    response = ask(sandbox, "PUT", EMAIL, request({**TOM, "Email": "at home"}))
    assert ["Email: 'at home' is not an e-mail address."] == response.json()["ValidationWarnings"]
    counters = report(sandbox, "emails", 7001)
    assert (1, 1, 0) == (counters["Bounced"], counters["HardBounced"], counters["SoftBounced"])
    contact = response.json()["EncContactId"]
    assert "Bounced" == rows(sandbox, f"/contacts/{contact}/communications")[0]["Status"]


def test_a_contact_is_found_by_its_encrypted_id(sandbox: Any) -> None:
    response = ask(sandbox, "POST", EMAIL, request({"FirstName": "Adelaide"}, EncContactId=ADA))
    assert (200, ADA) == (response.status_code, response.json()["EncContactId"])
    assert "Welcome, Adelaide" == sandbox.outbox()[0]["subject"]


def test_patch_sends_to_each_that_matches(sandbox: Any) -> None:
    query = {"match": "ReferanceAccountId", "ReferanceAccountId": "123456"}
    response = ask(sandbox, "PATCH", EMAIL, request({"Branch": "Cork"}), params=query)
    assert {ADA, NOEL} == {row["EncContactId"] for row in response.json()}
    assert ["Cork", "Cork"] == [row["Values"]["Branch"] for row in response.json()]
    assert {"ada.byrne@example.com", "noel.daly@example.com"} == {entry["to"] for entry in sandbox.outbox()}


def test_patch_to_twelve_hundred(sandbox: Any) -> None:
    before = report(sandbox, "emails", 7021, 505)
    query = {"match": "Branch", "Branch": "cork"}
    response = ask(sandbox, "PATCH", EMAIL, request({}, 32, 7021), params=query)
    assert 400 == len(response.json())
    after = report(sandbox, "emails", 7021, 505)
    assert after["Sent"] == len(rows(sandbox, "/journeys/505/reports/emails/7021/contacts/Sent"))
    assert before["Sent"] <= after["Sent"]
    assert 400 == len(sandbox.outbox())


def test_patch_with_one_who_has_no_address_sends_to_nobody(sandbox: Any) -> None:
    query = {"match": "ReferanceAccountId", "ReferanceAccountId": "123456"}
    response = ask(sandbox, "PATCH", TEXT, text({"Branch": "Cork"}), params=query)
    assert (417, f"Mobile: contact {NOEL} has no value.") == detail(response)
    assert [] == sandbox.outbox()
    assert "Branch" not in rows(sandbox, f"/contacts/{ADA}")["Values"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, (417, "EmailId: is required.")),
        ({"EmailId": 7001}, (417, "Contact: one with a ListId is required.")),
        ({"EmailId": 7001, "Contact": None}, (417, "Contact: one with a ListId is required.")),
        ({"EmailId": 7001, "Contact": {"Values": TOM}}, (417, "Contact: one with a ListId is required.")),
        ({"Contact": {"ListId": 31, "Values": TOM}}, (417, "EmailId: is required.")),
        ({"Contact": {"ListId": 99}}, (404, "The contact list was not found.")),
        (request(TOM, 61), (404, "The contact list was not found.")),
        (request(TOM, email=7101), (404, "The e-mail was not found.")),
        (request(TOM, email=8001), (404, "The e-mail was not found.")),
        (request(TOM, email=2147483647), (404, "The e-mail was not found.")),
        (request(TOM, email=2147483648), (400, None)),
        (request(TOM, -(10**30)), (400, None)),
        (request(TOM, EncContactId="nobody"), (404, "The contact was not found.")),
        (request(TOM, EncContactId=AWKWARD), (404, "The contact was not found.")),
        (request({"FirstName": "Tom", "Email": None}), (417, None)),
        (request({"FirstName": "Tom", "Email": " \t"}), (417, None)),
        (request({"FirstName": "Tom", "Mobile": "+353861234599"}), (417, None)),
        ({"EmailId": "7001", "Contact": {}}, (400, None)),
        ({"EmailId": 7001, "Contact": []}, (400, None)),
        ({"EmailId": 7001.5, "Contact": {}}, (400, None)),
        ([], (400, None)),
    ],
)
@pytest.mark.parametrize("verb", VERBS)
def test_what_is_refused_leaves_nothing(sandbox: Any, verb: str, body: Any, expected: tuple[int, str | None]) -> None:
    before = rows(sandbox, "/contactLists"), rows(sandbox, "/journeys/501/reports")
    status, words = detail(ask(sandbox, verb, EMAIL, body))
    assert expected == (status, words if expected[1] else None)
    assert before == (rows(sandbox, "/contactLists"), rows(sandbox, "/journeys/501/reports"))
    assert [] == sandbox.outbox()


@pytest.mark.parametrize("match", ["Shoe", "Email,Shoe", "Email,", "LastName", ",", "Email;LastName"])
def test_a_match_that_cannot_be_met(sandbox: Any, match: str) -> None:
    values = {"Email": "a@example.com"}
    assert 417 == ask(sandbox, "POST", EMAIL, request(values), params={"match": match}).status_code
    assert 417 == ask(sandbox, "PATCH", EMAIL, request(values), params={"match": match}).status_code
    assert [] == sandbox.outbox()


def test_names_in_any_letter_case(sandbox: Any) -> None:
    body = {"emailid": 7001, "CONTACT": {"listId": 31, "values": {"EMAIL": "TOM@example.com"}}}
    response = sandbox.request("which50", "POST", "/Journeys/SENDEMAIL/", json=body, params={"MATCH": "email"})
    assert (200, "TOM@example.com") == (response.status_code, response.json()["Values"]["Email"])


def test_custom_events_are_not_known(sandbox: Any) -> None:
    for name in ("SendWelcomeEmail", "NoSuchEvent"):
        assert 200 == ask(sandbox, "POST", EMAIL, request(TOM), params={"customevents": name}).status_code
    assert ["email", "email"] == [entry["channel"] for entry in sandbox.outbox()]


def test_a_request_in_xml(sandbox: Any) -> None:
    body = """<SendTextMessageRequestDTO xmlns="http://schemas.datacontract.org/2004/07/W50API.Models.DTO">
      <TextMessageId>8001</TextMessageId>
      <Contact xmlns:c="http://schemas.datacontract.org/2004/07/W50Common.Model.DTO">
        <c:Values xmlns:a="http://schemas.microsoft.com/2003/10/Serialization/Arrays">
          <a:KeyValueOfstringanyType><a:Key>Mobile</a:Key><a:Value
            xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns:b="http://www.w3.org/2001/XMLSchema"
            i:type="b:string">+353861234599</a:Value></a:KeyValueOfstringanyType>
        </c:Values>
        <c:ListId>31</c:ListId>
      </Contact>
    </SendTextMessageRequestDTO>"""
    headers = {"Content-Type": "application/xml", "Accept": "application/xml"}
    response = sandbox.request("which50", "PUT", TEXT, content=body, headers=headers)
    assert (200, "Contact") == (response.status_code, etree.QName(etree.fromstring(response.content)).localname)
    assert "+353861234599" == sandbox.outbox()[0]["to"]


@pytest.mark.parametrize("path", [EMAIL, TEXT])
def test_other_verbs(running_sandbox: Any, path: str) -> None:
    for verb in ("GET", "DELETE", "HEAD", "OPTIONS"):
        response = running_sandbox.request("which50", verb, path)
        assert (405, {"PATCH", "POST", "PUT"}) == (
            response.status_code,
            {name.strip() for name in response.headers["Allow"].split(",")},
        )


def test_only_who_may_write_journeys_sends(sandbox: Any) -> None:
    others = sandbox.provider("which50")["others"]
    for name in ("no_permission", "contacts_only", "contact_lists_reader", "journeys_reader"):
        response = ask(sandbox, "POST", EMAIL, request(TOM), login=False, headers=others[name]["headers"])
        assert (403, []) == (response.status_code, sandbox.outbox())
    assert 401 == ask(sandbox, "POST", EMAIL, request(TOM), login=False).status_code
