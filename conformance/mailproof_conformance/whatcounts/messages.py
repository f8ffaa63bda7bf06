"""Laws about one send: its success, whom and what it names, and in which order that is checked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from hypothesis import strategies as st

from mailproof_conformance.laws import law
from mailproof_conformance.whatcounts.strategies import other_case, strange_names
from mailproof_conformance.whatcounts.traces import (
    LIST_NOT_FOUND,
    NOT_FOUND,
    SEND,
    SUBSCRIBER_NOT_FOUND,
    TEMPLATE_NOT_FOUND,
    one_stored_by,
    page_of,
    refused,
    send,
    snapshots,
    stored_by,
)

if TYPE_CHECKING:
    from mailproof_conformance.check import Check

_SENDING = "/msg/sendWithCustomerKey"


@law("WC-send-zero")
def success_is_a_bare_zero(check: Check) -> None:
    """One character, with and without options."""
    for query in (
        {},
        {"format": "99", "campaignName": check.fresh("c"), "respectOptout": "true", "snapshot": "0"},
    ):
        response = send(check, query)
        check.equal(200, response.status, "the status of a send")
        check.equal(b"0", response.content, "the body of a send")


@law("WC-send-length-one")
def success_says_its_length(check: Check) -> None:
    """As the sample does."""
    check.equal("1", send(check).headers.get("content-length"), "Content-Length of a send")


@law("WC-send-no-link")
def success_has_no_link(check: Check) -> None:
    """Unlike the list."""
    check.true("link" not in send(check).headers, "the headers of a send", expected="no Link")


@law("WC-send-missing-is-error")
def whatever_is_missing_is_an_error(check: Check) -> None:
    """List, template and contact in turn."""
    no = check.fresh("no")
    for about, response in {
        "an unknown list": send(check, on=no),
        "an unknown template": send(check, template=no),
        "an unknown key": send(check, key=no),
    }.items():
        check.equal(4, response.status // 100, f"the family of the status for {about}")
        check.equal(response.status, response.json()["statusCode"], f"the statusCode for {about}")


@law("WC-send-unknown-list")
def unknown_lists_are_named(check: Check) -> None:
    """Names that no list has."""

    def holds(name: str) -> None:
        refused(check, LIST_NOT_FOUND, send(check, on=name), f"the list {name!r}")

    check.forall(strange_names(check.fresh("no")), holds)


@law("WC-send-unknown-template")
def unknown_templates_are_named(check: Check) -> None:
    """Names that no template has."""

    def holds(name: str) -> None:
        refused(check, TEMPLATE_NOT_FOUND, send(check, template=name), f"the template {name!r}")

    check.forall(strange_names(check.fresh("no")), holds)


@law("WC-send-unknown-contact")
def unknown_keys_are_named(check: Check) -> None:
    """Keys that no contact has."""

    def holds(key: str) -> None:
        refused(check, SUBSCRIBER_NOT_FOUND, send(check, key=key), f"the key {key}")

    check.forall(strange_names(check.fresh("no")), holds)


@law("WC-send-check-order")
def the_first_unknown_name_is_reported(check: Check) -> None:
    """List before template before contact."""
    no = check.fresh("no")
    refused(check, LIST_NOT_FOUND, send(check, on=no, template=no, key=no), "all three unknown")
    refused(check, LIST_NOT_FOUND, send(check, on=no, key=no), "list and contact unknown")
    refused(check, LIST_NOT_FOUND, send(check, on=no, template=no), "list and template unknown")
    refused(check, TEMPLATE_NOT_FOUND, send(check, template=no, key=no), "template and contact unknown")
    stranger = check.sample("contacts.not_subscribed")
    refused(check, TEMPLATE_NOT_FOUND, send(check, template=no, key=stranger), "template unknown, no subscription")


@law("WC-send-not-subscribed")
def a_subscription_is_needed(check: Check) -> None:
    """The contact exists; the answer is the one of the vendor's page."""
    key = check.sample("contacts.not_subscribed")
    before = snapshots(check, key)
    refused(
        check,
        SUBSCRIBER_NOT_FOUND,
        send(check, {"snapshot": "1"}, key=key),
        "a contact without a subscription",
    )
    check.equal(len(before), len(snapshots(check, key)), "the number of snapshots after the refusal")


