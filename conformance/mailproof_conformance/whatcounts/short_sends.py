"""Laws about the send at the path of the vendor's heading, with everything in its body."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from mailproof_conformance.exchange import printable
from mailproof_conformance.laws import law
from mailproof_conformance.whatcounts.strategies import unknown_queries, values_other_than
from mailproof_conformance.whatcounts.traces import (
    A_FEW,
    LIST_NOT_FOUND,
    SHORT_SEND,
    SUBSCRIBER_NOT_FOUND,
    TEMPLATE_NOT_FOUND,
    error,
    page_of,
    refused,
    snapshots,
)

if TYPE_CHECKING:
    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response
    from mailproof_conformance.whatcounts.traces import Snapshot

_NAMES = ("listName", "templateName", "customerKey")
_LONGEST = 120
"""Characters of a body that are told."""


def _least(check: Check, **changes: Any) -> dict[str, Any]:
    names = {"listName": check.sample("lists.plain"), **{name: check.sample(name) for name in _NAMES[1:]}}
    return {**names, **changes}


def _sent(check: Check, response: Response, about: str) -> None:
    check.equal((200, b"0"), (response.status, response.content), about)


def _added(check: Check, **changes: Any) -> list[Snapshot]:
    """The snapshots that a send by body adds."""
    body = _least(check, **changes)
    key = body["customerKey"]
    before = {snapshot.file_name for snapshot in snapshots(check, key)}
    _sent(check, check.call(SHORT_SEND, body=body), f"a send of {_brief(body)}")
    return [snapshot for snapshot in snapshots(check, key) if snapshot.file_name not in before]


def one_by_body(check: Check, **changes: Any) -> Snapshot:
    """The one snapshot that a send by body adds. Raises Broken for none or several."""
    added = _added(check, snapshot="1", **changes)
    check.equal(1, len(added), "the number of snapshots that the send added")
    return added[0]


@law("WC-short-send-zero")
def a_body_is_sent(check: Check) -> None:
    """With the three names alone, and with a snapshot as its trace."""
    check.equal([], _added(check), "the snapshots of a send with the three names alone")
    snapshot = one_by_body(check)
    check.equal(check.sample("templateName"), snapshot.template, "template_name")


@law("WC-short-send-zero")
def any_list_is_found(check: Check) -> None:
    """A list whose name has a slash, which means nothing in a body."""
    one_by_body(check, listName=check.sample("lists.slash"))


@law("WC-short-send-same-errors")
def unknown_names_are_reported_alike(check: Check) -> None:
    """In the same order, too."""
    no = check.fresh("no")
    stranger = check.sample("contacts.not_subscribed")
    for changes, expected in (
        ({"listName": no, "templateName": no, "customerKey": no}, LIST_NOT_FOUND),
        ({"templateName": no, "customerKey": no}, TEMPLATE_NOT_FOUND),
        ({"customerKey": no}, SUBSCRIBER_NOT_FOUND),
        ({"customerKey": stranger}, SUBSCRIBER_NOT_FOUND),
        ({"customerKey": stranger, "respectOptout": False}, SUBSCRIBER_NOT_FOUND),
    ):
        body = _least(check, **changes)
        refused(check, expected, check.call(SHORT_SEND, body=body), f"a send of {body}")


@law("WC-short-send-options")
def snapshots_are_stored_on_request(check: Check) -> None:
    """As text and as a number."""
    for yes in ("1", 1):
        check.equal(
            1, len(_added(check, snapshot=yes)), f"the number of snapshots of a send with snapshot {json.dumps(yes)}"
        )
    for no in ("0", 0):
        check.equal(
            0, len(_added(check, snapshot=no)), f"the number of snapshots of a send with snapshot {json.dumps(no)}"
        )


@law("WC-short-send-options")
def opt_outs_are_overridden_on_request(check: Check) -> None:
    """As text and as a boolean."""
    key = check.sample("contacts.opted_out_of_list")
    for no in ("false", False):
        about = f"the number of snapshots of a send with respectOptout {json.dumps(no)}"
        check.equal(1, len(_added(check, customerKey=key, snapshot="1", respectOptout=no)), about)
    for yes in ("true", True):
        about = f"the number of snapshots of a send with respectOptout {json.dumps(yes)}"
        check.equal(0, len(_added(check, customerKey=key, snapshot="1", respectOptout=yes)), about)


@law("WC-short-send-options")
def formats_and_campaigns_count(check: Check) -> None:
    """The page shows the format, the file name the campaign."""
    html = check.sample("templates.html")
    for value in ("2", 2, "99", 99):
        check.equal(html, page_of(check, one_by_body(check, format=value)), f"the page of format {json.dumps(value)}")
    plain = page_of(check, one_by_body(check))
    for value in ("1", 1):
        check.equal(plain, page_of(check, one_by_body(check, format=value)), f"the page of format {json.dumps(value)}")
    name = check.fresh("c")
    first, second = one_by_body(check, campaignName=name), one_by_body(check, campaignName=name)
    check.equal(first.campaign, second.campaign, "the campaign of the second send")


@law("WC-short-send-wrong-options-ignored")
def wrong_values_change_nothing(check: Check) -> None:
    """Texts, numbers and whole structures where an option is."""
    texts = values_other_than(("0", "1", "2", "99", "true", "false"))
    wrong = texts | st.integers(100, 10_000) | st.none() | st.lists(st.just(1), max_size=2) | st.just({"a": 1})
    plain = page_of(check, one_by_body(check))

    def holds(value: object) -> None:
        check.equal([], _added(check, snapshot=value), f"the snapshots of a send with snapshot {json.dumps(value)}")
        page = page_of(check, one_by_body(check, format=value, respectOptout=value))
        check.equal(plain, page, f"the page of format {json.dumps(value)}")

    check.forall(wrong, holds, examples=[True, 1.5, "HTML"], most=A_FEW)


@law("WC-short-send-wrong-options-ignored")
def a_campaign_that_is_no_text_is_none(check: Check) -> None:
    """Two sends with the same value that is no text are two campaigns, as without a name."""
    number = int(check.fresh("")[-6:], 16)
    for value in (number, number + 0.5, True, [str(number)], {"name": str(number)}, None):
        first, second = (one_by_body(check, campaignName=value).campaign for _ in range(2))
        about = f"the campaigns of two sends with the campaignName {json.dumps(value)}"
        check.true(first != second, about, expected="two campaigns", actual=f"{first} twice")


@law("WC-short-send-wrong-options-ignored")
def queries_change_nothing(check: Check) -> None:
    """Those of the long path, and unknown ones."""
    key = check.sample("customerKey")

    def holds(query: list[tuple[str, str]]) -> None:
        before = len(snapshots(check, key))
        _sent(check, check.call(SHORT_SEND, body=_least(check), query=query), f"a send with {query}")
        check.equal(before, len(snapshots(check, key)), f"the number of snapshots after a send with {query}")

    check.forall(unknown_queries(()), holds, examples=[[("snapshot", "1")], [("listName", "nothing")]])


@law("WC-short-send-wrong-options-ignored")
def unknown_members_change_nothing(check: Check) -> None:
    """A member in other letter case among them."""
    for changes in ({"Snapshot": "1"}, {"snapshots": 1}, {"foo": {"snapshot": "1"}}, {"": 1}):
        check.equal([], _added(check, **changes), f"the snapshots of a send with {changes}")


def _brief(body: object) -> str:
    """A body in a line, which says when it is not the whole."""
    text = printable(body) if isinstance(body, bytes) else json.dumps(body)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text)} characters)"


@law("WC-short-send-needs-names")
def bodies_without_names_are_refused(check: Check) -> None:
    """A name that is missing, empty or no text; a body that is no object; a body that is not JSON."""
    key = check.sample("customerKey")
    before = len(snapshots(check, key))
    whole = _least(check, snapshot="1")
    bodies: list[object] = [{name: whole[name] for name in whole if name != missing} for missing in _NAMES]
    bodies += [{**whole, name: value} for name in _NAMES for value in ("", None, 5606, [whole[name]], {"a": 1})]
    bodies += [
        {},
        [],
        [whole],
        "text",
        0,
        True,
        b"null",
        b"",
        b"{",
        b"{'a': 1}",
        b"\xff",
        b'{"a": NaN}',
        b"[" * 10_000,
    ]
    for body in bodies:
        response = check.call(SHORT_SEND, body=body)
        refused(check, error("Bad Request", "Bad Request", 400), response, f"a send of {_brief(body)}")
    check.equal(before, len(snapshots(check, key)), "the number of snapshots after the refusals")


@law("WC-short-send-json-only")
def other_types_are_refused(check: Check) -> None:
    """Although the body would be right."""
    body = check.contract.document["components"]["examples"]["MessageWithTheLeast"]["value"]
    for content_type in (
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ):
        response = check.call(SHORT_SEND, body=body, content_type=content_type)
        expected = error("Unsupported Media Type", "Unsupported Media Type", 415)
        refused(check, expected, response, f"a send as {content_type}")
