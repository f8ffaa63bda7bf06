"""Laws about texts that almost are another: of methods, of ids of calls, and of what EQUALS compares."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from mailproof.pointers import mapping, sequence
from mailproof_conformance.getresponse.questions import fails, found, ping, some
from mailproof_conformance.laws import law
from mailproof_conformance.near_misses import near_misses

if TYPE_CHECKING:
    from mailproof_conformance.check import Check

_A_FEW = 3


@law("GR-method-name-exact")
def near_names_are_no_methods(check: Check) -> None:
    """Names that almost are that of a method."""
    for method in ("ping", *list(check.contract.rpc_methods)[:1]):
        for how, near in near_misses(method).items():
            if near not in check.contract.rpc_methods:
                fails(check, "method-not-found", check.rpc(near), f"the answer to a call of {near!r} ({how})")


@law("GR-equals-whole-value")
def near_names_are_not_equal(check: Check) -> None:
    """Names of campaigns that almost are one, letter case apart."""
    rows = some(check, found(check, "get_campaigns"), "campaign")
    for name, row in list(rows.items())[:_A_FEW]:
        for how, near in near_misses(row["name"]).items():
            if near.casefold() != row["name"].casefold():
                equal = found(check, "get_campaigns", {"name": {"EQUALS": near}})
                about = f"the campaigns called {near!r}, where one is called {row['name']!r} ({how})"
                check.true(name not in equal, about, expected=f"not {name}", actual=sorted(equal))


@law("GR-unknown-campaign")
def near_ids_are_no_campaigns(check: Check) -> None:
    """IDs that almost are that of a campaign which has messages, each listed alone."""
    rows = some(check, found(check, "get_messages"), "message")
    campaign = str(next(iter(rows.values()))["campaign"])
    known = found(check, "get_campaigns")
    for how, near in near_misses(campaign).items():
        if near not in known:
            about = f"the messages of the campaign {near!r}, where there is one {campaign!r} ({how})"
            check.equal({}, found(check, "get_messages", {"campaigns": [near]}), about)


@law("GR-batch-answers-each-call")
def near_ids_are_told_apart(check: Check) -> None:
    """A batch of calls whose ids almost are one another: each comes back as it was sent."""
    ids: list[Any] = ["Größe 1", *near_misses("Größe 1").values(), "1", *near_misses("1").values(), 1, 10, -1]
    answer: object = check.post([ping(check, id=call_id) for call_id in ids]).json()
    told = [mapping(item).get("id") for item in sequence(answer)]
    check.equal(len(ids), len(told), "the number of answers to a batch")
    sent, came = (Counter(map(json.dumps, some_ids)) for some_ids in (ids, told))
    check.equal([], [json.loads(text) for text in sent - came], "the ids of a batch that no answer has")
