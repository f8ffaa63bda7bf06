"""The list of snapshots and their files, as a client of the sandbox sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    Ask = Callable[..., httpx.Response]

LIST = "/subscribers/availableimagessenttocustomerkey/"
SAMPLE_HEADERS = {
    "authorization": "Basic bXlBY2NvdW50Onh5enB3ZDEyMw==",
    "accept": "application/vnd.whatcounts-v1+json",
    "content-type": "application/json",
}


@pytest.fixture
def ask(sandbox: Any) -> Ask:
    """Sends a request below the API's base URL, with the sandbox's credentials."""

    def send(method: str, path: str, **options: Any) -> httpx.Response:
        answer: httpx.Response = sandbox.request("whatcounts", method, path, **options)
        return answer

    return send


def test_the_request_of_the_vendors_page_gets_its_two_newsletters(ask: Ask) -> None:
    answer = ask("GET", f"{LIST}5606", login=False, headers=SAMPLE_HEADERS)

    assert 200 == answer.status_code
    assert "application/json" == answer.headers["content-type"]
    assert answer.headers["link"].endswith("/rest/subscribers>;")
    expected = [
        ("5606", 1, "2020Jan Newsletter", "2020-01-13 08:46:48.11"),
        ("5606", 1, "2019Jan Newsletter", "2019-01-13 08:46:48.11"),
    ]
    assert expected == [
        (
            entry["customerKey"],
            entry["realmId"],
            entry["content"]["template_name"],
            entry["content"]["created_date"],
        )
        for entry in answer.json()
    ]


def test_the_listed_url_serves_the_page_without_credentials(ask: Ask, sandbox: Any) -> None:
    url = ask("GET", f"{LIST}5606").json()[0]["content"]["image"]

    answer = sandbox.client.get(url)

    assert (200, "text/html; charset=utf-8") == (answer.status_code, answer.headers["content-type"])
    assert "<h1>Happy New Year 2020</h1>" in answer.text


def test_the_same_url_with_another_extension_serves_a_png(ask: Ask, sandbox: Any) -> None:
    url = ask("GET", f"{LIST}5606").json()[0]["content"]["image"]

    answer = sandbox.client.get(url.removesuffix(".html") + ".png")

    assert (200, "image/png") == (answer.status_code, answer.headers["content-type"])
    assert b"\x89PNG\r\n\x1a\n" == answer.content[:8]


def test_a_file_that_no_snapshot_has_is_not_found(ask: Ask, sandbox: Any) -> None:
    url = ask("GET", f"{LIST}5606").json()[0]["content"]["image"]

    answer = sandbox.client.get(f"{url}x")

    assert 404 == answer.status_code
    assert {"error": "Not Found", "status": "Not Found", "statusCode": 404} == answer.json()


@pytest.mark.parametrize(("key", "expected"), [("5607", 0), ("ck11", 1), ("5606", 2)])
def test_none_one_and_two_snapshots_are_an_array(ask: Ask, key: str, expected: int) -> None:
    answer = ask("GET", f"{LIST}{key}")

    assert (200, expected) == (answer.status_code, len(answer.json()))


@pytest.mark.parametrize(
    ("realm", "key", "status"),
    [
        (None, "nobody", 404),
        (None, "CK10", 404),
        (None, "8001", 404),
        ("other_realm", "5606", 404),
        ("other_realm", "8001", 200),
        ("realm_without_keys", "7001", 404),
        ("inactive_realm", "5606", 401),
    ],
)
def test_a_realm_sees_its_own_contacts_by_exact_key(sandbox: Any, realm: str | None, key: str, status: int) -> None:
    entry = sandbox.provider("whatcounts")
    headers = entry["headers"] if realm is None else entry["others"][realm]["headers"]

    answer = sandbox.request("whatcounts", "GET", f"{LIST}{key}", login=False, headers=headers)

    assert status == answer.status_code


def test_a_snapshot_of_a_send_is_listed_first_and_serves_what_was_sent(ask: Ask, sandbox: Any) -> None:
    sent = ask("POST", "/msg/sendWithCustomerKey/My%20List/My%20Template/5606?format=2&snapshot=1")
    entries = ask("GET", f"{LIST}5606").json()

    assert (200, b"0") == (sent.status_code, sent.content)
    assert 3 == len(entries)
    assert "My Template" == entries[0]["content"]["template_name"]
    assert sandbox.outbox()[-1]["body"]["html"] == sandbox.client.get(entries[0]["content"]["image"]).text


def test_a_snapshot_of_a_plain_message_shows_its_text_escaped(ask: Ask, sandbox: Any) -> None:
    ask("POST", "/msg/sendWithCustomerKey/My%20List/My%20Template/5606?snapshot=1")
    url = ask("GET", f"{LIST}5606").json()[0]["content"]["image"]

    expected = (
        "<html><body><pre>Thank you for your order.\n"
        "It leaves us today &amp; arrives in &lt; 3 days.</pre></body></html>"
    )
    assert expected == sandbox.client.get(url).text


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/nothing-here", {}),
        ("PUT", "/msg", {}),
        ("POST", "/msg", {"Content-Type": "application/json"}),
        ("GET", "/subscribers/availableimagessenttocustomerkey/5606", {"Accept": "image/png"}),
    ],
)
def test_an_inactive_realm_is_refused_before_anything_else(
    sandbox: Any, method: str, path: str, headers: dict[str, str]
) -> None:
    credentials = sandbox.provider("whatcounts")["others"]["inactive_realm"]["headers"]
    answer = sandbox.request("whatcounts", method, path, login=False, headers={**credentials, **headers}, content=b"{")
    assert 401 == answer.status_code
