"""Laws about the list of snapshots of one contact."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mailproof_conformance.laws import law
from mailproof_conformance.verdicts import Broken
from mailproof_conformance.whatcounts.strategies import strange_names, unknown_queries
from mailproof_conformance.whatcounts.traces import (
    LIST,
    NOT_FOUND,
    SUBSCRIBER_NOT_FOUND,
    entries,
    one_stored_by,
    page_of,
    refused,
    snapshots,
)

if TYPE_CHECKING:
    from mailproof_conformance.check import Check

_LISTING = "/subscribers/availableimagessenttocustomerkey"
_LINK = re.compile(r"<(https?://[^<>/]+(?:/[^<>]*)?/subscribers)>;")


def _moment(text: str) -> tuple[datetime, str]:
    """A `created_date` in a form that sorts: the second, and the fraction padded to nine digits."""
    second, _, fraction = text.partition(".")
    try:
        return datetime.strptime(second, "%Y-%m-%d %H:%M:%S"), fraction.ljust(9, "0")  # noqa: DTZ007 - it has no zone
    except ValueError:
        raise Broken("created_date", "a moment of the calendar", text) from None


def _everybody(check: Check) -> list[str]:
    names = ("customerKey", "contacts.bystander", "contacts.without_snapshots")
    return [check.sample(name) for name in names]


@law("WC-list-is-array")
def many_one_and_none_are_arrays(check: Check) -> None:
    """Contacts with several snapshots, with one, and with none."""
    for key in _everybody(check):
        entries(check, key)


@law("WC-list-echoes-key")
def entries_carry_the_key(check: Check) -> None:
    """As text, whatever it is made of."""
    listed = {key: entries(check, key) for key in _everybody(check)}
    check.true(any(listed.values()), "the lists of the samples", expected="entries", actual="none at all")
    for key, found in listed.items():
        for entry in found:
            check.equal(key, entry["customerKey"], "customerKey")


@law("WC-list-one-realm")
def entries_carry_one_realm(check: Check) -> None:
    """One number over all contacts."""
    realms = {entry["realmId"] for key in _everybody(check) for entry in entries(check, key)}
    check.equal(1, len(realms), "the number of different realmIds")


@law("WC-list-link")
def the_link_names_the_collection(check: Check) -> None:
    """The same for every contact, and nothing after the semicolon."""
    links: set[str] = set()
    for key in _everybody(check):
        link = check.call(LIST, path={"customerKey": key}).headers.get("link", "")
        check.true(_LINK.fullmatch(link), "Link", expected="<URL of /subscribers>;", actual=link)
        links.add(link)
    check.equal(1, len(links), "the number of different links")


@law("WC-list-all-campaigns")
def campaigns_are_merged(check: Check) -> None:
    """Two sends under two names stand in one list."""
    sent = [one_stored_by(check, {"snapshot": "1", "campaignName": check.fresh("c")}) for _ in range(2)]
    listed = {snapshot.campaign for snapshot in snapshots(check, check.sample("customerKey"))}
    check.true({snapshot.campaign for snapshot in sent} <= listed, "the campaigns in the list")
    check.equal(2, len({snapshot.campaign for snapshot in sent}), "the number of campaigns of two names")


@law("WC-list-newest-first")
def dates_fall(check: Check) -> None:
    """In the list as it is, and after one more send."""
    key = check.sample("customerKey")
    newest = one_stored_by(check, {"snapshot": "1"})
    listed = snapshots(check, key)
    about = "the list of the sample contact"
    check.true(len(listed) > 1, about, expected="two entries or more", actual=len(listed))
    falling = sorted(listed, key=lambda snapshot: _moment(snapshot.created), reverse=True)
    expected, actual = ([snapshot.created for snapshot in entries] for entries in (falling, listed))
    check.equal(expected, actual, "the order of created_date")
    check.equal(newest.file_name, listed[0].file_name, "the first entry after a send")


@law("WC-list-created-date")
def dates_are_of_the_calendar(check: Check) -> None:
    """And their fraction is as short as it can be."""
    for key in _everybody(check):
        for snapshot in snapshots(check, key):
            _moment(snapshot.created)
            fraction = snapshot.created.partition(".")[2]
            padded = fraction.endswith("0") and fraction != "0"
            check.true(
                fraction and not padded,
                "created_date",
                expected="a fraction without padding",
                actual=snapshot.created,
            )


@law("WC-list-empty")
def nothing_sent_is_an_empty_list(check: Check) -> None:
    """A contact that exists."""
    check.equal(
        [],
        entries(check, check.sample("contacts.without_snapshots")),
        "the list of a contact without snapshots",
    )


@law("WC-list-unknown-key")
def unknown_keys_are_not_found(check: Check) -> None:
    """Keys that nobody has."""

    def holds(key: str) -> None:
        refused(check, SUBSCRIBER_NOT_FOUND, check.call(LIST, path={"customerKey": key}), f"the key {key}")

    check.forall(strange_names(check.fresh("no")), holds)


@law("WC-list-other-realm")
def another_realm_is_not_seen(check: Check) -> None:
    """Each realm asks for the other's contact."""
    theirs = check.sample("contacts.other_realm")
    refused(check, SUBSCRIBER_NOT_FOUND, check.call(LIST, path={"customerKey": theirs}), "their contact")
    entries(check, theirs, "other_realm")
    ours = check.call(LIST, credentials="other_realm")
    refused(check, SUBSCRIBER_NOT_FOUND, ours, "our contact")


