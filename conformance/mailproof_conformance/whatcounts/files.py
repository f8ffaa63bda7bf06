"""Laws about the files of a snapshot: their names, and what their URLs lead to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from hypothesis import strategies as st

from mailproof_conformance.basic_credentials import basic
from mailproof_conformance.check import DEFAULT, NONE
from mailproof_conformance.laws import law
from mailproof_conformance.pictures import whole_png
from mailproof_conformance.whatcounts.strategies import strange_names
from mailproof_conformance.whatcounts.traces import (
    FILE,
    NOT_FOUND,
    entries,
    one_stored_by,
    page_of,
    refused,
    snapshots,
)

if TYPE_CHECKING:
    from mailproof_conformance.check import Check, Credentials
    from mailproof_conformance.whatcounts.traces import Snapshot

_LAST_OF_MANY = 20


def _some(check: Check) -> list[Snapshot]:
    """The newest and the oldest snapshots of the sample contact."""
    found = snapshots(check, check.sample("customerKey"))
    check.true(found, "the list of the sample contact", expected="entries", actual=[])
    return [*found[:_LAST_OF_MANY], *found[_LAST_OF_MANY:][-_LAST_OF_MANY:]]


@law("WC-file-name")
def names_carry_the_realm(check: Check) -> None:
    """Compared with the member beside it."""
    for entry in entries(check, check.sample("customerKey")):
        parts = entry["content"]["image_file_name"].split("_")
        check.equal(str(entry["realmId"]), parts[1], "the second part of the file name")


@law("WC-file-name-one-contact")
def names_carry_the_contact(check: Check) -> None:
    """One number for one contact, another for another."""
    keys = (check.sample("customerKey"), check.sample("contacts.bystander"))
    first, second = ({snapshot.part(0) for snapshot in snapshots(check, key)} for key in keys)
    check.equal(1, len(first), "the number of subscriber ids in one list")
    check.true(
        first.isdisjoint(second),
        "the subscriber ids of two contacts",
        expected="different",
        actual=sorted(first | second),
    )


@law("WC-file-name-date")
def names_carry_the_date(check: Check) -> None:
    """The digits of `created_date`, to the second."""
    for snapshot in _some(check):
        digits = re.sub(r"\D", "", snapshot.created.partition(".")[0])
        check.equal(digits, snapshot.part(4), f"the last part of {snapshot.file_name}")


@law("WC-file-names-differ")
def names_are_unique(check: Check) -> None:
    """Also of two messages that differ in nothing but when they were sent."""
    query = {"snapshot": "1", "campaignName": check.fresh("c")}
    for _ in range(3):
        one_stored_by(check, query)
    names = [snapshot.file_name for snapshot in snapshots(check, check.sample("customerKey"))]
    check.equal(len(names), len(set(names)), "the number of different file names")


@law("WC-file-download")
def listed_urls_lead_to_html(check: Check) -> None:
    """Each URL is followed as it is printed."""
    for snapshot in _some(check):
        response = check.fetch(snapshot.image)
        check.equal(200, response.status, f"the status of {snapshot.image}")
        check.equal("text/html", response.media_type, f"the media type of {snapshot.image}")
        check.true(response.content, f"the body of {snapshot.image}", expected="HTML", actual="nothing")


@law("WC-file-download")
def a_new_file_holds_what_was_sent(check: Check) -> None:
    """The HTML of the template, byte for byte."""
    snapshot = one_stored_by(check, {"snapshot": "1", "format": "2"})
    html = check.sample("templates.html")
    check.equal(html.encode(), check.fetch(snapshot.image).content, f"the body of {snapshot.image}")


@law("WC-file-url-names-file")
def urls_are_absolute(check: Check) -> None:
    """With a host, and the file name as the last segment."""
    for snapshot in _some(check):
        parts = urlsplit(snapshot.image)
        check.true(
            parts.scheme in ("http", "https") and parts.netloc,
            "image",
            expected="an absolute URL",
            actual=snapshot.image,
        )
        check.equal(snapshot.file_name, parts.path.rpartition("/")[2], "the last segment of image")


@law("WC-file-open")
def files_ask_for_no_credentials(check: Check) -> None:
    """None, and wrong ones."""
    path = {"fileName": _some(check)[0].file_name}
    plain = check.call(FILE, path=path, credentials=NONE)
    check.equal(200, plain.status, "a file without credentials")
    wrong = check.call(FILE, path=path, headers={**basic("nobody", "wrong"), "x-api-key": "wrong"})
    check.equal((200, plain.content), (wrong.status, wrong.content), "a file with wrong credentials")


@law("WC-file-open")
def files_are_the_same_for_every_caller(check: Check) -> None:
    """Right credentials of each realm, of one that is inactive, and of an API client."""
    path = {"fileName": _some(check)[0].file_name}
    plain = check.call(FILE, path=path, credentials=NONE)
    callers = ("realm_without_keys", "realm_without_snapshots", "other_realm", "inactive_realm")
    known: list[Credentials | str] = [DEFAULT, *(name for name in callers if check.offers(name))]
    for name in known:
        for client in (None, check.sample("clients.right"), check.sample("clients.wrong")):
            answer = check.call(FILE, path=path, credentials=name, headers={"x-api-key": client})
            about = f"a file with the credentials {name} and x-api-key {client}"
            check.equal((200, plain.content), (answer.status, answer.content), about)


@law("WC-file-png")
def every_page_has_a_picture(check: Check) -> None:
    """The other extension of the same name."""
    for snapshot in _some(check):
        name = snapshot.file_name.removesuffix(".html") + ".png"
        response = check.call(FILE, path={"fileName": name}, accept="image/png")
        check.equal((200, "image/png"), (response.status, response.media_type), f"the answer to {name}")
        whole_png(response.content, name)


@law("WC-file-unknown")
def unknown_names_are_not_found(check: Check) -> None:
    """Names that nobody has, with the right extensions."""
    names = strange_names(check.fresh("no")).flatmap(
        lambda name: st.sampled_from([f"{name}.html", f"{name}.png", name])
    )

    def holds(name: str) -> None:
        refused(check, NOT_FOUND, check.call(FILE, path={"fileName": name}), f"the file {name}")

    check.forall(names, holds)


@law("WC-file-unknown")
def near_misses_are_not_found(check: Check) -> None:
    """A stored name with another extension, or none, or something before it."""
    known = _some(check)[0].file_name
    stem = known.removesuffix(".html")
    page_of(check, _some(check)[0])
    for name in (
        stem,
        f"{stem}.",
        f"{stem}.HTML",
        f"{stem}.gif",
        f"{known}.png",
        f"x{known}",
        f"../snapshots/{known}",
    ):
        refused(check, NOT_FOUND, check.call(FILE, path={"fileName": name}), f"the file {name}")
