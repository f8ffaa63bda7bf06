"""Laws about contacts that have opted out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailproof_conformance.laws import law
from mailproof_conformance.whatcounts.traces import (
    SUBSCRIBER_NOT_FOUND,
    one_stored_by,
    refused,
    send,
    snapshots,
    stored_by,
)

if TYPE_CHECKING:
    from mailproof_conformance.check import Check

_LEVELS = ("contacts.opted_out_of_list", "contacts.opted_out_of_realm", "contacts.opted_out_of_system")


@law("WC-opt-out-not-delivered")
def an_opt_out_keeps_the_message_back(check: Check) -> None:
    """Whether the query says so or nothing does."""
    key = check.sample("contacts.opted_out_of_list")
    before = len(snapshots(check, key))
    for query in ({"snapshot": "1"}, {"snapshot": "1", "respectOptout": "true"}):
        send(check, query, key=key)
        check.equal(before, len(snapshots(check, key)), "the number of snapshots after a send to an opted-out contact")


@law("WC-opt-out-answers-zero")
def an_opt_out_is_no_error(check: Check) -> None:
    """At every level."""
    for level in _LEVELS:
        response = send(check, {"snapshot": "1"}, key=check.sample(level))
        check.equal((200, b"0"), (response.status, response.content), f"a send to {level}")


@law("WC-opt-out-levels")
def every_level_keeps_the_message_back(check: Check) -> None:
    """List, realm and system."""
    for level in _LEVELS:
        added = stored_by(check, {"snapshot": "1"}, key=check.sample(level))
        check.equal([], added, f"the snapshots of a send to {level}")


@law("WC-opt-out-of-other-list")
def other_lists_are_free(check: Check) -> None:
    """The contact left one list and stayed on another."""
    key = check.sample("contacts.opted_out_of_list")
    added = stored_by(check, {"snapshot": "1"}, key=key, on=check.sample("lists.other"))
    check.equal(1, len(added), "the snapshots of a send on the other list")


@law("WC-opt-out-override")
def false_delivers(check: Check) -> None:
    """At every level, although an opt-out usually ends the subscription."""
    for level in _LEVELS:
        one_stored_by(check, {"snapshot": "1", "respectOptout": "false"}, key=check.sample(level))


@law("WC-opt-out-override-needs-contact")
def false_subscribes_nobody(check: Check) -> None:
    """A contact that never subscribed."""
    key = check.sample("contacts.not_subscribed")
    response = send(check, {"respectOptout": "false"}, key=key)
    refused(check, SUBSCRIBER_NOT_FOUND, response, "a contact without a subscription")