@law("WC-send-deleted-template")
def deleted_templates_are_unknown(check: Check) -> None:
    """The realm still has it."""
    name = check.sample("templates.deleted")
    refused(check, TEMPLATE_NOT_FOUND, send(check, template=name), "a deleted template")


@law("WC-send-template-tie")
def the_lowest_id_is_sent(check: Check) -> None:
    """As the third number of the file name shows."""
    snapshot = one_stored_by(check, {"snapshot": "1"}, template=check.sample("templates.tied"))
    check.equal(str(check.sample("templates.tied_lowest_id")), snapshot.part(2), "the template in the file name")


@law("WC-send-names-exact")
def names_in_other_case_are_unknown(check: Check) -> None:
    """List and template alike."""
    list_name, template = check.sample("lists.plain"), check.sample("templateName")

    def other_list(name: str) -> None:
        refused(check, LIST_NOT_FOUND, send(check, on=name), f"the list {name!r}")

    def other_template(name: str) -> None:
        refused(check, TEMPLATE_NOT_FOUND, send(check, template=name), f"the template {name!r}")

    check.forall(other_case(list_name), other_list, examples=[f"{list_name} ", f" {list_name}"])
    check.forall(other_case(template), other_template, examples=[f"{template} ", f" {template}"])


@law("WC-send-space-escape")
def spaces_are_escaped(check: Check) -> None:
    """At least one of the sample names has one."""
    names = [check.sample(name) for name in ("listName", "templateName", "customerKey")]
    if not any(" " in name for name in names):
        check.skip("no sample name has a space")
    path = "/".join(quote(name, safe="") for name in names)
    response = check.send("POST", f"{_SENDING}/{path}", effect="send")
    check.equal((200, b"0"), (response.status, response.content), f"a send to {path}")


@law("WC-send-slash-escape")
def slashes_stay_in_their_segment(check: Check) -> None:
    """A list whose name has one."""
    name = check.sample("lists.slash")
    added = stored_by(check, {"snapshot": "1"}, on=name)
    check.equal(1, len(added), f"the number of snapshots of a send on {name}")


@law("WC-send-empty-segment")
def empty_names_are_no_resource(check: Check) -> None:
    """Each of the three in turn, and all that follow it."""
    names = [quote(check.sample(name), safe="") for name in ("listName", "templateName", "customerKey")]
    for position in range(3):
        emptied = [*names[:position], "", *names[position + 1 :]]
        for path in ("/".join(emptied), "/".join(names[:position])):
            response = check.send("POST", f"{_SENDING}/{path}", effect="send")
            refused(check, NOT_FOUND, response, f"a send to {path}")


@law("WC-send-own-realm")
def other_realms_hold_nothing_for_us(check: Check) -> None:
    """Their contact from here, our list from there."""
    theirs = check.sample("contacts.other_realm")
    refused(check, SUBSCRIBER_NOT_FOUND, send(check, key=theirs), "a contact of another realm")
    refused(check, LIST_NOT_FOUND, send(check, credentials="other_realm"), "a list of another realm")


@law("WC-send-own-realm")
def templates_of_other_realms_are_unknown(check: Check) -> None:
    """One that the realm without snapshots has."""
    template = check.sample("realms.without_snapshots.templateName")
    refused(check, TEMPLATE_NOT_FOUND, send(check, template=template), "a template of another realm")


@law("WC-send-realm-without-keys")
def a_realm_without_keys_finds_nobody(check: Check) -> None:
    """List and template exist there."""
    names = {name: check.sample(f"realms.without_keys.{name}") for name in ("listName", "templateName", "customerKey")}
    response = check.call(SEND, path=names, credentials="realm_without_keys")
    refused(check, SUBSCRIBER_NOT_FOUND, response, "a send in a realm without customer keys")


