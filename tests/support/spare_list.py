"""The contact list that the tests write to, through the door of a running mock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

SPARE, CUSTOMERS, READERS = 34, 31, 32
CONTACT = f"/contactLists/{SPARE}/contact"
DEFAULTS = {"Language": "en", "Branch": "Dublin"}
"""What a new contact of the list has beyond what it was given."""


def send(sandbox: Any, method: str, path: str, **options: Any) -> httpx.Response:
    response: httpx.Response = sandbox.request("which50", method, path, **options)
    return response


def post(sandbox: Any, values: Any, *, path: str = CONTACT, **query: str) -> httpx.Response:
    return send(sandbox, "POST", path, params=query, json={"Values": values})


def saved(sandbox: Any, values: Any, *, path: str = CONTACT, **query: str) -> Any:
    response = post(sandbox, values, path=path, **query)
    assert 200 == response.status_code, response.text
    return response.json()


def contacts(sandbox: Any, list_id: int = SPARE) -> Any:
    return send(sandbox, "GET", f"/contactLists/{list_id}/contacts").json()


def why(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json().get("MessageDetail", "")
