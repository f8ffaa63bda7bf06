"""Laws about sends that are refused, for whatever reason: nothing is sent, and the first reason is the one told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mailproof_conformance.basic_credentials import basic
from mailproof_conformance.check import DEFAULT, NONE
from mailproof_conformance.laws import law
from mailproof_conformance.whatcounts.traces import (
    LIST_NOT_FOUND,
    SEND,
    SHORT_SEND,
    TEMPLATE_NOT_FOUND,
    error,
    refused,
    send,
    snapshots,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof_conformance.check import Check, Credentials
    from mailproof_conformance.exchange import Response

_VERSION_2 = "application/vnd.whatcounts-v2+json"
_JSON = "application/json"
_NAMES = ("listName", "templateName", "customerKey")
_BAD_REQUEST = error("Bad Request", "Bad Request", 400)
_UNAUTHORIZED = error("Unauthorized", "Unauthorized", 401)
_SENDING = "/msg/sendWithCustomerKey"


def _names(check: Check, **changes: str) -> dict[str, str]:
    plain = {"listName": check.sample("lists.plain"), **{name: check.sample(name) for name in _NAMES[1:]}}
    return {**plain, **changes}


def _both(
    check: Check,
    about: str,
    headers: Mapping[str, str | None] | None = None,
    credentials: Credentials | str = DEFAULT,
    **changes: str,
) -> Iterator[tuple[str, Response]]:
    """Both sends of a message that would leave a snapshot."""
    names = _names(check, **changes)
    long = check.call(SEND, path=names, query={"snapshot": "1"}, headers=headers, credentials=credentials)
    yield f"a send {about}", long
    body = {**names, "snapshot": "1"}
    yield f"a short send {about}", check.call(SHORT_SEND, body=body, headers=headers, credentials=credentials)


def _strangers(check: Check) -> Iterator[tuple[str, Response]]:
    """Sends by callers who are not let in."""
    right = check.default_headers.get("Authorization", "")
    yield from _both(check, "without credentials", credentials=NONE)
    yield from _both(check, "with wrong credentials", basic("nobody", check.fresh("p")), NONE)
    yield from _both(check, "under another scheme", {"Authorization": right.replace("Basic", "Bearer", 1)}, NONE)
    yield from _both(check, "with credentials in another header", {"X-Authorization": right}, NONE)
    yield from _both(check, "with a wrong API client", {"x-api-key": check.sample("clients.wrong")})
    yield from _both(check, "with an API client alone", {"x-api-key": check.sample("clients.right")}, NONE)
    if check.offers("inactive_realm"):
        yield from _both(check, "by an inactive realm", credentials="inactive_realm")


def _mistakes(check: Check) -> Iterator[tuple[str, Response]]:
    """Sends by a caller who may send, each with something wrong with it."""
    no = check.fresh("no")
    yield from _both(check, "on an unknown list", listName=no)
    yield from _both(check, "of an unknown template", templateName=no)
    yield from _both(check, "of a deleted template", templateName=check.sample("templates.deleted"))
    yield from _both(check, "for another version", {"Accept": _VERSION_2})
    body = json.dumps({**_names(check), "snapshot": "1"}).encode()
    for content_type in ("text/plain", "application/xml"):
        yield f"a short send as {content_type}", check.call(SHORT_SEND, body=body, content_type=content_type)
    for more in (b" x", b"{}", body, b"]", b",", b"\0"):
        yield f"a short send with {more[:8]!r} behind", check.call(SHORT_SEND, body=body + more, content_type=_JSON)
    path = f"{_SENDING}/" + "/".join(quote(name, safe="") for name in _names(check).values())
    for verb in ("GET", "PUT", "PATCH", "DELETE"):
        yield f"a send by {verb}", check.send(verb, f"{path}?snapshot=1", effect="send")
        headers = {"Content-Type": _JSON}
        yield f"a short send by {verb}", check.send(verb, "/msg", headers=headers, body=body, effect="send")
    yield "a send to a longer path", check.send("POST", f"{path}/x?snapshot=1", effect="send")
    long = f"{path}?snapshot=1&q={'q' * 17_000}"
    yield "a send with a long query", check.send("POST", long, effect="send")


def _leave_nothing(check: Check, answers: Iterator[tuple[str, Response]]) -> None:
    """Raises Broken where a send is not refused, or leaves a snapshot all the same."""
    key = check.sample("customerKey")
    before = len(snapshots(check, key))
    for about, response in answers:
        check.equal(4, response.status // 100, f"the family of the status of {about}")
        check.equal(before, len(snapshots(check, key)), f"the number of snapshots after {about} ({response.status})")


@law("WC-refused-send-sends-nothing")
def strangers_send_nothing(check: Check) -> None:
    """No, wrong and misplaced credentials, other schemes, wrong API clients."""
    _leave_nothing(check, _strangers(check))


@law("WC-error-sends-nothing")
def mistakes_send_nothing(check: Check) -> None:
    """Unknown names, other versions, types, verbs and paths, bodies with more behind them."""
    _leave_nothing(check, _mistakes(check))


@law("WC-send-check-order")
def the_contact_is_looked_at_last(check: Check) -> None:
    """Whatever is the matter with the contact, an unknown list or template is told first."""
    no = check.fresh("no")
    samples = ("not_subscribed", "opted_out_of_list", "opted_out_of_realm", "opted_out_of_system", "other_realm")
    for key in (*(check.sample(f"contacts.{name}") for name in samples), no):
        for query in ({}, {"respectOptout": "false"}, {"snapshot": "1"}):
            about = f"a send to {key} with {query}"
            refused(check, TEMPLATE_NOT_FOUND, send(check, query, key=key, template=no), f"{about}, template unknown")
            refused(check, LIST_NOT_FOUND, send(check, query, key=key, on=no), f"{about}, list unknown")


@law("WC-short-send-same-errors")
def the_contact_of_a_body_is_looked_at_last(check: Check) -> None:
    """As on the long path."""
    no = check.fresh("no")
    for name in ("not_subscribed", "opted_out_of_list", "opted_out_of_realm", "opted_out_of_system"):
        key = check.sample(f"contacts.{name}")
        for changes, expected in (({"templateName": no}, TEMPLATE_NOT_FOUND), ({"listName": no}, LIST_NOT_FOUND)):
            body = _names(check, customerKey=key, **changes)
            refused(check, expected, check.call(SHORT_SEND, body=body), f"a send of {body}")


@law("WC-unauthorized-body")
def credentials_come_before_everything_else(check: Check) -> None:
    """A send without credentials that has another mistake too."""
    no = check.fresh("no")
    wrong: dict[str, str | None] = {"Accept": _VERSION_2}
    answers: dict[str, Response] = {
        "an unknown list": check.call(SEND, path=_names(check, listName=no), credentials=NONE),
        "another version": check.call(SEND, path=_names(check), headers=wrong, credentials=NONE),
        "no body": check.call(SHORT_SEND, body=b"", content_type=_JSON, credentials=NONE),
        "another type": check.call(SHORT_SEND, body=b"a=b", content_type="text/plain", credentials=NONE),
        "a short send for another version": check.call(SHORT_SEND, body=b"{", headers=wrong, credentials=NONE),
        "an unknown key": check.call(
            "list_snapshot_images_by_customer_key", path={"customerKey": no}, credentials=NONE
        ),
    }
    for about, response in answers.items():
        refused(check, _UNAUTHORIZED, response, f"{about}, without credentials")


@law("WC-short-send-needs-names")
def names_are_read_from_the_body_alone(check: Check) -> None:
    """A name that is missing in the body and stands in the query, in a header, or a level deeper."""
    key = check.sample("customerKey")
    before = len(snapshots(check, key))
    whole: dict[str, Any] = {**_names(check), "snapshot": "1"}
    for missing in _NAMES:
        body = {name: value for name, value in whole.items() if name != missing}
        for about, response in {
            "in the query": check.call(SHORT_SEND, body=body, query={missing: whole[missing]}),
            "in a header": check.call(SHORT_SEND, body=body, headers={missing: whole[missing]}),
            "a level deeper": check.call(SHORT_SEND, body={**body, "message": {missing: whole[missing]}}),
        }.items():
            refused(check, _BAD_REQUEST, response, f"a send whose {missing} stands {about}")
    check.equal(before, len(snapshots(check, key)), "the number of snapshots after the refusals")
