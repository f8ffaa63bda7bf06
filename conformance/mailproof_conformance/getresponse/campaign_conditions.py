"""Laws of get_messages by campaign: listed, found by conditions of their own, or both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from mailproof_conformance.getresponse.questions import (
    UNKNOWN_ID,
    found,
    message_types,
    messages,
    refuses,
    same_ids,
    several,
    some,
)
from mailproof_conformance.laws import law

if TYPE_CHECKING:
    from mailproof_conformance.check import Check
    from mailproof_conformance.getresponse.questions import Rows


def _in_campaigns(rows: Rows, campaigns: set[str]) -> list[str]:
    return [name for name, row in rows.items() if row["campaign"] in campaigns]


def _campaigns(check: Check) -> list[str]:
    return sorted(some(check, found(check, "get_campaigns"), "campaign"))


@law("GR-all-campaigns")
def no_campaign_is_every_campaign(check: Check) -> None:
    """The messages of each campaign, put together, are the messages without a condition."""
    parts = [name for campaign in _campaigns(check) for name in messages(check, campaigns=[campaign])]
    same_ids(check, parts, messages(check), "the messages without a condition on campaigns")


@law("GR-campaigns-or")
def any_listed_campaign_will_do(check: Check) -> None:
    """Some of the account's campaigns, in any order, also repeated."""
    for kind in message_types(check):
        rows = messages(check, type=kind)

        def holds(campaigns: list[str], kind: str = kind, rows: Rows = rows) -> None:
            expected = _in_campaigns(rows, set(campaigns))
            same_ids(
                check,
                expected,
                messages(check, type=kind, campaigns=campaigns),
                f"messages of the campaigns {campaigns}",
            )

        check.forall(st.lists(st.sampled_from(_campaigns(check)), min_size=1, max_size=6), holds)


@law("GR-empty-campaigns")
def an_empty_list_finds_nothing(check: Check) -> None:
    """Without `type` and with each; beside `get_campaigns` it adds nothing."""
    for conditions in several([{}, *({"type": kind} for kind in message_types(check))]):
        check.equal({}, messages(check, campaigns=[], **conditions), "the messages of no campaign")
    for condition in _name_conditions(check)[:6]:
        by_name = messages(check, get_campaigns={"name": condition})
        both = messages(check, get_campaigns={"name": condition}, campaigns=[])
        check.equal(by_name, both, f"the messages of no listed campaign and of those with a name that {condition}")


@law("GR-unknown-campaign")
def unknown_campaigns_add_nothing(check: Check) -> None:
    """Alone, beside a known one, among all of them, and texts that cannot be an ID."""
    known = _campaigns(check)[0]
    expected = messages(check, campaigns=[known])
    for unknown in (UNKNOWN_ID, "", "no campaign", "my_campaign_%", "%", "x" * 1000):
        check.equal({}, messages(check, campaigns=[unknown]), f"the messages of the campaign {unknown[:40]!r}")
        actual = messages(check, campaigns=[known, unknown])
        check.equal(expected, actual, f"the messages of the campaigns {known!r} and {unknown[:40]!r}")
    every = _campaigns(check)
    whole = messages(check, campaigns=every)
    for at in {0, len(every) // 2, len(every)}:
        actual = messages(check, campaigns=[*every[:at], UNKNOWN_ID, *every[at:]])
        check.equal(whole, actual, f"the messages of all campaigns with an unknown one as number {at + 1}")


def _name_conditions(check: Check) -> list[dict[str, str]]:
    names = [row["name"] for row in some(check, found(check, "get_campaigns"), "campaign").values()]
    made: list[dict[str, str]] = [{"CONTAINS": "%"}, {"CONTAINS": "no such name"}, {"NOT_CONTAINS": "%_%"}]
    for name in names:
        half = name[: len(name) // 2]
        made += [{"EQUALS": name}, {"EQUALS": name.upper()}, {"NOT_EQUALS": name}, {"CONTAINS": f"{half}%"}]
        made += [
            {"NOT_CONTAINS": f"{half}%"},
            {"CONTAINS": f"{half}%", "NOT_EQUALS": name},
            {"CONTAINS": half},
        ]
    return made


@law("GR-found-campaigns")
def found_campaigns_are_those_of_get_campaigns(check: Check) -> None:
    """Conditions on the name that find all, some, one and none."""
    rows = messages(check)
    for condition in _name_conditions(check):
        campaigns = set(found(check, "get_campaigns", {"name": condition}))
        actual = messages(check, get_campaigns={"name": condition})
        same_ids(
            check,
            _in_campaigns(rows, campaigns),
            actual,
            f"messages of the campaigns with a name that {condition}",
        )


@law("GR-found-campaigns-bare-operator")
def bare_operators_are_conditions_on_the_name(check: Check) -> None:
    """The form of the vendor's own sample."""
    for condition in [{"CONTAINS": "my_campaign_%"}, *_name_conditions(check)]:
        named = messages(check, get_campaigns={"name": condition})
        check.equal(
            named,
            messages(check, get_campaigns=condition),
            f"messages of get_campaigns {condition}, compared with the named form",
        )


@law("GR-found-campaigns-empty")
def empty_conditions_find_every_campaign(check: Check) -> None:
    """Alone and beside a list."""
    check.equal(messages(check), messages(check, get_campaigns={}), "the messages with empty get_campaigns")
    both = messages(check, get_campaigns={}, campaigns=[_campaigns(check)[0]])
    check.equal(messages(check), both, "the messages with empty get_campaigns beside a list")


@law("GR-campaigns-union")
def both_ways_of_naming_campaigns_add_up(check: Check) -> None:
    """Every condition on the name beside every campaign."""
    for condition in _name_conditions(check)[:12]:
        by_name = messages(check, get_campaigns={"name": condition})
        for listed in ([campaign] for campaign in _campaigns(check)):
            expected = {*by_name, *messages(check, campaigns=listed)}
            actual = messages(check, campaigns=listed, get_campaigns={"name": condition})
            same_ids(
                check,
                expected,
                actual,
                f"messages of {listed} and of the campaigns with a name that {condition}",
            )


@law("GR-swapped-campaigns-refused")
def swapped_campaigns_are_refused(check: Check) -> None:
    """Each in the place of the other, and values that fit neither."""
    for value in several(
        [
            {"name": {"EQUALS": "x"}},
            {"EQUALS": "x"},
            {},
            "4b1b5",
            None,
            [1],
            [None],
            [["4b1b5"]],
            [{"campaign": "4b1b5"}],
        ]
    ):
        refuses(check, "get_messages", {"campaigns": value}, about=f"the answer to the campaigns {value}")
    for value in several(
        [
            ["4b1b5"],
            [],
            "4b1b5",
            None,
            {"name": "x"},
            {"name": {}},
            {"EQUALS": 1},
            {"name": {"EQUALS": "x"}, "EQUALS": "x"},
        ]
    ):
        refuses(check, "get_messages", {"get_campaigns": value}, about=f"the answer to get_campaigns {value}")
