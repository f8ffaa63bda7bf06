"""Laws about the queries of a send: what counts, and what is ignored without a word."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

from mailproof_conformance.laws import law
from mailproof_conformance.whatcounts.strategies import other_case, unknown_queries, values_other_than
from mailproof_conformance.whatcounts.traces import (
    A_FEW,
    SEND,
    one_stored_by,
    page_of,
    send,
    snapshots,
    stored_by,
    values_of,
)

if TYPE_CHECKING:
    from mailproof_conformance.check import Check

Pairs = list[tuple[str, Any]]

_PRE = re.compile("<pre[^>]*>(.*?)</pre>", re.DOTALL)
_BARE = re.compile(r"[<>]|&(?!(?:[A-Za-z]+|#[0-9]+|#x[0-9A-Fa-f]+);)")
"""Marks that a browser reads as the start of something else."""


def _names(check: Check) -> list[str]:
    parameters = check.contract.operation(SEND).definition["parameters"]
    return [entry["name"] for entry in parameters if entry["in"] == "query"]


def _page(check: Check, query: Pairs) -> str:
    return page_of(check, one_stored_by(check, [("snapshot", "1"), *query]))


def _stores_nothing(check: Check, query: Pairs, *, key: str | None = None) -> None:
    check.equal([], stored_by(check, query, key=key), f"the snapshots of a send with {query}")


@law("WC-query-names-exact")
def snapshot_in_other_case_stores_nothing(check: Check) -> None:
    """`Snapshot=1` and its like."""
    check.forall(other_case("snapshot"), lambda name: _stores_nothing(check, [(name, "1")]), examples=["Snapshot"])


@law("WC-query-names-exact")
def respect_optout_in_other_case_overrides_nothing(check: Check) -> None:
    """`respectOptOut=false` and its like."""
    key = check.sample("contacts.opted_out_of_list")

    def holds(name: str) -> None:
        _stores_nothing(check, [("snapshot", "1"), (name, "false")], key=key)

    check.forall(other_case("respectOptout"), holds, examples=["respectOptOut", "RespectOptout", "respectoptout"])


@law("WC-query-names-exact")
def format_in_other_case_stays_plain(check: Check) -> None:
    """`Format=2` and its like."""
    plain = _page(check, [("format", "1")])

    def holds(name: str) -> None:
        check.equal(plain, _page(check, [(name, "2")]), f"the page of a message with {name}=2")

    check.forall(other_case("format"), holds, examples=["Format", "FORMAT"], most=A_FEW)


@law("WC-query-names-exact")
def campaign_name_in_other_case_groups_nothing(check: Check) -> None:
    """`campaignname=x` and its like."""

    def holds(name: str) -> None:
        query = [("snapshot", "1"), (name, "one")]
        first, second = one_stored_by(check, query), one_stored_by(check, query)
        check.true(first.campaign != second.campaign, f"the campaigns of two sends with {name}", expected="different")

    check.forall(other_case("campaignName"), holds, examples=["campaignname", "CampaignName"], most=A_FEW)


@law("WC-unknown-query-ignored")
def unknown_names_change_nothing(check: Check) -> None:
    """The answer is the same, and so is what is stored."""
    plain = _page(check, [])

    def holds(query: Pairs) -> None:
        _stores_nothing(check, query)
        check.equal(plain, _page(check, query), f"the page of a message with {query}")

    check.forall(
        unknown_queries(_names(check)),
        holds,
        examples=[[("snapshots", "1")], [("respect_optout", "false")]],
        most=A_FEW,
    )


@law("WC-wrong-query-value-ignored")
def wrong_snapshot_stores_nothing(check: Check) -> None:
    """Any value but 1."""
    values = values_other_than(values_of(check, "snapshot"))
    check.forall(values, lambda value: _stores_nothing(check, [("snapshot", value)]), examples=["true", "2", "01"])


@law("WC-wrong-query-value-ignored")
def wrong_respect_optout_respects(check: Check) -> None:
    """Any value but false."""
    key = check.sample("contacts.opted_out_of_list")

    def holds(value: str) -> None:
        _stores_nothing(check, [("snapshot", "1"), ("respectOptout", value)], key=key)

    check.forall(values_other_than(values_of(check, "respectOptout")), holds, examples=["FALSE", "0", "no"])


@law("WC-wrong-query-value-ignored")
def wrong_format_is_plain(check: Check) -> None:
    """Any value but the three."""
    plain = _page(check, [])

    def holds(value: str) -> None:
        check.equal(plain, _page(check, [("format", value)]), f"the page of a message with format={value}")

    check.forall(values_other_than(values_of(check, "format")), holds, examples=["0", "3", "html", "02"], most=A_FEW)


@law("WC-query-without-text-ignored")
def bytes_that_are_no_text_change_nothing(check: Check) -> None:
    """A name and a value of bytes that are not UTF-8."""
    path = {
        "listName": check.sample("lists.plain"),
        "templateName": check.sample("templateName"),
        "customerKey": check.sample("customerKey"),
    }
    for query in ("?format=%ff", "?%ff=1", "?snapshot=%c0%af"):
        response = check.call(SEND, path=path, raw_query=query)
        check.equal((200, 0), (response.status, response.json()), f"the answer to a send with {query}")
    for query in ("?snapshot=1&campaignName=%ff", "?snapshot=1&campaignName=one%c0%af"):
        before = {snapshot.file_name for snapshot in snapshots(check, path["customerKey"])}
        for _ in range(2):
            check.call(SEND, path=path, raw_query=query)
        added = [item for item in snapshots(check, path["customerKey"]) if item.file_name not in before]
        campaigns = [snapshot.campaign for snapshot in added]
        check.equal(2, len(set(campaigns)), f"the number of campaigns of two sends with {query}")


@law("WC-empty-query-ignored")
def empty_values_are_novalues_of(check: Check) -> None:
    """Each query in turn."""
    plain = _page(check, [])
    _stores_nothing(check, [("snapshot", "")])
    _stores_nothing(check, [("snapshot", "1"), ("respectOptout", "")], key=check.sample("contacts.opted_out_of_list"))
    check.equal(plain, _page(check, [("format", "")]), "the page of a message with an empty format")
    query = [("snapshot", "1"), ("campaignName", "")]
    first, second = one_stored_by(check, query), one_stored_by(check, query)
    check.true(
        first.campaign != second.campaign,
        "the campaigns of two sends with an empty name",
        expected="different",
    )


@law("WC-first-query-wins")
def later_ones_do_not_count(check: Check) -> None:
    """Both orders of each pair."""
    _stores_nothing(check, [("snapshot", "0"), ("snapshot", "1")])
    one_stored_by(check, [("snapshot", "1"), ("snapshot", "0")])
    key = check.sample("contacts.opted_out_of_list")
    _stores_nothing(check, [("snapshot", "1"), ("respectOptout", "true"), ("respectOptout", "false")], key=key)
    plain, html = _page(check, [("format", "1")]), _page(check, [("format", "2")])
    check.equal(plain, _page(check, [("format", "1"), ("format", "2")]), "the page of format=1&format=2")
    check.equal(html, _page(check, [("format", "2"), ("format", "1")]), "the page of format=2&format=1")


@law("WC-format-default")
def nothing_means_plain_text(check: Check) -> None:
    """The page shows the text of the template, and is not its HTML."""
    page = _page(check, [])
    check.equal(_page(check, [("format", "1")]), page, "the page of a message without a format")
    text = check.sample("templates.text")
    check.true(text in unescape(page), "the page of a message without a format", expected=text, actual=page)
    html = check.sample("templates.html")
    check.true(
        html not in page,
        "the page of a message without a format",
        expected="no HTML of the template",
        actual=page,
    )


@law("WC-format-text")
def plain_text_is_escaped(check: Check) -> None:
    """A browser shows the text itself, with the marks in it that HTML has a meaning for."""
    page = _page(check, [("format", "1")])
    text, found = check.sample("templates.text"), _PRE.findall(page)
    check.equal(1, len(found), "the number of pre elements on the page of a plain text message")
    check.equal([], _BARE.findall(found[0]), "the marks that are not escaped in the pre element")
    check.equal(text, unescape(found[0]), "the text of the pre element")


@law("WC-format-html")
def two_formats_hold_the_html(check: Check) -> None:
    """HTML alone, and MIME."""
    html = check.sample("templates.html")
    for value in ("2", "99"):
        check.equal(html, _page(check, [("format", value)]), f"the page of a message with format={value}")


@law("WC-format-values")
def every_format_is_sent(check: Check) -> None:
    """None of the three is an error."""
    for value in values_of(check, "format"):
        response = send(check, {"format": value})
        check.equal((200, b"0"), (response.status, response.content), f"a send with format={value}")
