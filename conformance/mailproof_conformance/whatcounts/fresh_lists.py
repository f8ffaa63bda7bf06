"""Laws about lists as every form of asking gets them: the same ones, at once, with the same headers."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from mailproof_conformance.check import DEFAULT
from mailproof_conformance.laws import law
from mailproof_conformance.whatcounts.traces import LIST, SEND, SHORT_SEND, entries, send

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof_conformance.check import Check, Credentials
    from mailproof_conformance.exchange import Response

_JSON = "application/json"
_VENDOR = "application/vnd.whatcounts-v1+json"
_ACCEPTS = (_VENDOR, _JSON, "*/*", None, f"{_JSON}, {_VENDOR};q=0.5")
_LISTING = "/subscribers/availableimagessenttocustomerkey"


def _ways(check: Check, key: str) -> Iterator[tuple[str, Response]]:
    """The list of a contact, asked for in each way that is another to something that remembers answers."""
    plain = f"{_LISTING}/{quote(key, safe='')}"
    escaped = f"{_LISTING}/" + "".join(f"%{byte:02X}" for byte in key.encode())
    for path in (plain, f"{plain}/", escaped, f"{plain}?x=1"):
        for accept in _ACCEPTS:
            yield f"{path} with Accept: {accept}", check.send("GET", path, headers={"Accept": accept})
    client = {"x-api-key": check.sample("clients.right")}
    yield f"{plain} with an API client", check.send("GET", plain, headers=client)


@law("WC-snapshot-at-once")
def every_way_to_ask_shows_it(check: Check) -> None:
    """Each media type, spelling of the path and caller, after a send of each kind, after all were asked before."""
    names = {name: check.sample(name) for name in ("templateName", "customerKey")}
    names["listName"] = check.sample("lists.plain")
    key = names["customerKey"]
    for about, response in _ways(check, key):
        check.equal(200, response.status, f"the list at {about}")
    for kind in (SEND, SHORT_SEND):
        if kind == SEND:
            check.equal(200, send(check, {"snapshot": "1"}).status, "the status of a send")
        else:
            check.equal(200, check.call(kind, body={**names, "snapshot": 1}).status, "the status of a short send")
        expected = entries(check, key)
        for about, response in _ways(check, key):
            check.equal(expected, response.json(), f"the list at {about}, after {kind}")


@law("WC-plain-json-answers")
def whatever_is_in_the_list_it_is_declared_alike(check: Check) -> None:
    """Lists of many, of one and of none, in a realm without the feature, and sends of every outcome."""
    realm = check.sample("realms.without_snapshots.customerKey")
    lists: list[tuple[str, Credentials | str]] = [
        *(
            (check.sample(name), DEFAULT)
            for name in ("customerKey", "contacts.bystander", "contacts.without_snapshots")
        ),
        (realm, "realm_without_snapshots"),
    ]
    outcomes = ("customerKey", "contacts.opted_out_of_list", "contacts.opted_out_of_realm", "contacts.letters")
    names = {"listName": check.sample("lists.plain"), "templateName": check.sample("templateName")}
    for accept in (_VENDOR, _JSON):
        answers = {
            f"the list of {key}": check.call(LIST, path={"customerKey": key}, accept=accept, credentials=caller)
            for key, caller in lists
        }
        for name in outcomes:
            whole = {**names, "customerKey": check.sample(name)}
            answers[f"a send to {name}"] = check.call(SEND, path=whole, accept=accept)
            answers[f"a short send to {name}"] = check.call(SHORT_SEND, body=whole, accept=accept)
        for about, response in answers.items():
            check.equal(200, response.status, f"the status of {about}")
            check.equal(_JSON, response.headers.get("content-type"), f"the Content-Type of {about}")