@law("WC-send-body-ignored")
def bodies_change_nothing(check: Check) -> None:
    """Any bytes as any type; one that would store a snapshot if it were read."""
    key = check.sample("customerKey")
    before = len(snapshots(check, key))
    asking = json.dumps({"snapshot": "1", "customerKey": "nobody", "listName": "nothing"}).encode()
    types = st.sampled_from(["application/json", "text/plain", "application/x-www-form-urlencoded", "nonsense"])

    def holds(pair: tuple[bytes, str]) -> None:
        body, content_type = pair
        response = check.call(SEND, body=body, content_type=content_type)
        check.equal((200, b"0"), (response.status, response.content), f"a send with the body {body[:60]!r}")

    examples = [
        (asking, "application/json"),
        (b"snapshot=1", "application/x-www-form-urlencoded"),
        (b"{", "application/json"),
    ]
    check.forall(st.tuples(st.binary(max_size=64), types), holds, examples=examples)
    check.equal(before, len(snapshots(check, key)), "the number of snapshots after the sends")


@law("WC-send-repeats")
def the_same_send_twice_is_two_messages(check: Check) -> None:
    """Nothing tells a repetition from a second message, nor from a third and a fourth."""
    query = {"snapshot": "1", "campaignName": check.fresh("c"), "format": "2"}
    names: list[str] = []
    for ordinal in ("first", "second", "third", "fourth"):
        added = stored_by(check, query)
        check.equal(1, len(added), f"the number of snapshots that the {ordinal} of some equal sends added")
        names.append(added[0].file_name)
    check.equal(len(names), len(set(names)), "the number of different files of equal sends")


@law("WC-snapshot-on-request")
def only_one_stores(check: Check) -> None:
    """1, 0, and nothing."""
    check.equal(1, len(stored_by(check, {"snapshot": "1"})), "the snapshots of snapshot=1")
    check.equal(0, len(stored_by(check, {"snapshot": "0"})), "the snapshots of snapshot=0")
    check.equal(0, len(stored_by(check, {})), "the snapshots of a send without the query")


@law("WC-snapshot-at-once")
def the_next_request_sees_it(check: Check) -> None:
    """In the list, and as a file."""
    for name in (check.sample("templateName"), check.sample("templates.tied")):
        snapshot = one_stored_by(check, {"snapshot": "1"}, template=name)
        check.equal(name, snapshot.template, "the template of the entry that the send added")
        check.true(page_of(check, snapshot), f"the file {snapshot.file_name}", expected="HTML", actual="nothing")


@law("WC-snapshot-names-template")
def the_template_is_named(check: Check) -> None:
    """Two templates, two names."""
    for name in (check.sample("templateName"), check.sample("templates.tied")):
        snapshot = one_stored_by(check, {"snapshot": "1"}, template=name)
        check.equal(name, snapshot.template, "template_name")


@law("WC-snapshot-realm-without-feature")
def nothing_is_stored_there(check: Check) -> None:
    """And nothing is wrong with asking."""
    names = {
        name: check.sample(f"realms.without_snapshots.{name}") for name in ("listName", "templateName", "customerKey")
    }
    who = "realm_without_snapshots"
    response = check.call(SEND, path=names, query={"snapshot": "1"}, credentials=who)
    check.equal((200, b"0"), (response.status, response.content), "a send with snapshot=1")
    check.equal([], snapshots(check, names["customerKey"], who), "the list after it")


@law("WC-snapshot-of-one-contact")
def others_see_nothing(check: Check) -> None:
    """Not even a subscriber of the same list."""
    bystander = check.sample("contacts.bystander")
    before = [snapshot.file_name for snapshot in snapshots(check, bystander)]
    snapshot = one_stored_by(check, {"snapshot": "1"})
    after = [other.file_name for other in snapshots(check, bystander)]
    check.equal(before, after, "the list of another contact")
    check.true(snapshot.file_name not in after, "the list of another contact")
