"""Every outcome of a send, by what the client is told and by what lies in the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    import httpx

NOT_FOUND = {"status": "Not Found", "statusCode": 404}
FORMS = ("long", "short")


def send(  # noqa: PLR0913 - one argument for each thing that a send can vary
    sandbox: Any,
    form: str = "long",
    on: str = "My List",
    template: str = "My Template",
    key: str = "5606",
    options: dict[str, str] | None = None,
    realm: str | None = None,
) -> httpx.Response:
    """A send on the long path, or the same one with everything in the body."""
    entry = sandbox.provider("whatcounts")
    headers = entry["headers"] if realm is None else entry["others"][realm]["headers"]
    if form == "long":
        path = f"/msg/sendWithCustomerKey/{quote(on, safe='')}/{quote(template, safe='')}/{quote(key, safe='')}"
        rest: dict[str, Any] = {"params": options} if options else {}
    else:
        path = "/msg"
        rest = {"json": {"listName": on, "templateName": template, "customerKey": key, **(options or {})}}
    answer: httpx.Response = sandbox.request("whatcounts", "POST", path, login=False, headers=headers, **rest)
    return answer


def delivered(sandbox: Any) -> list[str]:
    """Whom the outbox holds messages for."""
    return [entry["to"] for entry in sandbox.outbox()]


@pytest.mark.parametrize("form", FORMS)
def test_a_subscribed_contact_is_sent_the_message(sandbox: Any, form: str) -> None:
    answer = send(sandbox, form)

    assert (200, b"0", "application/json") == (
        answer.status_code,
        answer.content,
        answer.headers["content-type"],
    )
    assert "link" not in answer.headers
    assert ["anna@example.com"] == delivered(sandbox)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"on": "no", "template": "no", "key": "no"}, "List Not Found"),
        ({"on": "my list"}, "List Not Found"),
        ({"template": "no", "key": "no"}, "Template Not Found"),
        ({"template": "Retired Template"}, "Template Not Found"),
        ({"key": "no"}, "Subscriber Not Found"),
        ({"key": "8001"}, "Subscriber Not Found"),
        ({"key": "5608"}, "Subscriber Not Found"),
        ({"key": "5608", "options": {"respectOptout": "false"}}, "Subscriber Not Found"),
        (
            {"on": "Plain List", "template": "Plain Template", "key": "7001", "realm": "realm_without_keys"},
            "Subscriber Not Found",
        ),
    ],
)
def test_what_is_not_found_is_named_and_nothing_is_sent(
    sandbox: Any, form: str, changes: dict[str, Any], error: str
) -> None:
    answer = send(sandbox, form, **changes)

    assert (404, {"error": error, **NOT_FOUND}) == (answer.status_code, answer.json())
    assert [] == sandbox.outbox()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("key", "to"), [("5609", "finn@example.com"), ("5610", "greta@example.com"), ("5611", "hugo@example.com")]
)
def test_an_opt_out_keeps_the_message_back_unless_it_is_overridden(sandbox: Any, form: str, key: str, to: str) -> None:
    respected = send(sandbox, form, key=key)
    assert (200, b"0", []) == (respected.status_code, respected.content, delivered(sandbox))

    overridden = send(sandbox, form, key=key, options={"respectOptout": "false"})
    assert (200, b"0", [to]) == (overridden.status_code, overridden.content, delivered(sandbox))


def test_an_opt_out_of_one_list_leaves_the_others(sandbox: Any) -> None:
    send(sandbox, on="Second List", key="5609")

    assert ["finn@example.com"] == delivered(sandbox)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (None, {"text"}),
        ({"format": "1"}, {"text"}),
        ({"format": "2"}, {"html"}),
        ({"format": "99"}, {"text", "html"}),
        ({"format": "3"}, {"text"}),
        ({"Format": "2"}, {"text"}),
    ],
)
def test_the_format_decides_the_parts_of_the_message(
    sandbox: Any, form: str, options: dict[str, str] | None, expected: set[str]
) -> None:
    send(sandbox, form, options=options)

    assert expected == set(sandbox.outbox()[0]["body"])


def test_a_message_in_the_outbox_says_whose_it_is_and_to_whom(sandbox: Any) -> None:
    send(sandbox, options={"campaignName": "Order confirmations"})

    entry = sandbox.outbox()[0]
    assert ("news@mydomain.com", "anna@example.com", "Your order") == (
        entry["from"],
        entry["to"],
        entry["subject"],
    )
    assert ("My List", "My Template", "5606") == (entry["list"], entry["template"], entry["customerKey"])


def test_repeated_sends_are_messages_of_their_own(sandbox: Any) -> None:
    for _ in range(3):
        send(sandbox)

    assert 3 == len({entry["campaignId"] for entry in sandbox.outbox()})


def test_a_campaign_name_groups_on_its_list(sandbox: Any) -> None:
    for on in ("My List", "My List", "Second List"):
        send(sandbox, on=on, options={"campaignName": "June"})

    first, second, other = (entry["campaignId"] for entry in sandbox.outbox())
    assert first == second
    assert first != other


def test_a_sticky_list_has_one_campaign_and_lets_names_stand_beside_it(sandbox: Any) -> None:
    for name in (None, "June", None):
        send(sandbox, on="Sticky List", options={"campaignName": name} if name else None)

    first, named, second = (entry["campaignId"] for entry in sandbox.outbox())
    assert first == second
    assert first != named


def test_a_send_without_a_body_is_no_short_send(sandbox: Any) -> None:
    answer = sandbox.request("whatcounts", "POST", "/msg")

    assert 400 == answer.status_code
    assert {"error": "Bad Request", "status": "Bad Request", "statusCode": 400} == answer.json()
