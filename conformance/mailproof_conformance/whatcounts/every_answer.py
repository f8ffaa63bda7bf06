"""Laws that hold for every answer, contact and name: tried on one of each kind, not on the samples alone."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from mailproof_conformance.check import NONE
from mailproof_conformance.http_date import is_http_date
from mailproof_conformance.laws import law
from mailproof_conformance.verdicts import Broken
from mailproof_conformance.whatcounts.traces import (
    FILE,
    LIST,
    LIST_NOT_FOUND,
    SEND,
    SHORT_SEND,
    TEMPLATE_NOT_FOUND,
    one_stored_by,
    page_of,
    refused,
    send,
    snapshots,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response

_VERSION_2 = "application/vnd.whatcounts-v2+json"
_MOST_FILES = 5
_FORMATS = (None, "1", "2", "99")


def _answers(check: Check) -> Iterator[tuple[str, Response]]:
    """One answer of each status that the contract has, from each operation that gives it."""
    no = check.fresh("no")
    listing = f"/subscribers/availableimagessenttocustomerkey/{quote(check.sample('customerKey'), safe='')}"
    yield "a file", check.call(FILE)
    yield "an unknown file", check.call(FILE, path={"fileName": f"{no}.html"})
    yield "the list of an unknown key", check.call(LIST, path={"customerKey": no})
    yield "a send on an unknown list", send(check, on=no)
    yield "a send without credentials", check.call(SEND, credentials=NONE)
    yield "a short send of nothing", check.call(SHORT_SEND, body={})
    yield "a short send that is no JSON", check.call(SHORT_SEND, body=b"a=b", content_type="text/plain")
    yield "the list in another version", check.call(LIST, headers={"Accept": _VERSION_2})
    yield "an unknown path", check.send("GET", f"/{no}")
    yield "a wrong verb", check.send("PUT", listing, effect="send")
    yield "the HEAD of the list", check.send("HEAD", listing)
    yield "the OPTIONS of the list", check.send("OPTIONS", listing)
    yield "a long URL", check.send("GET", f"{listing}?q={'q' * 17_000}")


@law("WC-date-header")
def each_kind_of_answer_is_dated(check: Check) -> None:
    """Each status that there is, from HEAD and OPTIONS too."""
    for name, response in _answers(check):
        text = response.headers.get("date", "")
        if not is_http_date(text):
            raise Broken(f"the Date header of the answer to {name} ({response.status})", "an HTTP date in GMT", text)


@law("WC-snapshot-on-request")
def each_contact_and_format_is_stored(check: Check) -> None:
    """Several contacts on one list, and each format with each."""
    for name in ("customerKey", "contacts.letters", "contacts.bystander"):
        key = check.sample(name)
        for chosen in _FORMATS:
            query = {"snapshot": "1"} if chosen is None else {"snapshot": "1", "format": chosen}
            snapshot = one_stored_by(check, query, key=key)
            check.equal(check.sample("templateName"), snapshot.template, f"the template of the snapshot of {key}")


@law("WC-file-download")
def each_url_leads_to_its_own_file(check: Check) -> None:
    """Two messages of different formats, and what was there before: the URL of an entry has what its name has."""
    key = check.sample("customerKey")
    for chosen in ("1", "2"):
        one_stored_by(check, {"snapshot": "1", "format": chosen})
    for snapshot in snapshots(check, key)[:_MOST_FILES]:
        body = check.fetch(snapshot.image).content.decode("utf-8", "backslashreplace")
        check.equal(page_of(check, snapshot), body, f"the body of the URL of {snapshot.file_name}")


@law("WC-send-names-exact")
def a_plus_is_no_space(check: Check) -> None:
    """In a path a plus stands for itself; only the query of a form means a space by it."""
    plain, template = check.sample("lists.plain"), check.sample("templateName")
    if " " not in plain or " " not in template:
        check.skip("the names of the sample list and template have no space in them")
    for written in ("+", "%2B"):
        for name, path, expected in (
            ("list", {"listName": plain}, LIST_NOT_FOUND),
            ("template", {"templateName": template}, TEMPLATE_NOT_FOUND),
        ):
            names = {"listName": plain, "templateName": template, "customerKey": check.sample("customerKey")}
            spelt = {part: quote(value, safe="") for part, value in names.items()}
            spelt |= {part: quote(value, safe="").replace("%20", written) for part, value in path.items()}
            target = f"/msg/sendWithCustomerKey/{spelt['listName']}/{spelt['templateName']}/{spelt['customerKey']}"
            answer = check.send("POST", target, effect="send")
            refused(check, expected, answer, f"a send whose {name} is written with {written} for the space")
