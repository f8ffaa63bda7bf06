"""Sends, and the traces they leave in the list of snapshots: what most laws of this API are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from mailproof_conformance.check import DEFAULT
from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mailproof_conformance.check import Check, Credentials
    from mailproof_conformance.exchange import Response

LIST = "list_snapshot_images_by_customer_key"
FILE = "get_snapshot_file"
SEND = "send_message_with_customer_key"
SHORT_SEND = "send_message"

A_FEW = 25
"""Values of a property that stores snapshots with each: every list after it is longer, and takes longer."""

Query = "Mapping[str, Any] | Iterable[tuple[str, Any]]"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One entry of the list, its file name taken apart."""

    template: str
    file_name: str
    image: str
    created: str

    def part(self, number: int) -> str:
        """A part of the file name: 0 subscriber, 1 realm, 2 template, 3 campaign, 4 date."""
        parts = self.file_name.removesuffix(".html").split("_", 4)
        return parts[number]

    @property
    def campaign(self) -> str:
        """The id of the campaign."""
        return self.part(3)


def values_of(check: Check, query: str) -> list[str]:
    """The values that a query of the long path has a meaning for, as the contract names them."""
    parameters = check.contract.operation(SEND).definition["parameters"]
    schema = next(entry["schema"] for entry in parameters if entry["name"] == query)
    return list(schema["anyOf"][0]["enum"])


def error(text: str, status: str, code: int) -> dict[str, object]:
    """The body of an error."""
    return {"error": text, "status": status, "statusCode": code}


NOT_FOUND = error("Not Found", "Not Found", 404)
LIST_NOT_FOUND = error("List Not Found", "Not Found", 404)
TEMPLATE_NOT_FOUND = error("Template Not Found", "Not Found", 404)
SUBSCRIBER_NOT_FOUND = error("Subscriber Not Found", "Not Found", 404)


def refused(check: Check, expected: Mapping[str, object], response: Response, about: str) -> None:
    """Raises Broken unless the answer is that error, in status and body."""
    check.equal(expected["statusCode"], response.status, f"the status of {about}")
    check.equal(expected, response.json(), f"the error of {about}")


def entries(check: Check, key: str, credentials: Credentials | str = DEFAULT) -> list[Any]:
    """The list of a contact as it came. Raises Broken where it is not an array."""
    response = check.call(LIST, path={"customerKey": key}, credentials=credentials)
    check.equal(200, response.status, f"the status of the list of {key}")
    value = response.json()
    if not isinstance(value, list):
        raise Broken(f"the list of {key}", "an array", value)
    return cast("list[Any]", value)


def snapshots(check: Check, key: str, credentials: Credentials | str = DEFAULT) -> list[Snapshot]:
    """The list of a contact."""
    contents = [entry["content"] for entry in entries(check, key, credentials)]
    return [
        Snapshot(content["template_name"], content["image_file_name"], content["image"], content["created_date"])
        for content in contents
    ]


def send(  # noqa: PLR0913 - one keyword for each part of a send
    check: Check,
    query: Mapping[str, Any] | Iterable[tuple[str, Any]] = (),
    *,
    key: str | None = None,
    on: str | None = None,
    template: str | None = None,
    credentials: Credentials | str = DEFAULT,
    headers: Mapping[str, str | None] | None = None,
) -> Response:
    """The answer to a send on the long path; what is left out is the target's sample."""
    path = {
        "listName": on or check.sample("lists.plain"),
        "templateName": template or check.sample("templateName"),
        "customerKey": key or check.sample("customerKey"),
    }
    return check.call(SEND, path=path, query=query, credentials=credentials, headers=headers)


def stored_by(
    check: Check,
    query: Mapping[str, Any] | Iterable[tuple[str, Any]],
    *,
    key: str | None = None,
    on: str | None = None,
    template: str | None = None,
) -> list[Snapshot]:
    """The snapshots that a send adds to its contact's list. Raises Broken unless the send succeeds."""
    whose = key or check.sample("customerKey")
    before = {snapshot.file_name for snapshot in snapshots(check, whose)}
    response = send(check, query, key=whose, on=on, template=template)
    check.equal(200, response.status, "the status of the send")
    return [snapshot for snapshot in snapshots(check, whose) if snapshot.file_name not in before]


def one_stored_by(
    check: Check,
    query: Mapping[str, Any] | Iterable[tuple[str, Any]],
    *,
    key: str | None = None,
    on: str | None = None,
    template: str | None = None,
) -> Snapshot:
    """The one snapshot that a send adds. Raises Broken for none or several."""
    added = stored_by(check, query, key=key, on=on, template=template)
    check.equal(1, len(added), "the number of snapshots that the send added")
    return added[0]


def page_of(check: Check, snapshot: Snapshot) -> str:
    """The HTML of a snapshot."""
    response = check.call(FILE, path={"fileName": snapshot.file_name}, accept="text/html")
    check.equal(200, response.status, f"the status of the file {snapshot.file_name}")
    return response.content.decode("utf-8", "backslashreplace")
