"""Laws about names that almost are another: of contacts, campaigns, queries and their values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mailproof_conformance.laws import law
from mailproof_conformance.near_misses import alike_at_first, near_misses
from mailproof_conformance.whatcounts.traces import (
    LIST,
    NOT_FOUND,
    SHORT_SEND,
    one_stored_by,
    refused,
    send,
    snapshots,
    stored_by,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mailproof_conformance.check import Check

    Pairs = Sequence[tuple[str, str]]

_LONGEST = 100
"""Characters of a campaign name that counts."""
_UNKNOWN = (400, 404)


def _campaigns(check: Check, names: Iterable[str]) -> dict[str, str]:
    """The campaigns of one send under each name, in one look at the list."""
    key = check.sample("customerKey")
    sent = list(names)
    for name in sent:
        response = send(check, {"snapshot": "1", "campaignName": name}, key=key)
        check.equal(200, response.status, f"the status of a send with the campaign {name!r}")
    newest = snapshots(check, key)[: len(sent)]
    return {name: entry.campaign for name, entry in zip(reversed(sent), newest, strict=True)}


def _store_nothing(check: Check, queries: Sequence[Pairs], key: str) -> None:
    """Raises Broken where a send with one of the queries leaves a snapshot."""
    before = len(snapshots(check, key))
    for query in queries:
        check.equal(200, send(check, query, key=key).status, f"the status of a send with {query}")
    if len(snapshots(check, key)) != before:
        for query in queries:
            check.equal([], stored_by(check, query, key=key), f"the snapshots of a send with {query}")
        check.equal(before, len(snapshots(check, key)), "the number of snapshots after sends that store none")


@law("WC-list-key-exact")
def near_keys_are_unknown(check: Check) -> None:
    """Keys that differ from one that exists in a blank, a letter, an accent, a pattern, or the form of a number."""
    for key in (check.sample("customerKey"), check.sample("contacts.letters")):
        for how, other in near_misses(key).items():
            status = check.call(LIST, path={"customerKey": other}).status
            about = f"the status for the key {other!r} ({how})"
            check.true(status in _UNKNOWN, about, expected="404, or 400 where it can be none", actual=status)


@law("WC-campaign-names-differ")
def near_names_are_other_campaigns(check: Check) -> None:
    """Names that differ from one in a blank, a letter, an accent, or in nothing but their ends."""
    name = f"{check.fresh('c')} Größe"
    others = {how: other for how, other in near_misses(name).items() if len(other) <= _LONGEST}
    found = _campaigns(check, [name, *others.values()])
    for how, other in others.items():
        about = f"the campaigns of {name!r} and {other!r} ({how})"
        check.true(found[name] != found[other], about, expected="two campaigns", actual=found[name])
    numbers = sorted(found.values())
    check.equal(len(numbers), len(set(numbers)), "the number of campaigns of names that almost are one another")


@law("WC-campaign-names-differ")
def names_differ_to_their_last_character(check: Check) -> None:
    """Long names that begin alike."""
    for cut, pair in alike_at_first(check.fresh("c"), _LONGEST).items():
        found = _campaigns(check, pair)
        about = f"the campaigns of two names that are alike in their first {cut} characters"
        check.true(found[pair[0]] != found[pair[1]], about, expected="two campaigns", actual=found)


@law("WC-campaign-sticky-list")
def another_template_stays_in_the_sticky_campaign(check: Check) -> None:
    """The list decides, not what is sent."""
    sticky = check.sample("lists.sticky")
    found = {
        template: one_stored_by(check, {"snapshot": "1"}, on=sticky, template=template).campaign
        for template in (check.sample("templateName"), check.sample("templates.tied"))
    }
    check.equal(1, len(set(found.values())), "the number of campaigns of two templates on a sticky list")


@law("WC-first-query-wins")
def the_first_campaign_name_counts(check: Check) -> None:
    """Both orders of two names: they are neither joined nor is it the last that counts."""
    one, two = check.fresh("c"), check.fresh("c")
    alone = _campaigns(check, [one, two])
    for first, second in ((one, two), (two, one)):
        query = [("snapshot", "1"), ("campaignName", first), ("campaignName", second)]
        stored = one_stored_by(check, query)
        check.equal(alone[first], stored.campaign, f"the campaign of {first} before {second}")


@law("WC-unknown-query-ignored")
def near_names_of_queries_are_unknown(check: Check) -> None:
    """Names that almost are that of a query."""
    names = [*near_misses("snapshot").values(), "snapshot[]", "snapshot[0]"]
    _store_nothing(check, [[(name, "1")] for name in names], check.sample("customerKey"))
    names = [*near_misses("respectOptout").values(), "respectOptout[]", "respectOptout[0]"]
    queries = [[("snapshot", "1"), (name, "false")] for name in names]
    _store_nothing(check, queries, check.sample("contacts.opted_out_of_list"))


@law("WC-unknown-query-ignored")
def an_ampersand_alone_parts_queries(check: Check) -> None:
    """What stands behind a semicolon, or behind an ampersand that is escaped, belongs to the value before it."""
    plain, template = check.sample("lists.plain"), check.sample("templateName")
    ours, opted_out = check.sample("customerKey"), check.sample("contacts.opted_out_of_list")
    for mark in (";", "%26", "%3B", ",", "|", "%0A"):
        for key, query in (
            (ours, f"?x=1{mark}snapshot=1"),
            (ours, f"?snapshot=1{mark}x=1"),
            (opted_out, f"?snapshot=1&x=1{mark}respectOptout=false"),
        ):
            before = len(snapshots(check, key))
            path = {"listName": plain, "templateName": template, "customerKey": key}
            response = check.call("send_message_with_customer_key", path=path, raw_query=query)
            check.equal((200, b"0"), (response.status, response.content), f"a send with {query}")
            check.equal(before, len(snapshots(check, key)), f"the number of snapshots after a send with {query}")


@law("WC-wrong-query-value-ignored")
def near_values_are_wrong(check: Check) -> None:
    """Values that almost are one that exists."""
    values = [*near_misses("1").values(), "1;x", "1,0", "true"]
    _store_nothing(check, [[("snapshot", value)] for value in values], check.sample("customerKey"))
    queries = [[("snapshot", "1"), ("respectOptout", value)] for value in near_misses("false").values()]
    _store_nothing(check, queries, check.sample("contacts.opted_out_of_list"))


@law("WC-short-send-same-errors")
def near_names_in_a_body_are_unknown(check: Check) -> None:
    """Lists, templates and keys that almost are one that exists; nothing is sent to whom they almost name."""
    key = check.sample("customerKey")
    names = {"listName": check.sample("lists.plain"), "templateName": check.sample("templateName"), "customerKey": key}
    before = len(snapshots(check, key))
    for name, right in names.items():
        for how, other in near_misses(right).items():
            status = check.call(SHORT_SEND, body={**names, name: other, "snapshot": "1"}).status
            about = f"the status for the {name} {other!r} ({how})"
            check.true(status in _UNKNOWN, about, expected="404, or 400 where it can be none", actual=status)
    check.equal(before, len(snapshots(check, key)), "the number of snapshots after the refusals")


@law("WC-send-slash-escape")
def a_bare_slash_parts_segments(check: Check) -> None:
    """A list whose name has a slash is not found under a path that has one segment more."""
    names: list[Any] = [check.sample("lists.slash"), check.sample("templateName"), check.sample("customerKey")]
    if "/" not in names[0]:
        check.skip("the name of the sample list has no slash")
    path = "/".join(quote(name, safe="/") for name in names)
    response = check.send("POST", f"/msg/sendWithCustomerKey/{path}?snapshot=1", effect="send")
    refused(check, NOT_FOUND, response, f"a send to {path}")
