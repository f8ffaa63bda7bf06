"""The requests that the vendors' own pages print, with what has to come back."""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from email.message import Message

_WHATCOUNTS_HEADERS = {
    "Authorization": "Basic bXlBY2NvdW50Onh5enB3ZDEyMw==",
    "Accept": "application/vnd.whatcounts-v1+json",
    "Content-Type": "application/json",
}
_INTERACTIONS = "{http://schemas.datacontract.org/2004/07/W50API.Models.DTO.Contacts}ArrayOfContactInteraction"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came over the wire."""

    status: int
    reason: str
    headers: Message
    body: bytes

    @property
    def media_type(self) -> str:
        """The `Content-Type` without its parameters."""
        return self.headers.get_content_type()

    def json(self) -> Any:
        """The body as JSON. Raises ValueError when it is none."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Sample:
    """One request of a vendor's page, and whether an answer to it is as that page says."""

    title: str
    provider: str
    method: str
    target: str
    """What follows the provider's base URL."""
    kept: Callable[[Reply], bool]
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""


Story = Generator[Sample, Reply, None]
"""Requests one after another; each answer is sent into the generator, so that the next can be made from it."""


def samples(providers: Mapping[str, Any]) -> Iterator[Sample]:
    """The requests, in the order that tells a story; `providers` is what the mock's ready file says."""
    yield from _whatcounts()
    yield from _which50(providers["which50"])
    yield from _getresponse(providers["getresponse"])


def _whatcounts() -> Iterator[Sample]:
    listing = "/subscribers/availableimagessenttocustomerkey/5606"
    yield Sample(
        title="the snapshots that customer key 5606 was sent",
        provider="whatcounts",
        method="GET",
        target=listing,
        headers=_WHATCOUNTS_HEADERS,
        kept=lambda reply: _template_names(reply) == ["2020Jan Newsletter", "2019Jan Newsletter"],
    )
    yield Sample(
        title="a message to that customer key, with every option",
        provider="whatcounts",
        method="POST",
        target="/msg/sendWithCustomerKey/My%20List/My%20Template/5606"
        "?format=99&campaignName=myRestTests&respectOptout=true&snapshot=1",
        headers=_WHATCOUNTS_HEADERS,
        kept=lambda reply: reply.status == HTTPStatus.OK and reply.body == b"0",
    )
    yield Sample(
        title="the snapshots again: the message just sent is the newest",
        provider="whatcounts",
        method="GET",
        target=listing,
        headers=_WHATCOUNTS_HEADERS,
        kept=lambda reply: _template_names(reply)[:2] == ["My Template", "2020Jan Newsletter"],
    )
    yield Sample(
        title="the same with a password that is wrong",
        provider="whatcounts",
        method="GET",
        target=listing,
        headers={**_WHATCOUNTS_HEADERS, "Authorization": "Basic bXlBY2NvdW50Ondyb25n"},
        kept=lambda reply: (
            reply.status == HTTPStatus.UNAUTHORIZED
            and reply.json() == {"error": "Unauthorized", "status": "Unauthorized", "statusCode": 401}
        ),
    )


def _which50(entry: Mapping[str, Any]) -> Iterator[Sample]:
    target = f"/contacts/{entry['samples']['contactId']}/communications"
    yield Sample(
        title="the communications of a contact, as JSON",
        provider="which50",
        method="GET",
        target=target,
        headers={**entry["headers"], "Accept": "application/json"},
        kept=lambda reply: (
            reply.media_type == "application/json"
            and list(reply.json()[0])
            == ["Id", "Interaction", "Name", "Occurred", "Status", "CampaignId", "CampaignName"]
        ),
    )
    yield Sample(
        title="the same communications, as DataContract XML",
        provider="which50",
        method="GET",
        target=target,
        headers={**entry["headers"], "Accept": "application/xml"},
        kept=lambda reply: reply.media_type == "application/xml" and _root_name(reply) == _INTERACTIONS,
    )


def _getresponse(entry: Mapping[str, Any]) -> Iterator[Sample]:
    conditions = {
        "get_campaigns": {"name": {"CONTAINS": "my_campaign_%"}},
        "type": "newsletter",
        "created_on": {"FROM": "2010-01-01"},
    }
    call = {"jsonrpc": "2.0", "method": "get_messages", "params": [entry["api_key"], conditions], "id": 1}
    yield Sample(
        title="get_messages with conditions",
        provider="getresponse",
        method="POST",
        target="",
        headers={"Content-Type": "application/json"},
        body=json.dumps(call).encode(),
        kept=lambda reply: (
            reply.json()["id"] == 1
            and {"newsletter"} == {message["type"] for message in reply.json()["result"].values()}
        ),
    )


def _template_names(reply: Reply) -> list[str]:
    return [entry["content"]["template_name"] for entry in reply.json()]


def _root_name(reply: Reply) -> str:
    return ET.fromstring(reply.body).tag  # noqa: S314 - the answer of our own mock