@law("WC-list-realm-without-keys")
def no_key_names_anyone_there(check: Check) -> None:
    """Not even the one that a contact there may carry."""
    for key in (check.sample("realms.without_keys.customerKey"), check.sample("customerKey")):
        response = check.call(LIST, path={"customerKey": key}, credentials="realm_without_keys")
        refused(check, SUBSCRIBER_NOT_FOUND, response, f"the key {key}")


@law("WC-list-realm-without-snapshots")
def a_realm_without_the_feature_has_empty_lists(check: Check) -> None:
    """The contact exists."""
    key = check.sample("realms.without_snapshots.customerKey")
    check.equal([], entries(check, key, "realm_without_snapshots"), "the list in a realm without Email Snapshot")


@law("WC-list-key-exact")
def keys_in_other_case_are_unknown(check: Check) -> None:
    """The key has letters."""
    key = check.sample("contacts.letters")
    entries(check, key)
    for other in sorted({key.upper(), key.lower(), key.swapcase(), f"{key} ", f" {key}"} - {key}):
        refused(check, SUBSCRIBER_NOT_FOUND, check.call(LIST, path={"customerKey": other}), f"the key {other!r}")


@law("WC-list-key-exact")
def keys_are_decoded_once(check: Check) -> None:
    """One escape means the key, an escaped escape does not."""
    key = check.sample("customerKey")
    escaped = "".join(f"%{byte:02x}" for byte in key.encode())
    once = check.send("GET", f"{_LISTING}/{escaped}")
    check.equal(200, once.status, "the key, every byte escaped")
    check.equal(entries(check, key), once.json(), "the list of the key, every byte escaped")
    twice = check.send("GET", f"{_LISTING}/{quote(escaped, safe='')}")
    refused(check, SUBSCRIBER_NOT_FOUND, twice, "the key, escaped twice")


@law("WC-list-empty-key")
def no_key_is_no_resource(check: Check) -> None:
    """With and without the slash that would come before it."""
    for path in (_LISTING, f"{_LISTING}/", f"{_LISTING}//"):
        refused(check, NOT_FOUND, check.send("GET", path), path)


@law("WC-list-queries-ignored")
def queries_change_nothing(check: Check) -> None:
    """Any names and values, those of other lists among them."""
    expected = entries(check, check.sample("customerKey"))

    def holds(query: list[tuple[str, str]]) -> None:
        response = check.call(LIST, query=query)
        check.equal(200, response.status, f"the list with {query}")
        check.equal(expected, response.json(), f"the list with {query}")

    paging: list[list[tuple[str, Any]]] = [
        [("skip", "1")],
        [("skip", "500"), ("max", "1")],
        [("campaignName", "x")],
    ]
    check.forall(unknown_queries(()), holds, examples=paging)


@law("WC-list-body-ignored")
def bodies_change_nothing(check: Check) -> None:
    """JSON that names another contact, and bytes that are no JSON."""
    key = check.sample("customerKey")
    expected = entries(check, key)
    other = json.dumps({"customerKey": check.sample("contacts.bystander"), "skip": 1}).encode()
    for body, content_type in ((other, "application/json"), (b"{", "application/json"), (b"\xff", "text/plain")):
        response = check.send(
            "GET",
            f"{_LISTING}/{quote(key, safe='')}",
            headers={"Accept": "application/json", "Content-Type": content_type},
            body=body,
        )
        check.equal(200, response.status, f"the list with the body {body!r}")
        check.equal(expected, response.json(), f"the list with the body {body!r}")


@law("WC-list-changes-nothing")
def reading_leaves_no_trace(check: Check) -> None:
    """The list, a file, and the list again, twice."""
    key = check.sample("customerKey")
    first = entries(check, key)
    page_of(check, snapshots(check, key)[0])
    for again in ("second", "third"):
        check.equal(first, entries(check, key), f"the {again} list")
